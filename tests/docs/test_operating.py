"""The pages for whoever deploys and runs it: their commands, parameters and reasons are those of the code."""

import re
from pathlib import Path

import pytest

from local.child import ROOT
from local.deployment import INFRA
from local.docs import DOCS
from local.doors import doors

PAGES = [DOCS / name for name in ("deploy.md", "runbook.md", "security.md", "permissions.md")]
SOURCES = "\n".join(path.read_text() for folder in ("functions", "shared") for path in (ROOT / folder).rglob("*.py"))
FROM_SHELL = {"AZURE_RESOURCE_GROUP", "FUNCTION_APP", "FUNCTION_URL", "IDENTITY_CLIENT_ID", "IDENTITY_OBJECT_ID"}

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def _parameters(template: str) -> set[str]:
    return set(re.findall(r"(?m)^param (\w+) ", (INFRA / f"{template}.bicep").read_text()))


def _reasons() -> list[str]:
    table = (DOCS / "runbook.md").read_text().partition("| reason contains |")[2]
    return re.findall(r"(?m)^\| `([^`]+)` \|", table.partition("\n\n")[0])


@each_page
def test_a_deployment_is_given_parameters_that_its_template_has(page: Path) -> None:
    for command in re.findall(r"az deployment group create(.*?)(?=\n\n|\n```|\naz )", page.read_text(), re.DOTALL):
        template = re.search(r"infra/([\w-]+)\.bicep", command)
        assert template
        given = set(re.findall(r"(?<=\s)(\w+)=(?=[\"\[])", command))
        assert given
        assert given <= _parameters(template[1])


@each_page
def test_a_key_is_that_of_a_function(page: Path) -> None:
    text = page.read_text()
    named = {*re.findall(r"\$\(key (\w+)\)", text), *re.findall(r"(?m)^look (\w+)|--function-name (\w+)", text)}
    functions = {one if isinstance(one, str) else one[0] or one[1] for one in named}
    assert functions <= {door.function for door in doors(ROOT)}


def test_what_is_looked_at_and_decided_has_a_route() -> None:
    text = (DOCS / "runbook.md").read_text()
    routes = [re.compile(re.sub(r"\{\w+\}", r"[^/]+", door.route)) for door in doors(ROOT)]
    asked = re.findall(r"(?m)(?:^|`)(?:look \w+|decide) \"?([\w/$]+)", text)
    assert asked
    for path in asked:
        assert any(route.fullmatch(path) for route in routes), path


@each_page
def test_what_the_shell_is_told_by_the_deployment_it_tells(page: Path) -> None:
    outputs = set(re.findall(r"(?m)^output (\w+) ", (INFRA / "main.bicep").read_text()))
    assert outputs >= FROM_SHELL
    used = set(re.findall(r"\$\{?([A-Z]+_[A-Z_]+)", page.read_text()))
    assert used <= outputs | {"SIGN_IN_SCOPE"}


@pytest.mark.parametrize("reason", _reasons())
def test_a_reason_in_the_runbook_is_one_that_the_code_gives(reason: str) -> None:
    assert reason in SOURCES


def test_there_are_reasons() -> None:
    assert len(_reasons()) > 10


def test_the_table_of_parameters_is_that_of_the_template() -> None:
    table = (DOCS / "deploy.md").read_text().partition("| parameter | default | means |")[2].partition("\n\n")[0]
    told = dict(re.findall(r"(?m)^\| `(\w+)` \| `?([^`|]*?)`? \|", table))
    text = (INFRA / "main.bicep").read_text()
    declared = dict(re.findall(r"(?m)^param (\w+) \w+ = '?([^'\n]*)'?$", text))
    left = {"signInClientId"}  # part 2 of the page
    assert told == {name: default for name, default in declared.items() if name not in left}
