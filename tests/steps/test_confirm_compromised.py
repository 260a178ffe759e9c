"""confirm-compromised: Identity Protection is told, and told otherwise after a false alarm."""

import pytest

from functions.steps.confirm_compromised import step
from shared.account import Account
from shared.playbook.step import Standing
from shared.tenant.errors import Denied, Throttled, Unlicensed
from tests.steps.accounts import ADMINISTRATOR, EVERYBODY, GUEST, NO_MAILBOX, SYNCED, TAKEN_OVER, name
from tests.steps.bench import Bench, carried_out, only


async def _risk(bench: Bench, account: Account) -> str:
    return str((await bench.simulator.truth(account.id))["risk"].get("riskState", "none"))


async def _confirmed(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    await step.apply(context, only(await step.inspect(context)))


@pytest.mark.parametrize("account", [one for one in EVERYBODY if not one.guest], ids=name)
async def test_it_would_be_confirmed_and_nothing_is_written_to_find_out(bench: Bench, account: Account) -> None:
    assert step.skip(account) is None
    change = only(await step.inspect(bench.context(account)))
    before = "atRisk" if account is TAKEN_OVER else "none"
    assert (change.before, change.after) == ({"riskState": before}, {"riskState": "confirmedCompromised"})
    assert await bench.writes() == []


@pytest.mark.parametrize("account", [TAKEN_OVER, SYNCED, NO_MAILBOX, ADMINISTRATOR], ids=name)
async def test_it_is_confirmed_read_back_and_dismissed_again(bench: Bench, account: Account) -> None:
    context = bench.context(account)
    change = only(await step.inspect(context))
    assert await step.verify(context, change, None) is Standing.BEFORE
    for _ in range(2):
        assert await carried_out(step, context, change) is Standing.AFTER
    assert await _risk(bench, account) == "confirmedCompromised"
    assert (await step.inspect(context)).changes == ()

    for _ in range(2):
        await step.revert(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await _risk(bench, account) == "dismissed"


async def test_a_guests_risk_is_another_organisations(bench: Bench) -> None:
    skipped = step.skip(GUEST)
    assert skipped is not None
    assert "own organisation" in skipped.reason


async def test_nobody_elses_risk_is_touched(bench: Bench) -> None:
    await _confirmed(bench)
    assert [await _risk(bench, one) for one in (SYNCED, NO_MAILBOX)] == ["none", "none"]


@pytest.mark.parametrize("licence", ["P1", "free"])
async def test_without_the_licence_it_says_so(bench: Bench, licence: str) -> None:
    await bench.behave(licence=licence)
    with pytest.raises(Unlicensed, match="no licence"):
        await step.inspect(bench.context(TAKEN_OVER))


@pytest.mark.parametrize("permission", ["IdentityRiskyUser.Read.All", "IdentityRiskyUser.ReadWrite.All"])
async def test_without_a_permission_it_names_it(bench: Bench, permission: str) -> None:
    await bench.grant_all_but(permission)
    with pytest.raises(Denied, match=permission):
        await _confirmed(bench)


async def test_one_call_a_second_is_allowed_to_all_apps_together(bench: Bench) -> None:
    await bench.behave(behaviour={"identityProtection": "one-a-second"})
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    with pytest.raises(Throttled) as refused:
        await step.apply(context, change)
    assert refused.value.retry_after is None
