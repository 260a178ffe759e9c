"""Safe to leave alone: whom it never touches, how much it does by itself, what it does when the attacker comes back."""

from collections.abc import Awaitable, Callable
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from local.simulator.grants import load_grants
from shared.alerts.alert import Alert, NamedAccount
from shared.playbook import decisions
from shared.playbook.decisions import By
from shared.playbook.opening import Opening
from shared.playbook.status import IncidentStatus, incident_status
from shared.policy import Gate, Limits, Mode
from shared.state.incidents import Snapshot
from shared.state.queues import Message
from shared.state.rows import Skip, StepStatus
from shared.state.switch import Position
from tests.simulator.client import ADMINISTRATOR, BREAK_GLASS, HELP_DESK, TAKEN_OVER

from .messages import Taken
from .places import Json
from .world import Story, World

HELP_DESK_GROUP = "a0000000-0000-4000-8000-000000000002"
PRIVILEGED = {"name": "Privileged Authentication Administrator", "id": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"}
SENDS_IT_ON = {"ForwardingSmtpAddress": "smtp:collector@attacker.example", "DeliverToMailboxAndForward": True}
ROSA = By("rosa@contoso.com", "because")


async def _open(here: World, user_id: str, activity_at: datetime | None = None) -> str:
    alert = Alert("entra", uuid4().hex, "Leaked credentials", "high", activity_at, (NamedAccount(id=user_id),))

    async def receive(worker: Any) -> str:
        (row,) = await Opening(worker.storage, here.settings, here.clock.now).receive(alert)
        return str(row.id)

    return await here.does("door", receive)


async def _incident(here: World, incident_id: str) -> Snapshot:
    snapshot = await here.state.incidents.read(incident_id)
    assert snapshot is not None
    return snapshot


async def _respond(here: World, user_id: str) -> Snapshot:
    incident_id = await _open(here, user_id)
    await here.run()
    return await _incident(here, incident_id)


async def _approve(here: World, snapshot: Snapshot) -> Snapshot:
    plan = decisions.waiting_plan(snapshot)
    assert plan
    book = here.playbook
    await here.does(
        "approve",
        lambda worker: worker.engine.deciding.decide(
            snapshot.incident.id, lambda one: decisions.approve(book, one, plan, None, ROSA)
        ),
    )
    await here.run()
    return await _incident(here, snapshot.incident.id)


def _status(here: World, snapshot: Snapshot) -> IncidentStatus:
    return incident_status(here.playbook, snapshot)


def _statuses(snapshot: Snapshot, *names: str) -> list[StepStatus]:
    return [snapshot.steps[name].status for name in names]


def _makes_changes(here: World) -> list[str]:
    declared = {name: step.declaration for name, step in here.playbook.items()}
    return [name for name, one in declared.items() if one.changes and one.gate is not Gate.OFF]


async def _writes(here: World, user_id: str) -> list[Json]:
    calls = await here.simulator.calls()
    changing = [one for one in calls if one["method"] in ("PATCH", "DELETE") or "revoke" in one["path"]]
    cmdlets = [one for one in calls if one["cmdlet"] and not one["cmdlet"].startswith("Get-")]
    return [one for one in [*changing, *cmdlets] if user_id in str(one)]


async def _set(here: World, user_id: str, part: str, values: Json) -> None:
    """Somebody changes an account in the tenant."""
    state = await here.simulator.state()
    next(one for one in state["accounts"] if one["user"]["id"] == user_id)[part] |= values
    await here.simulator.put_state(state, here.clock.offset.total_seconds())


async def _account(here: World, user_id: str) -> Json:
    accounts = (await here.simulator.state())["accounts"]
    return next(one for one in accounts if one["user"]["id"] == user_id)


async def _add(here: World, count: int, **values: Any) -> list[str]:
    """So many more users, each like Alex Wilber. Their ids."""
    state, ids = await here.simulator.state(), []
    alex = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER)
    for _ in range(count):
        one, name = deepcopy(alex), f"user-{uuid4().hex[:8]}@contoso.com"
        names = {"userPrincipalName": name, "mail": name, "proxyAddresses": [f"SMTP:{name}"]}
        one["user"] |= names | {"id": str(uuid4())}
        one |= {"blockedSender": None} | values
        state["accounts"].append(one)
        ids.append(one["user"]["id"])
    await here.simulator.put_state(state, here.clock.offset.total_seconds())
    return ids


