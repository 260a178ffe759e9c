"""Calls to the tenant that do not wait for each other."""

from asyncio import Semaphore, gather
from collections.abc import Coroutine, Iterable
from typing import Any

AT_ONCE = 4  # of one account: more are refused by Outlook's services


async def side_by_side[T](calls: Iterable[Coroutine[Any, Any, T]]) -> list[T]:
    """What the calls give, in their order. Raises what the first one raises that fails, once all have ended.

    An error that a call gives, and does not raise, is what it gives.
    """
    turns = Semaphore(AT_ONCE)

    async def in_turn(call: Coroutine[Any, Any, T]) -> tuple[T]:
        async with turns:
            return (await call,)

    given = await gather(*map(in_turn, calls), return_exceptions=True)
    for one in given:
        if isinstance(one, BaseException):
            raise one
    return [one[0] for one in given if not isinstance(one, BaseException)]
