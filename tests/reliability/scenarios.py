"""Incidents that are disturbed: what happens, one act after the other, each until all is at rest."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from shared.alerts.alert import Alert, NamedAccount
from shared.playbook import decisions
from shared.playbook.decisions import By, Decision, Unfit
from shared.playbook.journal import reversible_changes
from shared.playbook.opening import Opening, incident_id
from shared.policy import Mode
from shared.state.incidents import Snapshot
from tests.simulator.client import TAKEN_OVER

from .crashes import Act
from .world import Worker, World

ACCOUNT = NamedAccount(id=TAKEN_OVER)
ALERT = Alert("entra", "the first", "Leaked credentials", "high", None, (ACCOUNT,))
INCIDENT = incident_id(ALERT, ACCOUNT)
BY = By("a responder", "a test")


async def alert(world: World) -> None:
    """An account has been taken over."""
    await _receive(world, ALERT)


async def alert_to_report_only(world: World) -> None:
    """The same, where nothing may be changed yet."""
    await _receive(world, ALERT, mode=Mode.REPORT_ONLY)


async def time_passes(world: World) -> None:
    """The last live token runs out, and the watch looks once more."""
    await world.forward(world.clock.now() + world.settings.token_lifetime)


async def another_attack(world: World) -> None:
    """The attacker is back after the account was secured, and sets up again what was undone."""
    state = await world.simulator.state()
    seed = next(one for one in world.given.tenant["accounts"] if one["user"]["id"] == TAKEN_OVER)
    accounts = [seed if one["user"]["id"] == TAKEN_OVER else one for one in state["accounts"]]
    await world.simulator.put_state(state | {"accounts": accounts}, world.clock.offset.total_seconds())
    await _receive(world, replace(ALERT, identity="the second", activity_at=world.clock.now()))


async def approve(world: World) -> None:
    """A person approves the whole plan."""

    def all_of_it(worker: Worker, snapshot: Snapshot) -> Decision:
        return decisions.approve(worker.engine.playbook, snapshot, decisions.waiting_plan(snapshot) or "", None, BY)

    await _decide(world, all_of_it)


async def release(world: World) -> None:
    """It was an attack, and it is over; one of the roles comes back with the holds."""

    def with_a_role(worker: Worker, snapshot: Snapshot) -> Decision:
        settings = worker.engine.settings
        roles = [change.id for change in reversible_changes(snapshot, "remove-directory-roles")]
        now, lifetime = world.clock.now(), settings.token_lifetime
        return decisions.release(worker.engine.playbook, snapshot, (), BY, now, lifetime, changes=roles[:1])

    await _decide(world, with_a_role)


async def restore(world: World) -> None:
    """It was a false alarm."""
    await _decide(world, lambda _, snapshot: decisions.restore(snapshot, BY, world.clock.now()))


@dataclass(frozen=True)
class Scenario:
    """``acts`` in their order, and the ``status`` of the incident in the end.

    Crashes are tried from the act number ``new`` on: those before are another scenario's. Of the ``familiar`` acts one
    call in three is enough: their steps go the way that they go in another scenario.
    """

    acts: tuple[Act, ...]
    status: str
    new: int = 0
    familiar: tuple[Act, ...] = ()


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "response": Scenario((alert, time_passes), "secured"),
        "released": Scenario((alert, time_passes, release), "released", new=2),
        "restored": Scenario((alert, another_attack, restore), "restored", new=1, familiar=(another_attack,)),
        "approved": Scenario((alert_to_report_only, approve), "secured", familiar=(alert_to_report_only, approve)),
    }
)


async def _receive(world: World, what: Alert, **more: Any) -> None:
    await world.does(
        "door", lambda worker: Opening(worker.storage, world.settings, world.clock.now).receive(what, **more)
    )


async def _decide(world: World, decide: Callable[[Worker, Snapshot], Decision]) -> None:
    """A person who got no answer and decides again may hear that it is decided: that is an answer."""

    async def deciding(worker: Worker) -> None:
        with suppress(Unfit):
            await worker.engine.deciding.decide(INCIDENT, lambda snapshot: decide(worker, snapshot))

    await world.does("decision", deciding)
