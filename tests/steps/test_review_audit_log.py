"""review-audit-log: what was done to the mailbox and the account, by whom, from where; what of it widens the window."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from functions.steps.review_audit_log import step
from local.simulator.grants import load_grants
from shared.account import Account
from shared.playbook.step import Context, Plan
from shared.state.rows import Skip, StepRow
from shared.tenant import audit_log
from shared.tenant.errors import Denied, Permanent, Transient
from tests.steps.accounts import GUEST, NO_MAILBOX, SYNCED, TAKEN_OVER
from tests.steps.bench import Bench, planned

NAME = "review-audit-log"
EVIL, HOME = "203.0.113.66", "198.51.100.20"


async def _records(bench: Bench, *rows: dict[str, Any]) -> None:
    state = await bench.simulator.state()
    account = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER.id)
    account["auditRecords"], account["audits"] = list(rows), []
    await bench.simulator.put_state(state)


def _row(hours: float, operation: str, ip: str, **parameters: str) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(hours=hours)
    given = [{"Name": name, "Value": value} for name, value in parameters.items()]
    data = {"ClientIP": f"{ip}:50123", "ResultStatus": "True", "Parameters": given}
    return {"createdDateTime": f"{at:%Y-%m-%dT%H:%M:%SZ}", "operation": operation, "auditData": data}


def _context(bench: Bench, account: Account = TAKEN_OVER, **sign_ins: Any) -> Context:
    """After the sign-in log was read."""
    row = StepRow(name="review-sign-ins", attackers=(EVIL,), **sign_ins)
    context = bench.context(account, steps={row.name: row})
    return replace(context, now=context.now + timedelta(minutes=1))


def _later(context: Context, plan: Plan) -> Context:
    """As the next attempt finds it: what was asked for stands in the step's row."""
    row = StepRow(name=NAME, asked=plan.asked)
    return replace(context, snapshot=replace(context.snapshot, steps={**context.snapshot.steps, NAME: row}))


def _told(plan: Plan) -> list[str]:
    return [finding.text for finding in plan.findings]


def _ago(moment: datetime | None) -> float | None:
    return round((datetime.now(UTC) - moment).total_seconds() / 3600, 1) if moment else None


async def test_a_search_is_asked_for_kept_and_read_once_it_is_done(bench: Bench) -> None:
    context = _context(bench)
    asked = await step.inspect(context)
    assert asked.asked
    assert (asked.findings, asked.looked) == ((), False)
    assert (await step.inspect(_later(context, asked))).looked
    posts = [call for call in await bench.writes() if call["status"] == 201]
    assert [call["path"] for call in posts] == ["/beta/security/auditLog/queries"]


async def test_what_was_done_is_told_with_time_and_address_and_whose_it_probably_is(bench: Bench) -> None:
    told = _told(await planned(step, _context(bench)))
    assert told[0].startswith("Entries about the mailbox and shared files: 12, all of them were read. 3 say nothing")
    assert any(HOME in one and one.endswith("made a rule (Name: Newsletters; FromAddressContainsWords: news@; "
               "MoveToFolder: Newsletters).") for one in told)  # fmt: skip
    attackers = [one for one in told if one.startswith("Probably the attacker: ")]
    for what in (
        "Name: .; SubjectOrBodyContainsWords: invoice;payment;phish",
        "changed the mailbox (Identity: alex.wilber@contoso.com; ForwardingSmtpAddress: smtp:collector@attacker",
        "AddMailboxRule in Outlook (RuleName: ..; RuleCondition: (MessageToMe Equal True)",
        "opened a folder to somebody (Folder: \\Inbox; Member: dana.reyes@fabrikam.com",
        "made a link with which anybody can open a file (File: https://contoso-my.sharepoint.com/personal/alex",
        "made a link to a file for named people (File: https://contoso.sharepoint.com/sites/finance/",
        "With: collector@attacker.example",
        '"User registered security info"',
    ):
        assert any(what in one and f"from {EVIL}" in one for one in attackers), what
    assert not any(HOME in one for one in attackers)


async def test_a_rule_that_was_deleted_since_is_told_with_when(bench: Bench) -> None:
    made = next(one for one in _told(await planned(step, _context(bench))) if "Name: zz" in one)
    assert "; it was deleted at " in made


async def test_what_is_known_already_moves_nothing(bench: Bench) -> None:
    began = datetime.now(UTC) - timedelta(hours=26)
    plan = await planned(step, _context(bench, attack_began_at=began))
    assert (plan.attack_began_at, plan.attackers_rules, plan.look_again) == (None, (), "")


async def test_an_act_of_the_attackers_before_the_first_sign_in_widens_the_window(bench: Bench) -> None:
    began = datetime.now(UTC) - timedelta(hours=12)
    plan = await planned(step, _context(bench, attack_began_at=began))
    assert _ago(plan.attack_began_at) == 25.0
    assert plan.look_again.startswith("The audit log shows the attacker at work since ")


async def test_an_act_after_the_response_has_begun_is_looked_after(bench: Bench) -> None:
    await _records(bench, _row(0, "New-InboxRule", EVIL, Name="Later"))
    context = _context(bench)
    opened = context.snapshot.incident.model_copy(update={"opened_at": context.now - timedelta(hours=1)})
    plan = await planned(step, replace(context, snapshot=replace(context.snapshot, incident=opened)))
    assert plan.look_again == "The audit log shows the attacker at work after the response had begun."


