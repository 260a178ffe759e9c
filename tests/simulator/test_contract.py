"""The tables that the router is made from."""

import re

import pytest

from local.simulator.contract import (
    ADDITIONS,
    CMDLETS,
    EXCHANGE_ROLES,
    OPERATIONS,
    ROLES,
    TYPES,
    Operation,
)
from local.simulator.exchange import HANDLERS as CMDLET_HANDLERS
from local.simulator.grants import load_grants
from local.simulator.graph import HANDLERS as GRAPH_HANDLERS
from local.simulator.simulation import AREAS

DESCRIPTION = re.compile(
    r"https://(learn|docs)\.microsoft\.com/\S+|openApiDocs/(v1\.0|beta)/\S+\.yml|clean_v10_metadata/\S+\.xml"
    r"|msgraph-beta-sdk \S+|exchange/\S+\.md"
)


def test_every_row_of_the_contract_names_its_official_source() -> None:
    tables = {
        "type": [(name, row.source) for name, row in TYPES.items()],
        "cmdlet": [(name, row.source) for name, row in CMDLETS.items()],
        "filters": [(name, row.source) for name, row in ADDITIONS.filters.items()],
        "defaults": [(name, row.source) for name, row in ADDITIONS.defaults.items()],
        "read only": [(name, row.source) for name, row in ADDITIONS.read_only.items()],
    }
    rows = [
        *((f"{row.method} {row.path}", row.source) for row in OPERATIONS),
        *((f"{kind} {name}", source) for kind, table in tables.items() for name, source in table),
        *ROLES.sources.items(),
    ]
    assert len(rows) > 250
    assert [name for name, source in rows if not DESCRIPTION.fullmatch(source)] == []


def test_every_operation_is_there_once() -> None:
    keys = [(row.version, row.method, re.sub(r"{.*?}", "{}", row.path)) for row in OPERATIONS]
    assert sorted(keys) == sorted(set(keys))


@pytest.mark.parametrize("row", OPERATIONS, ids=lambda row: f"{row.method} {row.path}")
def test_the_types_that_an_operation_names_are_described(row: Operation) -> None:
    returns = (row.returns or "").removeprefix("Collection(").removesuffix(")")
    assert not returns.startswith("microsoft.graph.") or returns in TYPES
    assert not isinstance(row.body, str) or row.body in TYPES
    assert set(row.least) <= set(row.permissions)


def test_every_handler_implements_something_that_the_contract_has() -> None:
    assert AREAS
    assert len(GRAPH_HANDLERS) > 10
    operations = {(row.method, row.version, row.path): row for row in OPERATIONS}
    assert GRAPH_HANDLERS.keys() <= operations.keys()
    for key, registered in GRAPH_HANDLERS.items():
        assert registered.options <= set(operations[key].query), key


def test_every_cmdlet_handler_implements_parameters_that_the_contract_has() -> None:
    assert CMDLET_HANDLERS.keys() >= {"Get-Recipient", "Get-Mailbox", "Set-Mailbox", "Get-InboxRule"}
    for name, registered in CMDLET_HANDLERS.items():
        assert registered.parameters <= CMDLETS[name].parameters.keys(), name


def test_on_premises_parameters_are_not_in_the_contract() -> None:
    assert "DomainController" not in CMDLETS["Get-Mailbox"].parameters


def test_every_granted_permission_opens_some_operation() -> None:
    grants = load_grants()
    opened = {permission for row in OPERATIONS for permission in row.permissions}
    assert set(grants.graph) <= opened
    assert all(ROLES.roles[role.name].id == role.id for role in grants.directory_roles)
    assert any(role.id in EXCHANGE_ROLES for role in grants.directory_roles)
