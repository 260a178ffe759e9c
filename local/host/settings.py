"""host.json, as far as this host obeys it; what it does not set has the default of the real host.

Source: https://learn.microsoft.com/azure/azure-functions/functions-host-json and functions-bindings-storage-queue.
"""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

_TIME_SPAN = re.compile(r"(?:(?P<days>\d+)\.)?(?P<hours>\d{1,2}):(?P<minutes>\d{2}):(?P<seconds>\d{2}(?:\.\d{1,7})?)")


def _time_span(value: object) -> object:
    """``[d.]hh:mm:ss[.fffffff]`` as .NET writes it."""
    match = _TIME_SPAN.fullmatch(value) if isinstance(value, str) else None
    return timedelta(**{unit: float(count or 0) for unit, count in match.groupdict().items()}) if match else value


TimeSpan = Annotated[timedelta, BeforeValidator(_time_span)]


class Section(BaseModel):
    """A part of host.json; what it holds besides is for others."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, extra="ignore")


class QueueSettings(Section):
    """``extensions.queues``."""

    max_polling_interval: TimeSpan = timedelta(minutes=1)
    visibility_timeout: TimeSpan = timedelta(0)
    batch_size: int = Field(16, ge=1, le=32)
    max_dequeue_count: int = Field(5, ge=1)
    new_batch_threshold: int | None = None
    message_encoding: Literal["base64", "none"] = "base64"

    @property
    def threshold(self) -> int:
        """A new batch is fetched when no more than this many messages are being worked on."""
        return self.batch_size // 2 if self.new_batch_threshold is None else self.new_batch_threshold


class HttpSettings(Section):
    """``extensions.http``."""

    route_prefix: str = "api"


class Extensions(Section):
    """``extensions``."""

    queues: QueueSettings = QueueSettings()
    http: HttpSettings = HttpSettings()


class HostSettings(Section):
    """host.json."""

    extensions: Extensions = Extensions()
    function_timeout: TimeSpan = timedelta(minutes=30)


def host_settings(root: Path) -> HostSettings:
    """Raises ``FileNotFoundError``, ``pydantic.ValidationError``."""
    return HostSettings.model_validate_json((root / "host.json").read_bytes())
