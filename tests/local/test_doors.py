"""HTTP functions are found in the source, without running it."""

from pathlib import Path

from local.doors import Door, doors

APP = """
import azure.functions as func

app = func.FunctionApp()

@app.route("one", methods=["POST"], auth_level=func.AuthLevel.FUNCTION)
async def first(req: func.HttpRequest) -> str: ...

@app.queue_trigger(arg_name="message", queue_name="one", connection="AzureWebJobsStorage")
async def not_a_door(message: func.QueueMessage) -> None: ...
"""

FILE = """
@blueprint.route("two/{id}")
@answers
async def second(req): ...

@blueprint.route("two/{id}", methods=["PUT", "PATCH"])
@answers
async def third(req): ...

@blueprint.route("open", methods=["GET"], auth_level=func.AuthLevel.ANONYMOUS)
async def to_read(req): ...

@blueprint.route("open", methods=["POST"], auth_level=func.AuthLevel.ANONYMOUS)
async def to_decide(req): ...
"""


def test_every_function_with_a_route_is_a_door(tmp_path: Path) -> None:
    (tmp_path / "functions" / "intake").mkdir(parents=True)
    (tmp_path / "function_app.py").write_text(APP)
    (tmp_path / "functions" / "intake" / "two.py").write_text(FILE)
    assert doors(tmp_path) == (
        Door("first", "one", ("POST",)),
        Door("second", "two/{id}", ("GET", "POST")),
        Door("third", "two/{id}", ("PUT", "PATCH")),
        Door("to_decide", "open", ("POST",), keyless=True),
        Door("to_read", "open", ("GET",), keyless=True),
    )


def test_a_door_without_a_key_that_changes_something_needs_a_person(tmp_path: Path) -> None:
    (tmp_path / "function_app.py").write_text(FILE)
    assert [door.function for door in doors(tmp_path) if door.person] == ["to_decide"]
