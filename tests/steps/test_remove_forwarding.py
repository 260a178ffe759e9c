"""remove-forwarding: the mailbox sends its mail on to nobody, and what it did is kept."""

from typing import Any

import pytest

from functions.steps.remove_forwarding import step
from shared.account import Account, MailboxKind
from shared.playbook.step import Standing
from shared.state.rows import Skip
from shared.tenant.errors import Denied, Permanent
from tests.steps.accounts import (
    ADMINISTRATOR,
    EVERYBODY,
    FEDERATED,
    GUEST,
    HELP_DESK,
    INTERNAL_FORWARD,
    NO_MAILBOX,
    SHARED_MAILBOX,
    SYNCED,
    TAKEN_OVER,
    name,
)
from tests.steps.bench import Bench, carried_out, only

NOWHERE = {"ForwardingAddress": None, "ForwardingSmtpAddress": None, "DeliverToMailboxAndForward": False}
OUTSIDE = NOWHERE | {"ForwardingSmtpAddress": "smtp:collector@attacker.example"}
INSIDE = NOWHERE | {"ForwardingAddress": "Archive Service"}
FORWARDINGS: dict[str, dict[str, Any]] = {
    "to an address": OUTSIDE,
    "to an address, with a copy kept": OUTSIDE | {"DeliverToMailboxAndForward": True},
    "to a contact": INSIDE,
    "to a contact, with a copy kept": INSIDE | {"DeliverToMailboxAndForward": True},
    "to a contact, which hides an address": INSIDE | OUTSIDE | {"ForwardingAddress": "Archive Service"},
}


async def _set_up(bench: Bench, account: Account, forwarding: dict[str, Any]) -> None:
    await bench.alter(account, mailbox=forwarding)


async def _forwarding(bench: Bench, account: Account) -> dict[str, Any]:
    mailbox = await bench.mailbox(account)
    return {key: mailbox.get(key, nothing) for key, nothing in NOWHERE.items()}


