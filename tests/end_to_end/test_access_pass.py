"""A Temporary Access Pass: issued to the one who asks, when the user may come in again, and left nowhere."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio

from local.stack import Stack
from shared.playbook.views import IncidentView
from tests.end_to_end.search import places_to_look, where
from tests.end_to_end.world import World, eventually, world

RESPONDER = "responder@contoso.com"
READER = "reader@contoso.com"
LENGTH = 48  # the longest there is: what is searched for must not be there by chance


@pytest_asyncio.fixture(scope="module")
async def talking(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    """A stack that issues passes, with all libraries at debug level."""
    settings = {"REGAIN_TEMPORARY_ACCESS_PASS": "true", "REGAIN_HOST_LOG_LEVEL": "DEBUG"}
    folder = tmp_path_factory.mktemp("talking")
    async with Stack(lag=(0.0, 0.5), settings=settings, folder=folder) as stack, world(stack) as running:
        state = await running.state()
        state["tenant"]["passPolicy"]["defaultLength"] = LENGTH
        (await running.http.put(f"{stack.simulator_url}/_simulator/state", json=state)).raise_for_status()
        yield running


async def _ask(running: World, incident_id: str, person: str | None = RESPONDER, **body: Any) -> httpx.Response:
    path = f"incidents/{incident_id}/temporary-access-pass"
    return await running.call("temporary_access_pass", "POST", path, person=person, json=body)


async def _secured(running: World, opener: str | None = READER) -> IncidentView:
    """An incident that a person has opened who is signed in, as it is once the account is secured."""
    user = await running.victim()
    body = {"account": user["id"], "reason": "seen by a test"}
    answer = await running.call("open_incident", "POST", "incidents", person=opener, json=body)
    return await running.ended(answer.json()["incidents"][0]["id"])


async def _released(running: World, incident: IncidentView) -> None:
    body = {"reason": "She has a new phone.", "force": True}
    await running.call("release", "POST", f"incidents/{incident.id}/release", person=RESPONDER, json=body)

    async def released() -> bool | None:
        return (await running.incident(incident.id)).status == "released" or None

    await eventually(released, 30)


async def test_a_pass_is_answered_once_and_left_nowhere(talking: World) -> None:
    incident = await _secured(talking)
    too_early = await _ask(talking, incident.id)
    await _released(talking, incident)
    kept = len(talking.answers)

    issued = await _ask(talking, incident.id, reason="She called from home.")

    del talking.answers[kept:]
    assert (too_early.status_code, issued.status_code) == (409, 201), (too_early.text, issued.text)
    assert "release the incident first" in too_early.json()["detail"]
    assert too_early.json()["incident"]["status"] == "secured"
    assert issued.headers["cache-control"] == "no-store"
    answer = issued.json()
    assert "telephone" in answer["advice"]
    assert len(answer["temporary_access_pass"]) == LENGTH

    after = await talking.incident(incident.id)
    line = next(line for line in after.history if line.event == "temporary-access-pass")
    assert (line.who, line.why) == (RESPONDER, "She called from home.")
    for form in ("json", "markdown", "html"):
        report = await talking.call("incident_report", "GET", f"incidents/{incident.id}/report?format={form}")
        assert report.is_success
        assert "She called from home." in report.text
    again = await _ask(talking, incident.id)
    talking.answers.pop()
    places = await places_to_look(talking)
    assert "DEBUG" in places["logs"]
    assert {"tables", "logs", "answers"} <= set(where(incident.id, places)), "the search finds what is there"
    assert where(answer["temporary_access_pass"], places) == []
    assert where(again.json()["temporary_access_pass"], places) == []


async def test_it_takes_a_person_with_the_role_who_has_not_opened_the_incident(talking: World) -> None:
    incident = await _secured(talking, opener=RESPONDER)
    await _released(talking, incident)

    nobody, reader, opener = [await _ask(talking, incident.id, person) for person in (None, READER, RESPONDER)]
    nowhere = await _ask(talking, "0" * 32)

    assert [answer.status_code for answer in (nobody, reader, opener, nowhere)] == [401, 403, 403, 404]
    assert "You have opened this incident" in opener.json()["detail"]
    assert not any("temporaryAccessPass" in call["path"] for call in await talking.writes(incident.account.id))  # type: ignore[union-attr]


async def test_where_nobody_has_switched_it_on_no_pass_is_issued(running: World) -> None:
    incident = await running.ended(await running.by_hand((await running.victim())["id"], mode="report-only"))

    refused = await _ask(running, incident.id)

    assert refused.status_code == httpx.codes.FORBIDDEN
    assert "REGAIN_TEMPORARY_ACCESS_PASS" in refused.json()["detail"]
