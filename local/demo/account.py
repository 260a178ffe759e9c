"""The account as the tenant has it, before and after, and whether it is as it should be."""

from dataclasses import dataclass
from typing import Any

import httpx

from .attack import VICTIM

NOBODY = "nobody"


@dataclass(frozen=True)
class State:
    """What the demo shows of the account. Times are the tenant's own text."""

    sign_in: str
    password_changed: str
    sessions_valid_from: str
    forwards_to: str


async def read_back(http: httpx.AsyncClient, simulator_url: str) -> State:
    """The account, read from the simulated tenant itself, past every cache and every client of ours."""
    answer = await http.get(f"{simulator_url}/_simulator/state")
    answer.raise_for_status()
    account = next(one for one in answer.json()["accounts"] if one["user"]["id"] == VICTIM)
    user, mailbox = account["user"], account["mailbox"]
    return State(
        sign_in="enabled" if user["accountEnabled"] else "blocked",
        password_changed=user["lastPasswordChangeDateTime"],
        sessions_valid_from=user["signInSessionsValidFromDateTime"],
        forwards_to=_forwarding(mailbox),
    )


def rows(before: State, after: State) -> list[tuple[str, str, str, bool]]:
    """What, before, after, and whether that is as it should be."""
    return [
        ("Sign-in", before.sign_in, after.sign_in, after.sign_in == "blocked"),
        _moved("Password last changed", before.password_changed, after.password_changed),
        _moved("Sessions valid from", before.sessions_valid_from, after.sessions_valid_from),
        ("Mail is forwarded to", before.forwards_to, after.forwards_to, after.forwards_to == NOBODY),
    ]


def _moved(what: str, before: str, after: str) -> tuple[str, str, str, bool]:
    return what, before, after, after > before


def _forwarding(mailbox: dict[str, Any]) -> str:
    targets = [mailbox.get("ForwardingAddress"), mailbox.get("ForwardingSmtpAddress")]
    return ", ".join(str(target).removeprefix("smtp:") for target in targets if target) or NOBODY
