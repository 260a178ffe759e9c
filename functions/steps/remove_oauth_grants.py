"""Take back what the attacker has let applications do in the user's name: it outlives a new password."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from functions.wiring import step_function
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.foreign import shown
from shared.playbook.owned import owned_in_words
from shared.playbook.risky_scopes import dangers
from shared.playbook.step import Change, Context, Finding, Plan, Standing, Step, Task, Values
from shared.playbook.window import Window, attack_window
from shared.tenant.app_access import (
    BY_GROUP,
    Application,
    Assignment,
    Grant,
    allow,
    application,
    assign,
    assignments_of,
    delete_assignment,
    delete_grant,
    find_assignment,
    find_grant,
    grants_for_all,
    grants_of,
)
from shared.tenant.directory_audits import MOST, Audit, done_by
from shared.tenant.errors import NotFound
from shared.tenant.owned_objects import owned_applications
from shared.tenant.side_by_side import side_by_side
from shared.tenant.unreadable import Unreadable, or_why

_GRANT, _ASSIGNMENT = "grant", "assignment"
_CONSENTS = ("consent to application", "add delegated permission grant", "add app role assignment grant to user")
_MICROSOFT = ("f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47")
_SOURCE = "Microsoft Graph, oauth2PermissionGrants and appRoleAssignments"
_AUDITS = "Microsoft Entra, directory audit log"
_OWNED = ("update application", "add owner to application", "add service principal credentials", "add application")


@dataclass(frozen=True)
class _App:
    """One application, and why its access is taken back, "" where it is not."""

    about: Application
    why: str

    def __str__(self) -> str:
        return f'"{shown(self.about.display_name)}" ({self.about.app_id or self.about.id})'


class RemoveOAuthGrants(Step):
    """Sources: Graph, oauth2PermissionGrant, appRoleAssignment, servicePrincipal, directoryAudit, ownedObjects.

    An application's access is taken back if the user let it in within the attack, as the audit log tells, or if it can
    do what an attacker wants and nobody has verified its publisher (neither Microsoft's own nor the organisation's).
    What an administrator has allowed for everybody is not this user's to take back: it is told.
    """

    declaration = Declaration(
        name="remove-oauth-grants",
        title="Take back consents to applications",
        article="Step 1: Reset the user's password (an application that was let in stays in)",
        stage=Stage.EVICT,
        after=("triage", "review-sign-ins"),
        secures=True,
        rights=Rights(
            graph=(
                "DelegatedPermissionGrant.ReadWrite.All",
                "AppRoleAssignment.ReadWrite.All",
                "Application.Read.All",
                "AuditLog.Read.All",
                "User.Read.All",
                "GroupMember.Read.All",
            )
        ),
    )

    async def inspect(self, context: Context) -> Plan:
        graph, user, window = context.tenant.graph, context.account.id, attack_window(context)
        grants = await grants_of(graph, user)
        assignments = await assignments_of(graph, user)
        audits, gaps = _read(await or_why(done_by(graph, user, window.start)))
        apps = await self._apps(context, grants, assignments, audits, window)
        mine = [one for one in assignments if one.principal_type != BY_GROUP]
        changes = (
            *(_revoke(one, apps[one.client_id]) for one in grants if apps[one.client_id].why),
            *(_unassign(one, apps[one.resource_id]) for one in mine if apps[one.resource_id].why),
        )
        suspicious = [one for one in apps.values() if one.why]
        owned = await or_why(owned_applications(graph, user)), await or_why(graph.owned_groups(user))
        for_all = await side_by_side(_for_all(context, one) for one in suspicious)
        left = [one for one in apps.values() if not one.why]
        return Plan(
            changes=changes,
            findings=(
                *gaps,
                *_left(left, grants),
                *(one for some in for_all for one in some),
                *owned_in_words(*owned, window),
                *_done_to_applications(audits),
            ),
            tasks=_tasks(assignments, apps),
            summary="No application has access in the user's name that stands out.",
        )

    async def _apps(
        self,
        context: Context,
        grants: list[Grant],
        assignments: list[Assignment],
        audits: list[Audit],
        window: Window,
    ) -> dict[str, _App]:
        """The applications by the id of their service principal, judged."""
        ids = sorted({*(one.client_id for one in grants), *(one.resource_id for one in assignments)})
        found = await side_by_side(_application(context, one) for one in ids)
        consented = {
            target.id: audit.at
            for audit in audits
            if audit.activity.casefold().rstrip(".") in _CONSENTS and window.holds(audit.at)
            for target in audit.targets
        }
        scopes = {one: frozenset().union(*(grant.scopes for grant in grants if grant.client_id == one)) for one in ids}
        own = context.settings.tenant_id.casefold()
        return {one.id: _App(one, _why(one, scopes[one.id], consented.get(one.id), own)) for one in found}

    async def apply(self, context: Context, change: Change) -> datetime:
        graph, user, there = context.tenant.graph, context.account.id, await _there(context, change)
        try:
            if isinstance(there, Grant):
                return await delete_grant(graph, there.id)
            if isinstance(there, Assignment):
                return await delete_assignment(graph, user, there.id)
        except NotFound:
            pass
        return context.now

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        there = await _there(context, change)
        if there is None:
            return Standing.AFTER
        same = isinstance(there, Assignment) or there.scopes == frozenset(str(change.before["Scope"]).split())
        return Standing.BEFORE if same else Standing.OTHER

    async def revert(self, context: Context, change: Change) -> datetime:
        graph, user, values = context.tenant.graph, context.account.id, change.before
        if values["Kind"] == _GRANT:
            client, resource = str(values["ClientId"]), str(values["ResourceId"])
            return await allow(graph, user, client, resource, str(values["Scope"]))
        accepted = await assign(graph, user, str(values["ResourceId"]), str(values["AppRoleId"]))
        return accepted or context.now


async def _there(context: Context, change: Change) -> Grant | Assignment | None:
    """What the change is about, as it is today: what is allowed again has another id."""
    graph, user, values = context.tenant.graph, context.account.id, change.before
    resource = str(values["ResourceId"])
    if values["Kind"] == _GRANT:
        return await find_grant(graph, user, str(values["ClientId"]), resource)
    return await find_assignment(graph, user, resource, str(values["AppRoleId"]))


def _read(audits: list[Audit] | Unreadable) -> tuple[list[Audit], list[Finding]]:
    """What the user has done, and what of it could not be read."""
    if not isinstance(audits, list):
        told = f"Could not read when applications were let in, so they are judged by what they may do: {audits}"
        return [], [Finding(told, _AUDITS, gap=True)]
    if len(audits) > MOST:
        told = f"Only the newest {MOST} entries of what the user has done were read."
        return audits, [Finding(told, _AUDITS, gap=True)]
    return audits, []


async def _application(context: Context, principal_id: str) -> Application:
    """One that is gone may have had its access for a moment longer."""
    try:
        return await application(context.tenant.graph, principal_id)
    except NotFound:
        return Application(id=principal_id, display_name="an application that is gone")


def _why(about: Application, scopes: frozenset[str], consented: datetime | None, own: str) -> str:
    if consented is not None:
        return f"The user let it in within the attack, at {consented:%Y-%m-%d %H:%M} UTC."
    known = about.publisher or about.owner.casefold() in (own, *_MICROSOFT)
    risky = [] if known else dangers(scopes)
    return f"Nobody has verified its publisher, and it {', '.join(risky)}." if risky else ""


def _revoke(grant: Grant, app: _App) -> Change:
    values: Values = {"Kind": _GRANT, "ClientId": grant.client_id, "ResourceId": grant.resource_id}
    return Change(
        resource=f"grant to {grant.client_id} on {grant.resource_id}",
        action="take back",
        reason=f"{app}: {app.why}",
        before={**values, "Scope": grant.scope},
        after={**values, "Scope": None},
    )


def _unassign(assignment: Assignment, app: _App) -> Change:
    values: Values = {"Kind": _ASSIGNMENT, "ResourceId": assignment.resource_id}
    return Change(
        resource=f"assignment to {assignment.resource_id} as {assignment.app_role_id}",
        action="take back",
        reason=f"{app}: {app.why}",
        before={**values, "AppRoleId": assignment.app_role_id},
        after={**values, "AppRoleId": None},
    )


async def _for_all(context: Context, app: _App) -> list[Finding]:
    """Access that stays, because it was allowed for everybody."""
    grants = await grants_for_all(context.tenant.graph, app.about.id)
    scopes = sorted({scope for grant in grants for scope in grant.scopes})
    if not scopes:
        return []
    told = f"{app} keeps {shown(', '.join(scopes), 200)}: an administrator has allowed it for everybody."
    return [Finding(f"{told} Take it back in the Microsoft Entra admin center, Enterprise applications.", _SOURCE)]


def _left(apps: list[_App], grants: list[Grant]) -> Iterable[Finding]:
    for app in apps:
        scopes = sorted({scope for grant in grants if grant.client_id == app.about.id for scope in grant.scopes})
        if scopes:
            yield Finding(f"Left alone: {app}, which may {shown(', '.join(scopes), 200)}.", _SOURCE)


def _done_to_applications(audits: list[Audit]) -> Iterable[Finding]:
    """What the account has done to applications: a secret of its own is a way back in."""
    for audit in audits:
        if audit.activity.casefold().startswith(_OWNED):
            names = ", ".join(shown(target.display_name) for target in audit.targets if target.display_name)
            told = f'{audit.at:%Y-%m-%d %H:%M} UTC: the account did "{shown(audit.activity)}" to {names or "one"}.'
            yield Finding(f"{told} Look for secrets and owners that were added.", _AUDITS, at=audit.at)


def _tasks(assignments: list[Assignment], apps: dict[str, _App]) -> tuple[Task, ...]:
    by_group = [apps[one.resource_id] for one in assignments if one.principal_type == BY_GROUP]
    suspicious = [str(app) for app in by_group if app.why]
    if not suspicious:
        return ()
    text = f"Take the user out of the groups that give access to {', '.join(suspicious)}, or the groups out of it."
    return (Task("groups-of-applications", text),)


step = RemoveOAuthGrants()
blueprint = step_function(step)
