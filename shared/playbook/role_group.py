"""A user's place in a role group of Exchange Online or of Security & Compliance: found, taken away, given back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.tenant.errors import NotFound
from shared.tenant.exchange import Exchange
from shared.tenant.role_groups import has_others, is_member, join_role_group, leave_role_group
from shared.tenant.side_by_side import side_by_side

from .done_anyway import done_anyway
from .foreign import shown
from .step import Change, Finding, Standing

GROUP = "Group"
_GIVES_ROLES = "Organization Management"


@dataclass(frozen=True)
class Place:
    """In the role group ``group`` of ``exchange``. ``managed``: groups have managers there, and we need not be one."""

    exchange: Exchange
    user_id: str
    group: str
    managed: bool

    async def is_taken(self) -> bool:
        """Whether the user is in the group itself. In one that is gone nobody is."""
        try:
            return await is_member(self.exchange, self.group, self.user_id)
        except NotFound:
            return False

    async def is_free(self) -> bool:
        return not await self.is_taken()

    async def leave(self, now: datetime) -> datetime:
        """When it was accepted. Safe to repeat."""
        leaving = leave_role_group(self.exchange, self.group, self.user_id, managed=self.managed)
        return await done_anyway(leaving, self.is_free, now)

    async def take(self, now: datetime) -> datetime:
        """As ``leave``. Raises ``NotFound`` where the group is gone."""
        taking = join_role_group(self.exchange, self.group, self.user_id, managed=self.managed)
        return await done_anyway(taking, self.is_taken, now)

    async def standing(self) -> Standing:
        """How it stands to the change that takes it away."""
        return Standing.BEFORE if await self.is_taken() else Standing.AFTER


async def places(exchange: Exchange, user_id: str, groups: Iterable[str], *, managed: bool) -> list[Place]:
    """Those of the groups that the user is in itself; in one that is gone by now nobody is."""
    asked = [Place(exchange, user_id, group, managed) for group in groups]
    taken = await side_by_side(one.is_taken() for one in asked)
    return [one for one, is_taken in zip(asked, taken, strict=True) if is_taken]


def left(group: str) -> Change:
    """The change that takes the account out of a role group."""
    return Change(
        resource=f"role group {shown(group)}",
        action="remove",
        reason="Whoever has the account has the roles of this group too.",
        before={GROUP: group},
        after={GROUP: None},
    )


async def last_place(taken: Iterable[Place], source: str) -> tuple[Finding, ...]:
    """What to know where one of the places is the last in the group that gives roles to others. No reason to leave it
    to the attacker: some Entra roles let their holders give roles too."""
    for one in taken:
        if one.group == _GIVES_ROLES and not await has_others(one.exchange, one.group, one.user_id):
            text = (
                f"Nobody else is in {_GIVES_ROLES}: without the account only Entra roles let anybody give roles there."
            )
            return (Finding(text, source),)
    return ()
