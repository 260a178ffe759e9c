"""What the calls of the workers say about their work: the journal's marks, the writes to the tenant, their order."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .taps import Call

_CHANGE = "change:"
_BEFORE = "before__json"
_APPLYING, _APPLIED = "applying", "applied"
_READING_CMDLET = re.compile(r"(Get|Search|Test)-")
_READING_POSTS = ("/security/runHuntingQuery", "/security/auditLog/queries", "/getMemberObjects", "/checkMemberGroups")
_FAILED_PART = re.compile(rb"HTTP/1\.1 [45]\d\d ")


def marks(call: Call) -> dict[str, dict[str, Any]]:
    """The lines of the journal that a call has written, by their keys."""
    if not call.path.endswith("/$batch") or call.ended is None or _FAILED_PART.search(call.answer):
        return {}
    rows = (json.loads(line) for line in call.body.splitlines() if line.startswith(b'{"PartitionKey"'))
    return {row["RowKey"]: row for row in rows if row["RowKey"].startswith(_CHANGE)}


def writes(call: Call) -> bool:
    """Whether a call may change the tenant."""
    if call.path.startswith("/adminapi/"):
        return not _READING_CMDLET.match(_cmdlet(call)["CmdletName"])
    return call.path.startswith(("/v1.0/", "/beta/")) and call.method != "GET" and not _reads(call)


def signature(call: Call) -> str:
    """What a write does, in words that are the same each time."""
    if call.path.startswith("/adminapi/"):
        return f"{call.by}: {json.dumps(_cmdlet(call), sort_keys=True)}"
    return f"{call.by}: {call} {_masked(call.body)}"


@dataclass
class Journal:
    """The lines as the calls wrote them, one after the other; ``broken`` says where they broke a promise."""

    broken: list[str] = field(default_factory=list)
    _latest: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    _before: dict[str, Any] = field(default_factory=dict)

    def read(self, call: Call) -> None:
        """The next call, in the order of their answers."""
        if writes(call):
            self._written(call)
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

    def _marked(self, key: str, row: dict[str, Any]) -> None:
        if self._before.get(key, row[_BEFORE]) != row[_BEFORE]:
            self.broken.append(f"the value before has changed after the change was begun: {key}")
        if _under_way(row):
            self._before[key] = row[_BEFORE]
            if key in self._latest and self._latest[key][1]["status"] == _APPLIED and row["status"] == _APPLYING:
                self.broken.append(f"made again although it was applied: {key}")


def broken_promises(calls: Iterable[Call]) -> list[str]:
    """Where a write to the tenant had no line of the journal that was marked before, with the value before in it; where
    a change was made again that had been applied; where the value before did not stay."""
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


def _cmdlet(call: Call) -> dict[str, Any]:
    return dict(json.loads(call.body)["CmdletInput"])


def _reads(call: Call) -> bool:
    return call.path.endswith(_READING_POSTS)


def _masked(body: bytes) -> str:
    return re.sub(r'"password": ?"[^"]*"', '"password": "***"', body.decode())
