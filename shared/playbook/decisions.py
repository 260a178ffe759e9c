"""Decisions: what each makes of an incident's rows, and what it does not fit. Pure: ``deciding`` writes them.

A decision never touches the tenant. Where work follows, it begins a round.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from shared.state.incidents import Snapshot
from shared.state.rows import AlertRow, Direction, Ending, IncidentRow, Skip, StepRow, StepStatus, TaskRow

from .declaration import Stage
from .journal import reversible_changes
from .registry import TRIAGE, Playbook
from .rounds import begin, seal_and_following, stopped, with_seal
from .status import all_put_back, at_rest, ending_under_way, in_background, secured_at, unsecured
from .watch import EVENT as WATCH
from .watch import came_back_twice, evicting_again, watch_due_at, watched_rows

REGAIN = "regain"  # who decides what nobody has to decide
CANCEL = "cancel"
LOOK_AGAIN = "look-again"
_UNDECIDED = (StepStatus.AWAITING_APPROVAL, StepStatus.PLANNED)
_MAY_RETRY = (Skip.CANCELLED, Skip.NO_RIGHT, Skip.NO_LICENCE, Skip.PROTECTED, Skip.NOT_YET)
_EVENTS = {Ending.RELEASED: "release", Ending.RESTORED: "restore"}
_CAME_BACK = "came-back-twice"
_WAY_BACK = (
    "Show the user the way back in: nobody knows the new password, so hand over a Temporary Access Pass by telephone, "
    "or let the user set one at https://aka.ms/sspr. Until the risk is remediated or dismissed, Identity Protection "
    "may still ask for a second factor or a new password, or block the sign-in, as your policies say."
)


class Unfit(Exception):
    """The decision does not fit the state of the incident. The text says why, and what would."""


@dataclass(frozen=True)
class By:
    """Who decides, and why."""

    who: str
    why: str = ""


@dataclass(frozen=True)
class Decision:
    """The rows as they are to be: the incident's, and those of the steps and tasks that the decision touches."""

    event: str
    by: By
    incident: IncidentRow
    steps: tuple[StepRow, ...] = ()
    tasks: tuple[TaskRow, ...] = ()

    @property
    def round(self) -> int | None:
        """The round that it begins, None where no work follows."""
        return self.incident.round if any(row.status is StepStatus.WAITING for row in self.steps) else None


def waiting_plan(snapshot: Snapshot) -> str | None:
    """The hash of all that waits for a person's word, None where nothing does."""
    waiting = sorted((row.name, row.plan_hash or "") for row in snapshot.steps.values() if row.status in _UNDECIDED)
    return sha256(repr(waiting).encode()).hexdigest()[:32] if waiting else None


def approve(playbook: Playbook, snapshot: Snapshot, plan: str, names: Iterable[str] | None, by: By) -> Decision:
    """Carries out what waits, all of it or the named steps, if ``plan`` is what waits today."""
    _must_be_open(snapshot)
    shown = waiting_plan(snapshot)
    if shown is None:
        raise Unfit("Nothing waits for approval.")
    if plan != shown:
        raise Unfit("The plan is another one by now: look at it, and approve that one.")
    waiting = [name for name, row in snapshot.steps.items() if row.status in _UNDECIDED]
    chosen = _named(names, waiting, "does not wait for approval")
    number = snapshot.incident.round + 1
    rows = [
        begin(
            snapshot.steps[name],
            number,
            decided=True,
            approved=(snapshot.steps[name].plan_hash or "") if name in chosen else None,
        )
        for name in with_seal(playbook, snapshot, chosen)
    ]
    return Decision("approve", by, _next_round(snapshot, number), tuple(rows))


