"""Every way in which a user has a directory role, or may raise one: found, taken away, and given back as it was."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import JsonValue

from shared.tenant.directory_roles import (
    Schedule,
    assign_role,
    assign_timed,
    eligible_roles,
    join_group,
    leave_group,
    make_eligible,
    remove_assignment,
    remove_eligible,
    remove_timed,
    timed_assignments,
)
from shared.tenant.errors import NotFound, Unlicensed
from shared.tenant.graph import Graph
from shared.tenant.group_schedules import (
    GroupSchedule,
    eligible_access,
    end_access,
    give_access,
    offer_access,
    timed_access,
    withdraw_access,
)
from shared.tenant.models import Group, RoleAssignment

from .foreign import shown

type Values = dict[str, JsonValue]

_EVERYWHERE, _MEMBER = "/", "member"


class Way(StrEnum):
    """How it is held: a role of the user's own, or access to a group that carries roles."""

    PERMANENT = "permanent"
    TIMED = "timed"
    RAISED = "raised"
    ELIGIBLE = "eligible"
    IN_GROUP = "permanent, by a group"
    TIMED_IN_GROUP = "timed, by a group"
    RAISED_IN_GROUP = "raised, by a group"
    ELIGIBLE_IN_GROUP = "eligible, by a group"

    @property
    def raised(self) -> bool:
        """Whether the user has raised it, and can raise it again."""
        return self in (Way.RAISED, Way.RAISED_IN_GROUP)

    @property
    def by_group(self) -> bool:
        """Whether a group carries it."""
        return self in (Way.IN_GROUP, Way.TIMED_IN_GROUP, Way.RAISED_IN_GROUP, Way.ELIGIBLE_IN_GROUP)


@dataclass(frozen=True)
class Held:
    """One role or group. ``place`` is the role and its scope, or the group and whether as member or as owner."""

    way: Way
    name: str
    place: tuple[str, str]
    schedule: Values | None = None

    @classmethod
    def from_values(cls, values: Values) -> "Held":
        """What ``values`` has written down."""
        place = (str(values["Of"]), str(values["At"]))
        schedule = values.get("Schedule")
        return cls(
            Way(str(values["Way"])), str(values["Name"]), place, schedule if isinstance(schedule, dict) else None
        )

    @property
    def values(self) -> Values:
        """What brings it back."""
        schedule: Values = {"Schedule": self.schedule} if self.schedule else {}
        return {"Way": self.way, "Name": self.name, "Of": self.place[0], "At": self.place[1]} | schedule

    def is_same(self, other: "Held") -> bool:
        """Whether both are the same way of having the same thing, whatever its name and its times."""
        return (self.way, self.place) == (other.way, other.place)

    def __str__(self) -> str:
        of, at = self.place
        return f"{self.name} ({self.way}: {f'{at} of {of}' if self.way.by_group else f'{of} at {at}'})"


async def held_roles(graph: Graph, user_id: str) -> tuple[list[Held], str]:
    """All of them, and why there can be none for a time, "" where there can. Raises ``TenantError``."""
    assignments, groups = await graph.role_assignments(user_id), await graph.memberships(user_id)
    try:
        timed, eligible = await timed_assignments(graph, user_id), await eligible_roles(graph, user_id)
        in_groups, may_join = await timed_access(graph, user_id), await eligible_access(graph, user_id)
    except Unlicensed as error:
        timed, eligible, in_groups, may_join, why = [], [], [], [], str(error)
    else:
        why = ""
    own = [*_own(timed), *(_scheduled(Way.ELIGIBLE, one) for one in eligible if one.direct)]
    by_group = [*_by_group(in_groups), *_in(Way.ELIGIBLE_IN_GROUP, may_join)]
    return [*_for_good(assignments, own), *own, *_members(groups, by_group), *by_group], why


