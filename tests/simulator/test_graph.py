"""Graph: the router, the permissions, the query options, the bodies, the envelope."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from local.simulator.contract import OPERATIONS
from local.simulator.grants import load_grants
from tests.simulator.client import PASSWORD, TAKEN_OVER, Client, code

USER = f"/v1.0/users/{TAKEN_OVER}"
EVERYTHING = sorted({permission for row in OPERATIONS for permission in row.permissions})


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/v1.0/nothing", (400, "BadRequest")),
        ("GET", f"{USER}/nothing", (400, "BadRequest")),
        ("GET", f"{USER}/", (200, None)),
        ("GET", f"/v1.0/Users/{TAKEN_OVER}", (400, "BadRequest")),
        ("GET", f"/beta/users/{TAKEN_OVER}", (400, "BadRequest")),
        ("DELETE", USER, (405, "Request_BadRequest")),
        ("GET", f"{USER}/revokeSignInSessions", (405, "Request_BadRequest")),
        ("GET", "/v1.0/users/$x@contoso.com", (400, "BadRequest")),
        ("GET", f"/v1.0/users('{TAKEN_OVER}')", (200, None)),
        ("GET", "/v1.0/users('$x@contoso.com')", (404, "Request_ResourceNotFound")),
        ("GET", "/v1.0/users/not-a-guid", (404, "Request_ResourceNotFound")),
        ("GET", "/v1.0/users/b0000000-0000-4000-8000-00000000ffff", (404, "Request_ResourceNotFound")),
    ],
)
async def test_only_what_the_contract_describes_is_answered(
    simulator: Client, method: str, path: str, expected: tuple[int, str | None]
) -> None:
    answer = await simulator.graph(method, path)
    assert (answer.status_code, answer.json().get("error", {}).get("code")) == expected


async def test_what_is_described_but_not_built_answers_501(simulator: Client) -> None:
    await simulator.grant(graph=EVERYTHING)
    for path in ("/v1.0/organization", f"{USER}/memberOf", f"{USER}?$expand=manager", "/v1.0/users?$orderby=mail"):
        answer = await simulator.graph("GET", path)
        assert answer.status_code == 501, path
        assert "contract" in answer.json()["error"]["message"] or "not simulated" in answer.text
    assert (await simulator.graph("PATCH", USER, {"jobTitle": "x"})).status_code == 501


PERMISSIONS = [
    ("GET", USER, None, "User.Read.All"),
    ("GET", "/v1.0/users?$filter=mail eq 'x'", None, "User.Read.All"),
    ("GET", "/v1.0/domains/contoso.com", None, "Domain.Read.All"),
    ("GET", "/v1.0/roleManagement/directory/roleAssignments", None, "RoleManagement.Read.Directory"),
    ("PATCH", USER, {"accountEnabled": False}, "User.EnableDisableAccount.All"),
    ("PATCH", USER, {"passwordProfile": {"password": PASSWORD}}, "User-PasswordProfile.ReadWrite.All"),
    ("POST", f"{USER}/revokeSignInSessions", None, "User.RevokeSessions.All"),
]


@pytest.mark.parametrize(("method", "path", "body", "permission"), PERMISSIONS, ids=lambda case: str(case)[:60])
async def test_an_operation_needs_its_permission(
    simulator: Client, method: str, path: str, body: object, permission: str
) -> None:
    granted = list(load_grants().graph)
    assert (await simulator.graph(method, path, body)).is_success
    await simulator.grant(graph=[name for name in granted if name != permission])
    assert code(await simulator.graph(method, path, body)) == (403, "Authorization_RequestDenied")


async def test_blocking_needs_the_permission_to_read_as_well(simulator: Client) -> None:
    await simulator.grant(graph=["User.EnableDisableAccount.All"])
    assert code(await simulator.graph("PATCH", USER, {"accountEnabled": False})) == (
        403,
        "Authorization_RequestDenied",
    )


async def test_the_basic_permission_reads_only_the_basic_profile(simulator: Client) -> None:
    await simulator.grant(graph=["User.ReadBasic.All"])
    assert (await simulator.graph("GET", f"{USER}?$select=id,mail")).is_success
    assert code(await simulator.graph("GET", f"{USER}?$select=accountEnabled")) == (
        403,
        "Authorization_RequestDenied",
    )


@pytest.mark.parametrize(
    "query",
    ["surprise=1", "$surprise=1", "select=id", "$filter=mail eq 'x'", "$select=id&$select=mail", "$select=nothing"],
)
async def test_a_query_option_that_is_unknown_doubled_or_invalid_is_refused(simulator: Client, query: str) -> None:
    assert code(await simulator.graph("GET", f"{USER}?{query}")) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"nonsense": 1}, "Request_BadRequest"),
        ({"accountEnabled": "false"}, "Request_BadRequest"),
        ({"accountEnabled": None}, "Request_BadRequest"),
        ({"lastPasswordChangeDateTime": "2026-01-01T00:00:00Z"}, "Request_BadRequest"),
        ({"id": "x"}, "Request_BadRequest"),
        ({"passwordProfile": {"nonsense": 1}}, "Request_BadRequest"),
        ({"passwordProfile": {"password": 7}}, "Request_BadRequest"),
        ({"passwordProfile": PASSWORD}, "Request_BadRequest"),
        ([], "BadRequest"),
    ],
    ids=str,
)
async def test_a_body_with_an_unknown_read_only_or_mistyped_property_is_refused(
    simulator: Client, body: object, expected: str
) -> None:
    before = await simulator.truth(TAKEN_OVER)
    assert code(await simulator.graph("PATCH", USER, body)) == (400, expected)
    assert await simulator.truth(TAKEN_OVER) == before


async def test_a_body_that_is_no_json_is_refused(simulator: Client) -> None:
    headers = {"Authorization": f"Bearer {await simulator.token('https://graph.microsoft.com')}"}
    for content, kind in ((b"{", "application/json"), (b"{}", "text/plain"), (b"", "application/json")):
        answer = await simulator.http.patch(USER, content=content, headers={**headers, "Content-Type": kind})
        assert code(answer) == (400, "BadRequest")


async def test_an_error_has_graphs_envelope_and_the_callers_request_id(simulator: Client) -> None:
    answer = await simulator.graph("GET", "/v1.0/users/nobody", **{"client-request-id": "mine"})
    error = answer.json()["error"]
    assert error.keys() == {"code", "message", "innerError"}
    assert error["innerError"]["client-request-id"] == answer.headers["client-request-id"] == "mine"
    assert error["innerError"]["request-id"] == answer.headers["request-id"]


async def test_every_answer_carries_the_date_of_the_servers_clock(simulator: Client) -> None:
    state = await simulator.state()
    state["tenant"]["clockOffset"] = 3600
    await simulator.put_state(state)
    answer = await simulator.graph("POST", f"{USER}/revokeSignInSessions")
    served = parsedate_to_datetime(answer.headers["date"])
    assert timedelta(minutes=59) < served - datetime.now(UTC) < timedelta(minutes=61)
    written = (await simulator.truth(TAKEN_OVER))["user"]["signInSessionsValidFromDateTime"]
    assert written == served.strftime("%Y-%m-%dT%H:%M:%SZ")
    cmdlet = await simulator.cmdlet("Get-Mailbox", {"Identity": TAKEN_OVER})
    assert parsedate_to_datetime(cmdlet.headers["date"]) - served < timedelta(minutes=1)
