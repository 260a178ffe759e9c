"""Which mail a rule picks.

Within one field its values are alternatives; fields narrow each other. So a field is about mass mail only where all its
values are: one harmless word beside "invoice" makes nothing harmless.
"""

import re
from collections.abc import Callable, Iterable, Sequence

from . import subjects
from .matching import Vocabulary, plain
from .recipients import Recipient, addresses, last_address
from .rule import Context, Rule
from .senders import AUTOMATED, FREE_MAIL, MAILING_HOSTS
from .signals import Trait

Traits = dict[Trait, str]
"""The traits that a rule has, each with what shows it."""

_SHOWN, _LONGEST = 3, 60
_ENDING = re.compile(r"\.[a-z]{2,3}")
_ANY_MAIL = {
    "",
    "@",
    ".",
    ".com",
    "com",
    "http",
    "https",
    "www",
    "the",
    "from:",
    "to:",
    "subject:",
    "received:",
    "from",
    "to",
}
_REPLIES = {
    "re:",
    "re",
    "aw:",
    "aw",
    "sv:",
    "rv:",
    "antw:",
    "odp:",
    "r:",
    "res:",
    "vs:",
    "fw:",
    "fwd:",
    "wg:",
    "tr:",
    "ynt:",
    "答复:",
    "回复:",
}
_SENSITIVE = (Trait.MONEY, Trait.SECURITY, Trait.GUARDS, Trait.BOUNCES)
_SEVERAL = 3
_TYPES = {
    "nondeliveryreport": Trait.BOUNCES,
    "automaticreply": Trait.AUTOMATIC_REPLIES,
    "calendaring": Trait.CALENDAR,
    "calendaringresponse": Trait.CALENDAR,
    "readreceipt": Trait.CALENDAR,
}


