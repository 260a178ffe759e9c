"""The automatic reply, the signature, the add-ins; and the tenant's transport rules."""

from datetime import UTC, datetime, timedelta
from typing import Any

from local.simulator.answer import ExchangeError
from local.simulator.delegates import account_of, mailbox_of
from local.simulator.exchange import BINDING, TRANSFORMATION, CmdletRequest, Output, cmdlet
from local.simulator.recipients import all_mailboxes, missing, named
from local.simulator.records import Json

STATES = ("Disabled", "Enabled", "Scheduled")
AUDIENCES = ("None", "Known", "All")
MESSAGES = ("InternalMessage", "ExternalMessage")
TIMES = ("StartTime", "EndTime")
NO_REPLY: Json = {
    "AutoReplyState": "Disabled",
    "ExternalAudience": "All",
    "InternalMessage": "",
    "ExternalMessage": "",
    "AutoDeclineFutureRequestsWhenOOF": False,
    "DeclineEventsForScheduledOOF": False,
}
NO_SIGNATURE: Json = {"SignatureHtml": "", "SignatureText": "", "AutoAddSignature": False, "SignatureName": None}


@cmdlet("Get-MailboxAutoReplyConfiguration", "Identity", "ResultSize")
def get_auto_reply(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-mailboxautoreplyconfiguration

    A reply that is not scheduled shows times of its own making, which are other ones each hour.
    """
    mailbox = mailbox_of(request)
    hour = request.tenant.now().replace(minute=0, second=0)
    times = {"StartTime": _written(hour), "EndTime": _written(hour + timedelta(days=1))}
    row = {**NO_REPLY, **times, **account_of(mailbox).settings.seen["auto_reply"]}
    return Output([{"Identity": mailbox.row["Identity"], "MailboxOwnerId": mailbox.row["Identity"], **row}])


@cmdlet(
    "Set-MailboxAutoReplyConfiguration", "Identity", "AutoReplyState", "ExternalAudience", *MESSAGES, *TIMES, "Confirm"
)
def set_auto_reply(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/set-mailboxautoreplyconfiguration

    A reply that is turned off forgets its times.
    """
    account = account_of(mailbox_of(request))
    given = {name: value for name, value in request.parameters.items() if name not in ("Identity", "Confirm")}
    _check(given)
    texts = {name: given[name] or "" for name in MESSAGES if name in given}
    times = {name: _written(_time(name, given[name])) for name in TIMES if given.get(name)}
    reply = {**account.settings.truth["auto_reply"], **given, **texts, **times}
    if (NO_REPLY | reply)["AutoReplyState"] != "Disabled" and not any(reply.get(name) for name in MESSAGES):
        raise ExchangeError(BINDING, "An automatic reply that is turned on needs a message.")
    if reply.get("AutoReplyState") == "Scheduled" and not (reply.get("StartTime") or "") < (reply.get("EndTime") or ""):
        raise ExchangeError(BINDING, "The end time must be later than the start time.")
    if reply.get("AutoReplyState") != "Scheduled":
        reply = {name: value for name, value in reply.items() if name not in TIMES}
    request.tenant.write(account.settings, {"auto_reply": reply})
    return Output()


@cmdlet("Get-MailboxMessageConfiguration", "Identity", "ResultSize")
def get_message_configuration(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-mailboxmessageconfiguration"""
    mailbox = mailbox_of(request)
    settings = account_of(mailbox).settings.seen["message"]
    return Output([{"Identity": mailbox.row["Identity"], **NO_SIGNATURE, **settings}])


@cmdlet("Get-App", "Mailbox", "Identity")
def get_app(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-app"""
    name = request.parameters.get("Mailbox")
    if not name:
        raise missing("(the mailbox of an application)", request.tenant)
    [mailbox] = named(all_mailboxes(request.tenant), name, request.tenant)
    return Output(
        {"Enabled": True, "Scope": "Default", "Type": "MarketPlace", **app}
        for app in account_of(mailbox).settings.seen["apps"]
    )


@cmdlet("Get-TransportRule", "ResultSize")
def get_transport_rule(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-transportrule"""
    return Output({"State": "Enabled", "Mode": "Enforce", **rule} for rule in request.tenant.transport_rules)


def _check(given: Json) -> None:
    for name, values in (("AutoReplyState", STATES), ("ExternalAudience", AUDIENCES)):
        if name in given and given[name] not in values:
            raise ExchangeError(
                TRANSFORMATION, f"Cannot process argument transformation on parameter '{name}': {', '.join(values)}."
            )


def _time(name: str, value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ExchangeError(TRANSFORMATION, f"Cannot process argument transformation on parameter '{name}'.") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _written(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
