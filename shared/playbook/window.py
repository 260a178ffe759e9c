"""The attack window: since when the attacker may have been in."""

from dataclasses import dataclass
from datetime import datetime

from .step import Context


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
    """The look-back before the first activity that an alert tells of, or before the incident where none does."""
    incident = context.snapshot.incident
    seen = [alert.activity_at for alert in context.snapshot.alerts if alert.activity_at is not None]
    return Window(min(seen, default=incident.opened_at) - context.settings.look_back, context.now)
