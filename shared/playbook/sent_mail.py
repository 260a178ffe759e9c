"""What was sent, put together from the Sent Items and the message trace: what stands out, and who got it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from shared.state.rows import Contact
from shared.tenant.sent_mail import Message, Trace

from .foreign import shown

MOST_CONTACTS = 2_000
BURST = 30  # messages an hour that no person writes
REPEATED = 5  # messages with one subject
_SHOWN = 5
_LONGEST_ADDRESS, _LONGEST_NAME = 254, 80


@dataclass
class Sent:
    """One message. ``recipients``: address, in lower case, to the name that the message gave."""

    at: datetime
    subject: str
    kept: bool  # whether the Sent Items show it
    attachments: bool = False
    recipients: dict[str, str] = field(default_factory=dict)


def merged(messages: Iterable[Message], traces: Iterable[Trace]) -> list[Sent]:
    """Each message once: a trace has a row for each recipient, and knows what was taken out of the Sent Items."""
    sent: dict[str, Sent] = {}
    for message in messages:
        one = Sent(message.sent_at, message.subject or "", kept=True, attachments=message.has_attachments)
        sent[message.message_id or message.id] = one
        for recipient in message.recipients:
            _add(one, recipient.address, recipient.name)
    for trace in traces:
        key = trace.message_id or trace.id
        one = sent.setdefault(key, Sent(trace.received_at, trace.subject or "", kept=False))
        _add(one, trace.recipient_address, None)
    return list(sent.values())


def contacts(sent: Iterable[Sent], own: frozenset[str]) -> list[Contact]:
    """Everybody who got something, ``own`` addresses left out; who got most comes first."""
    times, names = defaultdict[str, list[datetime]](list), dict[str, str]()
    for message in sent:
        for address, name in message.recipients.items():
            if address not in own:
                times[address].append(message.at)
                names[address] = names.get(address) or name
    everybody = [
        Contact(address=address, name=names[address], messages=len(at), first_at=min(at), last_at=max(at))
        for address, at in times.items()
    ]
    return sorted(everybody, key=lambda one: (-one.messages, one.address))


def in_words(sent: list[Sent], domains: frozenset[str]) -> Iterator[str]:
    """What stands out, a sentence each; ``domains`` are the organisation's own."""
    recipients = {address for one in sent for address in one.recipients}
    outside = sum(address.rpartition("@")[2] not in domains for address in recipients)
    attached = sum(one.attachments for one in sent)
    yield (
        f"Sent: {len(sent)} messages to {len(recipients)} recipients, {outside} of them outside the organisation; "
        f"{attached} with attachments."
    )
    hours = Counter(one.at.replace(minute=0, second=0, microsecond=0) for one in sent)
    for hour, count in hours.most_common(_SHOWN):
        if count >= BURST:
            yield f"A burst: {count} messages in the hour from {hour:%Y-%m-%d %H:%M} UTC."
    subjects = Counter(shown(one.subject) for one in sent)
    for subject, count in subjects.most_common(_SHOWN):
        if count >= REPEATED:
            yield f'{count} messages have the subject "{subject}".'


def _add(sent: Sent, address: str | None, name: str | None) -> None:
    known = shown(address, _LONGEST_ADDRESS).casefold()
    if known:
        sent.recipients[known] = sent.recipients.get(known) or shown(name, _LONGEST_NAME)
