"""Take every directory role away: with one of them the attacker has more than this account."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from functions.wiring import step_function
from shared.playbook.declaration import Declaration, Reversible, Rights, Stage
from shared.playbook.foreign import shown
from shared.playbook.step import Change, Context, Finding, Plan, Standing, Step, Values
from shared.policy import Gate
from shared.tenant.directory_roles import (
    NEEDS_MEMBERS,
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
from shared.tenant.errors import Denied, NotFound, Permanent, Unlicensed
from shared.tenant.models import Group

_PERMANENT, _TIMED, _RAISED, _ELIGIBLE, _GROUP = "permanent", "timed", "raised", "eligible", "group"
_SOURCE = "Microsoft Graph, role management"
_RAISES_AGAIN = "The user has raised it for a time, and raises it again when it is needed."


@dataclass(frozen=True)
class _Held:
    """One way of having a role. ``key`` tells it from all others of this user; ``values`` are what brings it back."""

    kind: str
    name: str
    key: str
    values: Values


class RemoveDirectoryRoles(Step):
    """Sources: Graph, roleAssignments, roleAssignmentScheduleInstances, roleEligibilitySchedules, group members.

    All of them, with where they are for and for how long: for good, for a time, raised, only eligible, and through
    groups that carry roles. Off unless switched on: the permission that it takes could make the app itself a Global
    Administrator.
    """

    declaration = Declaration(
        name="remove-directory-roles",
        title="Remove directory roles",
        article="Step 6 (optional): Remove the account from all administrative roles (Microsoft Entra ID)",
        stage=Stage.EVICT,
        locks_out=True,
        rights=Rights(
            graph=("RoleManagement.ReadWrite.Directory", "GroupMember.Read.All", "GroupMember.ReadWrite.All")
        ),
        reversible=Reversible.PARTLY,
        irreversible=_RAISES_AGAIN,
        gate=Gate.OFF,
    )

    async def inspect(self, context: Context) -> Plan:
        async with _naming_the_set():
            held, gaps = await _held(context)
        return Plan(
            changes=tuple(map(_remove, held)),
            findings=(*gaps, *_findings(held)),
            summary="The account has no directory role, and may not raise one.",
        )

    async def apply(self, context: Context, change: Change) -> datetime:
        try:
            async with _naming_the_set():
                return await _take_away(context, change)
        except NotFound:
            return context.now
        except Permanent:
            if await self.verify(context, change, None) is Standing.AFTER:
                return context.now
            raise

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        held, _ = await _held(context)
        return Standing.BEFORE if any(one.key == change.resource for one in held) else Standing.AFTER

    async def revert(self, context: Context, change: Change) -> datetime:
        graph, user, was = context.tenant.graph, context.account.id, change.before
        role, scope, schedule = str(was.get("Role")), str(was.get("Scope")), was.get("Schedule")
        info = schedule if isinstance(schedule, dict) else {}
        match was["Kind"]:
            case "group":
                return await join_group(graph, user, str(was["Group"]))
            case "eligible":
                return await make_eligible(graph, user, role, scope, info)
            case "timed":
                return await assign_timed(graph, user, role, scope, info)
            case _:
                return await assign_role(graph, user, role, scope)


@asynccontextmanager
async def _naming_the_set() -> AsyncIterator[None]:
    """Raises what the body raises; ``Denied`` with all that it takes: a part of that takes a part of the roles away."""
    try:
        yield
    except Denied as denied:
        raise Denied(f"Refused by the tenant. The app needs {NEEDS_MEMBERS}.", NEEDS_MEMBERS) from denied


async def _take_away(context: Context, change: Change) -> datetime:
    graph, user, was = context.tenant.graph, context.account.id, change.before
    role, scope = str(was.get("Role")), str(was.get("Scope"))
    match was["Kind"]:
        case "group":
            return await leave_group(graph, user, str(was["Group"]))
        case "eligible":
            return await remove_eligible(graph, user, role, scope)
        case "timed" | "raised":
            return await remove_timed(graph, user, role, scope)
        case _:
            there = [
                one
                for one in await graph.role_assignments(user)
                if (one.role_definition_id, one.directory_scope_id) == (role, scope)
            ]
            if not there:
                raise NotFound("The role is gone already.")
            return await remove_assignment(graph, there[0].id)


async def _held(context: Context) -> tuple[list[_Held], list[Finding]]:
    """Every way in which the account has a role, or may have one, and what could not be read."""
    graph, user = context.tenant.graph, context.account.id
    assignments = await graph.role_assignments(user)
    groups = [one for one in await graph.memberships(user) if one.is_assignable_to_role]
    gaps: list[Finding] = []
    try:
        timed, eligible = await timed_assignments(graph, user), await eligible_roles(graph, user)
    except Unlicensed as error:
        timed, eligible = [], []
        gaps.append(Finding(f"No role can be eligible or for a time only: {error}", _SOURCE))
    for_a_time = {
        (one.role_definition_id, one.directory_scope_id): one
        for one in timed
        if one.direct and (one.end or one.assignment_type == "Activated")
    }
    for_good = [one for one in assignments if (one.role_definition_id, one.directory_scope_id or "/") not in for_a_time]
    return [
        *(
            _role(_PERMANENT, one.role_name or "", one.role_definition_id, one.directory_scope_id or "/")
            for one in for_good
        ),
        *(_scheduled(_RAISED if one.assignment_type == "Activated" else _TIMED, one) for one in for_a_time.values()),
        *(_scheduled(_ELIGIBLE, one) for one in eligible if one.direct),
        *map(_through, groups),
    ], gaps


def _scheduled(kind: str, one: Schedule) -> _Held:
    info = one.info or {"expiration": {"type": "afterDateTime", "endDateTime": one.end}}
    return _role(kind, one.role_name, one.role_definition_id, one.directory_scope_id, {"Schedule": info})


def _role(kind: str, name: str, role: str, scope: str, more: Values | None = None) -> _Held:
    values: Values = {"Kind": kind, "Role": role, "Name": name, "Scope": scope, **(more or {})}
    return _Held(kind, name, f"{kind} role {role} at {scope}", values)


def _through(group: Group) -> _Held:
    name = shown(group.display_name)
    values: Values = {"Kind": _GROUP, "Group": group.id, "Name": name}
    return _Held(_GROUP, name, f"member of {group.id}", values)


def _remove(held: _Held) -> Change:
    what = f"A group that carries roles: {held.name}" if held.kind == _GROUP else f"{held.name} ({held.kind})"
    return Change(
        resource=held.key,
        action="remove",
        reason=f"{what}: whoever has the account has it too.",
        before=held.values,
        after={name: value if name in ("Kind", "Name") else None for name, value in held.values.items()},
        irreversible=_RAISES_AGAIN if held.kind == _RAISED else "",
    )


def _findings(held: list[_Held]) -> Iterable[Finding]:
    for one in held:
        what = "is in the group" if one.kind == _GROUP else f"has, {one.kind}, the role"
        where = "" if one.values.get("Scope") in (None, "/") else f" at {one.values['Scope']}"
        yield Finding(f"The account {what} {one.name}{where}.", _SOURCE)


step = RemoveDirectoryRoles()
blueprint = step_function(step)
