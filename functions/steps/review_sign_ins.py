"""Where the account was signed in from, which of it is the attacker's, and since when: that sets the attack window."""

from datetime import datetime, timedelta

from functions.wiring import step_function
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.sign_ins import judged
from shared.playbook.step import Context, Finding, Plan, Step
from shared.playbook.window import activities, assumed_window, logs_from
from shared.tenant.side_by_side import side_by_side
from shared.tenant.sign_ins import Log, non_interactive_sign_ins, sign_ins
from shared.tenant.unreadable import Unreadable, or_why

_SOURCE = "Microsoft Entra, sign-in log"
_BY_PROGRAMS = "Microsoft Entra, sign-in log (beta)"


class ReviewSignIns(Step):
    """Sources: Graph, signIn: list; in its beta version, the non-interactive ones too.

    Other steps wait for it, so it gives up soon: then the window is the one that is assumed. A log that does not reach
    back to the start of that one can widen the window, and never makes it narrower.
    """

    declaration = Declaration(
        name="review-sign-ins",
        title="Review sign-ins",
        article="Symptoms: unusual sign-in activity (the sign-in log of Microsoft Entra)",
        stage=Stage.REVIEW,
        changes=False,
        deadline=timedelta(minutes=1),
        rights=Rights(graph=("AuditLog.Read.All",)),
    )

    async def inspect(self, context: Context) -> Plan:
        graph, user = context.tenant.graph, context.account.id
        assumed, since = assumed_window(context).start, logs_from(context)
        by_people, by_programs = await side_by_side(
            or_why(reading) for reading in (sign_ins(graph, user, since), non_interactive_sign_ins(graph, user, since))
        )
        if not isinstance(by_people, Log):
            raise by_people
        logs = [by_people, *([by_programs] if isinstance(by_programs, Log) else [])]
        seen = judged([row for log in logs for row in log.rows], activities(context), assumed)
        return Plan(
            findings=(
                _completeness("by people", by_people, since, _SOURCE),
                _completeness("by programs", by_programs, since, _BY_PROGRAMS),
                *(Finding(text, _SOURCE) for text in seen.told),
            ),
            summary="" if seen.began_at else "No sign-in is the attacker's beyond doubt: the attack window is assumed.",
            attack_began_at=_began(seen.began_at, assumed, logs),
            attackers=seen.attackers,
            looked=True,
        )


def _completeness(whose: str, log: Log | Unreadable, since: datetime, source: str) -> Finding:
    if not isinstance(log, Log):
        return Finding(f"Could not read: sign-ins {whose}: {log}", source, gap=True)
    how = "all of them were read" if log.complete else "only the newest were read"
    told = f"Sign-ins {whose} since {since:%Y-%m-%d %H:%M} UTC: {len(log.rows)}, {how}."
    return Finding(told, source, gap=not log.complete)


def _began(seen: datetime | None, assumed: datetime, logs: list[Log]) -> datetime | None:
    """A log that does not reach back to the assumed start may hide an earlier sign-in of the attacker."""
    if seen is None or all(log.complete or log.rows[-1].at <= assumed for log in logs):
        return seen
    return min(seen, assumed)


step = ReviewSignIns()
blueprint = step_function(step)
