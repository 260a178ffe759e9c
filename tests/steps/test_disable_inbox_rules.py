"""disable-inbox-rules: an attacker's rules are switched off, others are left alone, and nothing is passed over."""

import json
from asyncio import all_tasks, current_task
from typing import Any

import pytest

from functions.steps.disable_inbox_rules import step
from shared.account import Account, MailboxKind
from shared.playbook.step import Change, Plan, Standing
from shared.state.rows import Skip, StepRow
from shared.tenant.errors import Denied, NotFound, Permanent, Transient
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

DOT, DOTS, SWEEP = "15394007230974001153", "15394007230974001409", "x2hlsdpGmUifjFgxxGIOJw=="
BAD: dict[str, Any] = {
    "Name": "x",
    "RuleIdentity": 15394007230974001153,
    "SubjectContainsWords": ["invoice"],
    "MoveToFolder": "RSS Feeds",
    "Enabled": True,
}
GOOD: dict[str, Any] = {
    "Name": "Newsletters",
    "RuleIdentity": 7,
    "FromAddressContainsWords": ["news@"],
    "MoveToFolder": "Newsletters",
    "Enabled": True,
}
UNREADABLE: dict[str, dict[str, Any]] = {
    "corrupt": {"Name": "x", "RuleIdentity": 5, "InError": True, "ErrorType": "Corrupt", "Enabled": True},
    "made by a client for itself": {"Name": "x", "RuleIdentity": 5, "SupportedByTask": False, "Enabled": True},
}
HOSTILE = [
    "<script>alert(1)</script>",
    "[click](https://attacker.example)",
    '=HYPERLINK("https://attacker.example")',
    "\u202egnp.exe\x00\x1b[31m\r\n# heading",
    "a" * 65536,
    "ResultSize",
    '"; DROP',
    "",
]


async def _set_up(bench: Bench, account: Account, *rules: dict[str, Any], **more: Any) -> None:
    """The account has exactly these inbox rules (and ``sweepRules``)."""
    state = await bench.simulator.state()
    seed = next(one for one in state["accounts"] if one["user"]["id"] == account.id)
    seed |= {"inboxRules": list(rules), "sweepRules": []} | more
    await bench.simulator.put_state(state)


async def _rules(bench: Bench, account: Account) -> dict[str, bool]:
    """Which rules are enabled in truth, by their ids."""
    truth = await bench.simulator.truth(account.id)
    inbox = {str(rule["RuleIdentity"]): rule["Enabled"] for rule in truth["inboxRules"]}
    return inbox | {rule["RuleId"]: rule["Enabled"] for rule in truth["sweepRules"]}


def _told(plan: Plan) -> str:
    return "\n".join(finding.text for finding in plan.findings)


# What is disabled, and what is left


async def test_three_of_an_attackers_rules_among_five_of_others_are_found_one_of_them_hidden(bench: Bench) -> None:
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert [change.resource for change in plan.changes] == [
        f"inbox rule {DOT}",
        f"inbox rule {DOTS}",
        f"sweep rule {SWEEP}",
    ]
    assert await bench.writes() == []


