"""What of a user's contact details was changed, as the directory's audit log tells it. Pure."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from shared.tenant.directory_audits import Audit

from .foreign import shown

_ACTIVITY = "update user"
_RESETS = {"mobile", "mobilephone", "telephonenumber", "businessphones", "othermail", "othermails", "alternatemail"}
_DETAILS = _RESETS | {
    "displayname",
    "givenname",
    "surname",
    "streetaddress",
    "city",
    "state",
    "postalcode",
    "country",
    "physicaldeliveryofficename",
    "officelocation",
    "facsimiletelephonenumber",
    "faxnumber",
    "jobtitle",
    "title",
    "thumbnailphoto",
}
_LONGEST = 200


@dataclass(frozen=True)
class Changed:
    """One property, changed once. ``resets``: a code for a new password may be sent there."""

    at: datetime
    name: str
    old: str
    new: str
    by: str
    ip: str
    resets: bool

    def __str__(self) -> str:
        where = f" from {shown(self.ip, 45)}" if self.ip else ""
        what = f"{shown(self.name, 40)} from {self.old} to {self.new}"
        return f"{self.at:%Y-%m-%d %H:%M} UTC, by {shown(self.by)}{where}: {what}"


def changes(audits: Iterable[Audit], user_id: str) -> Iterator[Changed]:
    """The changes of the user's own details, in the order of the log."""
    for audit in audits:
        if not audit.activity.casefold().startswith(_ACTIVITY):
            continue
        for target in audit.targets:
            for one in target.modified if target.id.casefold() == user_id.casefold() else ():
                name = one.display_name.replace(" ", "").casefold()
                if name in _DETAILS:
                    old, new = _value(one.old_value), _value(one.new_value)
                    yield Changed(audit.at, one.display_name, old, new, audit.by, audit.by_address, name in _RESETS)


def _value(text: str) -> str:
    """A value as the log writes it, JSON in a string: in words."""
    try:
        value = json.loads(text) if text else []
    except ValueError:
        value = text
    values = value if isinstance(value, list) else [value]
    told = ", ".join(str(one) for one in values if one not in (None, ""))
    return f'"{shown(told, _LONGEST)}"' if told else "nothing"
