"""Recipients, mailboxes, forwarding."""

from typing import Any

import pytest

from tests.simulator.client import (
    ADMINISTRATOR,
    BREAK_GLASS,
    GUEST,
    NO_MAILBOX,
    SHARED_MAILBOX,
    SYNCED,
    TAKEN_OVER,
    Client,
    exception,
)

ATTACKER = "smtp:collector@attacker.example"
CLEARED = {"ForwardingAddress": None, "ForwardingSmtpAddress": None, "DeliverToMailboxAndForward": False}


async def rows(simulator: Client, cmdlet: str, **parameters: Any) -> list[dict[str, Any]]:
    answer = await simulator.cmdlet(cmdlet, parameters)
    assert answer.status_code == 200, answer.text
    value: list[dict[str, Any]] = answer.json()["value"]
    return value


async def forwarding(simulator: Client, account: str) -> dict[str, Any]:
    [mailbox] = await rows(simulator, "Get-Mailbox", Identity=account)
    return {name: mailbox[name] for name in CLEARED}


@pytest.mark.parametrize(
    ("account", "kind"),
    [
        (TAKEN_OVER, "UserMailbox"),
        (SYNCED, "UserMailbox"),
        (SHARED_MAILBOX, "SharedMailbox"),
        (GUEST, "GuestMailUser"),
        (ADMINISTRATOR, "UserMailbox"),
    ],
)
async def test_a_recipient_tells_what_kind_it_is(simulator: Client, account: str, kind: str) -> None:
    [recipient] = await rows(simulator, "Get-Recipient", Identity=account)
    assert (recipient["RecipientTypeDetails"], recipient["ExternalDirectoryObjectId"]) == (kind, account)
    assert recipient.keys().isdisjoint(CLEARED)


@pytest.mark.parametrize(
    ("cmdlet", "account"),
    [
        ("Get-Recipient", NO_MAILBOX),
        ("Get-Recipient", BREAK_GLASS),
        ("Get-Mailbox", NO_MAILBOX),
        ("Get-Mailbox", GUEST),
        ("Set-Mailbox", NO_MAILBOX),
        ("Get-InboxRule", NO_MAILBOX),
    ],
)
async def test_who_has_no_mailbox_is_not_found(simulator: Client, cmdlet: str, account: str) -> None:
    parameters = {"Mailbox": account} if cmdlet == "Get-InboxRule" else {"Identity": account}
    assert exception(await simulator.cmdlet(cmdlet, parameters)) == (404, "ManagementObjectNotFoundException")


@pytest.mark.parametrize(
    "identity",
    [
        TAKEN_OVER,
        TAKEN_OVER.upper(),
        "alex.wilber@contoso.com",
        "alex@contoso.com",
        "smtp:alex@contoso.com",
        "alex.wilber",
    ],
)
async def test_a_mailbox_is_found_by_each_of_its_names(simulator: Client, identity: str) -> None:
    [mailbox] = await rows(simulator, "Get-Mailbox", Identity=identity)
    assert mailbox["ExternalDirectoryObjectId"] == TAKEN_OVER
    [again] = await rows(simulator, "Get-Mailbox", Identity=mailbox["Guid"])
    [by_dn] = await rows(simulator, "Get-Recipient", Identity=mailbox["LegacyExchangeDN"])
    assert again == mailbox
    assert by_dn["Guid"] == mailbox["Guid"]


async def test_a_name_that_two_share_is_ambiguous(simulator: Client) -> None:
    state = await simulator.state()
    for seed in state["accounts"]:
        if seed["user"]["id"] in (TAKEN_OVER, SYNCED):
            seed["mailbox"]["Alias"] = "twin"
    await simulator.put_state(state)
    answer = await simulator.cmdlet("Get-Mailbox", {"Identity": "twin"})
    assert exception(answer) == (400, "ManagementObjectAmbiguousException")


async def test_null_clears_forwarding_and_a_second_time_is_only_a_warning(simulator: Client) -> None:
    assert (await forwarding(simulator, TAKEN_OVER))["ForwardingSmtpAddress"] == ATTACKER
    first = (await simulator.cmdlet("Set-Mailbox", {"Identity": TAKEN_OVER, **CLEARED})).json()
    assert (first["value"], first["@adminapi.warnings"]) == ([], [])
    assert await forwarding(simulator, TAKEN_OVER) == CLEARED
    second = (await simulator.cmdlet("Set-Mailbox", {"Identity": TAKEN_OVER, **CLEARED})).json()
    assert second["value"] == []
    assert "completed successfully but no settings of" in second["@adminapi.warnings"][0]
    assert "have been modified" in second["@adminapi.warnings"][0]


async def test_what_is_not_named_stays(simulator: Client) -> None:
    await rows(simulator, "Set-Mailbox", Identity=TAKEN_OVER, DeliverToMailboxAndForward=False)
    expected = {**CLEARED, "ForwardingSmtpAddress": ATTACKER}
    assert await forwarding(simulator, TAKEN_OVER) == expected


@pytest.mark.parametrize("address", ["smtp:a@b.example", "a@b.example", "SMTP:a@b.example"])
async def test_an_external_address_is_kept_with_its_prefix(simulator: Client, address: str) -> None:
    await rows(simulator, "Set-Mailbox", Identity=SYNCED, ForwardingSmtpAddress=address)
    assert (await forwarding(simulator, SYNCED))["ForwardingSmtpAddress"] == "smtp:a@b.example"


async def test_an_internal_address_is_a_name_to_be_resolved(simulator: Client) -> None:
    await rows(simulator, "Set-Mailbox", Identity=SYNCED, ForwardingAddress="drop@attacker.example")
    name = (await forwarding(simulator, SYNCED))["ForwardingAddress"]
    assert name == "Archive Service"
    [contact] = await rows(simulator, "Get-Recipient", Identity=name)
    assert contact["ExternalEmailAddress"] == "SMTP:drop@attacker.example"
    answer = await simulator.cmdlet("Set-Mailbox", {"Identity": SYNCED, "ForwardingAddress": "nobody"})
    assert exception(answer) == (404, "ManagementObjectNotFoundException")


async def test_in_a_hybrid_tenant_a_synced_mailbox_is_mastered_on_premises(simulator: Client) -> None:
    state = await simulator.state()
    state["tenant"]["exchangeHybrid"] = True
    await simulator.put_state(state)
    change = {"ForwardingSmtpAddress": "a@b.example"}
    refused = await simulator.cmdlet("Set-Mailbox", {"Identity": SYNCED, **change})
    assert refused.status_code == 400
    assert "on-premises mastered Directory Sync objects" in refused.text
    assert (await simulator.cmdlet("Set-Mailbox", {"Identity": TAKEN_OVER, **change})).status_code == 200
