"""seal: the sessions are revoked once more, after all that one could be rebuilt from."""

import pytest

from functions.steps import reset_password, revoke_sessions
from functions.steps.seal import step
from shared.account import Account
from shared.playbook.step import Standing
from shared.tenant.errors import Denied
from tests.steps.accounts import ADMINISTRATOR, ORDINARY, TAKEN_OVER, name
from tests.steps.bench import FOR_ADMINISTRATORS, Bench, carried_out, only

SINCE = "signInSessionsValidFromDateTime"


@pytest.mark.parametrize("account", ORDINARY, ids=name)
async def test_sessions_are_revoked_for_every_account(bench: Bench, account: Account) -> None:
    assert step.skip(account) is None
    context = bench.context(account)
    assert await carried_out(step, context, only(await step.inspect(context))) is Standing.AFTER


async def test_what_it_ends_is_what_was_opened_since_the_first_revocation(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    await carried_out(revoke_sessions.step, context, only(await revoke_sessions.step.inspect(context)))
    first = (await bench.user(TAKEN_OVER))[SINCE]

    change = only(await step.inspect(context))

    assert change.before == {SINCE: first.replace("Z", "+00:00")}
    assert "after the first revocation" in change.reason


async def test_the_first_revocation_is_not_taken_for_its_own(bench: Bench) -> None:
    """A crash may lose the answer: what others have moved proves nothing."""
    context = bench.context(TAKEN_OVER)
    await revoke_sessions.step.apply(context, only(await revoke_sessions.step.inspect(context)))
    assert await step.verify(context, only(await step.inspect(context)), None) is Standing.BEFORE


def test_it_comes_after_the_password_and_the_first_revocation() -> None:
    waits_for = {reset_password.step.declaration.name, revoke_sessions.step.declaration.name}
    assert waits_for <= set(step.declaration.after)


async def test_an_administrator_takes_a_role_that_is_named(bench: Bench) -> None:
    context = bench.context(ADMINISTRATOR)
    change = only(await step.inspect(context))
    with pytest.raises(Denied, match=FOR_ADMINISTRATORS):
        await step.apply(context, change)


async def test_an_ended_session_cannot_be_brought_back(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    with pytest.raises(NotImplementedError, match="cannot be reverted"):
        await step.revert(context, only(await step.inspect(context)))