async def _grant(here: World, **changes: Any) -> None:
    await here.simulator.put_grants(load_grants().model_dump(mode="json") | changes)


# Whom it never touches


def _protected_by(**settings: Any) -> Callable[[World], Awaitable[None]]:
    async def protect(here: World) -> None:
        here.settings = here.settings.model_copy(update=settings)

    return protect


async def _our_own_identity(here: World) -> None:
    state = await here.simulator.state()
    identity = state["tenant"]["identity"]
    identity["objectId"] = str(UUID(HELP_DESK))
    await here.simulator.put_state(state, here.clock.offset.total_seconds())


PROTECTED: dict[str, Callable[[World], Awaitable[None]]] = {
    "object id": _protected_by(protected_accounts=(HELP_DESK.upper(),)),
    "address": _protected_by(protected_accounts=("Pradeep.Gupta@contoso.com",)),
    "a group it is in": _protected_by(protected_group=HELP_DESK_GROUP.upper()),
    "it is what we work as": _our_own_identity,
}


@pytest.mark.parametrize("protect", PROTECTED.values(), ids=PROTECTED.keys())
def test_a_protected_account_is_never_changed_and_its_incident_asks_for_a_person(
    tell: Callable[[Story], None], protect: Callable[[World], Awaitable[None]], caplog: pytest.LogCaptureFixture
) -> None:
    async def story(here: World) -> None:
        await protect(here)
        snapshot = await _respond(here, HELP_DESK)

        assert await _writes(here, HELP_DESK) == []
        assert _status(here, snapshot) is IncidentStatus.NEEDS_ATTENTION
        assert {snapshot.steps[name].skip for name in _makes_changes(here)} == {Skip.PROTECTED}
        assert any(
            record.levelname == "ERROR" and snapshot.incident.id in record.getMessage() for record in caplog.records
        )

    tell(story)


def test_an_account_that_is_protected_in_mid_chain_is_not_changed_any_more(tell: Callable[[Story], None]) -> None:
    async def story(here: World) -> None:
        incident_id = await _open(here, TAKEN_OVER)
        (taken,) = await here.messages.take(here.clock.now(), most=1)
        await here.deliver(taken)
        here.settings = here.settings.model_copy(update={"protected_accounts": (TAKEN_OVER,)})
        await here.stop()
        await here.run()

        assert await _writes(here, TAKEN_OVER) == []
        snapshot = await _incident(here, incident_id)
        assert {snapshot.steps[name].skip for name in _makes_changes(here)} == {Skip.PROTECTED}

    tell(story)


def test_where_the_protected_group_cannot_be_read_everything_waits_for_approval(tell: Callable[[Story], None]) -> None:
    async def story(here: World) -> None:
        here.settings = here.settings.model_copy(
            update={"protected_group": HELP_DESK_GROUP, "steps": {"block-sign-in": Gate.AUTO}}
        )
        await _grant(here, graph=[name for name in load_grants().graph if name != "GroupMember.Read.All"])
        snapshot = await _respond(here, TAKEN_OVER)

        assert await _writes(here, TAKEN_OVER) == []
        assert set(_statuses(snapshot, "revoke-sessions", "block-sign-in", "reset-password", "seal")) == {
            StepStatus.AWAITING_APPROVAL
        }

    tell(story)


# Administrators


def test_the_sessions_of_an_administrator_are_revoked_at_once_and_the_rest_waits(tell: Callable[[Story], None]) -> None:
    async def story(here: World) -> None:
        await _grant(here, directory_roles=[*load_grants().model_dump(mode="json")["directory_roles"], PRIVILEGED])
        snapshot = await _respond(here, ADMINISTRATOR)
        assert _statuses(snapshot, "revoke-sessions", "seal") == [StepStatus.DONE] * 2
        assert set(_statuses(snapshot, "block-sign-in", "reset-password")) == {StepStatus.AWAITING_APPROVAL}

        approved = await _approve(here, snapshot)
        assert set(_statuses(approved, "block-sign-in", "reset-password")) == {StepStatus.DONE}

    tell(story)


