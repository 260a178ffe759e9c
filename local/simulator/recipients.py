"""Exchange's view of the accounts: which recipients there are, and what each can be named by."""

from collections.abc import Iterator
from dataclasses import dataclass

from local.simulator.answer import ExchangeError
from local.simulator.exchange import MANY, MISSING
from local.simulator.records import Json
from local.simulator.seeds import stable_id
from local.simulator.tenant import Account, Tenant

NAMED_BY = (
    "Identity",
    "Name",
    "Alias",
    "Guid",
    "ExternalDirectoryObjectId",
    "UserPrincipalName",
    "WindowsLiveID",
    "PrimarySmtpAddress",
    "LegacyExchangeDN",
    "DistinguishedName",
)


@dataclass(frozen=True)
class Recipient:
    """``row`` is what a cmdlet shows; ``account`` is None for a mail contact."""

    row: Json
    account: Account | None

    def is_named(self, identity: str) -> bool:
        wanted = identity.casefold().removeprefix("smtp:")
        names = [str(self.row.get(name) or "").casefold() for name in NAMED_BY]
        addresses = [str(address).casefold() for address in self.row.get("EmailAddresses") or []]
        return wanted in names or f"smtp:{wanted}" in addresses


def all_mailboxes(tenant: Tenant) -> list[Recipient]:
    return [Recipient(_mailbox_row(tenant, a), a) for a in tenant.accounts if a.mailbox is not None]


def all_recipients(tenant: Tenant) -> list[Recipient]:
    """Mailboxes, mail users and mail contacts."""
    users = [Recipient(_common_row(tenant, a, a.recipient), a) for a in tenant.accounts if a.recipient is not None]
    return [*all_mailboxes(tenant), *users, *(Recipient(row, None) for row in tenant.contacts)]


def named(candidates: list[Recipient], identity: object, tenant: Tenant) -> list[Recipient]:
    """The one with that identity; all of them where the identity is absent or null, as Exchange does.

    Raises ExchangeError where there is none, or more than one.
    """
    if not isinstance(identity, str) or not identity:
        return candidates
    found = [candidate for candidate in candidates if candidate.is_named(identity)]
    if len(found) > 1:
        raise ExchangeError(MANY, f"The operation couldn't be performed because '{identity}' matches multiple entries.")
    if not found:
        raise missing(identity, tenant)
    return found


def resembling(candidates: list[Recipient], text: str) -> list[Recipient]:
    """Ambiguous name resolution: those with a name that begins so."""
    names = ("Name", "DisplayName", "Alias", "FirstName", "LastName")
    texts = [(one, [str(one.row.get(name) or "").casefold() for name in names]) for one in candidates]
    return [one for one, named_so in texts if any(name.startswith(text.casefold()) for name in named_so)]


def missing(identity: str, tenant: Tenant) -> ExchangeError:
    """Exchange's answer for an object that doesn't exist; its status varies between builds."""
    status = tenant.behaviour.missing_object_status
    codes = {404: "NotFound", 400: "BadRequest", 500: "InternalServerError"}
    message = (
        f"The operation couldn't be performed because object '{identity}' couldn't be found on "
        "'SIMULATOR.PROD.OUTLOOK.COM'."
    )
    return ExchangeError(MISSING, message, status, codes[status])


def _mailbox_row(tenant: Tenant, account: Account) -> Json:
    properties = account.mailbox.seen if account.mailbox else {}
    nothing: Json = {
        "ForwardingAddress": None,
        "ForwardingSmtpAddress": None,
        "DeliverToMailboxAndForward": False,
        "GrantSendOnBehalfTo": [],
    }
    return _common_row(tenant, account, {"RecipientType": "UserMailbox", **nothing, **properties})


def _common_row(tenant: Tenant, account: Account, properties: Json) -> Json:
    user = account.user.seen
    address = user.get("mail") or account.name
    alias = address.partition("@")[0]
    return {
        "Identity": alias,
        "Id": alias,
        "Name": alias,
        "Alias": alias,
        "Guid": stable_id(account.id, "recipient"),
        "ExternalDirectoryObjectId": account.id,
        "UserPrincipalName": account.name,
        "WindowsLiveID": account.name,
        "DisplayName": user.get("displayName"),
        "PrimarySmtpAddress": address,
        "EmailAddresses": user.get("proxyAddresses") or [f"SMTP:{address}"],
        "LegacyExchangeDN": f"/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn={account.id}-{alias}",
        "DistinguishedName": f"CN={alias},OU={tenant.initial_domain},DC=PROD,DC=OUTLOOK,DC=COM",
        "OrganizationId": tenant.initial_domain,
        "IsDirSynced": account.synced,
        "WhenCreatedUTC": user.get("createdDateTime"),
        **properties,
    }


def rows_of(recipients: list[Recipient]) -> Iterator[Json]:
    return (recipient.row for recipient in recipients)