def retry(playbook: Playbook, snapshot: Snapshot, names: Iterable[str] | None, by: By) -> Decision:
    """Runs again what has failed, all of it or the named steps; a step that was cancelled or refused, where named."""
    _must_be_open(snapshot)
    failed = [name for name, row in snapshot.steps.items() if row.status is StepStatus.FAILED]
    may = failed + [name for name, row in snapshot.steps.items() if row.skip in _MAY_RETRY]
    chosen = _named(names, may if names is not None else failed, "has not failed")
    if not chosen:
        raise Unfit("Nothing has failed.")
    number = snapshot.incident.round + 1
    back = [name for name in chosen if snapshot.steps[name].direction is Direction.REVERT]
    forward = with_seal(playbook, snapshot, [name for name in chosen if name not in back])
    rows = [_again(snapshot.steps[name], number) for name in [*back, *forward]]
    ends_as = snapshot.incident.ends_as if back else None
    return Decision("retry", by, _next_round(snapshot, number, ends_as), tuple(rows))


def cancel(snapshot: Snapshot, by: By, now: datetime) -> Decision:
    """Stops what has not run. Ends the incident where nothing was changed; else what was changed stays until a person
    restores, releases or closes it."""
    _must_be_open(snapshot, while_ending=True)
    left = _unfinished(snapshot)
    if not left:
        raise Unfit("Everything has run: nothing is left to cancel.")
    rows = tuple(stopped(row, f"Cancelled by {by.who}.") for row in left)
    changed = any(change.applied_at for change in snapshot.changes)
    ended = {} if changed else {"ending": Ending.CANCELLED, "ended_at": now}
    return Decision(CANCEL, by, snapshot.incident.model_copy(update={"ends_as": None, **ended}), rows)


def release(
    playbook: Playbook,
    snapshot: Snapshot,
    names: Iterable[str],
    by: By,
    now: datetime,
    token_lifetime: timedelta,
    *,
    changes: Iterable[str] = (),
    force: bool = False,
) -> Decision:
    """Puts back the holds, and of the rest what is named, steps or single ``changes``: a real attack that is over."""
    _must_be_open(snapshot)
    against = _against_release(playbook, snapshot, token_lifetime)
    if against and not force:
        raise Unfit(f"Not yet: {' '.join(against)} Force it, with a reason, to release all the same.")
    if against and not by.why:
        raise Unfit("To force a release, say why.")
    holds = [name for name, step in playbook.items() if step.declaration.holds and name in snapshot.steps]
    may = [name for name in snapshot.steps if reversible_changes(snapshot, name)]
    whole = {*holds, *_named(tuple(names), may, "has nothing to put back")}
    single = _single(snapshot, changes)
    chosen = {name: () if name in whole else single[name] for name in may if name in whole or name in single}
    decision = _put_back(snapshot, chosen, Ending.RELEASED, by, now, force=False)
    return replace(decision, tasks=(TaskRow(step=TRIAGE, slug="way-back", text=_WAY_BACK),))


def restore(snapshot: Snapshot, by: By, now: datetime, *, force: bool = False) -> Decision:
    """Puts back everything that can be: a false alarm. ``force``: also what somebody else has changed since."""
    _must_be_open(snapshot)
    if force and not by.why:
        raise Unfit("To force a restore, say why.")
    everything = {name: () for name in snapshot.steps if reversible_changes(snapshot, name)}
    return _put_back(snapshot, everything, Ending.RESTORED, by, now, force=force)


def close(playbook: Playbook, snapshot: Snapshot, by: By, now: datetime) -> Decision:
    """Ends the incident at once. What is blocked stays blocked until a person lets the user in."""
    _must_be_open(snapshot, while_ending=True)
    held = [name for name in snapshot.steps if _holds(playbook, name) and reversible_changes(snapshot, name)]
    if held and not by.why:
        raise Unfit(f"The account is still kept out by {', '.join(held)}: release it, or say why it stays so.")
    rows = tuple(stopped(row, f"Not run: closed by {by.who}.") for row in _unfinished(snapshot))
    ended = {"ending": Ending.CLOSED, "ended_at": now, "ends_as": None}
    return Decision("close", by, snapshot.incident.model_copy(update=ended), rows)


