"""Worlds for all tests, and at the end what was tried in them."""

import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import pytest
import pytest_asyncio

from local.child import ROOT
from local.everything import all_steps

from .clock import Clock, runner
from .crashes import Crashed, Undisturbed, undisturbed
from .places import Places, places
from .pool import Pool
from .scenarios import SCENARIOS
from .world import Story, ordinary, prepare, world

WORLDS = 2
TOLD = ROOT / ".local" / "crashes.json"
_crashed = pytest.StashKey[list[Crashed]]()


@pytest_asyncio.fixture(scope="session")
async def _places(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[Places]]:
    async with AsyncExitStack() as exits:
        folders = [tmp_path_factory.mktemp("world") for _ in range(WORLDS)]
        yield [await exits.enter_async_context(places(folder)) for folder in folders]


@pytest_asyncio.fixture(scope="session")
async def where(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Places]:
    """Storage and a tenant for all stories, one after the other."""
    async with places(tmp_path_factory.mktemp("stories")) as there:
        await prepare(there, all_steps())
        yield there


@pytest.fixture
def tell(where: Places) -> Callable[[Story], None]:
    """Lets something happen in a world of its own."""

    def told(story: Story) -> None:
        clock = Clock()

        async def go() -> None:
            async with world(where, clock, all_steps(), ordinary()) as here:
                await story(here)

        with runner(clock) as running:
            running.run(go())

    return told


@pytest.fixture(scope="session")
def pool(_places: list[Places]) -> Iterator[Pool]:
    with Pool(_places) as pool:
        yield pool


@pytest.fixture(scope="session")
def unharmed(pool: Pool) -> Callable[[str], list[Undisturbed]]:
    """A scenario as it goes when nobody disturbs it; each is run once."""
    known: dict[str, list[Undisturbed]] = {}

    def look_up(name: str) -> list[Undisturbed]:
        if name not in known:
            (known[name],) = pool.run(undisturbed, [(SCENARIOS[name].acts,)])
        return known[name]

    return look_up


@pytest.fixture(scope="session")
def crashed(request: pytest.FixtureRequest) -> list[Crashed]:
    """What became of each crash, for the summary."""
    return request.config.stash.setdefault(_crashed, [])


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    tried = config.stash.get(_crashed, [])
    if not tried:
        return
    terminalreporter.section("crashes")
    for scenario in dict.fromkeys(one.scenario for one in tried):
        terminalreporter.line(f"{scenario}: {_score([one for one in tried if one.scenario == scenario])}")
    terminalreporter.line(f"all: {_score(tried)}")
    TOLD.write_text(json.dumps([one.told for one in tried], indent=1))


def _score(points: list[Crashed]) -> str:
    return f"{len(points)} points, {sum(one.converged for one in points)} converged"
