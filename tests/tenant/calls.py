"""Every public method, with an answer that it is content with: what must hold for all of them is tested on all."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from shared.tenant.models import Forwarding
from shared.tenant.tenant import Tenant
from tests.tenant.server import Answer

USER = "b0000000-0000-4000-8000-000000000001"
ADDRESS = "alex.wilber@contoso.com"
PASSWORD = "Corr3ct-horse/battery\"staple'"  # as awkward as one may be
USER_ROW = {"id": USER, "userPrincipalName": ADDRESS, "accountEnabled": True}
RECIPIENT_ROW = {
    "ExternalDirectoryObjectId": USER,
    "RecipientType": "UserMailbox",
    "RecipientTypeDetails": "UserMailbox",
}
MAILBOX_ROW = {
    "ExternalDirectoryObjectId": USER,
    "RecipientTypeDetails": "UserMailbox",
    "PrimarySmtpAddress": ADDRESS,
    "ForwardingAddress": None,
    "ForwardingSmtpAddress": "smtp:collector@attacker.example",
    "DeliverToMailboxAndForward": True,
}


def output(*rows: Any, **more: Any) -> Answer:
    """What Exchange answers to a cmdlet that returns these rows."""
    return Answer(200, {"@adminapi.warnings": [], "value": list(rows)} | more)


def rows(*values: Any, **more: Any) -> Answer:
    """A page of Graph."""
    return Answer(200, {"value": list(values)} | more)


@dataclass(frozen=True)
class Case:
    name: str
    call: Callable[[Tenant], Awaitable[Any]]
    good: Answer
    permission: str

    def __str__(self) -> str:
        return self.name


GRAPH = [
    Case("user", lambda t: t.graph.user(USER), Answer(200, USER_ROW), "User.Read.All"),
    Case("users_with_address", lambda t: t.graph.users_with_address(ADDRESS), rows(USER_ROW), "User.Read.All"),
    Case("domains", lambda t: t.graph.domains(), rows(), "Domain.Read.All"),
    Case("role_holders", lambda t: t.graph.role_holders(USER), rows(), "RoleManagement.Read.Directory"),
    Case("role_assignments", lambda t: t.graph.role_assignments(USER), rows(), "RoleManagement.Read.Directory"),
    Case("memberships", lambda t: t.graph.memberships(USER), rows(), "GroupMember.Read.All"),
    Case("owned_groups", lambda t: t.graph.owned_groups(USER), rows(), "GroupMember.Read.All"),
    Case(
        "revoke_sessions",
        lambda t: t.graph.revoke_sessions(USER),
        Answer(200, {"value": True}),
        "User.RevokeSessions.All",
    ),
    Case(
        "set_account_enabled",
        lambda t: t.graph.set_account_enabled(USER, False),
        Answer(204),
        "User.EnableDisableAccount.All",
    ),
    Case(
        "set_password",
        lambda t: t.graph.set_password(USER, PASSWORD),
        Answer(204),
        "User-PasswordProfile.ReadWrite.All",
    ),
]
GRAPH_READS = GRAPH[:7]
EXCHANGE = [
    Case("recipient", lambda t: t.exchange.recipient(USER), output(RECIPIENT_ROW), "Exchange Recipient Administrator"),
    Case("mailbox", lambda t: t.exchange.mailbox(USER), output(MAILBOX_ROW), "Exchange Recipient Administrator"),
    Case(
        "set_forwarding",
        lambda t: t.exchange.set_forwarding(USER, Forwarding()),
        output(),
        "Exchange Recipient Administrator",
    ),
]
ALL = [*GRAPH, *EXCHANGE]
