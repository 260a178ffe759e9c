"""The attack window: since when the attacker may have been in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .status import attack_began_at
from .step import Context

_LOGS = timedelta(days=30)  # as long as they are kept


@dataclass(frozen=True)
class Window:
    """From ``start`` to ``end``, both in UTC. ``known`` tells a window that was seen from one that was assumed."""

    start: datetime
    end: datetime
    known: bool = False

    def holds(self, moment: datetime | None) -> bool:
        """Whether something that happened at ``moment`` may be the attacker's. What has no time is not held."""
        return moment is not None and self.start <= moment <= self.end


def attack_window(context: Context) -> Window:
    """Since when the attacker was in, as the logs tell; where they do not, the window that is assumed."""
    began_at = attack_began_at(context.snapshot)
    return Window(began_at, context.now, known=True) if began_at else assumed_window(context)


def attackers(context: Context) -> frozenset[str]:
    """The addresses that are the attacker's, as far as the logs tell."""
    return frozenset(address for row in context.snapshot.steps.values() for address in row.attackers)


def attackers_rules(context: Context) -> frozenset[str]:
    """What the attacker's rules are called, in lower case, as far as the logs tell."""
    return frozenset(name for row in context.snapshot.steps.values() for name in row.attackers_rules)


def assumed_window(context: Context) -> Window:
    """From the look-back before the first activity that an alert tells of, or before the incident where none does."""
    return Window(first_activity(context) - context.settings.look_back, context.now)


def first_activity(context: Context) -> datetime:
    """The first that an alert tells of, or when the incident was opened."""
    return min(activities(context), default=context.snapshot.incident.opened_at)


def activities(context: Context) -> list[datetime]:
    """When the attacker acted, as the alerts tell that could have started the response."""
    return [alert.activity_at for alert in context.snapshot.alerts if alert.activity_at is not None and not alert.aside]


def logs_from(context: Context) -> datetime:
    """From when on logs are read: long enough before the attack to tell what is usual for the user."""
    return first_activity(context) - _LOGS
