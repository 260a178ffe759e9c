"""What Microsoft's descriptions say: operations, types, cmdlets, roles. The files beside this one are data."""

from functools import cached_property
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

HERE = Path(__file__).parent


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, extra="forbid")


class Operation(Row):
    """One Graph operation. ``body`` is a type, a tuple of parameter names, or None for no body.

    ``permissions`` are the application permissions that open it, ``least`` the least of them.
    """

    method: str
    version: str
    path: str
    query: tuple[str, ...]
    body: str | tuple[str, ...] | None
    returns: str | None
    permissions: tuple[str, ...]
    least: tuple[str, ...]
    source: str

    @cached_property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.strip("/").split("/"))

    def match(self, segments: tuple[str, ...]) -> dict[str, str] | None:
        """The path's parameters where ``segments`` (without version) are this path, else None."""
        if len(segments) != len(self.segments):
            return None
        pairs = list(zip(self.segments, segments, strict=True))
        if any(own != given for own, given in pairs if not own.startswith("{")):
            return None
        return {own.strip("{}"): given for own, given in pairs if own.startswith("{")}


class EntityType(Row):
    """``properties``: name to CSDL type."""

    source: str
    properties: dict[str, str]
    navigation: tuple[str, ...]


class PropertyList(Row):
    source: str
    properties: tuple[str, ...]


class Filters(Row):
    """What a collection can be filtered by: ``eq``; ``advanced`` with ConsistencyLevel; ``any`` in a list; ``range``
    of times."""

    source: str
    eq: tuple[str, ...]
    advanced: tuple[str, ...]
    any: tuple[str, ...]
    range: tuple[str, ...] = ()


class Cmdlet(Row):
    """``parameters``: name to .NET type, only those that exist in the cloud; some of them ``not_in_compliance``."""

    source: str
    exchange: bool
    compliance: bool
    required: tuple[str, ...]
    parameters: dict[str, str]
    not_in_compliance: tuple[str, ...] = ()


class Actors(Row):
    """The directory roles that may reset a password, or change another sensitive property."""

    password_reset_by: tuple[str, ...]
    sensitive_by: tuple[str, ...]


class DirectoryRole(Actors):
    id: str


class DirectoryRoles(Row):
    """Who may act on whom. https://learn.microsoft.com/graph/api/resources/users"""

    sources: dict[str, str]
    note: str
    always: tuple[str, ...]
    ordinary: Actors
    role_assignable_group: Actors
    roles: dict[str, DirectoryRole]

    def names(self, ids: frozenset[str]) -> set[str]:
        return {name for name, role in self.roles.items() if role.id in ids}


class ExchangeRole(Row):
    name: str
    cmdlets: tuple[str, ...]
    source: str


class ExchangeRoles(Row):
    sources: dict[str, str]
    note: str
    roles: dict[str, ExchangeRole]


class Additions(Row):
    note: str
    operations: tuple[Operation, ...]
    types: dict[str, EntityType]
    defaults: dict[str, PropertyList]
    read_only: dict[str, PropertyList]
    filters: dict[str, Filters]
    property_permissions: dict[str, tuple[tuple[str, ...], ...] | str]


class _Operations(Row):
    sources: dict[str, object]
    operations: tuple[Operation, ...]


class _Types(Row):
    sources: dict[str, object]
    types: dict[str, EntityType]


class _Cmdlets(Row):
    sources: dict[str, str]
    cmdlets: dict[str, Cmdlet]


def _read[T: Row](model: type[T], name: str) -> T:
    return model.model_validate_json((HERE / name).read_bytes())


ADDITIONS = _read(Additions, "additions.json")
OPERATIONS = (*_read(_Operations, "operations.json").operations, *ADDITIONS.operations)
TYPES = {**_read(_Types, "types.json").types, **ADDITIONS.types}
CMDLETS = _read(_Cmdlets, "cmdlets.json").cmdlets
ROLES = _read(DirectoryRoles, "directory-roles.json")
EXCHANGE_ROLES = _read(ExchangeRoles, "exchange-roles.json").roles
COMPLIANCE_ROLES = _read(ExchangeRoles, "compliance-roles.json").roles
