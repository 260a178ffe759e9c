"""The unified audit log: a search takes its time, shows what its filters and the caller's permission let through."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.simulator.client import Client, code

QUERIES = "/beta/security/auditLog/queries"
ALEX, MEGAN = "alex.wilber@contoso.com", "megan.bowen@contoso.com"


def _at(hours: float) -> str:
    return f"{datetime.now(UTC) + timedelta(hours=hours):%Y-%m-%dT%H:%M:%SZ}"


def _asked(**filters: Any) -> dict[str, Any]:
    return {
        "displayName": "x",
        "filterStartDateTime": _at(-48),
        "filterEndDateTime": _at(0),
        "userPrincipalNameFilters": [ALEX],
    } | filters


async def _behave(simulator: Client, **behaviour: str) -> None:
    state = await simulator.state()
    state["tenant"]["behaviour"] |= behaviour
    await simulator.put_state(state)


async def _search(simulator: Client, **filters: Any) -> str:
    answer = await simulator.graph("POST", QUERIES, _asked(**filters))
    assert answer.status_code == httpx.codes.CREATED, answer.text
    assert answer.json()["status"] == "notStarted"
    return f"{QUERIES}/{answer.json()['id']}"


async def _found(simulator: Client, **filters: Any) -> list[dict[str, Any]]:
    search = await _search(simulator, **filters)
    assert (await simulator.graph("GET", search)).json()["status"] == "succeeded"
    answer = await simulator.graph("GET", f"{search}/records")
    assert answer.status_code == httpx.codes.OK, answer.text
    return list(answer.json()["value"])


async def test_there_are_tenants_where_only_beta_has_it(simulator: Client) -> None:
    answer = await simulator.graph("POST", "/v1.0/security/auditLog/queries", _asked())
    assert code(answer) == (404, "UnknownError")
    await _behave(simulator, auditLog="both")
    answer = await simulator.graph("POST", "/v1.0/security/auditLog/queries", _asked())
    assert answer.status_code == httpx.codes.CREATED


async def test_a_search_is_not_done_at_once_and_not_read_before(simulator: Client) -> None:
    await _behave(simulator, auditSearches="slow")
    search = await _search(simulator)
    early = await simulator.graph("GET", f"{search}/records")
    assert code(early) == (400, "BadRequest")
    statuses = [(await simulator.graph("GET", search)).json()["status"] for _ in range(3)]
    assert statuses == ["running", "running", "succeeded"]


async def test_a_search_outlives_a_restart_of_the_tenant(simulator: Client) -> None:
    search = await _search(simulator)
    await simulator.put_state(await simulator.state())
    assert (await simulator.graph("GET", search)).json()["status"] == "succeeded"


@pytest.mark.parametrize(
    ("filters", "operations"),
    [
        ({"operationFilters": ["New-InboxRule"]}, {"New-InboxRule"}),
        ({"operationFilters": ["Set-Mailbox"], "filterEndDateTime": _at(-40)}, set()),
        ({"operationFilters": ["New-InboxRule"], "userPrincipalNameFilters": [MEGAN]}, set()),
    ],
)
async def test_filters_count_together(simulator: Client, filters: dict[str, Any], operations: set[str]) -> None:
    assert {one["operation"] for one in await _found(simulator, **filters)} == operations


async def test_the_address_stands_in_the_classic_record_only(simulator: Client) -> None:
    first = (await _found(simulator, operationFilters=["Set-Mailbox"]))[0]
    assert first["clientIp"] is None
    assert first["auditData"]["ClientIP"].startswith("203.0.113.66:")
    assert (first["userPrincipalName"], first["auditData"]["UserId"]) == (ALEX, ALEX)


async def test_who_may_read_another_workload_only_sees_nothing_of_exchange(simulator: Client) -> None:
    await simulator.grant(graph=["AuditLogsQuery-Entra.Read.All"])
    assert await _found(simulator) == []
    await simulator.grant(graph=["AuditLog.Read.All"])
    assert code(await simulator.graph("POST", QUERIES, _asked())) == (403, "Authorization_RequestDenied")


async def test_an_end_before_the_start_is_invalid(simulator: Client) -> None:
    answer = await simulator.graph("POST", QUERIES, _asked(filterEndDateTime=_at(-72)))
    assert code(answer) == (400, "BadRequest")


async def test_an_organisation_that_keeps_no_log_says_so_and_finds_nothing(simulator: Client) -> None:
    state = await simulator.state()
    state["tenant"]["audited"] = False
    await simulator.put_state(state)
    (config,) = (await simulator.cmdlet("Get-AdminAuditLogConfig")).json()["value"]
    assert config["UnifiedAuditLogIngestionEnabled"] is False
    assert await _found(simulator) == []
