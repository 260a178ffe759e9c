"""``make read-alerts``: every file of a folder is read, whatever is in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from shared.alerts.__main__ import main

from . import payloads as made
from .payloads import ADA, ADA_ID, ADA_SID
from .records import detection


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    bodies = {
        "a.json": made.defender_alert(),
        "b.json": {"value": [detection(), detection(riskState="dismissed")]},
        "c.json": {"hello": "world"},
    }
    for name, body in bodies.items():
        (tmp_path / name).write_text(json.dumps(body))
    (tmp_path / "d.json").write_text("{")
    (tmp_path / "README.md").write_text("no payload")
    (tmp_path / "inner").mkdir()
    return tmp_path


def _printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main([str(folder)]) == 0
    return list(json.loads(capsys.readouterr().out))


def test_each_file_is_told_with_its_kind_and_its_alerts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed = _printed(folder, capsys)
    assert [(one["file"], one["kind"], len(one["alerts"])) for one in printed] == [
        ("a.json", "defender", 1),
        ("b.json", "entra", 2),
        ("c.json", "unknown", 0),
        ("d.json", "unknown", 0),
    ]
    assert printed[0]["alerts"] == [
        {
            "id": "ad9f27c1e35b8840aa7713d2c6f5",
            "title": "Leaked credentials",
            "severity": "high",
            "accounts": [{"id": ADA_ID, "name": ADA, "sid": ADA_SID}],
            "starts": True,
            "reason": "",
        }
    ]
    assert [one["starts"] for one in printed[1]["alerts"]] == [True, False]
    assert printed[2]["reason"] == printed[3]["reason"] == "It is like nothing that an alert source sends."


def test_the_policy_of_the_deployment_can_be_tried(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGAIN_STARTING", '{"titles": {"leaked": "never"}}')
    assert not _printed(folder, capsys)[0]["alerts"][0]["starts"]


@pytest.mark.parametrize("arguments", [[], [""], ["/no/such/folder"], ["a", "b"]])
def test_what_is_no_folder_is_told(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "DIR=folder" in capsys.readouterr().err


def test_what_is_no_policy_is_told_and_not_repeated(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REGAIN_STARTING", '{"titles": "s3cret"}')
    assert main([str(folder)]) == 2
    assert "s3cret" not in capsys.readouterr().err
