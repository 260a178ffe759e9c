"""Who is this account really? Everything that decides what may be done to it."""

from asyncio import gather, timeout
from collections.abc import Awaitable, Callable

from functions.wiring import step_function
from shared.account import Account, Authority, MailboxKind
from shared.alerts.alert import NamedAccount
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.patience import Later, patiently
from shared.playbook.protection import Protection
from shared.playbook.step import Context, Finding, Plan, Step
from shared.tenant.errors import NotFound, Permanent, TenantError
from shared.tenant.graph import Graph
from shared.tenant.models import Group, Recipient, RoleAssignment, User

_PATIENCE = 8.0  # seconds for what is good to know: containment does not wait for it
_SYNCHRONISES = ("d29b2b05-8046-44ba-8758-1e26182fcf32", "a92aed5d-d78a-4d16-b381-09adb37eb3b0")
_SYNCHRONISATION_NAMES = ("sync_", "adtoaadsyncserviceaccount")
_KINDS = {
    "UserMailbox": MailboxKind.USER,
    "LegacyMailbox": MailboxKind.USER,
    "SharedMailbox": MailboxKind.SHARED,
    "TeamMailbox": MailboxKind.SHARED,
    "RoomMailbox": MailboxKind.ROOM,
    "EquipmentMailbox": MailboxKind.ROOM,
    "SchedulingMailbox": MailboxKind.ROOM,
}


class Triage(Step):
    """Sources: Graph, user, domain, unifiedRoleAssignment, transitiveMemberOf, ownedObjects; Get-Recipient."""

    declaration = Declaration(
        name="triage",
        title="Find the account",
        article="Before the first step: whose account is it, and what may be done to it",
        stage=Stage.TRIAGE,
        after=(),
        changes=False,
        rights=Rights(
            graph=("User.Read.All", "Domain.Read.All", "RoleManagement.Read.Directory", "GroupMember.Read.All"),
            directory_roles=("Exchange Recipient Administrator",),
            cmdlets=("Get-Recipient",),
        ),
    )

    async def inspect(self, context: Context) -> Plan:
        user = await _find(context.tenant.graph, context.snapshot.incident.named)
        facts = _Facts(context, user)
        account = await facts.account()
        return Plan(account=account, findings=tuple(facts.findings), summary=_in_words(account))


async def _find(graph: Graph, named: NamedAccount) -> User:
    """By object id; else by UPN; else by any address. Raises ``NotFound``, ``Permanent`` where several have it."""
    if named.id:
        return await graph.user(named.id)
    if not named.name:
        raise NotFound("The alert names no account.")
    try:
        users = await graph.users_with_address(named.name)
    except ValueError as error:
        raise Permanent("What was named cannot be an address.") from error
    if not users:
        raise NotFound("No account in the tenant has the address that was named: it may have been deleted.")
    if len(users) > 1:
        raise Permanent(f"{len(users)} accounts have the address that was named: open an incident by object id.")
    return users[0]


class _Facts:
    """What is read beside the user itself, side by side. What cannot be read becomes a finding, not a guess."""

    def __init__(self, context: Context, user: User) -> None:
        self._context = context
        self._user = user
        self.findings: list[Finding] = []

    async def account(self) -> Account:
        graph, user = self._context.tenant.graph, self._user
        federated, roles, groups, owned, mailbox, ourselves = await gather(
            self._read("whether the domain is federated", self._federated, otherwise=False),
            self._read("the directory roles", lambda: graph.role_assignments(user.id), otherwise=None),
            self._read("the groups", lambda: graph.memberships(user.id), otherwise=None),
            self._read("the owned groups", lambda: graph.owned_groups(user.id), otherwise=None),
            self._read("the mailbox", self._mailbox, otherwise=MailboxKind.UNKNOWN),
            self._read("our own identity", self._context.tenant.own_object_id, otherwise=""),
        )
        protection = Protection(self._context.settings, ourselves)
        return Account(
            id=user.id,
            user_principal_name=user.user_principal_name,
            display_name=user.display_name or "",
            guest=_guest(user),
            authority=_authority(user, federated=federated),
            mailbox=mailbox,
            privileged=_privileged(roles, groups, owned),
            service=_service(user, roles or []),
            protected=protection.of(_names(user), groups or []),
            unsure=protection.unsure_without(groups),
        )

    async def _read[T](self, what: str, read: Callable[[], Awaitable[T]], *, otherwise: T) -> T:
        try:
            async with timeout(_PATIENCE):
                return await patiently(read)
        except (TenantError, Later, TimeoutError) as error:
            why = str(error) or "the tenant did not answer in time."
            self.findings.append(Finding(f"Could not read {what}: {why}", "triage"))
            return otherwise

    async def _federated(self) -> bool:
        domain = await self._context.tenant.graph.domain(self._user.user_principal_name.rpartition("@")[2])
        return domain.authentication_type.casefold() == "federated"

    async def _mailbox(self) -> MailboxKind:
        try:
            recipient = await self._context.tenant.exchange.recipient(self._user.id)
        except NotFound:
            return MailboxKind.NONE
        return _mailbox_kind(recipient)


def _mailbox_kind(recipient: Recipient) -> MailboxKind:
    details = recipient.recipient_type_details
    if details.startswith("Remote"):
        return MailboxKind.ON_PREMISES
    return _KINDS.get(details, MailboxKind.NONE)


def _guest(user: User) -> bool:
    external = "#EXT#" in user.user_principal_name.upper()
    return external or user.user_type == "Guest" or user.creation_type == "Invitation"


def _authority(user: User, *, federated: bool) -> Authority:
    if federated:
        return Authority.FEDERATED
    return Authority.SYNCED if user.on_premises_sync_enabled else Authority.CLOUD


def _privileged(roles: list[RoleAssignment] | None, groups: list[Group] | None, owned: list[Group] | None) -> str:
    """Why the account is privileged: directory roles, a role-assignable group that it is in or owns, or not known."""
    if roles is None or groups is None or owned is None:
        return "whether it is could not be read"
    reasons = [f"role {role.role_name or role.role_definition_id}" for role in roles]
    reasons += [f"member of {group.display_name}" for group in groups if group.is_assignable_to_role]
    reasons += [f"owner of {group.display_name}" for group in owned if group.is_assignable_to_role]
    return ", ".join(reasons)


def _service(user: User, roles: list[RoleAssignment]) -> str:
    synchronises = any(role.role_definition_id in _SYNCHRONISES for role in roles)
    if synchronises or user.user_principal_name.casefold().startswith(_SYNCHRONISATION_NAMES):
        return "it synchronises the directory"
    return ""


def _names(user: User) -> list[str]:
    """Every name that the policy may protect the account by."""
    addresses = [address.rpartition(":")[2] for address in user.proxy_addresses]
    return [user.id, user.user_principal_name, *([user.mail] if user.mail else []), *addresses]


def _in_words(account: Account) -> str:
    words = [
        "guest" if account.guest else f"{account.authority} account",
        f"{account.mailbox} mailbox" if account.mailbox is not MailboxKind.NONE else "no mailbox",
        *(["privileged"] if account.privileged else []),
        *(["service account"] if account.service else []),
        *(["protected"] if account.protected else []),
    ]
    return f"{', '.join(words).capitalize()}."


step = Triage()
blueprint = step_function(step)
