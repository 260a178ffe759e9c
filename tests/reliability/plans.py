"""A step with as many changes as one likes, so that its plan, and what was read back, go in several batches."""

from dataclasses import dataclass, replace
from datetime import datetime

from functions.steps import triage
from shared.playbook.declaration import Declaration, Stage
from shared.playbook.registry import Playbook
from shared.playbook.step import Change, Context, Plan, Standing, Step
from shared.policy import Gate

from .crashes import Crashed, crash, undisturbed
from .places import Json
from .scenarios import alert, restore
from .world import World

_FIRST = "d0000000"
_ENABLED = "accountEnabled"


class Many(Step):
    """Blocks this many other accounts, one change each."""

    declaration = Declaration(name="many", title="Block many", article="none: a test", stage=Stage.EVICT)

    def __init__(self, size: int) -> None:
        self._size = size

    async def inspect(self, context: Context) -> Plan:
        ids = map(_id, range(self._size))
        there = [user_id for user_id in ids if (await context.tenant.graph.user(user_id)).account_enabled]
        changes = (Change(user_id, "block", "a test", {_ENABLED: True}, {_ENABLED: False}) for user_id in there)
        return Plan(changes=tuple(changes), summary="All of them are blocked.")

    async def apply(self, context: Context, change: Change) -> datetime:
        return await context.tenant.graph.set_account_enabled(change.resource, bool(change.after[_ENABLED]))

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        enabled = (await context.tenant.graph.user(change.resource)).account_enabled
        return Standing.AFTER if enabled == change.after[_ENABLED] else Standing.BEFORE

    async def revert(self, context: Context, change: Change) -> datetime:
        return await context.tenant.graph.set_account_enabled(change.resource, bool(change.before[_ENABLED]))


@dataclass(frozen=True)
class Carried:
    """One plan and what puts it back. ``blocked`` is how many accounts were, after each; ``crashed`` what became of the
    crashes between its batches."""

    blocked: tuple[int, ...]
    broken: tuple[str, ...]
    crashed: tuple[Crashed, ...]


async def carried(world: World, size: int, every: bool) -> Carried:
    """Blocks so many accounts, and lets them in again, with a crash after the first batch of each, or ``every`` one."""
    world.playbook = Playbook([triage.step, Many(size)])
    world.settings = world.settings.model_copy(
        update={"steps": world.settings.steps | {Many.declaration.name: Gate.AUTO}}
    )
    await world.messages.prepare(["many"])
    await world.put_back(replace(world.empty, tenant=_with_accounts(world.empty.tenant, size)))
    blocked: list[int] = []
    broken: list[str] = []
    crashed: list[Crashed] = []
    for act in (alert, restore):
        (run,) = await undisturbed(world, (act,))
        blocked.append(await _blocked(world))
        broken += run.broken
        after = await world.save()
        tries = [(start, number) for start in run.starts for number in start.batches]
        for start, number in tries if every else tries[:1]:
            crashed.append(await crash(world, start, number))
        await world.put_back(after)
    return Carried(tuple(blocked), tuple(broken), tuple(crashed))


async def _blocked(world: World) -> int:
    accounts = (await world.simulator.state())["accounts"]
    return sum(not one["user"][_ENABLED] for one in accounts if one["user"]["id"].startswith(_FIRST))


def _with_accounts(tenant: Json, size: int) -> Json:
    """Few properties: there are many of them."""
    users = [
        {"id": _id(number), "userPrincipalName": f"many-{number}@contoso.com", "displayName": "One", _ENABLED: True}
        for number in range(size)
    ]
    return tenant | {"accounts": [*tenant["accounts"], *({"user": user} for user in users)]}


def _id(number: int) -> str:
    return f"{_FIRST}-0000-4000-8000-{number:012}"
