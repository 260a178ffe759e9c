"""Inbox rules, sweep rules, and the rules of Outlook that no cmdlet shows."""

from typing import Any

import httpx
import pytest

from tests.simulator.client import ADMINISTRATOR, NO_MAILBOX, TAKEN_OVER, Client, exception

BIG_RULE = 15394007230974001153
HIDDEN = {"Junk E-mail Rule", "..", "Microsoft.Exchange.OOF.InternalSenders.Global"}
SWEEP_ID = "x2hlsdpGmUifjFgxxGIOJw=="
QUIET = {"Force": True, "Confirm": False, "AlwaysDeleteOutlookRulesBlob": True}
MISSING = "ManagementObjectNotFoundException"


async def _rows(simulator: Client, cmdlet: str, **parameters: Any) -> list[dict[str, Any]]:
    answer = await simulator.cmdlet(cmdlet, parameters)
    assert answer.status_code == 200, answer.text
    value: list[dict[str, Any]] = answer.json()["value"]
    return value


async def _rule(simulator: Client, name: str) -> dict[str, Any]:
    listed = await _rows(simulator, "Get-InboxRule", Mailbox=TAKEN_OVER, IncludeHidden=True)
    return next(row for row in listed if row["Name"] == name)


async def _alter(simulator: Client, name: str, **values: Any) -> None:
    state = await simulator.state()
    account = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER)
    next(one for one in account["inboxRules"] if one["Name"] == name).update(values)
    await simulator.put_state(state)


async def _disable(simulator: Client, name: str, **parameters: Any) -> httpx.Response:
    identity = (await _rule(simulator, name))["Identity"]
    return await simulator.cmdlet("Disable-InboxRule", {"Identity": identity, **QUIET, **parameters})


def _warnings(answer: httpx.Response) -> list[str]:
    return list(answer.json()["@adminapi.warnings"])


async def test_hidden_rules_are_listed_only_on_request(simulator: Client) -> None:
    shown = await _rows(simulator, "Get-InboxRule", Mailbox=TAKEN_OVER)
    everything = await _rows(simulator, "Get-InboxRule", Mailbox=TAKEN_OVER, IncludeHidden=True)
    assert {row["Name"] for row in everything} - {row["Name"] for row in shown} == HIDDEN
    hidden = [row for row in everything if row["Name"] in HIDDEN]
    assert all(row.keys().isdisjoint({"Hidden", "SupportedByTask", "Provider"}) for row in hidden)
    assert all(row["SupportedByTask"] for row in shown)


async def test_the_id_of_a_rule_is_a_number_of_64_bits_and_its_identity_finds_it(simulator: Client) -> None:
    rule = await _rule(simulator, ".")
    assert rule["RuleIdentity"] == BIG_RULE
    assert rule["Identity"].endswith(f"\\{BIG_RULE}")
    assert await _rows(simulator, "Get-InboxRule", Identity=rule["Identity"]) == [rule]
    answer = await simulator.cmdlet("Get-InboxRule", {"Identity": rule["MailboxOwnerId"] + "\\99"})
    assert exception(answer) == (404, MISSING)


@pytest.mark.parametrize("name", [".", ".."])
async def test_a_rule_hidden_or_not_is_disabled_and_enabled_and_the_same_again_is_no_error(
    simulator: Client, name: str
) -> None:
    before = await _rule(simulator, name)
    for cmdlet, enabled in (("Disable", False), ("Disable", False), ("Enable", True), ("Enable", True)):
        answer = await simulator.cmdlet(f"{cmdlet}-InboxRule", {"Identity": before["Identity"], **QUIET})
        assert (answer.status_code, answer.json()["value"], _warnings(answer)) == (200, [], [])
        assert await _rule(simulator, name) == before | {"Enabled": enabled}


@pytest.mark.parametrize("cmdlet", ["Disable-InboxRule", "Enable-InboxRule"])
async def test_what_changes_an_inbox_rule_removes_the_rules_that_only_outlook_runs(
    simulator: Client, cmdlet: str
) -> None:
    assert (await simulator.truth(TAKEN_OVER))["outlookRules"]
    identity = (await _rule(simulator, "Newsletters"))["Identity"]
    await simulator.cmdlet(cmdlet, {"Identity": identity, **QUIET})
    assert (await simulator.truth(TAKEN_OVER))["outlookRules"] == []


async def test_the_loss_is_a_warning_unless_it_is_wanted(simulator: Client) -> None:
    told = await _disable(simulator, ".", AlwaysDeleteOutlookRulesBlob=False)
    assert "Client-side rules" in _warnings(told)[0]


async def test_reading_and_sweep_rules_leave_outlooks_rules_alone(simulator: Client) -> None:
    await _rows(simulator, "Get-InboxRule", Mailbox=TAKEN_OVER, IncludeHidden=True)
    await _rows(simulator, "Disable-SweepRule", Identity=SWEEP_ID, Confirm=False)
    assert (await simulator.truth(TAKEN_OVER))["outlookRules"]


