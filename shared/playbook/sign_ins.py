"""Which sign-ins are the attacker's, and what else stands out. Pure: the log in, words out.

An address is the attacker's if a sign-in from it succeeded that Entra called risky, or at the time of an activity that
an alert tells of; but not the addresses that the user has had since before the look-back, which nobody can tell from
the user's own. The attacker was in since the first success from one of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.tenant.sign_ins import SignIn

from .foreign import shown

_NEAR = timedelta(minutes=10)  # an alert's time and the log's are not the same to the second
_MANY = 10  # failed sign-ins from one address
_MOST = 10  # addresses that are told
_MOST_KEPT = 50  # addresses of the attacker's
_OLD_CLIENTS = ("IMAP4", "POP3", "Authenticated SMTP", "Exchange ActiveSync", "Other clients", "Exchange Web Services")


@dataclass(frozen=True)
class Address:
    """All sign-ins from one address, the oldest first."""

    ip: str
    sign_ins: tuple[SignIn, ...]

    @property
    def successes(self) -> list[SignIn]:
        return [one for one in self.sign_ins if one.succeeded]

    def __str__(self) -> str:
        place = ", ".join(shown(part, 40) for part in (self.sign_ins[0].city, self.sign_ins[0].country) if part)
        first, last = (f"{one.at:%Y-%m-%d %H:%M}" for one in (self.sign_ins[0], self.sign_ins[-1]))
        clients = sorted({shown(one.client, 40) for one in self.sign_ins if one.client})
        good, bad = len(self.successes), len(self.sign_ins) - len(self.successes)
        return (
            f"{shown(self.ip, 45)} ({place or 'place unknown'}), {first} to {last} UTC: {good} succeeded, {bad} failed"
            + (f", by {', '.join(clients)}" if clients else "")
        )


@dataclass(frozen=True)
class Seen:
    """What the log tells. ``began_at`` is the attacker's first success, None where none is seen; ``attackers`` are the
    addresses that are the attacker's alone."""

    began_at: datetime | None
    told: tuple[str, ...]
    attackers: tuple[str, ...] = ()


def judged(rows: Iterable[SignIn], activities: Iterable[datetime], look_back_from: datetime) -> Seen:
    """``activities`` are those that alerts tell of; what was there before ``look_back_from`` is the user's own."""
    times, addresses = tuple(activities), _by_address(rows)
    own = {one.ip for one in addresses if any(good.at < look_back_from for good in one.successes)}
    attackers = {one.ip: found for one in addresses if (found := _attackers(one, times, one.ip in own))}
    others = [one for one in addresses if one.ip not in attackers]
    new = [one for one in others if one.successes and one.ip not in own]
    tried = [one for one in others if one not in new and len(one.sign_ins) - len(one.successes) >= _MANY]
    told = (
        *(f"Probably the attacker: {one}. {_why(one)}" for one in addresses if one.ip in attackers),
        *(f"New for this user: {one}." for one in new[:_MOST]),
        *(f"Somebody tries passwords: {one}." for one in tried[:_MOST]),
        *_old_clients(others),
    )
    began_at = min((good.at for found in attackers.values() for good in found), default=None)
    return Seen(began_at, told, tuple(ip for ip in attackers if ip and ip not in own)[:_MOST_KEPT])


def _by_address(rows: Iterable[SignIn]) -> list[Address]:
    """In the order in which they were first seen."""
    found: dict[str, list[SignIn]] = {}
    for row in sorted(rows, key=lambda one: one.at):
        found.setdefault(row.ip_address, []).append(row)
    return [Address(ip, tuple(some)) for ip, some in found.items()]


def _attackers(address: Address, activities: tuple[datetime, ...], own: bool) -> list[SignIn]:
    """Those of its sign-ins that are the attacker's: of the user's own addresses, only what Entra calls risky."""
    risky = [one for one in address.successes if one.risky]
    if own:
        return risky
    near = any(abs(one.at - activity) <= _NEAR for one in address.successes for activity in activities)
    return address.successes if risky or near else []


def _why(address: Address) -> str:
    risky = any(one.risky for one in address.successes)
    return "Entra calls it risky." if risky else "It is where the alert's activity came from."


def _old_clients(addresses: list[Address]) -> list[str]:
    """Protocols that ask for a password and nothing else, whoever used them."""
    used = {one.client for address in addresses for one in address.successes if one.client in _OLD_CLIENTS}
    return [f"Signed in without a second factor, by {', '.join(sorted(used))}."] if used else []
