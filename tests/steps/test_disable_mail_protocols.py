"""disable-mail-protocols: no mail app reaches the mailbox until the hold is lifted, then each as before."""

from typing import Any

import pytest

from functions.steps.disable_mail_protocols import step
from local.simulator.cas_mailboxes import DEFAULTS
from shared.account import Account, MailboxKind
from shared.playbook.step import Standing
from shared.state.rows import Skip
from shared.tenant.errors import Denied
from shared.tenant.protocols import OFF
from tests.steps.accounts import (
    ADMINISTRATOR,
    EVERYBODY,
    FEDERATED,
    GUEST,
    HELP_DESK,
    NO_MAILBOX,
    SHARED_MAILBOX,
    SYNCED,
    TAKEN_OVER,
    name,
)
from tests.steps.bench import Bench, carried_out, only

SMTP = "SmtpClientAuthenticationDisabled"
MANDATORY = ("MAPIEnabled", "EwsEnabled", "ActiveSyncEnabled", "ImapEnabled", "PopEnabled", "OWAEnabled")
BEFORE: dict[str, dict[str, Any]] = {
    "all as the organisation has it": {},
    "SMTP AUTH allowed": {SMTP: False},
    "SMTP AUTH shut already": {SMTP: True},
    "EWS said to be on": {"EwsEnabled": True},
    "EWS said to be off": {"EwsEnabled": False},
    "some off already": {"PopEnabled": False, "ImapEnabled": False},
    "only one on": dict.fromkeys(OFF, False) | {SMTP: True, "OWAEnabled": True},
}


async def _access(bench: Bench, account: Account) -> dict[str, Any]:
    truth = (await bench.simulator.truth(account.id))["casMailbox"]
    return {flag: (DEFAULTS | truth)[flag] for flag in OFF}


@pytest.mark.parametrize("values", BEFORE.values(), ids=BEFORE.keys())
async def test_each_flag_is_recorded_switched_off_and_put_back_exactly(bench: Bench, values: dict[str, Any]) -> None:
    await bench.alter(TAKEN_OVER, casMailbox=DEFAULTS | values)
    before = DEFAULTS | values
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))

    assert change.before == before
    assert change.after == OFF
    assert await bench.writes() == []

    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await carried_out(step, context, change) is Standing.AFTER
    assert await _access(bench, TAKEN_OVER) == OFF

    await step.revert(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await _access(bench, TAKEN_OVER) == before


def test_every_app_that_the_article_names_is_among_them_and_smtp_auth() -> None:
    assert {*MANDATORY, SMTP} <= OFF.keys()
    assert {"OutlookMobileEnabled", "OWAforDevicesEnabled", "UniversalOutlookEnabled"} <= OFF.keys()


async def test_all_flags_go_in_one_call_and_not_set_goes_back_as_null(bench: Bench) -> None:
    context = bench.context(SYNCED)
    change = only(await step.inspect(context))
    await step.apply(context, change)
    await step.revert(context, change)
    off, back = await bench.writes()
    assert off["parameters"] == {"Identity": SYNCED.id, **OFF}
    assert back["parameters"] == {"Identity": SYNCED.id, **DEFAULTS}
    assert back["parameters"][SMTP] is None


async def test_switching_off_and_putting_back_may_be_repeated(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    before = await bench.simulator.truth(TAKEN_OVER.id)
    change = only(await step.inspect(context))
    for _ in range(2):
        assert await carried_out(step, context, change) is Standing.AFTER
    for _ in range(2):
        await step.revert(context, change)
    assert await bench.simulator.truth(TAKEN_OVER.id) == before


async def test_what_was_off_before_and_what_was_allowed_for_this_mailbox_alone_are_findings(bench: Bench) -> None:
    findings = (await step.inspect(bench.context(TAKEN_OVER))).findings
    assert [finding.text for finding in findings] == [
        "Off before the response, and staying so: POP.",
        "SMTP AUTH was switched on for this mailbox, whatever the organisation's setting.",
    ]
    assert (await step.inspect(bench.context(SYNCED))).findings == ()


async def test_where_all_are_off_there_is_nothing_to_do(bench: Bench) -> None:
    await bench.alter(TAKEN_OVER, casMailbox=OFF)
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert (plan.changes, plan.findings, plan.skipped) == ((), (), None)
    assert plan.summary == "All mail protocols are off already."


@pytest.mark.parametrize(
    "today",
    [{"ImapEnabled": True}, {SMTP: False}, {SMTP: None}, {"EwsEnabled": None}],
    ids=["IMAP on again", "SMTP AUTH allowed again", "SMTP AUTH not set", "EWS not set"],
)
async def test_what_is_neither_before_nor_after_was_changed_by_somebody_else(
    bench: Bench, today: dict[str, Any]
) -> None:
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    await bench.alter(TAKEN_OVER, casMailbox=OFF | today)
    assert await step.verify(context, change, None) is Standing.OTHER


@pytest.mark.parametrize("account", [SHARED_MAILBOX, ADMINISTRATOR, HELP_DESK, SYNCED, FEDERATED], ids=name)
async def test_every_kind_of_mailbox_is_closed_and_no_higher_role_is_needed(bench: Bench, account: Account) -> None:
    context = bench.context(account)
    change = only(await step.inspect(context))
    assert await carried_out(step, context, change) is Standing.AFTER
    await step.revert(context, change)
    assert await _access(bench, account) == DEFAULTS


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
    plan = await step.inspect(bench.context(account.model_copy(update={"mailbox": MailboxKind.UNKNOWN})))
    assert plan.changes == ()
    assert plan.skipped is not None
    assert plan.skipped.kind is Skip.NOT_APPLICABLE


async def test_without_the_directory_role_the_refusal_names_it(bench: Bench) -> None:
    await bench.grant(directory_roles=[])
    with pytest.raises(Denied, match="Exchange Recipient Administrator"):
        await step.inspect(bench.context(TAKEN_OVER))
