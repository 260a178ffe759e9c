"""Close the mailbox to all mail apps until a person lets the user in again."""

from collections.abc import Iterable
from datetime import datetime

from functions.wiring import step_function
from shared.account import Account, MailboxKind
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.step import Change, Context, Finding, Plan, Skipped, Standing, Step, Values
from shared.state.rows import Skip
from shared.tenant.errors import NotFound
from shared.tenant.protocols import OFF, Flags, protocols, set_protocols

_SMTP = "SmtpClientAuthenticationDisabled"
_NAMES = {
    "MAPIEnabled": "Outlook (MAPI)",
    "EwsEnabled": "Exchange Web Services",
    "ActiveSyncEnabled": "ActiveSync",
    "ImapEnabled": "IMAP",
    "PopEnabled": "POP",
    "OWAEnabled": "Outlook on the web",
    "OWAforDevicesEnabled": "Outlook on the web for devices",
    "OutlookMobileEnabled": "Outlook mobile",
    "UniversalOutlookEnabled": "Mail and Calendar",
    "MacOutlookEnabled": "Outlook for Mac",
    "OneWinNativeOutlookEnabled": "new Outlook for Windows",
    _SMTP: "SMTP AUTH",
}
_SOURCE = "Exchange Online, Get-CASMailbox"


class DisableMailProtocols(Step):
    """Source: Exchange Online, Get-CASMailbox and Set-CASMailbox; the article's step 5."""

    declaration = Declaration(
        name="disable-mail-protocols",
        title="Disable mail protocols",
        article="Step 5 (optional): Block the user account from signing in (turn off all email apps of the mailbox)",
        stage=Stage.EVICT,
        holds=True,
        rights=Rights(
            directory_roles=("Exchange Recipient Administrator",), cmdlets=("Get-CASMailbox", "Set-CASMailbox")
        ),
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.mailbox in (MailboxKind.NONE, MailboxKind.ON_PREMISES):
            return _no_mailbox()
        return None

    async def inspect(self, context: Context) -> Plan:
        try:
            today = await protocols(context.tenant.exchange, context.account.id)
        except NotFound:
            return Plan(skipped=_no_mailbox())
        findings = tuple(_findings(today))
        off: Values = {name: OFF[name] for name in today}
        if today == off:
            return Plan(findings=findings, summary="All mail protocols are off already.")
        change = Change(
            resource="mail protocols",
            action="disable",
            reason="A mail app that is connected reads and sends on, and an app password outlives a reset.",
            before={**today},
            after=off,
        )
        return Plan(changes=(change,), findings=findings)

    async def apply(self, context: Context, change: Change) -> datetime:
        return await set_protocols(context.tenant.exchange, context.account.id, _flags(change.after))

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        shown = await protocols(context.tenant.exchange, context.account.id)
        today = {name: shown.get(name) for name in change.after}
        if today == change.after:
            return Standing.AFTER
        return Standing.BEFORE if today == change.before else Standing.OTHER

    async def revert(self, context: Context, change: Change) -> datetime:
        return await set_protocols(context.tenant.exchange, context.account.id, _flags(change.before))


def _no_mailbox() -> Skipped:
    return Skipped(Skip.NOT_APPLICABLE, "The account has no mailbox in Exchange Online.")


def _findings(today: Flags) -> Iterable[Finding]:
    """What a release will not switch on, because it was off before; what somebody allowed; what is not known."""
    off = [name for name, value in today.items() if value is OFF[name]]
    if 0 < len(off) < len(today):
        yield Finding(f"Off before the response, and staying so: {_named(off)}.", _SOURCE)
    if today.get(_SMTP) is False:
        yield Finding("SMTP AUTH was switched on for this mailbox, whatever the organisation's setting.", _SOURCE)
    hidden = [name for name in OFF if name not in today]
    if hidden:
        yield Finding(f"Could not read, and left as they are: {_named(hidden)}.", _SOURCE, gap=True)


def _named(flags: Iterable[str]) -> str:
    return ", ".join(_NAMES[name] for name in flags)


def _flags(values: Values) -> Flags:
    return {name: None if value is None else bool(value) for name, value in values.items()}


step = DisableMailProtocols()
blueprint = step_function(step)
