"""The folders of a mailbox, and who may open them.

https://learn.microsoft.com/powershell/module/exchange/get-mailboxfolderstatistics
"""

from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator

from shared.tenant.delegates import RIGHTS, AccessRights, Entries, Entry, Right, Row, grouped
from shared.tenant.errors import NotFound
from shared.tenant.exchange import Exchange
from shared.tenant.identifiers import object_id

DEFAULT, ANONYMOUS = "Default", "Anonymous"
ROOT, CALENDAR = "Root", "Calendar"
FLAGS = "SharingPermissionFlags"
# By type, because a name is in the language of its owner; the first are those that an attacker wants most.
_TYPES = [ROOT, "Inbox", "SentItems", CALENDAR, "Contacts", "Drafts", "DeletedItems", "Archive", "JunkEmail", "Notes"]
_TYPES += ["Tasks", "Journal", "RssSubscription", "CommunicatorHistory", "UserCreated"]
_SLASH = "\uf8ff"  # stands in a path for a slash in a folder's name


class Folder(Row):
    """``folder_path`` with a slash before each name, in the language of the mailbox."""

    folder_path: str
    folder_type: str | None = None

    @property
    def type(self) -> str:
        return (self.folder_type or "").replace(" ", "")


def _name(value: object) -> object:
    """The user of an entry: a name, or an object that has one, by build."""
    return value.get("DisplayName") if isinstance(value, dict) else value


class _FolderPermission(Row):
    user: Annotated[str, BeforeValidator(_name)]
    access_rights: AccessRights
    sharing_permission_flags: str | None = None

    @property
    def entry(self) -> Entry:
        flags = None if self.sharing_permission_flags == "None" else self.sharing_permission_flags
        return {RIGHTS: list(self.access_rights), **({FLAGS: flags} if flags else {})}


async def folders(exchange: Exchange, user_id: str) -> list[Folder]:
    """The folders in which a user keeps mail, appointments and contacts, the most telling first.

    Left out are those that Exchange keeps for itself, and that nobody can be let into.
    """
    parameters = {"Identity": object_id(user_id), "ResultSize": "Unlimited"}
    rows = await exchange.rows(Folder, "Get-MailboxFolderStatistics", parameters)
    return sorted((row for row in rows if row.type in _TYPES), key=lambda row: _TYPES.index(row.type))


class FolderAccess(Right):
    """https://learn.microsoft.com/powershell/module/exchange/get-mailboxfolderpermission

    ``folder`` is its path, "/" for the root.
    """

    kind = "folder access"

    @property
    def _identity(self) -> str:
        names = [name.replace(_SLASH, "/") for name in self.folder.strip("/").split("/")]
        return f"{self._mailbox}:\\" + "\\".join(names)

    async def entries(self) -> Entries:
        parameters = {"Identity": self._identity, "ResultSize": "Unlimited"}
        rows = await self._exchange.rows(_FolderPermission, "Get-MailboxFolderPermission", parameters)
        return grouped((row.user, row.entry) for row in rows)

    async def make(self, identity: str, was: list[Entry], wanted: list[Entry]) -> datetime | None:
        del was
        parameters = {"Identity": self._identity, "User": identity}
        if not wanted:
            return await self._remove(parameters)
        [entry] = wanted
        try:
            return await self._exchange.change("Set-MailboxFolderPermission", parameters | entry)
        except NotFound:
            return await self._exchange.change("Add-MailboxFolderPermission", parameters | entry)

    async def _remove(self, parameters: dict[str, str]) -> datetime | None:
        try:
            return await self._exchange.change("Remove-MailboxFolderPermission", parameters | {"Confirm": False})
        except NotFound:
            return None
