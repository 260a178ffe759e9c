"""The shape of the seed files, which is also the shape of ``/_simulator/state``.

``tenant.json`` is one TenantSeed, every other file beside it one AccountSeed: see local/accounts/.
"""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal
from uuid import NAMESPACE_OID, uuid5

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from local.simulator.records import Json

ACCOUNTS = Path(__file__).parents[1] / "accounts"
_AGO = re.compile(r'"(\d+) hours ago"')


class Seed(BaseModel):
    """camelCase in the file, unknown keys refused."""

    model_config = ConfigDict(extra="forbid", alias_generator=to_camel, populate_by_name=True)


class Identity(Seed):
    """The managed identity that calls."""

    client_id: str
    object_id: str


class Application(Seed):
    """Our app registration, which people sign in to; ``app_roles`` by value, all of them for users."""

    client_id: str
    app_roles: list[str] = []


class GroupSeed(Seed):
    """A group by its Graph properties; ``roles`` are the directory roles assigned to it."""

    group: Json
    roles: list[str] = []


class Behaviour(Seed):
    """Where no source says what Microsoft does: each plausible way, one chosen."""

    reset_of_federated: Literal["refused", "no-effect"] = "refused"
    reset_of_guest: Literal["refused", "no-effect"] = "refused"
    revoke_on_administrators: Literal["refused", "allowed"] = "refused"
    folder_users: Literal["names", "objects"] = "names"
    missing_object_status: Literal[404, 400, 500] = 404
    unsupported_rules: Literal["changeable", "refused"] = "changeable"
    accepted_domains: Literal["readable", "refused"] = "readable"
    unblocking: Literal["allowed", "limit-reached"] = "allowed"
    message_trace: Literal["ready", "not-onboarded"] = "ready"
    identity_protection: Literal["unlimited", "one-a-second"] = "unlimited"
    sign_in_log: Literal["unlimited", "five-in-ten-seconds"] = "unlimited"
    no_photo: Literal["not-found", "one-pixel"] = "not-found"
    audit_log: Literal["beta-only", "both"] = "beta-only"
    audit_searches: Literal["soon", "slow", "busy", "never", "failing"] = "soon"


def _ordinary_pass_policy() -> Json:
    """As Microsoft sets it in a new tenant, and switched on for everybody."""
    return {
        "state": "enabled",
        "defaultLength": 8,
        "defaultLifetimeInMinutes": 60,
        "minimumLifetimeInMinutes": 60,
        "maximumLifetimeInMinutes": 480,
        "isUsableOnce": False,
        "includeTargets": [{"targetType": "group", "id": "all_users", "isRegistrationRequired": False}],
        "excludeTargets": [],
    }


class RoleGroupSeed(Seed):
    """A role group of Exchange Online or of Security & Compliance: its roles, and the security groups in it."""

    name: str
    roles: list[str] = []
    groups: list[str] = []


class TenantSeed(Seed):
    """The tenant without its accounts. ``contacts`` are Exchange mail contacts; the clock's offset in seconds."""

    id: str
    display_name: str
    domains: list[Json]
    identity: Identity
    application: Application
    groups: list[GroupSeed] = []
    role_groups: list[RoleGroupSeed] = []
    defender_role_groups: list[RoleGroupSeed] = []
    contacts: list[Json] = []
    transport_rules: list[Json] = []
    service_principals: list[Json] = []
    security_defaults: bool = False
    access_policies: list[Json] = []
    pass_policy: Json = Field(default_factory=_ordinary_pass_policy)
    grants_for_all: list[Json] = []
    behaviour: Behaviour = Behaviour()
    exchange_hybrid: bool = False
    licence: Literal["P2", "P1", "free"] = "P2"
    clock_offset: float = 0.0
    audited: bool = True
    audit_queries: list[Json] = []


class DeviceSeed(Seed):
    """A device by its Graph properties, and what the account is to it."""

    device: Json
    registered: bool = True
    owned: bool = True


def _ordinary_folders() -> list[Json]:
    """Folders as they are in a new mailbox: nobody else sees more than when the user is free or busy."""
    types = {"Root": "Top of Information Store", "Inbox": "Inbox", "SentItems": "Sent Items", "Calendar": "Calendar"}
    return [
        {
            "FolderType": kind,
            "FolderPath": f"/{name}",
            "Permissions": [
                {"User": "Default", "AccessRights": ["AvailabilityOnly" if kind == "Calendar" else "None"]},
                {"User": "Anonymous", "AccessRights": ["None"]},
            ],
        }
        for kind, name in types.items()
    ]


class Delegations(Seed):
    """Who else may use a mailbox, each entry with Exchange's properties; users by their principal name.

    What is left out of an entry is as Exchange makes it: not inherited, not denied, for the whole mailbox, mapped.
    """

    full_access: list[Json] = []
    send_as: list[Json] = []
    folders: list[Json] = Field(default_factory=_ordinary_folders)


class MailboxSettings(Seed):
    """The automatic reply, the message configuration (with the signature) and the add-ins, by Exchange's properties."""

    auto_reply: Json = {}
    message: Json = {}
    apps: list[Json] = []


class AccountSeed(Seed):
    """One account: Graph properties, names of roles and groups, app roles assigned to it, Exchange properties.

    ``mailbox`` is None where there is no cloud mailbox; ``recipient`` then may still make it a mail user.
    """

    user: Json
    roles: list[str | Json] = []
    groups: list[str] = []
    group_schedules: list[Json] = []
    role_groups: list[str] = []
    role_assignments: list[Json] = []
    defender_role_groups: list[str] = []
    owns: list[str] = []
    owned_applications: list[Json] = []
    app_roles: list[str] = []
    mailbox: Json | None = None
    delegations: Delegations = Delegations()
    settings: MailboxSettings = MailboxSettings()
    recipient: Json | None = None
    inbox_rules: list[Json] = []
    outlook_rules: list[Json] = []
    sweep_rules: list[Json] = []
    blocked_sender: Json | None = None
    devices: list[DeviceSeed] = []
    mobile_devices: list[Json] = []
    cas_mailbox: Json = {}
    sent_items: list[Json] = []
    message_trace: list[Json] = []
    sign_ins: list[Json] = []
    risk: Json = {}
    audits: list[Json] = []
    audit_records: list[Json] = []
    photo: Json | None = None
    grants: list[Json] = []
    assignments: list[Json] = []
    methods: list[Json] = []
    mfa: Json = Field(default_factory=lambda: {"perUserMfaState": "disabled"})


class State(Seed):
    """The whole tenant."""

    tenant: TenantSeed
    accounts: list[AccountSeed]


def read_seeds(directory: Path = ACCOUNTS) -> State:
    """The state that a directory of seed files describes. Raises pydantic's ValidationError."""
    accounts = sorted(path for path in directory.glob("*.json") if path.name != "tenant.json")
    return State(
        tenant=TenantSeed.model_validate_json(_read(directory / "tenant.json")),
        accounts=[AccountSeed.model_validate_json(_read(path)) for path in accounts],
    )


def _read(path: Path) -> str:
    """The text of a seed file, in which ``"26 hours ago"`` is a time: an attack is always a recent one."""
    now = datetime.now(UTC)
    return _AGO.sub(lambda ago: f'"{now - timedelta(hours=int(ago[1])):%Y-%m-%dT%H:%M:%SZ}"', path.read_text())


def stable_id(*parts: str) -> str:
    """An id that is the same in every run, for what the seeds need not name."""
    return str(uuid5(NAMESPACE_OID, "/".join(parts)))
