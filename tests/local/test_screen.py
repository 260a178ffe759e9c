"""What the demo looks like in a terminal."""

from datetime import UTC, datetime
from typing import Any

from rich.console import Console

from local.demo.screen import chain
from shared.playbook.views import ChangeView, IncidentView, StepView

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def _step(name: str, *changes: ChangeView) -> StepView:
    shown: dict[str, Any] = {"name": name, "status": "done", "reason": "word " * 100, "finished_at": NOW}
    return StepView.model_construct(**shown, changes=changes)


def test_the_chain_has_a_line_per_step_so_that_it_fits_an_old_terminal() -> None:
    rule: dict[str, Any] = {"action": "disable inbox rule", "resource": "15394007230974001153"}
    steps = (*(_step(f"step-{n}") for n in range(17)), _step("last", *[ChangeView.model_construct(**rule)] * 9))
    shown: dict[str, Any] = {"id": "0" * 32, "status": "secured", "opened_at": NOW, "contained_at": NOW, "steps": steps}
    console = Console(width=80, height=24)
    with console.capture() as printed:
        console.print(chain(IncidentView.model_construct(**shown)))
    lines = printed.get().splitlines()
    assert len(lines) == 20
    assert "disable inbox rule 15394007230974001153" in lines[-1]
    assert lines[-1].rstrip().endswith("…")
