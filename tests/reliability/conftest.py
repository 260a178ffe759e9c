"""One storage and one tenant for all worlds: each begins empty. What was tried is told at the end."""

import json
from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from functions import wiring
from local.child import ROOT
from shared.playbook.registry import Playbook

from .clock import Clock, run
from .crashes import Crashed, Undisturbed, undisturbed
from .places import Places, places
from .scenarios import SCENARIOS
from .world import world

TOLD = ROOT / ".local" / "crashes.json"
_crashed = pytest.StashKey[list[Crashed]]()


@pytest_asyncio.fixture(scope="session")
async def where(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Places]:
    async with places(tmp_path_factory.mktemp("reliability")) as there:
        yield there


@pytest.fixture(scope="session")
def playbook() -> Playbook:
    """All steps that there are."""
    return Playbook(module.step for module in wiring.modules("steps"))


@pytest.fixture(scope="session")
def unharmed(where: Places, playbook: Playbook) -> Callable[[str], Undisturbed]:
    """A scenario as it goes when nobody disturbs it; each is run once."""
    known: dict[str, Undisturbed] = {}

    async def go(name: str, clock: Clock) -> Undisturbed:
        async with world(where, clock, playbook) as here:
            return await undisturbed(here, *SCENARIOS[name])

    def look_up(name: str) -> Undisturbed:
        if name not in known:
            clock = Clock()
            known[name] = run(clock, go(name, clock))
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
    for name in dict.fromkeys(f"{one.scenario} {one.start}" for one in tried):
        points = [one for one in tried if f"{one.scenario} {one.start}" == name]
        terminalreporter.line(f"{name}: {_score(points)}")
    terminalreporter.line(f"all: {_score(tried)}")
    TOLD.write_text(json.dumps([one.told for one in tried], indent=1))


def _score(points: list[Crashed]) -> str:
    return f"{len(points)} points, {sum(one.converged for one in points)} converged"
