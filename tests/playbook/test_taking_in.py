"""What a door has read is stored at once or later, and each alert is kept with what it started, joined, or why not."""

import json
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from azure.core.exceptions import AzureError
from azure.storage.queue.aio import QueueServiceClient

from functions import wiring
from shared.account import Account
from shared.alerts.alert import Alert, Ignored, NamedAccount, alert_key
from shared.playbook.admission import Admission
from shared.playbook.engine import utc_now
from shared.playbook.lease import Owner
from shared.playbook.opening import Opening
from shared.playbook.registry import TRIAGE
from shared.playbook.step import Plan
from shared.playbook.taking_in import AT_ONCE, Nudge, TakingIn, is_much, read_as, unreadable
from shared.policy import Mode
from shared.settings import Settings
from shared.state.deliveries import QUEUE
from shared.state.incidents import Insert, Replace
from shared.state.rows import Ending, IncidentRow, StepRow, StepStatus
from shared.state.storage import Storage

NOW = datetime(2026, 7, 18, 15, 0, tzinfo=UTC)


@pytest_asyncio.fixture
async def taking_in(state: Storage, settings: Settings) -> TakingIn:
    enforcing = settings.model_copy(update={"mode": Mode.ENFORCE})
    return TakingIn(state, enforcing, Opening(state, enforcing, utc_now))


@pytest_asyncio.fixture
async def queues(storage: str) -> AsyncIterator[QueueServiceClient]:
    async with QueueServiceClient.from_connection_string(storage) as service:
        yield service


def alert(*accounts: NamedAccount, source: str = "defender", **changes: object) -> Alert:
    named = accounts or (NamedAccount(id=str(uuid4())),)
    return replace(Alert(source, uuid4().hex, "Leaked credentials", "high", NOW, named), **changes)  # type: ignore[arg-type]


def batch(count: int) -> bytes:
    """Detections about as many users, which all start."""
    records = [
        {
            "id": uuid4().hex,
            "riskEventType": "leakedCredentials",
            "riskState": "atRisk",
            "riskLevel": "high",
            "activityDateTime": utc_now().isoformat(),
            "userId": str(uuid4()),
        }
        for _ in range(count)
    ]
    return json.dumps({"value": records}).encode()


async def claimed(state: Storage, account: str) -> IncidentRow:
    """An open incident that has the account."""
    row = IncidentRow(
        id=uuid4().hex, source="manual", reason="why", named=NamedAccount(id=account), mode=Mode.ENFORCE, opened_at=NOW
    )
    await state.incidents.write(row.id, Insert(row), Insert(StepRow(name=TRIAGE)))
    await state.claims.take(account, row.id)
    return row


@pytest.mark.parametrize(("count", "much"), [(AT_ONCE, False), (AT_ONCE + 1, True)])
def test_what_a_door_stores_itself_is_counted_by_accounts(count: int, much: bool) -> None:
    accounts = [NamedAccount(name=f"{n}@contoso.com") for n in range(count)]
    assert is_much([alert(*accounts)]) is much
    assert is_much([Ignored(alert(), "It is closed.")] * count) is much


async def test_a_body_that_is_kept_is_stored_by_its_message_and_then_gone(
    taking_in: TakingIn, state: Storage, queues: QueueServiceClient
) -> None:
    body = batch(30)
    kept = await taking_in.keep("entra", body, utc_now())
    peeked = await queues.get_queue_client(QUEUE).peek_messages(max_messages=32)
    assert len(peeked) >= 1

    await taking_in.expand(Nudge(delivery=kept).model_dump_json().encode())

    for one in read_as("entra", body, utc_now(), taking_in.settings):
        assert isinstance(one, Alert)
        received = await state.alerts.get(one.key)
        assert received is not None
        (incident,) = received.incidents
        assert await state.incidents.incident(incident) is not None
    assert await state.deliveries.read(kept) is None
    await taking_in.expand(Nudge(delivery=kept).model_dump_json().encode())


@pytest.mark.parametrize("message", [b"", b"{", b"{}", b'{"delivery": "../x"}', b'{"delivery": 7}', b"\xff"])
async def test_a_message_that_we_have_not_sent_does_nothing(taking_in: TakingIn, message: bytes) -> None:
    await taking_in.expand(message)


async def test_what_has_waited_too_long_is_nudged_again(
    taking_in: TakingIn, state: Storage, queues: QueueServiceClient
) -> None:
    kept = await state.deliveries.keep("entra", batch(1), utc_now())  # and its message was never sent
    await taking_in.resend(utc_now())
    assert kept not in await _nudged(queues)
    await taking_in.resend(utc_now() + timedelta(minutes=5))
    assert kept in await _nudged(queues)


async def _nudged(queues: QueueServiceClient) -> str:
    queue = queues.get_queue_client(QUEUE)
    return "".join([b64decode(one.content).decode() async for one in queue.receive_messages(visibility_timeout=1)])


async def test_an_alert_of_many_accounts_is_only_planned(taking_in: TakingIn) -> None:
    (asked,) = await taking_in.store([alert(ask="It names 6 accounts.")])
    (other,) = await taking_in.store([alert()])
    assert (asked.mode, other.mode) == (Mode.REPORT_ONLY, Mode.ENFORCE)


