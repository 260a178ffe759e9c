"""What goes into a table comes out of it, whatever it holds."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest
from azure.core.exceptions import HttpResponseError
from azure.data.tables import TableEntity, UpdateMode
from azure.data.tables.aio import TableClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.account import Account
from shared.alerts.alert import NamedAccount
from shared.policy import Mode
from shared.state.entity import decode, encode
from shared.state.rows import (
    KINDS,
    AlertRow,
    ChangeRow,
    ChangeStatus,
    FindingRow,
    HistoryRow,
    IncidentRow,
    Row,
    StepRow,
    TaskRow,
)

PARTITION = "0" * 32
LONGEST = (
    32 * 1024
)  # UTF-16 code units: 64 KiB, https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=80)
TIMES = st.none() | st.datetimes(datetime(1601, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone
COUNTS = st.integers(0, 2**31 - 1)
JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
VALUES = st.dictionaries(TEXT, JSON, max_size=4)
NAMED = st.builds(NamedAccount, id=st.none() | TEXT, name=st.none() | TEXT)
ROWS: st.SearchStrategy[Row] = st.one_of(
    st.builds(
        IncidentRow,
        etag=st.none(), id=TEXT, source=TEXT, reason=TEXT, named=NAMED, mode=st.sampled_from(Mode),
        opened_at=TIMES.filter(bool), only=st.none() | st.lists(TEXT, max_size=3).map(tuple),
        account=st.none() | st.builds(Account, id=TEXT, user_principal_name=TEXT, guest=st.booleans()),
        ended_at=TIMES, joined_to=st.none() | TEXT,
    ),
    st.builds(
        StepRow,
        etag=st.none(), name=TEXT, round=COUNTS, reason=TEXT, attempts=COUNTS, owner=st.none() | TEXT, version=COUNTS,
        lease_until=TIMES, not_before=TIMES, plan_size=st.none() | COUNTS, plan_hash=st.none() | TEXT,
    ),
    st.builds(
        ChangeRow,
        etag=st.none(), step=TEXT, round=COUNTS, number=COUNTS, resource=TEXT, action=TEXT, reason=TEXT,
        before=VALUES, after=VALUES, status=st.sampled_from(ChangeStatus), problem=TEXT, applied_at=TIMES,
    ),
    st.builds(FindingRow, etag=st.none(), step=TEXT, round=COUNTS, number=COUNTS, text=TEXT, source=TEXT),
    st.builds(TaskRow, etag=st.none(), step=TEXT, slug=TEXT, text=TEXT, secures=st.booleans(), done_at=TIMES),
    st.builds(
        AlertRow,
        etag=st.none(), alert=TEXT, source=TEXT, identity=TEXT, title=TEXT, severity=TEXT, activity_at=TIMES,
        received_at=TIMES.filter(bool),
    ),
    st.builds(HistoryRow, etag=st.none(), at=TIMES.filter(bool), id=TEXT, event=TEXT, who=TEXT, why=TEXT),
)  # fmt: skip


def _change(**values: Any) -> ChangeRow:
    known = {"step": "s", "round": 1, "number": 1, "resource": "r", "action": "a", "reason": "", "before": {}}
    return ChangeRow.model_validate(known | {"after": {}} | values)


def _stored(entity: dict[str, Any]) -> TableEntity:
    stored = TableEntity(entity)
    stored._metadata = {"etag": "1", "timestamp": None}
    return stored


async def _through(table: TableClient, row: Row) -> Row:
    await table.upsert_entity(encode(PARTITION, "row", row), mode=UpdateMode.REPLACE)
    return decode(type(row), await table.get_entity(PARTITION, "row"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(row=ROWS)
async def test_what_goes_in_comes_out(table: TableClient, row: Row) -> None:
    found = await _through(table, row)
    assert found.etag
    assert found.model_copy(update={"etag": None}) == row
    assert type(found) is KINDS[row.prefix]


@given(row=ROWS)
def test_an_entity_holds_only_what_a_table_can_hold(row: Row) -> None:
    entity = encode(PARTITION, "key", row)
    assert (entity.pop("PartitionKey"), entity.pop("RowKey")) == (PARTITION, "key")
    assert all(isinstance(value, str | bool | int) for value in entity.values())
    assert all(name.removesuffix("__json").isidentifier() for name in entity)
    assert "etag" not in entity


@pytest.mark.parametrize(
    "text",
    ["x" * LONGEST, "é" * LONGEST, "\U0001f600" * (LONGEST // 2), '\\"\n' * (LONGEST // 3), "<&>" * (LONGEST // 3)],
    ids=["ASCII", "two bytes", "surrogate pairs", "escapes", "markup"],
)
async def test_a_text_of_64_kib_comes_back_whole(table: TableClient, text: str) -> None:
    row = FindingRow(step="s", round=1, number=1, text=text, source="")
    assert (await _through(table, row)).model_copy(update={"etag": None}) == row


LONG = st.builds(lambda piece, times: piece * times, TEXT.filter(bool), st.integers(1, 3 * LONGEST // 80))


@given(text=LONG, values=st.dictionaries(TEXT, LONG, max_size=2))
def test_a_text_longer_than_a_property_comes_back_whole_whatever_it_holds(text: str, values: dict[str, Any]) -> None:
    row = _change(before=values, after={"list": [text]}, problem=text)
    entity = encode(PARTITION, "k", row)
    assert all(len(value.encode("utf-16-le")) <= 2 * LONGEST for value in entity.values() if isinstance(value, str))
    assert decode(ChangeRow, _stored(entity)) == row.model_copy(update={"etag": "1"})


@given(row=ROWS, order=st.randoms())
def test_the_order_of_the_properties_does_not_matter(row: Row, order: random.Random) -> None:
    properties = list(encode(PARTITION, "k", row).items())
    order.shuffle(properties)
    assert decode(type(row), _stored(dict(properties))) == row.model_copy(update={"etag": "1"})


async def test_values_of_many_properties_come_back_in_their_order(table: TableClient) -> None:
    row = _change(before={"rule": "".join(map(str, range(80_000))), "\U0001f600": "\U0001f600" * LONGEST})
    assert (await _through(table, row)).model_copy(update={"etag": None}) == row


@pytest.mark.parametrize("character", ["x", "é", "\U0001f600", "\u202e", "\0"], ids=ascii)
async def test_a_finding_that_is_too_long_for_a_row_is_cut_and_says_so(table: TableClient, character: str) -> None:
    row = FindingRow(step="s", round=1, number=1, text=character * 2**20, source="")
    assert row.text.endswith("(cut here: too long to be kept whole)")
    assert (await _through(table, row)).model_copy(update={"etag": None}) == row


@pytest.mark.filterwarnings("ignore:Sending a large body")
async def test_what_restoring_needs_is_never_cut(table: TableClient) -> None:
    with pytest.raises(HttpResponseError):
        await _through(table, _change(before={"text": "x" * 2**20}))


async def test_nothing_and_empty_are_told_apart_inside_of_what_is_nested(table: TableClient) -> None:
    before: dict[str, Any] = {"none": None, "empty": "", "zero": 0, "false": False, "list": [], "object": {}}
    found = await _through(table, _change(before=before))
    assert isinstance(found, ChangeRow)
    assert found.before == before


async def test_a_time_keeps_its_microseconds(table: TableClient) -> None:
    at = datetime(2026, 7, 18, 10, 0, 0, 123456, tzinfo=UTC)
    found = await _through(table, _change(applied_at=at))
    assert isinstance(found, ChangeRow)
    assert found.applied_at == at


def test_what_is_not_set_is_left_out() -> None:
    assert {"owner", "skip", "not_before", "plan_size"}.isdisjoint(encode(PARTITION, "k", StepRow(name="seal")))


def test_what_is_set_is_stored_even_where_it_is_todays_default() -> None:
    """A row means the same after the default has become another one."""
    stored = encode(PARTITION, "k", StepRow(name="seal"))
    assert stored.items() >= {("status", "waiting"), ("gate", "auto"), ("round", 1), ("attempts", 0), ("reason", "")}


def test_a_property_that_a_newer_version_wrote_is_left_out() -> None:
    entity = encode(PARTITION, "k", StepRow(name="seal")) | {"new": 1, "newer__json": "[1]"}
    assert decode(StepRow, _stored(entity)) == StepRow(name="seal", etag="1")
