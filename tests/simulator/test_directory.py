"""Domains, role assignments, memberships, owned objects."""

from typing import Any

import pytest

from local.simulator.grants import load_grants
from tests.simulator.client import (
    ADMINISTRATOR,
    BREAK_GLASS,
    GROUP_OWNER,
    GUEST,
    HELP_DESK,
    TAKEN_OVER,
    Client,
    code,
)

ASSIGNMENTS = "/roleManagement/directory/roleAssignments"
EXCHANGE_ADMINISTRATOR = "29232cdf-9323-42fd-ade2-1d097af3e4de"
GROUP = "#microsoft.graph.group"
ROLE = "#microsoft.graph.directoryRole"


async def rows(simulator: Client, path: str) -> list[dict[str, Any]]:
    answer = await simulator.get(path)
    assert answer.status_code == 200, answer.text
    value: list[dict[str, Any]] = answer.json()["value"]
    return value


@pytest.mark.parametrize(("domain", "kind"), [("contoso.com", "Managed"), ("federated.contoso.com", "Federated")])
async def test_a_domain_tells_where_its_passwords_are_kept(simulator: Client, domain: str, kind: str) -> None:
    assert (await simulator.get(f"/domains/{domain}")).json()["authenticationType"] == kind
    listed = (await simulator.get("/domains")).json()["value"]
    assert {one["id"]: one["authenticationType"] for one in listed}[domain] == kind
    selected = (await simulator.get(f"/domains/{domain}?$select=authenticationType")).json()
    assert selected.keys() == {"@odata.context", "authenticationType"}


async def test_a_foreign_domain_is_not_found(simulator: Client) -> None:
    assert code(await simulator.get("/domains/attacker.example")) == (404, "Request_ResourceNotFound")


async def test_role_assignments_are_those_of_the_principal(simulator: Client) -> None:
    path = f"{ASSIGNMENTS}?$filter=principalId eq '{ADMINISTRATOR}'"
    [assignment] = await rows(simulator, path)
    assert assignment["roleDefinitionId"] == EXCHANGE_ADMINISTRATOR
    assert (assignment["principalId"], assignment["directoryScopeId"]) == (ADMINISTRATOR, "/")
    assert "roleDefinition" not in assignment
    [expanded] = await rows(simulator, f"{path}&$expand=roleDefinition")
    assert expanded["roleDefinition"]["displayName"] == "Exchange Administrator"
    assert await rows(simulator, f"{ASSIGNMENTS}?$filter=principalId eq '{TAKEN_OVER}'") == []


async def test_without_a_filter_all_assignments_come_those_of_groups_too(simulator: Client) -> None:
    principals = {row["principalId"] for row in await rows(simulator, ASSIGNMENTS)}
    assert principals == {ADMINISTRATOR, BREAK_GLASS, "a0000000-0000-4000-8000-000000000002"}


async def test_a_role_through_a_group_is_a_membership_and_no_assignment(simulator: Client) -> None:
    assert await rows(simulator, f"{ASSIGNMENTS}?$filter=principalId eq '{HELP_DESK}'") == []
    memberships = await rows(simulator, f"/users/{HELP_DESK}/transitiveMemberOf")
    assert {row["@odata.type"]: row["displayName"] for row in memberships} == {
        GROUP: "Help desk",
        ROLE: "Helpdesk Administrator",
    }


@pytest.mark.parametrize(
    ("cast", "kind"),
    [
        ("microsoft.graph.group", GROUP),
        ("graph.group", GROUP),
        ("microsoft.graph.directoryRole", ROLE),
        ("graph.directoryRole", ROLE),
    ],
)
async def test_memberships_can_be_asked_for_by_type(simulator: Client, cast: str, kind: str) -> None:
    [row] = await rows(simulator, f"/users/{HELP_DESK}/transitiveMemberOf/{cast}?$select=id,displayName")
    assert row.keys() == {"@odata.type", "id", "displayName"}
    assert row["@odata.type"] == kind


async def test_owned_groups_are_found(simulator: Client) -> None:
    for path in ("ownedObjects", "ownedObjects/microsoft.graph.group"):
        [group] = await rows(simulator, f"/users/{GROUP_OWNER}/{path}?$select=id,isAssignableToRole")
        assert group["isAssignableToRole"] is True
        assert await rows(simulator, f"/users/{GUEST}/{path}") == []


async def test_owned_applications_are_found_with_their_secrets(simulator: Client) -> None:
    path = f"/users/{TAKEN_OVER}/ownedObjects/microsoft.graph.application"
    [owned] = await rows(simulator, f"{path}?$select=appId,passwordCredentials,keyCredentials")
    assert [one["displayName"] for one in owned["passwordCredentials"]] == ["production", "backup"]
    assert owned["keyCredentials"] == []
    await simulator.grant(graph=["User.Read.All"])
    [owned] = await rows(simulator, path)
    assert (owned["appId"], owned["passwordCredentials"]) == (None, None)


async def test_a_property_that_no_member_type_has_is_refused(simulator: Client) -> None:
    for path in ("transitiveMemberOf", "ownedObjects", "transitiveMemberOf/microsoft.graph.group"):
        assert code(await simulator.get(f"/users/{HELP_DESK}/{path}?$select=nothing")) == (400, "BadRequest")


async def test_of_what_the_app_may_not_read_only_type_and_id_are_told(simulator: Client) -> None:
    kept = set(load_grants().graph) - {"GroupMember.Read.All", "RoleManagement.Read.Directory"}
    await simulator.grant(graph=sorted(kept))
    memberships = await rows(simulator, f"/users/{HELP_DESK}/transitiveMemberOf")
    assert {row["@odata.type"] for row in memberships} == {GROUP, ROLE}
    for row in memberships:
        told = {name for name, value in row.items() if value is not None}
        assert told == {"@odata.type", "id"}
