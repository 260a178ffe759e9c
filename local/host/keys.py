"""Function keys: one opens its own function, the master key all of them."""

import hmac
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict


class Keys(BaseModel):
    """The keys file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    master: str
    functions: dict[str, str] = {}

    @classmethod
    def read(cls, path: Path) -> "Keys":
        """Raises ``FileNotFoundError``, ``pydantic.ValidationError``."""
        return cls.model_validate_json(path.read_bytes())

    def open(self, function: str, level: str, headers: Mapping[str, str], query: Mapping[str, str]) -> bool:
        """Whether a request may run a function. The header ``x-functions-key`` counts before ``?code=``."""
        if level == "ANONYMOUS":
            return True
        given = headers.get("x-functions-key") or query.get("code") or ""
        fitting = [self.master, *([self.functions[function]] if self._has_own(function, level) else [])]
        return any(key and hmac.compare_digest(key.encode(), given.encode()) for key in fitting)

    def _has_own(self, function: str, level: str) -> bool:
        return level == "FUNCTION" and function in self.functions