@pytest.mark.parametrize("forwarding", FORWARDINGS.values(), ids=FORWARDINGS.keys())
async def test_all_three_values_are_recorded_cleared_and_put_back_exactly(
    bench: Bench, forwarding: dict[str, Any]
) -> None:
    await _set_up(bench, TAKEN_OVER, forwarding)
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))

    assert change.before == forwarding
    assert change.after == NOWHERE
    assert await bench.writes() == []

    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await carried_out(step, context, change) is Standing.AFTER
    assert await _forwarding(bench, TAKEN_OVER) == NOWHERE

    await step.revert(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await _forwarding(bench, TAKEN_OVER) == forwarding


async def test_clearing_and_putting_back_may_be_repeated(bench: Bench) -> None:
    context = bench.context(INTERNAL_FORWARD)
    before = await bench.mailbox(INTERNAL_FORWARD)
    change = only(await step.inspect(context))
    for _ in range(2):
        assert await carried_out(step, context, change) is Standing.AFTER
    for _ in range(2):
        await step.revert(context, change)
    assert await bench.mailbox(INTERNAL_FORWARD) == before


async def test_all_three_values_go_in_one_call(bench: Bench) -> None:
    """Clearing the contact first would bring the address that it hides to life."""
    context = bench.context(INTERNAL_FORWARD)
    await step.apply(context, only(await step.inspect(context)))
    (call,) = await bench.writes()
    assert call["parameters"] == NOWHERE | {"Identity": INTERNAL_FORWARD.id}


@pytest.mark.parametrize(
    ("account", "account_part"),
    [(TAKEN_OVER, ["collector@attacker.example"]), (INTERNAL_FORWARD, ["Archive Service", "second@attacker.example"])],
    ids=["an address", "both"],
)
async def test_where_the_mail_went_is_a_finding(bench: Bench, account: Account, account_part: list[str]) -> None:
    (finding,) = (await step.inspect(bench.context(account))).findings
    assert all(part in finding.text for part in account_part)
    assert finding.source == "Exchange Online, Get-Mailbox"


@pytest.mark.parametrize(
    "today",
    [
        OUTSIDE | {"ForwardingSmtpAddress": "smtp:other@attacker.example"},
        NOWHERE | {"DeliverToMailboxAndForward": True},
        INSIDE | OUTSIDE,
    ],
    ids=["another address", "only the copy", "another contact beside it"],
)
async def test_what_is_neither_before_nor_after_was_changed_by_somebody_else(
    bench: Bench, today: dict[str, Any]
) -> None:
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    await _set_up(bench, TAKEN_OVER, today)
    assert await step.verify(context, change, None) is Standing.OTHER


@pytest.mark.parametrize("account", [SYNCED, FEDERATED, SHARED_MAILBOX, ADMINISTRATOR, HELP_DESK], ids=name)
async def test_a_mailbox_that_forwards_to_nobody_is_left_alone(bench: Bench, account: Account) -> None:
    plan = await step.inspect(bench.context(account))
    assert (plan.changes, plan.findings, plan.tasks, plan.skipped) == ((), (), (), None)
    assert plan.summary == "The mailbox forwards to nobody."


async def test_a_leftover_copy_flag_without_a_target_forwards_nothing(bench: Bench) -> None:
    await _set_up(bench, TAKEN_OVER, NOWHERE | {"DeliverToMailboxAndForward": True})
    assert (await step.inspect(bench.context(TAKEN_OVER))).changes == ()


@pytest.mark.parametrize("account", [SHARED_MAILBOX, ADMINISTRATOR, HELP_DESK, SYNCED], ids=name)
async def test_every_kind_of_mailbox_is_cleared_and_no_higher_role_is_needed(bench: Bench, account: Account) -> None:
    await _set_up(bench, account, OUTSIDE)
    context = bench.context(account)
    change = only(await step.inspect(context))

    assert await carried_out(step, context, change) is Standing.AFTER
    await step.revert(context, change)
    assert await _forwarding(bench, account) == OUTSIDE


@pytest.mark.parametrize("account", EVERYBODY, ids=name)
def test_an_account_without_mailbox_in_the_cloud_is_skipped(account: Account) -> None:
    for kind in MailboxKind:
        skipped = step.skip(account.model_copy(update={"mailbox": kind}))
        assert (skipped is not None) is (kind in (MailboxKind.NONE, MailboxKind.ON_PREMISES)), kind
        assert skipped is None or skipped.kind is Skip.NOT_APPLICABLE


@pytest.mark.parametrize("account", [NO_MAILBOX, GUEST], ids=name)
async def test_a_mailbox_that_triage_could_not_read_and_that_is_not_there_is_skipped(
    bench: Bench, account: Account
) -> None:
    unknown = account.model_copy(update={"mailbox": MailboxKind.UNKNOWN})
    plan = await step.inspect(bench.context(unknown))
    assert plan.changes == ()
    assert plan.skipped is not None
    assert plan.skipped.kind is Skip.NOT_APPLICABLE


async def test_what_is_mastered_on_premises_has_to_be_changed_there(bench: Bench) -> None:
    await _set_up(bench, SYNCED, OUTSIDE)
    await bench.behave(exchangeHybrid=True)
    context = bench.context(SYNCED)
    change = only(await step.inspect(context))
    with pytest.raises(Permanent, match="has to be changed there"):
        await step.apply(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE


async def test_without_the_directory_role_the_refusal_names_it(bench: Bench) -> None:
    await bench.grant(directory_roles=[])
    with pytest.raises(Denied, match="Exchange Recipient Administrator"):
        await step.inspect(bench.context(TAKEN_OVER))


async def test_without_the_exchange_permission_the_refusal_names_it(bench: Bench) -> None:
    await bench.grant(exchange=[])
    with pytest.raises(Denied, match=r"Exchange\.ManageAsApp"):
        await step.inspect(bench.context(TAKEN_OVER))
