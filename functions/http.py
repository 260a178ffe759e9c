"""What every HTTP function answers with: JSON, or a problem (RFC 9457) that says what a person can do."""

import json
import logging
from codecs import BOM_UTF8
from collections.abc import Awaitable, Callable
from functools import wraps
from http import HTTPStatus

import azure.functions as func
from azure.core.exceptions import AzureError
from pydantic import BaseModel, JsonValue, ValidationError

from shared.alerts.errors import BadPayload

MAX_BODY = 1024 * 1024  # bytes
_SHOWN = 3
_LONGEST_FIELD = 80  # characters

log = logging.getLogger("regain.http")

Handler = Callable[[func.HttpRequest], Awaitable[func.HttpResponse]]


class Problem(Exception):
    """An answer that is not what was asked for."""

    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def answers(handler: Handler) -> Handler:
    """Turns what a handler raises into problems, so that no caller ever sees a trace or an empty 500."""

    @wraps(handler)
    async def answer(req: func.HttpRequest) -> func.HttpResponse:
        try:
            return await handler(req)
        except Problem as refused:
            return problem(refused.status, str(refused))
        except BadPayload as error:
            return problem(HTTPStatus.BAD_REQUEST, str(error))
        except AzureError as error:
            log.error("storage trouble: %s", type(error).__name__)
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, "Storage does not answer. Send the same request again.")

    return answer


def body(request: func.HttpRequest) -> bytes:
    """The request's body. Raises ``Problem`` where it is too large."""
    content = request.get_body()
    if len(content) > MAX_BODY:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body is larger than {MAX_BODY} bytes.")
    return content


def parsed[T: BaseModel](model: type[T], request: func.HttpRequest, empty: bytes = b"") -> T:
    """The request's JSON, with or without a byte order mark, as ``model``; ``empty`` stands for no body at all.

    Raises ``Problem`` that names the field, and never quotes its value.
    """
    try:
        return model.model_validate_json(body(request).removeprefix(BOM_UTF8) or empty)
    except ValidationError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, _in_words(error)) from None


def parsed_query[T: BaseModel](model: type[T], request: func.HttpRequest) -> T:
    """The query string as ``model``. Raises as ``parsed``."""
    try:
        return model.model_validate(dict(request.params))
    except ValidationError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, _in_words(error)) from None


def answer_json(
    value: JsonValue | BaseModel, status: HTTPStatus = HTTPStatus.OK, headers: dict[str, str] | None = None
) -> func.HttpResponse:
    """``value`` as JSON in ASCII: what steers a terminal or turns words around is escaped, and stays what it is."""
    text = json.dumps(value.model_dump(mode="json") if isinstance(value, BaseModel) else value)
    return func.HttpResponse(text, status_code=status, mimetype="application/json", headers=headers)


def problem(status: HTTPStatus, detail: str, **more: JsonValue) -> func.HttpResponse:
    """RFC 9457; ``more`` are members of our own."""
    content = {"type": "about:blank", "title": status.phrase, "status": status.value, "detail": detail, **more}
    return func.HttpResponse(json.dumps(content), status_code=status, mimetype="application/problem+json")


def _in_words(error: ValidationError) -> str:
    problems = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{_field(one['loc'])}: {one['msg']}" for one in problems[:_SHOWN])


def _field(place: tuple[int | str, ...]) -> str:
    """Its name, which may be one that the caller has made up."""
    return ".".join(map(str, place))[:_LONGEST_FIELD] or "body"
