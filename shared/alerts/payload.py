"""The shapes in which several records come in one body, and the way to a list of single ones.

Graph shows one object, ``{"value": […]}`` and on two pages ``{"value": {…}}``; Event Hubs send ``{"records": […]}``,
or a list of those; storage blobs hold one JSON object a line; flows forward what they please.
"""

import json
from hashlib import sha256

from .errors import BadPayload

MAX_BYTES = 16 * 1024 * 1024
MAX_RECORDS = 500
MAX_DEPTH = 64

_RECORD_KEYS = frozenset({"id", "properties"})  # every record has one of them, no collection does

_EXPECTED = (
    'expected one JSON object, {"value": […]}, {"records": […]}, an array of objects, or one JSON object per line'
)


def read_records(body: bytes) -> list[object]:
    """The single records of ``body``, in their order. What is no object among objects is in the list too.

    A line that is no JSON, among lines that are, is in the list as its text.
    Raises ``BadPayload`` for no or malformed JSON, for too much, and where there is no object among the records.
    """
    document = _parse(_text(body))
    items = document if isinstance(document, list) else [document]
    records = [record for item in items for record in _members(item)]
    if len(records) > MAX_RECORDS:
        raise BadPayload(f"The body holds {len(records)} records: send at most {MAX_RECORDS} at a time.")
    if records and not any(isinstance(record, dict) for record in records):
        raise BadPayload(f"The body holds no JSON object: {_EXPECTED}.")
    return records


def digest(content: object) -> str:
    """The identity of a record that has none of its own: that of its content."""
    return f"sha256:{sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()}"


def _text(body: bytes) -> str:
    if len(body) > MAX_BYTES:
        raise BadPayload(f"The body has {len(body)} bytes: send at most {MAX_BYTES} at a time.")
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadPayload(f"The body is not UTF-8: {_EXPECTED}.") from error


def _parse(text: str) -> object:
    try:
        return _loads(text)
    except ValueError as error:
        lines = [line.strip() for line in text.split("\n") if line.strip()]  # text may hold U+2028: no splitlines
        if len(lines) < 2 or not all(line.startswith("{") for line in lines):
            raise BadPayload(f"The body is not JSON ({error}): {_EXPECTED}.") from error
        return [_line(line) for line in lines]


def _line(line: str) -> object:
    try:
        return _loads(line)
    except ValueError:
        return line


def _loads(text: str) -> object:
    """Raises ``ValueError`` for malformed JSON and for what is nested beyond any alert."""
    try:
        value: object = json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not _within(value, MAX_DEPTH):
        raise ValueError("nested too deeply")
    return value


def _within(value: object, depth: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth > 0 and all(_within(each, depth - 1) for each in inner)


def _members(item: object) -> list[object]:
    """What ``item`` holds where it is a collection, else the item itself. Null stands for an empty list."""
    if not isinstance(item, dict) or not _RECORD_KEYS.isdisjoint(item):
        return [item]
    for name in ("value", "records"):
        if name in item:
            inner = item[name]
            return inner if isinstance(inner, list) else [] if inner is None else [inner]
    return [item]
