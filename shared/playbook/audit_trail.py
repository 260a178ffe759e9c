"""What an account did to its mailbox and to itself, and what of it is the attacker's. Pure: the logs in, words out.

Something is the attacker's if it was done from an address that the sign-in log calls the attacker's, and from which
nothing had been done before the look-back; or if it does what an attacker does (a rule that is judged so, mail sent on
to outside) and was done since the look-back. The attacker was in at the latest since the first of these: the log can
widen the attack window, and never makes it narrower.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from shared.rules.judge import judge
from shared.rules.recipients import addresses as addresses_in
from shared.tenant.audit_log import Record
from shared.tenant.directory_audits import Audit

from .foreign import shown
from .step import Finding

_OUTLOOK = "UpdateInboxRules"
_DELETES = "Remove-InboxRule"
_SAID = {
    "New-InboxRule": "made a rule",
    "Set-InboxRule": "changed a rule",
    "Enable-InboxRule": "switched a rule on",
    "Disable-InboxRule": "switched a rule off",
    _DELETES: "deleted a rule",
    "Set-Mailbox": "changed the mailbox",
    "Set-CASMailbox": "changed what may connect to the mailbox",
    "Set-MailboxAutoReplyConfiguration": "changed the automatic reply",
    "Set-MailboxJunkEmailConfiguration": "changed what counts as junk",
    "Add-MailboxPermission": "let somebody into the mailbox",
    "Remove-MailboxPermission": "shut somebody out of the mailbox",
    "Add-RecipientPermission": "let somebody send in the account's name",
    "Add-MailboxFolderPermission": "opened a folder to somebody",
    "Set-MailboxFolderPermission": "changed who sees a folder",
    "AddFolderPermissions": "opened a folder to somebody",
    "ModifyFolderPermissions": "changed who sees a folder",
    "UpdateCalendarDelegation": "changed who acts for the account in the calendar",
    "Set-UserPhoto": "changed the photo",
    "AnonymousLinkCreated": "made a link with which anybody can open a file",
    "AnonymousLinkUpdated": "changed a link with which anybody can open a file",
    "CompanyLinkCreated": "made a link to a file for everybody in the organisation",
    "SecureLinkCreated": "made a link to a file for named people",
    "AddedToSecureLink": "let somebody open a file by a link",
    "SharingSet": "shared a file",
    "SharingInvitationCreated": "invited somebody to a file",
    "New-TransportRule": "made a transport rule",
    "Set-TransportRule": "changed a transport rule",
}
_SHARING = tuple(name for name in _SAID if "Link" in name or name.startswith("Sharing"))
OPERATIONS = (*_SAID, _OUTLOOK)
"""What the log is searched for: not the reading and sending of mail, of which there is too much."""

_RULES = ("New-InboxRule", "Set-InboxRule")
_FORWARDING = ("ForwardingSmtpAddress", "ForwardingAddress")
_UNSAID = ("mailbox", "force", "confirm", "alwaysdeleteoutlookrulesblob")
_IN_OUTLOOK = ("RuleName", "RuleCondition", "RuleActions")
_EMPTY = ("", "{}", "[]")
_DIRECTORY = (
    "user registered",
    "user deleted security info",
    "user changed default security info",
    "user updated",
    "admin registered security info",
    "admin updated security info",
    "admin deleted security info",
    "change user password",
    "change password",
    "reset user password",
    "reset password",
    "add member to role",
    "add eligible member to role",
    "add registered owner to device",
    "add registered users to device",
    "register device",
)
_LONGEST = 300
_MOST_TOLD = 100
_MOST_RULES = 50


@dataclass(frozen=True)
class Known:
    """``attackers``: addresses that are theirs. ``domains``: the organisation's own, in lower case. ``account``: its
    name. ``look_back_from``: since when something may be an attacker's by what it does."""

    attackers: frozenset[str]
    domains: frozenset[str]
    account: str
    look_back_from: datetime


@dataclass(frozen=True)
class Act:
    """One thing that was done. ``rule`` is what a rule is called that it has made, where that is not deleted since, and
    does nothing by which it could be told for an attacker's."""

    at: datetime
    ip: str
    what: str
    attackers: bool
    rule: frozenset[str] = frozenset()

    def __str__(self) -> str:
        who = "Probably the attacker: " if self.attackers else ""
        where = f"from {shown(self.ip, 45)}" if self.ip else "from where the log does not tell"
        return f"{who}{self.at:%Y-%m-%d %H:%M} UTC, {where}: {self.what}."


