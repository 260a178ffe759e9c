"""The log of every call, with passwords masked, and the passwords themselves, kept apart for the leak test."""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from local.simulator.call import Call

MASK = "***"


@dataclass
class Entry:
    """One logged call. ``status`` is None while it is being answered, and where the answer was dropped."""

    n: int
    at: str
    service: str
    method: str
    path: str
    query: dict[str, str]
    cmdlet: str | None
    parameters: object
    status: int | None = None


class CallLog:
    """All calls since the start or the last ``clear``."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self.passwords: list[str] = []

    def add(self, call: Call) -> Entry:
        """Log a call that has just come in."""
        entry = Entry(
            n=len(self._entries) + 1,
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
            service=call.service,
            method=call.method,
            path=call.path,
            query={name: ", ".join(values) for name, values in call.query.items()},
            cmdlet=call.cmdlet,
            parameters=self._mask(call.parameters),
        )
        self._entries.append(entry)
        return entry

    def clear(self) -> None:
        self._entries.clear()
        self.passwords.clear()

    def rows(self) -> list[dict[str, object]]:
        return [asdict(entry) for entry in self._entries]

    def _mask(self, value: object) -> object:
        if isinstance(value, list):
            return [self._mask(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {key: self._mask_password(key, item) for key, item in value.items()}

    def _mask_password(self, key: str, value: object) -> object:
        if key.casefold().endswith("password") and isinstance(value, str):
            self.passwords.append(value)
            return MASK
        return self._mask(value)
