"""Incidents that are disturbed: what happens, one act after the other, each until all is at rest."""

from collections.abc import Mapping
from types import MappingProxyType

from shared.alerts.alert import Alert, NamedAccount
from shared.playbook.opening import Opening
from tests.simulator.client import TAKEN_OVER

from .crashes import Act
from .world import World

ALERT = Alert("entra", "one-and-only", "Leaked credentials", "high", None, (NamedAccount(id=TAKEN_OVER),))


async def alert(world: World) -> None:
    """An alert comes in."""
    await world.does("door", lambda worker: Opening(worker.storage, world.settings, world.clock.now).receive(ALERT))


SCENARIOS: Mapping[str, tuple[Act, ...]] = MappingProxyType({"response": (alert,)})
