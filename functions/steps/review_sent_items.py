"""What was sent in the account's name while the attacker was in, and who has to be warned."""

from functions.wiring import step_function
from shared.account import Account, MailboxKind
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.sent_mail import MOST_CONTACTS, Sent, contacts, in_words, merged
from shared.playbook.step import Context, Finding, Plan, Skipped, Step, Task
from shared.playbook.symptoms import Symptom
from shared.playbook.window import Window, attack_window
from shared.state.rows import Skip
from shared.tenant.errors import NotFound
from shared.tenant.models import User
from shared.tenant.sent_mail import MOST, Collected, Message, Trace, message_traces, own_domains, sent_items
from shared.tenant.unreadable import Unreadable, or_why

_SOURCE = "Microsoft Graph, Sent Items and message trace"


class ReviewSentItems(Step):
    """Sources: Graph, mailFolder: list messages, messageTraces, domain: list; the article's step 7."""

    declaration = Declaration(
        name="review-sent-items",
        title="Review sent mail",
        article="Step 7: Review what was sent (mail that the attacker sent to your contacts)",
        stage=Stage.REVIEW,
        after=("triage", "review-sign-ins"),
        changes=False,
        rights=Rights(
            graph=("User.Read.All", "Domain.Read.All", "Mail.ReadBasic.All", "ExchangeMessageTrace.Read.All")
        ),
        symptoms=(Symptom.NOT_IN_SENT_ITEMS, Symptom.SCAMS),
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.mailbox in (MailboxKind.NONE, MailboxKind.ON_PREMISES):
            return _no_mailbox()
        return None

    async def inspect(self, context: Context) -> Plan:
        graph, account, window = context.tenant.graph, context.account, attack_window(context)
        user = await graph.user(account.id)
        sender = user.mail or user.user_principal_name
        try:
            kept = await or_why(sent_items(graph, account.id, window.start, window.end))
        except NotFound:
            return Plan(skipped=_no_mailbox())
        passed_on = await or_why(message_traces(graph, sender, window.start, window.end))
        if isinstance(kept, Unreadable) and isinstance(passed_on, Unreadable):
            raise kept
        domains = await or_why(own_domains(graph))
        read = [
            _completeness("Sent Items", kept, window),
            _completeness(f"Message trace of {sender}", passed_on, window),
        ]
        if isinstance(domains, Unreadable):
            gap = "Could not read the domains of the organisation: all but the user's own count as outside."
            read.append(Finding(f"{gap} {domains}", _SOURCE, gap=True))
        messages = () if isinstance(kept, Unreadable) else kept.rows
        traces = () if isinstance(passed_on, Unreadable) else passed_on.rows
        sent = merged(messages, traces)
        own = _addresses(user)
        warned = contacts(sent, own)
        told = list(in_words(sent, _own_domains(own) if isinstance(domains, Unreadable) else domains))
        if not isinstance(kept, Unreadable) and kept.complete:
            told += _gone(sent)
        if len(warned) > MOST_CONTACTS:
            told.append(f"The list of contacts holds the {MOST_CONTACTS} who got most, of {len(warned)}.")
        return Plan(
            findings=(*read, *(Finding(text, _SOURCE) for text in told)),
            tasks=(_task(len(warned)),) if warned else (),
            contacts=tuple(warned[:MOST_CONTACTS]),
            looked=True,
        )


def _completeness(what: str, collected: Collected[Message] | Collected[Trace] | Unreadable, window: Window) -> Finding:
    if isinstance(collected, Unreadable):
        return Finding(f"Could not read: {what}: {collected}", _SOURCE, gap=True)
    if collected.complete:
        how = "all of them were read"
    elif len(collected.rows) == MOST:
        how = f"only the newest {MOST} were read"
    else:
        how = "it reaches no further back than 90 days"
    since, until = (f"{at:%Y-%m-%d %H:%M}" for at in (window.start, window.end))
    told = f"{what} from {since} to {until} UTC: {len(collected.rows)} entries, {how}."
    return Finding(told, _SOURCE, gap=not collected.complete)


def _gone(sent: list[Sent]) -> list[str]:
    count = sum(not one.kept for one in sent)
    return [f"{count} of them are not in the Sent Items: taken out, or sent without a copy."] if count else []


def _task(count: int) -> Task:
    return Task(
        "warn-contacts",
        f"Warn the {count} people who got mail from the account while the attacker may have been in. The report "
        "has the list and a draft; send it from another mailbox.",
    )


def _addresses(user: User) -> frozenset[str]:
    addresses = [one.rpartition(":")[2] for one in user.proxy_addresses]
    return frozenset(one.casefold() for one in (user.user_principal_name, user.mail or "", *addresses) if one)


def _own_domains(addresses: frozenset[str]) -> frozenset[str]:
    return frozenset(address.rpartition("@")[2] for address in addresses)


def _no_mailbox() -> Skipped:
    return Skipped(Skip.NOT_APPLICABLE, "The account has no mailbox in Exchange Online.")


step = ReviewSentItems()
blueprint = step_function(step)
