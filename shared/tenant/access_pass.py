"""A Temporary Access Pass: what the tenant allows, and issuing one."""

from kiota_abstractions.method import Method
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr
from pydantic.alias_generators import to_camel

from shared.tenant.auth_methods import NEEDS
from shared.tenant.graph import Graph, asking
from shared.tenant.identifiers import object_id
from shared.tenant.mfa import READ
from shared.tenant.models import Flag, GraphObject, Word

_POLICY = "TemporaryAccessPass"
_EVERYBODY = "all_users"
_LIFETIME = 60  # minutes: as long as a telephone call and a registration take


class _Target(GraphObject):
    """Whom a policy means: the id of a group, or everybody."""


class PassPolicy(BaseModel):
    """https://learn.microsoft.com/graph/api/resources/temporaryaccesspassauthenticationmethodconfiguration"""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel)

    state: str
    shortest: int = Field(10, alias="minimumLifetimeInMinutes")
    longest: int = Field(43_200, alias="maximumLifetimeInMinutes")
    include_targets: tuple[_Target, ...] = ()
    exclude_targets: tuple[_Target, ...] = ()

    def allows(self, groups: frozenset[str]) -> bool:
        """Whether it is on for a user who is in these groups."""
        meant = {_EVERYBODY, *groups}
        included = any(target.id in meant for target in self.include_targets)
        return self.state == "enabled" and included and not any(target.id in meant for target in self.exclude_targets)

    @property
    def lifetime(self) -> int:
        """The minutes that we ask for: an hour, or what comes next to it."""
        return min(max(_LIFETIME, self.shortest), self.longest)


class AccessPass(GraphObject):
    """A pass that has just been issued: no other answer holds it. ``why`` is Graph's word for whether it can be used.

    https://learn.microsoft.com/graph/api/resources/temporaryaccesspassauthenticationmethod
    """

    value: SecretStr = Field(alias="temporaryAccessPass")
    starts_at: AwareDatetime = Field(alias="startDateTime")
    lifetime: int = Field(alias="lifetimeInMinutes")
    usable: Flag = Field(False, alias="isUsable")
    why: Word = Field("", alias="methodUsabilityReason")


async def pass_policy(graph: Graph) -> PassPolicy:
    """For whom passes are, and for how long.

    https://learn.microsoft.com/graph/api/temporaryaccesspassauthenticationmethodconfiguration-get
    """
    of = graph.client.policies.authentication_methods_policy.authentication_method_configurations
    info = of.by_authentication_method_configuration_id(_POLICY).to_get_request_information()
    return await graph.one(PassPolicy, info, READ)


async def issue_pass(graph: Graph, user_id: str, minutes: int) -> AccessPass:
    """Issues one that works once; what the user had before is worth nothing then. Raises ``Permanent`` where the policy
    is against it, ``Denied`` also for an administrator.

    https://learn.microsoft.com/graph/api/authentication-post-temporaryaccesspassmethods
    """
    passes = graph.client.users.by_user_id(object_id(user_id)).authentication.temporary_access_pass_methods
    body = {"lifetimeInMinutes": minutes, "isUsableOnce": True}
    return await graph.one(AccessPass, asking(Method.POST, passes, body), NEEDS)
