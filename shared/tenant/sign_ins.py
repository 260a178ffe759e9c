"""The sign-in log of one user: what people do (v1.0), and what programs do in their name (beta only)."""

from dataclasses import dataclass
from datetime import datetime

from kiota_abstractions.request_information import RequestInformation
from pydantic import AliasPath, AwareDatetime, Field

from shared.tenant.graph import Graph
from shared.tenant.identifiers import literal, object_id, time
from shared.tenant.models import GraphObject, Word

MOST = 1_000  # sign-ins of each kind, the newest
READ = "the Graph permission AuditLog.Read.All"

_PAGE = 500
_RISKY = ("medium", "high")
_AT_RISK = ("atRisk", "confirmedCompromised")


class SignIn(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/signin; ``error_code`` is 0 where it succeeded."""

    at: AwareDatetime = Field(alias="createdDateTime")
    ip_address: Word = ""
    client: Word = Field("", alias="clientAppUsed")
    application: Word = Field("", alias="appDisplayName")
    error_code: int = Field(0, validation_alias=AliasPath("status", "errorCode"))
    city: Word = Field("", validation_alias=AliasPath("location", "city"))
    country: Word = Field("", validation_alias=AliasPath("location", "countryOrRegion"))
    risk_level: Word = Field("", alias="riskLevelDuringSignIn")
    risk_state: Word = Field("", alias="riskState")

    @property
    def succeeded(self) -> bool:
        return self.error_code == 0

    @property
    def risky(self) -> bool:
        """Whether Entra ID Protection thinks so; without its licence the level is ``hidden``."""
        return self.risk_level in _RISKY or self.risk_state in _AT_RISK


@dataclass(frozen=True)
class Log:
    """``rows``, the newest first; where there are more than that, they reach back only to the last of them."""

    rows: tuple[SignIn, ...]
    complete: bool


async def sign_ins(graph: Graph, user_id: str, since: datetime) -> Log:
    """Where somebody signed in. Raises ``Unlicensed`` without Entra ID P1.

    https://learn.microsoft.com/graph/api/signin-list
    """
    return await _log(graph, _asked(graph, user_id, since))


async def non_interactive_sign_ins(graph: Graph, user_id: str, since: datetime) -> Log:
    """Where a program signed in by itself, with a token that it had: a stolen one shows here.

    https://learn.microsoft.com/graph/api/signin-list?view=graph-rest-beta
    """
    info = _asked(graph, user_id, since, " and signInEventTypes/any(t: t eq 'nonInteractiveUser')")
    return await _log(graph, graph.of_beta(info))


def _asked(graph: Graph, user_id: str, since: datetime, more: str = "") -> RequestInformation:
    info = graph.client.audit_logs.sign_ins.to_get_request_information()
    info.query_parameters = {
        "%24filter": f"userId eq {literal(object_id(user_id))} and createdDateTime ge {time(since)}{more}",
        "%24top": _PAGE,
    }
    return info


async def _log(graph: Graph, info: RequestInformation) -> Log:
    rows = await graph.rows(SignIn, info, READ, most=MOST)
    return Log(tuple(sorted(rows[:MOST], key=lambda one: one.at, reverse=True)), complete=len(rows) <= MOST)
