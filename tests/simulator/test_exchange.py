"""The admin API of Exchange: envelope, failures, paging, who may call what."""

from typing import Any

import httpx
import pytest

from tests.simulator.client import EXCHANGE, NO_MAILBOX, TAKEN_OVER, TENANT, Client, exception

MAILBOX = {"Identity": TAKEN_OVER}
ROLE_IDS = {
    "Exchange Recipient Administrator": "31392ffb-586c-42d1-9346-e59415a2cc4e",
    "Exchange Administrator": "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "Global Reader": "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
    "Security Administrator": "194ae4cb-b126-40b2-bd5b-6091b380977d",
}


async def test_a_success_is_the_envelope_of_the_admin_api(simulator: Client) -> None:
    answer = await simulator.cmdlet("Get-Mailbox", MAILBOX)
    body = answer.json()
    assert answer.status_code == 200
    assert body.keys() == {
        "@odata.context",
        "adminapi.warnings@odata.type",
        "@adminapi.warnings",
        "value",
    }
    assert body["@odata.context"].endswith(f"/{TENANT}/$metadata#Collection(Exchange.GenericHashTable)")
    assert body["@adminapi.warnings"] == []
    assert [row["ExternalDirectoryObjectId"] for row in body["value"]] == [TAKEN_OVER]


async def test_a_failure_names_its_exception_inside_and_nothing_outside(simulator: Client) -> None:
    answer = await simulator.cmdlet("Get-Mailbox", {"Identity": NO_MAILBOX})
    error = answer.json()["error"]
    kind = "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException"
    assert (answer.status_code, error["code"], error["message"]) == (404, "NotFound", "Error executing cmdlet")
    assert error["innererror"]["internalexception"]["type"] == kind
    code, named, sentence = error["details"][0]["message"].split("|")
    assert (len(code), named) == (8, kind)
    assert f"object '{NO_MAILBOX}' couldn't be found on" in sentence
    assert error["@adminapi.warnings"] == []


@pytest.mark.parametrize(("status", "code"), [(404, "NotFound"), (400, "BadRequest"), (500, "InternalServerError")])
async def test_a_missing_object_may_come_with_any_of_three_statuses(simulator: Client, status: int, code: str) -> None:
    state = await simulator.state()
    state["tenant"]["behaviour"]["missingObjectStatus"] = status
    await simulator.put_state(state)
    answer = await simulator.cmdlet("Get-Mailbox", {"Identity": "nobody@contoso.com"})
    assert exception(answer) == (status, "ManagementObjectNotFoundException")
    assert answer.json()["error"]["code"] == code


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "kind"),
    [
        ("Get-Mailbox", {"BogusParameter": 1}, "AmbiguousParameterSetException"),
        ("Get-Mailbox", {"Ident": TAKEN_OVER}, "AmbiguousParameterSetException"),
        ("Get-Mailbox", {**MAILBOX, "DomainController": "dc1"}, "AmbiguousParameterSetException"),
        ("Get-Mailbox", {"Identity": 7}, "ParameterTransformationException"),
        ("Get-Mailbox", {"ResultSize": "some"}, "ParameterTransformationException"),
        ("Get-Mailbox", {"ResultSize": True}, "ParameterTransformationException"),
        ("Get-InboxRule", {"Mailbox": TAKEN_OVER, "IncludeHidden": "yes"}, "ParameterTransformationException"),
        ("Set-Mailbox", {"ForwardingAddress": None}, "ParameterBindingException"),
        ("Set-Mailbox", {"Identity": None, "ForwardingAddress": None}, "ParameterBindingException"),
        ("Set-Mailbox", {"Identity": "", "ForwardingAddress": None}, "ParameterBindingException"),
        (
            "Set-Mailbox",
            {**MAILBOX, "DeliverToMailboxAndForward": "false"},
            "ParameterTransformationException",
        ),
        ("Set-Mailbox", {**MAILBOX, "DeliverToMailboxAndForward": None}, "ParameterTransformationException"),
        ("Set-Mailbox", {**MAILBOX, "ForwardingSmtpAddress": "nowhere"}, "ParameterTransformationException"),
    ],
    ids=str,
)
async def test_a_parameter_that_is_unknown_missing_or_mistyped_is_refused(
    simulator: Client, cmdlet: str, parameters: dict[str, Any], kind: str
) -> None:
    before = await simulator.truth(TAKEN_OVER)
    assert exception(await simulator.cmdlet(cmdlet, parameters)) == (400, kind)
    assert await simulator.truth(TAKEN_OVER) == before


