"""What the calls of the workers say about their work: the journal's marks, the writes to the tenant, their order."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .taps import Call

_CHANGE = "change:"
_BEFORE = "before__json"
_APPLYING, _APPLIED = "applying", "applied"
_READING_CMDLET = re.compile(r"(Get|Search|Test)-")
_READING_POSTS = ("/security/runHuntingQuery", "/security/auditLog/queries", "/getMemberObjects", "/checkMemberGroups")
_FAILED_PART = re.compile(rb"HTTP/1\.1 [45]\d\d ")


def landed(call: Call) -> list[dict[str, Any]]:
    """The rows that a call has written in one transaction, none where it was refused."""
    if not call.path.endswith("/$batch") or call.ended is None or _FAILED_PART.search(call.answer):
        return []
    return _rows(call)


def marks(call: Call) -> dict[str, dict[str, Any]]:
    """The lines of the journal that a call has written, by their keys."""
    return {row["RowKey"]: row for row in landed(call) if row["RowKey"].startswith(_CHANGE)}


def purpose(call: Call) -> object:
    """What tells one call of a step from another, and is the same when it is tried again by another worker."""
    if not call.path.endswith("/$batch"):
        return call.method, call.path
    return tuple((row["RowKey"], row.get("status")) for row in _rows(call))


def first_finished(calls: Iterable[Call], step: str) -> datetime | None:
    """When a step first came to an end, by its own row."""
    rows = (row for call in calls if call.path.endswith("/$batch") for row in _rows(call))
    times = (row["finished_at"] for row in rows if row["RowKey"] == f"step:{step}" and row.get("finished_at"))
    return next(map(datetime.fromisoformat, times), None)


def full_batches(calls: list[Call]) -> list[int]:
    """The numbers of the calls, from 1, that write several lines at once."""
    return [number for number, call in enumerate(calls, start=1) if len(marks(call)) > 1]


def writes(call: Call) -> bool:
    """Whether a call may change the tenant."""
    if _is_cmdlet(call):
        return not _READING_CMDLET.match(_cmdlet(call)["CmdletName"])
    return to_tenant(call) and call.method != "GET" and not _reads(call)


def to_tenant(call: Call) -> bool:
    """Whether a call asks the tenant for something, be it to read or to change."""
    return _is_cmdlet(call) or call.path.startswith(("/v1.0/", "/beta/"))


def asked(calls: Iterable[Call], *, changing: bool) -> tuple[dict[str, str], ...]:
    """The kinds of calls to the tenant that read, or that change: in the words of the simulator's faults."""
    kinds = [_kind(call) for call in calls if to_tenant(call) and writes(call) is changing]
    return tuple(kind for number, kind in enumerate(kinds) if kind not in kinds[:number])


def signature(call: Call) -> str:
    """What a write does, in words that are the same each time."""
    if _is_cmdlet(call):
        return f"{call.by}: {json.dumps(_cmdlet(call), sort_keys=True)}"
    return f"{call.by}: {call} {_masked(call.body)}"


@dataclass
class Journal:
    """The lines as the calls wrote them, one after the other; ``broken`` says where they broke a promise."""

    broken: list[str] = field(default_factory=list)
    _latest: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    _before: dict[str, Any] = field(default_factory=dict)
    _not_looked: dict[str, set[str]] = field(default_factory=dict)

    def read(self, call: Call) -> None:
        """The next call, in the order of their answers."""
        if writes(call):
            self._written(call)
            self._blindly(call)
        elif to_tenant(call):
            self._not_looked.pop(call.by, None)
        for key, row in marks(call).items():
            self._marked(key, row)
            self._latest[key] = (call.ended or 0, row)

    def _written(self, call: Call) -> None:
        under_way = [
            row
            for key, (moment, row) in self._latest.items()
            if moment < call.began and key.startswith(f"{_CHANGE}{call.by}:") and _under_way(row)
        ]
        if not under_way:
            self.broken.append(f"written to the tenant without a mark in the journal: {signature(call)}")
        elif not all(row.get(_BEFORE) for row in under_way):
            self.broken.append(f"written to the tenant without the value before: {signature(call)}")

    def _blindly(self, call: Call) -> None:
        written = self._not_looked.setdefault(call.by, set())
        if signature(call) in written:
            self.broken.append(f"made again without a look: {signature(call)}")
        if call.status < 400:
            written.add(signature(call))

    def _marked(self, key: str, row: dict[str, Any]) -> None:
        if self._before.get(key, row[_BEFORE]) != row[_BEFORE]:
            self.broken.append(f"the value before has changed after the change was begun: {key}")
        if _under_way(row):
            self._before[key] = row[_BEFORE]
            if key in self._latest and self._latest[key][1]["status"] == _APPLIED and row["status"] == _APPLYING:
                self.broken.append(f"made again although it was applied: {key}")


def broken_promises(calls: Iterable[Call]) -> list[str]:
    """Where a write to the tenant had no line of the journal that was marked before, with the value before in it; where
    a change was made again that had been applied, or without a look whether it had arrived; where the value before did
    not stay."""
    journal = Journal()
    for call in calls:
        journal.read(call)
    return journal.broken


def made(calls: Iterable[Call]) -> Counter[str]:
    """The writes to the tenant, counted."""
    return Counter(signature(call) for call in calls if writes(call))


def not_noted(calls: list[Call]) -> Counter[str]:
    """The writes after the last line of the journal: whoever goes on cannot know of them."""
    last = max((number for number, call in enumerate(calls) if marks(call)), default=-1)
    return made(calls[last + 1 :])


def _under_way(row: dict[str, Any]) -> bool:
    return str(row["status"]).endswith("ing")


def _rows(call: Call) -> list[dict[str, Any]]:
    return [json.loads(line) for line in call.body.splitlines() if line.startswith(b'{"PartitionKey"')]


def _is_cmdlet(call: Call) -> bool:
    return call.path.endswith("/InvokeCommand")


def _kind(call: Call) -> dict[str, str]:
    if _is_cmdlet(call):
        return {"cmdlet": _cmdlet(call)["CmdletName"]}
    return {"method": call.method, "path": f"^{re.escape(call.path)}$"}


def _cmdlet(call: Call) -> dict[str, Any]:
    return dict(json.loads(call.body)["CmdletInput"])


def _reads(call: Call) -> bool:
    return call.path.endswith(_READING_POSTS)


def _masked(body: bytes) -> str:
    return re.sub(r'"password": ?"[^"]*"', '"password": "***"', body.decode())
