"""Stop the mailbox from answering in the attacker's words."""

from datetime import datetime

from functions.wiring import step_function
from shared.account import Account, MailboxKind
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.step import Change, Context, Finding, Plan, Skipped, Standing, Step, Values
from shared.rules.replies import reasons
from shared.rules.written import read
from shared.state.rows import Skip
from shared.tenant.errors import NotFound
from shared.tenant.mailbox_settings import AutoReply, auto_reply, set_auto_reply

_OFF, _SCHEDULED, _NOBODY_OUTSIDE = "Disabled", "Scheduled", "None"
_STATE = "AutoReplyState"
_SHOWN = 300  # characters of a message in a finding; the whole is in the change
_SOURCE = "Exchange Online, Get-MailboxAutoReplyConfiguration"


class ClearAutoReply(Step):
    """Source: Exchange Online, Get-MailboxAutoReplyConfiguration and Set-MailboxAutoReplyConfiguration.

    A reply that looks like the attacker's is turned off, and all of it is recorded; its texts stay where they are. One
    in which nothing speaks of an attacker is the user's own out-of-office: it stays on, and is told of. What looks like
    an attacker's says ``shared/rules/replies.py``.
    """

    declaration = Declaration(
        name="clear-auto-reply",
        title="Turn off the attacker's automatic reply",
        article="Step 3: Disable suspicious Inbox rules (and the automatic reply, which answers as one)",
        stage=Stage.EVICT,
        rights=Rights(
            graph=("Domain.Read.All",),
            directory_roles=("Exchange Recipient Administrator",),
            cmdlets=("Get-MailboxAutoReplyConfiguration", "Set-MailboxAutoReplyConfiguration"),
        ),
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.mailbox in (MailboxKind.NONE, MailboxKind.ON_PREMISES):
            return _no_mailbox()
        return None

    async def inspect(self, context: Context) -> Plan:
        domains = await context.tenant.graph.domains()
        try:
            reply = await auto_reply(context.tenant.exchange, context.account.id)
        except NotFound:
            return Plan(skipped=_no_mailbox())
        if not _is_on(reply, context.now):
            return Plan(summary="No automatic reply is on.")
        own = frozenset(domain.id.casefold() for domain in domains)
        told = list(dict.fromkeys(why for message in _sent(reply) for why in reasons(message, own)))
        if not told:
            left = "Nothing in it speaks of an attacker: left on."
            return Plan(findings=(_finding(reply, left),), summary="The automatic reply is left on.")
        before = _values(reply)
        change = Change(
            resource="automatic reply",
            action="turn off",
            reason=f"It looks like the attacker's: {'; '.join(told)}.",
            before=before,
            after={**before, _STATE: _OFF, "StartTime": None, "EndTime": None},
        )
        return Plan(changes=(change,), findings=(_finding(reply, change.reason),))

    async def apply(self, context: Context, change: Change) -> datetime:
        return await set_auto_reply(context.tenant.exchange, context.account.id, {_STATE: change.after[_STATE]})

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        today = _values(await auto_reply(context.tenant.exchange, context.account.id))
        if today == change.after:
            return Standing.AFTER
        return Standing.BEFORE if today == change.before else Standing.OTHER

    async def revert(self, context: Context, change: Change) -> datetime:
        """Sends of the texts only what is another one today: Exchange may write HTML anew that it is sent."""
        exchange, user_id = context.tenant.exchange, context.account.id
        today = _values(await auto_reply(exchange, user_id))
        differs = {name: value for name, value in change.before.items() if value is not None and today[name] != value}
        return await set_auto_reply(exchange, user_id, {**differs, _STATE: change.before[_STATE]})


def _no_mailbox() -> Skipped:
    return Skipped(Skip.NOT_APPLICABLE, "The account has no mailbox in Exchange Online.")


def _is_on(reply: AutoReply, now: datetime) -> bool:
    """One whose time is over answers nobody, and could not be put back."""
    over = reply.auto_reply_state == _SCHEDULED and reply.end_time is not None and reply.end_time <= now
    return reply.auto_reply_state != _OFF and not over


def _sent(reply: AutoReply) -> list[str]:
    outside = [] if reply.external_audience == _NOBODY_OUTSIDE else [reply.external_message]
    return [reply.internal_message, *outside]


def _values(reply: AutoReply) -> Values:
    scheduled = reply.auto_reply_state == _SCHEDULED
    return {
        _STATE: reply.auto_reply_state,
        "ExternalAudience": reply.external_audience,
        "InternalMessage": reply.internal_message,
        "ExternalMessage": reply.external_message,
        "StartTime": reply.start_time.isoformat() if scheduled and reply.start_time else None,
        "EndTime": reply.end_time.isoformat() if scheduled and reply.end_time else None,
    }


def _finding(reply: AutoReply, verdict: str) -> Finding:
    values = _values(reply)
    when = f" from {values['StartTime']} to {values['EndTime']}" if values["StartTime"] else ""
    texts = dict.fromkeys(text for message in _sent(reply) if (text := read(message).text))
    quoted = " / ".join(text if len(text) <= _SHOWN else f"{text[:_SHOWN]} …" for text in texts)
    audience = f"outside: {reply.external_audience}"
    return Finding(f"An automatic reply is on{when} ({audience}): “{quoted}”. {verdict}", _SOURCE)


step = ClearAutoReply()
blueprint = step_function(step)
