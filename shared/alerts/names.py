"""Which text in an alert names a user, and which only looks as if."""

import re
import struct
from string import ascii_lowercase, ascii_uppercase
from uuid import UUID

from .alert import NamedAccount

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOBODY = "00000000-0000-0000-0000-000000000000"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
_LONGEST_ADDRESS = 320  # RFC 3696: 64 characters, "@", 255; a UPN ends at 113
_DOMAIN_SID = re.compile(r"S-1-5-21(-[0-9]{1,10}){4}")
_CLOUD_SID = re.compile(r"S-1-12-1((?:-[0-9]{1,10}){4})")
_ON_PREMISES = re.compile(r"[^\s\\/\"\[\]:;|=,+*?<>@]{1,255}\\[^\\/\"\[\]:;|=,+*?<>@]{1,64}")


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


def user_sid(text: str | None) -> str | None:
    """``text`` where it is the SID of an account in a domain; None for built-in ones and for those of the cloud.

    https://learn.microsoft.com/windows-server/identity/ad-ds/manage/understand-security-identifiers
    """
    upper = (text or "").upper()
    return upper if _DOMAIN_SID.fullmatch(upper) else None


def object_id_of(sid: str | None) -> str | None:
    """The object id that the SID of an account in the cloud (S-1-12-1-…) is a coding of; None for any other SID.

    Its four numbers are the 16 bytes of the id, each little-endian.
    """
    found = _CLOUD_SID.fullmatch((sid or "").upper())
    numbers = [int(number) for number in found[1].split("-")[1:]] if found else []
    if not numbers or max(numbers) >= 2**32:
        return None
    return guid(str(UUID(bytes_le=struct.pack("<4I", *numbers))))


def on_premises_name(domain: str | None, name: str | None) -> str | None:
    """``domain\\name`` in lower case: what Windows calls an account; None where it can be no such name."""
    joined = f"{domain or ''}\\{name or ''}".translate(_LOWER)
    return joined if joined.isprintable() and _ON_PREMISES.fullmatch(joined) else None


def named_account(user_id: str | None, principal_name: str | None) -> NamedAccount | None:
    """The account that an object id and a UPN name; None where neither names anybody."""
    account = NamedAccount(id=guid(user_id), name=address(principal_name))
    return account if account.key else None
