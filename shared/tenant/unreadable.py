"""What can never be read, told apart from what can: what passes is waited out by the engine."""

from collections.abc import Awaitable

from shared.tenant.errors import Denied, Permanent, Unlicensed

Unreadable = Denied | Permanent | Unlicensed


async def or_why[T](reading: Awaitable[T]) -> T | Unreadable:
    """What a reading gives, or why it never can. Raises what else goes wrong."""
    try:
        return await reading
    except (Denied, Permanent, Unlicensed) as error:
        return error
