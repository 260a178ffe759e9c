"""reset-password: a password that nobody knows, where the password is kept in the cloud."""

import string
from datetime import timedelta
from typing import Any

import pytest

from functions.steps.reset_password import new_password, step
from shared.account import Account
from shared.playbook.step import Change, Standing
from shared.state.rows import Skip
from shared.tenant.errors import Denied, NotFound, Permanent
from tests.steps.accounts import (
    ADMINISTRATOR,
    EVERYBODY,
    FEDERATED,
    GROUP_OWNER,
    GUEST,
    HELP_DESK,
    NO_MAILBOX,
    NOBODY,
    PRIVILEGED,
    SHARED_MAILBOX,
    SYNCED,
    TAKEN_OVER,
    name,
)
from tests.steps.bench import FOR_ADMINISTRATORS, Bench, carried_out

CLASSES = (str.islower, str.isupper, str.isdigit, lambda character: character in string.punctuation)
CLOUD = (TAKEN_OVER, NO_MAILBOX, SHARED_MAILBOX, ADMINISTRATOR, HELP_DESK, GROUP_OWNER)
ELSEWHERE = (SYNCED, FEDERATED)
CHANGED = "lastPasswordChangeDateTime"


def test_a_password_is_long_has_all_four_classes_and_is_never_the_same() -> None:
    passwords = [new_password() for _ in range(2000)]

    assert len(set(passwords)) == len(passwords)
    assert min(map(len, passwords)) >= 24
    assert all(any(map(kind, password)) for password in passwords for kind in CLASSES)
    assert all(character.isascii() and character.isprintable() for character in "".join(passwords))


def test_every_character_of_a_password_may_be_any_character() -> None:
    """A class with a fixed place, or a letter that never comes, would make it easier to guess."""
    passwords = [new_password() for _ in range(2000)]
    seen_at = [set(column) for column in zip(*passwords, strict=True)]
    everything = set("".join(passwords))

    assert len(everything) >= 70
    assert all(len(seen) > 0.9 * len(everything) for seen in seen_at)


@pytest.mark.parametrize("account", CLOUD, ids=name)
async def test_a_cloud_account_gets_a_new_password_and_its_sessions_are_ended(bench: Bench, account: Account) -> None:
    assert step.skip(account) is None
    plan = await step.inspect(bench.context(account))
    reset, end = plan.changes

    assert plan.skipped is None
    assert (reset.resource, reset.action) == ("password", "reset")
    assert reset.before == {CHANGED: "2026-01-12T08:00:00+00:00"}
    assert reset.after["forceChangePasswordNextSignIn"] is True
    assert (end.resource, end.action) == ("sign-in sessions", "revoke")
    assert [task.slug for task in plan.tasks] == ["delete-app-passwords"]
    assert not any(task.secures for task in plan.tasks)
    assert await bench.writes() == []


@pytest.mark.parametrize("account", [TAKEN_OVER, NO_MAILBOX, SHARED_MAILBOX], ids=name)
async def test_the_tenant_is_sent_one_password_to_be_changed_and_the_sessions_end(
    bench: Bench, account: Account
) -> None:
    context = bench.context(account)
    reset, end = (await step.inspect(context)).changes

    assert await step.verify(context, reset, None) is Standing.BEFORE
    assert await carried_out(step, context, reset) is Standing.AFTER
    assert await carried_out(step, context, end) is Standing.AFTER

    (password,) = await bench.passwords()
    assert len(password) >= 24
    assert all(any(map(kind, password)) for kind in CLASSES)
    sent, revoked = await bench.writes()
    assert sent["parameters"]["passwordProfile"]["forceChangePasswordNextSignIn"] is True
    assert revoked["path"].endswith("/revokeSignInSessions")
    assert (await bench.user(account))[CHANGED] > "2026-01-12T08:00:00Z"


