"""Rows to table entities and back.

Scalars are properties of their own, times ISO 8601 text; what is nested is one property of JSON text whose name
ends in ``__json``. None is left out.
"""

import json
from collections.abc import Mapping
from typing import Any

from azure.data.tables import TableEntity
from pydantic import BaseModel

_JSON = "__json"


def encode(partition: str, key: str, model: BaseModel) -> dict[str, Any]:
    """The entity that stores ``model``."""
    entity: dict[str, Any] = {"PartitionKey": partition, "RowKey": key}
    for name, value in model.model_dump(mode="json", exclude_none=True).items():
        if isinstance(value, dict | list):
            entity[name + _JSON] = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
        else:
            entity[name] = value
    return entity


def decode[T: BaseModel](kind: type[T], entity: TableEntity) -> T:
    """The model that ``entity`` stores, with the ETag it was read with."""
    values: dict[str, Any] = {"etag": entity.metadata["etag"]}
    values.update(_values(entity))
    return kind.model_validate(values)


def _values(entity: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name.removesuffix(_JSON): json.loads(value) if name.endswith(_JSON) else value for name, value in entity.items()
    }
