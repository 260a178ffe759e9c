"""What a deployment sets: app settings, read once at start from the environment.

Every setting is an environment variable ``REGAIN_<NAME>``, beside ``AzureWebJobsStorage`` that the Functions
host itself needs, and ``WEBSITE_AUTH_ENABLED`` that App Service sets. Lists and objects are written as JSON.
"""

from datetime import timedelta
from functools import cache

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.alerts.starting import StartingPolicy
from shared.policy import Gate, Limits, MfaMethods, Mode


class Settings(BaseSettings):
    """Where the tenant and the storage are, and what may happen by itself."""

    # What is wrong is named and never repeated: the storage account's key may be among what was set.
    model_config = SettingsConfigDict(env_prefix="REGAIN_", frozen=True, extra="ignore", hide_input_in_errors=True)

    tenant_id: str = Field(description="The directory (tenant) id: a GUID.")
    identity_client_id: str | None = Field(None, description="Client id of a user-assigned managed identity.")
    graph_url: str = Field(
        "https://graph.microsoft.com", description="Microsoft Graph; another one in national clouds."
    )
    exchange_url: str = Field(
        "https://outlook.office365.com", description="Exchange Online; another one in national clouds."
    )
    compliance_url: str = Field(
        "https://ps.compliance.protection.outlook.com",
        description="Security & Compliance PowerShell (the Defender portal's roles); another one in national clouds.",
    )
    storage: str | None = Field(
        None, validation_alias="AzureWebJobsStorage", description="Storage connection string (local only)."
    )
    storage_account: str | None = Field(
        None,
        validation_alias="AzureWebJobsStorage__accountName",
        description="Storage account, reached with the managed identity (Azure).",
    )
    authentication: bool = Field(
        False,
        validation_alias="WEBSITE_AUTH_ENABLED",
        description="Set by App Service where its authentication is on, never by hand: without it nobody can decide.",
    )
    mode: Mode = Field(
        Mode.REPORT_ONLY, description="`report-only` plans and writes nothing to the tenant; `enforce` acts."
    )
    steps: dict[str, Gate] = Field(
        default={},
        description='Per step, over its default: `{"block-sign-in": "approve"}`; `auto`, `approve` or `off`.',
    )
    protected_accounts: tuple[str, ...] = Field(
        default=(), description="Object ids or addresses of accounts that are never changed (break-glass)."
    )
    protected_group: str | None = Field(
        None, description="Object id of a group whose members, nested ones too, are never changed."
    )
    limits: Limits = Field(
        default=Limits(), description="How many incidents may be enforced by themselves; the rest wait for approval."
    )
    mfa_methods: MfaMethods = Field(
        MfaMethods.WINDOW,
        description="Second factors that are taken away: those registered within the attack (`window`), `all`, `none`.",
    )
    temporary_access_pass: bool = Field(
        False, description="Whether a Responder may issue a Temporary Access Pass for a user who is let in again."
    )
    look_back: timedelta = Field(
        timedelta(days=7),
        gt=timedelta(0),
        description="How long before the first activity of an alert the attacker may have been in, unless a log says.",
    )
    token_lifetime: timedelta = Field(
        timedelta(minutes=95),
        gt=timedelta(0),
        description="After the seal, when the last access token has surely run out: then the watch looks once more.",
    )
    graph_client_state: SecretStr | None = Field(
        None,
        min_length=16,
        max_length=128,
        description="The clientState of your subscriptions to change notifications; without it that door is closed.",
    )
    starting: StartingPolicy = Field(default=StartingPolicy(), description="Which alerts start a response.")


@cache
def settings() -> Settings:
    """The settings of this process. Raises ``pydantic.ValidationError`` that names what is missing."""
    return Settings()
