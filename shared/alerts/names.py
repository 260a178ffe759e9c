"""Which text in an alert names a user, and which only looks as if."""

import re
from string import ascii_lowercase, ascii_uppercase

from .alert import NamedAccount

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOBODY = "00000000-0000-0000-0000-000000000000"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_LONGEST_ADDRESS = 320  # RFC 3696: 64 characters, "@", 255; a UPN ends at 113


def guid(text: str | None) -> str | None:
    """``text`` as a lower-case GUID, None where it is none, or the GUID of nothing."""
    lower = (text or "").lower()
    return lower if _GUID.fullmatch(lower) and lower != _NOBODY else None


def address(text: str | None) -> str | None:
    """``text`` in lower case where it looks like an address, else None. ``#EXT#`` of a guest stays, in lower case.

    Letters beyond ASCII are left as they are: "straße" and "strasse" are two people.
    """
    lower = (text or "").translate(_LOWER)
    if len(lower) > _LONGEST_ADDRESS or not lower.isprintable():
        return None
    return lower if _ADDRESS.fullmatch(lower) else None


def named_account(user_id: str | None, principal_name: str | None) -> NamedAccount | None:
    """The account that an object id and a UPN name; None where neither names anybody."""
    account = NamedAccount(id=guid(user_id), name=address(principal_name))
    return account if account.key else None
