"""What becomes part of a request: names of an account, checked before, and the literals of OData."""

import re
from datetime import UTC, datetime

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PRINCIPAL_NAME = re.compile(r"[^\s/\\@]+@[^\s/\\@]+")


def object_id(value: str) -> str:
    """``value``, a GUID. Raises ``ValueError`` where it is anything else."""
    if not _GUID.fullmatch(value):
        raise ValueError("An object id (a GUID) is needed here.")
    return value


def object_id_or_principal_name(value: str) -> str:
    """``value``, one segment of a path whatever is in it. Raises ``ValueError`` where it can be neither."""
    if not _GUID.fullmatch(value) and not (_PRINCIPAL_NAME.fullmatch(value) and value.isprintable()):
        raise ValueError("An object id (a GUID) or a user principal name is needed here.")
    return value


def literal(value: str) -> str:
    """``value`` as a string of an OData expression. Raises ``ValueError`` where it is blank or no valid text.

    https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html
    """
    value.encode()
    if not value.strip():
        raise ValueError("A value is needed here: an expression with a blank one could match everybody.")
    return "'" + value.replace("'", "''") + "'"


def time(moment: datetime) -> str:
    """``moment`` as a time of an OData expression, in UTC and whole seconds."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
