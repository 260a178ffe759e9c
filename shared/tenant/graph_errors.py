"""What Graph's refusals mean. https://learn.microsoft.com/graph/errors"""

import httpx
from pydantic import BaseModel, ValidationError

from shared.tenant.answers import code, retry_after
from shared.tenant.errors import Denied, NotFound, Permanent, TenantError, Throttled, Transient, Unlicensed

SERVICE = "Microsoft Graph"
# A 404 in words that aren't Graph's comes from something in between and says nothing about the object.
_UNLICENSED = ("Authentication_RequestFromNonPremiumTenantOrB2CTenant", "AadPremiumLicenseRequired")
_PASSING = (httpx.codes.UNAUTHORIZED, httpx.codes.REQUEST_TIMEOUT, httpx.codes.NOT_FOUND)


class _Error(BaseModel):
    code: str
    message: str = ""


class _Refusal(BaseModel):
    error: _Error


def graph_error(response: httpx.Response, needs: str) -> TenantError:
    """The error for an answer that isn't 2xx. ``needs`` is the permission that the call takes.

    Of what Graph says only the status and ``error.code`` are told: its message may repeat what was sent.
    """
    status = response.status_code
    reason = _code(response)
    told = f"{SERVICE} answered {status}" + (f" ({reason})" if reason else "")
    if _unlicensed(response):
        return Unlicensed(f"{told}: the tenant has no licence for this.")
    wait = retry_after(response)
    if status == httpx.codes.TOO_MANY_REQUESTS or (status >= 500 and wait is not None):
        return Throttled(f"{told}: too busy for us now.", wait)
    if status == httpx.codes.FORBIDDEN:
        return Denied(f"{told}. The app needs {needs}.", needs)
    if status == httpx.codes.NOT_FOUND and reason:
        return NotFound(f"{told}: there is no such object.")
    if status in _PASSING or (status >= 500 and status != httpx.codes.NOT_IMPLEMENTED):
        return Transient(f"{told}.")
    return Permanent(f"{told}: this call will always be refused.")


def _unlicensed(response: httpx.Response) -> bool:
    """Identity Protection says so only in words."""
    try:
        error = _Refusal.model_validate_json(response.content).error
    except ValidationError:
        return False
    refused = response.status_code in (httpx.codes.BAD_REQUEST, httpx.codes.FORBIDDEN)
    return refused and (error.code in _UNLICENSED or "licensed" in error.message)


def _code(response: httpx.Response) -> str:
    try:
        return code(_Refusal.model_validate_json(response.content).error.code, response)
    except ValidationError:
        return ""
