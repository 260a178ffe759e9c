"""Sent Items, the message trace and the list of domains: who may read what, pages and filters."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.simulator.client import NO_MAILBOX, TAKEN_OVER, Client, code

FOLDER = f"/users/{TAKEN_OVER}/mailFolders/sentitems/messages"
TRACES = "/admin/exchange/tracing/messageTraces"
ALEX = "alex.wilber@contoso.com"
NOBODY = "b0000000-0000-4000-8000-00000000ffff"


def _at(hours: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _of(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


def _traced(sender: str = ALEX, start: float = -48, end: float = 0) -> str:
    times = f"receivedDateTime ge {_at(start)} and receivedDateTime le {_at(end)}"
    return f"{TRACES}?$filter=senderAddress eq '{sender}' and {times}"


async def test_sent_items_are_filtered_by_time_and_shown_newest_first(simulator: Client) -> None:
    both = _of(await simulator.get(f"{FOLDER}?$select=subject&$orderby=sentDateTime desc"))
    recent = _of(await simulator.get(f"{FOLDER}?$select=subject&$filter=sentDateTime ge {_at(-48)}"))
    old = _of(await simulator.get(f"{FOLDER}?$select=subject&$filter=sentDateTime le {_at(-48)}"))
    assert [one["subject"] for one in both] == ["Your invoice", "Minutes of Monday"]
    assert [one["subject"] for one in recent] == ["Your invoice"]
    assert [one["subject"] for one in old] == ["Minutes of Monday"]


async def test_ten_messages_are_a_page_unless_more_are_asked_for(simulator: Client) -> None:
    state = await simulator.state()
    account = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER)
    account["sentItems"] = [account["sentItems"][0] | {"id": str(number)} for number in range(25)]
    await simulator.put_state(state)
    first = await simulator.get(f"{FOLDER}?$select=id")
    assert len(_of(first)) == 10
    assert "@odata.nextLink" in first.json()
    assert len(_of(await simulator.get(f"{FOLDER}?$select=id&$top=25"))) == 25


@pytest.mark.parametrize("beyond", ["body", "bodyPreview", "uniqueBody"])
async def test_the_least_permission_shows_no_bodies(simulator: Client, beyond: str) -> None:
    await simulator.grant(graph=["Mail.ReadBasic.All"])
    assert code(await simulator.get(f"{FOLDER}?$select={beyond}")) == (403, "ErrorAccessDenied")
    await simulator.grant(graph=["Mail.Read"])
    assert _of(await simulator.get(f"{FOLDER}?$select={beyond}"))


async def test_an_account_without_mailbox_and_one_that_is_not_there_are_told_apart(simulator: Client) -> None:
    none = await simulator.get(f"/users/{NO_MAILBOX}/mailFolders/sentitems/messages")
    nobody = await simulator.get(f"/users/{NOBODY}/mailFolders/sentitems/messages")
    assert code(none) == (404, "MailboxNotEnabledForRESTAPI")
    assert code(nobody) == (404, "ErrorInvalidUser")


@pytest.mark.parametrize(
    "text", ["sentDateTime ge 'yesterday'", "sentDateTime ge 2026-13-01T00:00:00Z", "subject ge 2026-11-01T00:00:00Z"]
)
async def test_what_is_no_time_is_refused(simulator: Client, text: str) -> None:
    assert code(await simulator.get(f"{FOLDER}?$filter={text}"))[0] == 400


async def test_a_trace_is_of_one_sender_and_one_time(simulator: Client) -> None:
    assert len(_of(await simulator.get(_traced()))) == 4
    assert _of(await simulator.get(_traced("megan.bowen@contoso.com"))) == []
    assert _of(await simulator.get(_traced(start=-72, end=-48))) == []


@pytest.mark.parametrize(("start", "end"), [(-24 * 11, 0), (-24 * 95, -24 * 93)])
async def test_a_trace_spans_ten_days_of_the_last_ninety(simulator: Client, start: float, end: float) -> None:
    assert code(await simulator.get(_traced(start=start, end=end)))[0] == 400


async def test_a_tenant_that_has_not_onboarded_the_trace_refuses(simulator: Client) -> None:
    state = await simulator.state()
    state["tenant"]["behaviour"]["messageTrace"] = "not-onboarded"
    await simulator.put_state(state)
    assert code(await simulator.get(_traced()))[0] == 403


async def test_each_takes_its_own_permission(simulator: Client) -> None:
    await simulator.grant(graph=["User.Read.All"])
    for path in (FOLDER, _traced(), "/domains"):
        assert (await simulator.get(path)).status_code == 403


async def test_the_domains_of_the_organisation_are_listed(simulator: Client) -> None:
    names = {one["id"] for one in _of(await simulator.get("/domains?$select=id,isVerified"))}
    assert "contoso.com" in names