async def _administrators(here: World, *, enabled: int, disabled: int = 0) -> list[str]:
    """Global Administrators beside the one of the seeds, which is taken away its role."""
    await _grant(here, directory_roles=[*load_grants().model_dump(mode="json")["directory_roles"], PRIVILEGED])
    state = await here.simulator.state()
    next(one for one in state["accounts"] if one["user"]["id"] == BREAK_GLASS)["roles"] = []
    await here.simulator.put_state(state, here.clock.offset.total_seconds())
    ids = await _add(here, enabled + disabled, roles=["Global Administrator"])
    for user_id in ids[enabled:]:
        await _set(here, user_id, "user", {"accountEnabled": False})
    return ids


@pytest.mark.parametrize(
    ("enabled", "disabled", "attacked", "locked_out"),
    [
        pytest.param(1, 0, 1, 0, id="the last one"),
        pytest.param(1, 1, 1, 0, id="the last one that is enabled"),
        pytest.param(2, 0, 1, 1, id="one of two"),
        pytest.param(2, 0, 2, 0, id="both of two, at the same moment"),
        pytest.param(3, 0, 2, 2, id="two of three, at the same moment"),
    ],
)
def test_the_last_global_administrator_is_never_locked_out(
    tell: Callable[[Story], None], enabled: int, disabled: int, attacked: int, locked_out: int
) -> None:
    async def story(here: World) -> None:
        ids = (await _administrators(here, enabled=enabled, disabled=disabled))[:attacked]
        here.settings = here.settings.model_copy(
            update={"steps": {"block-sign-in": Gate.AUTO, "reset-password": Gate.AUTO}}
        )
        incidents = [await _open(here, user_id) for user_id in ids]
        await here.run()

        accounts = [await _account(here, user_id) for user_id in ids]
        assert sum(not one["user"]["accountEnabled"] for one in accounts) == locked_out
        for incident_id in incidents:
            snapshot = await _incident(here, incident_id)
            assert snapshot.steps["revoke-sessions"].status is StepStatus.DONE
            if not locked_out:
                assert snapshot.steps["block-sign-in"].skip is Skip.PROTECTED
                assert snapshot.steps["reset-password"].skip is Skip.PROTECTED
                assert _status(here, snapshot) is IncidentStatus.NEEDS_ATTENTION

    tell(story)


# How much it does by itself


def test_beyond_the_limits_incidents_wait_but_sessions_are_revoked_under_a_limit_of_their_own(
    tell: Callable[[Story], None],
) -> None:
    async def story(here: World) -> None:
        limits = Limits(enforced_per_hour=3, enforced_per_day=2, looked_at_per_hour=3, looked_at_per_day=9)
        here.settings = here.settings.model_copy(update={"limits": limits})
        ids = [await _open(here, user_id) for user_id in await _add(here, 8)]
        await here.run()

        found = [await _incident(here, one) for one in ids]
        enforced = [one for one in found if one.steps["block-sign-in"].status is StepStatus.DONE]
        looked_at = [one for one in found if one not in enforced and one.steps["seal"].status is StepStatus.DONE]
        waiting = [one for one in found if one not in enforced and one not in looked_at]
        assert (len(enforced), len(looked_at), len(waiting)) == (2, 3, 3)
        for one in looked_at:
            assert one.steps["block-sign-in"].status is StepStatus.AWAITING_APPROVAL
            assert one.steps["block-sign-in"].plan_hash
        for one in waiting:
            assert one.incident.account is not None
            assert await _writes(here, one.incident.account.id) == []
            assert set(_statuses(one, *_makes_changes(here))) == {StepStatus.AWAITING_APPROVAL}

        shown = await _approve(here, waiting[0])
        assert shown.steps["block-sign-in"].status is StepStatus.AWAITING_APPROVAL
        assert shown.steps["block-sign-in"].plan_hash
        carried_out = await _approve(here, shown)
        assert carried_out.steps["block-sign-in"].status is StepStatus.DONE

    tell(story)


