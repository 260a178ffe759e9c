"""Whom to warn: the list keeps its order over its rows, is harmless in a spreadsheet and in the report, and is cut."""

import csv
import re
from dataclasses import replace
from datetime import timedelta
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.wiring import playbook
from shared.playbook.contacts import all_contacts, as_csv, contacts_view
from shared.playbook.foreign import shown
from shared.playbook.journal import notes
from shared.playbook.markdown import report
from shared.playbook.step import Plan
from shared.playbook.views import incident_view
from shared.state.entity import encode
from shared.state.incidents import Put, Snapshot
from shared.state.rows import Contact, ContactsRow, StepRow
from tests.playbook.incident import OPENED, incident

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", " =1+1", "\uff1d1", '=cmd|"/c calc"!A1', "\t=1"]
LONGEST_STRING = (
    32_768  # https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
)
STEP = "review-sent-items"


def _contact(address: str = "a@b.example", name: str = "A", messages: int = 1) -> Contact:
    return Contact(address=address, name=name, messages=messages, first_at=OPENED, last_at=OPENED + timedelta(hours=1))


def _written(contacts: list[Contact], number: int = 1) -> list[ContactsRow]:
    writes = notes(incident(), StepRow(name=STEP, round=number), Plan(contacts=tuple(contacts)))
    return [write.row for write in writes if isinstance(write, Put) and isinstance(write.row, ContactsRow)]


def _with(*rows: ContactsRow) -> Snapshot:
    return replace(incident(), contacts=rows)


def test_the_list_keeps_its_order_whatever_the_order_of_its_rows() -> None:
    everybody = [_contact(f"{number}@b.example") for number in range(95)]
    rows = _written(everybody)
    assert len(rows) == 4
    assert all_contacts(_with(*reversed(rows))) == everybody


def test_the_list_that_was_made_last_counts() -> None:
    old, new = _written([_contact("old@b.example")], 1), _written([_contact("new@b.example")], 2)
    assert [one.address for one in all_contacts(_with(*new, *old))] == ["new@b.example"]


@pytest.mark.parametrize("letter", ["a", '"', "\\", "é", "😀"])
def test_a_row_of_the_longest_names_fits_into_a_property(letter: str) -> None:
    row = _written([_contact(shown(letter * 999, 254), shown(letter * 999, 80))] * ContactsRow.SIZE)[0]
    text = encode("p", row.key, row)["contacts__json"]
    assert len(text.encode("utf-16-le")) / 2 < LONGEST_STRING


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_a_formula(text: str) -> None:
    _, row = csv.reader(StringIO(as_csv([_contact(text, text)])))
    assert row[:2] == [f"'{shown(text)}"] * 2


@given(st.text(), st.text())
def test_a_spreadsheet_reads_what_was_written_and_runs_none_of_it(address: str, name: str) -> None:
    table = list(csv.reader(StringIO(as_csv([_contact(address, name, 7)]), newline="")))
    assert table[0] == ["address", "name", "first", "last", "messages"]
    assert len(table) == 2
    assert [cell.removeprefix("'") for cell in table[1][:2]] == [
        shown(one, 254).removeprefix("'") for one in (address, name)
    ]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in table[1])
    assert table[1][2:] == ["2026-11-02 09:00:00 UTC", "2026-11-02 10:00:00 UTC", "7"]


def test_the_report_shows_the_first_and_how_many_there_are_and_drafts_the_warning() -> None:
    everybody = [_contact(f"{number}@b.example", f"Name {number}") for number in range(95)]
    snapshot = _with(*_written(everybody))
    view = contacts_view(snapshot)
    assert view is not None
    page = report(incident_view(playbook(), snapshot))

    assert (view.total, len(view.first)) == (95, 20)
    assert "- and 75 more" in page
    assert f"GET /api/incidents/{snapshot.incident.id}/contacts" in page
    assert "alex.wilber@contoso.com" in view.warning
    assert "2026-11-02 09:00" in view.warning
    assert "> Somebody else had access" in page


def test_an_incident_without_contacts_has_nothing_to_show() -> None:
    assert contacts_view(incident()) is None
    assert "Whom to warn" not in report(incident_view(playbook(), incident()))
    assert as_csv([]).splitlines() == ['"address","name","first","last","messages"']


def test_a_name_makes_no_link_and_no_line_of_its_own_in_the_report() -> None:
    snapshot = _with(*_written([_contact("[x](https://evil.example)", "<b>![](x)</b>\n# heading")]))
    page = report(incident_view(playbook(), snapshot))
    assert not re.search(r"(?<!\\)\]\(", page)
    assert "\n# heading" not in page
    assert "<b>" not in page.replace("\\<b\\>", "")


@given(st.text(max_size=300), st.integers(2, 100))
def test_what_somebody_outside_wrote_is_shown_as_one_short_line(text: str, longest: int) -> None:
    assert shown(text, longest).isprintable()
    assert len(shown(text, longest)) <= longest
    assert shown(shown(text, longest), longest) == shown(text, longest)
