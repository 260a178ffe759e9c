"""Inbox rules. A rule with ``"Hidden": true`` in its seed is listed only on request; ``Provider`` says who made it.

Outlook's own rules, which run only there, no cmdlet lists; each cmdlet that changes an inbox rule removes them.
"""

from local.simulator.answer import ExchangeError
from local.simulator.exchange import AMBIGUOUS, CmdletRequest, Output, cmdlet
from local.simulator.recipients import Recipient, all_mailboxes, missing, named
from local.simulator.records import Json, Record
from local.simulator.tenant import Account

HIDDEN, PROVIDER = "Hidden", "Provider"
DELEGATION = "Schedule+ EMS Interface"
SEED_ONLY = (HIDDEN, PROVIDER)
REFUSED = "System.InvalidOperationException"


@cmdlet("Get-InboxRule", "Identity", "Mailbox", "IncludeHidden", "ResultSize")
def get_inbox_rule(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-inboxrule"""
    given = request.parameters
    identity = given.get("Identity")
    owner, _, rule_id = str(identity or "").partition("\\")
    mailboxes = named(all_mailboxes(request.tenant), given.get("Mailbox") or owner, request.tenant)
    rules = [
        _row(mailbox, rule)
        for mailbox in mailboxes
        for rule in (mailbox.account.inbox_rules if mailbox.account else ())
        if given.get("IncludeHidden") or not rule.seen.get(HIDDEN)
    ]
    if rule_id:
        rules = [row for row in rules if rule_id in (str(row["RuleIdentity"]), row["Name"])]
        if not rules:
            raise missing(str(identity), request.tenant)
    return Output(rules, tuple(warning for row in rules for warning in _warnings(row)))


@cmdlet("Disable-InboxRule", "Identity", "Mailbox", "AlwaysDeleteOutlookRulesBlob", "Confirm", "Force")
def disable_inbox_rule(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/disable-inboxrule"""
    return _set(request, enabled=False)


@cmdlet("Enable-InboxRule", "Identity", "Mailbox", "AlwaysDeleteOutlookRulesBlob", "Confirm", "Force")
def enable_inbox_rule(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/enable-inboxrule"""
    return _set(request, enabled=True)


def _set(request: CmdletRequest, *, enabled: bool) -> Output:
    """Whose rule it is stands in its identity; ``Mailbox`` beside it is refused: office-docs-powershell issue 4087."""
    if "Mailbox" in request.parameters:
        raise ExchangeError(AMBIGUOUS, "Parameter set cannot be resolved using the specified named parameters.")
    account, rule = _find(request, request.parameters["Identity"])
    _check_changeable(request, rule)
    account.outlook_rules.clear()
    request.tenant.write(rule, {"Enabled": enabled})
    told = () if request.parameters.get("AlwaysDeleteOutlookRulesBlob") else (OUTLOOK_RULES,)
    return Output(warnings=(*told, *_warnings(rule.seen)))


OUTLOOK_RULES = (
    "Client-side rules that Microsoft Outlook created are removed by this command. Rules that run on the server stay."
)


def _find(request: CmdletRequest, identity: str) -> tuple[Account, Record]:
    owner, _, rule_id = identity.partition("\\")
    if not owner or not rule_id:
        raise missing(identity, request.tenant)
    [mailbox] = named(all_mailboxes(request.tenant), owner, request.tenant)
    account = mailbox.account
    if account is None:
        raise TypeError("a mailbox belongs to an account")
    rules = [one for one in account.inbox_rules if rule_id in (str(one.truth["RuleIdentity"]), one.truth["Name"])]
    if not rules:
        raise missing(identity, request.tenant)
    return account, rules[0]


def _check_changeable(request: CmdletRequest, rule: Record) -> None:
    """What delegation made is Exchange's own; whether an unsupported rule can be switched off, no source says."""
    unsupported = rule.truth.get("SupportedByTask") is False
    refused = unsupported and request.tenant.behaviour.unsupported_rules == "refused"
    if refused or rule.truth.get(PROVIDER) == DELEGATION:
        raise ExchangeError(REFUSED, "The inbox rule can't be changed by this command.")


def _warnings(rule: Json) -> tuple[str, ...]:
    if not rule.get("InError"):
        return ()
    name = rule["Name"]
    return (f"The inbox rule '{name}' contains errors. To resolve the error please edit the rule, or re-create it.",)


def _row(mailbox: Recipient, rule: Record) -> Json:
    shown = {name: value for name, value in rule.seen.items() if name not in SEED_ONLY}
    return {
        "Description": "",
        "Enabled": True,
        "Identity": f"{mailbox.row['Guid']}\\{shown['RuleIdentity']}",
        "ErrorType": "None",
        "Priority": 1,
        "MailboxOwnerId": mailbox.row["Guid"],
        "IsValid": True,
        "ObjectState": "Unchanged",
        **({} if rule.seen.get(HIDDEN) else {"SupportedByTask": True}),
        **shown,
    }
