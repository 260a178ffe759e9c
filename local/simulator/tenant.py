"""The simulated tenant: its objects, its clock, and the lag after which a write becomes visible."""

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from local.simulator.contract import ROLES
from local.simulator.rates import Rate
from local.simulator.records import Json, Record
from local.simulator.seeds import (
    AccountSeed,
    Application,
    Behaviour,
    Delegations,
    DeviceSeed,
    GroupSeed,
    Identity,
    MailboxSettings,
    RoleGroupSeed,
    State,
    TenantSeed,
    stable_id,
)


@dataclass(frozen=True)
class Lag:
    """How many seconds a write stays invisible: a random number between the two, from ``source``."""

    least: float
    most: float
    source: random.Random

    def draw(self) -> float:
        return self.source.uniform(self.least, self.most)


DIRECT, ELIGIBLE = "direct", "eligible"
ACTIVE = (DIRECT, "Assigned", "Activated")
ASSIGNED, ACTIVATED = "assigned", "activated"  # of a membership of a group


def _role(seed: str | Json) -> Json:
    """A name stands for a role in the whole directory, for good."""
    return (
        {"role": seed, "scope": "/", "kind": DIRECT}
        if isinstance(seed, str)
        else {"scope": "/", "kind": DIRECT, **seed}
    )


def _in_for_a_time(schedules: list[Json]) -> list[str]:
    return [row["group"] for row in schedules if row["access"] == "member" and row["kind"] in (ASSIGNED, ACTIVATED)]


def _plain(row: Json) -> bool:
    return bool(row == _role(row["role"]))


class Device:
    """A device, and what an account is to it."""

    def __init__(self, seed: DeviceSeed) -> None:
        self.record = Record(dict(seed.device))
        self.registered, self.owned = seed.registered, seed.owned

    def seed(self) -> DeviceSeed:
        return DeviceSeed(device=self.record.truth, registered=self.registered, owned=self.owned)


class Account:
    """A user with all that belongs to it."""

    def __init__(self, seed: AccountSeed) -> None:
        self.user = Record(dict(seed.user))
        self.mailbox = Record(dict(seed.mailbox)) if seed.mailbox is not None else None
        self.settings = Record(seed.settings.model_dump())
        self.delegations = Record(seed.delegations.model_dump())
        self.inbox_rules = [Record(dict(rule)) for rule in seed.inbox_rules]
        self.outlook_rules = list(seed.outlook_rules)
        self.sweep_rules = [Record(dict(rule)) for rule in seed.sweep_rules]
        self.recipient = seed.recipient
        self.role_rows = Record({"rows": [_role(one) for one in seed.roles]})
        self.memberships = Record({"rows": list(seed.groups)})
        self.group_schedules = Record({"rows": list(seed.group_schedules)})
        self.role_groups = Record({"rows": list(seed.role_groups)})
        self.role_assignments = Record({"rows": list(seed.role_assignments)})
        self.defender_role_groups = Record({"rows": list(seed.defender_role_groups)})
        self.owns = list(seed.owns)
        self.owned_applications = seed.owned_applications
        self.app_roles = list(seed.app_roles)
        self.blocked_sender = Record({"row": seed.blocked_sender})
        self.devices = [Device(device) for device in seed.devices]
        self.mobile_devices = seed.mobile_devices
        self.cas_mailbox = Record(dict(seed.cas_mailbox))
        self.sent_items = seed.sent_items
        self.message_trace = seed.message_trace
        self.sign_ins = seed.sign_ins
        self.risk = Record(dict(seed.risk))
        self.audits = seed.audits
        self.audit_records = seed.audit_records
        self.photo = seed.photo
        self.grants = Record({"rows": seed.grants})
        self.assignments = Record({"rows": seed.assignments})
        self.methods = Record({"rows": seed.methods})
        self.mfa = Record(dict(seed.mfa))

    @property
    def id(self) -> str:
        return str(self.user.truth["id"])

    @property
    def name(self) -> str:
        return str(self.user.truth["userPrincipalName"])

    @property
    def external(self) -> bool:
        """Whether the password belongs to another tenant."""
        return "#EXT#" in self.name or self.user.truth.get("creationType") == "Invitation"

    @property
    def synced(self) -> bool:
        return bool(self.user.truth.get("onPremisesSyncEnabled"))

    @property
    def roles(self) -> list[str]:
        """The names of the directory roles that are active."""
        return [row["role"] for row in self.role_rows.truth["rows"] if row["kind"] in ACTIVE]

    @property
    def groups(self) -> list[str]:
        """The names of the groups that it is in, those for a time too."""
        return [*self.memberships.truth["rows"], *_in_for_a_time(self.group_schedules.truth["rows"])]

    @property
    def groups_shown(self) -> list[str]:
        """As a read sees them by now."""
        return [*self.memberships.seen["rows"], *_in_for_a_time(self.group_schedules.seen["rows"])]

    def role_id(self, row: Json) -> str:
        """The id of one assignment."""
        return str(row.get("id") or stable_id(self.id, row["role"], row["scope"], row["kind"]))

    def seed(self) -> AccountSeed:
        """What is true now, in the shape of a seed file."""
        return AccountSeed(
            user=self.user.truth,
            roles=[row["role"] if _plain(row) else row for row in self.role_rows.truth["rows"]],
            groups=self.memberships.truth["rows"],
            group_schedules=self.group_schedules.truth["rows"],
            role_groups=self.role_groups.truth["rows"],
            role_assignments=self.role_assignments.truth["rows"],
            defender_role_groups=self.defender_role_groups.truth["rows"],
            owns=self.owns,
            owned_applications=self.owned_applications,
            app_roles=self.app_roles,
            mailbox=self.mailbox.truth if self.mailbox else None,
            delegations=Delegations(**self.delegations.truth),
            settings=MailboxSettings(**self.settings.truth),
            recipient=self.recipient,
            inbox_rules=[rule.truth for rule in self.inbox_rules],
            outlook_rules=self.outlook_rules,
            sweep_rules=[rule.truth for rule in self.sweep_rules],
            blocked_sender=self.blocked_sender.truth["row"],
            devices=[device.seed() for device in self.devices],
            mobile_devices=self.mobile_devices,
            cas_mailbox=self.cas_mailbox.truth,
            sent_items=self.sent_items,
            message_trace=self.message_trace,
            sign_ins=self.sign_ins,
            risk=self.risk.truth,
            audits=self.audits,
            audit_records=self.audit_records,
            photo=self.photo,
            grants=self.grants.truth["rows"],
            assignments=self.assignments.truth["rows"],
            methods=self.methods.truth["rows"],
            mfa=self.mfa.truth,
        )


