"""Sweep rules: what keeps an inbox empty, every day anew."""

from local.simulator.exchange import CmdletRequest, Output, cmdlet
from local.simulator.recipients import Recipient, all_mailboxes, missing, named
from local.simulator.records import Json, Record


@cmdlet("Get-SweepRule", "Identity", "Mailbox", "ResultSize")
def get_sweep_rule(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/get-sweeprule"""
    mailboxes = named(all_mailboxes(request.tenant), request.parameters.get("Mailbox"), request.tenant)
    rules = [(mailbox, rule) for mailbox in mailboxes for rule in _rules(mailbox)]
    identity = request.parameters.get("Identity")
    if identity:
        rules = [(mailbox, rule) for mailbox, rule in rules if _is_named(mailbox, rule, identity)]
        if not rules:
            raise missing(identity, request.tenant)
    return Output(_row(mailbox, rule.seen) for mailbox, rule in rules)


@cmdlet("Disable-SweepRule", "Identity", "Mailbox", "Confirm")
def disable_sweep_rule(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/disable-sweeprule"""
    return _set(request, enabled=False)


@cmdlet("Enable-SweepRule", "Identity", "Mailbox", "Confirm")
def enable_sweep_rule(request: CmdletRequest) -> Output:
    """https://learn.microsoft.com/powershell/module/exchange/enable-sweeprule"""
    return _set(request, enabled=True)


def _set(request: CmdletRequest, *, enabled: bool) -> Output:
    identity = request.parameters["Identity"]
    mailboxes = named(all_mailboxes(request.tenant), request.parameters.get("Mailbox"), request.tenant)
    rules = [rule for mailbox in mailboxes for rule in _rules(mailbox) if _is_named(mailbox, rule, identity)]
    if not rules:
        raise missing(identity, request.tenant)
    request.tenant.write(rules[0], {"Enabled": enabled})
    return Output()


def _is_named(mailbox: Recipient, rule: Record, identity: str) -> bool:
    """A sweep rule is named by its id, alone or behind the alias of its mailbox."""
    owner, _, rule_id = identity.rpartition("\\")
    return rule_id == rule.truth["RuleId"] and owner.casefold() in ("", str(mailbox.row["Alias"]).casefold())


def _rules(mailbox: Recipient) -> list[Record]:
    return mailbox.account.sweep_rules if mailbox.account else []


def _row(mailbox: Recipient, rule: Json) -> Json:
    return {
        "Identity": f"{mailbox.row['Alias']}\\{rule['RuleId']}",
        "Enabled": True,
        "Provider": "Exchange16",
        "Sender": None,
        "SourceFolder": "Inbox",
        "DestinationFolder": "Deleted Items",
        "KeepForDays": None,
        "KeepLatest": None,
        "SystemCategory": None,
        "MailboxOwnerId": mailbox.row["Guid"],
        "IsValid": True,
        "ObjectState": "Unchanged",
        **rule,
    }