def acts(records: Iterable[Record], audits: Iterable[Audit], known: Known) -> list[Act]:
    """All that was done, the oldest first, without what says nothing."""
    told = [one for one in records if not is_blank(one)]
    before = {one.ip for one in told if one.at < known.look_back_from}
    known = replace(known, attackers=known.attackers - before)
    deleted = {name: one.at for one in told if _deletes(one) for name in _names(one)}
    done = [_of_mailbox(one, deleted, known) for one in told]
    once = {one.id: one for one in audits if one.activity.casefold().startswith(_DIRECTORY)}
    done += [_of_directory(one, known) for one in once.values()]
    return sorted(done, key=lambda one: one.at)


def is_blank(record: Record) -> bool:
    """Outlook that writes its rules anew leaves an entry for each, which holds nothing."""
    bare = all(record.by_outlook.get(name, "").strip() in _EMPTY for name in _IN_OUTLOOK)
    return record.operation == _OUTLOOK and _kind(record).startswith("Modify") and bare


def rules_of_attackers(done: Iterable[Act]) -> tuple[str, ...]:
    """What the rules are called that only the address gives away."""
    return tuple(sorted(name for one in done if one.attackers for name in one.rule))[:_MOST_RULES]


def findings(done: list[Act], source: str) -> Iterator[Finding]:
    """A sentence each; the attacker's first where there are too many."""
    first = sorted(done, key=lambda one: not one.attackers)[:_MOST_TOLD]
    yield from (Finding(str(one), source, at=one.at if one.attackers else None) for one in done if one in first)
    if len(done) > len(first):
        yield Finding(f"And {len(done) - len(first)} more, which are in the log.", source)


def _of_mailbox(record: Record, deleted: dict[str, datetime], known: Known) -> Act:
    bad = record.at >= known.look_back_from and record.succeeded and _does_what_attackers_do(record, known)
    what = shown(_what(record), _LONGEST)
    gone = [deleted[name] for name in _names(record) if name in deleted and deleted[name] > record.at]
    since = f"; it was deleted at {min(gone):%Y-%m-%d %H:%M} UTC" if gone else ""
    tried = "" if record.succeeded else "tried, and failed: "
    unseen = frozenset() if bad or gone or not _makes(record) else frozenset(_names(record))
    return Act(record.at, record.ip, f"{tried}{what}{since}", bad or record.ip in known.attackers, unseen)


def _of_directory(audit: Audit, known: Known) -> Act:
    names = ", ".join(shown(one.display_name) for one in audit.targets if one.display_name)
    what = f'"{shown(audit.activity)}"' + (f" ({names})" if names else "") + f", by {shown(audit.by)}"
    return Act(audit.at, audit.by_address, what, audit.by_address in known.attackers)


def _what(record: Record) -> str:
    if record.operation == _OUTLOOK:
        said = f"{_kind(record) or 'changed the rules'} in Outlook"
        details = {name: record.by_outlook.get(name, "") for name in _IN_OUTLOOK}
    else:
        said = _SAID.get(record.operation, record.operation)
        details = {name: value for name, value in record.parameters.items() if name.casefold() not in _UNSAID}
        details |= {"Folder": record.folder, "Member": record.member, "Rights": record.member_rights}
        details |= {"File": record.object_id if record.operation in _SHARING else "", "With": record.shared_with}
    given = "; ".join(f"{name}: {value}" for name, value in details.items() if value.strip() not in _EMPTY)
    return f"{said} ({given})" if given else said


def _kind(record: Record) -> str:
    """Of what Outlook did: AddMailboxRule, ModifyMailboxRule, RemoveMailboxRule."""
    return record.by_outlook.get("RuleOperation", "")


def _deletes(record: Record) -> bool:
    return record.operation == _DELETES or _kind(record).startswith(("Remove", "Delete"))


def _makes(record: Record) -> bool:
    return record.succeeded and (record.operation == "New-InboxRule" or _kind(record).startswith("Add"))


def _names(record: Record) -> set[str]:
    """What a rule may be called by in another entry: its name, and the last part of its identity."""
    if "InboxRule" not in record.operation:
        return set()
    given = (record.parameters.get("Name"), record.parameters.get("Identity"), record.object_id)
    names = (*given, record.by_outlook.get("RuleName"), record.by_outlook.get("RuleId"))
    return {name.rpartition("\\")[2].casefold() for name in names if name}


def _does_what_attackers_do(record: Record, known: Known) -> bool:
    if record.operation in _RULES:
        context = {"account": [known.account], "accepted_domains": sorted(known.domains)}
        return judge(dict(record.parameters), context).suspicious
    if record.operation == _OUTLOOK:
        actions = record.by_outlook.get("RuleActions", "")
        return any(word in actions.casefold() for word in ("forward", "redirect")) and _outside(actions, known)
    if record.operation == "Set-Mailbox":
        return any(_outside(record.parameters.get(name, ""), known) for name in _FORWARDING)
    return False


def _outside(text: str, known: Known) -> bool:
    return any(address.rpartition("@")[2] not in known.domains for address in addresses_in(text))
