"""Stop the mailbox from sending its mail on."""

from datetime import datetime

from functions.wiring import step_function
from shared.account import Account, MailboxKind
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.step import Change, Context, Finding, Plan, Skipped, Standing, Step, Values
from shared.playbook.symptoms import Symptom
from shared.state.rows import Skip
from shared.tenant.errors import NotFound
from shared.tenant.models import Forwarding, Mailbox

_ADDRESS = "ForwardingAddress"
_SMTP = "ForwardingSmtpAddress"
_KEEPS = "DeliverToMailboxAndForward"
_NONE: Values = {_ADDRESS: None, _SMTP: None, _KEEPS: False}


class RemoveForwarding(Step):
    """Source: Exchange Online, Get-Mailbox and Set-Mailbox; the article's step 2."""

    declaration = Declaration(
        name="remove-forwarding",
        title="Remove mail forwarding",
        article="Step 2: Remove suspicious email forwarding addresses",
        stage=Stage.EVICT,
        secures=True,
        rights=Rights(directory_roles=("Exchange Recipient Administrator",), cmdlets=("Get-Mailbox", "Set-Mailbox")),
        symptoms=(Symptom.FORWARDING,),
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.mailbox in (MailboxKind.NONE, MailboxKind.ON_PREMISES):
            return _no_mailbox()
        return None

    async def inspect(self, context: Context) -> Plan:
        try:
            forwarding = _values(await context.tenant.exchange.mailbox(context.account.id))
        except NotFound:
            return Plan(skipped=_no_mailbox())
        targets = [str(forwarding[name]) for name in (_ADDRESS, _SMTP) if forwarding[name]]
        if not targets:
            return Plan(summary="The mailbox forwards to nobody.")
        change = Change(
            resource="mailbox forwarding",
            action="remove",
            reason="Whoever reads the target reads the user's mail.",
            before=forwarding,
            after=_NONE,
        )
        finding = Finding(f"The mailbox forwards to {' and '.join(targets)}.", "Exchange Online, Get-Mailbox")
        return Plan(changes=(change,), findings=(finding,))

    async def apply(self, context: Context, change: Change) -> datetime:
        return await context.tenant.exchange.set_forwarding(context.account.id, _forwarding(change.after))

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        today = _values(await context.tenant.exchange.mailbox(context.account.id))
        if today == change.after:
            return Standing.AFTER
        return Standing.BEFORE if today == change.before else Standing.OTHER

    async def revert(self, context: Context, change: Change) -> datetime:
        return await context.tenant.exchange.set_forwarding(context.account.id, _forwarding(change.before))


def _no_mailbox() -> Skipped:
    return Skipped(Skip.NOT_APPLICABLE, "The account has no mailbox in Exchange Online.")


def _values(mailbox: Mailbox) -> Values:
    forwarding = mailbox.forwarding
    return {_ADDRESS: forwarding.address, _SMTP: forwarding.smtp_address, _KEEPS: forwarding.deliver_and_forward}


def _forwarding(values: Values) -> Forwarding:
    address, smtp = values[_ADDRESS], values[_SMTP]
    return Forwarding(
        address=str(address) if address else None,
        smtp_address=str(smtp) if smtp else None,
        deliver_and_forward=bool(values[_KEEPS]),
    )


step = RemoveForwarding()
blueprint = step_function(step)
