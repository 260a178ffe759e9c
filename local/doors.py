"""The app's HTTP functions, read from its source: who wants to call them should not have to run them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Door:
    """``function`` is the name that keys go by, ``route`` what follows ``/api/``."""

    function: str
    route: str
    methods: tuple[str, ...]


def doors(app: Path) -> tuple[Door, ...]:
    """Every function under ``app`` that is decorated with ``….route("route", methods=[…])``, by name."""
    files = [app / "function_app.py", *app.glob("functions/**/*.py")]
    found = (door for file in files for door in _in_file(ast.parse(file.read_text())))
    return tuple(sorted(found, key=lambda door: door.function))


def _in_file(module: ast.Module) -> Iterator[Door]:
    for function in module.body:
        if isinstance(function, ast.AsyncFunctionDef | ast.FunctionDef):
            for decorator in function.decorator_list:
                match decorator:
                    case ast.Call(ast.Attribute(attr="route"), [ast.Constant(str(route))], keywords):
                        yield Door(function.name, route, _methods(keywords))


def _methods(keywords: list[ast.keyword]) -> tuple[str, ...]:
    given = {keyword.arg: keyword.value for keyword in keywords}
    return tuple(ast.literal_eval(given["methods"])) if "methods" in given else ("GET", "POST")