def tick(playbook: Playbook, snapshot: Snapshot, task_id: str, by: By, now: datetime) -> Decision:
    """A person has done a task. What a securing one changes ends sessions anew. Raises ``LookupError``."""
    _must_be_open(snapshot)
    task = next((task for task in snapshot.tasks if task.key == f"task:{task_id}"), None)
    if task is None:
        raise LookupError(task_id)
    if task.done_at is not None:
        raise Unfit(f"Ticked already, by {task.done_by}.")
    done = task.model_copy(update={"done_at": now, "done_by": by.who})
    number = snapshot.incident.round + 1
    along = seal_and_following(playbook, snapshot) if task.secures else []
    rows = tuple(_again(snapshot.steps[name], number) for name in along)
    incident = _next_round(snapshot, number) if rows else snapshot.incident
    return Decision(f"task {task_id}", by, incident, rows, (done,))


def another_attack(playbook: Playbook, snapshot: Snapshot, alerts: Iterable[AlertRow]) -> Decision | None:
    """A new round where one of ``alerts``, not known yet, tells of activity after the account was secured."""
    quiet_since = secured_at(playbook, snapshot) or _cancelled_at(snapshot)
    known = {alert.alert for alert in snapshot.alerts}
    news = [
        alert
        for alert in alerts
        if quiet_since and alert.alert not in known and alert.activity_at and alert.activity_at > quiet_since
    ]
    if not news:
        return None
    names = [
        name
        for name, step in playbook.items()
        if step.declaration.stage in (Stage.CONTAIN, Stage.EVICT) and _may_run(snapshot.steps.get(name))
    ]
    number = snapshot.incident.round + 1
    rows = tuple(begin(snapshot.steps[name], number) for name in with_seal(playbook, snapshot, names))
    by = By(REGAIN, f"The alert {news[0].alert} tells of activity after the account was secured.")
    return Decision("alert", by, _next_round(snapshot, number), rows)


def watch(playbook: Playbook, snapshot: Snapshot, now: datetime, token_lifetime: timedelta) -> Decision | None:
    """Looks once more, where it is time and nothing is at work."""
    due = watch_due_at(playbook, snapshot, token_lifetime)
    if due is None or now < due or not at_rest(playbook, snapshot):
        return None
    rows = tuple(watched_rows(playbook, snapshot))
    by = By(REGAIN, "The last live token has run out.")
    return Decision(WATCH, by, _next_round(snapshot, snapshot.incident.round + 1), rows)


def conclude(playbook: Playbook, snapshot: Snapshot, now: datetime) -> Decision | None:
    """What follows by itself once nothing is at work: a release or restore that is through ends the incident, what came
    back twice becomes a person's task, and what a step has learned of the attack is made use of."""
    incident = snapshot.incident
    if incident.ending is not None or not at_rest(playbook, snapshot):
        return None
    if incident.ends_as is not None and all_put_back(snapshot):
        ended = {"ending": incident.ends_as, "ended_at": now, "ends_as": None}
        return Decision(incident.ends_as.value, By(REGAIN), incident.model_copy(update=ended))
    back = came_back_twice(playbook, snapshot)
    slug = f"{_CAME_BACK}-{incident.round}"
    if back is not None and not any(task.slug == slug for task in snapshot.tasks):
        task = TaskRow(
            step=back,
            slug=slug,
            text="What the attacker had set up came back twice after it was removed, with every session ended: find "
            "the way in that is still open (another account, an app, a device), then retry.",
            secures=True,
        )
        return Decision(_CAME_BACK, By(REGAIN), incident, tasks=(task,))
    return _look_again(playbook, snapshot)


def _look_again(playbook: Playbook, snapshot: Snapshot) -> Decision | None:
    """Lets the evict steps judge once more, by what a step has learned since: once in an incident."""
    why = next((row.look_again for row in snapshot.steps.values() if row.look_again and row.status.finished), "")
    if not why or snapshot.incident.ends_as or any(line.event == LOOK_AGAIN for line in snapshot.history):
        return None
    rows = tuple(evicting_again(playbook, snapshot))
    if not rows:
        return None
    return Decision(LOOK_AGAIN, By(REGAIN, why), _next_round(snapshot, snapshot.incident.round + 1), rows)


