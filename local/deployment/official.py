"""What Microsoft calls the permissions, and their ids. official.json beside this file names its sources."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, alias_generator=to_camel, extra="forbid")


class Permission(_Row):
    """One application permission of Microsoft Graph; ``title`` is what the consent screen says."""

    id: str
    title: str


class Official(_Row):
    """``apps`` are the application ids of the services, ``exchange`` and ``protection`` the ids of their permissions.

    ``application_roles``: what Exchange's RBAC for Applications has in place of a Graph permission.
    """

    sources: dict[str, object]
    note: str
    apps: dict[str, str]
    exchange: dict[str, str]
    protection: dict[str, str]
    application_roles: dict[str, str]
    graph: dict[str, Permission]


OFFICIAL = Official.model_validate_json(Path(__file__).with_name("official.json").read_bytes())
