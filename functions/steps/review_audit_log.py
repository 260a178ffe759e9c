"""What was done to the mailbox and to the account, by whom and from where: the audit logs, read in the background."""

from datetime import datetime, timedelta

from functions.wiring import step_function
from shared.account import MailboxKind
from shared.playbook.audit_trail import OPERATIONS, Act, Known, acts, findings, is_blank, rules_of_attackers
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.step import Context, Finding, Plan, Skipped, Step
from shared.playbook.symptoms import Symptom
from shared.playbook.window import assumed_window, attack_window, attackers, logs_from
from shared.state.rows import Skip
from shared.tenant.audit_log import Records, is_done, is_on, records, start_search
from shared.tenant.directory_audits import MOST, Audit, done_by, done_to
from shared.tenant.side_by_side import side_by_side
from shared.tenant.unreadable import Unreadable, or_why

_NAME = "review-audit-log"
_SOURCE = "Microsoft Purview, unified audit log"
_DIRECTORY = "Microsoft Entra, directory audit log"
_LOGS = {one: f"AuditLogsQuery-{one}.Read.All" for one in ("Exchange", "SharePoint", "OneDrive")}
_SEARCHING = "The tenant is searching its audit log."
_OFF = Skipped(
    Skip.NO_LICENCE,
    "The organisation does not keep the unified audit log: switch it on in Microsoft Purview, Audit, so that it is "
    "there the next time.",
)


class ReviewAuditLog(Step):
    """Sources: Graph, auditLogQuery: create, get, list records; directoryAudit: list; Get-AdminAuditLogConfig.

    A search may take hours, and the log is itself late by an hour and more: nothing waits for it. Where it shows that
    the attacker was in earlier than was known, or is still at work, the evict steps look once more.
    """

    declaration = Declaration(
        name=_NAME,
        title="Review the audit log",
        article="Symptoms: rules, forwarding, permissions and security info that the user did not set up",
        stage=Stage.REVIEW,
        after=("triage", "review-sign-ins"),
        changes=False,
        background=True,
        deadline=timedelta(hours=6),
        rights=Rights(
            graph=(*_LOGS.values(), "AuditLog.Read.All", "Domain.Read.All"),
            directory_roles=("Global Reader",),
            cmdlets=("Get-AdminAuditLogConfig",),
        ),
        symptoms=(Symptom.SUSPICIOUS_RULES, Symptom.FORWARDING, Symptom.MISSING_MAIL, Symptom.CREDENTIALS),
    )

    async def inspect(self, context: Context) -> Plan:
        if context.account.mailbox in (MailboxKind.NONE, MailboxKind.ON_PREMISES):
            return await _told(context, None)
        graph, row = context.tenant.graph, context.snapshot.steps.get(_NAME)
        if row is not None and row.asked is not None:
            if await is_done(graph, row.asked):
                return await _told(context, await records(graph, row.asked))
            return Plan(asked=row.asked, summary=_SEARCHING)
        if not await is_on(context.tenant.exchange):
            directory = await _told(context, None)
            return Plan(findings=directory.findings, skipped=_OFF)
        since, name = logs_from(context), context.account.user_principal_name
        return Plan(asked=await start_search(graph, name, since, context.now, OPERATIONS), summary=_SEARCHING)


async def _told(context: Context, found: Records | None) -> Plan:
    """``found`` is None where there is no such log of this account."""
    graph, user = context.tenant.graph, context.account.id
    since = logs_from(context)
    by, to = await side_by_side(
        or_why(reading) for reading in (done_by(graph, user, since), done_to(graph, user, since))
    )
    audits = [one for some in (by, to) if isinstance(some, list) for one in some]
    rows = found.rows if found else ()
    known = Known(
        attackers=attackers(context),
        domains=frozenset(domain.id.casefold() for domain in await graph.domains()),
        account=context.account.user_principal_name,
        look_back_from=assumed_window(context).start,
    )
    done = acts(rows, audits, known)
    return Plan(
        findings=(
            *([_complete(found), *_of_no_entry(found)] if found else []),
            _complete_directory("what the account did in the directory", by),
            _complete_directory("what was done to the account in the directory", to),
            *findings(done, _SOURCE),
        ),
        attack_began_at=_began_at(context, done),
        attackers_rules=rules_of_attackers(done),
        look_again=_look_again(context, done),
        looked=True,
    )


def _complete(found: Records) -> Finding:
    how = "all of them were read" if found.complete else f"only {len(found.rows)} of them were read"
    blank = sum(map(is_blank, found.rows))
    left = f" {blank} say nothing: Outlook wrote its rules anew." if blank else ""
    late = "What was done less than ninety minutes before may be missing."
    told = f"Entries about the mailbox and shared files: {len(found.rows)}, {how}.{left} {late}"
    return Finding(told, _SOURCE, gap=not found.complete)


def _of_no_entry(found: Records) -> list[Finding]:
    """The log does not say what of it the app may not read: that there is nothing may mean either."""
    there = {one.service for one in found.rows}
    none = {service: right for service, right in _LOGS.items() if service not in there}
    if not none:
        return []
    told = f"Nothing in the log of {', '.join(none)}: nothing of what is looked for was done there, or the app lacks"
    return [Finding(f"{told} {', '.join(none.values())}.", _SOURCE, gap=True)]


def _complete_directory(what: str, audits: list[Audit] | Unreadable) -> Finding:
    if not isinstance(audits, list):
        return Finding(f"Could not read {what}: {audits}", _DIRECTORY, gap=True)
    how = "all of them were read" if len(audits) <= MOST else f"only the newest {MOST} were read"
    return Finding(f"Entries about {what}: {len(audits)}, {how}.", _DIRECTORY, gap=len(audits) > MOST)


def _began_at(context: Context, done: list[Act]) -> datetime | None:
    """The attacker's first act, where it is earlier than what is known."""
    first = min((one.at for one in done if one.attackers), default=None)
    return first if first is not None and first < attack_window(context).start else None


def _look_again(context: Context, done: list[Act]) -> str:
    began_at = _began_at(context, done)
    if began_at is not None:
        return f"The audit log shows the attacker at work since {began_at:%Y-%m-%d %H:%M} UTC, earlier than was known."
    if any(one.attackers and one.at > context.snapshot.incident.opened_at for one in done):
        return "The audit log shows the attacker at work after the response had begun."
    if rules_of_attackers(done):
        return "The audit log shows rules that were made from the attacker's address."
    return ""


step = ReviewAuditLog()
blueprint = step_function(step)
