"""Role groups, at Exchange Online and at Security & Compliance, which are two places."""

from typing import Any

import httpx
import pytest

from local.simulator.contract import ROLES
from local.simulator.tokens import PROTECTION
from tests.simulator.client import EXCHANGE, NO_MAILBOX, TAKEN_OVER, TENANT, Client

ADMINISTRATORS = [
    {"name": name, "id": ROLES.roles[name].id} for name in ("Exchange Administrator", "Compliance Administrator")
]
MANAGED = {"Member": TAKEN_OVER, "Confirm": False, "BypassSecurityGroupManagerCheck": True}
PLAIN = {"Member": TAKEN_OVER, "Confirm": False}
AT = {"exchange": ("", EXCHANGE), "compliance": ("/compliance", PROTECTION)}
places = pytest.mark.parametrize(("at", "asked"), [("exchange", MANAGED), ("compliance", PLAIN)])


@pytest.fixture(autouse=True)
async def _granted(simulator: Client) -> None:
    await simulator.grant(directory_roles=ADMINISTRATORS)


async def _run(
    simulator: Client, name: str, parameters: Any = None, at: str = "exchange", token_of: str = ""
) -> httpx.Response:
    path, audience = AT[at][0], AT[token_of or at][1]
    return await simulator.http.post(
        f"{path}/adminapi/beta/{TENANT}/InvokeCommand",
        json={"CmdletInput": {"CmdletName": name, "Parameters": parameters or {}}},
        headers={"Authorization": f"Bearer {await simulator.token(audience)}"},
    )


async def _members(simulator: Client, at: str, group: str) -> list[str]:
    answer = await _run(simulator, "Get-RoleGroupMember", {"Identity": group}, at=at)
    return [str(row.get("ExternalDirectoryObjectId")) for row in answer.json()["value"]]


@places
async def test_a_member_is_added_shown_and_removed(simulator: Client, at: str, asked: dict[str, Any]) -> None:
    asked = {"Identity": "Organization Management", **asked}
    assert (await _run(simulator, "Add-RoleGroupMember", asked, at=at)).status_code == 200
    assert TAKEN_OVER in await _members(simulator, at, "organization management")
    again = await _run(simulator, "Add-RoleGroupMember", asked, at=at)
    assert (again.status_code, "MemberAlreadyExistsException" in again.text) == (400, True)

    assert (await _run(simulator, "Remove-RoleGroupMember", asked, at=at)).status_code == 200
    assert await _members(simulator, at, "Organization Management") == []
    again = await _run(simulator, "Remove-RoleGroupMember", asked, at=at)
    assert (again.status_code, "MemberNotFoundException" in again.text) == (400, True)


async def test_who_manages_no_group_passes_that_by_at_exchange_and_cannot_at_compliance(simulator: Client) -> None:
    group = {"Identity": "Organization Management"}
    refused = await _run(simulator, "Add-RoleGroupMember", group | PLAIN)
    assert (refused.status_code, "OperationRequiresGroupManager" in refused.text) == (400, True)
    refused = await _run(simulator, "Add-RoleGroupMember", group | MANAGED, at="compliance")
    assert (refused.status_code, "AmbiguousParameterSet" in refused.text) == (400, True)


async def test_assignments_are_exchanges_only(simulator: Client) -> None:
    refused = await _run(simulator, "Get-ManagementRoleAssignment", {"RoleAssignee": TAKEN_OVER}, at="compliance")
    assert refused.status_code == 403


async def test_an_assignment_is_shown_with_its_scope_among_those_of_policies(simulator: Client) -> None:
    made = {"Name": "one", "Role": "Mail Recipients", "User": TAKEN_OVER, "CustomRecipientWriteScope": "Sales"}
    assert (await _run(simulator, "New-ManagementRoleAssignment", made)).status_code == 200
    rows = (await _run(simulator, "Get-ManagementRoleAssignment", {"RoleAssignee": TAKEN_OVER})).json()["value"]
    assert [row["CustomRecipientWriteScope"] for row in rows if row["RoleAssigneeType"] == "User"] == ["Sales"]
    assert {row["RoleAssigneeType"] for row in rows} == {"User", "RoleAssignmentPolicy"}
    assert (await _run(simulator, "New-ManagementRoleAssignment", made)).status_code == 400
    assert (await _run(simulator, "Remove-ManagementRoleAssignment", {"Identity": "one"})).status_code == 200
    assert (await _run(simulator, "Remove-ManagementRoleAssignment", {"Identity": "one"})).status_code == 404


async def test_a_scope_that_exchange_keeps_for_itself_is_refused(simulator: Client) -> None:
    asked = {"Name": "one", "Role": "Mail Recipients", "User": TAKEN_OVER}
    for scope, status in (("MyDirectReports", 400), ("MyGAL", 200)):
        answer = await _run(simulator, "New-ManagementRoleAssignment", asked | {"RecipientRelativeWriteScope": scope})
        assert answer.status_code == status


async def test_two_scopes_at_once_are_refused(simulator: Client) -> None:
    scopes = {"CustomRecipientWriteScope": "Sales", "RecipientGroupScope": "Sales team"}
    asked = {"Name": "one", "Role": "Mail Recipients", "User": TAKEN_OVER, **scopes}
    assert (await _run(simulator, "New-ManagementRoleAssignment", asked)).status_code == 400


async def test_who_is_in_a_security_group_of_a_role_group_has_its_roles_and_is_no_member(simulator: Client) -> None:
    state = await simulator.state()
    next(one for one in state["accounts"] if one["user"]["id"] == NO_MAILBOX)["groups"] = ["Help desk"]
    await simulator.put_state(state)
    rows = (await _run(simulator, "Get-ManagementRoleAssignment", {"RoleAssignee": NO_MAILBOX})).json()["value"]
    assert {row["RoleAssigneeName"] for row in rows} == {"Help Desk"}
    assert NO_MAILBOX not in await _members(simulator, "exchange", "Help Desk")


@pytest.mark.parametrize("at", ["exchange", "compliance"])
async def test_a_token_of_one_place_is_none_of_the_other(simulator: Client, at: str) -> None:
    other = "compliance" if at == "exchange" else "exchange"
    answer = await _run(simulator, "Get-RoleGroup", {"ResultSize": "Unlimited"}, at=at, token_of=other)
    assert answer.status_code == 401


async def test_compliance_takes_a_permission_and_a_role_of_its_own(simulator: Client) -> None:
    await simulator.grant(protection=[], directory_roles=ADMINISTRATORS)
    assert (await _run(simulator, "Get-RoleGroup", at="compliance")).status_code == 401
    await simulator.grant(directory_roles=ADMINISTRATORS[:1])
    assert (await _run(simulator, "Get-RoleGroup", at="compliance")).status_code == 403
