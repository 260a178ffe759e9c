"""The audit log of the directory: what a user has done there, and what was done to the user."""

from datetime import datetime

from pydantic import AliasPath, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.tenant.graph import Graph
from shared.tenant.identifiers import literal, object_id, time
from shared.tenant.models import GraphObject, Rows, Word

MOST = 1_000  # entries, the newest
READ = "the Graph permission AuditLog.Read.All"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)


class Modified(_Part):
    """One property; the values are JSON in a string, as they come."""

    display_name: Word = ""
    old_value: Word = ""
    new_value: Word = ""


class Target(_Part):
    """https://learn.microsoft.com/graph/api/resources/targetresource"""

    id: Word = ""
    type: Word = ""
    display_name: Word = ""
    modified: Rows[Modified] = Field((), alias="modifiedProperties")


class Audit(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/directoryaudit; ``by`` is whom it names as the one who did it."""

    at: AwareDatetime = Field(alias="activityDateTime")
    activity: Word = Field("", alias="activityDisplayName")
    result: Word = ""
    by_user: Word = Field("", validation_alias=AliasPath("initiatedBy", "user", "userPrincipalName"))
    by_address: Word = Field("", validation_alias=AliasPath("initiatedBy", "user", "ipAddress"))
    by_app: Word = Field("", validation_alias=AliasPath("initiatedBy", "app", "displayName"))
    targets: Rows[Target] = Field((), alias="targetResources")

    @property
    def by(self) -> str:
        return self.by_user or self.by_app or "somebody"


async def done_by(graph: Graph, user_id: str, since: datetime) -> list[Audit]:
    """What the user has done in the directory, at most ``MOST`` and one more where there is more.

    https://learn.microsoft.com/graph/api/directoryaudit-list
    """
    return await _audits(graph, f"initiatedBy/user/id eq {literal(object_id(user_id))}", since)


async def done_to(graph: Graph, user_id: str, since: datetime) -> list[Audit]:
    """What was done to the user's own object. As ``done_by``."""
    return await _audits(graph, f"targetResources/any(t:t/id eq {literal(object_id(user_id))})", since)


async def _audits(graph: Graph, whose: str, since: datetime) -> list[Audit]:
    info = graph.client.audit_logs.directory_audits.to_get_request_information()
    info.query_parameters = {"%24filter": f"{whose} and activityDateTime ge {time(since)}"}
    rows = await graph.rows(Audit, info, READ, most=MOST)
    return sorted(rows, key=lambda one: one.at)[-(MOST + 1) :]
