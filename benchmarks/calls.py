"""What the simulated tenant was asked, by account."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx

_CHANGING = ("PATCH", "POST", "PUT", "DELETE")


@dataclass(frozen=True)
class Call:
    """One call. ``changes`` is True where it changed something in the directory."""

    at: datetime
    changes: bool


async def forget(http: httpx.AsyncClient, simulator_url: str) -> None:
    """Empties the tenant's log."""
    (await http.delete(f"{simulator_url}/_simulator/calls")).raise_for_status()


async def calls(http: httpx.AsyncClient, simulator_url: str, names: tuple[str, ...]) -> list[Call]:
    """The calls that name an account by its id or an address, in the order in which they came."""
    rows = (await http.get(f"{simulator_url}/_simulator/calls")).json()
    return [_call(row) for row in rows if any(name in str(row) for name in names)]


def _call(row: dict[str, Any]) -> Call:
    changes = row["service"] == "graph" and row["method"] in _CHANGING
    return Call(datetime.fromisoformat(row["at"]), changes)
