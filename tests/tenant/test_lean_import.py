"""What makes a cold start slow stays out: the SDK's entity models take more than two seconds to load."""

import json
import subprocess
import sys

MODULES = 1_250
PROGRAM = """
import asyncio
import json
import os
import sys

from shared.settings import Settings
from shared.tenant.tenant import Tenant
from tests.tenant.calls import GRAPH
from tests.tenant.server import serving


async def main():
    async with serving() as server:
        os.environ |= {"IDENTITY_ENDPOINT": server.url + "/msi/token", "IDENTITY_HEADER": "x"}
        tenant = Tenant.from_settings(Settings(tenant_id="t", graph_url=server.url, exchange_url=server.url))
        for case in GRAPH:
            server.play(case.good)
            await case.call(tenant)
        await tenant.close()
asyncio.run(main())
print(json.dumps(sorted(sys.modules)))
"""


def test_using_every_method_of_graph_loads_none_of_the_sdks_models() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True)
    modules = json.loads(done.stdout)
    assert [name for name in modules if name.startswith("msgraph.generated.models")] == []
    assert "msgraph.generated.users.users_request_builder" in modules
    assert len(modules) < MODULES
