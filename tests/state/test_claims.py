"""Claims: one account belongs to one incident, whoever asks first."""

from asyncio import gather
from uuid import uuid4

import pytest
import pytest_asyncio
from azure.data.tables.aio import TableClient

from shared.state.claims import Claims
from shared.state.errors import Conflict

ACCOUNT = str(uuid4())


@pytest_asyncio.fixture
async def claims(table: TableClient) -> Claims:
    return Claims(table)


async def test_whoever_asks_first_has_the_account(claims: Claims) -> None:
    assert await claims.holder(ACCOUNT) is None
    assert await claims.take(ACCOUNT, "first") == "first"
    assert await claims.take(ACCOUNT, "second") == "first"
    assert await claims.holder(ACCOUNT) == "first"


async def test_who_has_it_and_asks_again_still_has_it(claims: Claims) -> None:
    assert [await claims.take(ACCOUNT, "first") for _ in range(3)] == ["first"] * 3


async def test_of_many_who_ask_at_once_all_learn_of_the_same_one(claims: Claims) -> None:
    answers = await gather(*(claims.take(ACCOUNT, f"incident-{n}") for n in range(25)))
    assert len(set(answers)) == 1
    assert await claims.holder(ACCOUNT) == answers[0]


async def test_accounts_are_claimed_apart(claims: Claims) -> None:
    other = str(uuid4())
    assert await claims.take(ACCOUNT, "first") == "first"
    assert await claims.take(other, "second") == "second"


async def test_the_claim_of_an_incident_that_has_ended_is_taken_over(claims: Claims) -> None:
    await claims.take(ACCOUNT, "ended")
    await claims.take_over(ACCOUNT, "next", ended="ended")
    assert await claims.holder(ACCOUNT) == "next"


async def test_a_claim_that_has_changed_hands_is_not_taken_over(claims: Claims) -> None:
    await claims.take(ACCOUNT, "other")
    with pytest.raises(Conflict, match=ACCOUNT):
        await claims.take_over(ACCOUNT, "next", ended="ended")
    assert await claims.holder(ACCOUNT) == "other"


async def test_a_claim_that_is_not_there_is_not_taken_over(claims: Claims) -> None:
    with pytest.raises(Conflict):
        await claims.take_over(ACCOUNT, "next", ended="ended")
    assert await claims.holder(ACCOUNT) is None


async def test_of_many_who_take_over_at_once_one_does(claims: Claims) -> None:
    await claims.take(ACCOUNT, "ended")
    names = [f"incident-{n}" for n in range(10)]
    results = await gather(*(claims.take_over(ACCOUNT, n, ended="ended") for n in names), return_exceptions=True)

    winners = [name for name, result in zip(names, results, strict=True) if result is None]
    assert len(winners) == 1
    assert [type(result) for result in results if result is not None] == [Conflict] * 9
    assert await claims.holder(ACCOUNT) == winners[0]
