"""How a world ended, in a form that two runs of the same incident share: times, attempts and versions left out."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.playbook.status import incident_status

from .places import Json, Rows
from .world import World

_OF_THE_RUN = {
    "owner",
    "version",
    "attempts",
    "plan_hash",
    "not_before",
    "accepted_at",
    "nudges",
    "progress",
    "report_sha256",
}
_BEFORE = "before__json"  # of steps that run side by side and move the same time, any may have been the first
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_IN_WORDS = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d(?= UTC| to )")
_MOMENT = re.compile(r"\d{8}T\d{6}\.\d+Z:[0-9a-f]+|\b\d{15}(?=-[0-9a-f]{32})|(?<=enforced )[\dT-]+")
_A_LITTLE = timedelta(seconds=2)


@dataclass(frozen=True)
class Ending:
    """``lines`` are the rows of all tables and the accounts of the tenant, one a line; ``messages`` and ``leases`` what
    was left behind; ``statuses`` those of the incidents that have joined no other."""

    lines: frozenset[str]
    statuses: frozenset[str]
    messages: int
    leases: tuple[str, ...]

    @property
    def leftovers(self) -> list[str]:
        """What should not be there at rest."""
        messages = [f"{self.messages} messages are left"] if self.messages else []
        return messages + [f"a lease is left: {key}" for key in self.leases]

    def differs(self, other: "Ending") -> list[str]:
        """What ``other`` has and this has not, and the other way round."""
        return [f"+ {line}" for line in sorted(other.lines - self.lines)] + [
            f"- {line}" for line in sorted(self.lines - other.lines)
        ]


async def ending(world: World, since: datetime) -> Ending:
    """How the world is now. Times after ``since`` are those of this run, and left out."""
    tables = await world.tables.read()
    lines = [_line(since, name, key, dict(row)) for name, rows in tables.items() for key, row in rows.items()]
    lines += [_line(since, "tenant", ("account", account["user"]["id"]), account) for account in await _accounts(world)]
    incidents = tables["incidents"]
    return Ending(frozenset(lines), await _statuses(world, incidents), await world.messages.count(), _leases(incidents))


async def _statuses(world: World, rows: Rows) -> frozenset[str]:
    snapshots = [await world.state.incidents.read(incident) for incident in {partition for partition, _ in rows}]
    return frozenset(
        incident_status(world.playbook, snapshot)
        for snapshot in snapshots
        if snapshot and not snapshot.incident.joined_to
    )


def _line(since: datetime, table: str, key: tuple[str, str], row: Json) -> str:
    values = {name: value for name, value in row.items() if name not in _OF_THE_RUN}
    if table == "incidents" and key[1].startswith("history:"):
        del values["id"]  # random
    if _BEFORE in values:
        values[_BEFORE] = _TIME.sub("<time>", values[_BEFORE])
    text = f"{table} {key} {json.dumps(values, sort_keys=True, default=str)}"
    text = _IN_WORDS.sub("<time>", text)
    return _MOMENT.sub("<moment>", _TIME.sub(lambda found: _since(since, found[0]), text))


def _since(since: datetime, text: str) -> str:
    return "<later>" if datetime.fromisoformat(text) >= since - _A_LITTLE else text


def _leases(rows: Rows) -> tuple[str, ...]:
    return tuple(key for (_, key), row in rows.items() if row.get("lease_until"))


async def _accounts(world: World) -> list[dict[str, Any]]:
    return list((await world.simulator.state())["accounts"])
