"""How well the judgement tells attackers' rules from their owners', on rules that were labelled by hand.

``known.jsonl`` was at hand while the weights were chosen. ``unseen.jsonl`` and ``unseen-2.jsonl`` were each written
afterwards, without running the judgement on them, to see whether the weights fit more than what they were chosen on.
What it missed in them at the first run was then seen to: a new file is the way to measure again.
"""

import pytest

from .cases import Case, cases

FILES = ("known.jsonl", "unseen.jsonl", "unseen-2.jsonl")
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")
ENOUGH = 0.95


def wrong(found: list[Case]) -> list[str]:
    return [f"{case.language}: {case.why} {case.verdict}" for case in found]


@pytest.mark.parametrize("name", FILES)
def test_nearly_every_attackers_rule_is_found(name: str) -> None:
    bad = [case for case in cases(name) if case.bad]
    missed = [case for case in bad if not case.verdict.suspicious]
    assert 1 - len(missed) / len(bad) > ENOUGH, wrong(missed)


@pytest.mark.parametrize("name", FILES)
def test_nearly_everything_found_is_an_attackers_rule(name: str) -> None:
    found = [case for case in cases(name) if case.verdict.suspicious]
    harmless = [case for case in found if not case.bad]
    assert 1 - len(harmless) / len(found) > ENOUGH, wrong(harmless)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_rules_of_both_kinds(language: str) -> None:
    kinds = [case.bad for name in FILES for case in cases(name) if case.language == language]
    assert kinds.count(True) >= 5
    assert kinds.count(False) >= 5


def test_every_suspicious_rule_has_reasons_that_a_person_can_read() -> None:
    for case in (case for name in FILES for case in cases(name)):
        verdict = case.verdict
        assert bool(verdict.reasons) or verdict.score == 0
        for reason in verdict.reasons:
            assert reason[0].isupper()
            assert reason.endswith(".")
            assert "{" not in reason
