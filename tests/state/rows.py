"""Rows to write: an incident of one partition, and what belongs to it."""

from datetime import UTC, datetime
from uuid import uuid4

from shared.alerts.alert import NamedAccount
from shared.policy import Mode
from shared.state.rows import IncidentRow

NOW = datetime(2026, 7, 18, 10, 0, 0, 123456, tzinfo=UTC)


def incident_row() -> IncidentRow:
    """A new incident of its own."""
    return IncidentRow(
        id=uuid4().hex,
        source="entra",
        reason="Leaked credentials",
        named=NamedAccount(id=str(uuid4())),
        mode=Mode.ENFORCE,
        opened_at=NOW,
    )
