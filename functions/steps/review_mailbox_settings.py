"""Look at what else in a mailbox, or around it, may be the attacker's: signature, add-ins, transport rules."""

from collections.abc import Awaitable, Iterator
from typing import Any

from functions.wiring import step_function
from shared.account import Account, MailboxKind
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.step import Context, Finding, Plan, Skipped, Step
from shared.playbook.symptoms import Symptom
from shared.rules.recipients import addresses as addresses_in
from shared.rules.written import read
from shared.state.rows import Skip
from shared.tenant.errors import Denied, NotFound, Permanent
from shared.tenant.mailbox_settings import App, Signature, addresses, apps, signature, transport_rules

_SIGNATURE = "Exchange Online, Get-MailboxMessageConfiguration"
_APPS = "Exchange Online, Get-App"
_RULES = "Exchange Online, Get-TransportRule"
_ROLE = "Global Reader"
_FORWARDS = ("ForwardingAddress", "ForwardingSmtpAddress")
_LISTED = 10  # links of a signature


class ReviewMailboxSettings(Step):
    """Source: Exchange Online, Get-MailboxMessageConfiguration, Get-App and Get-TransportRule.

    It changes nothing: the signature in use may be kept elsewhere (roaming signatures), an add-in may be the user's,
    and a transport rule is an administrator's.
    """

    declaration = Declaration(
        name="review-mailbox-settings",
        title="Look at signature, add-ins and transport rules",
        article="Step 3: Disable suspicious Inbox rules (and what else acts on the mail)",
        stage=Stage.REVIEW,
        after=("remove-forwarding",),
        changes=False,
        rights=Rights(
            directory_roles=(_ROLE,),
            cmdlets=("Get-Mailbox", "Get-MailboxMessageConfiguration", "Get-App", "Get-TransportRule"),
        ),
        symptoms=(Symptom.SIGNATURE, Symptom.FORWARDING),
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.mailbox in (MailboxKind.NONE, MailboxKind.ON_PREMISES):
            return _no_mailbox()
        return None

    async def inspect(self, context: Context) -> Plan:
        parts = (
            await _looked("the signature", _SIGNATURE, _of_signature(context)),
            await _looked("the add-ins", _APPS, _of_apps(context)),
            await _looked("the transport rules", _RULES, _of_transport_rules(context)),
        )
        findings = tuple(finding for part in parts for finding in part or ())
        if None in parts:
            return Plan(skipped=_no_mailbox())
        return Plan(findings=findings, looked=True, summary="Looked at; what was seen is in the findings.")


def _no_mailbox() -> Skipped:
    return Skipped(Skip.NOT_APPLICABLE, "The account has no mailbox in Exchange Online.")


async def _looked(what: str, source: str, looking: Awaitable[list[Finding]]) -> list[Finding] | None:
    """What one look found, or why it could not be made; None where there is no mailbox to look at."""
    try:
        return await looking
    except NotFound:
        return None
    except Denied:
        needs = f"the Exchange permission Exchange.ManageAsApp and the directory role {_ROLE}"
        return [Finding(f"Could not read {what}: refused. The app needs {needs}.", source, gap=True)]
    except Permanent as error:
        return [Finding(f"Could not read {what}: {error}", source, gap=True)]


async def _of_signature(context: Context) -> list[Finding]:
    found: Signature = await signature(context.tenant.exchange, context.account.id)
    links = read(f"{found.signature_html} {found.signature_text}").links
    stale = "Outlook may keep another one (roaming signatures): look there too."
    if not links:
        return [Finding(f"The signature has no links. {stale}", _SIGNATURE)]
    more = f" and {len(links) - _LISTED} more" if len(links) > _LISTED else ""
    used = "is added to new mail" if found.auto_add_signature else "is not added by itself"
    return [Finding(f"The signature ({used}) leads to {', '.join(links[:_LISTED])}{more}. {stale}", _SIGNATURE)]


async def _of_apps(context: Context) -> list[Finding]:
    found = await apps(context.tenant.exchange, context.account.id)
    own = [app for app in found if app.scope == "User"]
    if not own:
        return [Finding(f"The user has installed no add-in (of {len(found)} in the mailbox).", _APPS)]
    return [Finding(_told(app), _APPS) for app in own]


def _told(app: App) -> str:
    name, state = f"“{app.display_name}” of “{app.provider_name}” ({app.app_id})", "on" if app.enabled else "off"
    return f"The user has installed the add-in {name}, which is {state}."


async def _of_transport_rules(context: Context) -> list[Finding]:
    wanted = await _names(context)
    rules = await transport_rules(context.tenant.exchange)
    naming = [rule for rule in rules if wanted & set(_named(rule))]
    if not naming:
        told = f"None of {len(rules)} transport rules names the account or where its mail was forwarded to."
        return [Finding(told, _RULES)]
    return [Finding(_rule(rule, wanted), _RULES) for rule in naming]


def _rule(rule: dict[str, Any], wanted: set[str]) -> str:
    named = sorted(wanted & set(_named(rule)))
    changed = f", changed {rule.get('WhenChanged')} by {rule.get('LastModifiedBy') or 'somebody'}"
    head = f"The transport rule “{rule.get('Name')}” ({rule.get('Guid')}, {rule.get('State')}{changed})"
    return f"{head} names {', '.join(named)}: an administrator has to say whether it should."


async def _names(context: Context) -> set[str]:
    """All that the account, and where its mail goes or went, can be called in a rule, in lower case."""
    mailbox = await addresses(context.tenant.exchange, context.account.id)
    ours = [mailbox.primary_smtp_address, *mailbox.email_addresses, context.account.user_principal_name]
    targets = [mailbox.forwarding_address, mailbox.forwarding_smtp_address]
    for change in context.snapshot.changes:
        if change.step == "remove-forwarding":
            targets += [str(change.before.get(name) or "") for name in _FORWARDS]
    return {name.casefold().removeprefix("smtp:") for name in [*ours, *targets] if name}


def _named(value: Any) -> Iterator[str]:
    """Every address in a rule, and every text of it as a whole, in lower case."""
    if isinstance(value, str):
        yield value.casefold().removeprefix("smtp:")
        yield from addresses_in(value)
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _named(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(inner)


step = ReviewMailboxSettings()
blueprint = step_function(step)
