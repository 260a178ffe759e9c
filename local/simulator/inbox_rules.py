"""Inbox rules, read only. A rule with ``"Hidden": true`` in its seed is listed only on request."""

from local.simulator.exchange import CmdletRequest, Output, cmdlet
from local.simulator.recipients import Recipient, all_mailboxes, missing, named
from local.simulator.records import Json, Record

HIDDEN = "Hidden"


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
    if not rule_id:
        return Output(rules)
    found = [row for row in rules if rule_id in (str(row["RuleIdentity"]), row["Name"])]
    if not found:
        raise missing(str(identity), request.tenant)
    return Output(found)


def _row(mailbox: Recipient, rule: Record) -> Json:
    shown = {name: value for name, value in rule.seen.items() if name != HIDDEN}
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
