"""What Exchange Online's refusals mean.

The admin API tells little by its status: the same mistake comes with another one from the next build. What counts is
the type of the .NET exception inside, else a few known sentences, and the status only where there is neither.
"""

import re
from dataclasses import dataclass

import httpx
from pydantic import BaseModel, ValidationError

from shared.tenant.answers import code, retry_after
from shared.tenant.errors import Denied, NotFound, Permanent, TenantError, Throttled, Transient

SERVICE = "Exchange Online"
_ROLE = "Exchange Recipient Administrator"
_ROLES = {
    "Get-BlockedSenderAddress": "Security Administrator",
    "Remove-BlockedSenderAddress": "Security Administrator",
    "Get-ManagementRoleAssignment": "Exchange Administrator",
    "New-ManagementRoleAssignment": "Exchange Administrator",
    "Remove-ManagementRoleAssignment": "Exchange Administrator",
    "Get-RoleGroupMember": "Exchange Administrator",
    "Add-RoleGroupMember": "Exchange Administrator",
    "Remove-RoleGroupMember": "Exchange Administrator",
}

type Kind = type[TenantError]

EXCEPTIONS: dict[str, Kind] = {
    "ManagementObjectNotFoundException": NotFound,
    "UserNotFoundInPermissionEntryException": NotFound,
    "CommandNotFoundException": Denied,
    "CmdletAccessDeniedException": Denied,
    "AmbiguousParameterSetException": Permanent,
    "ParameterTransformationException": Permanent,
    "ParameterBindingException": Permanent,
    "ManagementObjectAmbiguousException": Permanent,
    "InvalidOperationInDehydratedContextException": Permanent,
    "ServerBusyException": Transient,
    "TransientException": Transient,
    "BackendCommunicationException": Transient,
    "CmdletProxyNotAvailableFailure": Transient,
}
_ON_PREMISES = "on-premises mastered"
SENTENCES: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile("may be transient"), Transient),
    (re.compile("DualWrite .*RequestId"), Transient),
    (re.compile("couldn.t be found on"), NotFound),
    (re.compile("specified mailbox .*doesn.t exist"), NotFound),
    (re.compile("The term .* is not recognized"), Denied),
    (re.compile("isn.t present in the role definition of the current user"), Denied),
    (re.compile("isn.t supported in this scenario"), Denied),
    (re.compile("isn.t assigned to any management roles"), Denied),
)


class _Exception(BaseModel):
    type: str | None = None
    message: str | None = None


class _Inner(BaseModel):
    internalexception: _Exception | None = None


class _Detail(BaseModel):
    message: str | None = None


class _Error(BaseModel):
    code: str | None = None
    message: str | None = None
    details: list[_Detail] | None = None
    innererror: _Inner | None = None


class _Refusal(BaseModel):
    error: _Error


@dataclass(frozen=True)
class Reason:
    """Why a cmdlet failed: the last part of the exception's type ("" if untold), and the sentence that came with it."""

    exception: str
    sentence: str

    @property
    def kind(self) -> Kind | None:
        """What it means, None where it is nothing we know."""
        if _ON_PREMISES in self.sentence:
            return Permanent
        known = (kind for pattern, kind in SENTENCES if pattern.search(self.sentence))
        return EXCEPTIONS.get(self.exception) or next(known, None)


def exchange_error(response: httpx.Response, cmdlet: str) -> TenantError:
    """The error for an answer that isn't 2xx. Of what Exchange says only status and exception type are told."""
    status = response.status_code
    wait = retry_after(response)
    error = _error(response)
    reason = _reason(error) if error else Reason("", "")
    if status == httpx.codes.TOO_MANY_REQUESTS or (status >= 500 and wait is not None):
        return Throttled(f"{SERVICE} answered {cmdlet} with {status}: too busy for us now.", wait)
    kind = reason.kind or _by_status(status, error)
    shown = code(reason.exception, response) or code(error.code or "" if error else "", response)
    return failure(
        kind, f"{SERVICE} answered {cmdlet} with {status}" + (f" ({shown})" if shown else ""), reason, cmdlet
    )


def failed_nonetheless(message: str, cmdlet: str, response: httpx.Response) -> TenantError:
    """The error for a 200 that carries an error in its body."""
    reason = _split(message)
    shown = code(reason.exception, response) or "no exception named"
    return failure(reason.kind or Permanent, f"{SERVICE} took {cmdlet}, but it failed ({shown})", reason, cmdlet)


def failure(kind: Kind, told: str, reason: Reason, cmdlet: str) -> TenantError:
    """The error of this kind, with what a person can do."""
    if issubclass(kind, Denied):
        role = _ROLES.get(cmdlet, _ROLE)
        needs = f"the Exchange permission Exchange.ManageAsApp and the directory role {role}"
        return Denied(f"{told}. The app needs {needs}.", needs)
    if _ON_PREMISES in reason.sentence:
        return Permanent(f"{told}: this is mastered on-premises and has to be changed there.")
    return kind(f"{told}.")


def _error(response: httpx.Response) -> _Error | None:
    try:
        return _Refusal.model_validate_json(response.content).error
    except ValidationError:
        return None


def _reason(error: _Error) -> Reason:
    inner = error.innererror.internalexception if error.innererror else None
    if inner and inner.type:
        return Reason(_last(inner.type), inner.message or "")
    for detail in error.details or ():
        if detail.message:
            return _split(detail.message)
    return Reason("", error.message or "")


def _split(message: str) -> Reason:
    """A message written as ``code|exception type|sentence``, or a mere sentence."""
    match message.split("|", 2):
        case [_, kind, sentence]:
            return Reason(_last(kind), sentence)
    return Reason("", message)


def _last(kind: str) -> str:
    return kind.rpartition(".")[2]


def _by_status(status: int, error: _Error | None) -> Kind:
    """401 is a role that lacks: our tokens are always fresh. A 403 may come with a body of NULs."""
    if status in (httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN):
        return Denied
    if status == httpx.codes.NOT_FOUND and error and error.code == "NotFound":
        return NotFound
    passes = status >= 500 and status != httpx.codes.NOT_IMPLEMENTED
    if passes or status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.NOT_FOUND):
        return Transient
    return Permanent
