"""How we connect: short time-outs, no second tries (the engine decides on those), and one place for what goes wrong
before there is an answer.
"""

import logging
import ssl
from asyncio import timeout
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache

import httpx

from shared.tenant.errors import Permanent, TenantError, Transient

WHOLE_CALL = 20.0
_TIMEOUT = httpx.Timeout(15.0, connect=5.0)

NO_ANSWER: dict[type[Exception], type[TenantError]] = {
    httpx.ConnectTimeout: Transient,
    httpx.ReadTimeout: Transient,
    httpx.WriteTimeout: Transient,
    httpx.PoolTimeout: Transient,
    httpx.ConnectError: Transient,
    httpx.ReadError: Transient,
    httpx.WriteError: Transient,
    httpx.CloseError: Transient,
    httpx.ProxyError: Transient,
    httpx.RemoteProtocolError: Transient,
    httpx.DecodingError: Transient,
    httpx.LocalProtocolError: Permanent,
    httpx.UnsupportedProtocol: Permanent,
    httpx.TooManyRedirects: Permanent,
    httpx.HTTPStatusError: Permanent,
    httpx.InvalidURL: Permanent,
    httpx.CookieConflict: Permanent,
    httpx.StreamConsumed: Permanent,
    httpx.StreamClosed: Permanent,
    httpx.RequestNotRead: Permanent,
    httpx.ResponseNotRead: Permanent,
}


_too_late: ContextVar[Callable[[], bool]] = ContextVar("too_late", default=lambda: False)


@contextmanager
def sending_until(moment: datetime | None, now: Callable[[], datetime]) -> Iterator[None]:
    """Nothing that is called inside is sent after ``moment``: ``Transient`` is raised instead.

    A worker may be held up for any time just before it sends. By then the step may be another's.
    """
    token = _too_late.set(lambda: moment is not None and now() >= moment)
    try:
        yield
    finally:
        _too_late.reset(token)


async def _watch_the_time(request: httpx.Request) -> None:
    request.extensions["trace"] = _refuse_what_is_too_late


async def _refuse_what_is_too_late(event: str, info: object) -> None:
    """Called by the transport; the last moment at which a request can be held back is this event."""
    del info
    if event.endswith("send_request_headers.started") and _too_late.get()():
        raise Transient("Held up for too long: the call was not sent.")


def new_client() -> httpx.AsyncClient:
    """An HTTP client for a service of the tenant. Redirects are not followed: they could carry our token away."""
    # httpx logs each URL, and a URL names a person.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.AsyncClient(
        timeout=_TIMEOUT,
        follow_redirects=False,
        verify=_trust(),
        event_hooks={"request": [_watch_the_time]},
    )


@cache
def _trust() -> ssl.SSLContext:
    """The authorities that we trust; reading them is what takes the time when a client is made."""
    return httpx.create_ssl_context()


@asynccontextmanager
async def answering(service: str, within: float = WHOLE_CALL) -> AsyncIterator[None]:
    """Calls ``service`` inside. Raises a ``TenantError`` where no answer comes within so many seconds.

    The errors of the HTTP client hold the request and are left out of the chain.
    """
    try:
        async with timeout(within):
            yield
    except TimeoutError:
        raise Transient(f"{service} did not answer within {within:.0f} s.") from None
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, httpx.CookieConflict) as error:
        kind = NO_ANSWER.get(type(error), Transient)
        raise kind(f"{service} could not be reached, or did not answer ({type(error).__name__}).") from None
