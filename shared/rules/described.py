"""A rule whose fields are empty, read from its description: some exports and some rules have nothing else."""

import re

from . import subjects
from .recipients import Recipient, addresses
from .rule import Rule

_QUOTED = re.compile(r"['\"«“„‘]([^'\"»”“’‘\r\n]+)['\"»”“’]")
_CLAUSES = re.compile(r"[\r\n]+|(?<=[.;])\s+|, and |\band\b(?= (?:mark|move|delete|stop|forward|redirect)\b)")


def read_description(rule: Rule) -> Rule | None:
    """``rule`` with what its description says, None where that says nothing more or its fields tell it already."""
    if rule.acts or not rule.description:
        return None
    found: dict[str, object] = {}
    words: list[str] = []
    for clause in _CLAUSES.split(rule.description):
        done = _action(clause)
        found |= done
        words += [] if done else _QUOTED.findall(clause)
    if not found:
        return None
    picked = rule.words or rule.senders or rule.from_address_contains_words
    return rule.model_copy(update=found | ({} if picked else _conditions(words)))


def _action(clause: str) -> dict[str, object]:
    text = [_QUOTED.sub("", clause)]
    done: dict[str, object] = {}
    targets = tuple(Recipient(address=one) for one in addresses(clause))
    if targets and subjects.FORWARD.found(text):
        done["redirect_to"] = targets
    if subjects.READ.found(text):
        done["mark_as_read"] = True
    folders = _QUOTED.findall(clause)
    if folders and subjects.MOVE.found(text):
        done["move_to_folder"] = folders[-1]
    elif subjects.DELETE.found(text) and not targets:
        done["delete_message"] = True
    return done


def _conditions(words: list[str]) -> dict[str, object]:
    senders = tuple(Recipient(address=one) for word in words for one in addresses(word))
    return {"senders": senders, "subject_or_body_contains_words": tuple(word for word in words if "@" not in word)}
