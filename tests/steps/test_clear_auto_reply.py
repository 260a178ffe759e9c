"""clear-auto-reply: the mailbox no longer answers in the attacker's words; the user's own reply stays."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.steps.clear_auto_reply import step
from shared.account import Account, MailboxKind
from shared.playbook.step import Standing
from shared.state.rows import Skip
from shared.tenant.errors import Denied
from tests.steps.accounts import (
    ADMINISTRATOR,
    EVERYBODY,
    FEDERATED,
    GUEST,
    NO_MAILBOX,
    SHARED_MAILBOX,
    SYNCED,
    TAKEN_OVER,
    name,
)
from tests.steps.bench import Bench, carried_out, only

BAIT = '<html><body>Open <a href="https://attacker.example/x">this</a>.</body></html>'
AWAY = "<html><body>I am away. Please ask miriam.graham@contoso.com, or call +1 555 0100.</body></html>"
TOMORROW = f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
ON = {"AutoReplyState": "Enabled", "ExternalAudience": "All", "InternalMessage": AWAY, "ExternalMessage": BAIT}
SCHEDULED = ON | {"AutoReplyState": "Scheduled", "StartTime": "2026-11-20T06:45:00Z", "EndTime": TOMORROW}
REPLIES: dict[str, dict[str, Any]] = {
    "on": ON,
    "scheduled": SCHEDULED,
    "only to contacts": ON | {"ExternalAudience": "Known"},
    "to colleagues": ON | {"ExternalAudience": "None", "InternalMessage": BAIT, "ExternalMessage": ""},
    "very long": ON | {"ExternalMessage": BAIT + "\u202e\U0001f600&" * 16_000},
}


async def _set_up(bench: Bench, reply: dict[str, Any], account: Account = TAKEN_OVER) -> None:
    await bench.alter(account, settings={"autoReply": reply})


async def _reply(bench: Bench, account: Account = TAKEN_OVER) -> dict[str, Any]:
    return dict((await bench.simulator.truth(account.id))["settings"]["autoReply"])


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES.keys())
async def test_an_attackers_reply_is_recorded_turned_off_and_put_back_exactly(
    bench: Bench, reply: dict[str, Any]
) -> None:
    await _set_up(bench, reply)
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    assert {name: change.before[name] for name in ON} == {name: reply[name] for name in ON}
    assert await bench.writes() == []

    assert await step.verify(context, change, None) is Standing.BEFORE
    for _ in range(2):
        assert await carried_out(step, context, change) is Standing.AFTER
    today = await _reply(bench)
    assert today["AutoReplyState"] == "Disabled"
    assert today["ExternalMessage"] == reply["ExternalMessage"]

    for _ in range(2):
        await step.revert(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE
    assert await _reply(bench) == reply


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2027-11-20T08:45:00+02:00", "2027-11-20T06:45:00+00:00"),
        ("2027-11-20T06:45:00", "2027-11-20T06:45:00+00:00"),
        ("2027-11-20T06:45:00.0000000Z", "2027-11-20T06:45:00+00:00"),
    ],
)
async def test_a_time_is_recorded_with_its_zone_however_it_is_written(bench: Bench, written: str, meant: str) -> None:
    await _set_up(bench, SCHEDULED | {"EndTime": written})
    assert only(await step.inspect(bench.context(TAKEN_OVER))).before["EndTime"] == meant


async def test_the_users_own_out_of_office_stays_on_and_is_told_of(bench: Bench) -> None:
    await _set_up(bench, ON | {"ExternalMessage": AWAY})
    plan = await step.inspect(bench.context(TAKEN_OVER))
    (finding,) = plan.findings
    assert plan.changes == ()
    assert "“I am away. Please ask miriam.graham@contoso.com, or call +1 555 0100.”" in finding.text
    assert finding.text.endswith("left on.")


@pytest.mark.parametrize(
    "reply",
    [
        {},
        ON | {"AutoReplyState": "Disabled"},
        SCHEDULED | {"EndTime": "2026-11-21T06:45:00Z"},
    ],
    ids=["never set", "off", "its time is over"],
)
async def test_where_nobody_is_answered_nothing_is_changed(bench: Bench, reply: dict[str, Any]) -> None:
    await _set_up(bench, reply)
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert (plan.changes, plan.findings) == ((), ())
    assert plan.summary == "No automatic reply is on."


async def test_what_nobody_outside_is_sent_does_not_count(bench: Bench) -> None:
    await _set_up(bench, ON | {"ExternalAudience": "None"})
    assert (await step.inspect(bench.context(TAKEN_OVER))).changes == ()


async def test_the_reasons_say_what_speaks_of_an_attacker_and_quote_a_little(bench: Bench) -> None:
    await _set_up(bench, ON | {"ExternalMessage": BAIT + "<p>new bank details</p>" + "x" * 64 * 1024})
    plan = await step.inspect(bench.context(TAKEN_OVER))
    reason = only(plan).reason
    assert "attacker.example" in reason
    assert "where money is to go" in reason
    assert len(plan.findings[0].text) < 1500


@pytest.mark.parametrize(
    "today",
    [ON | {"ExternalMessage": "Something else."}, ON | {"AutoReplyState": "Disabled", "InternalMessage": "Else."}],
)
async def test_what_is_neither_before_nor_after_was_changed_by_somebody_else(
    bench: Bench, today: dict[str, Any]
) -> None:
    await _set_up(bench, ON)
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    await _set_up(bench, today)
    assert await step.verify(context, change, None) is Standing.OTHER
    await step.revert(context, change)
    assert await _reply(bench) == ON


async def test_putting_back_sends_no_text_that_is_there(bench: Bench) -> None:
    await _set_up(bench, ON)
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    await step.apply(context, change)
    await step.revert(context, change)
    sent = [set(call["parameters"]) for call in await bench.writes()]
    assert sent == [{"Identity", "AutoReplyState", "Confirm"}] * 2


@pytest.mark.parametrize("account", [SYNCED, FEDERATED, SHARED_MAILBOX, ADMINISTRATOR], ids=name)
async def test_every_kind_of_mailbox_is_cleared_and_no_higher_role_is_needed(bench: Bench, account: Account) -> None:
    await _set_up(bench, ON, account)
    context = bench.context(account)
    assert await carried_out(step, context, only(await step.inspect(context))) is Standing.AFTER


@pytest.mark.parametrize("account", EVERYBODY, ids=name)
def test_an_account_without_mailbox_in_the_cloud_is_skipped(account: Account) -> None:
    for kind in MailboxKind:
        skipped = step.skip(account.model_copy(update={"mailbox": kind}))
        assert (skipped is not None) is (kind in (MailboxKind.NONE, MailboxKind.ON_PREMISES)), kind


@pytest.mark.parametrize("account", [NO_MAILBOX, GUEST], ids=name)
async def test_a_mailbox_that_is_not_there_is_skipped(bench: Bench, account: Account) -> None:
    plan = await step.inspect(bench.context(account.model_copy(update={"mailbox": MailboxKind.UNKNOWN})))
    assert plan.skipped is not None
    assert plan.skipped.kind is Skip.NOT_APPLICABLE


async def test_without_the_directory_role_the_refusal_names_it(bench: Bench) -> None:
    await bench.grant(directory_roles=[])
    with pytest.raises(Denied, match="Exchange Recipient Administrator"):
        await step.inspect(bench.context(TAKEN_OVER))
