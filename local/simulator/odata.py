"""``$select``, ``$filter``, ``$count`` and paging, as the directory does them.

https://learn.microsoft.com/graph/query-parameters
"""

import base64
import binascii
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from local.simulator.answer import bad_request
from local.simulator.call import Call
from local.simulator.contract import ADDITIONS, TYPES, EntityType, Operation
from local.simulator.odata_filter import (
    AnyEquals,
    Comparison,
    Expression,
    FilterError,
    NotAfter,
    NotBefore,
    comparisons,
    parse_filter,
)
from local.simulator.records import Json

PAGE = 100
LARGEST_PAGE = 999
METADATA = "https://graph.microsoft.com"


@dataclass(frozen=True)
class Query:
    """The query options of one call. ``select`` is None where nothing was selected."""

    select: tuple[str, ...] | None
    expand: tuple[str, ...]
    filter: Expression | None
    top: int
    count: bool
    offset: int

    def keeps(self, record: Json) -> bool:
        return self.filter is None or self.filter.matches(record)


def element_type(operation: Operation) -> str:
    """The type of what the operation answers, of its items where it answers a collection."""
    return (operation.returns or "").removeprefix("Collection(").removesuffix(")")


def read_query(call: Call, operation: Operation, selectable: frozenset[str] | None = None) -> Query:
    """The options of a call. ``selectable`` widens what ``$select`` may name. Raises GraphError (400)."""
    options = _options(call, operation)
    kind = TYPES.get(element_type(operation))
    advanced = call.headers.get("consistencylevel", "").casefold() == "eventual"
    count = _boolean(options.get("$count"))
    if count and not advanced:
        raise bad_request("$count needs the header ConsistencyLevel: eventual.", "Request_UnsupportedQuery")
    return Query(
        select=_select(options.get("$select"), kind, element_type(operation), selectable),
        expand=_expand(options.get("$expand"), kind, element_type(operation)),
        filter=_filter(options.get("$filter"), operation, kind, advanced=advanced and count),
        top=_top(options.get("$top")),
        count=count,
        offset=_offset(options.get("$skiptoken")),
    )


def shape(record: Json, query: Query, kind: str) -> Json:
    """The record as an answer shows it: what was selected, or what comes without ``$select``."""
    names = query.select
    if names is None:
        defaults = ADDITIONS.defaults.get(kind)
        names = defaults.properties if defaults else tuple(TYPES[kind].properties)
    return {name: value_of(record, name, kind) for name in names}


def value_of(record: Json, name: str, kind: str) -> object:
    """A property as Graph shows it: an unset one is null, an unset collection is empty."""
    unset: object = [] if TYPES[kind].properties.get(name, "").startswith("Collection(") else None
    return record.get(name, unset)


def page(call: Call, query: Query, rows: list[Json], context: str) -> Json:
    """One page of a collection, with the link to the next one where there is more."""
    body: dict[str, Any] = {"@odata.context": f"{METADATA}/{call.segments[0]}/$metadata#{context}"}
    if query.count:
        body["@odata.count"] = len(rows)
    end = query.offset + query.top
    if end < len(rows):
        kept = {key: values[0] for key, values in call.query.items() if key != "$skiptoken"}
        token = base64.urlsafe_b64encode(str(end).encode()).decode()
        body["@odata.nextLink"] = f"{call.base_url}{call.path}?{urlencode({**kept, '$skiptoken': token})}"
    return {**body, "value": rows[query.offset : end]}


def _options(call: Call, operation: Operation) -> dict[str, str]:
    paged = operation.method == "GET" and (operation.returns or "").startswith("Collection(")
    known = {*operation.query, *(["$skiptoken"] if paged else [])}
    for name, values in call.query.items():
        if name not in known:
            raise bad_request(f"The query parameter '{name}' is not supported.", "BadRequest")
        if len(values) > 1:
            raise bad_request(f"Query option '{name}' was specified more than once.", "BadRequest")
    return {name: values[0] for name, values in call.query.items()}


def _select(
    text: str | None, kind: EntityType | None, name: str, selectable: frozenset[str] | None
) -> tuple[str, ...] | None:
    if text is None:
        return None
    fields = tuple(field.strip() for field in text.split(","))
    allowed = selectable or frozenset(kind.properties if kind else ())
    for field in fields:
        if field not in allowed:
            raise bad_request(
                f"Parsing OData Select and Expand failed: Could not find a property named '{field}' on type '{name}'.",
                "BadRequest",
            )
    return fields


def _expand(text: str | None, kind: EntityType | None, name: str) -> tuple[str, ...]:
    fields = tuple(field.strip() for field in text.split(",")) if text is not None else ()
    for field in fields:
        if kind is None or field not in kind.navigation:
            raise bad_request(
                f"Parsing OData Select and Expand failed: Could not find a property named '{field}' on type '{name}'.",
                "BadRequest",
            )
    return fields


def _filter(text: str | None, operation: Operation, kind: EntityType | None, *, advanced: bool) -> Expression | None:
    if text is None:
        return None
    try:
        expression = parse_filter(text)
    except FilterError as error:
        raise bad_request(str(error), "Request_UnsupportedQuery" if error.unsupported else "BadRequest") from error
    for comparison in comparisons(expression):
        _check_comparison(comparison, operation, kind, advanced=advanced)
    return expression


def _check_comparison(comparison: Comparison, operation: Operation, kind: EntityType | None, *, advanced: bool) -> None:
    path = comparison.property
    name = path.partition("/")[0]
    filters = ADDITIONS.filters.get(operation.path)
    if kind is None or filters is None or name not in kind.properties:
        raise bad_request(
            f"Invalid filter clause: Could not find a property named '{name}' on type '{element_type(operation)}'.",
            "BadRequest",
        )
    ordered = isinstance(comparison, NotBefore | NotAfter)
    if ordered and kind.properties[name] != "Edm.DateTimeOffset":
        raise bad_request("A binary operator with incompatible types was detected.", "BadRequest")
    needs_any = kind.properties[name].startswith("Collection(")
    if needs_any != isinstance(comparison, AnyEquals):
        raise bad_request("A binary operator with incompatible types was detected.", "BadRequest")
    if path in filters.advanced and not advanced:
        raise bad_request(
            f"The filter on '{name}' needs the header ConsistencyLevel: eventual and $count=true.",
            "Request_UnsupportedQuery",
        )
    if path not in (filters.range if ordered else (*filters.eq, *filters.advanced, *filters.any)):
        raise bad_request(
            f"Unsupported or invalid query filter clause specified for property '{name}' of resource "
            f"'{element_type(operation).rpartition('.')[2]}'.",
            "Request_UnsupportedQuery",
        )
    if ordered:
        return
    expected = bool if kind.properties[name] == "Edm.Boolean" else str
    if comparison.value is not None and not isinstance(comparison.value, expected):
        raise bad_request("A binary operator with incompatible types was detected.", "BadRequest")


def _top(text: str | None) -> int:
    if text is None:
        return PAGE
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= LARGEST_PAGE:
        raise bad_request(f"Invalid page size specified: '{text}'. Must be between 1 and 999 inclusive.")
    return int(text)


def _boolean(text: str | None) -> bool:
    if text not in (None, "true", "false"):
        raise bad_request(f"Invalid value '{text}' for $count query option found.", "BadRequest")
    return text == "true"


def _offset(token: str | None) -> int:
    if token is None:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token.encode()).decode())
    except (binascii.Error, ValueError) as error:
        raise bad_request("The specified page token value is not valid.", "Directory_ExpiredPageToken") from error
