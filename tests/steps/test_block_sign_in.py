"""block-sign-in: nobody gets in until a person lets the user in again."""

import pytest

from functions.steps.block_sign_in import step
from shared.account import Account
from shared.playbook.step import Standing
from shared.tenant.errors import Denied, NotFound
from tests.steps.accounts import (
    EVERYBODY,
    FEDERATED,
    GUEST,
    NO_MAILBOX,
    NOBODY,
    PRIVILEGED,
    SHARED_MAILBOX,
    SYNCED,
    TAKEN_OVER,
    name,
)
from tests.steps.bench import FOR_ADMINISTRATORS, Bench, carried_out, only

ORDINARY = (TAKEN_OVER, SYNCED, FEDERATED, GUEST, NO_MAILBOX)


@pytest.mark.parametrize("account", [one for one in EVERYBODY if one is not SHARED_MAILBOX], ids=name)
async def test_an_account_that_may_sign_in_would_be_blocked_and_nothing_is_written_to_find_out(
    bench: Bench, account: Account
) -> None:
    assert step.skip(account) is None
    change = only(await step.inspect(bench.context(account)))

    assert change.resource == "sign-in"
    assert (change.before, change.after) == ({"accountEnabled": True}, {"accountEnabled": False})
    assert change.reason
    assert await bench.writes() == []


@pytest.mark.parametrize("account", ORDINARY, ids=name)
async def test_sign_in_is_blocked_read_back_and_allowed_again(bench: Bench, account: Account) -> None:
    context = bench.context(account)
    change = only(await step.inspect(context))

    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await carried_out(step, context, change) is Standing.AFTER
    assert (await bench.user(account))["accountEnabled"] is False

    await step.revert(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE
    assert (await bench.user(account))["accountEnabled"] is True


async def test_blocking_and_putting_back_change_nothing_else_and_may_be_repeated(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    untouched = await bench.user(TAKEN_OVER)
    change = only(await step.inspect(context))

    for _ in range(2):
        await step.apply(context, change)
    assert await bench.user(TAKEN_OVER) == untouched | {"accountEnabled": False}
    for _ in range(2):
        await step.revert(context, change)
    assert await bench.user(TAKEN_OVER) == untouched


async def test_where_sign_in_is_blocked_already_there_is_nothing_to_do_and_it_says_so(bench: Bench) -> None:
    plan = await step.inspect(bench.context(SHARED_MAILBOX))
    assert plan.changes == ()
    assert plan.summary == "Sign-in is blocked already."


@pytest.mark.parametrize("account", [SYNCED, FEDERATED], ids=name)
async def test_what_is_mastered_on_premises_has_to_be_disabled_there_too(bench: Bench, account: Account) -> None:
    (task,) = (await step.inspect(bench.context(account))).tasks
    assert "on-premises Active Directory" in task.text
    assert not task.secures

    await bench.alter(account, user={"accountEnabled": False})
    assert (await step.inspect(bench.context(account))).tasks == (task,)


@pytest.mark.parametrize("account", [TAKEN_OVER, GUEST, SHARED_MAILBOX], ids=name)
async def test_a_cloud_account_leaves_nothing_to_do_on_premises(bench: Bench, account: Account) -> None:
    assert (await step.inspect(bench.context(account))).tasks == ()


@pytest.mark.parametrize("account", PRIVILEGED, ids=name)
async def test_a_privileged_account_takes_a_role_that_the_refusal_names(bench: Bench, account: Account) -> None:
    context = bench.context(account)
    change = only(await step.inspect(context))
    with pytest.raises(Denied) as denied:
        await step.apply(context, change)

    assert FOR_ADMINISTRATORS in denied.value.permission
    assert account.privileged in str(denied.value)
    assert (await bench.user(account))["accountEnabled"] is True


@pytest.mark.parametrize("account", PRIVILEGED, ids=name)
async def test_a_privileged_account_is_blocked_and_let_in_by_who_may(bench: Bench, account: Account) -> None:
    await bench.grant_role_for_administrators()
    context = bench.context(account)
    change = only(await step.inspect(context))

    assert await carried_out(step, context, change) is Standing.AFTER
    await step.revert(context, change)
    assert (await bench.user(account))["accountEnabled"] is True


async def test_who_may_not_block_may_not_unblock(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    await step.apply(context, change)
    await bench.grant_all_but("User.EnableDisableAccount.All")
    with pytest.raises(Denied, match=r"User\.EnableDisableAccount\.All"):
        await step.revert(bench.context(TAKEN_OVER), change)


async def test_an_account_that_is_gone_is_not_found(bench: Bench) -> None:
    with pytest.raises(NotFound):
        await step.inspect(bench.context(NOBODY))