async def test_the_password_is_nowhere_in_the_plan(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    plan = await step.inspect(context)
    for change in plan.changes:
        await step.apply(context, change)
    (password,) = await bench.passwords()
    assert password not in repr(plan)


async def test_a_reset_that_is_not_known_to_be_ours_counts_as_not_made(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    reset, end = (await step.inspect(context)).changes
    for change in (reset, end):
        accepted_at = await step.apply(context, change)
        assert await step.verify(context, change, None) is Standing.BEFORE
        assert await step.verify(context, change, accepted_at + timedelta(minutes=1)) is Standing.BEFORE
        assert await step.verify(context, change, accepted_at) is Standing.AFTER


async def test_made_again_it_is_another_password(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    reset, _ = (await step.inspect(context)).changes
    for _ in range(2):
        assert await carried_out(step, context, reset) is Standing.AFTER
    first, second = await bench.passwords()
    assert first != second


async def test_a_password_that_the_tenant_refuses_once_is_replaced_by_another(bench: Bench) -> None:
    await bench.simulator.fault({"status": 400, "code": "Request_BadRequest"}, method="PATCH")
    context = bench.context(TAKEN_OVER)
    reset, _ = (await step.inspect(context)).changes

    assert await carried_out(step, context, reset) is Standing.AFTER
    refused, taken = await bench.passwords()
    assert refused != taken


async def test_a_tenant_that_refuses_every_password_is_not_asked_for_ever(bench: Bench) -> None:
    await bench.simulator.fault({"status": 400, "code": "Request_BadRequest"}, times=None, method="PATCH")
    context = bench.context(TAKEN_OVER)
    reset, _ = (await step.inspect(context)).changes

    with pytest.raises(Permanent):
        await step.apply(context, reset)
    assert len(await bench.passwords()) == 2
    assert await step.verify(context, reset, None) is Standing.BEFORE


@pytest.mark.parametrize("account", ELSEWHERE, ids=name)
async def test_a_password_that_is_kept_elsewhere_is_reset_there_by_a_person_and_secures(
    bench: Bench, account: Account
) -> None:
    plan = await step.inspect(bench.context(account))

    assert plan.changes == ()
    assert plan.skipped is not None
    assert plan.skipped.kind is Skip.NOT_APPLICABLE
    securing = [task for task in plan.tasks if task.secures]
    assert len(securing) == 1
    assert "on-premises Active Directory" in securing[0].text
    assert await bench.writes() == []


async def test_each_place_that_keeps_passwords_has_a_task_of_its_own(bench: Bench) -> None:
    slugs = [(await step.inspect(bench.context(account))).tasks[0].slug for account in ELSEWHERE]
    assert slugs == ["reset-on-premises", "reset-at-identity-provider"]


@pytest.mark.parametrize("account", EVERYBODY, ids=name)
def test_only_a_guest_has_a_password_that_is_nobodys_business_here(account: Account) -> None:
    skipped = step.skip(account)
    assert (skipped is not None) is (account is GUEST)
    if skipped:
        assert skipped.kind is Skip.NOT_APPLICABLE
        assert "home tenant" in skipped.reason


@pytest.mark.parametrize("account", PRIVILEGED, ids=name)
async def test_a_privileged_account_takes_a_role_that_the_refusal_names(bench: Bench, account: Account) -> None:
    context = bench.context(account)
    reset, _ = (await step.inspect(context)).changes
    with pytest.raises(Denied) as denied:
        await step.apply(context, reset)

    assert FOR_ADMINISTRATORS in denied.value.permission
    assert account.privileged in str(denied.value)
    assert len(await bench.passwords()) == 1, "a refusal for want of a right is no reason to try another password"
    assert (await bench.user(account))[CHANGED] == "2026-01-12T08:00:00Z"


@pytest.mark.parametrize("account", PRIVILEGED, ids=name)
async def test_a_privileged_account_is_reset_by_who_may(bench: Bench, account: Account) -> None:
    await bench.grant_role_for_administrators()
    context = bench.context(account)
    for change in (await step.inspect(context)).changes:
        assert await carried_out(step, context, change) is Standing.AFTER


async def test_an_account_without_a_time_of_its_last_reset_has_none_before(bench: Bench) -> None:
    await bench.alter(TAKEN_OVER, user={CHANGED: None})
    context = bench.context(TAKEN_OVER.model_copy(update={"password_changed_at": None}))
    reset, _ = (await step.inspect(context)).changes

    assert reset.before == {CHANGED: None}
    assert await carried_out(step, context, reset) is Standing.AFTER


async def test_nobody_can_put_the_old_password_back(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    changes: tuple[Change, ...] = (await step.inspect(context)).changes
    for change in changes:
        with pytest.raises(NotImplementedError, match="cannot be reverted"):
            await step.revert(context, change)


async def test_an_error_of_the_tenant_that_repeats_the_request_does_not_tell_the_password(bench: Bench) -> None:
    await bench.simulator.fault({"echo": True}, times=None, method="PATCH")
    context = bench.context(TAKEN_OVER)
    reset, _ = (await step.inspect(context)).changes
    with pytest.raises(Permanent) as refused:
        await step.apply(context, reset)

    told: list[Any] = [refused.value, refused.value.__cause__, refused.value.__context__]
    for password in await bench.passwords():
        assert not any(password in f"{error!s}{error!r}" for error in told)


async def test_an_account_that_is_gone_is_not_found(bench: Bench) -> None:
    context = bench.context(NOBODY)
    reset, _ = (await step.inspect(context)).changes
    with pytest.raises(NotFound):
        await step.apply(context, reset)


async def test_in_a_later_round_the_times_are_read_anew(bench: Bench) -> None:
    first = bench.context(TAKEN_OVER)
    reset, _ = (await step.inspect(first)).changes
    await carried_out(step, first, reset)
    again, _ = (await step.inspect(bench.later(first))).changes

    assert again.before[CHANGED] != reset.before[CHANGED]