def shown(values: Iterable[str]) -> str:
    """``values`` for a person: few, short, and without what a terminal or a page would obey."""
    texts = ["".join(one if one.isprintable() else " " for one in value)[: _LONGEST + 1] for value in values]
    cut = [text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…" for text in texts[:_SHOWN]]
    return ", ".join(f'"{text}"' for text in cut) + (", …" if len(texts) > _SHOWN else "")


def aims(rule: Rule, context: Context) -> Traits:
    """The traits of the mail that ``rule`` picks."""
    traits = _wide(rule, context) | _by_words(rule) | _by_sender(rule, context) | _bulk(rule)
    kind = _TYPES.get(plain(rule.message_type_matches))
    if kind:
        traits[kind] = shown([rule.message_type_matches])
    if any(trait in traits for trait in _SENSITIVE):
        traits[Trait.SENSITIVE] = ""
    return traits


def _says_something(value: str) -> bool:
    text = plain(value)
    return text not in _ANY_MAIL and not _ENDING.fullmatch(text) and (len(text) > 1 or not text.isascii())


def _narrow(values: Sequence[str]) -> bool:
    """Whether a field narrows: a single value that all mail holds lets all mail in."""
    return bool(values) and all(map(_says_something, values))


def conditions(rule: Rule, context: Context) -> bool:
    """Whether ``rule`` picks some mail and leaves other."""
    own = {*context.addresses, *(f"@{one}" for one in context.domains), *context.domains}
    to_others = [one for one in rule.recipient_address_contains_words if plain(one) not in own]
    fields = (
        rule.from_address_contains_words, rule.subject_contains_words, rule.subject_or_body_contains_words,
        rule.body_contains_words, rule.header_contains_words, to_others,
    )  # fmt: skip
    sent_to = [one for one in rule.sent_to if one.address not in context.addresses or not one.address]
    other = (
        rule.senders, sent_to, rule.message_type_matches, rule.flagged_for_action, rule.with_importance,
        rule.with_sensitivity, rule.has_classification, rule.assigned_categories, rule.system_category,
        rule.from_subscription, rule.any_category, rule.bulk_category, rule.has_attachment, rule.my_name_in_cc_box,
        rule.my_name_in_to_box, rule.my_name_in_to_or_cc_box, rule.my_name_not_in_to_box, rule.sent_only_to_me,
        rule.within_size_range_minimum, rule.within_size_range_maximum,
    )  # fmt: skip
    return any(map(_narrow, fields)) or any(other)


def _wide(rule: Rule, context: Context) -> Traits:
    if not conditions(rule, context):
        unreadable = rule.supported_by_task is False and not rule.description
        return {Trait.UNREADABLE: ""} if unreadable else {Trait.EVERYTHING: ""}
    boxes = {
        "mail to me": rule.my_name_in_to_box or rule.my_name_in_to_or_cc_box,
        "mail to me alone": rule.sent_only_to_me,
        "mail with attachments": rule.has_attachment,
        "important mail": plain(rule.with_importance) == "high",
    }
    picked = [name for name, on in boxes.items() if on]
    narrow = rule.senders or rule.from_address_contains_words or rule.words or rule.message_type_matches
    marked = subjects.BANNERS.found(rule.words)
    picked = marked if marked and not rule.senders else [] if narrow else picked
    return {Trait.BROAD: shown(picked)} if picked else {}


def _by_words(rule: Rule) -> Traits:
    texts = [text for text in rule.words if not subjects.NEWSLETTERS.found([text])]
    subject_of: tuple[tuple[Trait, Vocabulary], ...] = (
        (Trait.MONEY, subjects.MONEY),
        (Trait.SECURITY, subjects.SECURITY),
        (Trait.BOUNCES, subjects.BOUNCES),
        (Trait.AUTOMATIC_REPLIES, subjects.AUTOMATIC_REPLIES),
        (Trait.LURES, subjects.LURES),
    )
    traits = {trait: shown(found) for trait, words in subject_of if (found := words.found(texts))}
    replies = [text for text in texts if plain(text) in _REPLIES]
    return traits | ({Trait.REPLIES: shown(replies)} if replies else {})


def _senders(rule: Rule) -> list[Recipient]:
    """Those from whom ``rule`` picks mail, a part of an address told as if it were a name."""
    parts = [Recipient(name=word, address=last_address(word)) for word in rule.from_address_contains_words]
    headers = [Recipient(name=one, address=one) for word in rule.header_contains_words for one in addresses(word)]
    return [*rule.senders, *parts, *headers]


def _by_sender(rule: Rule, context: Context) -> Traits:
    traits: Traits = {}
    senders = _senders(rule)
    for trait, test in _SENDER_TESTS:
        found = [str(one) for one in senders if test(one, context)]
        if found:
            traits[trait] = shown(found)
    own = [word for word in rule.header_contains_words if _from_inside(plain(word), context)]
    if own and not senders:
        traits[Trait.OWN_DOMAIN] = shown(own)
    if senders and not traits and not all(map(_automated, senders)):
        traits |= _correspondent(senders)
    return traits


def _from_inside(header: str, context: Context) -> bool:
    """Whether a header says that mail comes from the own organisation."""
    return header.endswith(("authas: internal", *(f"@{domain}" for domain in context.domains)))


def _correspondent(senders: list[Recipient]) -> Traits:
    """Whether all ``senders`` are one person, or few of one organisation."""
    people = [one for one in senders if one.address or _is_entry(one)]
    if len(senders) == len(people) == 1 and not _role(people[0]):
        return {Trait.CORRESPONDENT: shown(map(str, people))}
    domains = {one.domain if one.address else plain(one.name).strip("@") for one in senders}
    one_firm = len(domains) == 1 and len(senders) <= _SEVERAL and "." in "".join(domains) and not domains & FREE_MAIL
    return {Trait.FIRM: shown(map(str, senders))} if one_firm else {}


def _is_entry(one: Recipient) -> bool:
    """Whether this is a name of the directory ("Ada Lovelace"), not a part of an address."""
    return " " in one.name.strip() and "@" not in one.name


def _role(one: Recipient) -> bool:
    return one.address.partition("@")[0] in {
        "info",
        "contact",
        "office",
        "hello",
        "team",
        "kontakt",
        "contacto",
        "mail",
        "post",
    }


def _is_guard(one: Recipient, context: Context) -> bool:
    """An address is judged by its local part and by the machines it is known of, a name as a whole."""
    texts = [
        one.address.partition("@")[0],
        "" if "@" in one.name else _without_domain(one.name),
        one.name.partition("@")[0],
    ]
    machines = subjects.MACHINES.found([one.address or one.name])
    return bool(machines or subjects.GUARDS.found(texts)) and not _own_address(one, context)


def _without_domain(name: str) -> str:
    return "" if "." in name else name


def _is_money(one: Recipient, context: Context) -> bool:
    return bool(
        subjects.MONEY.found([one.address or one.name, f"{one.address.partition('@')[0]}@"])
    ) and not _own_address(one, context)


def _bounces(one: Recipient, _: Context) -> bool:
    return bool(subjects.BOUNCES.found([one.address, one.name]))


def _own_address(one: Recipient, context: Context) -> bool:
    return one.address in context.addresses and bool(one.address)


def _own_domain(one: Recipient, context: Context) -> bool:
    return not one.address and plain(one.name).strip("@. *") in context.domains


_SENDER_TESTS: tuple[tuple[Trait, Callable[[Recipient, Context], bool]], ...] = (
    (Trait.GUARDS, _is_guard),
    (Trait.MONEY, _is_money),
    (Trait.BOUNCES, _bounces),
    (Trait.ITSELF, _own_address),
    (Trait.OWN_DOMAIN, _own_domain),
)


def _automated(one: Recipient) -> bool:
    """Whether only machines write from there, to many."""
    domain = one.domain or plain(one.name).strip("@")
    labels = domain.split(".")
    host = len(labels) > 2 and labels[0] in MAILING_HOSTS
    local = one.address.partition("@")[0]
    return host or bool(AUTOMATED & set(labels)) or bool(subjects.BULK.found([local, one.name]))


def _bulk(rule: Rule) -> Traits:
    """Mass mail: every value of at least one field says so."""
    if rule.bulk_category or rule.from_subscription:
        return {Trait.BULK: shown(rule.from_subscription or ["bulk"])}
    senders = _senders(rule)
    if senders and all(map(_automated, senders)):
        return {trait: shown(map(str, senders)) for trait in (Trait.BULK, Trait.AUTOMATED)}
    for field in (
        rule.subject_contains_words, rule.subject_or_body_contains_words, rule.body_contains_words,
        rule.header_contains_words, tuple(one.name for one in rule.sent_to),
    ):  # fmt: skip
        if field and len(subjects.BULK.found(field)) == len(field):
            return {Trait.BULK: shown(field)}
    return {}
