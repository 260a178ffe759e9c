"""The templates in infra/, parsed, as far as tests ask.

There is no Bicep compiler here: pycep reads the grammar, the rest is looked up in the text. What a template means to
Azure is for the compiler to say, in .github/workflows/infra.yml.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from local.deployment import INFRA

pycep = pytest.importorskip("pycep", reason="pycep-parser is not installed")

Tree = dict[str, Any]

_COMMENT_OR_STRING = re.compile(r"//[^\n]*|'(?P<text>(?:\\.|[^'\\])*)'")
_INSERTED = re.compile(r"\$\{([^}]*)\}")
_NAME = re.compile(r"(?<![\w.'@])([A-Za-z_]\w*)")
_KEY = re.compile(r"(?m)(?:^|[{,(\[])\s*(\w+)\s*:(?!:)")
_LOOP = re.compile(r"\bfor\s+(\w+)\s+in\b|\b(\w+)\s*=>")


@dataclass(frozen=True)
class Template:
    """One .bicep file."""

    path: Path

    @cached_property
    def text(self) -> str:
        """The file."""
        return self.path.read_text()

    @cached_property
    def tree(self) -> Tree:
        """As pycep parses it. Raises its errors."""
        return dict(pycep.BicepParser().parse(text=self.text))

    def part(self, name: str) -> Tree:
        """``parameters``, ``variables``, ``resources``, ``modules`` or ``outputs``, by name."""
        return dict(self.tree.get(name, {}))

    @cached_property
    def required(self) -> set[str]:
        """The parameters without a default."""
        return {name for name, one in self.part("parameters").items() if one["default"] is None}

    @cached_property
    def code(self) -> str:
        """The text without comments and strings; what is inserted into strings stays."""
        return _COMMENT_OR_STRING.sub(lambda match: " ".join(_INSERTED.findall(match["text"] or "")), self.text)

    @cached_property
    def named(self) -> set[str]:
        """Every name that an expression uses: not the keys of objects, not what follows a dot."""
        without_keys = _KEY.sub(lambda match: match[0].replace(match[1], ""), self.code)
        return set(_NAME.findall(without_keys))

    @cached_property
    def declared(self) -> set[str]:
        """Every name that the file makes."""
        made = {
            name for part in ("parameters", "variables", "resources", "modules", "outputs") for name in self.part(part)
        }
        return made | {one or other for one, other in _LOOP.findall(self.code)}

    def members(self, of: str) -> set[str]:
        """What is asked of a name: ``x`` for ``of.x``."""
        return set(re.findall(rf"(?<![\w.]){of}\.(\w+)", self.code))

    def outputs_asked_of(self, module: str) -> set[str]:
        """The outputs of one of its modules that it uses."""
        return set(re.findall(rf"(?<![\w.]){module}\.outputs\.(\w+)", self.code))

    def config(self, resource: str) -> Tree:
        """What one of its resources is set to, whether there is one of it, many, or only some day."""
        config = self.part("resources")[resource]["config"]
        while "config" in config and ("loop_type" in config or "condition" in config):
            config = config["config"]
        return dict(config)


TEMPLATES = [Template(path) for path in sorted(INFRA.glob("*.bicep"))]


def template(name: str) -> Template:
    """infra/<name>.bicep."""
    return Template(INFRA / f"{name}.bicep")


def modules() -> Iterator[tuple[Template, str, Template, Tree]]:
    """Each module: who uses it, under which name, what it is, what it is given."""
    for one in TEMPLATES:
        for name, module in one.part("modules").items():
            config = module["config"]
            given = config.get("config", config)
            yield one, name, Template(one.path.parent / module["detail"]["path"]), dict(given["params"])
