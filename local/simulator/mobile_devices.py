"""Phones that synchronise a mailbox, and which of them the mailbox is closed to."""

from local.simulator.answer import ExchangeError
from local.simulator.exchange import AMBIGUOUS, TRANSFORMATION, CmdletRequest, Output, cmdlet
from local.simulator.recipients import Recipient, all_mailboxes, missing, named
from local.simulator.records import Json, Record
from local.simulator.tenant import Account

BLOCKED = "ActiveSyncBlockedDeviceIDs"
HASH_TABLE = "#Exchange.GenericHashTable"
SHOWN = ("Identity", "Id", "Name", "Guid", "ExternalDirectoryObjectId", "DisplayName", "PrimarySmtpAddress")


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


@cmdlet("Get-CASMailbox", "Identity", "ResultSize")
def get_cas_mailbox(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-casmailbox"""
    mailboxes = named(all_mailboxes(request.tenant), request.parameters.get("Identity"), request.tenant)
    return Output({name: one.row[name] for name in SHOWN} | {BLOCKED: _blocked(_cas(one).seen)} for one in mailboxes)


@cmdlet("Set-CASMailbox", "Identity", "Confirm", BLOCKED)
def set_cas_mailbox(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/set-casmailbox"""
    [mailbox] = named(all_mailboxes(request.tenant), request.parameters["Identity"], request.tenant)
    cas = _cas(mailbox)
    today = _blocked(cas.truth)
    wanted = _changed(today, request.parameters[BLOCKED]) if BLOCKED in request.parameters else today
    if wanted == today:
        name = mailbox.row["Identity"]
        warning = f"The command completed successfully but no settings of '{name}' have been modified."
        return Output(warnings=(warning,))
    request.tenant.write(cas, {BLOCKED: wanted})
    return Output()


def _changed(today: list[str], value: object) -> list[str]:
    """A list replaces a multi-valued property, a hash table adds to it and takes from it, null empties it."""
    match value:
        case None:
            return []
        case list():
            return [str(one) for one in value]
        case {"@odata.type": str(kind), **changes} if kind == HASH_TABLE:
            lists = {str(name).casefold(): values for name, values in changes.items() if isinstance(values, list)}
            if len(lists) == len(changes) and lists.keys() <= {"add", "remove"}:
                kept = [one for one in today if one not in lists.get("remove", [])]
                return kept + [one for one in lists.get("add", []) if one not in kept]
    raise ExchangeError(TRANSFORMATION, f"Cannot process argument transformation on parameter '{BLOCKED}'.")


def _row(mailbox: Recipient, phone: Json) -> Json:
    blocked = phone["DeviceId"] in _blocked(_cas(mailbox).seen)
    return {
        "Identity": f"{mailbox.row['Identity']}\\ExchangeActiveSyncDevices\\{phone['DeviceId']}",
        "UserDisplayName": mailbox.row["DisplayName"],
        "DeviceAccessState": "Blocked" if blocked else "Allowed",
        "DeviceAccessStateReason": "Individual" if blocked else "Global",
        **phone,
    }


def _blocked(cas: Json) -> list[str]:
    return list(cas.get(BLOCKED) or [])


def _cas(mailbox: Recipient) -> Record:
    return _account(mailbox).cas_mailbox


def _account(mailbox: Recipient) -> Account:
    if mailbox.account is None:
        raise TypeError("a mailbox belongs to an account")
    return mailbox.account
