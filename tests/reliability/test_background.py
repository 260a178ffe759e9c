"""What the tenant needs hours for goes on in the background: nothing waits for it, and what it finds is made use of."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from shared.alerts.alert import Alert, NamedAccount
from shared.playbook.opening import Opening
from shared.playbook.status import IncidentStatus, incident_status
from shared.state.incidents import Snapshot
from shared.state.rows import ChangeStatus, StepStatus
from tests.simulator.client import TAKEN_OVER

from .messages import Taken
from .record import landed
from .world import Story, World

STEP = "review-audit-log"
REGISTERED_LATELY = "e0000000-0000-4000-8000-000000000002"


async def _open(here: World) -> str:
    alert = Alert("entra", uuid4().hex, "Leaked credentials", "high", None, (NamedAccount(id=TAKEN_OVER),))
    rows = await here.does("door", lambda worker: Opening(worker.storage, here.settings, here.clock.now).receive(alert))
    return str(rows[0].id)


async def _read(here: World, incident_id: str) -> Snapshot:
    snapshot = await here.state.incidents.read(incident_id)
    assert snapshot is not None
    return snapshot


async def _searches(here: World, how: str, **account: Any) -> None:
    state = await here.simulator.state()
    state["tenant"]["behaviour"]["auditSearches"] = how
    next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER).update(account)
    await here.simulator.put_state(state, here.clock.offset.total_seconds())


def test_what_was_asked_for_is_written_down_before_it_is_looked_at(tell: Callable[[Story], None]) -> None:
    async def story(here: World) -> None:
        await _searches(here, "slow")
        incident_id = await _open(here)
        await here.run(within=timedelta(minutes=30))
        row = (await _read(here, incident_id)).steps[STEP]
        assert (row.status, row.asked) == (StepStatus.DONE, None)
        started: list[int] = []
        looked: list[int] = []
        kept: list[int] = []
        for number, call in enumerate(here.calls):
            if "/security/auditLog/queries" in call.path and call.status < 400:
                (started if call.method == "POST" else looked).append(number)
            if any(row.get("asked") for row in landed(call)):
                kept.append(number)
        assert len(started) == 1
        assert started[0] < kept[0] < looked[0]

    tell(story)


def test_neither_the_report_nor_the_watch_waits_for_it_and_it_gives_up_in_the_end(
    tell: Callable[[Story], None],
) -> None:
    async def story(here: World) -> None:
        await _searches(here, "never")
        incident_id = await _open(here)
        seen: list[Snapshot] = []

        async def look(taken: Taken | None) -> None:
            del taken
            snapshot = await _read(here, incident_id)
            if any(line.event == "watch" for line in snapshot.history):
                seen.append(snapshot)

        await here.run(look)
        first, last = seen[0], await _read(here, incident_id)

        assert first.steps[STEP].status is StepStatus.WAITING
        assert first.steps["report"].status is StepStatus.DONE
        assert incident_status(here.playbook, first) is IncidentStatus.SECURED
        assert last.steps[STEP].status is StepStatus.FAILED
        assert last.steps[STEP].reason.startswith("Gave up after ")
        assert last.steps[STEP].finished_at is not None
        assert await here.messages.count() == 0

    tell(story)


def test_what_was_set_up_before_the_attack_seemed_to_begin_is_removed_once_the_log_tells_of_it(
    tell: Callable[[Story], None],
) -> None:
    """The sign-in log knows of the attacker since 12 hours; the audit log since 25, when a device was registered."""

    async def story(here: World) -> None:
        at = datetime.now(UTC) - timedelta(hours=12)
        sign_in = {"createdDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}", "ipAddress": "203.0.113.66"}
        await _searches(here, "slow", signIns=[sign_in | {"id": "1", "riskLevelDuringSignIn": "high"}])
        incident_id = await _open(here)
        await here.run(within=timedelta(minutes=30))
        snapshot = await _read(here, incident_id)

        (line,) = [line for line in snapshot.history if line.event == "look-again"]
        assert line.who == "regain"
        assert "earlier than was known" in line.why
        disabled = [one for one in snapshot.changes if one.resource == f"device {REGISTERED_LATELY}"]
        assert [one.round for one in disabled] == [2]
        assert snapshot.steps["seal"].round == 1, "it revokes nothing by itself"
        assert incident_status(here.playbook, snapshot) is IncidentStatus.SECURED

        await here.run()
        later = await _read(here, incident_id)
        assert [line.event for line in later.history] == ["look-again", "watch"]

    tell(story)


def test_a_rule_that_only_the_attackers_address_gives_away_is_disabled_once_the_log_tells_of_it(
    tell: Callable[[Story], None],
) -> None:
    async def story(here: World) -> None:
        rule = {"Name": "Orders", "RuleIdentity": 77, "Priority": 1, "Enabled": True}
        rule |= {"FromAddressContainsWords": ["orders@"], "MoveToFolder": "Orders"}
        at = datetime.now(UTC) - timedelta(hours=20)
        made: dict[str, Any] = {"ClientIP": "203.0.113.66:50123", "ResultStatus": "True"}
        made |= {"Parameters": [{"Name": "Name", "Value": "Orders"}, {"Name": "MoveToFolder", "Value": "Orders"}]}
        record = {"createdDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}", "operation": "New-InboxRule", "auditData": made}
        await _searches(here, "slow", inboxRules=[rule], auditRecords=[record])
        incident_id = await _open(here)
        await here.run(within=timedelta(minutes=30))
        snapshot = await _read(here, incident_id)

        disabled = [one for one in snapshot.changes if one.resource == "inbox rule 77"]
        assert [(one.round, one.status) for one in disabled] == [(2, ChangeStatus.APPLIED)]
        assert "as the audit log tells" in disabled[0].reason

    tell(story)