async def test_a_mailbox_named_beside_the_identity_is_refused(simulator: Client) -> None:
    answer = await _disable(simulator, ".", Mailbox=TAKEN_OVER)
    assert exception(answer) == (400, "AmbiguousParameterSetException")
    assert (await _rule(simulator, "."))["Enabled"]


@pytest.mark.parametrize("identity", ["{guid}\\99", "15394007230974001153", "nobody\\1", "{guid}\\"])
async def test_a_rule_that_is_not_there_is_not_found(simulator: Client, identity: str) -> None:
    guid = (await _rule(simulator, "."))["MailboxOwnerId"]
    answer = await simulator.cmdlet("Disable-InboxRule", {"Identity": identity.format(guid=guid), **QUIET})
    assert exception(answer) == (404, MISSING)


async def test_a_corrupt_rule_warns_whenever_it_is_touched_and_can_be_disabled(simulator: Client) -> None:
    await _alter(simulator, ".", InError=True, ErrorType="Corrupt")
    listed = await simulator.cmdlet("Get-InboxRule", {"Mailbox": TAKEN_OVER})
    assert "The inbox rule '.' contains errors" in _warnings(listed)[0]
    answer = await _disable(simulator, ".")
    assert answer.status_code == 200
    assert "contains errors" in _warnings(answer)[0]
    assert (await _rule(simulator, "."))["Enabled"] is False


async def test_a_rule_of_delegation_is_not_changed_by_a_cmdlet(simulator: Client) -> None:
    await _alter(simulator, ".", Provider="Schedule+ EMS Interface")
    assert exception(await _disable(simulator, ".")) == (400, "InvalidOperationException")
    assert (await simulator.truth(TAKEN_OVER))["outlookRules"]


@pytest.mark.parametrize(("behaviour", "status"), [("changeable", 200), ("refused", 400)])
async def test_a_rule_that_the_cmdlets_do_not_support_is_changed_or_refused(
    simulator: Client, behaviour: str, status: int
) -> None:
    await _alter(simulator, ".", SupportedByTask=False)
    state = await simulator.state()
    state["tenant"]["behaviour"]["unsupportedRules"] = behaviour
    await simulator.put_state(state)
    assert (await _disable(simulator, ".")).status_code == status


@pytest.mark.parametrize("identity", [SWEEP_ID, f"alex.wilber\\{SWEEP_ID}"])
async def test_a_sweep_rule_is_found_by_its_id_alone_or_behind_the_alias(simulator: Client, identity: str) -> None:
    [before] = await _rows(simulator, "Get-SweepRule", Mailbox=TAKEN_OVER)
    assert before["Identity"] == f"alex.wilber\\{SWEEP_ID}"
    for cmdlet, enabled in (("Disable", False), ("Disable", False), ("Enable", True)):
        await _rows(simulator, f"{cmdlet}-SweepRule", Identity=identity, Confirm=False)
        assert await _rows(simulator, "Get-SweepRule", Identity=identity) == [before | {"Enabled": enabled}]


@pytest.mark.parametrize("identity", ["unknown==", f"nestor.wilke\\{SWEEP_ID}"])
@pytest.mark.parametrize("cmdlet", ["Get-SweepRule", "Disable-SweepRule", "Enable-SweepRule"])
async def test_a_sweep_rule_that_is_not_there_is_not_found(simulator: Client, cmdlet: str, identity: str) -> None:
    assert exception(await simulator.cmdlet(cmdlet, {"Identity": identity})) == (404, MISSING)


async def test_whose_mailbox_has_no_sweep_rules_and_who_has_no_mailbox_are_told_apart(simulator: Client) -> None:
    assert await _rows(simulator, "Get-SweepRule", Mailbox=ADMINISTRATOR) == []
    assert exception(await simulator.cmdlet("Get-SweepRule", {"Mailbox": NO_MAILBOX})) == (404, MISSING)


async def test_the_accepted_domains_are_the_verified_ones(simulator: Client) -> None:
    state = await simulator.state()
    state["tenant"]["domains"].append({"id": "unproven.example", "authenticationType": "Managed", "isVerified": False})
    await simulator.put_state(state)
    rows = await _rows(simulator, "Get-AcceptedDomain", ResultSize="Unlimited")
    assert [row["DomainName"] for row in rows] == ["contoso.com", "contoso.onmicrosoft.com", "federated.contoso.com"]
    assert [row["DomainName"] for row in rows if row["Default"]] == ["contoso.com"]


async def test_a_tenant_may_keep_its_accepted_domains_to_itself(simulator: Client) -> None:
    state = await simulator.state()
    state["tenant"]["behaviour"]["acceptedDomains"] = "refused"
    await simulator.put_state(state)
    assert exception(await simulator.cmdlet("Get-AcceptedDomain")) == (403, "CmdletAccessDeniedException")
