"""host.json: what is obeyed, and the defaults of the real host."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from local.host.settings import HostSettings, host_settings


def test_what_is_not_set_is_as_the_real_host_has_it() -> None:
    queues = HostSettings().extensions.queues

    assert queues.max_polling_interval == timedelta(minutes=1)
    assert queues.visibility_timeout == timedelta(0)
    assert (queues.batch_size, queues.threshold, queues.max_dequeue_count) == (16, 8, 5)
    assert queues.message_encoding == "base64"
    assert HostSettings().extensions.http.route_prefix == "api"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("00:00:01", timedelta(seconds=1)),
        ("00:10:00", timedelta(minutes=10)),
        ("1.02:03:04", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("00:00:00.25", timedelta(milliseconds=250)),
        ("00:00:01.5000001", timedelta(seconds=1, milliseconds=500)),  # .NET counts in tenths of a microsecond
    ],
)
def test_times_are_written_as_dotnet_writes_them(text: str, meant: timedelta) -> None:
    assert HostSettings.model_validate({"functionTimeout": text}).function_timeout == meant


@pytest.mark.parametrize("queues", [{"batchSize": 33}, {"maxDequeueCount": 0}, {"messageEncoding": "rot13"}])
def test_what_the_real_host_refuses_is_refused(queues: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HostSettings.model_validate({"extensions": {"queues": queues}})


def test_the_apps_own_host_json_is_read() -> None:
    settings = host_settings(Path(__file__).parents[2])
    assert settings.extensions.queues.max_polling_interval <= timedelta(seconds=2)
