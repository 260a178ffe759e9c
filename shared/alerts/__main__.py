"""``python -m shared.alerts FOLDER``: reads every file in it as an alert's payload, and prints what each is read as.

Out: a JSON list of ``{file, kind, alerts: [{id, title, severity, accounts, starts, reason}]}``, by name of file. The
kind is recognised from the content; where none is, or nothing can be read, ``alerts`` is empty and ``reason`` says why.
Each is read as if it had just come, in the tenant that it names, by the policy in ``REGAIN_STARTING``. Nothing is sent
anywhere. No such folder: a sentence on stderr, exit 2.
"""

import json
import os
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import ValidationError

from .alert import Alert, Ignored
from .errors import BadPayload
from .kinds import READERS, UNKNOWN, kind_of
from .starting import StartingPolicy

_ANY_AGE = timedelta(days=36500)


def main(arguments: list[str]) -> int:
    """Read the folder that is named."""
    folder = Path(arguments[0]) if len(arguments) == 1 and arguments[0] else None
    if folder is None or not folder.is_dir():
        sys.stderr.write("Name a folder of payload files: make -s read-alerts DIR=folder\n")
        return 2
    try:
        starting = StartingPolicy.model_validate_json(os.environ.get("REGAIN_STARTING", "{}"))
    except ValidationError as error:
        sys.stderr.write(f"REGAIN_STARTING is no policy: {error.error_count()} mistakes.\n")
        return 2
    starting = starting.model_copy(update={"max_age": _ANY_AGE})
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix != ".md")
    json.dump([_read(path, starting) for path in files], sys.stdout, indent=1)
    sys.stdout.write("\n")
    return 0


def _read(path: Path, starting: StartingPolicy) -> dict[str, object]:
    body = path.read_bytes()
    kind = kind_of(body)
    entry: dict[str, object] = {"file": path.name, "kind": kind, "alerts": []}
    if kind == UNKNOWN:
        return entry | {"reason": "It is like nothing that an alert source sends."}
    try:
        read = READERS[kind](body, tenant_id=None, now=datetime.now(UTC), starting=starting)
    except BadPayload as error:
        return entry | {"reason": str(error)}
    return entry | {"alerts": [shown(one) for one in read]}


def shown(one: Alert | Ignored) -> dict[str, object]:
    """What is printed of an alert. ``reason`` is why it starts nothing, or nothing by itself; "" where it starts."""
    alert = one.alert if isinstance(one, Ignored) else one
    reason = one.reason if isinstance(one, Ignored) else alert.ask
    return {
        "id": alert.identity,
        "title": alert.title,
        "severity": alert.severity,
        "accounts": [{name: value for name, value in asdict(account).items() if value} for account in alert.accounts],
        "starts": not reason,
        "reason": reason,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
