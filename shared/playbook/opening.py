"""Opening an incident: what a door does with an alert. It writes and nudges, and asks the tenant nothing.

What is stored is keyed by the alert's own identity and the account as named: the same alert again finds its incident,
and is only a nudge.
"""

import logging
from asyncio import gather
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from shared.alerts.alert import Alert, Ignored, NamedAccount
from shared.policy import Mode
from shared.settings import Settings
from shared.state.alerts import ReceivedAlert
from shared.state.errors import Conflict
from shared.state.incidents import Insert, Replace
from shared.state.queues import Message
from shared.state.rows import AlertRow, IncidentRow, StepRow
from shared.state.storage import Storage

from .registry import TRIAGE

FIRST_LOOK = timedelta(minutes=1)

log = logging.getLogger("regain.alerts")


@dataclass(frozen=True)
class Opening:
    """Opens incidents, and records what was ignored."""

    storage: Storage
    settings: Settings
    now: Callable[[], datetime]

    async def receive(
        self, alert: Alert, mode: Mode | None = None, only: tuple[str, ...] | None = None, opened_by: str = ""
    ) -> list[IncidentRow]:
        """An incident for each account that the alert names: a new one, or the one that this alert has opened before.

        ``mode`` is the setting's where None; ``only`` names the steps that were asked for, None for all.
        ``opened_by``: the object id of who asks, "" where nobody does or it is not known.
        Raises ``azure.core.exceptions.AzureError`` where storage is in trouble: nothing is lost, send it again.
        """
        ids = {account: incident_id(alert, account) for account in alert.accounts}
        await self.storage.alerts.put(self._received(alert, incidents=tuple(ids.values())))
        mode = mode or (Mode.REPORT_ONLY if alert.ask else self.settings.mode)
        return list(await gather(*(self._open(alert, account, mode, only, opened_by) for account in alert.accounts)))

    async def ignore(self, ignored: Ignored) -> None:
        """Records an alert that starts nothing, with the reason; where its account has an open incident, there too."""
        alert = ignored.alert
        known = await self.storage.alerts.get(alert.key)
        if known is not None and known.incidents:  # what an alert once started is not forgotten
            return
        if ignored.attention:
            log.error("alert=%s needs attention: %s", alert.key, ignored.reason)
        row = _alert_row(alert, _whole_milliseconds(self.now())).model_copy(update={"aside": ignored.reason})
        ids = dict.fromkeys(account.id for account in alert.accounts if account.id)
        joined = await gather(*(self._aside(one, row) for one in ids))
        received = self._received(alert, ignored=ignored.reason, attention=ignored.attention)
        await self.storage.alerts.put(received.model_copy(update={"joined": tuple(one for one in joined if one)}))

    async def _aside(self, account_id: str, row: AlertRow) -> str:
        """The open incident of the account, which now has the alert; "" where it has none."""
        incident = await self.storage.open_incident(account_id)
        return await self._add(incident.id, row) if incident is not None else ""

    async def _add(self, incident: str, row: AlertRow) -> str:
        """The incident, or the one that it has joined, which now has the alert; "" where all is over.

        It is written only into an incident that is as it was read: one that joins another just now takes it along.
        """
        while incident and (read := await self.storage.incidents.read(incident)) is not None:
            if read.incident.ending is not None:
                incident = read.incident.joined_to or ""
                continue
            if any(one.key == row.key for one in read.alerts):
                return incident
            with suppress(Conflict):
                await self.storage.incidents.write(incident, Replace(read.incident), Insert(row))
                return incident
        return ""

    async def _open(
        self, alert: Alert, account: NamedAccount, mode: Mode, only: tuple[str, ...] | None, opened_by: str
    ) -> IncidentRow:
        now = _whole_milliseconds(self.now())
        known = await self.storage.incidents.incident(incident_id(alert, account))
        row = known or IncidentRow(
            id=incident_id(alert, account),
            source=alert.source,
            reason=alert.title,
            named=account,
            mode=mode,
            opened_at=now,
            opened_by=opened_by,
            only=only,
        )
        if known is not None and known.source != alert.source:
            await self._add(known.id, _alert_row(alert, now))  # another source's copy of the same alert
        if known is None:
            await self.storage.index.add(row.id, opened_at=now, due_at=now + FIRST_LOOK)
            await self._insert(row, _alert_row(alert, now))
        if row.account is None and row.ending is None:
            await self.storage.queues.send(Message(incident=row.id, step=TRIAGE, round=1))
        return row

    async def _insert(self, row: IncidentRow, alert: AlertRow) -> None:
        try:
            await self.storage.incidents.write(row.id, Insert(row), Insert(StepRow(name=TRIAGE)), Insert(alert))
        except Conflict:
            return  # the same alert, delivered twice at the same moment: the other delivery has opened it

    def _received(
        self, alert: Alert, *, incidents: tuple[str, ...] = (), ignored: str = "", attention: bool = False
    ) -> ReceivedAlert:
        return ReceivedAlert(
            id=alert.key,
            source=alert.source,
            identity=alert.identity,
            title=alert.title,
            severity=alert.severity,
            activity_at=alert.activity_at,
            received_at=self.now(),
            notes=alert.notes,
            incidents=incidents,
            ignored=ignored,
            attention=attention,
            sentinel_incident=alert.sentinel_incident,
        )


def incident_id(alert: Alert, account: NamedAccount) -> str:
    """32 hexadecimal characters: the identity of the alert, or of the one that it repeats; the account as named."""
    return sha256(f"{alert.repeats or alert.key}\n{account.key}".encode()).hexdigest()[:32]


def _whole_milliseconds(time: datetime) -> datetime:
    """The list of incidents tells times apart by no less: two deliveries within one share their line there."""
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def _alert_row(alert: Alert, now: datetime) -> AlertRow:
    return AlertRow(
        alert=alert.key,
        source=alert.source,
        identity=alert.identity,
        title=alert.title,
        severity=alert.severity,
        activity_at=alert.activity_at,
        received_at=now,
        sentinel_incident=alert.sentinel_incident,
    )
