"""Blocked senders: who may read and lift the list, and what it refuses."""

from typing import Any

from tests.simulator.client import Client, exception

ALEX = {"SenderAddress": "alex.wilber@contoso.com"}
OTHER = {"SenderAddress": "megan.bowen@contoso.com"}
RECIPIENTS = {"name": "Exchange Recipient Administrator", "id": "31392ffb-586c-42d1-9346-e59415a2cc4e"}


async def _rows(simulator: Client, parameters: Any = None) -> list[str]:
    answer = await simulator.cmdlet("Get-BlockedSenderAddress", parameters)
    assert answer.status_code == 200, answer.text
    return [row["SenderAddress"] for row in answer.json()["value"]]


async def test_the_list_is_read_as_a_whole_or_for_one_sender(simulator: Client) -> None:
    assert await _rows(simulator) == await _rows(simulator, ALEX) == [ALEX["SenderAddress"]]
    assert await _rows(simulator, OTHER) == []


async def test_a_sender_is_unblocked_once(simulator: Client) -> None:
    assert (await simulator.cmdlet("Remove-BlockedSenderAddress", ALEX)).json()["value"] == []
    assert await _rows(simulator) == []
    again = await simulator.cmdlet("Remove-BlockedSenderAddress", ALEX)
    assert exception(again)[1] == "ManagementObjectNotFoundException"


async def test_past_the_limit_nobody_but_support_can_unblock(simulator: Client) -> None:
    state = await simulator.state()
    state["tenant"]["behaviour"]["unblocking"] = "limit-reached"
    await simulator.put_state(state)
    answer = await simulator.cmdlet("Remove-BlockedSenderAddress", ALEX)
    assert exception(answer) == (400, "TaskInvalidOperationException")
    assert await _rows(simulator) == [ALEX["SenderAddress"]]


async def test_who_may_change_mailboxes_may_not_unblock_senders(simulator: Client) -> None:
    await simulator.grant(directory_roles=[RECIPIENTS])
    for cmdlet in ("Get-BlockedSenderAddress", "Remove-BlockedSenderAddress"):
        answer = await simulator.cmdlet(cmdlet, ALEX)
        assert (answer.status_code, answer.content.strip(b"\0")) == (403, b"")
