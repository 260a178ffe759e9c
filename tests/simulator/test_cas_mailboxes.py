"""By which protocols a mailbox is reached: flags of two values, and two of three."""

from typing import Any

import pytest

from local.simulator.cas_mailboxes import DEFAULTS, THREE_VALUED, TWO_VALUED
from tests.simulator.client import GUEST, NO_MAILBOX, SHARED_MAILBOX, SYNCED, TAKEN_OVER, Client, exception


async def _flags(simulator: Client, account: str) -> dict[str, Any]:
    [row] = (await simulator.cmdlet("Get-CASMailbox", {"Identity": account})).json()["value"]
    assert row["ExternalDirectoryObjectId"] == account
    return {name: row[name] for name in DEFAULTS}


@pytest.mark.parametrize("account", [SYNCED, SHARED_MAILBOX])
async def test_a_mailbox_that_nobody_touched_lets_every_client_in(simulator: Client, account: str) -> None:
    assert await _flags(simulator, account) == {
        **dict.fromkeys(TWO_VALUED, True),
        "EwsEnabled": None,
        "SmtpClientAuthenticationDisabled": None,
    }


@pytest.mark.parametrize("flag", [*TWO_VALUED, *THREE_VALUED])
@pytest.mark.parametrize("value", [False, True])
async def test_each_flag_is_set_alone_and_the_same_again_is_a_warning(
    simulator: Client, flag: str, value: bool
) -> None:
    before = await _flags(simulator, SYNCED)
    await simulator.cmdlet("Set-CASMailbox", {"Identity": SYNCED, flag: value})
    assert await _flags(simulator, SYNCED) == before | {flag: value}
    again = (await simulator.cmdlet("Set-CASMailbox", {"Identity": SYNCED, flag: value})).json()
    assert "no settings of" in again["@adminapi.warnings"][0]


@pytest.mark.parametrize("flag", THREE_VALUED)
async def test_null_gives_a_flag_of_three_values_back_to_the_organisation(simulator: Client, flag: str) -> None:
    for value in (True, None):
        answer = await simulator.cmdlet("Set-CASMailbox", {"Identity": TAKEN_OVER, flag: value})
        assert answer.status_code == 200
        assert (await _flags(simulator, TAKEN_OVER))[flag] is value
    assert (await simulator.truth(TAKEN_OVER))["casMailbox"][flag] is None


@pytest.mark.parametrize(
    ("flag", "value"), [("MAPIEnabled", None), ("ImapEnabled", "false"), ("EwsEnabled", 0)], ids=str
)
async def test_what_is_no_value_of_a_flag_is_refused(simulator: Client, flag: str, value: object) -> None:
    answer = await simulator.cmdlet("Set-CASMailbox", {"Identity": TAKEN_OVER, flag: value})
    assert exception(answer) == (400, "ParameterTransformationException")


async def test_one_flag_that_is_refused_leaves_all_of_them_alone(simulator: Client) -> None:
    before = await _flags(simulator, TAKEN_OVER)
    await simulator.cmdlet("Set-CASMailbox", {"Identity": TAKEN_OVER, "ImapEnabled": False, "MAPIEnabled": None})
    assert await _flags(simulator, TAKEN_OVER) == before


@pytest.mark.parametrize("cmdlet", ["Get-CASMailbox", "Set-CASMailbox"])
@pytest.mark.parametrize("account", [GUEST, NO_MAILBOX])
async def test_who_has_no_mailbox_is_not_found(simulator: Client, cmdlet: str, account: str) -> None:
    answer = await simulator.cmdlet(cmdlet, {"Identity": account})
    assert exception(answer)[1] == "ManagementObjectNotFoundException"
