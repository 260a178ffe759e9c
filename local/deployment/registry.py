"""infra/registry.json: what the templates declare or keep ready because the code has it."""

import json

from functions import wiring
from local.child import ROOT
from local.doors import doors
from shared.playbook.declaration import Declaration, Stage
from shared.state import deliveries, reports
from shared.state.deliveries import QUEUE
from shared.state.queues import POISON
from shared.state.storage import TABLES

_AT_ONCE = (Stage.TRIAGE, Stage.CONTAIN)


def registry() -> str:
    """The file's content: queues, tables, containers, what is kept ready, what answers without a sign-in."""
    declared = [step.declaration for step in wiring.playbook().values()]
    content = {
        "note": "Made from the code by `make docs`: change it there.",
        "queues": [name for queue in (*(one.name for one in declared), QUEUE) for name in (queue, queue + POISON)],
        "tables": list(TABLES),
        "containers": [reports.CONTAINER, deliveries.CONTAINER],
        "alwaysReady": ["http", *(f"function:{one.function}" for one in declared if _at_once(one))],
        "openPaths": open_paths(),
    }
    return json.dumps(content, indent=2) + "\n"


def open_paths() -> list[str]:
    """Where nobody has to sign in: the doors of alerts, which have keys, and what is open to anybody."""
    return [
        f"/api/{door.route}"
        for door in doors(ROOT)
        if ("POST" in door.methods and door.route.startswith("alerts/")) or (door.keyless and not door.person)
    ]


def _at_once(declared: Declaration) -> bool:
    return declared.stage in _AT_ONCE