async def test_what_starts_nothing_is_kept_with_the_reason_and_joins_the_open_incident_of_its_account(
    taking_in: TakingIn, state: Storage
) -> None:
    account = str(uuid4())
    incident = await claimed(state, account)
    ignored = Ignored(alert(NamedAccount(id=account)), "Its severity is low.")

    for _ in range(2):
        assert await taking_in.store([ignored]) == []

    received = await state.alerts.get(ignored.alert.key)
    assert received is not None
    assert (received.ignored, received.joined, received.incidents) == ("Its severity is low.", (incident.id,), ())
    snapshot = await state.incidents.read(incident.id)
    assert snapshot is not None
    assert [(row.identity, row.aside) for row in snapshot.alerts] == [(ignored.alert.identity, "Its severity is low.")]


async def test_what_starts_nothing_joins_no_incident_that_has_ended(taking_in: TakingIn, state: Storage) -> None:
    account = str(uuid4())
    incident = await claimed(state, account)
    row = await state.incidents.incident(incident.id)
    assert row is not None
    await state.incidents.write(row.id, Replace(row.model_copy(update={"ending": Ending.CLOSED, "ended_at": NOW})))
    ignored = Ignored(alert(NamedAccount(id=account)), "It is closed.")
    await taking_in.store([ignored])
    received = await state.alerts.get(ignored.alert.key)
    assert received is not None
    assert received.joined == ()


async def test_what_needs_attention_is_logged_with_its_id_and_kept_so(
    taking_in: TakingIn, state: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    one = unreadable("azure-monitor", uuid4().bytes, "The body is not JSON.")
    await taking_in.store([one])
    received = await state.alerts.get(one.alert.key)
    assert received is not None
    assert (received.attention, received.ignored) == (True, "The body is not JSON.")
    assert f"alert={one.alert.key} needs attention" in caplog.text


async def test_a_copy_of_an_alert_finds_its_incident_whichever_comes_first_and_its_id_is_kept(
    taking_in: TakingIn, state: Storage
) -> None:
    for copy_first in (False, True):
        account = NamedAccount(id=str(uuid4()))
        original = alert(account)
        copy = alert(
            account, source="sentinel", repeats=alert_key("defender", original.identity), sentinel_incident="/x"
        )
        order = [copy, original] if copy_first else [original, copy]
        (first,), (second,) = [await taking_in.store([one]) for one in order]
        assert first.id == second.id
        snapshot = await state.incidents.read(first.id)
        assert snapshot is not None
        assert {row.source: row.sentinel_incident for row in snapshot.alerts} == {"defender": "", "sentinel": "/x"}


async def test_a_copy_is_told_to_the_incident_that_was_joined_and_not_to_one_that_has_ended(
    taking_in: TakingIn, state: Storage
) -> None:
    account = NamedAccount(id=str(uuid4()))
    original = alert(account)
    (opened,) = await taking_in.store([original])
    holder = await claimed(state, str(uuid4()))
    row = await state.incidents.incident(opened.id)
    assert row is not None
    joined = {"ending": Ending.JOINED, "ended_at": NOW, "joined_to": holder.id}
    await state.incidents.write(row.id, Replace(row.model_copy(update=joined)))

    copy = alert(account, source="sentinel", repeats=original.key)
    await taking_in.store([copy])
    snapshot = await state.incidents.read(holder.id)
    assert snapshot is not None
    assert [one.identity for one in snapshot.alerts] == [copy.identity]

    await state.incidents.write(
        holder.id, Replace(snapshot.incident.model_copy(update={"ending": Ending.CLOSED, "ended_at": NOW}))
    )
    await taking_in.store([alert(account, source="sentinel", repeats=original.key)])
    snapshot = await state.incidents.read(holder.id)
    assert snapshot is not None
    assert len(snapshot.alerts) == 1


async def test_a_copy_that_comes_while_its_incident_joins_another_is_carried_along(
    taking_in: TakingIn, state: Storage
) -> None:
    account = str(uuid4())
    holder = await claimed(state, account)
    original = alert(NamedAccount(id=account))
    (opened,) = await taking_in.store([original])
    read_by_triage = await state.incidents.read(opened.id)
    assert read_by_triage is not None
    copy = alert(NamedAccount(id=account), source="sentinel", repeats=original.key)
    await taking_in.store([copy])

    owner = Owner(state.incidents, opened.id, read_by_triage.steps[TRIAGE], utc_now)
    await owner.claim(status=StepStatus.RUNNING)
    admission = Admission(state, wiring.playbook(), taking_in.settings)
    victim = Account(id=account, user_principal_name="alex@contoso.com")
    await admission.admit(owner, read_by_triage, Plan(), victim, utc_now())

    snapshot = await state.incidents.read(holder.id)
    assert snapshot is not None
    assert {one.identity for one in snapshot.alerts} == {original.identity, copy.identity}


async def test_what_could_not_be_stored_stays_kept_until_it_is(
    taking_in: TakingIn, state: Storage, storage: str
) -> None:
    body = batch(1)
    kept = await taking_in.keep("entra", body, utc_now())
    nobody = re.sub(r"TableEndpoint=http://[^/]+", "TableEndpoint=http://127.0.0.1:9", storage)
    broken = Storage.from_settings(Settings(tenant_id="any", AzureWebJobsStorage=nobody))
    failing = replace(taking_in, opening=replace(taking_in.opening, storage=broken))

    with pytest.raises(AzureError):
        await failing.expand(Nudge(delivery=kept).model_dump_json().encode())
    await broken.close()

    delivery = await state.deliveries.read(kept)
    assert delivery is not None
    assert delivery.body == body