def test_the_switch_stops_what_is_running(tell: Callable[[Story], None]) -> None:
    async def story(here: World) -> None:
        incident_id = await _open(here, TAKEN_OVER)
        (taken,) = await here.messages.take(here.clock.now(), most=1)
        await here.deliver(taken)
        await here.state.switch.set(Position(mode=Mode.REPORT_ONLY, who="rosa", at=here.clock.now()))
        await here.run()

        assert await _writes(here, TAKEN_OVER) == []
        assert _status(here, await _incident(here, incident_id)) is IncidentStatus.PLANNED

    tell(story)


# When the attacker comes back


def _brings_back(here: World, step: str) -> Callable[[Taken | None], Awaitable[None]]:
    """Watches the messages: as the step is about to look, the forwarding is there again."""

    async def look(taken: Taken | None) -> None:
        if taken is None or taken.queue != step:
            return
        row = await here.state.incidents.step(Message.model_validate_json(taken.body).incident, step)
        if row and row.status is StepStatus.WAITING:
            await _set(here, TAKEN_OVER, "mailbox", SENDS_IT_ON)

    return look


def test_what_the_attacker_brings_back_is_undone_again_and_the_third_time_a_person_is_asked(
    tell: Callable[[Story], None],
) -> None:
    async def story(here: World) -> None:
        incident_id = await _open(here, TAKEN_OVER)
        await here.run(_brings_back(here, "remove-forwarding"))

        snapshot = await _incident(here, incident_id)
        watches = [line for line in snapshot.history if line.event == "watch"]
        sealed = snapshot.steps["seal"].verified_at
        assert sealed
        assert len(watches) == 2
        assert watches[0].at >= sealed + here.settings.token_lifetime
        rounds = [change.round for change in snapshot.changes if change.step == "remove-forwarding"]
        assert rounds == [1, 2, 3]
        assert not (await _account(here, TAKEN_OVER))["mailbox"].get("ForwardingSmtpAddress")
        assert [task.secures for task in snapshot.tasks if task.slug.startswith("came-back-twice")] == [True]
        assert _status(here, snapshot) is IncidentStatus.NEEDS_ATTENTION
        assert snapshot.steps["seal"].round == 1, "the watch revokes nothing by itself"

    tell(story)


def test_a_hold_that_somebody_has_lifted_is_a_finding_and_stays_lifted(tell: Callable[[Story], None]) -> None:
    async def story(here: World) -> None:
        async def lift(taken: Taken | None) -> None:
            if taken and taken.queue == "report":
                await _set(here, TAKEN_OVER, "user", {"accountEnabled": True})

        incident_id = await _open(here, TAKEN_OVER)
        await here.run(lift)

        snapshot = await _incident(here, incident_id)
        assert [line.event for line in snapshot.history] == ["watch"]
        assert (await _account(here, TAKEN_OVER))["user"]["accountEnabled"] is True
        assert any(one.step == "block-sign-in" and "somebody" in one.text for one in snapshot.findings)
        assert _status(here, snapshot) is IncidentStatus.SECURED

    tell(story)


@pytest.mark.parametrize(("later", "rounds"), [(timedelta(seconds=1), 3), (timedelta(days=-2), 2)])
def test_an_alert_joins_the_open_incident_and_news_of_the_attacker_begins_a_round(
    tell: Callable[[Story], None], later: timedelta, rounds: int
) -> None:
    """Two rounds are there already: the response and the watch."""

    async def story(here: World) -> None:
        first = await _open(here, TAKEN_OVER)
        await here.run()
        await _set(here, TAKEN_OVER, "user", {"accountEnabled": True})
        second = await _open(here, TAKEN_OVER, activity_at=here.clock.now() + later)
        await here.run()

        snapshot, joined = await _incident(here, first), await _incident(here, second)
        assert joined.incident.joined_to == first
        assert len(snapshot.alerts) == 2
        assert len({line.round for line in snapshot.history if line.event == "alert"}) == rounds - 2
        blocked = not (await _account(here, TAKEN_OVER))["user"]["accountEnabled"]
        assert blocked is (rounds == 3)
        assert _status(here, snapshot) is IncidentStatus.SECURED

    tell(story)
