"""Of a group, a host serves its functions alone: as an instance of Flex Consumption does."""

from http import HTTPStatus
from pathlib import Path

import pytest

from local.child import NotReady
from tests.host.running import running, until


async def test_an_instance_of_the_http_functions_reads_no_queue(storage: str, tmp_path: Path) -> None:
    async with running(tmp_path, storage, "--group", "http") as host:
        assert (await host.http.get("/api/things/special")).status_code == HTTPStatus.OK
        async with running(tmp_path / "plain", storage, "--group", "function:plain") as other:
            await other.send("plain", "for one of the two")
            await until(lambda: bool(other.noted("plain")))
            assert (await other.http.get("/api/things/special")).status_code == HTTPStatus.NOT_FOUND
        assert not host.notes


async def test_an_unknown_group_is_refused_with_those_that_there_are(storage: str, tmp_path: Path) -> None:
    with pytest.raises(
        NotReady, match=r"No function is in the group function:nobody. There are: .*function:plain.*http"
    ):
        async with running(tmp_path, storage, "--group", "function:nobody"):
            pass
