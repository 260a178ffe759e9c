"""The times that answers tell."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tenant.answers import accepted_at, code, retry_after
from shared.tenant.errors import Throttled, Transient
from shared.tenant.tenant import Tenant
from tests.tenant.calls import ALL, GRAPH_READS, USER, Case
from tests.tenant.server import DATE, Answer, Server

WRITES = [case for case in ALL if case not in GRAPH_READS and case.name not in ("recipient", "mailbox")]


def answered(elapsed: float = 0.0, **headers: str) -> httpx.Response:
    request = httpx.Request("POST", "https://graph.microsoft.com", content=b'"sent_word"')
    response = httpx.Response(200, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response.request = request
    response.elapsed = timedelta(seconds=elapsed)
    return response


@pytest.mark.parametrize("case", WRITES, ids=str)
async def test_a_write_tells_when_it_was_accepted_by_the_services_clock(
    tenant: Tenant, server: Server, case: Case
) -> None:
    server.play(case.good)
    dated = datetime(2026, 3, 3, 10, 0, 7, tzinfo=UTC)
    accepted = await case.call(tenant)
    assert accepted.tzinfo is UTC
    assert dated - timedelta(seconds=2) < accepted <= dated


@pytest.mark.parametrize("case", WRITES, ids=str)
@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 99 Mar 2026 10:00:07 GMT"])
async def test_a_write_whose_time_is_not_told_is_not_known_to_be_accepted(
    tenant: Tenant, server: Server, case: Case, date: str
) -> None:
    server.play(Answer(case.good.status, case.good.body, {"Date": date}))
    with pytest.raises(Transient, match="date"):
        await case.call(tenant)


@pytest.mark.parametrize(
    ("elapsed", "second"),
    [(0.0, 7), (0.4, 6), (1.0, 6), (2.3, 4)],
)
def test_the_work_may_have_been_done_as_early_as_the_call_began(elapsed: float, second: int) -> None:
    assert accepted_at(answered(elapsed, Date=DATE)) == datetime(2026, 3, 3, 10, 0, second, tzinfo=UTC)


def test_a_time_in_another_zone_is_told_in_utc() -> None:
    assert accepted_at(answered(Date="Tue, 03 Mar 2026 11:00:07 +0100")).isoformat() == "2026-03-03T10:00:07+00:00"


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("1.5", 1.5),
        (" 3 ", 3.0),
        ("-5", 0.0),
        ("Tue, 03 Mar 2026 10:00:27 GMT", 20.0),
        ("Tue, 03 Mar 2026 09:00:00 GMT", 0.0),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_wait_that_is_asked_for_is_understood_in_every_form(value: str, seconds: float | None) -> None:
    assert retry_after(answered(Date=DATE, Retry_After=value)) == seconds


def test_no_wait_is_asked_for_where_none_is_named() -> None:
    assert retry_after(answered(Date=DATE)) is None


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126)))
def test_whatever_is_asked_for_the_wait_is_none_or_some_seconds(value: str) -> None:
    wait = retry_after(answered(Date=DATE, Retry_After=value))
    assert wait is None or 0.0 <= wait < float("inf")


async def test_a_throttled_call_tells_the_wait(tenant: Tenant, server: Server) -> None:
    server.play(Answer(429, headers={"Retry-After": "2.5"}), Answer(429))
    for wait in (2.5, None):
        with pytest.raises(Throttled) as throttled:
            await tenant.graph.user(USER)
        assert throttled.value.retry_after == wait


@pytest.mark.parametrize("text", ["", "two words", "a.b", "é", "x" * 81, "line\nbreak", "sent_word"])
def test_what_is_no_plain_code_of_theirs_is_not_shown(text: str) -> None:
    assert code(text, answered()) == ""