async def take_away(graph: Graph, user_id: str, held: Held) -> datetime:
    """When it was accepted. Raises ``NotFound`` where it is gone already."""
    of, at = held.place
    match held.way:
        case Way.PERMANENT:
            return await _remove_permanent(graph, user_id, of, at)
        case Way.TIMED | Way.RAISED:
            return await remove_timed(graph, user_id, of, at)
        case Way.ELIGIBLE:
            return await remove_eligible(graph, user_id, of, at)
        case Way.IN_GROUP:
            return await leave_group(graph, user_id, of)
        case Way.TIMED_IN_GROUP | Way.RAISED_IN_GROUP:
            return await end_access(graph, user_id, of, at)
        case Way.ELIGIBLE_IN_GROUP:
            return await withdraw_access(graph, user_id, of, at)


async def give_back(graph: Graph, user_id: str, held: Held) -> datetime:
    """When it was accepted. Raises ``ValueError`` for what the user has raised: the user raises it again."""
    of, at = held.place
    schedule = held.schedule or {}
    match held.way:
        case Way.PERMANENT:
            return await assign_role(graph, user_id, of, at)
        case Way.TIMED:
            return await assign_timed(graph, user_id, of, at, schedule)
        case Way.ELIGIBLE:
            return await make_eligible(graph, user_id, of, at, schedule)
        case Way.IN_GROUP:
            return await join_group(graph, user_id, of)
        case Way.TIMED_IN_GROUP:
            return await give_access(graph, user_id, of, at, schedule)
        case Way.ELIGIBLE_IN_GROUP:
            return await offer_access(graph, user_id, of, at, schedule)
        case Way.RAISED | Way.RAISED_IN_GROUP:
            raise ValueError("What the user has raised is not given back.")


async def _remove_permanent(graph: Graph, user_id: str, role: str, scope: str) -> datetime:
    for one in await graph.role_assignments(user_id):
        if (one.role_definition_id, one.directory_scope_id or _EVERYWHERE) == (role, scope):
            return await remove_assignment(graph, one.id)
    raise NotFound("The role is gone already.")


def _own(timed: list[Schedule]) -> list[Held]:
    """What is assigned for good is among the schedules too, where roles are managed so: that is left out."""
    return [
        _scheduled(Way.RAISED if one.assignment_type == "Activated" else Way.TIMED, one)
        for one in timed
        if one.direct and (one.end or one.assignment_type == "Activated")
    ]


def _for_good(assignments: list[RoleAssignment], own: list[Held]) -> list[Held]:
    """What is active for a time is among the assignments too."""
    active = {one.place for one in own if one.way is not Way.ELIGIBLE}
    held = [
        Held(Way.PERMANENT, one.role_name or "", (one.role_definition_id, one.directory_scope_id or _EVERYWHERE))
        for one in assignments
    ]
    return [one for one in held if one.place not in active]


def _scheduled(way: Way, one: Schedule) -> Held:
    info = one.info or {"expiration": {"type": "afterDateTime", "endDateTime": one.end}}
    return Held(way, one.role_name, (one.role_definition_id, one.directory_scope_id), info)


def _members(groups: list[Group], by_group: list[Held]) -> list[Held]:
    """Who is in a group for a time is among its members too."""
    active = {one.place for one in by_group if one.way is not Way.ELIGIBLE_IN_GROUP}
    held = [
        Held(Way.IN_GROUP, shown(one.display_name), (one.id, _MEMBER)) for one in groups if one.is_assignable_to_role
    ]
    return [one for one in held if one.place not in active]


def _by_group(in_groups: list[GroupSchedule]) -> list[Held]:
    raised = [one for one in in_groups if one.assignment_type == "activated"]
    timed = [one for one in in_groups if one.assignment_type != "activated" and one.end]
    return [*_in(Way.RAISED_IN_GROUP, raised), *_in(Way.TIMED_IN_GROUP, timed)]


def _in(way: Way, schedules: list[GroupSchedule]) -> list[Held]:
    return [
        Held(way, shown(one.group.display_name), (one.group.id, one.access), one.info)
        for one in schedules
        if one.direct and one.group is not None and one.group.is_assignable_to_role
    ]
