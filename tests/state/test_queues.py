"""The queues: ids and a round, never more; what was poisoned is found again."""

import json
from base64 import b64decode, b64encode
from datetime import timedelta
from secrets import choice
from string import ascii_lowercase
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio
from azure.storage.queue.aio import QueueClient, QueueServiceClient
from pydantic import ValidationError

from shared.state.queues import POISON, Message, Queues

INCIDENT = uuid4().hex
GOOD = {"v": 1, "incident": INCIDENT, "step": "seal", "round": 1}


@pytest_asyncio.fixture
async def queues(service: QueueServiceClient) -> Queues:
    return Queues(service)


@pytest.fixture
def step() -> str:
    """The name of a step that has no queue yet."""
    return "step-" + "".join(choice(ascii_lowercase) for _ in range(12))


def _queue(service: QueueServiceClient, name: str) -> QueueClient:
    """A queue as it lies there, nothing decoded."""
    return service.get_queue_client(name)


async def _seen(service: QueueServiceClient, name: str) -> list[Any]:
    peeked = await _queue(service, name).peek_messages(max_messages=32)
    return [json.loads(b64decode(message.content)) for message in peeked]


async def test_a_message_makes_its_queue_and_lies_there_as_the_host_reads_it(
    queues: Queues, service: QueueServiceClient, step: str
) -> None:
    message = Message(incident=INCIDENT, step=step, round=2)
    for _ in range(2):
        await queues.send(message)
    assert await _seen(service, step) == [{"v": 1, "incident": INCIDENT, "step": step, "round": 2}] * 2


async def test_two_workers_that_send_the_first_message_at_once_both_do(service: QueueServiceClient, step: str) -> None:
    message = Message(incident=INCIDENT, step=step, round=1)
    for worker in (Queues(service), Queues(service)):
        await worker.send(message)
    assert len(await _seen(service, step)) == 2


@pytest.mark.parametrize(("delay", "hidden"), [(0.0, False), (0.2, True), (60, True)])
async def test_a_delayed_message_cannot_be_seen_before_its_time(
    queues: Queues, service: QueueServiceClient, step: str, delay: float, hidden: bool
) -> None:
    await queues.send(Message(incident=INCIDENT, step=step, round=1), timedelta(seconds=delay))
    assert len(await _seen(service, step)) == (0 if hidden else 1)
    properties = await _queue(service, step).get_queue_properties()
    assert properties.approximate_message_count == 1


async def test_where_nothing_was_poisoned_there_is_nothing_to_see_to(queues: Queues, step: str) -> None:
    assert await queues.poisoned(step) == []


async def test_what_was_poisoned_is_taken_once_and_buried(
    queues: Queues, service: QueueServiceClient, step: str
) -> None:
    body = Message(incident=INCIDENT, step=step, round=1).model_dump_json()
    poison = await service.create_queue(step + POISON)
    for _ in range(3):
        await poison.send_message(b64encode(body.encode()).decode())

    taken = await queues.poisoned(step)

    assert [message.content for message in taken] == [body] * 3
    assert await queues.poisoned(step) == [], "what one sweep sees to is hidden from the next"
    for message in taken:
        await queues.bury(step, message)
    assert (await poison.get_queue_properties()).approximate_message_count == 0


@pytest.mark.parametrize(
    "garbage", ["%%% not Base64 %%%", "/////w==", "", "x"], ids=["text", "bytes", "empty", "short"]
)
async def test_garbage_in_a_poison_queue_does_not_keep_the_rest_from_being_seen_to(
    queues: Queues, service: QueueServiceClient, step: str, garbage: str
) -> None:
    body = Message(incident=INCIDENT, step=step, round=1).model_dump_json()
    poison = await service.create_queue(step + POISON)
    await poison.send_message(garbage)
    await poison.send_message(b64encode(body.encode()).decode())

    taken = await queues.poisoned(step)

    assert len(taken) == 2
    assert taken[1].content == body
    for message in taken:
        await queues.bury(step, message)
    assert (await poison.get_queue_properties()).approximate_message_count == 0


def test_a_message_comes_out_as_it_went_in_and_leaves_out_what_it_does_not_know() -> None:
    message = Message.model_validate(GOOD | {"added-by": "a newer version"})
    assert Message.model_validate_json(message.model_dump_json()) == message
    assert message.model_dump() == GOOD


@pytest.mark.parametrize(
    "wrong",
    [
        {"incident": None}, {"incident": ""}, {"incident": "f" * 31}, {"incident": "F" * 32}, {"incident": "g" * 32},
        {"incident": f"{'0' * 32}\n"}, {"incident": "' or 1 eq 1"}, {"step": ""}, {"step": "Seal"}, {"step": "-seal"},
        {"step": "a" * 64}, {"step": "../seal"}, {"step": "seal\n"}, {"round": 0}, {"round": -1}, {"round": "x"},
    ],
    ids=str,
)  # fmt: skip
def test_a_forged_message_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Message.model_validate(GOOD | wrong)
