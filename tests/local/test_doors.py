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
"""


def test_every_function_with_a_route_is_a_door(tmp_path: Path) -> None:
    (tmp_path / "functions" / "intake").mkdir(parents=True)
    (tmp_path / "function_app.py").write_text(APP)
    (tmp_path / "functions" / "intake" / "two.py").write_text(FILE)
    assert doors(tmp_path) == (
        Door("first", "one", ("POST",)),
        Door("second", "two/{id}", ("GET", "POST")),
        Door("third", "two/{id}", ("PUT", "PATCH")),
    )
