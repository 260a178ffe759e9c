"""Node is the one on the path where that runs and is new enough, else the one beside our Python."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from local.setup.node import Node, find_node

SAYS = "echo '{} /real/bin/node'"
REFUSES = "echo 'version not installed' >&2; exit 127"

Have = Callable[[str, str], None]


@pytest.fixture
def have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Have:
    """Puts a program on the path, or beside our Python: a machine where only these are installed."""
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv" / "python"))

    def put(where: str, does: str) -> None:
        program = tmp_path / where
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)

    return put


ON_PATH, BESIDE = (
    {"path/node": SAYS.format("22.3.0"), "path/npm": ":"},
    {
        "venv/node": SAYS.format("24.1.0"),
        "venv/npm": ":",
    },
)
CASES: dict[str, tuple[dict[str, str], str | None]] = {
    "on the path": (ON_PATH | BESIDE, "path/npm"),
    "too old on the path": (ON_PATH | BESIDE | {"path/node": SAYS.format("20.20.2")}, "venv/npm"),
    "a shim on the path that refuses": (ON_PATH | BESIDE | {"path/node": REFUSES}, "venv/npm"),
    "no npm on the path": ({"path/node": SAYS.format("22.3.0")} | BESIDE, "venv/npm"),
    "an npm on the path that refuses": (ON_PATH | BESIDE | {"path/npm": REFUSES}, "venv/npm"),
    "none on the path": (BESIDE, "venv/npm"),
    "none at all": ({}, None),
    "only an old one": ({**ON_PATH, "path/node": SAYS.format("9.11.2")}, None),
}


@pytest.mark.parametrize(("programs", "npm"), CASES.values(), ids=CASES)
async def test_it_is(have: Have, tmp_path: Path, programs: dict[str, str], npm: str | None) -> None:
    for where, does in programs.items():
        have(where, does)
    found = await find_node()
    assert found == (Node(Path("/real/bin/node"), tmp_path / npm) if npm else None)
