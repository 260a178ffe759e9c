"""What Exchange is asked, and what is made of its answers."""

from typing import Any

import pytest

from shared.tenant.errors import NotFound, Permanent, Transient
from shared.tenant.models import Forwarding, Mailbox, Recipient
from shared.tenant.tenant import Tenant
from tests.tenant.calls import ADDRESS, EXCHANGE, MAILBOX_ROW, RECIPIENT_ROW, USER, Case, output
from tests.tenant.conftest import TENANT_ID
from tests.tenant.server import TOKEN, Answer, Server

COLLECTOR = "smtp:collector@attacker.example"
READS = EXCHANGE[:2]


async def test_a_cmdlet_is_sent_as_microsofts_own_module_sends_it(tenant: Tenant, server: Server) -> None:
    server.play(output(RECIPIENT_ROW))
    await tenant.exchange.recipient(USER)
    (call,) = server.calls
    assert (call.method, call.target) == ("POST", f"/adminapi/beta/{TENANT_ID}/InvokeCommand")
    assert call.json == {"CmdletInput": {"CmdletName": "Get-Recipient", "Parameters": {"Identity": USER}}}
    expected = {
        "Authorization": f"Bearer {TOKEN}",
        "Content-Type": "application/json; charset=utf-8",
        "X-AnchorMailbox": f"APP:SystemMailbox{{bb558c35-97f1-4cb9-8ff7-d53741dc928c}}@{TENANT_ID}",
        "X-CmdletName": "Get-Recipient",
        "X-ResponseFormat": "json",
        "X-SerializationLevel": "Partial",
    }
    assert {name: call.headers[name] for name in expected} == expected
    assert "resource=https://outlook.office365.com" in server.token_calls[0].target


async def test_every_attempt_has_an_id_of_its_own(tenant: Tenant, server: Server) -> None:
    server.play(output(RECIPIENT_ROW), output(RECIPIENT_ROW))
    await tenant.exchange.recipient(USER)
    await tenant.exchange.recipient(USER)
    assert len({call.headers["client-request-id"] for call in server.calls}) == 2


async def test_a_recipient_says_what_kind_it_is(tenant: Tenant, server: Server) -> None:
    server.play(output(RECIPIENT_ROW | {"RecipientTypeDetails": "MailUser", "Name@data.type": "System.String"}))
    assert await tenant.exchange.recipient(USER) == Recipient(
        external_directory_object_id=USER, recipient_type="UserMailbox", recipient_type_details="MailUser"
    )


async def test_a_mailbox_says_where_it_forwards_to(tenant: Tenant, server: Server) -> None:
    server.play(output(MAILBOX_ROW))
    mailbox = await tenant.exchange.mailbox(USER)
    assert mailbox == Mailbox(
        external_directory_object_id=USER,
        recipient_type_details="UserMailbox",
        primary_smtp_address=ADDRESS,
        forwarding_address=None,
        forwarding_smtp_address=COLLECTOR,
        deliver_to_mailbox_and_forward=True,
    )
    assert mailbox.forwarding == Forwarding(smtp_address=COLLECTOR, deliver_and_forward=True)
    assert server.calls[0].json["CmdletInput"]["CmdletName"] == "Get-Mailbox"


@pytest.mark.parametrize(
    ("forwarding", "sent"),
    [
        (Forwarding(), (None, None, False)),
        (Forwarding(smtp_address=COLLECTOR, deliver_and_forward=True), (None, COLLECTOR, True)),
        (Forwarding(address="Archive Service"), ("Archive Service", None, False)),
    ],
)
async def test_forwarding_is_set_by_one_call_with_all_three_values(
    tenant: Tenant, server: Server, forwarding: Forwarding, sent: tuple[Any, ...]
) -> None:
    server.play(output())
    await tenant.exchange.set_forwarding(USER, forwarding)
    names = ("ForwardingAddress", "ForwardingSmtpAddress", "DeliverToMailboxAndForward")
    parameters = {"Identity": USER} | dict(zip(names, sent, strict=True))
    assert server.calls[0].json["CmdletInput"] == {"CmdletName": "Set-Mailbox", "Parameters": parameters}


async def test_a_mailbox_that_already_forwards_so_is_a_success(tenant: Tenant, server: Server) -> None:
    warning = "The command completed successfully but no settings of 'alex' have been modified."
    server.play(output(**{"@adminapi.warnings": [warning]}))
    await tenant.exchange.set_forwarding(USER, Forwarding())


