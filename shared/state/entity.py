"""Rows to table entities and back.

Scalars are properties of their own, times ISO 8601 text; what is nested is one property of JSON text whose name
ends in ``__json``. None is left out. A text that is too long for one property goes on in others: ``text``, ``text__1``,
``text__2``.

https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import batched
from typing import Any

from azure.data.tables import TableEntity
from pydantic import BaseModel

_JSON = "__json"
_PART = re.compile(r"(?P<name>.+?)__(?P<number>\d+)")
_LONGEST = 16 * 1024  # characters: a property holds 32 Ki UTF-16 code units, and a character takes at most two


def encode(partition: str, key: str, model: BaseModel) -> dict[str, Any]:
    """The entity that stores ``model``."""
    entity: dict[str, Any] = {"PartitionKey": partition, "RowKey": key}
    for name, value in model.model_dump(mode="json", exclude_none=True).items():
        if isinstance(value, dict | list):
            entity.update(_parts(name + _JSON, json.dumps(value, ensure_ascii=False, separators=(",", ":"))))
        elif isinstance(value, str):
            entity.update(_parts(name, value))
        else:
            entity[name] = value
    return entity


def decode[T: BaseModel](kind: type[T], entity: TableEntity) -> T:
    """The model that ``entity`` stores, with the ETag it was read with."""
    values: dict[str, Any] = {"etag": entity.metadata["etag"]}
    values.update(_values(entity))
    return kind.model_validate(values)


def _parts(name: str, text: str) -> Iterator[tuple[str, str]]:
    yield name, text[:_LONGEST]
    for number, part in enumerate(batched(text[_LONGEST:], _LONGEST, strict=False), start=1):
        yield f"{name}__{number}", "".join(part)


def _values(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name.removesuffix(_JSON): json.loads(value) if name.endswith(_JSON) else value
        for name, value in _whole(entity).items()
    }


def _whole(entity: Mapping[str, Any]) -> dict[str, Any]:
    """The properties, each text in one piece again. A table does not keep their order."""
    whole = {name: value for name, value in entity.items() if not _PART.fullmatch(name)}
    more = defaultdict[str, dict[int, str]](dict)
    for name, value in entity.items():
        if part := _PART.fullmatch(name):
            more[part["name"]][int(part["number"])] = value
    for name, parts in more.items():
        whole[name] += "".join(parts[number] for number in sorted(parts))
    return whole
