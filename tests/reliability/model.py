"""What is allowed, in as few words as possible: which decisions fit an incident, and what may be written to the tenant.

It is read off an incident's rows, and knows nothing of how the engine comes to do it.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.playbook.declaration import Declaration, Stage
from shared.playbook.registry import Playbook
from shared.state.incidents import Snapshot
from shared.state.rows import ChangeRow, Skip, StepRow, StepStatus

UNDECIDED = (StepStatus.AWAITING_APPROVAL, StepStatus.PLANNED)
AT_WORK = (StepStatus.WAITING, StepStatus.RUNNING)

type Line = tuple[str, ...]
type Plan = dict[str, frozenset[Line]]


@dataclass(frozen=True)
class Facts:
    """What a decision is judged by. ``ending``: a release or restore is at work. ``safe``: the account is secured.
    ``quiet``: the last token that an attacker may hold has run out. ``as_shown``: what waits is what was shown."""

    ended: bool
    ending: bool
    at_work: bool
    undecided: bool
    failed: bool
    safe: bool
    quiet: bool
    as_shown: bool
    open_task: bool

    @property
    def takes_decisions(self) -> bool:
        return not self.ended and not self.ending


FITS: dict[str, Callable[[Facts], bool]] = {
    "approve": lambda one: one.takes_decisions and one.undecided,
    "approve what was shown before": lambda one: one.takes_decisions and one.undecided and one.as_shown,
    "retry": lambda one: one.takes_decisions and one.failed,
    "cancel": lambda one: not one.ended and (one.at_work or one.undecided),
    "release": lambda one: one.takes_decisions and not one.at_work and one.safe and one.quiet,
    "release by force": lambda one: one.takes_decisions,
    "restore": lambda one: one.takes_decisions,
    "restore by force": lambda one: one.takes_decisions,
    "close": lambda one: not one.ended,
    "tick": lambda one: one.takes_decisions and one.open_task,
}
MAY_STILL_BE_REFUSED = ("release",)  # where the watch has to look once more


def facts(book: Playbook, one: Snapshot, shown: Plan, task: str, now: datetime, tokens_live: timedelta) -> Facts:
    """The facts of an incident, for somebody who was ``shown`` a plan and would tick ``task``."""
    rows = one.steps.values()
    at_work = any(row.status in AT_WORK for row in rows)
    sealed = _sealed_at(book, one)
    return Facts(
        ended=one.incident.ending is not None,
        ending=one.incident.ends_as is not None and at_work,
        at_work=at_work,
        undecided=any(row.status in UNDECIDED for row in rows),
        failed=any(row.status is StepStatus.FAILED for row in rows),
        safe=all(_is_safe(step.declaration, one.steps.get(name)) for name, step in book.items())
        and all(each.done_at for each in one.tasks if each.secures),
        quiet=sealed is not None and now >= sealed + tokens_live,
        as_shown=plan(one) == shown,
        open_task=any(each.key == f"task:{task}" and each.done_at is None for each in one.tasks),
    )


def plan(one: Snapshot) -> Plan:
    """What waits for a person's word, step by step, as the person reads it."""
    return {
        name: frozenset(line(change) for change in one.changes if (change.step, change.round) == (name, row.round))
        for name, row in one.steps.items()
        if row.status in UNDECIDED
    }


def line(change: ChangeRow) -> Line:
    """A change, as a person reads it. When something was last done that cannot be put back moves by itself."""
    before = "" if change.irreversible else json.dumps(change.before, sort_keys=True)
    return change.resource, before, json.dumps(change.after, sort_keys=True)


@dataclass(frozen=True)
class Writing:
    """A write to the tenant, and what stood as it was made.

    ``enforced``: the incident acts by itself. ``asks``: the policy wants a person's word for the step. ``decision``:
    what a person decided that began the round, "" where Regain did. ``approved``: a person has read this very change,
    and approved it. ``seals``: what follows whatever else is done, so that no session outlives it.
    """

    switched_on: bool
    protected: bool
    puts_back: bool
    enforced: bool
    asks: bool
    decision: str
    approved: bool
    seals: bool


def allowed(one: Writing) -> bool:
    """Whether it may be made."""
    if not one.switched_on:
        return False
    if one.puts_back:
        return one.decision in ("release", "restore", "retry")
    if one.protected:
        return False
    if one.enforced and not one.asks:
        return True
    return one.decision in ("approve", "retry", "task") and (one.approved or one.seals)


def _is_left_alone(before: Snapshot, after: Snapshot) -> bool:
    """Once an incident has ended only the hash of its report is noted, and only once."""
    if before.incident.report_sha256 is None:
        noted = {"report_sha256": after.incident.report_sha256, "etag": after.incident.etag}
        before = replace(before, incident=before.incident.model_copy(update=noted))
    return before == after


def kept(before: Snapshot, after: Snapshot, *, decided: bool) -> list[str]:
    """What is not as it has to be after anything has happened: where nobody has ``decided``, what has finished stays.

    A decision may begin a new round of it, or stop what has waited for one.
    """
    if before.incident.ending is not None:
        return [] if _is_left_alone(before, after) else ["an incident was written to after its end"]
    wrong = ["the incident's round went back"] if after.incident.round < before.incident.round else []
    there = {change.key: change for change in after.changes}
    for name, was in before.steps.items():
        now = after.steps[name]
        if now.round < was.round or now.round > after.incident.round:
            wrong.append(f"{name}: the round went from {was.round} to {now.round}")
        if not was.status.finished:
            continue
        stopped = decided and was.status in UNDECIDED and now.skip is Skip.CANCELLED
        if now.round == was.round and now != was and not stopped:
            wrong.append(f"{name}: finished in round {was.round}, and written to again in it")
        lines = [change for change in before.changes if change.step == name and change.round <= was.round]
        wrong += [f"{change.key}: written to after its round" for change in lines if there.get(change.key) != change]
    return wrong


def _is_safe(declared: Declaration, row: StepRow | None) -> bool:
    if not (declared.contains or declared.secures):
        return True
    return row is not None and (row.verified_at is not None or row.skip is Skip.NOT_APPLICABLE)


def _sealed_at(book: Playbook, one: Snapshot) -> datetime | None:
    rows = [one.steps.get(name) for name, step in book.items() if step.declaration.stage is Stage.SEAL]
    return max((row.verified_at for row in rows if row and row.verified_at), default=None)
