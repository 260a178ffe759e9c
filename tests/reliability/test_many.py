"""Many at once: four hosts side by side, alerts at all their doors within seconds.

``make test`` takes a tenth of the crowd, ``make faults`` all of it.
"""

from collections import Counter
from pathlib import Path

import pytest

from local.everything import all_steps
from shared.playbook.declaration import Stage
from shared.playbook.registry import TRIAGE
from shared.policy import Gate, Limits
from shared.state.incidents import Snapshot
from shared.state.rows import Ending, Skip, StepStatus

from .crowd import crowd, detections

NO_LIMIT = 100_000
A_TENTH = 10
BLOCK = "block-sign-in"
ON = {
    name
    for name, step in all_steps().items()
    if step.declaration.stage in (Stage.TRIAGE, Stage.CONTAIN, Stage.SEAL, Stage.REPORT)
}
"""What is enough of a response to see whether two meet on an account: hops one after the other, steps side by side."""


@pytest.mark.parametrize("part", [A_TENTH, pytest.param(1, marks=pytest.mark.faults)])
async def test_each_of_many_accounts_gets_one_response_whole_and_only_once(tmp_path: Path, part: int) -> None:
    limits = Limits(enforced_per_hour=NO_LIMIT, enforced_per_day=NO_LIMIT)
    async with crowd(tmp_path, limits, off(but=ON)) as here:
        alone, *users = await here.accounts(1 + 300 // part)
        await here.at_rest(await here.alert([detections(alone)[0]]), within=60)
        alerts = [detections(user)[kind] for kind in range(3) for user in users]
        alerts += [detections(user)[0] for user in users[: 1000 // part - len(alerts)]]

        opened = await here.at_rest(await here.alert(alerts), within=60 + 1800 / part)

        assert len(set(opened)) == len(alerts) == 1000 // part
        responses = [one for one in opened.values() if one.incident.ending is None]
        joined = [one.incident.joined_to for one in opened.values() if one.incident.ending is Ending.JOINED]
        by_account = {one.incident.account.id: one for one in responses if one.incident.account}
        assert by_account.keys() == {user["id"] for user in users}
        assert len(responses) == len(users)
        assert len(joined) == len(alerts) - len(users)
        assert {row.status for one in responses for name, row in one.steps.items() if name in ON} == {StepStatus.DONE}
        assert {row.skip for one in responses for name, row in one.steps.items() if name not in ON} == {Skip.OFF}
        assert sum(len(one.alerts) for one in responses) == len(alerts)
        assert Counter(joined) == Counter({one.incident.id: len(one.alerts) - 1 for one in responses})
        for account_id, response in by_account.items():
            assert await here.state.claims.holder(account_id) == response.incident.id
        writes = await here.writes()
        once, again = writes[alone["id"]], {one for one, response in by_account.items() if tried_again(response)}
        assert {one: made for one, made in writes.items() if made.keys() != once.keys()} == {}
        assert {one: made for one, made in writes.items() if made != once and one not in again} == {}
        assert writes.keys() == {alone["id"], *by_account}
        assert await here.poisoned() == []


@pytest.mark.parametrize("part", [A_TENTH, pytest.param(1, marks=pytest.mark.faults)])
async def test_a_flood_is_let_through_up_to_the_limit_and_not_one_more(tmp_path: Path, part: int) -> None:
    async with crowd(tmp_path, limits := Limits(), off(but={TRIAGE, BLOCK})) as here:
        users = await here.accounts(500 // part)

        opened = await here.at_rest(await here.alert([detections(user)[0] for user in users]), within=60 + 1800 / part)

        hours = Counter(f"{one.incident.opened_at:%Y-%m-%dT%H}" for one in opened.values())
        blocked = [one for one in opened.values() if one.steps[BLOCK].status is StepStatus.DONE]
        assert Counter(f"{one.incident.opened_at:%Y-%m-%dT%H}" for one in blocked) == {
            hour: min(count, limits.enforced_per_hour) for hour, count in hours.items()
        }
        writes = await here.writes()
        disabled = [account for account, made in writes.items() if any("accountEnabled" in one for one in made)]
        assert sorted(disabled) == sorted(one.incident.account.id for one in blocked if one.incident.account)
        assert {name for one in opened.values() for name, row in one.steps.items() if not row.status.finished} == set()
        assert await here.poisoned() == []


def off(but: set[str]) -> dict[str, Gate]:
    """All other steps are switched off: what they would do is not what a crowd is about, and takes most of the time."""
    return dict.fromkeys(sorted(all_steps().keys() - but), Gate.OFF)


def tried_again(response: Snapshot) -> bool:
    """Whether a worker lost the storage in the middle of a step: what it was just making may be made once more."""
    return any(row.attempts > 1 for row in response.steps.values())
