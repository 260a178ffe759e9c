"""The judgement of one rule: a pure function of the rule and what is known about it."""

from dataclasses import dataclass

from pydantic import ValidationError

from .aims import Traits, aims
from .described import read_description
from .effects import effects
from .looks import does_what_the_system_does, looks
from .rule import Context, Rule
from .signals import HIGHEST, SIGNALS, THRESHOLD, Signal, Trait


@dataclass(frozen=True)
class Verdict:
    """Whether a rule is suspicious; ``score`` is 0 to 100; ``reasons`` are sentences, the weightiest first."""

    suspicious: bool
    score: int
    reasons: tuple[str, ...]


def judge(rule: object, context: object = None) -> Verdict:
    """Judge ``rule``, a row of Get-InboxRule or Get-SweepRule as JSON, in its ``context`` (see ``Context``).

    Raises nothing: what cannot be read counts as not told, and what is no object at all is said to be so.
    """
    if not isinstance(rule, dict):
        return Verdict(suspicious=False, score=0, reasons=("It is not a JSON object: a person has to look at it.",))
    try:
        return verdict(
            traits(Rule.model_validate(rule), Context.model_validate(context if isinstance(context, dict) else {}))
        )
    except RecursionError:
        return Verdict(suspicious=False, score=0, reasons=("It is nested too deeply: a person has to look at it.",))
    except ValidationError as error:
        fields = ", ".join(sorted({str(one["loc"][0]) for one in error.errors() if one["loc"]}))
        return Verdict(
            suspicious=False, score=0, reasons=(f"It cannot be read ({fields}): a person has to look at it.",)
        )


def traits(rule: Rule, context: Context) -> Traits:
    """All that is true of ``rule``."""
    described = read_description(rule)
    rule = described or rule
    does = effects(rule, context)
    if does_what_the_system_does(rule, context, does):
        return {Trait.SYSTEM: ""}
    picks = aims(rule, context)
    told = {Trait.DESCRIBED: ""} if described else {}
    return does | picks | looks(rule, context, does, picks) | told


def verdict(found: Traits) -> Verdict:
    """The judgement of a rule with these traits."""
    holding = signals_in(found)
    score = min(HIGHEST, max(0, sum(signal.weight for signal in holding)))
    reasons = tuple(signal.says.format(found[signal.when[0]]) for signal in holding)
    return Verdict(suspicious=score >= THRESHOLD, score=score, reasons=reasons)


def signals_in(found: Traits) -> list[Signal]:
    """The signals that hold for a rule with these traits, the weightiest first."""
    return sorted((signal for signal in SIGNALS if _holds(signal, found)), key=lambda signal: -abs(signal.weight))


def _holds(signal: Signal, found: Traits) -> bool:
    return all(trait in found for trait in signal.when) and not any(trait in found for trait in signal.unless)
