"""Switch off the rules that hide mail from its owner or send it to an attacker."""

from collections.abc import Iterable
from datetime import datetime

from functions.wiring import step_function
from shared.account import Account, MailboxKind
from shared.playbook.declaration import Declaration, Reversible, Rights, Stage
from shared.playbook.foreign import shown
from shared.playbook.mailbox_rules import SOURCES, Judged, Reading, read_rules
from shared.playbook.step import Change, Context, Finding, Plan, Skipped, Standing, Step, Task
from shared.playbook.symptoms import Symptom
from shared.state.rows import Skip
from shared.tenant.errors import NotFound, Permanent
from shared.tenant.rules import Kind, Rule, rules, set_rule

_ENABLED, _RULE, _FINGERPRINT = "Enabled", "Rule", "Fingerprint"
_LONGEST = 8000  # of what is kept of a rule; its owner can be shown the rest in Outlook
_NAMED = 20  # rules that a task names
_LOST = (
    "Changing an inbox rule removes the rules that only Outlook runs, which nobody but Outlook can list: a restore "
    "enables each disabled rule again, but those their owner has to make anew."
)


class DisableInboxRules(Step):
    """Sources: Exchange Online, Get-/Disable-/Enable-InboxRule and -SweepRule; the article's step 3.

    Rules are disabled, not deleted. No way of changing one keeps the rules that only Outlook runs: docs/decisions/.
    """

    declaration = Declaration(
        name="disable-inbox-rules",
        title="Disable suspicious inbox rules",
        article="Step 3: Disable suspicious Inbox rules",
        stage=Stage.EVICT,
        secures=True,
        reversible=Reversible.PARTLY,
        irreversible=_LOST,
        rights=Rights(
            directory_roles=("Exchange Recipient Administrator",),
            cmdlets=(
                "Get-InboxRule",
                "Get-SweepRule",
                "Get-Mailbox",
                "Get-AcceptedDomain",
                "Get-Recipient",
                "Disable-InboxRule",
                "Enable-InboxRule",
                "Disable-SweepRule",
                "Enable-SweepRule",
            ),
        ),
        symptoms=(Symptom.SUSPICIOUS_RULES, Symptom.MISSING_MAIL),
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.mailbox in (MailboxKind.NONE, MailboxKind.ON_PREMISES):
            return _no_mailbox()
        return None

    async def inspect(self, context: Context) -> Plan:
        try:
            reading = await read_rules(context)
        except NotFound:
            return Plan(skipped=_no_mailbox())
        bad = [one for one in reading.judged if one.verdict.suspicious and one.rule.enabled]
        ours = [one for one in bad if one.rule.id]
        return Plan(
            changes=tuple(map(_disable, ours)),
            findings=tuple(_findings(reading, ours)),
            tasks=tuple(_tasks(reading, [one for one in bad if one not in ours])),
            summary="No rule looks like an attacker's.",
        )

    async def apply(self, context: Context, change: Change) -> datetime:
        rule = await _today(context, change)
        return await _set(context, rule, enabled=False) if rule else context.now

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        """A rule that is gone does nothing any more, as one that is disabled."""
        del accepted_at
        rule = await _today(context, change)
        if rule is None:
            return Standing.AFTER
        if rule.fingerprint != change.before[_FINGERPRINT]:
            return Standing.OTHER
        return Standing.BEFORE if rule.enabled else Standing.AFTER

    async def revert(self, context: Context, change: Change) -> datetime:
        rule = await _today(context, change)
        if rule is None:
            raise NotFound(
                f"The {change.resource} is gone: somebody has deleted it. What it did is kept beside its change."
            )
        return await _set(context, rule, enabled=True)


def _no_mailbox() -> Skipped:
    return Skipped(Skip.NOT_APPLICABLE, "The account has no mailbox in Exchange Online.")


def _disable(judged: Judged) -> Change:
    rule = judged.rule
    content = rule.content
    return Change(
        resource=_resource(rule),
        action="disable",
        reason=f'Named "{shown(rule.name)}". {_why(judged)}',
        before={
            _ENABLED: True,
            _RULE: content if len(content) <= _LONGEST else f"{content[:_LONGEST]}…",
            _FINGERPRINT: rule.fingerprint,
        },
        after={_ENABLED: False},
    )


def _resource(rule: Rule) -> str:
    return f"{rule.kind} {rule.id}"


async def _today(context: Context, change: Change) -> Rule | None:
    """The rule as it is now, None where it is gone. Outlook gives a rule another id when it writes all of them anew."""
    kind = next(one for one in Kind if change.resource.startswith(f"{one} "))
    found = await rules(context.tenant.exchange, context.account.id, kind)
    by_id = [rule for rule in found if _resource(rule) == change.resource]
    same = [rule for rule in found if rule.fingerprint == change.before[_FINGERPRINT]]
    return next(iter(by_id + same), None)


async def _set(context: Context, rule: Rule, *, enabled: bool) -> datetime:
    try:
        return await set_rule(context.tenant.exchange, rule, enabled)
    except Permanent as error:
        raise Permanent(f'{error} A person has to change "{shown(rule.name)}" in Outlook.') from error


def _findings(reading: Reading, disabled: list[Judged]) -> Iterable[Finding]:
    yield from reading.gaps
    yield _complete(reading)
    if any(one.rule.kind is Kind.INBOX for one in disabled):
        yield Finding(_LOST, "Exchange Online, Disable-InboxRule")
    for one in reading.judged:
        if one not in disabled:
            yield Finding(f"{_state(one)}: {_named(one.rule)}. {_why(one)}".strip(), SOURCES[one.rule.kind])


def _complete(reading: Reading) -> Finding:
    numbers = {kind: sum(one.rule.kind is kind for one in reading.judged) for kind in Kind}
    sweep = f"all sweep rules ({numbers[Kind.SWEEP]})" if reading.swept else "no sweep rules"
    return Finding(
        f"Read: all inbox rules ({numbers[Kind.INBOX]}), hidden ones included, and {sweep}. Rules that only Outlook "
        "runs cannot be seen from here.",
        SOURCES[Kind.INBOX],
    )


def _state(judged: Judged) -> str:
    if judged.verdict.suspicious:
        return "Cannot be changed from here" if judged.rule.enabled else "Suspicious, but disabled already"
    if not judged.rule.readable:
        return "Left alone, and cannot be read in full"
    return "Left alone"


def _tasks(reading: Reading, stuck: list[Judged]) -> Iterable[Task]:
    if stuck:
        yield Task("disable-by-hand", f"Disable in Outlook: {_list(stuck)}.", secures=True)
    if not reading.swept:
        yield Task(
            "look-at-sweep-rules",
            "Look at the mailbox's sweep rules in Outlook on the web (Settings, Mail, Sweep), and switch off what its "
            "owner did not make: they could not be read.",
            secures=True,
        )
    unreadable = [one for one in reading.judged if not one.verdict.suspicious and not one.rule.readable]
    if unreadable:
        yield Task("look-at-rules", f"Look in Outlook at what Exchange cannot show in full: {_list(unreadable)}.")


def _list(judged: list[Judged]) -> str:
    more = f" and {len(judged) - _NAMED} more" if len(judged) > _NAMED else ""
    return ", ".join(_named(one.rule) for one in judged[:_NAMED]) + more


def _named(rule: Rule) -> str:
    return f'the {rule.kind} "{shown(rule.name)}"' + (f" ({shown(rule.id)})" if rule.id else "")


def _why(judged: Judged) -> str:
    return " ".join(judged.verdict.reasons)


step = DisableInboxRules()
blueprint = step_function(step)
