"""revoke-sessions: whoever is in, is out."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.steps.revoke_sessions import step
from shared.account import Account
from shared.playbook.step import Standing
from shared.tenant.errors import Denied, NotFound
from tests.steps.accounts import EVERYBODY, NOBODY, ORDINARY, PRIVILEGED, TAKEN_OVER, name
from tests.steps.bench import FOR_ADMINISTRATORS, Bench, carried_out, only

SINCE = "signInSessionsValidFromDateTime"


@pytest.mark.parametrize("account", EVERYBODY, ids=name)
async def test_every_account_has_sessions_to_revoke_and_nothing_is_written_to_find_out(
    bench: Bench, account: Account
) -> None:
    assert step.skip(account) is None
    change = only(await step.inspect(bench.context(account)))

    assert (change.resource, change.action) == ("sign-in sessions", "revoke")
    assert change.before == {SINCE: "2026-01-12T08:00:00+00:00"}
    assert change.reason
    assert await bench.writes() == []


@pytest.mark.parametrize("account", ORDINARY, ids=name)
async def test_sessions_from_before_are_worthless_afterwards(bench: Bench, account: Account) -> None:
    context = bench.context(account)
    began = datetime.now(UTC).replace(microsecond=0)

    assert await carried_out(step, context, only(await step.inspect(context))) is Standing.AFTER
    assert datetime.fromisoformat((await bench.user(account))[SINCE]) >= began
    (call,) = await bench.writes()
    assert (call["method"], call["path"]) == ("POST", f"/v1.0/users/{account.id}/revokeSignInSessions")


async def test_revoking_once_more_does_no_harm(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    for _ in range(2):
        assert await carried_out(step, context, change) is Standing.AFTER


async def test_a_revocation_that_is_not_known_to_be_ours_counts_as_not_made(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    accepted_at = await step.apply(context, change)

    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await step.verify(context, change, accepted_at + timedelta(minutes=1)) is Standing.BEFORE
    assert await step.verify(context, change, accepted_at) is Standing.AFTER


async def test_an_account_whose_sessions_were_never_revoked_has_no_time_before(bench: Bench) -> None:
    await bench.alter(TAKEN_OVER, user={SINCE: None})
    context = bench.context(TAKEN_OVER.model_copy(update={"sessions_valid_from": None}))
    change = only(await step.inspect(context))

    assert change.before == {SINCE: None}
    assert await step.verify(context, change, datetime.now(UTC)) is Standing.BEFORE
    assert await carried_out(step, context, change) is Standing.AFTER


@pytest.mark.parametrize("account", PRIVILEGED, ids=name)
async def test_where_the_tenant_protects_administrators_the_refusal_names_the_role(
    bench: Bench, account: Account
) -> None:
    context = bench.context(account)
    change = only(await step.inspect(context))
    with pytest.raises(Denied, match=FOR_ADMINISTRATORS):
        await step.apply(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE


@pytest.mark.parametrize("account", PRIVILEGED, ids=name)
async def test_administrators_are_signed_out_by_who_may(bench: Bench, account: Account) -> None:
    await bench.grant_role_for_administrators()
    context = bench.context(account)
    assert await carried_out(step, context, only(await step.inspect(context))) is Standing.AFTER


async def test_an_account_that_is_gone_is_not_found(bench: Bench) -> None:
    context = bench.context(NOBODY)
    change = only(await step.inspect(context))
    with pytest.raises(NotFound):
        await step.apply(context, change)


async def test_an_ended_session_cannot_be_brought_back(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    with pytest.raises(NotImplementedError, match="cannot be reverted"):
        await step.revert(context, change)
