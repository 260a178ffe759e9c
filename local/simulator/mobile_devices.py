"""Phones that synchronise a mailbox."""

from local.simulator.answer import ExchangeError
from local.simulator.cas_mailboxes import blocked_devices
from local.simulator.exchange import AMBIGUOUS, CmdletRequest, Output, cmdlet
from local.simulator.recipients import Recipient, all_mailboxes, missing, named
from local.simulator.records import Json
from local.simulator.tenant import Account


@cmdlet("Get-MobileDevice", "Mailbox", "Identity", "ResultSize")
def get_mobile_device(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-mobiledevice"""
    given = request.parameters
    if "Mailbox" in given and "Identity" in given:
        raise ExchangeError(AMBIGUOUS, "Parameter set cannot be resolved using the specified named parameters.")
    mailboxes = named(all_mailboxes(request.tenant), given.get("Mailbox"), request.tenant)
    rows = [_row(mailbox, phone) for mailbox in mailboxes for phone in _account(mailbox).mobile_devices]
    if "Identity" not in given:
        return Output(rows)
    found = [row for row in rows if given["Identity"] in (row["Guid"], row["Identity"])]
    if not found:
        raise missing(str(given["Identity"]), request.tenant)
    return Output(found)


def _row(mailbox: Recipient, phone: Json) -> Json:
    blocked = phone["DeviceId"] in blocked_devices(mailbox)
    return {
        "Identity": f"{mailbox.row['Identity']}\\ExchangeActiveSyncDevices\\{phone['DeviceId']}",
        "UserDisplayName": mailbox.row["DisplayName"],
        "DeviceAccessState": "Blocked" if blocked else "Allowed",
        "DeviceAccessStateReason": "Individual" if blocked else "Global",
        **phone,
    }


def _account(mailbox: Recipient) -> Account:
    if mailbox.account is None:
        raise TypeError("a mailbox belongs to an account")
    return mailbox.account
