"""`make -s judge-rules`, the judgement for anybody's own export."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .cases import CONTEXT

ROOT = Path(__file__).parents[2]
MAKE = ("make", "-s", "judge-rules")
PYTHON = (sys.executable, "-m", "shared.rules")

BAD = {"Name": ".", "RuleIdentity": 15394007230974001153, "RedirectTo": ["x@attacker.example"]}
GOOD = {"Name": "Newsletters", "SubjectContainsWords": ["newsletter"], "MoveToFolder": "Newsletters"}


def run(command: tuple[str, ...], body: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, input=body, capture_output=True, cwd=ROOT, check=False, timeout=60)


def test_make_prints_one_verdict_for_each_rule_and_nothing_else() -> None:
    given = [{"id": "one", "context": CONTEXT, "rule": BAD}, {"id": 2, "context": CONTEXT, "rule": GOOD}]
    done = run(MAKE, json.dumps(given).encode())
    assert done.returncode == 0
    assert done.stderr == b""
    first, second = json.loads(done.stdout)
    assert list(first) == ["id", "suspicious", "score", "reasons"]
    assert (first["id"], first["suspicious"]) == ("one", True)
    assert 'It sends mail outside the organisation: "x@attacker.example".' in first["reasons"]
    assert (second["id"], second["suspicious"], second["score"]) == (2, False, 0)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_an_export_of_plain_rules_is_read_in_every_encoding_of_powershell(encoding: str) -> None:
    done = run(PYTHON, json.dumps({"value": [BAD, GOOD]}).encode(encoding))
    verdicts = json.loads(done.stdout)
    assert [one["suspicious"] for one in verdicts] == [True, False]
    assert verdicts[0]["id"] == 15394007230974001153


def test_what_is_no_rule_gets_an_entry_too() -> None:
    done = run(PYTHON, json.dumps([None, 5, {"id": "x", "rule": "text"}, {}]).encode())
    assert done.returncode == 0
    verdicts = json.loads(done.stdout)
    assert len(verdicts) == 4
    assert not any(one["suspicious"] for one in verdicts)
    assert verdicts[2]["id"] == "x"
    assert verdicts[2]["reasons"]


@pytest.mark.parametrize("body", [b"", b"no json", b'{"rules": []}', b"5", b"\xff\xfe\x00", b"[" * 100_000])
def test_bad_input_is_answered_with_one_sentence_and_exit_2(body: bytes) -> None:
    done = run(PYTHON, body)
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.startswith(b"This is not ")
    assert done.stderr.count(b"\n") == 1
