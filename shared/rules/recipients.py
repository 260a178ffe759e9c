"""Senders and recipients, in every form in which a rule names them."""

import re
from dataclasses import dataclass

# Bounded before the @: a long text without one would otherwise be searched from each of its characters to its end.
_ADDRESS = re.compile(r"[^\s\"'<>\[\](){};:,=/\\|]{1,256}@[^\s\"'<>\[\](){};:,=/\\|@]+")
_ROUTED = re.compile(r"\[\s*(?P<type>[A-Za-z]+)\s*:(?P<value>[^\]]*)\]?\s*$")
_NAMES = ("displayname", "name")
_ADDRESSES = (
    "emailaddress",
    "primarysmtpaddress",
    "smtpaddress",
    "address",
    "userprincipalname",
    "mail",
    "email",
    "upn",
)


@dataclass(frozen=True)
class Recipient:
    """``address`` is case-folded, "" where only a name or a directory entry is told; so is a sender's."""

    name: str = ""
    address: str = ""

    @property
    def domain(self) -> str:
        """What stands behind the ``@``."""
        return self.address.rpartition("@")[2]

    def __str__(self) -> str:
        return self.address or self.name


def recipient(value: object) -> Recipient | None:
    """``"Name" [SMTP:x@y]``, ``"Name" [EX:/o=…]``, ``Name <x@y>``, ``smtp:x@y``, an object with name and address.

    A directory entry (EX) has no address; where its display name is one, as a mail contact's often is, that counts.
    """
    if isinstance(value, dict):
        return _of_object(value)
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()
    routed = _ROUTED.search(text)
    name = (text[: routed.start()] if routed else text.partition("<")[0]).strip(" \"'")
    directory = routed is not None and routed["type"].casefold() == "ex"
    inner = name if directory else routed["value"] if routed else text
    return Recipient(name=name, address=last_address(inner) or ("" if directory else last_address(text)))


def last_address(text: str) -> str:
    """The last address in ``text``, which is the one behind the name; "" where there is none."""
    found = _ADDRESS.findall(text)
    return found[-1].strip(".").casefold() if found else ""


def addresses(text: str) -> list[str]:
    """All addresses in ``text``."""
    return [one.strip(".").casefold() for one in _ADDRESS.findall(text)]


def _of_object(value: dict[object, object]) -> Recipient | None:
    fields = {str(key).casefold(): inner for key, inner in value.items()}
    texts = [fields[name] for name in _ADDRESSES if fields.get(name)]
    inner = texts[0] if texts else None
    found = recipient(inner) if isinstance(inner, dict) else Recipient(address=last_address(str(inner or "")))
    name = next((str(fields[key]) for key in _NAMES if fields.get(key)), "")
    if not found or not (found.address or name):
        return recipient(name)
    return Recipient(name=name, address=found.address)
