"""The accounts of the simulated tenant, as triage classifies them."""

from datetime import UTC, datetime
from typing import Any

from shared.account import Account, Authority, MailboxKind
from tests.simulator import client

SEEDED = datetime(2026, 1, 12, 8, tzinfo=UTC)


def _account(**values: Any) -> Account:
    """All of them have had their password, and their sessions, since the same moment."""
    return Account(sessions_valid_from=SEEDED, password_changed_at=SEEDED, **values)


TAKEN_OVER = _account(
    id=client.TAKEN_OVER,
    user_principal_name="alex.wilber@contoso.com",
    display_name="Alex Wilber",
    mailbox=MailboxKind.USER,
)
INTERNAL_FORWARD = _account(
    id="b0000000-0000-4000-8000-000000000011",
    user_principal_name="miriam.graham@contoso.com",
    display_name="Miriam Graham",
    mailbox=MailboxKind.USER,
)
SYNCED = _account(
    id=client.SYNCED,
    user_principal_name="megan.bowen@contoso.com",
    display_name="Megan Bowen",
    authority=Authority.SYNCED,
    mailbox=MailboxKind.USER,
)
FEDERATED = _account(
    id=client.FEDERATED,
    user_principal_name="lidia.holloway@federated.contoso.com",
    display_name="Lidia Holloway",
    authority=Authority.FEDERATED,
    mailbox=MailboxKind.USER,
)
GUEST = _account(
    id=client.GUEST,
    user_principal_name="dana.reyes_fabrikam.com#EXT#@contoso.onmicrosoft.com",
    display_name="Dana Reyes",
    guest=True,
    mailbox=MailboxKind.NONE,
)
NO_MAILBOX = _account(
    id=client.NO_MAILBOX,
    user_principal_name="johanna.lorenz@contoso.com",
    display_name="Johanna Lorenz",
    mailbox=MailboxKind.NONE,
)
SHARED_MAILBOX = _account(
    id=client.SHARED_MAILBOX,
    user_principal_name="invoices@contoso.com",
    display_name="Invoices",
    mailbox=MailboxKind.SHARED,
)
ADMINISTRATOR = _account(
    id=client.ADMINISTRATOR,
    user_principal_name="nestor.wilke@contoso.com",
    display_name="Nestor Wilke",
    mailbox=MailboxKind.USER,
    privileged="role Exchange Administrator",
)
HELP_DESK = _account(
    id=client.HELP_DESK,
    user_principal_name="pradeep.gupta@contoso.com",
    display_name="Pradeep Gupta",
    mailbox=MailboxKind.USER,
    privileged="member of Help desk",
)
GROUP_OWNER = _account(
    id=client.GROUP_OWNER,
    user_principal_name="isaiah.langer@contoso.com",
    display_name="Isaiah Langer",
    mailbox=MailboxKind.USER,
    privileged="owner of Help desk",
)
BREAK_GLASS = _account(
    id=client.BREAK_GLASS,
    user_principal_name="emergency@contoso.onmicrosoft.com",
    display_name="Emergency Access",
    mailbox=MailboxKind.NONE,
    privileged="role Global Administrator",
)
NOBODY = Account(id="b0000000-0000-4000-8000-00000000ffff", user_principal_name="nobody@contoso.com")

PRIVILEGED = (ADMINISTRATOR, HELP_DESK, GROUP_OWNER, BREAK_GLASS)
ORDINARY = (TAKEN_OVER, SYNCED, FEDERATED, GUEST, NO_MAILBOX, SHARED_MAILBOX)
EVERYBODY = (*ORDINARY, INTERNAL_FORWARD, *PRIVILEGED)


def name(account: Account) -> str:
    """What a test of this account is called."""
    return account.user_principal_name.partition("@")[0]
