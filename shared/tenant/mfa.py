"""Whether a user has to prove who they are with more than a password, and what asks for it."""

import json
from datetime import datetime
from typing import Any

from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation
from pydantic import AliasPath, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.tenant.answers import accepted_at
from shared.tenant.graph import Graph
from shared.tenant.identifiers import object_id
from shared.tenant.models import Flag, GraphObject, Strings

READ = "the Graph permission Policy.Read.All"
WRITE = "the Graph permission Policy.ReadWrite.AuthenticationMethod"
ENFORCED = "enforced"

_REQUIREMENTS = "{+baseurl}/users/{user%2Did}/authentication/requirements"
_ALL = "All"
_MAIL = (_ALL, "Office365", "00000002-0000-0ff1-ce00-000000000000")  # the last is Exchange Online
_WHOM_AND_WHAT = ("users", "applications")
_ANY_CLIENT = {"browser", "mobileAppsAndDesktopClients"}


class _Requirements(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    per_user_mfa_state: str


class _Defaults(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)

    is_enabled: Flag


class Policy(GraphObject):
    """A policy of Conditional Access. https://learn.microsoft.com/graph/api/resources/conditionalaccesspolicy"""

    display_name: str = ""
    state: str = ""
    controls: Strings = Field((), validation_alias=AliasPath("grantControls", "builtInControls"))
    operator: str | None = Field(None, validation_alias=AliasPath("grantControls", "operator"))
    strength: dict[str, object] | None = Field(
        None, validation_alias=AliasPath("grantControls", "authenticationStrength")
    )
    conditions: dict[str, Any] = Field(default_factory=dict)
    applications: Strings = Field((), validation_alias=AliasPath("conditions", "applications", "includeApplications"))
    but_applications: Strings = Field(
        (), validation_alias=AliasPath("conditions", "applications", "excludeApplications")
    )
    users: Strings = Field((), validation_alias=AliasPath("conditions", "users", "includeUsers"))
    groups: Strings = Field((), validation_alias=AliasPath("conditions", "users", "includeGroups"))
    but_users: Strings = Field((), validation_alias=AliasPath("conditions", "users", "excludeUsers"))
    but_groups: Strings = Field((), validation_alias=AliasPath("conditions", "users", "excludeGroups"))

    @property
    def in_use(self) -> bool:
        """Whether it is on: not switched off, and not only reported on."""
        return self.state == "enabled"

    def asks_for_mfa(self, user_id: str, groups: frozenset[str]) -> bool:
        """Whether it asks this user for a second factor whenever they open their mail: not only at a risk, say."""
        alone = self.operator != "OR" or len(self.controls) == 1
        asks = bool(self.strength) or ("mfa" in self.controls and alone)
        return self.in_use and asks and self._means(user_id, groups) and self._means_mail() and self._always()

    def _means(self, user_id: str, groups: frozenset[str]) -> bool:
        meant = _ALL in self.users or user_id in self.users or not groups.isdisjoint(self.groups)
        return meant and user_id not in self.but_users and groups.isdisjoint(self.but_groups)

    def _means_mail(self) -> bool:
        return any(one in _MAIL for one in self.applications) and not any(one in _MAIL for one in self.but_applications)

    def _always(self) -> bool:
        """Whether nothing narrows it down: a risk, a place, a platform, or what Graph may call it one day."""
        more = {name: value for name, value in self.conditions.items() if name not in _WHOM_AND_WHAT and value}
        return all(map(_all_of_them, more.values()))


def _all_of_them(condition: object) -> bool:
    """Whether a condition holds for everything: all clients, all platforms, all places but the trusted ones."""
    match condition:
        case list():
            return "all" in condition or _ANY_CLIENT.issubset(condition)
        case dict():
            included = [value for name, value in condition.items() if name.startswith("include")]
            return all({"all", _ALL}.intersection(value or ()) for value in included) and bool(included)
        case _:
            return False


async def mfa_state(graph: Graph, user_id: str) -> str:
    """Per-user multi-factor authentication: ``disabled``, ``enabled`` or ``enforced``. Beta only.

    https://learn.microsoft.com/graph/api/authentication-get?view=graph-rest-beta
    """
    return (await graph.one(_Requirements, _requirements(graph, user_id, Method.GET), READ)).per_user_mfa_state


async def set_mfa_state(graph: Graph, user_id: str, state: str) -> datetime:
    """When it was accepted. https://learn.microsoft.com/graph/api/authentication-update?view=graph-rest-beta"""
    info = _requirements(graph, user_id, Method.PATCH)
    info.set_stream_content(json.dumps({"perUserMfaState": state}).encode(), "application/json")
    return accepted_at(await graph.send(info, WRITE))


async def security_defaults(graph: Graph) -> bool:
    """Whether Microsoft's defaults are on, which ask everybody for a second factor.

    https://learn.microsoft.com/graph/api/identitysecuritydefaultsenforcementpolicy-get
    """
    policy = graph.client.policies.identity_security_defaults_enforcement_policy
    return (await graph.one(_Defaults, policy.to_get_request_information(), READ)).is_enabled


async def access_policies(graph: Graph) -> list[Policy]:
    """The policies of Conditional Access. https://learn.microsoft.com/graph/api/conditionalaccessroot-list-policies"""
    policies = graph.client.identity.conditional_access.policies
    return await graph.rows(Policy, policies.to_get_request_information(), READ)


def _requirements(graph: Graph, user_id: str, method: Method) -> RequestInformation:
    user = graph.client.users.by_user_id(object_id(user_id))
    return graph.of_beta(RequestInformation(method, _REQUIREMENTS, dict(user.path_parameters)))
