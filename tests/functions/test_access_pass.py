"""Issuing a Temporary Access Pass: by what the account is now, written down before, and kept nowhere."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from functions.access_pass import Issuing
from functions.http import Problem
from functions.operate.temporary_access_pass import refused
from functions.principal import Principal
from functions.wiring import playbook
from shared.account import Account
from shared.playbook.decisions import Unfit
from shared.playbook.engine import Engine
from shared.policy import Mode
from shared.settings import Settings
from shared.state.incidents import Insert
from shared.state.rows import Ending, HistoryRow
from shared.state.storage import Storage
from shared.state.switch import Position
from shared.tenant.errors import Denied, NotFound, Permanent, TenantError, Throttled, Transient
from shared.tenant.tenant import Tenant
from tests.playbook.incident import incident
from tests.simulator.client import IDENTITY_HEADER, TENANT, Client
from tests.steps.accounts import ADMINISTRATOR, FEDERATED, GUEST, SYNCED, TAKEN_OVER
from tests.steps.bench import Bench

ROSA = Principal("b0000000-0000-4000-8000-0000000000ab", "rosa@contoso.com", frozenset({"Responder"}))
FINANCE = "a0000000-0000-4000-8000-000000000001"
ISSUED, FAILED = "temporary-access-pass", "temporary-access-pass-failed"


class Desk:
    """One responder's desk: the tenant, the tables, and incidents that have been released."""

    def __init__(self, bench: Bench, state: Storage) -> None:
        self.bench = bench
        self.state = state

    async def released(self, account: Account = TAKEN_OVER, **values: Any) -> str:
        """An incident that has just been released. Its id."""
        known: dict[str, Any] = {"id": uuid4().hex, "ending": Ending.RELEASED, "ended_at": datetime.now(UTC)} | values
        snapshot = incident(account=account, **known)
        await self.state.incidents.write(
            snapshot.incident.id, Insert(snapshot.incident), *map(Insert, snapshot.steps.values())
        )
        return snapshot.incident.id

    async def issue(self, incident_id: str, person: Principal = ROSA) -> str:
        engine = Engine(playbook(), self.state, self.bench.tenant, self.bench.settings)
        _, issued = await Issuing(engine).issue(incident_id, person, "She called from home.")
        return issued.value.get_secret_value()

    async def history(self, incident_id: str) -> tuple[HistoryRow, ...]:
        snapshot = await self.state.incidents.read(incident_id)
        assert snapshot
        return snapshot.history

    async def passes(self) -> list[dict[str, Any]]:
        """Every call that asked the tenant for a pass."""
        calls = await self.bench.simulator.calls()
        return [one for one in calls if one["method"] == "POST" and one["path"].endswith("temporaryAccessPassMethods")]


@pytest_asyncio.fixture
async def desk(storage: str, simulator: Client, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    url = str(simulator.http.base_url).rstrip("/")
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"{url}/msi/token")
    monkeypatch.setenv("IDENTITY_HEADER", IDENTITY_HEADER)
    settings = Settings(tenant_id=TENANT, graph_url=url, exchange_url=url, AzureWebJobsStorage=storage)
    state = Storage.from_settings(settings)
    await state.prepare()
    desk = Desk(Bench(simulator, Tenant.from_settings(settings), settings), state)
    yield desk
    await state.switch.set(Position(mode=Mode.ENFORCE, at=datetime.now(UTC)))
    await state.close()
    await desk.bench.tenant.close()


async def test_a_pass_works_once_for_an_hour_and_the_history_says_who_asked_for_it(desk: Desk) -> None:
    incident_id = await desk.released()
    value = await desk.issue(incident_id)
    assert len(value) == 8
    (call,) = await desk.passes()
    assert call["parameters"] == {"lifetimeInMinutes": 60, "isUsableOnce": True}
    (line,) = await desk.history(incident_id)
    assert (line.event, line.who, line.why) == (ISSUED, "rosa@contoso.com", "She called from home.")
    assert value not in repr(await desk.state.incidents.read(incident_id))


