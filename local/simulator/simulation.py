"""One running simulation: the tenant, the grants, the log, the faults, and how a call is answered."""

import asyncio
from dataclasses import dataclass, field

from local.simulator import (
    accepted_domains,
    access_passes,
    app_access,
    audit_log,
    auth_methods,
    blocked_senders,
    cas_mailboxes,
    delegates,
    devices,
    directory,
    directory_audits,
    folders,
    group_schedules,
    inbox_rules,
    mailbox_settings,
    mailboxes,
    mfa,
    mobile_devices,
    photos,
    risky_users,
    role_groups,
    role_management,
    sent_mail,
    sign_in_log,
    sweep_rules,
    users,
)
from local.simulator.answer import Answer
from local.simulator.call import Call
from local.simulator.calls import CallLog
from local.simulator.exchange import ONLINE, PROTECTION, answer_exchange
from local.simulator.faults import Delay, Drop, Echo, Faults, Refuse, ShortLife, refusal
from local.simulator.grants import Grants
from local.simulator.graph import answer_graph
from local.simulator.seeds import State
from local.simulator.sign_in import Authority
from local.simulator.tenant import Lag, Tenant
from local.simulator.tokens import Issuer

AREAS = (
    accepted_domains,
    access_passes,
    app_access,
    audit_log,
    auth_methods,
    blocked_senders,
    cas_mailboxes,
    delegates,
    devices,
    directory,
    directory_audits,
    folders,
    group_schedules,
    inbox_rules,
    mailbox_settings,
    mailboxes,
    mfa,
    mobile_devices,
    photos,
    risky_users,
    role_groups,
    role_management,
    sent_mail,
    sign_in_log,
    sweep_rules,
    users,
)
"""The files whose import registers their handlers: a new area is a new file, named here."""


@dataclass
class Simulation:
    """``latency`` is in seconds, waited before each answer."""

    tenant: Tenant
    grants: Grants
    issuer: Issuer
    lag: Lag
    latency: float = 0.0
    authority: Authority = field(default_factory=Authority)
    calls: CallLog = field(default_factory=CallLog)
    faults: Faults = field(default_factory=Faults)

    def replace(self, state: State) -> None:
        """Put another tenant in place, all of it visible at once. Log, grants and faults stay."""
        self.tenant = Tenant(state, self.lag)

    async def answer(self, call: Call) -> Answer | None:
        """The answer to a call; None where the connection is to be dropped without one."""
        entry = self.calls.add(call)
        fault = self.faults.take(call)
        await asyncio.sleep(self.latency + (fault.delay if isinstance(fault, Delay | Drop) else 0.0))
        answer = self._answer(call, fault)
        entry.status = answer.status if answer else None
        return answer

    def _answer(self, call: Call, fault: Refuse | Delay | Drop | Echo | ShortLife | None) -> Answer | None:
        match fault:
            case Refuse() | Echo():
                return refusal(fault, call)
            case Drop(drop="before"):
                return None
            case Drop(drop="after"):
                self._serve(call, None)
                return None
            case ShortLife(expires_in=lifetime):
                return self._serve(call, lifetime)
            case _:
                return self._serve(call, None)

    def _serve(self, call: Call, lifetime: float | None) -> Answer:
        if call.service == "graph":
            return answer_graph(call, self.tenant, self.issuer)
        if call.service == "exchange":
            return answer_exchange(call, self.tenant, self.issuer, ONLINE)
        if call.service == "compliance":
            return answer_exchange(call, self.tenant, self.issuer, PROTECTION)
        if call.service == "login":
            return self.authority.answer(call, self.tenant)
        return self.issuer.answer(call, self.tenant, self.grants, lifetime)
