"""Worlds side by side: each in a process of its own, with places of its own."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.queues import SimpleQueue
from typing import Any, Concatenate, Self

from local.everything import Given, all_steps, everything
from local.leash import leash

from .clock import Clock, runner
from .places import Places
from .world import World, prepare, world


class Pool:
    """As many processes as there are ``places``. Each has one world, which begins empty for each piece of work."""

    def __init__(self, places: list[Places]) -> None:
        context = get_context("spawn")
        free: SimpleQueue[Places] = context.SimpleQueue()
        for place in places:
            free.put(place)
        self._executor = ProcessPoolExecutor(len(places), context, _settle, (free, everything(), os.getpid()))

    def __enter__(self) -> Self:
        self._executor.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._executor.shutdown(cancel_futures=True)

    def run[**Arguments, Result](
        self, work: Callable[Concatenate[World, Arguments], Awaitable[Result]], calls: Iterable[tuple[Any, ...]]
    ) -> list[Result]:
        """What ``work``, a function of a module, makes of each of these arguments, in their order."""
        return [future.result() for future in [self._executor.submit(_work, work, call) for call in calls]]


@dataclass
class _Process:
    """What this process of the pool works with, until it ends."""

    runner: asyncio.Runner
    entered: AbstractAsyncContextManager[World]
    world: World


_process: list[_Process] = []


def _settle(free: "SimpleQueue[Places]", given: Given, parent: int) -> None:
    leash(parent)
    logging.disable(logging.CRITICAL)
    there, clock, book = free.get(), Clock(), all_steps()
    asyncio.run(prepare(there, book))
    running = runner(clock)
    entered = world(there, clock, book, given)
    _process.append(_Process(running, entered, running.run(entered.__aenter__())))


def _work(work: Callable[..., Awaitable[Any]], arguments: tuple[Any, ...]) -> Any:
    (process,) = _process

    async def from_the_beginning() -> Any:
        process.world.playbook = all_steps()
        await process.world.put_back(process.world.empty)
        return await work(process.world, *arguments)

    return process.runner.run(from_the_beginning())
