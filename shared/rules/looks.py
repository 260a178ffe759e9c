"""How a rule is made, and what speaks for its owner."""

from datetime import timedelta

from . import subjects
from .aims import Traits, conditions, shown
from .folders import Folder
from .matching import plain
from .names import of_the_system, says_nothing
from .rule import Context, Rule
from .signals import Trait
from .subjects import kind_of, parts

_LONG_BEFORE = timedelta(days=14)
_STEM = 5


def looks(rule: Rule, context: Context, effects: Traits, aims: Traits) -> Traits:
    """The traits of ``rule`` that say nothing by themselves, but count beside its ``effects`` and ``aims``."""
    return _make(rule, context) | _everyday(rule, effects, aims) | _age(context)


def _make(rule: Rule, context: Context) -> Traits:
    name = rule.name
    found = {
        Trait.MEANINGLESS_NAME: name is not None and says_nothing(name),
        Trait.BORROWED_NAME: name is not None and of_the_system(name),
        Trait.HIDDEN: context.hidden or rule.hidden,
        Trait.STOPS: rule.stop_processing_rules,
        Trait.FIRST: rule.priority in (0, 1),
        Trait.DISABLED: rule.enabled is False,
        Trait.IN_ERROR: rule.in_error,
    }
    named = {Trait.MEANINGLESS_NAME, Trait.BORROWED_NAME}
    return {trait: shown([name or ""]) if trait in named else "" for trait, holds in found.items() if holds}


def _everyday(rule: Rule, effects: Traits, aims: Traits) -> Traits:
    traits: Traits = {}
    marks = [*rule.apply_category, *filter(None, [rule.flag_message])] + (["pinned"] if rule.pin_message else [])
    if marks:
        traits[Trait.MARKS] = shown(marks)
    kept = "only the latest" if rule.keep_latest else f"for {rule.keep_for_days} days" if rule.keep_for_days else ""
    if kept:
        traits[Trait.KEEPS] = kept
    if _fits(rule, effects, aims):
        traits[Trait.FITS] = shown([rule.move_to_folder])
    return traits


def _fits(rule: Rule, effects: Traits, aims: Traits) -> bool:
    """Whether the folder is one that a person would look for this mail in."""
    if not {Trait.MOVES, Trait.BURIES} & effects.keys():
        return False
    leaf = plain((parts(rule.move_to_folder) or [""])[-1])
    if Trait.MONEY in aims and subjects.MONEY.found([leaf]):
        return True
    senders = [text for one in rule.senders for text in (one.name, one.address)]
    text = plain(" ".join([*rule.words, *rule.from_address_contains_words, *senders]))
    return any(word[:_STEM] in text for word in leaf.split() if len(word) >= _STEM - 1)


def _age(context: Context) -> Traits:
    created, window = context.created, context.window
    if created is None or window.start is None:
        return {}
    when = f"{created:%Y-%m-%d %H:%M} UTC"
    if created >= window.start and (window.end is None or created <= window.end):
        return {Trait.IN_WINDOW: when}
    return {Trait.LONG_BEFORE: when} if window.start - created > _LONG_BEFORE else {}


def does_what_the_system_does(rule: Rule, context: Context, effects: Traits) -> bool:
    """Whether a rule with a system rule's name also does what that rule does, and nothing else.

    The junk rule moves to Junk, out-of-office rules only answer, and a delegate rule passes meeting mail on inside.
    """
    name = plain(rule.name or "")
    if not of_the_system(name) or effects.keys() & {Trait.SENDS_OUTSIDE, Trait.OWN_TICKETS, Trait.TEXTS, Trait.READS}:
        return False
    moves_to = kind_of(rule.move_to_folder) if rule.move_to_folder else None
    meetings = (
        Trait.DELETES not in effects or "calendar" in plain(rule.message_type_matches) or not _readable(rule, context)
    )
    if name.startswith("delegate"):
        return moves_to is None and meetings
    deletes = Trait.DELETES in effects or Trait.SENDS_INSIDE in effects
    if name.startswith("junk"):
        return not deletes and moves_to in (None, Folder.JUNK) and not (rule.words or rule.senders)
    return not effects


def _readable(rule: Rule, context: Context) -> bool:
    """Whether Exchange shows which mail ``rule`` picks: not so where a client made it with conditions of its own."""
    return conditions(rule, context) or bool(rule.supported_by_task)
