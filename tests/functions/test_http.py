"""What every HTTP function answers with: what was asked for, or a problem that a person can act on."""

import json
from http import HTTPStatus
from typing import Any

import azure.functions as func
import pytest
from azure.core.exceptions import ClientAuthenticationError, HttpResponseError, ServiceRequestError
from pydantic import BaseModel, ConfigDict, Field

from functions.http import MAX_BODY, Problem, answer_json, answers, body, parsed, parsed_query, problem
from functions.intake.by_hand import ByHand, open_incident
from shared.alerts.errors import BadPayload

SECRET = "Corr3ct-horse"


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")

    who: str = Field(max_length=10)
    how_many: int = 1
    others: list[int] = []


class Named(BaseModel):
    name: str


def _request(content: bytes = b"", **params: str) -> func.HttpRequest:
    return func.HttpRequest("POST", "/api/any", params=params, body=content)


async def _answered(error: Exception) -> tuple[int, dict[str, Any]]:
    @answers
    async def handler(req: func.HttpRequest) -> func.HttpResponse:
        raise error

    answer = await handler(_request())
    assert answer.mimetype == "application/problem+json"
    return answer.status_code, json.loads(answer.get_body())


async def test_an_answer_passes_through() -> None:
    @answers
    async def handler(req: func.HttpRequest) -> func.HttpResponse:
        return answer_json({"ok": True}, HTTPStatus.CREATED)

    answer = await handler(_request())
    assert (answer.status_code, answer.mimetype) == (201, "application/json")
    assert json.loads(answer.get_body()) == {"ok": True}


def test_a_model_is_answered_as_its_json() -> None:
    answer = answer_json(Asked(who="Zoë"))
    assert answer.status_code == HTTPStatus.OK
    assert json.loads(answer.get_body()) == {"who": "Zoë", "how_many": 1, "others": []}


@pytest.mark.parametrize("text", ["\x1b[31m", "\x9b31m", "a\u202eb", "a\u2066b", "a\u200bb", "a\u2028b", "Zo\u00eb"])
def test_json_holds_any_words_and_nothing_that_steers_who_reads_it(text: str) -> None:
    """An attacker's words are in it, and somebody will print it in a terminal."""
    for answer in (answer_json({"name": text}), answer_json(Named(name=text))):
        assert answer.get_body().decode("ascii").isprintable()
        assert json.loads(answer.get_body()) == {"name": text}


def test_a_problem_has_the_members_of_rfc_9457() -> None:
    answer = problem(HTTPStatus.NOT_FOUND, "There is no incident with this id.")
    assert json.loads(answer.get_body()) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no incident with this id.",
    }


async def test_what_a_handler_refuses_is_a_problem_with_its_status() -> None:
    status, told = await _answered(Problem(HTTPStatus.CONFLICT, "It has ended."))
    assert (status, told["status"], told["detail"]) == (409, 409, "It has ended.")


async def test_a_payload_that_cannot_be_read_is_the_callers_to_mend() -> None:
    status, told = await _answered(BadPayload("expected a list"))
    assert (status, told["detail"]) == (400, "expected a list")


@pytest.mark.parametrize("kind", [HttpResponseError, ServiceRequestError, ClientAuthenticationError])
async def test_trouble_with_storage_asks_for_the_same_request_again_and_tells_nothing_of_itself(
    kind: type[Exception], caplog: pytest.LogCaptureFixture
) -> None:
    status, told = await _answered(kind(f"AccountKey={SECRET}"))
    assert status == HTTPStatus.SERVICE_UNAVAILABLE
    assert "Send the same request again." in told["detail"]
    assert kind.__name__ in caplog.text
    assert SECRET not in f"{told}{caplog.text}"