async def test_a_rule_that_only_the_address_gives_away_is_named_to_the_step_that_disables_rules(bench: Bench) -> None:
    named = {"Name": "Invoices 2", "FromAddressContainsWords": "billing@", "MoveToFolder": "Invoices"}
    await _records(
        bench,
        _row(5, "New-InboxRule", EVIL, **named),
        _row(5, "New-InboxRule", HOME, **named | {"Name": "The user's own"}),
        _row(4, "New-InboxRule", EVIL, **named | {"Name": "Gone"}),
        _row(3, "Remove-InboxRule", EVIL, Identity="alex.wilber\\Gone"),
    )
    plan = await planned(step, _context(bench, attack_began_at=datetime.now(UTC) - timedelta(hours=26)))
    assert plan.attackers_rules == ("invoices 2",)
    assert plan.look_again == "The audit log shows rules that were made from the attacker's address."


async def test_an_address_that_was_there_before_the_look_back_is_nobodys_in_particular(bench: Bench) -> None:
    await _records(bench, _row(400, "Set-CASMailbox", EVIL), _row(30, "Set-CASMailbox", EVIL))
    plan = await planned(step, _context(bench, attack_began_at=datetime.now(UTC) - timedelta(hours=12)))
    assert plan.attack_began_at is None
    assert not any(one.startswith("Probably") for one in _told(plan))


@pytest.mark.parametrize("version", ["both", "beta-only"])
@pytest.mark.parametrize("searches", ["soon", "slow", "busy"])
async def test_it_copes_with_each_way_in_which_the_tenant_may_answer(bench: Bench, version: str, searches: str) -> None:
    await bench.behave(behaviour={"auditLog": version, "auditSearches": searches})
    context = _context(bench)
    plan = asked = await step.inspect(context)
    for _ in range(6):
        try:
            plan = await step.inspect(_later(context, asked))
        except Transient:
            assert searches == "busy"
        if plan.looked:
            break
        assert plan.asked == asked.asked
    assert plan.looked


async def test_a_search_that_the_tenant_gives_up_is_said_to_be_so(bench: Bench) -> None:
    await bench.behave(behaviour={"auditSearches": "failing"})
    context = _context(bench)
    with pytest.raises(Permanent, match=r"gave up the search of the audit log \(failed\)"):
        await step.inspect(_later(context, await step.inspect(context)))


async def test_an_organisation_that_keeps_no_log_is_told_so_and_the_directory_is_read_all_the_same(
    bench: Bench,
) -> None:
    await bench.behave(audited=False)
    plan = await step.inspect(_context(bench))
    assert plan.skipped
    assert plan.skipped.kind is Skip.NO_LICENCE
    assert "does not keep the unified audit log" in plan.skipped.reason
    assert any("User registered security info" in one for one in _told(plan))


@pytest.mark.parametrize("account", [NO_MAILBOX, GUEST])
async def test_without_a_mailbox_only_the_directory_is_read(bench: Bench, account: Account) -> None:
    plan = await step.inspect(_context(bench, account))
    assert plan.looked
    assert _told(plan) == [
        "Entries about what the account did in the directory: 0, all of them were read.",
        "Entries about what was done to the account in the directory: 0, all of them were read.",
    ]


async def test_only_the_accounts_own_acts_are_searched_for(bench: Bench) -> None:
    assert _told(await planned(step, _context(bench, SYNCED)))[0].startswith(
        "Entries about the mailbox and shared files: 0, all"
    )


async def test_more_pages_are_read_to_their_end_and_a_cap_is_said_to_be_one(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _records(bench, *(_row(hours / 10, "Set-CASMailbox", HOME) for hours in range(1, 251)))
    told = _told(await planned(step, _context(bench)))
    assert told[0].startswith("Entries about the mailbox and shared files: 250, all of them were read.")
    assert told[-1] == "And 150 more, which are in the log."
    monkeypatch.setattr(audit_log, "MOST", 120)
    assert "only 120 of them were read" in _told(await planned(step, _context(bench)))[0]


async def test_without_any_permission_on_the_log_it_names_one(bench: Bench) -> None:
    await bench.grant(graph=[one for one in load_grants().graph if not one.startswith("AuditLogsQuery")])
    with pytest.raises(Denied, match="AuditLogsQuery-Exchange"):
        await step.inspect(_context(bench))


@pytest.mark.parametrize("service", ["Exchange", "SharePoint", "OneDrive"])
async def test_a_log_of_which_nothing_was_read_is_told_with_the_permission_that_may_be_missing(
    bench: Bench, service: str
) -> None:
    await bench.grant_all_but(f"AuditLogsQuery-{service}.Read.All")
    plan = await planned(step, _context(bench))
    (gap,) = [one.text for one in plan.findings if one.gap]
    assert gap.startswith(f"Nothing in the log of {service}: ")
    assert gap.endswith(f"or the app lacks AuditLogsQuery-{service}.Read.All.")


async def test_without_the_directorys_log_the_rest_is_told_and_the_gap_too(bench: Bench) -> None:
    await bench.grant_all_but("AuditLog.Read.All")
    told = _told(await planned(step, _context(bench)))
    assert sum(one.startswith("Could not read what ") for one in told) == 2
    assert any("made a rule" in one for one in told)


async def test_hostile_text_is_told_in_one_line(bench: Bench) -> None:
    await _records(bench, _row(2, "New-InboxRule", HOME, Name="a\n\x1b[31m" + "x" * 5000, DeleteMessage="True"))
    told = _told(await planned(step, _context(bench)))
    assert all(one.isprintable() and len(one) < 500 for one in told)
