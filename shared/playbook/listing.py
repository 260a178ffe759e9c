"""The list of incidents, newest first: found through the index, judged by their own rows."""

from asyncio import gather
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from shared.state.incidents import Snapshot
from shared.state.index import OpenIncident
from shared.state.storage import Storage

from .registry import Playbook
from .status import IncidentStatus, contained_at, incident_status, secured_at

_READ_AT_ONCE = 20
_READ_AT_MOST = 400  # incidents looked at for one page


class Filters(BaseModel):
    """Which incidents, and how many. ``account`` is an object id or address; ``after`` is an answer's ``next``."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    status: IncidentStatus | None = None
    account: str | None = None
    limit: int = Field(50, ge=1, le=200)
    after: str = ""


class Line(BaseModel):
    """One incident of the list."""

    model_config = ConfigDict(frozen=True)

    id: str
    account: str
    status: IncidentStatus
    reason: str
    opened_at: datetime
    contained_at: datetime | None
    secured_at: datetime | None
    href: str


class Page(BaseModel):
    """One page. ``next`` is the place to go on from, "" at the end; a page may hold fewer than was asked for."""

    model_config = ConfigDict(frozen=True)

    incidents: list[Line]
    next: str


async def list_incidents(storage: Storage, playbook: Playbook, filters: Filters) -> Page:
    """The incidents that fit, newest first."""
    lines: list[Line] = []
    after, seen = filters.after, 0
    while len(lines) < filters.limit and seen < _READ_AT_MOST:
        listed, after = await storage.index.newest(min(_READ_AT_ONCE, filters.limit - len(lines)), after)
        snapshots = await gather(*(storage.incidents.read(row.incident) for row in listed))
        pairs = zip(listed, snapshots, strict=True)
        found = [snapshot for row, snapshot in pairs if snapshot and _is_its_own(row, snapshot)]
        lines += [_line(playbook, snapshot) for snapshot in found if _fits(playbook, snapshot, filters)]
        seen += len(listed)
        if not after:
            break
    return Page(incidents=lines, next=after)


def _is_its_own(row: OpenIncident, snapshot: Snapshot) -> bool:
    """An alert that was delivered twice at the same moment may have left a second line."""
    return row.opened_at == snapshot.incident.opened_at


def _line(playbook: Playbook, snapshot: Snapshot) -> Line:
    incident = snapshot.incident
    account = incident.account.user_principal_name if incident.account else incident.named.key
    return Line(
        id=incident.id,
        account=account,
        status=incident_status(playbook, snapshot),
        reason=incident.reason,
        opened_at=incident.opened_at,
        contained_at=contained_at(playbook, snapshot),
        secured_at=secured_at(playbook, snapshot),
        href=f"/api/incidents/{incident.id}",
    )


def _fits(playbook: Playbook, snapshot: Snapshot, filters: Filters) -> bool:
    incident = snapshot.incident
    known = incident.account
    names = {
        incident.named.id,
        incident.named.name,
        *((known.id, known.user_principal_name.casefold()) if known else ()),
    }
    status = filters.status is None or incident_status(playbook, snapshot) is filters.status
    return status and (filters.account is None or filters.account.casefold() in names)
