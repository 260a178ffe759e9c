"""Client access to a mailbox: by which protocols it is read and sent from, and which phones it is closed to."""

from local.simulator.answer import ExchangeError
from local.simulator.exchange import TRANSFORMATION, CmdletRequest, Output, cmdlet
from local.simulator.recipients import Recipient, all_mailboxes, named
from local.simulator.records import Json, Record

BLOCKED = "ActiveSyncBlockedDeviceIDs"
HASH_TABLE = "#Exchange.GenericHashTable"
SHOWN = ("Identity", "Id", "Name", "Guid", "ExternalDirectoryObjectId", "DisplayName", "PrimarySmtpAddress")
TWO_VALUED = (
    "ActiveSyncEnabled",
    "OWAEnabled",
    "OWAforDevicesEnabled",
    "PopEnabled",
    "ImapEnabled",
    "MAPIEnabled",
    "UniversalOutlookEnabled",
    "OutlookMobileEnabled",
    "MacOutlookEnabled",
    "OneWinNativeOutlookEnabled",
)
THREE_VALUED = ("EwsEnabled", "SmtpClientAuthenticationDisabled")
"""Null means: as the organisation has it."""
DEFAULTS: Json = {**dict.fromkeys(TWO_VALUED, True), **dict.fromkeys(THREE_VALUED)}


@cmdlet("Get-CASMailbox", "Identity", "ResultSize")
def get_cas_mailbox(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-casmailbox"""
    mailboxes = named(all_mailboxes(request.tenant), request.parameters.get("Identity"), request.tenant)
    return Output(map(_row, mailboxes))


@cmdlet("Set-CASMailbox", "Identity", "Confirm", BLOCKED, *TWO_VALUED, *THREE_VALUED)
def set_cas_mailbox(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/set-casmailbox"""
    [mailbox] = named(all_mailboxes(request.tenant), request.parameters["Identity"], request.tenant)
    record = _record(mailbox)
    today = DEFAULTS | {BLOCKED: []} | record.truth
    wanted: Json = {name: _flag(name, value) for name, value in request.parameters.items() if name in DEFAULTS}
    if BLOCKED in request.parameters:
        wanted[BLOCKED] = _changed(_blocked(today), request.parameters[BLOCKED])
    if all(today[name] == value for name, value in wanted.items()):
        name = mailbox.row["Identity"]
        warning = f"The command completed successfully but no settings of '{name}' have been modified."
        return Output(warnings=(warning,))
    request.tenant.write(record, wanted)
    return Output()


def blocked_devices(mailbox: Recipient) -> list[str]:
    """The ids of the phones that the mailbox is closed to, as reads see it."""
    return _blocked(_record(mailbox).seen)


def _row(mailbox: Recipient) -> Json:
    return {name: mailbox.row[name] for name in SHOWN} | DEFAULTS | {BLOCKED: []} | _record(mailbox).seen


def _flag(name: str, value: object) -> bool | None:
    if isinstance(value, bool) or (value is None and name in THREE_VALUED):
        return value
    raise ExchangeError(
        TRANSFORMATION,
        f"Cannot process argument transformation on parameter '{name}'. Cannot convert value to type Boolean.",
    )


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


def _blocked(cas: Json) -> list[str]:
    return list(cas.get(BLOCKED) or [])


def _record(mailbox: Recipient) -> Record:
    if mailbox.account is None:
        raise TypeError("a mailbox belongs to an account")
    return mailbox.account.cas_mailbox
