"""What the calls of all workers say about who worked on what: each write to the tenant with the line of the journal
that it was made under, and where two workers were at one step."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shared.playbook.lease import LEASE

from .record import Journal, landed, marks, signature, writes
from .taps import Call

_STEP = "step:"
_APPLYING = "applying"


@dataclass(frozen=True)
class Made:
    """A write to the tenant, and the key of the line that its worker had marked."""

    incident: str
    step: str
    change: str


@dataclass
class Trail:
    """``broken`` says where the calls that were followed so far broke a promise."""

    broken: list[str] = field(default_factory=list)
    _followed: int = 0
    _journals: defaultdict[str, Journal] = field(default_factory=lambda: defaultdict(Journal))
    _incidents: dict[int, str] = field(default_factory=dict)  # what each piece of work was about
    _marked: dict[int, str] = field(default_factory=dict)  # the line that each has marked last
    _rows: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    _claimed: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)  # by which piece of work, and when

    def follow(self, calls: Sequence[Call]) -> list[Made]:
        """Reads the calls that were not read yet. The writes to the tenant among them."""
        news, self._followed = calls[self._followed :], len(calls)
        made = [one for call in news if (one := self._read(call)) is not None]
        self.broken += [problem for journal in self._journals.values() for problem in journal.broken]
        for journal in self._journals.values():
            journal.broken.clear()
        return made

    def _read(self, call: Call) -> Made | None:
        for row in landed(call):
            if row["RowKey"].startswith(_STEP):
                self._written(call, row)
        for key, row in marks(call).items():
            if row["status"] == _APPLYING:
                self._marked[call.work] = key
        incident = self._incidents.get(call.work, "")
        self._journals[incident].read(call)
        return self._made(call, incident) if writes(call) else None

    def _written(self, call: Call, row: dict[str, Any]) -> None:
        """Somebody has written the row of a step: a worker that has begun to own it, that goes on, or a decision."""
        place = row["PartitionKey"], row["RowKey"]
        was, self._rows[place] = self._rows.get(place, {}), row
        self._incidents.setdefault(call.work, row["PartitionKey"])
        if row.get("owner") in (None, was.get("owner")):
            return
        if "lease_until" not in row:
            self.broken.append(f"{row['RowKey']}: ended by a worker that no longer had it")
            return
        self._claimed[place] = call.work, call.ended or 0
        until = was.get("lease_until")
        if until and _time(until) > _time(row["lease_until"]) - LEASE:
            self.broken.append(f"{row['RowKey']}: claimed while another worker had it")

    def _made(self, call: Call, incident: str) -> Made:
        work, since = self._claimed.get((incident, f"{_STEP}{call.by}"), (0, 0))
        if work != call.work and since < call.began:
            self.broken.append(f"written to the tenant by a worker that does not have the step: {signature(call)}")
        return Made(incident, call.by, self._marked.get(call.work, ""))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
