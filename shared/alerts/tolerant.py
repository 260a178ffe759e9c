"""How a payload's values are read: a value that cannot be what its field means counts as a missing one.

Nothing here ever fails: a field that is odd loses itself, never the alert that it stands in.
"""

import json
from datetime import datetime
from typing import Annotated

from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, model_validator
from pydantic.alias_generators import to_camel

from .times import utc

_LONGEST = 320  # no id, name or enumeration member is longer; a title is cut


def _text(value: object) -> str | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if value.bit_length() < 64 else None
    if not isinstance(value, str):
        return None
    text = value.strip()
    return text if text and text.isprintable() and len(text) <= _LONGEST else None


def _strict_text(value: object) -> str | None:
    return _text(value) if isinstance(value, str) else None


def _word(value: object) -> str | None:
    text = _strict_text(value)
    return text.casefold() if text else None


def _line(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    shown = "".join(letter if letter.isprintable() else " " for letter in value[: 4 * _LONGEST])
    return " ".join(shown.split())[:_LONGEST].strip() or None


def _value(value: object) -> object:
    """What a text of JSON holds, anything else as it is."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _objects(value: object) -> tuple[dict[str, object], ...]:
    found = _value(value)
    members = found if isinstance(found, list) else [found]
    return tuple(member for member in members if isinstance(member, dict))


def _object(value: object) -> dict[str, object]:
    found = _value(value)
    return found if isinstance(found, dict) else {}


def _words(value: object) -> frozenset[str]:
    found = _value(value)
    members = found if isinstance(found, list) else [found]
    return frozenset(word for word in map(_word, members) if word)


Text = Annotated[str | None, BeforeValidator(_strict_text)]
Id = Annotated[str | None, BeforeValidator(_text)]
"""As ``Text``; a whole number too."""
Word = Annotated[str | None, BeforeValidator(_word)]
"""As ``Text``, case-folded."""
Line = Annotated[str | None, BeforeValidator(_line)]
"""What people read: on one line, without what steers a terminal, cut where it is too long."""
Time = Annotated[datetime | None, BeforeValidator(utc)]
Objects = Annotated[tuple[dict[str, object], ...], BeforeValidator(_objects)]
"""The objects of a list, of a single object, or of either as JSON in a string."""
Object = Annotated[dict[str, object], BeforeValidator(_object)]
"""An object, also as JSON in a string; an empty one where it is none."""
Words = Annotated[frozenset[str], BeforeValidator(_words)]


class Tolerant(BaseModel):
    """A value that cannot be what its field means counts as a missing one: it never loses the record."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=AliasGenerator(validation_alias=to_camel))


def folded(record: dict[str, object]) -> dict[str, object]:
    """``record`` with its keys in lower case and without underscores, and without what holds nothing.

    Collectors and SDKs write the same field as ``upnSuffix``, ``UPNSuffix`` and ``upn_suffix``; and "" for null.
    """
    found: dict[str, object] = {}
    for key, value in record.items():
        if value is not None and value != "":
            found.setdefault(key.replace("_", "").casefold(), value)
    return found


def _fold(record: object) -> object:
    return folded(record) if isinstance(record, dict) else {}


class Folded(BaseModel):
    """As ``Tolerant``, and its fields are found whatever case or underscores their names are written with."""

    model_config = ConfigDict(
        frozen=True, extra="ignore", alias_generator=AliasGenerator(validation_alias=lambda name: name.replace("_", ""))
    )

    _folding = model_validator(mode="before")(_fold)
