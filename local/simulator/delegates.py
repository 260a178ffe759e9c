"""Who else may open a mailbox or send as its user: Full Access and Send As."""

from local.simulator.answer import ExchangeError
from local.simulator.exchange import BINDING, CmdletRequest, Output, cmdlet
from local.simulator.recipients import Recipient, all_mailboxes, all_recipients, missing, named
from local.simulator.records import Json
from local.simulator.seeds import stable_id
from local.simulator.tenant import Account

SELF = "NT AUTHORITY\\SELF"
FULL_ACCESS = {
    "User": SELF,
    "AccessRights": ["FullAccess"],
    "InheritanceType": "All",
    "IsInherited": False,
    "Deny": False,
    "AutoMapping": True,
}
ALWAYS: tuple[Json, ...] = (
    {**FULL_ACCESS, "AccessRights": ["FullAccess, ReadPermission"], "UserSid": "S-1-5-10"},
    {**FULL_ACCESS, "User": "SIMULATOR\\Organization Management", "UserSid": "S-1-5-21-1-2-3-512", "IsInherited": True},
)
GONE = "S-1-5-21-"  # how an account is shown that there is no more


@cmdlet("Get-MailboxPermission", "Identity", "ResultSize")
def get_mailbox_permission(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-mailboxpermission"""
    mailbox = mailbox_of(request)
    seen = (FULL_ACCESS | entry for entry in account_of(mailbox).delegations.seen["full_access"])
    return Output([_permission_row(mailbox, entry) for entry in (*ALWAYS, *seen)])


@cmdlet("Add-MailboxPermission", "Identity", "User", "AccessRights", "InheritanceType", "AutoMapping", "Confirm")
def add_mailbox_permission(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/add-mailboxpermission"""
    mailbox, given = mailbox_of(request), request.parameters
    user, inheritance = principal(request, "User"), given.get("InheritanceType", "All")
    rights, entries = _rights(request), list(account_of(mailbox).delegations.truth["full_access"])
    if _entry(entries, user, inheritance, rights):
        return Output(warnings=("The appropriate access control entry is already present on the object.",))
    entry = {
        "User": user,
        "AccessRights": rights,
        **({} if inheritance == "All" else {"InheritanceType": inheritance}),
        **({} if given.get("AutoMapping", True) else {"AutoMapping": False}),
    }
    write(request, mailbox, "full_access", [*entries, entry])
    return Output([_permission_row(mailbox, FULL_ACCESS | entry)])


@cmdlet("Remove-MailboxPermission", "Identity", "User", "AccessRights", "InheritanceType", "Confirm")
def remove_mailbox_permission(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/remove-mailboxpermission"""
    mailbox, given = mailbox_of(request), request.parameters
    confirmed(request)
    entries = list(account_of(mailbox).delegations.truth["full_access"])
    user = principal(request, "User", known=[one["User"] for one in entries])
    found = _entry(entries, user, given.get("InheritanceType", "All"), _rights(request))
    if found is None:
        return Output(warnings=(_absent(mailbox, user),))
    write(request, mailbox, "full_access", [one for one in entries if one is not found])
    return Output()


@cmdlet("Get-RecipientPermission", "Identity", "ResultSize")
def get_recipient_permission(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-recipientpermission"""
    mailbox = mailbox_of(request)
    own = {"Trustee": SELF, "AccessRights": ["SendAs"]}
    return Output([_send_as_row(mailbox, one) for one in (own, *account_of(mailbox).delegations.seen["send_as"])])


@cmdlet("Add-RecipientPermission", "Identity", "Trustee", "AccessRights", "Confirm")
def add_recipient_permission(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/add-recipientpermission"""
    mailbox = mailbox_of(request)
    confirmed(request)
    entry = {"Trustee": principal(request, "Trustee"), "AccessRights": _send_as(request)}
    entries = list(account_of(mailbox).delegations.truth["send_as"])
    if entry in entries:
        return Output(warnings=("The appropriate access control entry is already present on the object.",))
    write(request, mailbox, "send_as", [*entries, entry])
    return Output([_send_as_row(mailbox, entry)])


@cmdlet("Remove-RecipientPermission", "Identity", "Trustee", "AccessRights", "Confirm")
def remove_recipient_permission(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/remove-recipientpermission"""
    mailbox = mailbox_of(request)
    confirmed(request)
    entries = list(account_of(mailbox).delegations.truth["send_as"])
    trustee = principal(request, "Trustee", known=[one["Trustee"] for one in entries])
    left = [one for one in entries if one != {"Trustee": trustee, "AccessRights": _send_as(request)}]
    if left == entries:
        return Output(warnings=(_absent(mailbox, trustee),))
    write(request, mailbox, "send_as", left)
    return Output()


def mailbox_of(request: CmdletRequest) -> Recipient:
    """The mailbox that ``Identity`` names."""
    identity = request.parameters.get("Identity")
    if not identity:
        raise ExchangeError(BINDING, "Cannot bind argument to parameter 'Identity' because it is null.")
    [mailbox] = named(all_mailboxes(request.tenant), identity, request.tenant)
    return mailbox


def account_of(mailbox: Recipient) -> Account:
    """Whose mailbox it is."""
    if mailbox.account is None:
        raise TypeError("a mailbox belongs to an account")
    return mailbox.account


def write(request: CmdletRequest, mailbox: Recipient, part: str, entries: list[Json]) -> None:
    """Makes these the entries of one part of the delegations."""
    request.tenant.write(account_of(mailbox).delegations, {part: entries})


def confirmed(request: CmdletRequest) -> None:
    """Without ``Confirm:$false`` the cmdlet asks, and here is nobody to answer."""
    if request.parameters.get("Confirm", True):
        raise ExchangeError(BINDING, "A command that prompts the user failed because the host can't interact.")


def principal(request: CmdletRequest, parameter: str, known: list[str] | None = None) -> str:
    """The principal name of whom a parameter names; what only ``known`` entries name is taken as it stands.

    Raises ExchangeError for nobody, and for who can be given no right: a mail contact.
    """
    identity = str(request.parameters.get(parameter) or "")
    if not identity:
        raise ExchangeError(BINDING, f"Cannot bind argument to parameter '{parameter}' because it is null.")
    if identity in (known or ()):
        return identity
    [found] = named(all_recipients(request.tenant), identity, request.tenant)
    if found.account is None:
        raise missing(identity, request.tenant)
    return found.account.name


def _entry(entries: list[Json], user: str, inheritance: str, rights: list[str]) -> Json | None:
    wanted = {"User": user, "InheritanceType": inheritance, "AccessRights": rights}
    return next((one for one in entries if (FULL_ACCESS | one).items() >= wanted.items()), None)


def _rights(request: CmdletRequest) -> list[str]:
    rights = request.parameters.get("AccessRights")
    if not isinstance(rights, list) or not rights:
        raise ExchangeError(BINDING, "Cannot bind argument to parameter 'AccessRights' because it is null.")
    return rights


def _send_as(request: CmdletRequest) -> list[str]:
    if _rights(request) != ["SendAs"]:
        raise ExchangeError(BINDING, "Cannot bind argument to parameter 'AccessRights': SendAs is the only one.")
    return ["SendAs"]


def _absent(mailbox: Recipient, user: str) -> str:
    where = f"on the object '{mailbox.row['Identity']}' for account '{user}'"
    return f"Can't remove the access control entry {where} because the ACE isn't present."


def _permission_row(mailbox: Recipient, entry: Json) -> Json:
    shown = {name: value for name, value in entry.items() if name != "AutoMapping"}
    sid = entry["User"] if entry["User"].startswith(GONE) else f"{GONE}{stable_id(entry['User'])}"
    return {
        "Identity": mailbox.row["Identity"],
        "UserSid": sid,
        "PrimarySmtpAddress": "",
        "IsValid": True,
        "ObjectState": "Unchanged",
        **shown,
    }


def _send_as_row(mailbox: Recipient, entry: Json) -> Json:
    return {
        "Identity": mailbox.row["Identity"],
        "AccessControlType": "Allow",
        "TrusteeWithPrimarySmtpAddress": "",
        **entry,
    }