class Tenant:
    """All objects. Raises ValueError where a seed names a role or group that nobody defined."""

    def __init__(self, state: State, lag: Lag) -> None:
        self._tenant: TenantSeed = state.tenant
        self._lag = lag
        self.accounts = [Account(seed) for seed in state.accounts]
        self.groups = {str(group.group["displayName"]): group for group in state.tenant.groups}
        self.reports = Rate(5, timedelta(seconds=10))
        self.risk_calls = Rate(1, timedelta(seconds=1))
        self._check_names()

    @property
    def id(self) -> str:
        return self._tenant.id

    @property
    def identity(self) -> Identity:
        return self._tenant.identity

    @property
    def application(self) -> Application:
        return self._tenant.application

    @property
    def behaviour(self) -> Behaviour:
        return self._tenant.behaviour

    @property
    def role_groups(self) -> list[RoleGroupSeed]:
        """Those of Exchange Online."""
        return self._tenant.role_groups

    @property
    def defender_role_groups(self) -> list[RoleGroupSeed]:
        """Those of Security & Compliance, which the Defender portal shows."""
        return self._tenant.defender_role_groups

    @property
    def hybrid(self) -> bool:
        """Whether on-premises Exchange masters the recipients that are synced."""
        return self._tenant.exchange_hybrid

    @property
    def licence(self) -> str:
        """The edition of Entra ID: P2, P1 or free."""
        return self._tenant.licence

    @property
    def audited(self) -> bool:
        """Whether the unified audit log is kept."""
        return self._tenant.audited

    @property
    def audit_queries(self) -> list[Json]:
        """The searches of that log, as they were asked for, with how far they are."""
        return self._tenant.audit_queries

    @property
    def contacts(self) -> list[Json]:
        return self._tenant.contacts

    @property
    def domains(self) -> list[Json]:
        return self._tenant.domains

    @property
    def security_defaults(self) -> bool:
        return self._tenant.security_defaults

    @property
    def access_policies(self) -> list[Json]:
        return self._tenant.access_policies

    @property
    def pass_policy(self) -> Json:
        """Who may have a Temporary Access Pass, and for how long."""
        return self._tenant.pass_policy

    @property
    def service_principals(self) -> list[Json]:
        return self._tenant.service_principals

    @property
    def grants_for_all(self) -> list[Json]:
        return self._tenant.grants_for_all

    @property
    def transport_rules(self) -> list[Json]:
        return self._tenant.transport_rules

    @property
    def initial_domain(self) -> str:
        return next(str(domain["id"]) for domain in self._tenant.domains if domain.get("isInitial"))

    def now(self) -> datetime:
        """The server's clock, in whole seconds as Graph shows times."""
        offset = timedelta(seconds=self._tenant.clock_offset)
        return (datetime.now(UTC) + offset).replace(microsecond=0)

    def state(self) -> State:
        """What is true, whatever reads see by now."""
        return State(tenant=self._tenant, accounts=[account.seed() for account in self.accounts])

    def write(self, record: Record, changes: Json) -> None:
        """Make changes true; reads see them after the lag."""
        record.write(changes, self._lag.draw())

    def account(self, identifier: str) -> Account | None:
        """The account with that object id or user principal name."""
        wanted = identifier.casefold()
        return next((a for a in self.accounts if wanted in (a.id.casefold(), a.name.casefold())), None)

    def domain(self, name: str) -> Json | None:
        return next((d for d in self._tenant.domains if d["id"] == name.casefold()), None)

    def federated(self, account: Account) -> bool:
        domain = self.domain(account.name.rpartition("@")[2])
        return domain is not None and domain["authenticationType"] == "Federated"

    def groups_of(self, account: Account) -> list[GroupSeed]:
        return [self.groups[name] for name in account.groups]

    def groups_shown_of(self, account: Account) -> list[GroupSeed]:
        """As a read sees it by now."""
        return [self.groups[name] for name in account.groups_shown]

    def groups_owned_by(self, account: Account) -> list[GroupSeed]:
        return [self.groups[name] for name in account.owns]

    def roles_of(self, account: Account) -> set[str]:
        """The names of the directory roles held, directly or through a group."""
        return {*account.roles, *(role for group in self.groups_of(account) for role in group.roles)}

    def _check_names(self) -> None:
        used_roles = {row["role"] for account in self.accounts for row in account.role_rows.truth["rows"]}
        used_roles |= {role for group in self.groups.values() for role in group.roles}
        used_groups = {group for account in self.accounts for group in (*account.groups, *account.owns)}
        used_app_roles = {role for account in self.accounts for role in account.app_roles}
        unknown = (used_roles - ROLES.roles.keys()) | (used_groups - self.groups.keys())
        unknown |= used_app_roles - set(self.application.app_roles)
        if unknown:
            raise ValueError(f"No such role or group: {', '.join(sorted(unknown))}")
