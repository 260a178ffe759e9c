"""The step contract: four questions that every remediation step answers. The engine does everything else."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import TYPE_CHECKING

from pydantic import JsonValue

from shared.account import Account
from shared.settings import Settings
from shared.state.incidents import Snapshot
from shared.state.rows import Contact, Skip
from shared.tenant.tenant import Tenant

from .declaration import Declaration

if TYPE_CHECKING:
    from .registry import Playbook

Values = dict[str, JsonValue]


@dataclass(frozen=True)
class Change:
    """One modification of one resource: what, why, the values before and after.

    ``resource`` is unique within its step. ``irreversible`` says why this one cannot be put back, "" where it can.
    ``momentary``: it has no value to read back but a time, which moves by itself and is not what a person approves.
    """

    resource: str
    action: str
    reason: str
    before: Values
    after: Values
    irreversible: str = ""
    momentary: bool = False


@dataclass(frozen=True)
class Finding:
    """Something seen that explains or matters; ``source`` names where it was seen.

    ``at`` is when the attacker did it, or may have, None where nobody knows or nobody did. ``gap``: it says what could
    not be read, or not wholly.
    """

    text: str
    source: str
    at: datetime | None = None
    gap: bool = False


@dataclass(frozen=True)
class Task:
    """Something only a person can do. ``slug`` names it within its step; ``secures`` as in ``Declaration``."""

    slug: str
    text: str
    secures: bool = False


@dataclass(frozen=True)
class Skipped:
    """A step that does not run for this account, and why."""

    kind: Skip
    reason: str


@dataclass(frozen=True)
class Plan:
    """What ``inspect`` saw and would do.

    ``summary`` says in one sentence what was seen where there is nothing to change. ``looked`` is True where looking
    was the step's whole work, so that it is done and not merely left with nothing to do. ``contacts`` are to be warned.
    ``attack_began_at`` is since when the attacker was in, ``attackers`` from which addresses, ``attackers_rules`` what
    the attacker's rules are called, where a step without changes could tell; ``look_again`` is why the evict steps
    should look once more, "" where they need not.
    ``asked`` names what the tenant needs time for: the step comes back later, and finds it in its row. The rest of such
    a plan does not count, but for ``summary``.
    """

    changes: tuple[Change, ...] = ()
    findings: tuple[Finding, ...] = ()
    tasks: tuple[Task, ...] = ()
    skipped: Skipped | None = None
    summary: str = ""
    looked: bool = False
    attack_began_at: datetime | None = None
    attackers: tuple[str, ...] = ()
    attackers_rules: tuple[str, ...] = ()
    look_again: str = ""
    asked: str | None = None
    contacts: tuple[Contact, ...] = ()
    account: Account | None = None


class Standing(Enum):
    """What a change's resource holds today."""

    BEFORE = auto()
    AFTER = auto()
    OTHER = auto()


@dataclass(frozen=True)
class Context:
    """What a step may know: the tenant, the incident's rows as its function began, the settings, the time."""

    tenant: Tenant
    snapshot: Snapshot
    settings: Settings
    now: datetime

    @property
    def account(self) -> Account:
        """The account that triage found. Raises ``LookupError`` before triage is done."""
        account = self.snapshot.incident.account
        if account is None:
            raise LookupError("triage has not found the account yet")
        return account


class Step(ABC):
    """One remediation step: one file, one queue, one function.

    All methods raise ``shared.tenant.errors.TenantError``; nothing else is expected of them.
    """

    declaration: Declaration

    def skip(self, account: Account) -> Skipped | None:
        """Why this step cannot apply to ``account``, None where it does. Asked once, by triage; reads nothing."""
        del account
        return None

    def not_yet(self, context: Context, playbook: "Playbook") -> str:
        """What its plan still has to wait for, "" where nothing. Asked before any of it is made.

        The step ends there: the watch takes it up again, and so does a round that seals the account anew.
        """
        del context, playbook
        return ""

    @abstractmethod
    async def inspect(self, context: Context) -> Plan:
        """Reads the tenant: the findings, the tasks, and the changes it would make."""

    async def apply(self, context: Context, change: Change) -> datetime:
        """Makes one change; safe to repeat. The earliest time, by the tenant's clock, at which it can be in force."""
        raise NotImplementedError(f"{self.declaration.name} makes no changes")

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        """Reads back what the change's resource holds. ``accepted_at`` is what ``apply`` returned, None where that is
        not known: a change that has no value but a time to read back then counts as not made."""
        raise NotImplementedError(f"{self.declaration.name} makes no changes")

    async def revert(self, context: Context, change: Change) -> datetime:
        """Puts ``before`` back; safe to repeat. Returns as ``apply``."""
        raise NotImplementedError(f"{self.declaration.name} cannot be reverted")