@pytest.mark.parametrize(("size", "fits"), [(0, True), (MAX_BODY, True), (MAX_BODY + 1, False)])
def test_a_body_is_read_up_to_its_limit(size: int, fits: bool) -> None:
    if fits:
        assert len(body(_request(b"x" * size))) == size
        return
    with pytest.raises(Problem, match="larger than") as refused:
        body(_request(b"x" * size))
    assert refused.value.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (b"", "body"),
        (b"{", "body"),
        (b"[]", "body"),
        (b"\xff\xfe", "body"),
        (b"{}", "who"),
        (b'{"who": 7}', "who"),
        (json.dumps({"who": SECRET}).encode(), "who"),
        (json.dumps({"who": "me", "how_many": SECRET}).encode(), "how_many"),
        (json.dumps({"who": "me", "others": [1, SECRET]}).encode(), "others.1"),
        (json.dumps({"who": "me", "more": SECRET}).encode(), "more"),
    ],
)
def test_what_cannot_be_parsed_names_the_field_and_never_quotes_its_value(content: bytes, field: str) -> None:
    with pytest.raises(Problem) as refused:
        parsed(Asked, _request(content))
    assert refused.value.status is HTTPStatus.BAD_REQUEST
    assert str(refused.value).startswith(f"{field}: ")
    assert SECRET not in str(refused.value)
    assert refused.value.__cause__ is None


def test_of_many_mistakes_the_first_few_are_told() -> None:
    with pytest.raises(Problem) as refused:
        parsed(Asked, _request(json.dumps({f"wrong{n}": n for n in range(500)}).encode()))
    assert str(refused.value).count(";") == 2


def test_a_query_is_parsed_as_a_body_is() -> None:
    assert parsed_query(Asked, _request(who="me", how_many="3")) == Asked(who="me", how_many=3)
    with pytest.raises(Problem) as refused:
        parsed_query(Asked, _request(who="me", how_many=SECRET))
    assert str(refused.value).startswith("how_many: ")
    assert SECRET not in str(refused.value)


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert parsed(Asked, _request(b'\xef\xbb\xbf{"who": "me"}')) == Asked(who="me")


def test_a_field_of_any_length_is_named_shortly() -> None:
    with pytest.raises(Problem) as refused:
        parsed(Asked, _request(json.dumps({"who": "me", "x" * 100_000: 1}).encode()))
    assert str(refused.value).startswith("xxxx")
    assert len(str(refused.value)) < 200


BAD_STEPS: dict[str, list[str]] = {
    "a name of any length": ["x" * 100_000],
    "very many": [f"no-{n}" for n in range(9000)],
}


@pytest.mark.parametrize("steps", BAD_STEPS.values(), ids=BAD_STEPS)
async def test_steps_that_do_not_exist_are_told_shortly(steps: list[str]) -> None:
    asked = {"account": "alex@contoso.com", "reason": "why", "steps": steps}
    answer = await open_incident(_request(json.dumps(asked).encode()))
    assert answer.status_code == HTTPStatus.BAD_REQUEST
    assert len(answer.get_body()) < 2000


def test_what_is_asked_for_twice_is_asked_for_once() -> None:
    steps = ["seal", "report", "seal"] * 20_000
    assert ByHand.model_validate({"account": "a@b", "reason": "why", "steps": steps}).steps == ("seal", "report")


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        ("Zoë called:\r\n\tspam.", "Zoë called: spam."),
        ("red\x1b[31m\x00\x9b", "red [31m"),
        ("می‌خواهم 👩‍👩‍👧", "می‌خواهم 👩‍👩‍👧"),
    ],
    ids=["several lines", "what a terminal would obey", "joined characters"],
)
def test_a_reason_is_one_line_that_any_terminal_can_show(reason: str, line: str) -> None:
    assert ByHand.model_validate({"account": "a@b", "reason": reason}).reason == line


async def test_what_is_wrong_with_a_deployment_is_not_blamed_on_the_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    """A playbook that the settings spoil is no mistake in the request that happens to need it first."""

    def playbook() -> None:
        raise ValueError("REGAIN_STEPS names no step")

    monkeypatch.setattr("functions.wiring.playbook", playbook)
    request = _request(json.dumps({"account": "alex@contoso.com", "reason": "why"}).encode())
    with pytest.raises(ValueError, match="REGAIN_STEPS"):
        await open_incident(request)
