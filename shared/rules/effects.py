"""What a rule does to mail."""

from collections.abc import Iterable

from .aims import Traits, shown
from .folders import Folder
from .matching import plain
from .names import says_nothing
from .recipients import Recipient
from .rule import Context, Rule
from .senders import FREE_MAIL, TICKET_SYSTEMS
from .signals import Trait
from .subjects import kind_of, parts

_MOVES = {
    Folder.BURIED: Trait.BURIES,
    Folder.JUNK: Trait.JUNKS,
    Folder.ARCHIVE: Trait.ARCHIVES,
    Folder.OWN: Trait.MOVES,
}
_HIDING = {Trait.DELETES, Trait.BURIES, Trait.JUNKS, Trait.ARCHIVES, Trait.BLANK_FOLDER}
_SENDING = {Trait.SENDS_OUTSIDE, Trait.OWN_TICKETS, Trait.TEXTS, Trait.SENDS_INSIDE}
_CLOSE = 2  # so many letters apart, two names are easily taken for each other
_LONG_ENOUGH = 5


def effects(rule: Rule, context: Context) -> Traits:
    """The traits of what ``rule`` sends where, and where it moves mail."""
    traits = _sending(rule, context) | _removing(rule)
    hides = _HIDING & traits.keys()
    if hides:
        traits[Trait.HIDES] = ""
    if hides or Trait.MOVES in traits:
        traits[Trait.TAKES_AWAY] = ""
    if Trait.TAKES_AWAY in traits or _SENDING & traits.keys():
        traits[Trait.ACTS] = ""
    return traits


def is_inside(domain: str, context: Context) -> bool:
    """Whether ``domain`` is the organisation's, or below one that is."""
    return any(domain == own or domain.endswith(f".{own}") for own in context.domains)


def _sending(rule: Rule, context: Context) -> Traits:
    outside = [one for one in rule.targets if one.address and not is_inside(one.domain, context)]
    tickets = [one for one in outside if _own_tickets(one.domain, context)]
    strangers = [one for one in outside if one not in tickets]
    found: dict[Trait, list[Recipient] | list[str]] = {
        Trait.SENDS_OUTSIDE: strangers,
        Trait.FREE_MAIL: [one for one in strangers if _free(one.domain)],
        Trait.LOOKS_LIKE_US: [one for one in strangers if _lookalike(one.domain, context)],
        Trait.OWN_TICKETS: tickets,
        Trait.TEXTS: list(rule.send_text_message_notification_to),
        Trait.SENDS_INSIDE: [one for one in rule.targets if one not in outside],
    }
    return {trait: shown(map(str, ones)) for trait, ones in found.items() if ones}


def _removing(rule: Rule) -> Traits:
    traits: Traits = {}
    folder = kind_of(rule.move_to_folder) if rule.move_to_folder else Folder.INBOX
    if rule.delete_message or rule.soft_delete_message or rule.permanent_delete or folder is Folder.DELETED:
        traits[Trait.DELETES] = ""
    if rule.permanent_delete:
        traits[Trait.FOR_GOOD] = ""
    if folder in _MOVES:
        leaf = (parts(rule.move_to_folder) or [rule.move_to_folder])[-1]
        blank = folder is Folder.OWN and says_nothing(leaf)
        traits[Trait.BLANK_FOLDER if blank else _MOVES[folder]] = shown([rule.move_to_folder])
    if rule.mark_as_read:
        traits[Trait.READS] = ""
    return traits


def _labels(domains: Iterable[str]) -> set[str]:
    """The name within each domain: ``contoso`` of ``contoso.com`` and of ``contoso.co.uk``."""
    return {label for domain in domains if (label := _label(domain))}


def _label(domain: str) -> str:
    labels = domain.split(".")
    at = -3 if len(labels) > 2 and len(labels[-2]) <= 3 and len(labels[-1]) == 2 else -2
    return labels[at] if len(labels) >= -at else ""


def _own_tickets(domain: str, context: Context) -> bool:
    name, _, service = domain.partition(".")
    ours = {name, name.partition("-")[0], name.rpartition("-")[2]} & _labels(context.domains)
    return service in TICKET_SYSTEMS and bool(ours)


def _free(domain: str) -> bool:
    return domain in FREE_MAIL or _label(domain) in {"yahoo", "hotmail", "outlook", "live", "gmx", "yandex"}


def _lookalike(domain: str, context: Context) -> bool:
    theirs = _label(domain)
    return any(
        len(own) >= _LONG_ENOUGH and theirs and (own in plain(domain) or _apart(own, theirs) <= _CLOSE)
        for own in _labels(context.domains)
    )


def _apart(one: str, other: str) -> int:
    """How many letters have to be changed, put in or left out to make ``one`` of ``other``."""
    if abs(len(one) - len(other)) > _CLOSE:
        return _CLOSE + 1
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for to, twin in enumerate(other, 1):
            before, row[to] = row[to], min(row[to] + 1, row[to - 1] + 1, before + (letter != twin))
    return row[-1]
