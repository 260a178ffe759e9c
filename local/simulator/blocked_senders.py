"""Senders that Exchange Online Protection has blocked for what they sent."""

from local.simulator.answer import ExchangeError
from local.simulator.exchange import CmdletRequest, Output, cmdlet
from local.simulator.recipients import missing
from local.simulator.records import Json, Record

LIMIT = "Microsoft.Exchange.Configuration.Tasks.TaskInvalidOperationException"
ROW = "row"


@cmdlet("Get-BlockedSenderAddress", "SenderAddress")
def get_blocked_sender_address(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-blockedsenderaddress"""
    rows = [account.blocked_sender.seen[ROW] for account in request.tenant.accounts]
    wanted = request.parameters.get("SenderAddress")
    return Output(row for row in rows if row and (wanted is None or _is(row, wanted)))


@cmdlet("Remove-BlockedSenderAddress", "SenderAddress", "Reason")
def remove_blocked_sender_address(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/remove-blockedsenderaddress

    A sender that was unblocked too often can be unblocked by Microsoft's support only.
    """
    wanted = str(request.parameters["SenderAddress"])
    record = _blocked(request, wanted)
    if request.tenant.behaviour.unblocking == "limit-reached":
        raise ExchangeError(LIMIT, "The sender has reached the limit of unblocks. Contact support.")
    request.tenant.write(record, {ROW: None})
    return Output()


def _blocked(request: CmdletRequest, wanted: str) -> Record:
    for account in request.tenant.accounts:
        row = account.blocked_sender.truth[ROW]
        if row and _is(row, wanted):
            return account.blocked_sender
    raise missing(wanted, request.tenant)


def _is(row: Json, address: object) -> bool:
    return str(row["SenderAddress"]).casefold() == str(address).casefold()