@pytest.mark.parametrize("identity", ["", " ", "*", ADDRESS, "..", USER + "*"])
async def test_nothing_is_asked_or_written_but_about_an_object_id(
    tenant: Tenant, server: Server, identity: str
) -> None:
    with pytest.raises(ValueError, match="GUID"):
        await tenant.exchange.recipient(identity)
    with pytest.raises(ValueError, match="GUID"):
        await tenant.exchange.mailbox(identity)
    with pytest.raises(ValueError, match="GUID"):
        await tenant.exchange.set_forwarding(identity, Forwarding())
    assert server.calls == []


@pytest.mark.parametrize("parameters", [{}, {"Identity": None}, {"Identity": ""}, {"Identity": " "}, {"Name": "x"}])
async def test_no_cmdlet_is_sent_that_would_be_about_everybody(
    tenant: Tenant, server: Server, parameters: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="everybody"):
        await tenant.exchange.invoke("Get-Mailbox", parameters)
    assert server.calls == []


@pytest.mark.parametrize("case", READS, ids=str)
async def test_nothing_found_is_not_found(tenant: Tenant, server: Server, case: Case) -> None:
    server.play(output())
    with pytest.raises(NotFound):
        await case.call(tenant)


@pytest.mark.parametrize("theirs", ["b0000000-0000-4000-8000-000000000002", "", None])
@pytest.mark.parametrize("case", READS, ids=str)
async def test_a_row_about_somebody_else_is_not_believed(
    tenant: Tenant, server: Server, case: Case, theirs: str | None
) -> None:
    row = case.good.body["value"][0] | {"ExternalDirectoryObjectId": theirs}
    server.play(output(row))
    with pytest.raises(Permanent, match="somebody else"):
        await case.call(tenant)


@pytest.mark.parametrize("case", READS, ids=str)
async def test_several_rows_are_not_believed(tenant: Tenant, server: Server, case: Case) -> None:
    row = case.good.body["value"][0]
    server.play(output(row, row))
    with pytest.raises(Permanent, match="somebody else"):
        await case.call(tenant)


@pytest.mark.parametrize("case", READS, ids=str)
async def test_an_object_id_is_the_same_in_capitals(tenant: Tenant, server: Server, case: Case) -> None:
    row = case.good.body["value"][0] | {"ExternalDirectoryObjectId": USER.upper()}
    server.play(output(row))
    await case.call(tenant)


@pytest.mark.parametrize(
    "cut",
    [
        {"@odata.nextLink": "https://outlook.office365.com/adminapi/beta/x/InvokeCommand?$skiptoken=x"},
        {"@adminapi.warnings": ["To view them, increase the value for the ResultSize parameter."]},
    ],
)
@pytest.mark.parametrize("case", READS, ids=str)
async def test_an_answer_cut_short_is_not_taken_for_the_whole(
    tenant: Tenant, server: Server, case: Case, cut: dict[str, Any]
) -> None:
    server.play(output(case.good.body["value"][0], **cut))
    with pytest.raises(Permanent, match="not all of it"):
        await case.call(tenant)


@pytest.mark.parametrize("name", ["ResultSize", "it's ResultSize", "' ResultSize '", "a\nResultSize"])
async def test_a_name_that_an_attacker_chose_does_not_make_an_answer_look_cut_short(
    tenant: Tenant, server: Server, name: str
) -> None:
    server.play(output({"Name": name}, **{"@adminapi.warnings": [f"The inbox rule '{name}' contains errors."]}))
    assert await tenant.exchange.invoke("Get-InboxRule", {"Identity": USER}) == [{"Name": name}]


@pytest.mark.parametrize("body", [b"", b"\x00" * 16, b"[]", b"null", b"{", b'{"value": null}', b'{"value": [1]}'])
@pytest.mark.parametrize("case", EXCHANGE, ids=str)
async def test_an_answer_that_cannot_be_read_is_not_taken_for_an_empty_one(
    tenant: Tenant, server: Server, case: Case, body: bytes
) -> None:
    server.play(Answer(200, body))
    with pytest.raises(Transient, match="could not be read"):
        await case.call(tenant)


@pytest.mark.parametrize("case", READS, ids=str)
async def test_a_row_that_lacks_what_we_need_cannot_be_read(tenant: Tenant, server: Server, case: Case) -> None:
    server.play(output({"ExternalDirectoryObjectId": USER}))
    with pytest.raises(Transient, match="could not be read"):
        await case.call(tenant)


async def test_large_ids_are_kept_to_the_last_digit(tenant: Tenant, server: Server) -> None:
    server.play(Answer(200, b'{"value": [{"RuleIdentity": 15394007230974001153}]}'))
    rows = await tenant.exchange.invoke("Get-InboxRule", {"Identity": USER})
    assert rows == [{"RuleIdentity": 15394007230974001153}]
