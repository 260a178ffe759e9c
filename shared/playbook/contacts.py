"""Who is to be warned of what was sent in the account's name: the list, as a table and as a spreadsheet, and the words.

Names and addresses are an attacker's to choose. They are one short line each when they are written down.
"""

import csv
from io import StringIO

from pydantic import BaseModel, ConfigDict

from shared.state.incidents import Snapshot
from shared.state.rows import Contact

from .foreign import shown

FIRST = 20
_LONGEST = 254  # characters: an address has no more
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the last four are wide
_WARNING = (
    "Somebody else had access to the mailbox {address}, and may have written to you in our name between {first} and "
    "{last} (UTC). Please do not open links or attachments of messages that came from it in that time, and do not pay, "
    "change bank details or give data away because of them. If you have entered a password on a page that such a "
    "message led to, change it; if you have paid, call your bank now. If you are not sure about a message, call us at "
    "a number that you knew before. We are sorry for the trouble."
)


class ContactsView(BaseModel):
    """How many there are, the first of them, where the whole list is, and a draft of the warning."""

    model_config = ConfigDict(frozen=True)

    total: int
    first: tuple[Contact, ...]
    href: str
    warning: str


def all_contacts(snapshot: Snapshot) -> list[Contact]:
    """The list that was made last."""
    latest = max((row.round for row in snapshot.contacts), default=0)
    rows = sorted((row for row in snapshot.contacts if row.round == latest), key=lambda row: row.number)
    return [contact for row in rows for contact in row.contacts]


def contacts_view(snapshot: Snapshot) -> ContactsView | None:
    """What the report says of the list, None where there is none."""
    everybody, account = all_contacts(snapshot), snapshot.incident.account
    if not everybody or account is None:
        return None
    return ContactsView(
        total=len(everybody),
        first=tuple(everybody[:FIRST]),
        href=f"/api/incidents/{snapshot.incident.id}/contacts",
        warning=_WARNING.format(
            address=account.user_principal_name,
            first=f"{min(one.first_at for one in everybody):%Y-%m-%d %H:%M}",
            last=f"{max(one.last_at for one in everybody):%Y-%m-%d %H:%M}",
        ),
    )


def as_csv(contacts: list[Contact]) -> str:
    """A table for a spreadsheet, in which no cell is a formula, and each is one line of what can be seen.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    text = StringIO()
    table = csv.writer(text, quoting=csv.QUOTE_ALL)
    table.writerow(["address", "name", "first", "last", "messages"])
    for one in contacts:
        times = [f"{at:%Y-%m-%d %H:%M:%S} UTC" for at in (one.first_at, one.last_at)]
        table.writerow([_cell(one.address), _cell(one.name), *times, str(one.messages)])
    return text.getvalue()


def _cell(text: str) -> str:
    seen = shown(text, _LONGEST)
    return f"'{seen}" if seen.startswith(_FORMULA) else seen