@pytest.mark.parametrize(("shortest", "longest", "minutes"), [(10, 30, 30), (120, 480, 120)])
async def test_its_life_is_what_the_policy_allows(desk: Desk, shortest: int, longest: int, minutes: int) -> None:
    await desk.bench.behave(
        passPolicy={"minimumLifetimeInMinutes": shortest, "maximumLifetimeInMinutes": longest, "isUsableOnce": True}
    )
    await desk.issue(await desk.released())
    assert (await desk.passes())[0]["parameters"]["lifetimeInMinutes"] == minutes


@pytest.mark.parametrize(
    ("account", "reason"),
    [
        (SYNCED, "The account is synced"),
        (FEDERATED, "The account is federated"),
        (GUEST, "own organisation"),
        (ADMINISTRATOR, "privileged"),
    ],
    ids=["synced", "federated", "guest", "privileged"],
)
async def test_what_the_account_is_now_counts_not_what_it_was_in_triage(
    desk: Desk, account: Account, reason: str
) -> None:
    ordinary = TAKEN_OVER.model_copy(update={"id": account.id, "user_principal_name": account.user_principal_name})
    incident_id = await desk.released(ordinary)
    with pytest.raises(Unfit, match=reason):
        await desk.issue(incident_id)
    assert (await desk.history(incident_id), await desk.passes()) == ((), [])


async def test_whose_roles_were_taken_away_in_the_response_gets_none(desk: Desk) -> None:
    was = TAKEN_OVER.model_copy(update={"privileged": "role Exchange Administrator"})
    incident_id = await desk.released(was)
    with pytest.raises(Unfit, match="privileged"):
        await desk.issue(incident_id)


async def test_who_can_raise_a_role_gets_none(desk: Desk) -> None:
    state = await desk.bench.simulator.state()
    alex = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER.id)
    alex["roles"] = [{"role": "Exchange Administrator", "kind": "eligible"}]
    await desk.bench.simulator.put_state(state)
    incident_id = await desk.released()
    with pytest.raises(Unfit, match="may raise Exchange Administrator"):
        await desk.issue(incident_id)


async def test_without_the_licence_for_raising_roles_nobody_can(desk: Desk) -> None:
    await desk.bench.behave(licence="P1")
    assert await desk.issue(await desk.released())


async def test_an_account_that_is_protected_by_now_gets_none(desk: Desk) -> None:
    desk.bench.settings = desk.bench.settings.model_copy(
        update={"protected_accounts": (TAKEN_OVER.user_principal_name,)}
    )
    incident_id = await desk.released()
    with pytest.raises(Unfit, match="protected"):
        await desk.issue(incident_id)


async def test_while_the_sign_in_is_blocked_none_is_issued(desk: Desk) -> None:
    await desk.bench.alter(TAKEN_OVER, user={"accountEnabled": False})
    incident_id = await desk.released()
    with pytest.raises(Unfit, match="would not work: lift the block"):
        await desk.issue(incident_id)
    assert await desk.passes() == []


async def test_where_it_cannot_be_told_whether_the_account_is_federated_none_is_issued(desk: Desk) -> None:
    await desk.bench.grant_all_but("Domain.Read.All")
    incident_id = await desk.released()
    with pytest.raises(Unfit, match="could not be read"):
        await desk.issue(incident_id)


async def test_another_open_incident_of_the_account_comes_first(desk: Desk) -> None:
    incident_id, other = await desk.released(), await desk.released(ending=None, ended_at=None)
    assert await desk.state.claims.take(TAKEN_OVER.id, other) == other
    try:
        with pytest.raises(Unfit, match=other):
            await desk.issue(incident_id)
    finally:
        await desk.state.claims.give_back(TAKEN_OVER.id, other)
    assert await desk.issue(incident_id)


