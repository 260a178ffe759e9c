"""Let the account send mail again, where Exchange has blocked it for what the attacker sent."""

from datetime import datetime

from functions.wiring import step_function
from shared.account import Account, MailboxKind
from shared.playbook.declaration import SECURING, Declaration, Reversible, Rights, Stage
from shared.playbook.foreign import shown
from shared.playbook.registry import Playbook
from shared.playbook.status import unsecured
from shared.playbook.step import Change, Context, Finding, Plan, Skipped, Standing, Step
from shared.playbook.symptoms import Symptom
from shared.playbook.watch import sealed_at
from shared.state.incidents import Snapshot
from shared.state.rows import Direction, Skip, StepStatus
from shared.tenant.blocked_senders import BlockedSender, blocked_senders, unblock_sender
from shared.tenant.errors import NotFound, Permanent

_BLOCKED = "Blocked"
_RESOURCE = "sending as "
_PROTOCOLS = "disable-mail-protocols"
_SOURCE = "Exchange Online, Get-BlockedSenderAddress"
_IRREVERSIBLE = "Nobody but Exchange can block a sender, and it does so by itself when spam is sent again."
_TAKES_TIME = "Lifting it takes Microsoft an hour as a rule and 24 at most; until then mail comes back with 550 5.1.8."
_LIMIT = "Where a sender was unblocked too often, only Microsoft's support can lift the block."


class UnblockSending(Step):
    """Source: Get-BlockedSenderAddress, Remove-BlockedSenderAddress; the article's step 4."""

    declaration = Declaration(
        name="unblock-sending",
        title="Unblock sending",
        article="Step 4: Unblock the user from sending mail",
        stage=Stage.RECOVER,
        after=(SECURING,),
        rights=Rights(
            graph=("User.Read.All",),
            directory_roles=("Security Administrator",),
            cmdlets=("Get-BlockedSenderAddress", "Remove-BlockedSenderAddress"),
        ),
        reversible=Reversible.NO,
        irreversible=_IRREVERSIBLE,
        symptoms=(Symptom.BLOCKED_FROM_SENDING,),
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.mailbox in (MailboxKind.NONE, MailboxKind.ON_PREMISES):
            return Skipped(Skip.NOT_APPLICABLE, "The account has no mailbox in Exchange Online.")
        return None

    def not_yet(self, context: Context, playbook: Playbook) -> str:
        """Unblocked too early, the attacker goes on sending, and Microsoft counts how often an account is unblocked."""
        if open_ends := unsecured(playbook, context.snapshot):
            return f"Waits until the account is secured, and goes on then. It lacks: {', '.join(open_ends)}."
        sealed = sealed_at(playbook, context.snapshot)
        if _protocols_are_off(context.snapshot) or sealed is None:
            return ""
        until = sealed + context.settings.token_lifetime
        if context.now >= until:
            return ""
        return (
            f"Waits until {until:%Y-%m-%d %H:%M} UTC, and goes on then: a stolen token may still send mail until then."
        )

    async def inspect(self, context: Context) -> Plan:
        user = await context.tenant.graph.user(context.account.id)
        names = [user.user_principal_name, user.mail or "", *(one.rpartition(":")[2] for one in user.proxy_addresses)]
        blocked = await blocked_senders(context.tenant.exchange, names)
        return Plan(
            changes=tuple(map(_unblock, blocked)),
            findings=tuple(Finding(f"{_why(one)} {_TAKES_TIME}", _SOURCE) for one in blocked),
            summary="The account is not blocked from sending.",
        )

    async def apply(self, context: Context, change: Change) -> datetime:
        try:
            return await unblock_sender(context.tenant.exchange, _address(change))
        except NotFound:
            return context.now  # unblocked already: by somebody else, or by our own call whose answer was lost
        except Permanent as error:
            raise Permanent(f"{error} {_LIMIT}") from error

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        blocked = await blocked_senders(context.tenant.exchange, [_address(change)])
        return Standing.BEFORE if blocked else Standing.AFTER


def _protocols_are_off(snapshot: Snapshot) -> bool:
    row = snapshot.steps.get(_PROTOCOLS)
    verified = row is not None and row.status in (StepStatus.DONE, StepStatus.NOTHING_TO_DO)
    return verified and row is not None and row.direction is Direction.APPLY


def _unblock(sender: BlockedSender) -> Change:
    return Change(
        resource=f"{_RESOURCE}{sender.sender_address}",
        action="unblock",
        reason="The account is secured; blocked, the user cannot send mail.",
        before={_BLOCKED: True, "Reason": shown(sender.reason, 500), "Since": sender.created_datetime},
        after={_BLOCKED: False},
        irreversible=_IRREVERSIBLE,
    )


def _why(sender: BlockedSender) -> str:
    since = f" since {shown(sender.created_datetime)}" if sender.created_datetime else ""
    return (
        f"{sender.sender_address} is blocked from sending{since}: {shown(sender.reason, 500) or 'no reason is given'}."
    )


def _address(change: Change) -> str:
    return change.resource.removeprefix(_RESOURCE)


step = UnblockSending()
blueprint = step_function(step)
