"""The way today's tools work: the same changes one call after another in one process, containment first, nothing
verified, nothing written down.

The changes are those of our own steps, so that both do the same work however many steps there are: each step looks at
what is there and changes it, as a script does (KelvinTegelaar/CIPP-API, Invoke-ExecBECRemediate, has this order:
password, sign-in, sessions, then the mailbox). Like any script it signs in first, and looks the user up by name. It
starts the moment that the alert is there, with its modules loaded, and what a step reads side by side it reads side by
side too: none of that is counted against it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

from shared.account import Account, MailboxKind
from shared.alerts.alert import NamedAccount
from shared.playbook.declaration import Stage
from shared.playbook.registry import Playbook
from shared.playbook.step import Context, Step
from shared.policy import Mode
from shared.settings import Settings
from shared.state.incidents import Snapshot
from shared.state.rows import IncidentRow
from shared.tenant.tenant import Tenant


@dataclass(frozen=True)
class Today:
    """Seconds until the last call of each part was answered."""

    contained: float
    secured: float


async def take_back(settings: Settings, playbook: Playbook, user_principal_name: str) -> Today:
    """Takes one account back. Raises ``TenantError``."""
    tenant = Tenant.from_settings(settings)
    try:
        began = monotonic()
        user = await tenant.graph.user(user_principal_name)
        context = _context(tenant, settings, user.id, user.user_principal_name)
        await _carry_out(context, (step for step in playbook.values() if step.declaration.contains))
        contained = monotonic() - began
        await _carry_out(context, (step for step in playbook.values() if _evicts(step)))
        return Today(contained, monotonic() - began)
    finally:
        await tenant.close()


def _evicts(step: Step) -> bool:
    """What is changed besides, until the attacker is out and stays out."""
    return step.declaration.changes and step.declaration.stage in (Stage.EVICT, Stage.SEAL)


async def _carry_out(context: Context, steps: Iterable[Step]) -> None:
    for step in steps:
        for change in (await step.inspect(context)).changes:
            await step.apply(context, change)


def _context(tenant: Tenant, settings: Settings, user: str, name: str) -> Context:
    """What a script knows of an ordinary user: no row, no triage."""
    now = datetime.now(UTC)
    account = Account(id=user, user_principal_name=name, mailbox=MailboxKind.USER)
    incident = IncidentRow(
        id="",
        source="benchmark",
        reason="",
        named=NamedAccount(id=user),
        mode=Mode.ENFORCE,
        opened_at=now,
        account=account,
    )
    return Context(tenant, Snapshot(incident), settings, now)