async def test_the_switch_is_above_it(desk: Desk) -> None:
    incident_id = await desk.released()
    await desk.state.switch.set(Position(mode=Mode.REPORT_ONLY, at=datetime.now(UTC)))
    with pytest.raises(Unfit, match="switched off"):
        await desk.issue(incident_id)


@pytest.mark.parametrize(
    "policy",
    [
        {"state": "disabled"},
        {"includeTargets": [{"targetType": "group", "id": str(uuid4())}]},
        {"excludeTargets": [{"targetType": "group", "id": FINANCE}]},
    ],
)
async def test_a_policy_that_leaves_the_user_out_is_named_and_nothing_is_asked_for(
    desk: Desk, policy: dict[str, Any]
) -> None:
    await desk.bench.behave(passPolicy=policy)
    incident_id = await desk.released()
    with pytest.raises(Unfit, match="does not allow a Temporary Access Pass for this user"):
        await desk.issue(incident_id)
    assert (await desk.history(incident_id), await desk.passes()) == ((), [])


async def test_a_policy_that_names_a_group_of_the_user_is_enough(desk: Desk) -> None:
    await desk.bench.behave(passPolicy={"includeTargets": [{"targetType": "group", "id": FINANCE}]})
    assert await desk.issue(await desk.released())


async def test_what_the_tenant_refuses_after_all_is_a_line_of_its_own(desk: Desk) -> None:
    incident_id = await desk.released()
    error = {"status": 400, "code": "badRequest", "message": "Converged UserCredentialPolicy does not allow"}
    await desk.bench.simulator.fault(error, method="POST", path="temporaryAccessPassMethods")
    with pytest.raises(Permanent):
        await desk.issue(incident_id)
    asked, failed = await desk.history(incident_id)
    assert (asked.event, failed.event, failed.who) == (ISSUED, FAILED, "regain")
    assert "400 (badRequest)" in failed.why


async def test_without_the_right_the_refusal_names_it(desk: Desk) -> None:
    await desk.bench.grant_all_but("UserAuthenticationMethod.ReadWrite.All")
    incident_id = await desk.released()
    with pytest.raises(Denied, match=r"UserAuthenticationMethod\.ReadWrite\.All"):
        await desk.issue(incident_id)


async def test_whose_account_it_is_and_who_opened_the_incident_are_refused_before_anything_is_asked(
    desk: Desk,
) -> None:
    own, opened = await desk.released(), await desk.released(source="manual", opened_by=ROSA.object_id)
    for incident_id, person in ((own, replace(ROSA, object_id=TAKEN_OVER.id)), (opened, ROSA)):
        with pytest.raises(Problem) as refused:
            await desk.issue(incident_id, person)
        assert refused.value.status is HTTPStatus.FORBIDDEN
    assert await desk.bench.simulator.calls() == []


async def test_an_incident_that_is_not_there_is_told_apart(desk: Desk) -> None:
    with pytest.raises(LookupError):
        await desk.issue("0" * 31 + "1")


@pytest.mark.parametrize(
    ("error", "status", "text"),
    [
        (Throttled("busy", 3), HTTPStatus.SERVICE_UNAVAILABLE, "Ask again"),
        (Transient("dropped"), HTTPStatus.SERVICE_UNAVAILABLE, "makes it worthless"),
        (Denied("The app needs X.", "X"), HTTPStatus.BAD_GATEWAY, "The app needs X."),
        (Permanent("400 (badRequest)"), HTTPStatus.CONFLICT, "Look at the policy"),
        (NotFound("gone"), HTTPStatus.CONFLICT, "gone"),
    ],
)
def test_what_the_tenant_says_becomes_a_problem_that_a_person_can_act_on(
    error: TenantError, status: HTTPStatus, text: str
) -> None:
    problem = refused(error)
    assert problem.status is status
    assert text in str(problem)
