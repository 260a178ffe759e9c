"""review-mailbox-settings: signature, add-ins and transport rules are looked at, and nothing is changed."""

from typing import Any

import pytest

from functions.steps.review_mailbox_settings import step
from shared.account import Account, MailboxKind
from shared.playbook.step import Plan
from shared.state.rows import ChangeRow, Skip
from tests.steps.accounts import EVERYBODY, GUEST, NO_MAILBOX, SHARED_MAILBOX, TAKEN_OVER, name
from tests.steps.bench import Bench

SIGNATURE, APPS, RULES = (
    f"Exchange Online, Get-{what}" for what in ("MailboxMessageConfiguration", "App", "TransportRule")
)
RECIPIENT_ADMINISTRATOR = {"name": "Exchange Recipient Administrator", "id": "31392ffb-586c-42d1-9346-e59415a2cc4e"}


async def _plan(bench: Bench, account: Account = TAKEN_OVER, **rows: Any) -> Plan:
    return await step.inspect(bench.context(account, **rows))


def _told(plan: Plan, source: str) -> list[str]:
    return [finding.text for finding in plan.findings if finding.source == source]


async def _rules(bench: Bench, *rules: dict[str, Any]) -> None:
    state = await bench.simulator.state()
    state["tenant"]["transportRules"] = [*rules]
    await bench.simulator.put_state(state)


async def test_all_that_may_be_the_attackers_is_found_and_left_as_it_is(bench: Bench) -> None:
    plan = await _plan(bench)
    (signature,), (app,), (rule,) = (_told(plan, source) for source in (SIGNATURE, APPS, RULES))
    assert "https://contoso.attacker.example/" in signature
    assert "“Mail Merge Pro” of “Attacker Ltd” (5b8f0d1c-9f4e-4c36-8f0b-2d6a7c9e1f02), which is on" in app
    assert "“Copies for the archive” (d0000000-0000-4000-8000-000000000001, Enabled, changed 2026-11-20" in rule
    assert "names alex@contoso.com, collector@attacker.example" in rule
    assert plan.looked
    assert (plan.changes, await bench.writes()) == ((), [])


async def test_each_is_read_once(bench: Bench) -> None:
    await _plan(bench)
    called = [call["cmdlet"] for call in await bench.simulator.calls() if call["cmdlet"]]
    assert sorted(called) == sorted(step.declaration.rights.cmdlets)


async def test_none_found_is_said_with_how_much_was_looked_at(bench: Bench) -> None:
    await bench.alter(TAKEN_OVER, settings={}, mailbox={"ForwardingSmtpAddress": None})
    await bench.alter(TAKEN_OVER, settings={"message": {}, "apps": [{"AppId": "1", "DisplayName": "Bing"}]})
    await _rules(bench, {"Name": "Disclaimer", "Guid": "g"}, {"Name": "To others", "SentTo": ["malex@contoso.com"]})
    plan = await _plan(bench)
    assert _told(plan, SIGNATURE)[0].startswith("The signature has no links.")
    assert _told(plan, APPS) == ["The user has installed no add-in (of 1 in the mailbox)."]
    assert _told(plan, RULES) == ["None of 2 transport rules names the account or where its mail was forwarded to."]


@pytest.mark.parametrize(
    ("rule", "named"),
    [
        ({"SentTo": ["ALEX.WILBER@contoso.com"]}, "alex.wilber@contoso.com"),
        ({"From": ["Alex <alex@contoso.com>"]}, "alex@contoso.com"),
        ({"RedirectMessageTo": ["smtp:Drop@attacker.example"]}, "drop@attacker.example"),
        ({"BlindCopyTo": "archive service"}, "archive service"),
        ({"Conditions": [{"Addresses": {"Value": ["alex@contoso.com"]}}]}, "alex@contoso.com"),
    ],
)
async def test_a_rule_names_the_account_by_any_address_and_the_target_by_any_name(
    bench: Bench, rule: dict[str, Any], named: str
) -> None:
    await bench.alter(TAKEN_OVER, mailbox={"ForwardingAddress": "Archive Service"})
    await bench.alter(TAKEN_OVER, mailbox={"ForwardingSmtpAddress": "smtp:drop@attacker.example"})
    await _rules(bench, {"Name": "x", "Guid": "g"} | rule)
    assert f"names {named}:" in _told(await _plan(bench), RULES)[0]


async def test_where_mail_was_forwarded_to_is_known_when_the_forwarding_is_gone(bench: Bench) -> None:
    await bench.alter(TAKEN_OVER, mailbox={"ForwardingSmtpAddress": None})
    await _rules(bench, {"Name": "x", "BlindCopyTo": ["collector@attacker.example"]})
    assert "None of 1" in _told(await _plan(bench), RULES)[0]
    removed = ChangeRow(
        step="remove-forwarding",
        round=1,
        number=1,
        resource="mailbox forwarding",
        action="remove",
        reason="",
        before={"ForwardingAddress": None, "ForwardingSmtpAddress": "smtp:collector@attacker.example"},
        after={},
    )
    told = _told(await _plan(bench, changes=(removed,)), RULES)
    assert "collector@attacker.example" in told[0]


async def test_without_the_right_for_one_the_others_are_told_and_it_is_said_what_lacks(bench: Bench) -> None:
    await bench.grant(directory_roles=[RECIPIENT_ADMINISTRATOR])
    plan = await _plan(bench)
    assert "attacker.example" in _told(plan, SIGNATURE)[0]
    assert "Mail Merge Pro" in _told(plan, APPS)[0]
    (refused,) = _told(plan, RULES)
    assert refused.startswith("Could not read the transport rules: refused.")
    assert "Exchange.ManageAsApp" in refused
    assert "Global Reader" in refused


async def test_what_was_cut_short_could_not_be_read(bench: Bench) -> None:
    body = {"value": [{"Name": "x"}], "@adminapi.warnings": ["There are more; increase ResultSize."]}
    await bench.simulator.fault({"status": 200, "body": body}, cmdlet="Get-TransportRule")
    assert _told(await _plan(bench), RULES)[0].startswith("Could not read the transport rules: ")


async def test_a_signature_of_very_many_links_is_told_in_part(bench: Bench) -> None:
    links = " ".join(f"https://{number}.example" for number in range(2000))
    await bench.alter(TAKEN_OVER, settings={"message": {"SignatureText": links}})
    told = _told(await _plan(bench), SIGNATURE)[0]
    assert "https://9.example and 1990 more" in told


async def test_a_mailbox_that_others_work_with_is_looked_at_too(bench: Bench) -> None:
    assert (await _plan(bench, SHARED_MAILBOX)).looked


@pytest.mark.parametrize("account", EVERYBODY, ids=name)
def test_an_account_without_mailbox_in_the_cloud_is_skipped(account: Account) -> None:
    for kind in MailboxKind:
        skipped = step.skip(account.model_copy(update={"mailbox": kind}))
        assert (skipped is not None) is (kind in (MailboxKind.NONE, MailboxKind.ON_PREMISES)), kind


@pytest.mark.parametrize("account", [NO_MAILBOX, GUEST], ids=name)
async def test_a_mailbox_that_is_not_there_is_skipped(bench: Bench, account: Account) -> None:
    plan = await _plan(bench, account.model_copy(update={"mailbox": MailboxKind.UNKNOWN}))
    assert plan.skipped is not None
    assert plan.skipped.kind is Skip.NOT_APPLICABLE