def _single(snapshot: Snapshot, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The keys of the changes that are named, by id or by resource, in their steps."""
    single: dict[str, tuple[str, ...]] = {}
    may = [change for step in snapshot.steps for change in reversible_changes(snapshot, step)]
    for name in dict.fromkeys(names):
        found = [change for change in may if name in (change.id, change.resource)]
        if not found:
            raise Unfit(f"{name}: no change of that id or resource can be put back.")
        if len({change.step for change in found}) > 1:
            raise Unfit(f"{name}: that is a resource of several steps; name the change by its id.")
        single[found[0].step] = (*single.get(found[0].step, ()), *(change.key for change in found))
    return single


def _put_back(
    snapshot: Snapshot, chosen: Mapping[str, tuple[str, ...]], ending: Ending, by: By, now: datetime, *, force: bool
) -> Decision:
    """``chosen`` are the steps, each with the keys of the changes that are meant, none for all of them."""
    number, incident = snapshot.incident.round + 1, snapshot.incident
    left = [row for row in _unfinished(snapshot) if row.name not in chosen]
    stops = [stopped(row, f"Not run: the incident was {ending} by {by.who}.") for row in left]
    rows = [
        begin(snapshot.steps[name], number, Direction.REVERT, decided=True, force=force, only=only)
        for name, only in chosen.items()
    ]
    if rows:
        incident = _next_round(snapshot, number, ending)
    else:
        incident = incident.model_copy(update={"ending": ending, "ended_at": now, "ends_as": None})
    return Decision(_EVENTS[ending], by, incident, (*stops, *rows))


def _against_release(playbook: Playbook, snapshot: Snapshot, token_lifetime: timedelta) -> list[str]:
    awaited = [row for name, row in snapshot.steps.items() if not in_background(playbook, name)]
    busy = [row.name for row in awaited if not row.status.finished]
    open_ends = unsecured(playbook, snapshot)
    due = watch_due_at(playbook, snapshot, token_lifetime)
    return [
        *([f"Still at work: {', '.join(busy)}."] if busy else []),
        *([f"The account is not secured: {', '.join(open_ends)}."] if open_ends else []),
        *([f"A stolen token may live until {due:%Y-%m-%d %H:%M} UTC; then the watch looks once more."] if due else []),
    ]


def _must_be_open(snapshot: Snapshot, *, while_ending: bool = False) -> None:
    incident = snapshot.incident
    if incident.ending is not None:
        raise Unfit(f"The incident has ended: it is {incident.ending}.")
    if ending_under_way(snapshot) and not while_ending:
        raise Unfit(f"The incident is about to be {incident.ends_as}: wait until that is through, or cancel it.")


def _named(names: Iterable[str] | None, among: list[str], otherwise: str) -> list[str]:
    if names is None:
        return among
    if wrong := [name for name in names if name not in among]:
        raise Unfit(f"{', '.join(wrong)}: {otherwise}.")
    return [name for name in among if name in set(names)]


def _next_round(snapshot: Snapshot, number: int, ends_as: Ending | None = None) -> IncidentRow:
    return snapshot.incident.model_copy(update={"round": number, "ends_as": ends_as})


def _again(row: StepRow, number: int) -> StepRow:
    """What a person has decided or approved for the step still stands."""
    return begin(row, number, row.direction, decided=row.decided, approved=row.approved, force=row.force, only=row.only)


def _unfinished(snapshot: Snapshot) -> list[StepRow]:
    return [row for row in snapshot.steps.values() if not row.status.finished or row.status in _UNDECIDED]


def _may_run(row: StepRow | None) -> bool:
    return row is not None and (row.status is not StepStatus.SKIPPED or row.skip is Skip.CANCELLED)


def _cancelled_at(snapshot: Snapshot) -> datetime | None:
    return max((line.at for line in snapshot.history if line.event == CANCEL), default=None)


def _holds(playbook: Playbook, name: str) -> bool:
    return name in playbook and playbook[name].declaration.holds
