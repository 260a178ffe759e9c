"""Labelled rules, and what is known about all of them."""

import json
from dataclasses import dataclass
from pathlib import Path

from shared.rules.judge import Verdict, judge

type Json = dict[str, object]

CONTEXT: Json = {
    "account": "alex.wilber@contoso.com",
    "accepted_domains": ["contoso.com", "contoso.onmicrosoft.com"],
    "window": {"start": "2026-11-17T00:00:00Z", "end": "2026-11-20T08:00:00Z"},
}


@dataclass(frozen=True)
class Case:
    """One rule, whether it is an attacker's, and why it is among the others."""

    bad: bool
    language: str
    why: str
    rule: Json
    context: Json

    @property
    def verdict(self) -> Verdict:
        """What we say of it."""
        return judge(self.rule, self.context)


def cases(name: str) -> list[Case]:
    """The rules in the file ``name`` beside this one, one a line."""
    lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
    return [_case(json.loads(line)) for line in lines]


def _case(line: Json) -> Case:
    context = line.get("context")
    known = CONTEXT | {"language": line["language"]} | (context if isinstance(context, dict) else {})
    rule = line["rule"]
    assert isinstance(rule, dict)
    return Case(line["bad"] is True, str(line["language"]), str(line["why"]), rule, known)
