"""What is asked about a mailbox's rules, and what is made of the rows."""

from typing import Any

import pytest

from shared.tenant.errors import NotFound, Permanent, TenantError
from shared.tenant.rules import Kind, Rule, accepted_domains, address_of, owner, rules, set_rule
from shared.tenant.tenant import Tenant
from tests.tenant.calls import USER, output
from tests.tenant.server import Answer, Server

GUID = "7957928c-0000-4000-8000-000000000001"
BIG = "18446744073709551615"
ROW: dict[str, Any] = {"Identity": f"{GUID}\\{BIG}", "RuleIdentity": int(BIG), "Name": "x", "Enabled": True}


def _asked(server: Server) -> list[tuple[str, dict[str, Any]]]:
    calls = [call.json["CmdletInput"] for call in server.calls]
    return [(call["CmdletName"], call["Parameters"]) for call in calls]


async def test_hidden_rules_are_asked_for_unless_they_are_not_wanted_and_all_of_them(
    tenant: Tenant, server: Server
) -> None:
    server.play(output(ROW), output(ROW), output())
    await rules(tenant.exchange, USER, Kind.INBOX)
    await rules(tenant.exchange, USER, Kind.INBOX, hidden=False)
    await rules(tenant.exchange, USER, Kind.SWEEP)
    everything = {"Mailbox": USER, "ResultSize": "Unlimited"}
    assert _asked(server) == [
        ("Get-InboxRule", everything | {"IncludeHidden": True}),
        ("Get-InboxRule", everything),
        ("Get-SweepRule", everything),
    ]


@pytest.mark.parametrize("number", [BIG, "1.8446744073709552e19", "null"])
async def test_an_id_of_64_bits_is_kept_whatever_becomes_of_the_number(
    tenant: Tenant, server: Server, number: str
) -> None:
    row = f'{{"Identity": "{GUID}\\\\{BIG}", "RuleIdentity": {number}}}'
    server.play(Answer(200, f'{{"value": [{row}]}}'.encode()))
    (rule,) = await rules(tenant.exchange, USER, Kind.INBOX)
    assert rule.id == BIG


@pytest.mark.parametrize("identity", [None, "", 5, ["x"]])
def test_a_rule_without_an_identity_has_no_id(identity: object) -> None:
    assert (Rule(Kind.INBOX, ROW | {"Identity": identity}).id, Rule(Kind.INBOX, {}).id) == ("", "")


@pytest.mark.parametrize(
    ("kind", "enabled", "cmdlet", "more"),
    [
        (Kind.INBOX, False, "Disable-InboxRule", {"Force": True, "AlwaysDeleteOutlookRulesBlob": True}),
        (Kind.INBOX, True, "Enable-InboxRule", {"Force": True, "AlwaysDeleteOutlookRulesBlob": True}),
        (Kind.SWEEP, False, "Disable-SweepRule", {}),
        (Kind.SWEEP, True, "Enable-SweepRule", {}),
    ],
)
async def test_a_rule_is_switched_by_its_identity_alone(
    tenant: Tenant, server: Server, kind: Kind, enabled: bool, cmdlet: str, more: dict[str, Any]
) -> None:
    server.play(output())
    await set_rule(tenant.exchange, Rule(kind, ROW), enabled)
    assert _asked(server) == [(cmdlet, {"Identity": ROW["Identity"], "Confirm": False} | more)]


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"Enabled": False}, True),
        ({"Identity": f"{GUID}\\1", "RuleIdentity": 1, "Priority": 7}, True),
        ({"InError": True, "Description": "Another language", "Name@odata.type": "String"}, True),
        ({"MoveToFolder": None}, True),
        ({"Name": "y"}, False),
        ({"MoveToFolder": "RSS Feeds"}, False),
        ({"ExceptIfFrom": ["a"]}, False),
    ],
    ids=str,
)
def test_a_fingerprint_tells_what_a_rule_does_and_nothing_else(change: dict[str, Any], same: bool) -> None:
    assert (Rule(Kind.INBOX, ROW).fingerprint == Rule(Kind.INBOX, ROW | change).fingerprint) is same


async def test_the_owners_addresses_are_those_for_mail(tenant: Tenant, server: Server) -> None:
    addresses = ["SMTP:alex@contoso.com", "smtp:a@contoso.com", "SIP:alex@contoso.com", "X500:/o=x"]
    server.play(output({"ExternalDirectoryObjectId": USER, "EmailAddresses": addresses, "Languages": None}))
    found = await owner(tenant.exchange, USER)
    assert (found.addresses, found.languages) == (["alex@contoso.com", "a@contoso.com"], ())


async def test_somebody_elses_mailbox_is_refused(tenant: Tenant, server: Server) -> None:
    server.play(output({"ExternalDirectoryObjectId": "another"}))
    with pytest.raises(Permanent):
        await owner(tenant.exchange, USER)


@pytest.mark.parametrize(
    ("row", "address"),
    [
        ({"PrimarySmtpAddress": "a@contoso.com"}, "a@contoso.com"),
        ({"PrimarySmtpAddress": "a@contoso.com", "ExternalEmailAddress": "SMTP:a@out.example"}, "a@out.example"),
    ],
    ids=["in a mailbox here", "sent on outside"],
)
async def test_an_entry_of_the_address_book_is_where_its_mail_really_goes(
    tenant: Tenant, server: Server, row: dict[str, Any], address: str
) -> None:
    server.play(output(row))
    assert await address_of(tenant.exchange, "/o=ExchangeLabs/cn=x") == address
    assert _asked(server) == [("Get-Recipient", {"Identity": "/o=ExchangeLabs/cn=x"})]


@pytest.mark.parametrize(
    ("rows", "error"),
    [([], NotFound), ([{}], NotFound), ([{"PrimarySmtpAddress": "a@contoso.com"}] * 2, Permanent)],
    ids=["nobody", "no address", "two"],
)
async def test_an_entry_that_leads_nowhere_is_not_taken_for_one_inside(
    tenant: Tenant, server: Server, rows: list[dict[str, Any]], error: type[TenantError]
) -> None:
    server.play(output(*rows))
    with pytest.raises(error):
        await address_of(tenant.exchange, "/o=ExchangeLabs/cn=x")


async def test_all_accepted_domains_are_asked_for(tenant: Tenant, server: Server) -> None:
    server.play(output({"DomainName": "contoso.com"}, {"DomainName": "contoso.onmicrosoft.com"}))
    assert await accepted_domains(tenant.exchange) == ["contoso.com", "contoso.onmicrosoft.com"]
    assert _asked(server) == [("Get-AcceptedDomain", {"ResultSize": "Unlimited"})]
