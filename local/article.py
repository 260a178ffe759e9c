"""docs/article.md: what Microsoft's article asks for, and what Regain does about it."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from shared.playbook.declaration import Declaration

DEMANDS = Path(__file__).with_suffix(".toml")

_HEAD = """# Microsoft's article, sentence by sentence

What [Responding to a compromised email account][article] asks for, in our words; the steps that do it, the calls that
they make, the tests that show it, and the tasks that a person gets where no program can do it. What is taken away is
recorded first. Tests of a step are in `tests/steps/`.

[article]: https://learn.microsoft.com/defender-office-365/responding-to-a-compromised-email-account
"""

_STEPS_HEAD = """
## The steps, and the place in the article of each

| step | carries out |
|---|---|
"""


class Demand(BaseModel):
    """One thing that the article asks for. A task is named by its step and its slug, a test by its file and name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asks: str
    note: str = ""
    steps: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    tests: tuple[str, ...]


class Part(BaseModel):
    """A heading of the article, with what stands under it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    demand: tuple[Demand, ...]


class _Article(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    part: tuple[Part, ...]


def parts() -> tuple[Part, ...]:
    """All that the article asks for, in its order. Raises pydantic's ValidationError where the file is not of that
    shape."""
    return _Article.model_validate(tomllib.loads(DEMANDS.read_text(encoding="utf-8"))).part


def article_page(declared: list[Declaration]) -> str:
    """The page, with the table of the steps that are ``declared``."""
    rows = "".join(f"| `{one.name}` | {one.article} |\n" for one in declared)
    return _HEAD + "".join(map(_part, parts())) + _STEPS_HEAD + rows


def _part(part: Part) -> str:
    return f"\n## {part.title}\n\n" + "".join(map(_demand, part.demand))


def _demand(demand: Demand) -> str:
    lines = [f"- **{demand.asks}**{f' {demand.note}' if demand.note else ''}"]
    lines += [f"  - {what}: {_list(names)}" for what, names in _answers(demand) if names]
    return "\n".join(lines) + "\n"


def _answers(demand: Demand) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("step", demand.steps),
        ("call", demand.calls),
        ("a person's task", demand.tasks),
        ("test", demand.tests),
    )


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