ALLOWED = [
    ("Exchange Recipient Administrator", "Get-Mailbox", True),
    ("Exchange Recipient Administrator", "Get-Recipient", True),
    ("Exchange Recipient Administrator", "Set-Mailbox", True),
    ("Exchange Recipient Administrator", "Get-InboxRule", True),
    ("Exchange Recipient Administrator", "Remove-RoleGroupMember", False),
    ("Exchange Recipient Administrator", "Remove-BlockedSenderAddress", False),
    ("Exchange Recipient Administrator", "Get-Nonsense", False),
    ("Exchange Administrator", "Set-Mailbox", True),
    ("Exchange Administrator", "Get-Nonsense", False),
    ("Global Reader", "Get-Mailbox", True),
    ("Global Reader", "Set-Mailbox", False),
    ("Global Reader", "Get-InboxRule", False),
    ("Security Administrator", "Get-Mailbox", True),
    ("Security Administrator", "Set-Mailbox", False),
]


@pytest.mark.parametrize(("role", "cmdlet", "allowed"), ALLOWED)
async def test_a_cmdlet_is_open_only_to_roles_that_have_it(
    simulator: Client, role: str, cmdlet: str, allowed: bool
) -> None:
    await simulator.grant(directory_roles=[{"name": role, "id": ROLE_IDS[role]}])
    answer = await simulator.cmdlet(cmdlet, {"Mailbox": TAKEN_OVER} if cmdlet == "Get-InboxRule" else MAILBOX)
    if allowed:
        assert answer.status_code == 200
    else:
        assert answer.status_code == 403
        assert answer.content
        assert set(answer.content) == {0}


async def test_what_is_described_but_not_built_answers_501(simulator: Client) -> None:
    for name, parameters in (("Get-CalendarProcessing", MAILBOX), ("Get-Mailbox", {**MAILBOX, "Archive": True})):
        answer = await simulator.cmdlet(name, parameters)
        assert answer.status_code == 501
        assert name in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    "body",
    [
        None,
        {},
        {"CmdletInput": {}},
        {"CmdletInput": {"CmdletName": "Get-Mailbox"}},
        {"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": []}},
        {"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {}, "More": 1}},
        {"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {}}, "More": 1},
    ],
    ids=str,
)
async def test_a_body_that_is_no_envelope_is_refused(simulator: Client, body: object) -> None:
    assert (await simulator.post_to_exchange(body)).status_code == 400


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/adminapi/beta/contoso.onmicrosoft.com/InvokeCommand", 200),
        ("POST", f"/adminapi/v1.0/{TENANT}/InvokeCommand", 200),
        ("POST", "/adminapi/beta/attacker.onmicrosoft.com/InvokeCommand", 400),
        ("POST", f"/adminapi/beta/{TENANT}/Invoke", 404),
        ("GET", f"/adminapi/beta/{TENANT}/InvokeCommand", 405),
        ("POST", f"/adminapi/beta/{TENANT}/InvokeCommand?surprise=1", 400),
    ],
)
async def test_only_the_addresses_of_this_tenant_answer(simulator: Client, method: str, path: str, status: int) -> None:
    answer = await simulator.http.request(
        method,
        path,
        json={"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": MAILBOX}},
        headers={"Authorization": f"Bearer {await simulator.token(EXCHANGE)}"},
    )
    assert answer.status_code == status


async def test_select_keeps_what_it_names(simulator: Client) -> None:
    answer = await simulator.cmdlet("Get-Mailbox", MAILBOX, "?$select=ForwardingSmtpAddress,Nothing")
    assert answer.json()["value"] == [{"ForwardingSmtpAddress": "smtp:collector@attacker.example"}]


@pytest.mark.parametrize("parameters", [{}, {"Identity": None}, {"Identity": ""}], ids=str)
@pytest.mark.parametrize("cmdlet", ["Get-Mailbox", "Get-Recipient", "Get-InboxRule"])
async def test_a_read_without_an_identity_answers_with_everything(
    simulator: Client, cmdlet: str, parameters: dict[str, Any]
) -> None:
    assert len(_rows(await simulator.cmdlet(cmdlet, parameters))) > 2


async def test_a_cut_answer_warns_and_its_next_page_cannot_be_read(simulator: Client) -> None:
    everything = _rows(await simulator.cmdlet("Get-Mailbox", {"ResultSize": "Unlimited"}))
    cut = (await simulator.cmdlet("Get-Mailbox", {"ResultSize": 2})).json()
    assert (cut["value"], "@odata.nextLink" in cut) == (everything[:2], False)
    assert "increase the value for the ResultSize parameter" in cut["@adminapi.warnings"][0]
    paged = await simulator.cmdlet("Get-Mailbox", {"ResultSize": "Unlimited"}, Prefer="odata.maxpagesize=3")
    assert len(_rows(paged)) == 3
    assert paged.json()["@adminapi.warnings"]
    answer = await simulator.http.post(
        paged.json()["@odata.nextLink"],
        json={"CmdletInput": {"CmdletName": "Get-Mailbox", "Parameters": {"ResultSize": "Unlimited"}}},
        headers={"Authorization": f"Bearer {await simulator.token(EXCHANGE)}"},
    )
    assert answer.status_code == 400
    assert "Expired or Invalid pagination request" in answer.text


def _rows(answer: httpx.Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    value: list[dict[str, Any]] = answer.json()["value"]
    return value
