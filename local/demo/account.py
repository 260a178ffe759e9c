"""The account as the tenant has it: what the demo shows of it, and what each of that should be by when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx

from .attack import VICTIM

NOBODY = "nobody"
ATTACKERS_RULES = (".", "..", "Clean up")
NEW_APPLICATION = "ab000000-0000-4000-8000-000000000002"
OWN_METHOD = "ae000000-0000-4000-8000-000000000001"
ROLES_GROUP, GIVEN_BACK = "Help desk", "Exchange Administrator"
NEW_DEVICE = "e0000000-0000-4000-8000-000000000002"

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


def same(before: str, now: str) -> bool:
    """Whether it is what it was."""
    return now == before


def moved(before: str, now: str) -> bool:
    """Whether a time is a later one now."""
    return now > before


def _sign_in(account: Account) -> str:
    return "enabled" if account["user"]["accountEnabled"] else "blocked"


def _forwarding(account: Account) -> str:
    mailbox = account["mailbox"]
    targets = [mailbox.get("ForwardingAddress"), mailbox.get("ForwardingSmtpAddress")]
    return ", ".join(str(target).removeprefix("smtp:") for target in targets if target) or NOBODY


def _rules(*, attackers: bool) -> Callable[[Account], str]:
    """How many rules are on, of the attacker's or of the user's own, hidden ones and sweep rules included."""

    def count(account: Account) -> str:
        rules = [*account["inboxRules"], *account["sweepRules"]]
        return f"{sum(one['Enabled'] and (one['Name'] in ATTACKERS_RULES) is attackers for one in rules)} on"

    return count


def _outsiders(account: Account) -> str:
    """Who from outside may open the mailbox or send in its name."""
    delegations = account["delegations"]
    entries = [*delegations["fullAccess"], *delegations["sendAs"]]
    users = {str(entry.get("User") or entry.get("Trustee")) for entry in entries}
    return ", ".join(sorted(user.partition("_")[0] for user in users if "#EXT#" in user)) or NOBODY


def _mail_apps(account: Account) -> str:
    flags = {name: value for name, value in account["casMailbox"].items() if name.endswith("Enabled")}
    return "all off" if all(value is False for value in flags.values()) else f"{sum(map(bool, flags.values()))} on"


def _new_devices(account: Account) -> str:
    devices = [one["device"] for one in account["devices"]]
    return (
        ", ".join(one["displayName"] for one in devices if one["accountEnabled"] and one["id"] == NEW_DEVICE) or "none"
    )


def _new_methods(account: Account) -> str:
    """How many second factors there are besides the user's own."""
    return f"{sum(one['id'] != OWN_METHOD for one in account['methods'])} more"


def _applications(account: Account) -> str:
    return "let in" if any(one["clientId"] == NEW_APPLICATION for one in account["grants"]) else "shut out"


def _roles(account: Account) -> str:
    """How many: directory roles, eligible ones too, groups that carry some, those of Exchange and of Defender."""
    own = [*account["roles"], *account["groupSchedules"], *(one for one in account["groups"] if one == ROLES_GROUP)]
    others = [*account["roleGroups"], *account["roleAssignments"], *account["defenderRoleGroups"]]
    return f"{len(own) + len(others)} held"


FACTS = (
    Fact("Sign-in", _sign_in, is_("blocked"), is_("enabled")),
    Fact("Password set", lambda one: str(one["user"]["lastPasswordChangeDateTime"]), moved, moved),
    Fact("Sessions since", lambda one: str(one["user"]["signInSessionsValidFromDateTime"]), moved, moved),
    Fact("Forwards to", _forwarding, is_(NOBODY), is_(NOBODY)),
    Fact("Attacker's rules", _rules(attackers=True), is_("0 on"), is_("0 on")),
    Fact("Own rules", _rules(attackers=False), same, same),
    Fact("Outsiders in it", _outsiders, is_(NOBODY), is_(NOBODY)),
    Fact("Mail apps", _mail_apps, is_("all off"), same),
    Fact(
        "Automatic reply",
        lambda one: str(one["settings"]["autoReply"]["AutoReplyState"]).lower(),
        *[is_("disabled")] * 2,
    ),
    Fact("New device", _new_devices, is_("none"), is_("none")),
    Fact("Second factors", _new_methods, is_("0 more"), is_("0 more")),
    Fact("PDF Mail Viewer", _applications, is_("shut out"), is_("shut out")),
    Fact("Roles", _roles, is_("0 held"), is_("1 held")),
    Fact("Sending", lambda one: "blocked" if one["blockedSender"] else "allowed", *[is_("allowed")] * 2),
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
