"""The app's HTTP functions, read from its source: who wants to call them should not have to run them."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Door:
    """``function`` is the name that keys go by, ``route`` what follows ``/api/``; ``keyless`` it is open to all."""

    function: str
    route: str
    methods: tuple[str, ...]
    keyless: bool = False

    @property
    def person(self) -> bool:
        """Whether it needs a person who is signed in: so does what changes something and asks for no key."""
        return self.keyless and "GET" not in self.methods


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
                        given = {keyword.arg: keyword.value for keyword in keywords}
                        yield Door(function.name, route, _methods(given), _keyless(given))


def _methods(given: dict[str | None, ast.expr]) -> tuple[str, ...]:
    return tuple(ast.literal_eval(given["methods"])) if "methods" in given else ("GET", "POST")


def _keyless(given: dict[str | None, ast.expr]) -> bool:
    match given.get("auth_level"):
        case ast.Attribute(attr="ANONYMOUS"):
            return True
        case _:
            return False
