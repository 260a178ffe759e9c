"""How we connect: short time-outs, no second tries (the engine decides on those), and one place for what goes wrong
before there is an answer.
"""

import logging
import ssl
from asyncio import timeout
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
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


def new_client() -> httpx.AsyncClient:
    """An HTTP client for a service of the tenant. Redirects are not followed: they could carry our token away."""
    # httpx logs each URL, and a URL names a person.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False, verify=_trust())


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
