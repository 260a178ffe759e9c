"""What an attacker wrote comes out harmless, wherever it went in and wherever it comes out."""

import csv
import json
from io import StringIO
from typing import Any

import pytest
from markdown_it import MarkdownIt

from tests.end_to_end.world import World

STRANGE = "<script>alert(1)</script>[pay](https://evil.example)![x](https://evil.example/p)=HYPERLINK(1)\u202e\u2066\x1b[31m\x9b"
HOSTILE = f"={STRANGE}\r\n# A heading\n| a | b |\n" + "A" * 65_536
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])
DOES_SOMETHING = {"html_block", "html_inline", "link_open", "image", "table_open", "code_inline", "fence", "code_block"}


def _taint(account: dict[str, Any], text: str) -> None:
    """In every place of an account that somebody who is in it can write to."""
    account["user"] |= {"displayName": text[:256]}
    for rule in account["inboxRules"]:
        if rule.get("ForwardTo") or rule.get("MoveToFolder") == "RSS Feeds":
            rule |= {"Name": text, "SubjectOrBodyContainsWords": [text]}
    for message in (*account["sentItems"], *account["messageTrace"]):
        message["subject"] = text
    for message in account["sentItems"]:
        message["toRecipients"] = [{"emailAddress": {"address": "a@northwind.example", "name": text}}]
    for registered in account["devices"]:
        registered["device"]["displayName"] = text[:256]
    for phone in account["mobileDevices"]:
        phone["DeviceType"] = text
    for method in account["methods"]:
        method["displayName"] = text
    for row in account["signIns"]:
        row |= {"clientAppUsed": text, "location": {"city": text, "countryOrRegion": text}}
    account["settings"]["autoReply"] |= {"InternalMessage": text, "ExternalMessage": text}
    account["settings"]["message"] |= {"SignatureHtml": text}
    for app in account["settings"]["apps"]:
        app |= {"DisplayName": text, "ProviderName": text}


async def _reported(running: World, text: str) -> dict[str, str]:
    """An incident over such an account: what comes out of it, by format."""
    user = await running.victim()
    state = await running.state()
    _taint(next(one for one in state["accounts"] if one["user"]["id"] == user["id"]), text)
    (await running.http.put(f"{running.stack.simulator_url}/_simulator/state", json=state)).raise_for_status()
    incident = await running.ended(await running.by_hand(user["id"]), seconds=60)
    assert incident.status == "secured", [step for step in incident.steps if step.status == "failed"]
    report = f"incidents/{incident.id}/report"
    return {
        "json": (await running.call("incident_report", "GET", report)).text,
        "markdown": (await running.call("incident_report", "GET", f"{report}?format=markdown")).text,
        "html": (await running.call("incident_report", "GET", f"{report}?format=html")).text,
        "csv": (await running.call("incident_contacts", "GET", f"incidents/{incident.id}/contacts")).text,
    }


@pytest.fixture(scope="module")
def told() -> dict[str, str]:
    return {}


async def test_an_account_full_of_hostile_words_is_taken_back_all_the_same(
    running: World, told: dict[str, str]
) -> None:
    told |= await _reported(running, HOSTILE)
    assert all("evil" in text for text in told.values())


def test_json_is_json_and_steers_nothing(told: dict[str, str]) -> None:
    assert told["json"].isascii()
    assert told["json"].replace("\n", "").isprintable()
    assert json.loads(told["json"])["status"] == "secured"


def test_markdown_has_no_link_no_tag_and_no_picture_in_it(told: dict[str, str]) -> None:
    tokens = MARKDOWN.parse(told["markdown"])
    kinds = {token.type for token in tokens} | {child.type for token in tokens for child in token.children or ()}
    allowed = {"code_inline"}  # the path of the list of contacts
    assert not kinds & (DOES_SOMETHING - allowed)
    headings = [tokens[n + 1].content for n, token in enumerate(tokens) if token.type == "heading_open"]
    assert not any("A heading" in heading for heading in headings[1:])
    assert all(line.isprintable() for line in told["markdown"].splitlines())


def test_the_page_has_no_tag_of_theirs_and_nothing_from_outside(told: dict[str, str]) -> None:
    assert "<script" not in told["html"]
    assert "<img" not in told["html"]
    assert "<a " not in told["html"]
    assert all(line.isprintable() for line in told["html"].splitlines())


def test_the_table_of_contacts_runs_nothing_and_turns_no_words_around(told: dict[str, str]) -> None:
    rows = list(csv.reader(StringIO(told["csv"])))
    cells = [cell for row in rows for cell in row]
    assert rows[0][0] == "address"
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in cells)
    assert all(cell.isprintable() for cell in cells)
