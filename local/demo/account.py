"""The account as the tenant has it: what the demo shows of it, and what each of that should be by when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from .attack import VICTIM

NOBODY = "nobody"

type Account = dict[str, Any]
type State = dict[str, str]
type Good = Callable[[str, str], bool]


@dataclass(frozen=True)
class Fact:
    """One line. ``taken_back`` and ``released`` tell from the value before and the one now whether that is right."""

    name: str
    value: Callable[[Account], str]
    taken_back: Good
    released: Good


def is_(wanted: str) -> Good:
    """Whether it is just that now."""
    return lambda _, now: now == wanted


def moved(before: str, now: str) -> bool:
    """Whether a time is a later one now."""
    return now > before


def _sign_in(account: Account) -> str:
    return "enabled" if account["user"]["accountEnabled"] else "blocked"


def _forwarding(account: Account) -> str:
    mailbox = account["mailbox"]
    targets = [mailbox.get("ForwardingAddress"), mailbox.get("ForwardingSmtpAddress")]
    return ", ".join(str(target).removeprefix("smtp:") for target in targets if target) or NOBODY


FACTS = (
    Fact("Sign-in", _sign_in, is_("blocked"), is_("enabled")),
    Fact("Password set", lambda one: str(one["user"]["lastPasswordChangeDateTime"]), moved, moved),
    Fact("Sessions since", lambda one: str(one["user"]["signInSessionsValidFromDateTime"]), moved, moved),
    Fact("Forwards to", _forwarding, is_(NOBODY), is_(NOBODY)),
)


async def read_back(http: httpx.AsyncClient, simulator_url: str) -> State:
    """The account, read from the simulated tenant itself, past every cache and every client of ours."""
    answer = await http.get(f"{simulator_url}/_simulator/state")
    answer.raise_for_status()
    account = next(one for one in answer.json()["accounts"] if one["user"]["id"] == VICTIM)
    return {fact.name: fact.value(account) for fact in FACTS}


def wrong(before: State, taken_back: State, released: State) -> list[str]:
    """What was not as it should be, in words."""
    return [
        *(
            f"{fact.name} was {taken_back[fact.name]} when the account was taken back"
            for fact in FACTS
            if not fact.taken_back(before[fact.name], taken_back[fact.name])
        ),
        *(
            f"{fact.name} was {released[fact.name]} when the account was released"
            for fact in FACTS
            if not fact.released(before[fact.name], released[fact.name])
        ),
    ]
