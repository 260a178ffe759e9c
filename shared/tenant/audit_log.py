"""The unified audit log, of which Exchange Online's part: what an account did to its mailbox.

A search takes the tenant minutes, at times hours: it is started, looked at until it is done, and then read. v1.0 has
the same interface as beta, and answers 404 in tenants where only beta works.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Annotated

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from pydantic import AliasPath, AwareDatetime, BaseModel, BeforeValidator, Field

from shared.tenant.errors import Denied, NotFound, Permanent, Transient
from shared.tenant.exchange import Exchange
from shared.tenant.exchange_errors import SERVICE as EXCHANGE
from shared.tenant.graph import Graph, asking
from shared.tenant.graph_errors import SERVICE
from shared.tenant.identifiers import time
from shared.tenant.models import Flag, GraphObject, Word

MOST = 5_000  # records
READ = "the Graph permission AuditLogsQuery-Exchange.Read.All"
ASK = "the Exchange permission Exchange.ManageAsApp and the directory role Global Reader"

_UNDER_WAY = ("notstarted", "running")
_SUCCEEDED = "succeeded"
_GOOD = ("", "success", "succeeded", "successful", "true", "partiallysucceeded")
_BETA = "beta/"


def _pairs(value: object) -> dict[str, str]:
    """``[{"Name": …, "Value": …}]``, as Exchange writes what a cmdlet was given."""
    if not isinstance(value, list):
        return {}
    return {
        str(one["Name"]): one["Value"] if isinstance(one.get("Value"), str) else json.dumps(one.get("Value"))
        for one in value
        if isinstance(one, dict) and one.get("Name")
    }


def _address(value: object) -> str:
    """An IP address without the port that may follow it."""
    text = str(value or "").strip()
    inner = text[1:].partition("]")[0] if text.startswith("[") else text
    for candidate in (inner, inner.rpartition(":")[0]):
        try:
            return str(ip_address(candidate))
        except ValueError:
            continue
    return ""


type Pairs = Annotated[dict[str, str], BeforeValidator(_pairs)]
type Address = Annotated[str, BeforeValidator(_address)]


class Record(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/security-auditlogrecord

    The record's own ``clientIp`` is empty: the address stands in ``auditData``, and so does what was given to a cmdlet
    (``parameters``) or changed by Outlook (``by_outlook``).
    """

    at: AwareDatetime = Field(alias="createdDateTime")
    operation: Word = ""
    service: Word = ""
    object_id: Word = ""
    address: Address = Field("", validation_alias=AliasPath("auditData", "ClientIP"))
    other_address: Address = Field("", validation_alias=AliasPath("auditData", "ClientIPAddress"))
    result: Word = Field("", validation_alias=AliasPath("auditData", "ResultStatus"))
    parameters: Pairs = Field({}, validation_alias=AliasPath("auditData", "Parameters"))
    by_outlook: Pairs = Field({}, validation_alias=AliasPath("auditData", "OperationProperties"))
    folder: Word = Field("", validation_alias=AliasPath("auditData", "Item", "ParentFolder", "Path"))
    member: Word = Field("", validation_alias=AliasPath("auditData", "Item", "ParentFolder", "MemberUpn"))
    member_rights: Word = Field("", validation_alias=AliasPath("auditData", "Item", "ParentFolder", "MemberRights"))

    shared_with: Word = Field("", validation_alias=AliasPath("auditData", "TargetUserOrGroupName"))

    @property
    def succeeded(self) -> bool:
        return str(self.result).casefold() in _GOOD

    @property
    def ip(self) -> str:
        """Where it was done from, "" where the log does not tell."""
        return self.address or self.other_address


class _Query(GraphObject):
    status: Word = ""


class _Config(BaseModel):
    on: Flag = Field(False, alias="UnifiedAuditLogIngestionEnabled")


@dataclass(frozen=True)
class Records:
    """``rows``, the oldest first; not ``complete`` where there are more than were read."""

    rows: tuple[Record, ...]
    complete: bool


async def is_on(exchange: Exchange) -> bool:
    """Whether the organisation keeps the log at all.

    https://learn.microsoft.com/powershell/module/exchange/get-adminauditlogconfig
    """
    try:
        rows = await exchange.rows(_Config, "Get-AdminAuditLogConfig", {}, about=None)
    except Denied as denied:
        told = f"{EXCHANGE} does not tell us whether the audit log is kept. The app needs {ASK}."
        raise Denied(told, ASK) from denied
    return any(row.on for row in rows)


async def start_search(graph: Graph, name: str, since: datetime, until: datetime, operations: Iterable[str]) -> str:
    """Starts a search for what ``name`` did. What to look for its outcome by: keep it.

    https://learn.microsoft.com/graph/api/security-auditcoreroot-post-auditlogqueries
    """
    body = {
        "displayName": "Regain",
        "filterStartDateTime": time(since),
        "filterEndDateTime": time(until),
        "operationFilters": list(operations),
        "userPrincipalNameFilters": [name],
    }
    queries = graph.client.security.audit_log.queries
    try:
        return (await graph.one(_Query, asking(Method.POST, queries, body), READ)).id
    except NotFound:
        return _BETA + (await graph.one(_Query, graph.of_beta(asking(Method.POST, queries, body)), READ)).id


async def is_done(graph: Graph, search: str) -> bool:
    """Whether a search can be read. Raises ``Permanent`` where it has come to nothing.

    While the service is busy it refuses to tell, in words that it uses for good otherwise.

    https://learn.microsoft.com/graph/api/security-auditlogquery-get
    """
    query = graph.client.security.audit_log.queries.by_audit_log_query_id(search.removeprefix(_BETA))
    try:
        status = (await graph.one(_Query, _versioned(graph, search, query.to_get_request_information()), READ)).status
    except (NotFound, Permanent) as error:
        raise Transient(f"{SERVICE} does not tell how far the search of the audit log is. {error}") from error
    if status.casefold() in _UNDER_WAY:
        return False
    if status.casefold() == _SUCCEEDED:
        return True
    raise Permanent(f"{SERVICE} gave up the search of the audit log ({status}): retry the step.")


async def records(graph: Graph, search: str) -> Records:
    """What a search has found, each record once. https://learn.microsoft.com/graph/api/security-auditlogquery-list-records"""
    query = graph.client.security.audit_log.queries.by_audit_log_query_id(search.removeprefix(_BETA))
    info = _versioned(graph, search, query.records.to_get_request_information())
    rows = await graph.rows(Record, info, READ, most=MOST)
    once = {row.id: row for row in rows[:MOST]}
    return Records(tuple(sorted(once.values(), key=lambda one: one.at)), complete=len(rows) <= MOST)


def _versioned(graph: Graph, search: str, info: RequestInformation) -> RequestInformation:
    return graph.of_beta(info) if search.startswith(_BETA) else info
