"""What an attacker wrote is words in every format that comes out, and nothing else."""

import csv
import json
import re
from html.parser import HTMLParser
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from functions.http import answer_json
from shared.playbook.contacts import as_csv
from shared.playbook.foreign import shown
from shared.playbook.markdown import LONGEST, report
from shared.playbook.page import page
from shared.playbook.report import report_of
from tests.playbook.shown import HOSTILE, INVISIBLE, LONG, OF_A_PAGE, OF_A_TABLE, shown_everywhere

HARMLESS = "harmless"
COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])
FROM_OUTSIDE = {"src", "href", "srcset", "action", "data", "poster", "background", "xlink:href", "ping", "formaction"}
RUNS = {"script", "iframe", "object", "embed", "link", "base", "form", "img", "a", "image", "use", "foreignobject"}

each = pytest.mark.parametrize(
    "words",
    [*HOSTILE, *INVISIBLE, *OF_A_PAGE, *OF_A_TABLE, LONG, "\u202e<b>" * 20_000],
    ids=lambda words: ascii(words[:30]),
)
any_words = st.text(st.characters() | st.sampled_from("<>&\"'`*_[]()#|!\\{}%=+-@\r\n\u202e\u2066\x1b\x9b"), max_size=80)


class _Browser(HTMLParser):
    """What a browser would make of a page: its parts, and the words in it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, tuple[tuple[str, str | None], ...]]] = []
        self.text = ""
        self.within: list[tuple[str, str]] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, tuple(attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append((f"/{tag}", ()))

    def handle_comment(self, data: str) -> None:
        self.parts.append((f"comment {data}", ()))

    def unknown_decl(self, data: str) -> None:
        self.parts.append((f"declaration {data}", ()))

    def handle_pi(self, data: str) -> None:
        self.parts.append((f"instruction {data}", ()))

    def handle_data(self, data: str) -> None:
        self.text += data
        self.within.append((self.parts[-1][0] if self.parts else "", data))


def _parts_of_markdown(text: str) -> list[str]:
    tokens = COMMONMARK.parse(text)
    every = [*tokens, *(child for token in tokens for child in token.children or ())]
    return [token.type for token in every if token.type not in ("text", "text_special")]


def _words_in_markdown(text: str) -> str:
    tokens = [child for token in COMMONMARK.parse(text) for child in token.children or ()]
    return "".join(token.content for token in tokens)


def _json(words: str) -> str:
    return answer_json(report_of(shown_everywhere(words))).get_body().decode()


def _table(words: str) -> str:
    contacts = shown_everywhere(words).contacts
    assert contacts is not None
    return as_csv(list(contacts.first))


@each
def test_a_page_has_the_same_parts_whatever_they_wrote_and_shows_it(words: str) -> None:
    plain, hostile = _Browser(page(shown_everywhere(HARMLESS))), _Browser(page(shown_everywhere(words)))
    assert hostile.parts == plain.parts
    assert all(line.isprintable() for line in hostile.text.splitlines())
    assert shown(words, LONGEST) in hostile.text
    assert len(hostile.text) < 60 * LONGEST


@given(any_words)
def test_a_page_has_the_same_parts_whatever_anybody_writes(words: str) -> None:
    assert _Browser(page(shown_everywhere(f"x{words}"))).parts == _Browser(page(shown_everywhere(HARMLESS))).parts


def test_nothing_in_a_page_runs_or_comes_from_outside() -> None:
    text = page(shown_everywhere(HARMLESS))
    parts = _Browser(text).parts
    attributes = {name for _, attrs in parts for name, _ in attrs}
    assert not RUNS & {tag for tag, _ in parts}
    assert not attributes & FROM_OUTSIDE
    assert not [name for name in attributes if name.startswith("on")]
    assert "style" not in attributes
    assert not re.search(r"url\(|@import|https?://(?!learn\.microsoft\.com|aka\.ms)", text)


def test_what_they_wrote_from_right_to_left_stays_among_itself_on_a_page() -> None:
    """Letters of such a writing turn what stands beside them, with no control character at all."""
    read = _Browser(page(shown_everywhere("\u05d0\u05d1\u05d2")))
    within = {part for part, text in read.within if "\u05d0" in text}
    assert within == {"title", "bdi"}


@each
def test_markdown_has_the_same_parts_whatever_they_wrote_and_shows_it(words: str) -> None:
    plain, hostile = report(shown_everywhere(HARMLESS)), report(shown_everywhere(words))
    assert _parts_of_markdown(hostile) == _parts_of_markdown(plain)
    assert all(line.isprintable() for line in hostile.splitlines())
    assert shown(words, LONGEST) in _words_in_markdown(hostile)


@each
def test_json_is_what_they_wrote_and_steers_nothing(words: str) -> None:
    text = _json(words)
    assert text.isascii()
    assert text.isprintable()
    told = json.loads(text)
    assert told["reason"] == told["steps"][0]["findings"][0]["text"] == words


@each
def test_a_table_has_two_rows_and_no_formula_whatever_they_wrote(words: str) -> None:
    rows = list(csv.reader(StringIO(_table(words), newline="")))
    assert [len(row) for row in rows] == [5, 5]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "\uff1d")) for row in rows for cell in row)
    assert all(cell.isprintable() for row in rows for cell in row)
