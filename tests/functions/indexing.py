"""``python -m tests.functions.indexing``: prints what Microsoft's worker library finds in our app, as JSON.

A process of its own, because an app can be indexed once in a process.
"""

import asyncio
import json
import sys

from local.child import ROOT
from local.host.worker import Worker


async def main() -> None:
    worker = await Worker.load(ROOT)
    json.dump({function.name: function.trigger for function in worker.functions}, sys.stdout)


if __name__ == "__main__":
    asyncio.run(main())
