"""The automatic reply and its rules, the signature, the add-ins, the transport rules."""

from typing import Any

import pytest

from tests.simulator.client import NO_MAILBOX, SYNCED, TAKEN_OVER, Client, exception

ON = {"AutoReplyState": "Enabled", "InternalMessage": "Away."}
TIMES = {"StartTime": "2027-01-01T00:00:00+01:00", "EndTime": "2027-01-02T00:00:00Z"}


async def reply(simulator: Client, account: str = SYNCED) -> dict[str, Any]:
    answer = await simulator.cmdlet("Get-MailboxAutoReplyConfiguration", {"Identity": account})
    [row] = answer.json()["value"]
    return dict(row)


async def change(simulator: Client, **parameters: Any) -> tuple[int, str]:
    answer = await simulator.cmdlet("Set-MailboxAutoReplyConfiguration", {"Identity": SYNCED} | parameters)
    return (answer.status_code, "") if answer.is_success else exception(answer)


async def test_a_reply_that_is_off_shows_times_of_its_own_making(simulator: Client) -> None:
    row = await reply(simulator)
    assert row["AutoReplyState"] == "Disabled"
    assert row["StartTime"] < row["EndTime"]


async def test_turning_off_keeps_the_texts_and_forgets_the_times(simulator: Client) -> None:
    assert await change(simulator, **ON | TIMES | {"AutoReplyState": "Scheduled"}) == (200, "")
    assert (await reply(simulator))["StartTime"] == "2026-12-31T23:00:00Z"
    assert await change(simulator, AutoReplyState="Disabled") == (200, "")
    row = await reply(simulator)
    assert row["InternalMessage"] == "Away."
    assert row["StartTime"] != "2026-12-31T23:00:00Z"


@pytest.mark.parametrize(
    ("parameters", "kind"),
    [
        ({"AutoReplyState": "Enabled"}, "ParameterBindingException"),
        (ON | {"AutoReplyState": "Scheduled"}, "ParameterBindingException"),
        (ON | {"AutoReplyState": "Scheduled", "StartTime": TIMES["EndTime"], "EndTime": TIMES["StartTime"]},
         "ParameterBindingException"),
        ({"AutoReplyState": "On"}, "ParameterTransformationException"),
        ({"ExternalAudience": "Everybody"}, "ParameterTransformationException"),
        (ON | TIMES | {"StartTime": "soon"}, "ParameterTransformationException"),
        ({"Message": "x"}, "AmbiguousParameterSetException"),
    ],
)  # fmt: skip
async def test_what_does_not_fit_is_refused(simulator: Client, parameters: dict[str, Any], kind: str) -> None:
    before = await simulator.truth(SYNCED)
    assert (await change(simulator, **parameters))[1] == kind
    assert await simulator.truth(SYNCED) == before


@pytest.mark.parametrize("cmdlet", ["Get-MailboxAutoReplyConfiguration", "Get-MailboxMessageConfiguration", "Get-App"])
async def test_a_mailbox_that_is_not_there_has_no_settings(simulator: Client, cmdlet: str) -> None:
    parameter = "Mailbox" if cmdlet == "Get-App" else "Identity"
    answer = await simulator.cmdlet(cmdlet, {parameter: NO_MAILBOX})
    assert exception(answer)[1] == "ManagementObjectNotFoundException"


async def test_transport_rules_take_more_than_the_right_to_change_mailboxes(simulator: Client) -> None:
    role = {"name": "Exchange Recipient Administrator", "id": "31392ffb-586c-42d1-9346-e59415a2cc4e"}
    assert len((await simulator.cmdlet("Get-TransportRule", {"ResultSize": "Unlimited"})).json()["value"]) == 2
    await simulator.grant(directory_roles=[role])
    assert (await simulator.cmdlet("Get-TransportRule")).status_code == 403
    assert (await simulator.cmdlet("Get-App", {"Mailbox": TAKEN_OVER})).is_success
