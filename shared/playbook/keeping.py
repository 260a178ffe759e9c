"""Keeping the report of an incident that has ended: once, and its hash in the incident's row.

The blob comes first. Whoever dies in between leaves it without its hash, and the sweep comes again: it keeps no other
report, but notes the hash of the one that is there.
"""

from hashlib import sha256

from shared.state.incidents import Replace, Snapshot
from shared.state.rows import Ending
from shared.state.storage import Storage

from .page import page
from .registry import Playbook
from .views import incident_view


async def keep_report(storage: Storage, playbook: Playbook, snapshot: Snapshot) -> None:
    """Keeps the report of an incident that has ended, unless it is kept, or the one that it has joined tells the rest.

    Safe to repeat. Raises ``AzureError`` where storage is in trouble, ``Conflict`` where the incident has changed.
    """
    incident = snapshot.incident
    if incident.report_sha256 is not None or incident.ending is Ending.JOINED:
        return
    kept = await storage.reports.keep(incident.id, page(incident_view(playbook, snapshot)).encode())
    noted = incident.model_copy(update={"report_sha256": sha256(kept).hexdigest()})
    await storage.incidents.write(incident.id, Replace(noted))
