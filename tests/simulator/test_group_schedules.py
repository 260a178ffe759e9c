"""Groups that a user is in for a time, or may raise."""

from typing import Any

import pytest

from tests.simulator.client import TAKEN_OVER, Client, code

OF = "/identityGovernance/privilegedAccess/group"
INSTANCES = {"assigned": f"{OF}/assignmentScheduleInstances", "eligible": f"{OF}/eligibilityScheduleInstances"}
REQUESTS = {"assigned": f"/v1.0{OF}/assignmentScheduleRequests", "eligible": f"/v1.0{OF}/eligibilityScheduleRequests"}
RIGHTS = ["PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup", "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup"]
MINE = f"?$filter=principalId eq '{TAKEN_OVER}'&$expand=group"
HELP_DESK = "a0000000-0000-4000-8000-000000000002"
FOREVER = {"startDateTime": "2026-01-01T00:00:00Z", "expiration": {"type": "noExpiration"}}
ASK = {"principalId": TAKEN_OVER, "groupId": HELP_DESK, "accessId": "member", "justification": "because"}
GIVE = ASK | {"action": "adminAssign", "scheduleInfo": FOREVER}
each_kind = pytest.mark.parametrize("kind", INSTANCES)


@pytest.fixture(autouse=True)
async def _granted(simulator: Client) -> None:
    await simulator.grant(graph=[*RIGHTS, "GroupMember.Read.All", "User.Read.All"])


@each_kind
async def test_access_is_given_shown_and_taken_away(simulator: Client, kind: str) -> None:
    given = await simulator.graph("POST", REQUESTS[kind], GIVE)
    (shown,) = (await simulator.get(INSTANCES[kind] + MINE)).json()["value"]
    assert (given.status_code, given.json()["status"]) == (201, "Provisioned")
    assert (shown["groupId"], shown["accessId"], shown["endDateTime"]) == (HELP_DESK, "member", None)
    assert shown["group"]["isAssignableToRole"] is True
    again = await simulator.graph("POST", REQUESTS[kind], GIVE)
    assert code(again) == (400, "RoleAssignmentExists")

    gone = await simulator.graph("POST", REQUESTS[kind], ASK | {"action": "adminRemove"})
    assert (gone.status_code, gone.json()["status"]) == (201, "Revoked")
    assert (await simulator.get(INSTANCES[kind] + MINE)).json()["value"] == []
    again = await simulator.graph("POST", REQUESTS[kind], ASK | {"action": "adminRemove"})
    assert code(again) == (400, "RoleAssignmentDoesNotExist")


async def test_who_is_in_for_a_time_is_a_member_and_who_may_raise_it_is_not(simulator: Client) -> None:
    async def groups() -> set[str]:
        path = f"/users/{TAKEN_OVER}/transitiveMemberOf/microsoft.graph.group"
        return {one["displayName"] for one in (await simulator.get(path)).json()["value"]}

    await simulator.graph("POST", REQUESTS["eligible"], GIVE)
    assert "Help desk" not in await groups()
    await simulator.graph("POST", REQUESTS["assigned"], GIVE)
    assert "Help desk" in await groups()


@each_kind
async def test_a_list_without_a_filter_is_refused(simulator: Client, kind: str) -> None:
    assert (await simulator.get(INSTANCES[kind])).status_code == 400


@each_kind
async def test_each_kind_has_its_own_permission(simulator: Client, kind: str) -> None:
    (other,) = [one for one in RIGHTS if ("Eligibility" in one) is (kind != "eligible")]
    await simulator.grant(graph=[other])
    assert (await simulator.get(INSTANCES[kind] + MINE)).status_code == 403
    assert (await simulator.graph("POST", REQUESTS[kind], GIVE)).status_code == 403


@each_kind
async def test_it_takes_a_licence(simulator: Client, kind: str) -> None:
    state = await simulator.state()
    state["tenant"]["licence"] = "P1"
    await simulator.put_state(state)
    assert code(await simulator.get(INSTANCES[kind] + MINE)) == (400, "AadPremiumLicenseRequired")
    assert code(await simulator.graph("POST", REQUESTS[kind], GIVE)) == (400, "AadPremiumLicenseRequired")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (GIVE | {"accessId": "guest"}, 400),
        (GIVE | {"groupId": TAKEN_OVER}, 404),
        (GIVE | {"principalId": HELP_DESK}, 404),
        (ASK | {"action": "adminAssign"}, 400),
        (GIVE | {"scheduleInfo": {"expiration": {"type": "afterDateTime"}}}, 400),
        (GIVE | {"directoryScopeId": "/"}, 400),
    ],
)
async def test_what_makes_no_sense_is_refused(simulator: Client, body: dict[str, Any], status: int) -> None:
    assert (await simulator.graph("POST", REQUESTS["eligible"], body)).status_code == status
