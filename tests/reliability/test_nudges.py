"""A backlog is not fed: however slowly the messages are taken, a step is sent one for each of its rounds."""

from base64 import b64decode
from collections import Counter
from xml.etree import ElementTree

import pytest

from local.everything import all_steps
from shared.state.queues import Message

from .messages import Taken
from .pool import Pool
from .scenarios import SCENARIOS
from .taps import Call
from .world import World


@pytest.mark.parametrize("scenario", ["response", "restored"])
def test_a_step_that_ends_nudges_only_what_has_waited_for_it(scenario: str, pool: Pool) -> None:
    (sent,) = pool.run(nudges, [(scenario,)])

    assert {step for step, _ in sent} == set(all_steps())
    once = {name for name, step in all_steps().items() if not step.declaration.background}
    assert {one: times for one, times in sent.items() if times > 1 and one[0] in once} == {}


async def nudges(world: World, scenario: str) -> Counter[tuple[str, str]]:
    """What was sent in the scenario, by incident and step with its round, where messages are taken one at a time."""

    async def one_at_a_time(_: Taken | None) -> None: ...

    for act in SCENARIOS[scenario].acts:
        await act(world)
        await world.run(one_at_a_time)
    return Counter(_what(call) for call in world.calls if _sends(call))


def _sends(call: Call) -> bool:
    return call.method == "POST" and call.path.endswith("/messages")


def _what(call: Call) -> tuple[str, str]:
    text = ElementTree.fromstring(call.body).findtext(".//MessageText", "")  # noqa: S314 - our own
    message = Message.model_validate_json(b64decode(text))
    return message.step, f"round {message.round} of {message.incident}"
