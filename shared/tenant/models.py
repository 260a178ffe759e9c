"""What we read of the tenant's objects: a few fields each, under our names. What we don't know is ignored."""

from typing import Annotated, Any

from pydantic import AliasPath, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel, to_pascal


def _nothing(value: Any) -> Any:
    return () if value is None else value


def _empty(value: Any) -> Any:
    return "" if value is None else value


def _false(value: Any) -> Any:
    return False if value is None else value


USER = "#microsoft.graph.user"
GROUP = "#microsoft.graph.group"

type Rows[Row] = Annotated[tuple[Row, ...], BeforeValidator(_nothing)]
type Strings = Rows[str]
type Word = Annotated[str, BeforeValidator(_empty)]
type Flag = Annotated[bool, BeforeValidator(_false)]


class GraphObject(BaseModel):
    """An object of Graph, whose properties are written in camelCase."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)

    id: str

    @classmethod
    def properties(cls) -> list[str]:
        """What ``$select`` must name to read this model."""
        return [field.alias for field in cls.model_fields.values() if field.alias]


class User(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/user"""

    user_principal_name: str
    account_enabled: bool
    display_name: str | None = None
    mail: str | None = None
    proxy_addresses: Strings = ()
    other_mails: Strings = ()
    user_type: str | None = None
    creation_type: str | None = None
    on_premises_sync_enabled: bool | None = None
    is_management_restricted: Flag = False
    sign_in_sessions_valid_from: AwareDatetime | None = Field(None, alias="signInSessionsValidFromDateTime")
    last_password_change: AwareDatetime | None = Field(None, alias="lastPasswordChangeDateTime")


class Domain(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/domain. ``authentication_type``: Managed or Federated."""

    authentication_type: str
    is_initial: Flag = False


class RoleAssignment(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/unifiedroleassignment

    With its role's name, or its principal's type, where the request has expanded that.
    """

    principal_id: str
    role_definition_id: str
    directory_scope_id: str | None = None
    role_name: str | None = Field(None, validation_alias=AliasPath("roleDefinition", "displayName"))
    principal_type: str | None = Field(None, validation_alias=AliasPath("principal", "@odata.type"))


class RoleHolder(GraphObject):
    """A user who has a directory role. https://learn.microsoft.com/graph/api/resources/user"""

    account_enabled: bool


class Group(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/group"""

    display_name: str | None = None
    is_assignable_to_role: Flag = False


class Forwarding(BaseModel):
    """Where a mailbox forwards its mail to: a recipient of the organisation, any address, or (by default) nowhere.

    Where both are set Exchange follows ``address`` only.
    """

    model_config = ConfigDict(frozen=True)

    address: str | None = None
    smtp_address: str | None = None
    deliver_and_forward: bool = False


class OwnedRow(BaseModel):
    """A row that a cmdlet returned, with properties in PascalCase. ``external_directory_object_id`` is Graph's id."""

    model_config = ConfigDict(frozen=True, alias_generator=to_pascal, validate_by_name=True, validate_by_alias=True)

    external_directory_object_id: str | None


class ExchangeObject(OwnedRow):
    """A recipient, of which kind."""

    recipient_type_details: str


class Recipient(ExchangeObject):
    """https://learn.microsoft.com/powershell/module/exchange/get-recipient"""

    recipient_type: str


class Mailbox(ExchangeObject):
    """https://learn.microsoft.com/powershell/module/exchange/get-mailbox"""

    primary_smtp_address: str
    forwarding_address: str | None
    forwarding_smtp_address: str | None
    deliver_to_mailbox_and_forward: bool

    @property
    def forwarding(self) -> Forwarding:
        return Forwarding(
            address=self.forwarding_address,
            smtp_address=self.forwarding_smtp_address,
            deliver_and_forward=self.deliver_to_mailbox_and_forward,
        )
