"""A change that the tenant refuses because it is made already: by somebody else, or by a call whose answer was lost."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from shared.tenant.errors import NotFound, Permanent


async def done_anyway(change: Awaitable[datetime], is_done: Callable[[], Awaitable[bool]], now: datetime) -> datetime:
    """When the change was accepted; ``now`` where it was refused and is made all the same. Raises the refusal else."""
    try:
        return await change
    except (NotFound, Permanent):
        if await is_done():
            return now
        raise
