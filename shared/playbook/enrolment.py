"""What the policy and an account make of each step, once triage knows the account: run, wait for approval, or skip."""

from enum import StrEnum

from shared.account import Account
from shared.policy import Gate
from shared.settings import Settings
from shared.state.rows import Skip, StepRow, StepStatus

from .declaration import Declaration
from .registry import TRIAGE, Playbook
from .step import Skipped, Step


class Allowance(StrEnum):
    """What the limits leave of an incident: all of it, revoking sessions and making the plan, or nothing by itself."""

    FULL = "full"
    SESSIONS = "sessions"
    NONE = "none"


_BEYOND = {
    Allowance.SESSIONS: "Waits for approval: more incidents than the limit lets through by themselves.",
    Allowance.NONE: "Waits: more incidents than the limit lets even look by themselves. Approve it to see its plan.",
}


def enrol(
    playbook: Playbook, account: Account, settings: Settings, only: tuple[str, ...] | None, allowance: Allowance
) -> list[StepRow]:
    """A row for every step but triage. ``only`` names the steps that were asked for, None for all."""
    return [
        _row(step, account, settings.steps.get(name), only, allowance)
        for name, step in playbook.items()
        if name != TRIAGE
    ]


def _row(
    step: Step, account: Account, configured: Gate | None, only: tuple[str, ...] | None, allowance: Allowance
) -> StepRow:
    declared = step.declaration
    gate, reason = _gate(declared, account, configured, allowance)
    skipped = _skipped(step, account, gate, only)
    if skipped is not None:
        return StepRow(
            name=declared.name, status=StepStatus.SKIPPED, gate=gate, skip=skipped.kind, reason=skipped.reason
        )
    if allowance is Allowance.NONE:
        return StepRow(name=declared.name, status=StepStatus.AWAITING_APPROVAL, gate=gate, reason=reason)
    return StepRow(name=declared.name, gate=gate, gate_reason=reason)


def _skipped(step: Step, account: Account, gate: Gate, only: tuple[str, ...] | None) -> Skipped | None:
    declared = step.declaration
    if declared.changes and account.protected:
        return Skipped(Skip.PROTECTED, f"The account is protected: {account.protected}.")
    if gate is Gate.OFF:
        return Skipped(Skip.OFF, "The policy switches this step off.")
    if only is not None and declared.changes and declared.name not in only:
        return Skipped(Skip.OFF, "Not among the steps that were asked for.")
    return step.skip(account)


def _gate(declared: Declaration, account: Account, configured: Gate | None, allowance: Allowance) -> tuple[Gate, str]:
    """What is configured counts over what the account is, and nothing over what keeps a company from a lock-out."""
    if configured is Gate.OFF:
        return Gate.OFF, ""
    if allowance is Allowance.NONE:
        return Gate.APPROVE, _BEYOND[allowance]
    if declared.changes and account.unsure:
        return Gate.APPROVE, f"Waits for approval: {account.unsure}."
    if declared.changes and not declared.only_sessions and allowance is Allowance.SESSIONS:
        return Gate.APPROVE, _BEYOND[allowance]
    if configured is not None:
        return configured, ""
    if declared.gate is Gate.AUTO and declared.changes:
        if declared.holds and account.depended_on:
            return Gate.APPROVE, f"Waits for approval: {account.depended_on}."
        if account.privileged and not declared.only_sessions:
            return Gate.APPROVE, f"Waits for approval: the account is privileged ({account.privileged})."
    return declared.gate, ""
