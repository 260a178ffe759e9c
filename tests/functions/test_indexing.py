"""Every function is found by Microsoft's worker library: one that is not registered is silently absent in Azure."""

import ast
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

import functions
from functions import wiring
from local.child import ROOT

FUNCTIONS = Path(functions.__file__).parent
FOLDERS = sorted(path.parent.name for path in FUNCTIONS.glob("*/__init__.py"))
FILES = sorted(path for path in FUNCTIONS.glob("*/*.py") if path.name != "__init__.py")
OPEN_TO_ANYBODY = {"health"}
DECISIONS = {"approve", "retry", "cancel", "release", "restore", "close", "tick", "set_mode", "temporary_access_pass"}

_IS_LOADED = """
import sys
import function_app
from shared.settings import Settings
from shared.state.storage import Storage

Storage.from_settings(Settings(tenant_id="any", AzureWebJobsStorage="UseDevelopmentStorage=true"))
sys.exit(f"{sys.argv[1]} is loaded" if sys.argv[1] in sys.modules else 0)
"""

Trigger = dict[str, Any]


@pytest_asyncio.fixture(scope="module")
async def indexed() -> dict[str, Trigger]:
    """The trigger of each function, by its name."""
    command = (sys.executable, "-m", "tests.functions.indexing")
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    output, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    return dict(json.loads(output))


@pytest.mark.parametrize("slow", ["jinja2", "azure.storage.blob"])
async def test_no_function_waits_for_what_only_a_report_needs(slow: str) -> None:
    """Loaded with the app, it would make every cold start slower."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", _IS_LOADED, slow, cwd=ROOT)
    assert await asyncio.wait_for(process.wait(), 60) == 0


def _kind(indexed: dict[str, Trigger], kind: str) -> dict[str, Trigger]:
    return {name: trigger for name, trigger in indexed.items() if trigger["type"] == kind}


def _written_in(path: Path) -> set[str]:
    """The names of the functions that a file decorates with its blueprint, or the one of its step."""
    functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.AsyncFunctionDef)]
    decorated = {one.name for one in functions if any("blueprint." in ast.unparse(d) for d in one.decorator_list)}
    return decorated or {path.stem}


def test_there_are_doors_steps_operations_and_timers() -> None:
    assert {"intake", "operate", "steps", "upkeep"} <= set(FOLDERS)
    assert len(FILES) >= 13


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_file_writes_is_indexed_under_its_own_name(indexed: dict[str, Trigger], path: Path) -> None:
    assert _written_in(path) <= indexed.keys()


def test_nothing_else_is_indexed(indexed: dict[str, Trigger]) -> None:
    assert set().union(*map(_written_in, FILES)) == indexed.keys()


def test_every_file_of_every_folder_brings_one_blueprint() -> None:
    walked = [Path(str(module.__file__)) for folder in FOLDERS for module in wiring.modules(folder)]
    assert sorted(walked) == FILES
    assert len(wiring.blueprints()) == len(FILES)


def test_every_step_and_the_deliveries_listen_to_the_queue_that_is_named_like_them(indexed: dict[str, Trigger]) -> None:
    listening = {
        name: (trigger["queueName"], trigger["connection"]) for name, trigger in _kind(indexed, "queueTrigger").items()
    }
    queues = [*wiring.playbook(), "deliveries"]
    assert listening == {name.replace("-", "_"): (name, "AzureWebJobsStorage") for name in queues}


def test_every_door_and_operation_has_its_route(indexed: dict[str, Trigger]) -> None:
    routes = {
        name: f"{','.join(trigger['methods'])} {trigger['route']}"
        for name, trigger in _kind(indexed, "httpTrigger").items()
    }
    assert routes.items() >= {
        ("alerts_azure_monitor", "POST alerts/azure-monitor"),
        ("alerts_defender", "POST alerts/defender"),
        ("alerts_entra", "POST alerts/entra"),
        ("alerts_graph", "POST alerts/graph"),
        ("alerts_sentinel", "POST alerts/sentinel"),
        ("open_incident", "POST incidents"),
        ("incidents", "GET incidents"),
        ("incident", "GET incidents/{id}"),
        ("incident_report", "GET incidents/{id}/report"),
        ("steps", "GET steps"),
        ("health", "GET health"),
    }
    assert len(set(routes.values())) == len(routes), "two functions answer to one route"


def test_every_http_function_wants_a_key_but_health_and_what_takes_a_person(indexed: dict[str, Trigger]) -> None:
    levels = {name: trigger["authLevel"].upper() for name, trigger in _kind(indexed, "httpTrigger").items()}
    assert {name for name, level in levels.items() if level == "ANONYMOUS"} == OPEN_TO_ANYBODY | DECISIONS
    assert {level for name, level in levels.items() if name not in OPEN_TO_ANYBODY | DECISIONS} == {"FUNCTION"}


def test_the_sweep_runs_every_minute(indexed: dict[str, Trigger]) -> None:
    timers = {name: trigger["schedule"] for name, trigger in _kind(indexed, "timerTrigger").items()}
    assert timers["sweep"] == "0 * * * * *"
