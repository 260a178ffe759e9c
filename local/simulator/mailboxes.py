"""Recipients and mailboxes: who they are, and where their mail is forwarded to."""

import re
from uuid import uuid4

from local.simulator.answer import ExchangeError
from local.simulator.exchange import AMBIGUOUS, TRANSFORMATION, CmdletRequest, Output, cmdlet
from local.simulator.recipients import Recipient, all_mailboxes, all_recipients, named, resembling, rows_of
from local.simulator.records import Json

SMTP = re.compile(r"(?:smtp:)?([^@\s:]+@[^@\s:]+\.[^@\s:]+)", re.IGNORECASE)
DUAL_WRITE = "Microsoft.Exchange.Management.Tasks.DualWriteException"
MAILBOX_ONLY = ("ForwardingAddress", "ForwardingSmtpAddress", "DeliverToMailboxAndForward", "GrantSendOnBehalfTo")


@cmdlet("Get-Recipient", "Identity", "Anr", "ResultSize")
def get_recipient(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-recipient"""
    given, everybody = request.parameters, all_recipients(request.tenant)
    if {"Identity", "Anr"} <= given.keys():
        raise ExchangeError(AMBIGUOUS, "Parameter set cannot be resolved using the specified named parameters.")
    if given.get("Anr"):
        found = resembling(everybody, str(given["Anr"]))
    else:
        found = named(everybody, given.get("Identity"), request.tenant)
    return Output(_without_forwarding(row) for row in rows_of(found))


@cmdlet("Get-Mailbox", "Identity", "ResultSize")
def get_mailbox(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-mailbox"""
    return Output(rows_of(named(all_mailboxes(request.tenant), request.parameters.get("Identity"), request.tenant)))


@cmdlet("Set-Mailbox", "Identity", "Force", "Confirm", *MAILBOX_ONLY)
def set_mailbox(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/set-mailbox"""
    [mailbox] = named(all_mailboxes(request.tenant), request.parameters["Identity"], request.tenant)
    account = mailbox.account
    if account is None or account.mailbox is None:
        raise TypeError("a mailbox belongs to an account")
    changes = _changes(request, account.mailbox.truth)
    if all((account.mailbox.truth.get(name) or None) == (value or None) for name, value in changes.items()):
        name = mailbox.row["Identity"]
        warning = f"The command completed successfully but no settings of '{name}' have been modified."
        return Output(warnings=(warning,))
    _check_mastered_here(request, mailbox)
    request.tenant.write(account.mailbox, changes)
    return Output()


def _changes(request: CmdletRequest, today: Json) -> Json:
    given = request.parameters
    changes: Json = {}
    if "ForwardingAddress" in given:
        changes["ForwardingAddress"] = _recipient(request, given["ForwardingAddress"])
    if "ForwardingSmtpAddress" in given:
        changes["ForwardingSmtpAddress"] = _smtp(given["ForwardingSmtpAddress"])
    if "DeliverToMailboxAndForward" in given:
        changes["DeliverToMailboxAndForward"] = _boolean(given["DeliverToMailboxAndForward"])
    if "GrantSendOnBehalfTo" in given:
        changes["GrantSendOnBehalfTo"] = _several(request, today, given["GrantSendOnBehalfTo"])
    return changes


def _several(request: CmdletRequest, today: Json, given: object) -> list[str]:
    """A whole list, or what to add to today's and take from it. Adding twice and taking what is absent do nothing."""
    now: list[str] = today.get("GrantSendOnBehalfTo") or []
    match given:
        case None:
            return []
        case list():
            return [name for one in given if (name := _recipient(request, one))]
        case dict(table) if table.get("@odata.type") == "#Exchange.GenericHashTable":
            keys = {str(key).casefold(): value for key, value in table.items() if key != "@odata.type"}
            parts = {key: [_recipient(request, one) or "" for one in value] for key, value in keys.items()}
            left = [one for one in now if one not in parts.get("remove", [])]
            return left + [one for one in parts.get("add", []) if one not in left]
    raise ExchangeError(
        TRANSFORMATION,
        "Cannot process argument transformation on parameter 'GrantSendOnBehalfTo'. Cannot convert value "
        "of type Newtonsoft.Json.Linq.JObject to type Microsoft.Exchange.Management.PSDirectInvoke.PswsHashtable.",
    )


def _recipient(request: CmdletRequest, identity: str | None) -> str | None:
    if not identity:
        return None
    [recipient] = named(all_recipients(request.tenant), identity, request.tenant)
    return str(recipient.row["Name"])


def _smtp(address: str | None) -> str | None:
    if not address:
        return None
    match = SMTP.fullmatch(address)
    if match is None:
        raise ExchangeError(
            TRANSFORMATION,
            "Cannot process argument transformation on parameter 'ForwardingSmtpAddress'. "
            f"'{address}' is not a valid SMTP address.",
        )
    return f"smtp:{match[1]}"


def _boolean(value: bool | None) -> bool:
    if value is None:
        raise ExchangeError(
            TRANSFORMATION,
            "Cannot process argument transformation on parameter 'DeliverToMailboxAndForward'. "
            "Cannot convert null to type Boolean.",
        )
    return value


def _check_mastered_here(request: CmdletRequest, mailbox: Recipient) -> None:
    if request.tenant.hybrid and mailbox.row["IsDirSynced"]:
        raise ExchangeError(
            DUAL_WRITE,
            "An Azure Active Directory call was made to keep object in sync between Azure Active Directory and "
            "Exchange Online. However, it failed. Detailed error message: Unable to update the specified "
            "properties for on-premises mastered Directory Sync objects or objects currently undergoing "
            f"migration. DualWrite (Graph) RequestId: {uuid4()}. The issue may be transient and please retry a "
            "couple of minutes later.",
        )


def _without_forwarding(row: Json) -> Json:
    return {name: value for name, value in row.items() if name not in MAILBOX_ONLY}