async def test_each_is_disabled_and_read_back_and_the_others_are_not_touched(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    before = await _rules(bench, TAKEN_OVER)
    for change in (await step.inspect(context)).changes:
        assert await step.verify(context, change, None) is Standing.BEFORE
        assert await carried_out(step, context, change) is Standing.AFTER
    assert await _rules(bench, TAKEN_OVER) == before | {DOT: False, DOTS: False, SWEEP: False}


async def test_all_is_put_back_but_the_rules_that_only_outlook_runs(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    before = await bench.simulator.truth(TAKEN_OVER.id)
    changes = (await step.inspect(context)).changes
    for change in changes:
        await step.apply(context, change)
    for change in reversed(changes):
        await step.revert(context, change)
        assert await step.verify(context, change, None) is Standing.BEFORE
    assert await bench.simulator.truth(TAKEN_OVER.id) == before | {"outlookRules": []}


async def test_disabling_and_putting_back_may_be_repeated(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    for change in (await step.inspect(context)).changes:
        for _ in range(2):
            assert await carried_out(step, context, change) is Standing.AFTER
        for _ in range(2):
            await step.revert(context, change)
            assert await step.verify(context, change, None) is Standing.BEFORE


async def test_a_change_says_why_in_words_and_keeps_what_the_rule_did(bench: Bench) -> None:
    change = next(one for one in (await step.inspect(bench.context(TAKEN_OVER))).changes if DOT in one.resource)
    assert change.reason.startswith('Named ".". It moves mail to a folder that nobody looks in: "RSS Feeds".')
    assert json.loads(str(change.before["Rule"])) == {
        "Name": ".",
        "SubjectOrBodyContainsWords": ["invoice", "payment", "phish"],
        "MoveToFolder": "RSS Feeds",
        "MarkAsRead": True,
        "StopProcessingRules": True,
    }
    assert (change.before["Enabled"], change.after) == (True, {"Enabled": False})


async def test_the_id_of_a_rule_is_kept_to_the_last_digit_and_only_the_id_is_sent(bench: Bench) -> None:
    await _set_up(bench, TAKEN_OVER, BAD | {"RuleIdentity": 18446744073709551615})
    context = bench.context(TAKEN_OVER)
    await step.apply(context, only(await step.inspect(context)))
    (call,) = await bench.writes()
    guid = call["parameters"].pop("Identity").removesuffix("\\18446744073709551615")
    assert "\\" not in guid
    assert call["parameters"] == {"Force": True, "Confirm": False, "AlwaysDeleteOutlookRulesBlob": True}


async def test_the_others_are_listed_with_what_is_thought_of_them(bench: Bench) -> None:
    told = _told(await step.inspect(bench.context(TAKEN_OVER)))
    for one in (
        "Junk E-mail Rule",
        "Microsoft.Exchange.OOF.InternalSenders.Global",
        "Newsletters",
        "Supplier invoices",
        "Tickets",
    ):
        assert f'Left alone: the inbox rule "{one}" (' in told
    assert "the organisation's own ticket system" in told
    assert "Read: all inbox rules (7), hidden ones included, and all sweep rules (1)." in told


async def test_the_plan_says_that_outlooks_own_rules_will_be_lost_and_only_then(bench: Bench) -> None:
    lost = "removes the rules that only Outlook runs"
    assert lost in _told(await step.inspect(bench.context(TAKEN_OVER)))
    await _set_up(bench, TAKEN_OVER, GOOD, sweepRules=(await bench.simulator.truth(TAKEN_OVER.id))["sweepRules"])
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert only(plan).resource == f"sweep rule {SWEEP}"
    assert lost not in _told(plan)
    assert lost in step.declaration.irreversible


async def test_a_mailbox_without_an_attackers_rule_is_left_alone(bench: Bench) -> None:
    await _set_up(bench, TAKEN_OVER, GOOD)
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert (plan.changes, plan.tasks, plan.skipped) == ((), (), None)
    assert plan.summary == "No rule looks like an attacker's."


async def test_a_suspicious_rule_that_is_disabled_already_is_told_and_left(bench: Bench) -> None:
    await _set_up(bench, TAKEN_OVER, BAD | {"Enabled": False})
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert plan.changes == ()
    assert f'Suspicious, but disabled already: the inbox rule "x" ({DOT}). It moves mail' in _told(plan)


# What a rule is judged by


async def test_an_entry_of_the_address_book_that_points_outside_is_seen(bench: Bench) -> None:
    change = (await step.inspect(bench.context(TAKEN_OVER))).changes[1]
    assert 'It sends mail outside the organisation: "drop@attacker.example".' in change.reason
    assert "It is hidden from Outlook" in change.reason


async def test_an_entry_of_the_address_book_that_is_a_colleague_is_inside(bench: Bench) -> None:
    rows = (await bench.simulator.cmdlet("Get-Recipient", {"Identity": SYNCED.id})).json()["value"]
    target = f'"Megan Bowen" [EX:{rows[0]["LegacyExchangeDN"]}]'
    await _set_up(bench, TAKEN_OVER, GOOD | {"ForwardTo": [target], "MoveToFolder": None})
    assert (await step.inspect(bench.context(TAKEN_OVER))).changes == ()


async def test_an_entry_that_nobody_knows_any_more_is_a_finding(bench: Bench) -> None:
    await _set_up(bench, TAKEN_OVER, GOOD | {"ForwardTo": ['"Gone" [EX:/o=ExchangeLabs/cn=gone]']})
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert 'Could not read where mail to "/o=ExchangeLabs/cn=gone" goes' in _told(plan)


async def test_so_many_entries_that_they_are_not_all_looked_up_are_a_finding(bench: Bench) -> None:
    targets = [f'"One" [EX:/o=ExchangeLabs/cn={number}]' for number in range(60)]
    await _set_up(bench, TAKEN_OVER, GOOD | {"RedirectTo": targets})
    told = _told(await step.inspect(bench.context(TAKEN_OVER)))
    assert "Rules send mail to 60 entries of the address book; 50 were looked up." in told


async def test_another_domain_of_the_organisation_is_inside(bench: Bench) -> None:
    rule = GOOD | {"ForwardTo": ['"Lidia" [SMTP:lidia@contoso.onmicrosoft.com]'], "MoveToFolder": None}
    await _set_up(bench, TAKEN_OVER, rule)
    assert (await step.inspect(bench.context(TAKEN_OVER))).changes == ()


async def test_where_the_domains_cannot_be_read_only_the_accounts_own_is_inside_and_that_is_told(bench: Bench) -> None:
    await bench.behave(behaviour={"acceptedDomains": "refused"})
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert len(plan.changes) == 3
    assert "Could not read the organisation's domains" in _told(plan)


async def test_the_addresses_and_the_window_count_too(bench: Bench) -> None:
    """What deletes mail from the account itself hides what was sent in its name, whichever address it has."""
    rule = BAD | {"MoveToFolder": None, "SubjectContainsWords": None, "FromAddressContainsWords": ["alex@contoso.com"]}
    await _set_up(bench, TAKEN_OVER, rule | {"DeleteMessage": True})
    assert "comes from the account itself" in only(await step.inspect(bench.context(TAKEN_OVER))).reason


@pytest.mark.parametrize("called", ["newsletters", "7"])
async def test_a_rule_that_the_audit_log_knows_for_the_attackers_is_disabled_whatever_it_does(
    bench: Bench, called: str
) -> None:
    await _set_up(bench, TAKEN_OVER, GOOD, GOOD | {"Name": "Y", "RuleIdentity": 6})
    row = StepRow(name="review-audit-log", attackers_rules=(called,))
    change = only(await step.inspect(bench.context(TAKEN_OVER, steps={row.name: row})))
    assert change.resource == "inbox rule 7"
    assert "It was made from the attacker's address" in change.reason


# What cannot be read or changed


@pytest.mark.parametrize("rule", UNREADABLE.values(), ids=UNREADABLE.keys())
async def test_a_rule_that_exchange_cannot_show_in_full_is_a_finding_and_a_task(
    bench: Bench, rule: dict[str, Any]
) -> None:
    await _set_up(bench, TAKEN_OVER, GOOD, rule)
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert plan.changes == ()
    assert 'Left alone, and cannot be read in full: the inbox rule "x" (5).' in _told(plan)
    (task,) = plan.tasks
    assert (task.slug, task.secures) == ("look-at-rules", False)
    assert 'the inbox rule "x" (5)' in task.text


@pytest.mark.parametrize("state", [{"InError": True, "ErrorType": "Corrupt"}, {"SupportedByTask": False}], ids=str)
async def test_what_shows_enough_to_be_suspicious_is_disabled_however_unreadable(
    bench: Bench, state: dict[str, Any]
) -> None:
    await _set_up(bench, TAKEN_OVER, BAD | state)
    context = bench.context(TAKEN_OVER)
    plan = await step.inspect(context)
    assert plan.tasks == ()
    assert await carried_out(step, context, only(plan)) is Standing.AFTER


@pytest.mark.parametrize("how", ["of delegation", "not supported"])
async def test_a_rule_that_the_cmdlets_refuse_to_change_says_what_a_person_can_do(bench: Bench, how: str) -> None:
    state = {"Provider": "Schedule+ EMS Interface"} if how == "of delegation" else {"SupportedByTask": False}
    await bench.behave(behaviour={"unsupportedRules": "refused"})
    await _set_up(bench, TAKEN_OVER, BAD | state)
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    with pytest.raises(Permanent, match='A person has to change "x" in Outlook'):
        await step.apply(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE


async def test_a_delegates_own_rule_is_left_and_listed(bench: Bench) -> None:
    rule = {"Name": "Delegate Rule -230584300921369", "RuleIdentity": 5, "Enabled": True, "Hidden": True}
    await _set_up(bench, TAKEN_OVER, rule | {"Provider": "Schedule+ EMS Interface"})
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert plan.changes == ()
    assert 'Left alone: the inbox rule "Delegate Rule -230584300921369" (5).' in _told(plan)


async def test_a_rule_without_an_identity_has_to_be_disabled_by_hand_before_the_account_is_secure(
    bench: Bench,
) -> None:
    await _set_up(bench, TAKEN_OVER, BAD | {"Identity": None})
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert plan.changes == ()
    assert 'Cannot be changed from here: the inbox rule "x". It moves mail' in _told(plan)
    (task,) = plan.tasks
    assert (task.slug, task.secures) == ("disable-by-hand", True)
    assert 'the inbox rule "x"' in task.text


async def test_sweep_rules_that_cannot_be_read_hold_nothing_up_but_the_verdict(bench: Bench) -> None:
    refused = {"status": 400, "code": "BadRequest", "message": "no"}
    await bench.simulator.fault(refused, times=None, cmdlet="Get-SweepRule")
    plan = await step.inspect(bench.context(TAKEN_OVER))
    assert len(plan.changes) == 2
    assert "Could not read the sweep rules" in _told(plan)
    assert "and no sweep rules." in _told(plan)
    (task,) = plan.tasks
    assert (task.slug, task.secures) == ("look-at-sweep-rules", True)


async def test_trouble_with_one_reading_ends_all_of_them_and_is_told_as_it_is(bench: Bench) -> None:
    await bench.simulator.fault({"delay": 5}, cmdlet="Get-SweepRule")
    await bench.simulator.fault({"status": 503, "code": "ServiceUnavailable", "message": "no"}, cmdlet="Get-Mailbox")
    with pytest.raises(Transient):
        await step.inspect(bench.context(TAKEN_OVER))
    assert all_tasks() == {current_task()}


# What somebody else does meanwhile


async def _changed(bench: Bench, **values: Any) -> Change:
    """A change that was planned before somebody made the rule another one."""
    await _set_up(bench, TAKEN_OVER, BAD)
    change = only(await step.inspect(bench.context(TAKEN_OVER)))
    await _set_up(bench, TAKEN_OVER, BAD | values)
    return change


async def test_a_rule_that_does_something_else_now_was_changed_by_somebody_else(bench: Bench) -> None:
    for values in ({"MoveToFolder": "Invoices"}, {"ExceptIfHasAttachment": True, "Enabled": False}, {"Name": "y"}):
        change = await _changed(bench, **values)
        assert await step.verify(bench.context(TAKEN_OVER), change, None) is Standing.OTHER


async def test_where_a_rule_stands_and_what_exchange_makes_of_it_is_not_what_it_does(bench: Bench) -> None:
    change = await _changed(bench, Priority=9, Description="Another language", InError=True)
    assert await step.verify(bench.context(TAKEN_OVER), change, None) is Standing.BEFORE


async def test_a_rule_to_which_outlook_gave_another_id_is_still_found(bench: Bench) -> None:
    change = await _changed(bench, RuleIdentity=12345)
    context = bench.context(TAKEN_OVER)
    assert await carried_out(step, context, change) is Standing.AFTER
    assert await _rules(bench, TAKEN_OVER) == {"12345": False}
    await step.revert(context, change)
    assert await _rules(bench, TAKEN_OVER) == {"12345": True}


async def test_a_rule_that_is_gone_does_nothing_any_more_and_cannot_be_put_back(bench: Bench) -> None:
    change = await _changed(bench)
    await _set_up(bench, TAKEN_OVER, GOOD)
    context = bench.context(TAKEN_OVER)
    assert await carried_out(step, context, change) is Standing.AFTER
    assert await bench.writes() == []
    with pytest.raises(NotFound, match="somebody has deleted it"):
        await step.revert(context, change)


# What an attacker wrote


@pytest.mark.parametrize("text", HOSTILE, ids=[f"text {number}" for number in range(len(HOSTILE))])
@pytest.mark.parametrize("rule", [BAD, GOOD, BAD | {"InError": True}], ids=["disabled", "left", "corrupt"])
async def test_text_of_an_attacker_is_short_and_visible_wherever_it_is_told(
    bench: Bench, rule: dict[str, Any], text: str
) -> None:
    await _set_up(bench, TAKEN_OVER, rule | {"Name": text, "MoveToFolder": f"RSS Feeds\\{text}", "From": [text]})
    plan = await step.inspect(bench.context(TAKEN_OVER))
    texts = [finding.text for finding in plan.findings] + [task.text for task in plan.tasks]
    texts += [part for change in plan.changes for part in (change.resource, change.reason)]
    assert all(one.isprintable() and len(one) < 3000 for one in texts)
    kept = [str(change.before["Rule"]) for change in plan.changes]
    assert all(len(one) <= 8001 and one.isprintable() for one in kept)


async def test_an_attackers_rule_with_a_long_name_is_disabled_and_put_back_all_the_same(bench: Bench) -> None:
    await _set_up(bench, TAKEN_OVER, BAD | {"Name": HOSTILE[4]})
    context = bench.context(TAKEN_OVER)
    change = only(await step.inspect(context))
    assert await carried_out(step, context, change) is Standing.AFTER
    await step.revert(context, change)
    assert await step.verify(context, change, None) is Standing.BEFORE


# Kinds of accounts


@pytest.mark.parametrize("account", [SHARED_MAILBOX, ADMINISTRATOR, HELP_DESK, SYNCED, FEDERATED], ids=name)
async def test_every_kind_of_mailbox_is_cleaned_and_no_higher_role_is_needed(bench: Bench, account: Account) -> None:
    await _set_up(bench, account, BAD, GOOD)
    context = bench.context(account)
    change = only(await step.inspect(context))
    assert await carried_out(step, context, change) is Standing.AFTER
    assert await _rules(bench, account) == {DOT: False, "7": True}


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
