"""The folders of a mailbox, and who may open them."""

from local.simulator.answer import ExchangeError
from local.simulator.delegates import account_of, confirmed, mailbox_of, write
from local.simulator.exchange import BINDING, MANY, CmdletRequest, Output, cmdlet
from local.simulator.recipients import Recipient, all_mailboxes, all_recipients, missing, named
from local.simulator.records import Json
from local.simulator.seeds import stable_id
from local.simulator.tenant import Tenant

TASKS = "Microsoft.Exchange.Management.StoreTasks."
ABSENT = f"{TASKS}UserNotFoundInPermissionEntryException"
PRESENT = f"{TASKS}UserAlreadyExistsInPermissionEntryException"
EVERYBODY = ("Default", "Anonymous")
SLASH = "\uf8ff"  # stands in a path for a slash in a folder's name
RIGHTS = {"CreateItems", "CreateSubfolders", "DeleteAllItems", "DeleteOwnedItems", "EditAllItems", "EditOwnedItems"}
RIGHTS |= {"FolderContact", "FolderOwner", "FolderVisible", "ReadItems"}
ROLES = {"None", "Owner", "PublishingEditor", "Editor", "PublishingAuthor", "Author", "NonEditingAuthor", "Reviewer"}
ROLES |= {"Contributor", "AvailabilityOnly", "LimitedDetails"}


@cmdlet("Get-MailboxFolderStatistics", "Identity", "ResultSize")
def get_mailbox_folder_statistics(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-mailboxfolderstatistics"""
    mailbox = mailbox_of(request)
    return Output(
        {
            "Identity": f"{mailbox.row['Identity']}{folder['FolderPath']}",
            "Name": folder["FolderPath"].rpartition("/")[2].replace(SLASH, "/"),
            "FolderId": stable_id(mailbox.row["Guid"], folder["FolderPath"]),
            "FolderPath": folder["FolderPath"],
            "FolderType": folder["FolderType"],
            "ItemsInFolder": 0,
        }
        for folder in account_of(mailbox).delegations.seen["folders"]
    )


@cmdlet("Get-MailboxFolderPermission", "Identity", "ResultSize")
def get_mailbox_folder_permission(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-mailboxfolderpermission"""
    mailbox, path = _folder(request)
    folder = next(one for one in account_of(mailbox).delegations.seen["folders"] if one["FolderPath"] == path)
    return Output([_row(request.tenant, folder, entry) for entry in folder["Permissions"]])


@cmdlet("Add-MailboxFolderPermission", "Identity", "User", "AccessRights", "SharingPermissionFlags", "Confirm")
def add_mailbox_folder_permission(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/add-mailboxfolderpermission"""
    mailbox, path = _folder(request)
    user, entries = _user(request, _entries(mailbox, path), new=True), _entries(mailbox, path)
    if any(one["User"] == user for one in entries):
        raise ExchangeError(PRESENT, f"An existing permission entry was found for user: {user}.")
    _write(request, mailbox, path, [*entries, _entry(request, user)])
    return Output()


@cmdlet("Set-MailboxFolderPermission", "Identity", "User", "AccessRights", "SharingPermissionFlags", "Confirm")
def set_mailbox_folder_permission(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/set-mailboxfolderpermission"""
    mailbox, path = _folder(request)
    entries = _entries(mailbox, path)
    user = _present(request, entries)
    _write(request, mailbox, path, [_entry(request, user) if one["User"] == user else one for one in entries])
    return Output()


@cmdlet("Remove-MailboxFolderPermission", "Identity", "User", "Confirm")
def remove_mailbox_folder_permission(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/remove-mailboxfolderpermission"""
    mailbox, path = _folder(request)
    confirmed(request)
    entries = _entries(mailbox, path)
    user = _present(request, entries)
    if user in EVERYBODY:
        raise ExchangeError(f"{TASKS}CannotRemoveDefaultOrAnonymousException", f"{user} can't be removed.")
    _write(request, mailbox, path, [one for one in entries if one["User"] != user])
    return Output()


def _folder(request: CmdletRequest) -> tuple[Recipient, str]:
    r"""The mailbox and the path that ``mailbox:\folder\subfolder`` names; nothing after the ``\`` is the root."""
    owner, colon, path = str(request.parameters["Identity"]).partition(":\\")
    [mailbox] = named(all_mailboxes(request.tenant), owner, request.tenant)
    for folder in account_of(mailbox).delegations.truth["folders"]:
        names = [] if folder["FolderType"] == "Root" else folder["FolderPath"].strip("/").split("/")
        if colon and path == "\\".join(name.replace(SLASH, "/") for name in names):
            return mailbox, folder["FolderPath"]
    raise missing(str(request.parameters["Identity"]), request.tenant)


def _entries(mailbox: Recipient, path: str) -> list[Json]:
    folders = account_of(mailbox).delegations.truth["folders"]
    return list(next(one for one in folders if one["FolderPath"] == path)["Permissions"])


def _write(request: CmdletRequest, mailbox: Recipient, path: str, entries: list[Json]) -> None:
    folders = account_of(mailbox).delegations.truth["folders"]
    changed = [one | {"Permissions": entries} if one["FolderPath"] == path else one for one in folders]
    write(request, mailbox, "folders", changed)


def _entry(request: CmdletRequest, user: str) -> Json:
    rights, flags = request.parameters.get("AccessRights"), request.parameters.get("SharingPermissionFlags")
    if not isinstance(rights, list) or not rights or not set(rights) <= RIGHTS | ROLES:
        raise ExchangeError(BINDING, "Cannot bind argument to parameter 'AccessRights': no such right.")
    if flags not in (None, "None") and rights != ["Editor"]:
        raise ExchangeError(BINDING, "SharingPermissionFlags can only be used with the right Editor.")
    return {"User": user, "AccessRights": rights, **({"SharingPermissionFlags": flags} if flags else {})}


def _present(request: CmdletRequest, entries: list[Json]) -> str:
    user = _user(request, entries)
    if all(one["User"] != user for one in entries):
        raise ExchangeError(ABSENT, f"There is no existing permission entry found for user: {user}.")
    return user


def _user(request: CmdletRequest, entries: list[Json], *, new: bool = False) -> str:
    """Whom ``User`` names: by any identity, by the name that an entry shows, or as an entry has it."""
    identity = str(request.parameters["User"])
    if identity in EVERYBODY:
        return identity
    shown = [one["User"] for one in entries if identity in (one["User"], _shown(request.tenant, one["User"]))]
    if len(shown) > 1:
        raise ExchangeError(MANY, f"The operation couldn't be performed because '{identity}' matches multiple entries.")
    if shown and not new:
        return str(shown[0])
    [found] = named(all_recipients(request.tenant), identity, request.tenant)
    if found.account is None:
        raise ExchangeError(f"{TASKS}InvalidExternalUserIdException", f"The user '{identity}' is not valid.")
    return found.account.name


def _shown(tenant: Tenant, user: str) -> str:
    account = tenant.account(user)
    return str(account.user.seen["displayName"]) if account else user


def _row(tenant: Tenant, folder: Json, entry: Json) -> Json:
    name = _shown(tenant, entry["User"])
    kind = entry["User"] if entry["User"] in EVERYBODY else "Internal"
    as_object = {"UserType": {"Value": kind}, "DisplayName": name}
    return {
        "Identity": name,
        "FolderName": folder["FolderPath"].rpartition("/")[2],
        "SharingPermissionFlags": None,
        "IsValid": True,
        "ObjectState": "New",
        **entry,
        "User": as_object if tenant.behaviour.folder_users == "objects" else name,
    }
