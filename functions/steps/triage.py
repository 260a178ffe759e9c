"""Who is this account really? Everything that decides what may be done to it."""

from asyncio import create_task, gather, timeout
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from functions.wiring import step_function
from shared.account import Account, Authority, MailboxKind
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.patience import Later, patiently
from shared.playbook.protection import Protection
from shared.playbook.step import Context, Finding, Plan, Step
from shared.tenant.errors import NotFound, Permanent, TenantError
from shared.tenant.graph import Graph
from shared.tenant.models import Group, Recipient, RoleAssignment, User

DOMAINS = "which domains are federated"
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
        named = context.snapshot.incident.named
        if named.id:
            facts = Facts(context, named.id)
            user = await _beside(facts.read(), context.tenant.graph.user(named.id))
        else:
            user = await _find(context.tenant.graph, named.name or "")
            facts = Facts(context, user.id)
            await facts.read()
        account = facts.account(user)
        return Plan(
            account=account,
            findings=tuple(facts.findings),
            summary=_in_words(account),
        )


async def _beside[T](first: Coroutine[Any, Any, None], second: Awaitable[T]) -> T:
    """Both at once; where the second fails, the first is not waited for."""
    task = create_task(first)
    try:
        result = await second
        await task
    finally:
        task.cancel()
    return result


async def _find(graph: Graph, address: str) -> User:
    """By UPN or any other address. Raises ``NotFound``, ``Permanent`` where several have it."""
    if not address:
        raise NotFound("The alert names no account.")
    try:
        users = await graph.users_with_address(address)
    except ValueError as error:
        raise Permanent("What was named cannot be an address.") from error
    if not users:
        raise NotFound("No account in the tenant has the address that was named: it may have been deleted.")
    if len(users) > 1:
        raise Permanent(f"{len(users)} accounts have the address that was named: open an incident by object id.")
    return users[0]


class Facts:
    """What is read beside the user itself, side by side. What cannot be read becomes a finding, not a guess.

    ``unread`` is what that was.
    """

    def __init__(self, context: Context, user_id: str) -> None:
        self._context = context
        self._id = user_id
        self._federated: frozenset[str] = frozenset()
        self._roles: list[RoleAssignment] | None = None
        self._groups: list[Group] | None = None
        self._owned: list[Group] | None = None
        self._mailbox = MailboxKind.UNKNOWN
        self._ourselves = ""
        self.findings: list[Finding] = []
        self.unread: set[str] = set()

    async def read(self) -> None:
        """Asks for all of it at once."""
        graph, user_id = self._context.tenant.graph, self._id
        (
            self._federated,
            self._roles,
            self._groups,
            self._owned,
            self._mailbox,
            self._ourselves,
        ) = await gather(
            self._read(DOMAINS, self._federated_domains, otherwise=frozenset[str]()),
            self._read("the directory roles", lambda: graph.role_assignments(user_id), otherwise=None),
            self._read("the groups", lambda: graph.memberships(user_id), otherwise=None),
            self._read("the owned groups", lambda: graph.owned_groups(user_id), otherwise=None),
            self._read("the mailbox", self._mailbox_kind, otherwise=MailboxKind.UNKNOWN),
            self._read("our own identity", self._context.tenant.own_object_id, otherwise=""),
        )

    def account(self, user: User) -> Account:
        """What is made of it."""
        protection = Protection(self._context.settings, self._ourselves)
        domain = user.user_principal_name.rpartition("@")[2].casefold()
        return Account(
            id=user.id,
            user_principal_name=user.user_principal_name,
            display_name=user.display_name or "",
            guest=_guest(user),
            authority=_authority(user, federated=domain in self._federated),
            mailbox=self._mailbox,
            privileged=_privileged(self._roles, self._groups, self._owned),
            service=_service(user, self._roles or []),
            protected=protection.of(_names(user), self._groups or []),
            unsure=protection.unsure_without(self._groups),
            sessions_valid_from=user.sign_in_sessions_valid_from,
            password_changed_at=user.last_password_change,
        )

    async def _read[T](self, what: str, read: Callable[[], Awaitable[T]], *, otherwise: T) -> T:
        try:
            async with timeout(_PATIENCE):
                return await patiently(read)
        except (TenantError, Later, TimeoutError) as error:
            why = str(error) or "the tenant did not answer in time."
            self.unread.add(what)
            self.findings.append(Finding(f"Could not read {what}: {why}", "triage", gap=True))
            return otherwise

    async def _federated_domains(self) -> frozenset[str]:
        domains = await self._context.tenant.graph.domains()
        return frozenset(one.id.casefold() for one in domains if one.authentication_type.casefold() == "federated")

    async def _mailbox_kind(self) -> MailboxKind:
        try:
            recipient = await self._context.tenant.exchange.recipient(self._id)
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
