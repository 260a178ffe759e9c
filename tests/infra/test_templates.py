"""The templates fit together: names, parameters, outputs, modules, and the files that they read."""

import json
import re

import pytest

from local.deployment import INFRA
from tests.infra.bicep import TEMPLATES, Template, Tree, modules, template

# https://learn.microsoft.com/azure/azure-resource-manager/bicep/bicep-functions
FUNCTIONS = {
    "concat",
    "contains",
    "empty",
    "environment",
    "filter",
    "flatten",
    "guid",
    "items",
    "join",
    "listKeys",
    "loadJsonContent",
    "map",
    "resourceGroup",
    "string",
    "subscription",
    "subscriptionResourceId",
    "tenant",
    "toLower",
    "toObject",
    "union",
    "uniqueString",
}
KEYWORDS = {
    "array", "bool", "existing", "extension", "false", "for", "if", "in", "int", "microsoftGraphV1", "module", "object",
    "output", "param", "resource", "string", "targetScope", "true", "var",
}  # fmt: skip
VERSION = re.compile(r"v1\.0|20\d\d-\d\d-\d\d(-preview)?")

each = pytest.mark.parametrize("one", TEMPLATES, ids=lambda one: one.path.name)
each_module = pytest.mark.parametrize(
    ("user", "name", "used", "given"), [*modules()], ids=lambda value: value if isinstance(value, str) else ""
)


@each
def test_a_template_is_bicep(one: Template) -> None:
    assert one.part("resources") or one.part("modules")


@each
def test_every_parameter_says_what_it_is_and_is_used(one: Template) -> None:
    for name, parameter in one.part("parameters").items():
        assert "description" in {decorator["type"] for decorator in parameter["decorators"]}, name
        assert len(re.findall(rf"(?<![\w.']){name}\b", one.code)) > 1, name


@each
def test_every_name_that_is_used_is_declared(one: Template) -> None:
    assert one.named - one.declared - FUNCTIONS - KEYWORDS == set()


@each
def test_every_variable_is_used(one: Template) -> None:
    for name in one.part("variables"):
        assert len(re.findall(rf"(?<![\w.']){name}\b", one.code)) > 1, name


@each
def test_every_resource_has_a_type_with_a_version(one: Template) -> None:
    for resource in one.part("resources").values():
        assert re.fullmatch(r"[Mm]icrosoft\.\w+(/\w+)+", resource["type"])
        assert VERSION.fullmatch(resource["api_version"])


@each
def test_what_it_reads_of_a_file_is_in_the_file(one: Template) -> None:
    for name, file in re.findall(r"var (\w+) = loadJsonContent\('([^']+)'\)", one.text):
        assert one.members(name) <= json.loads((INFRA / file).read_text()).keys()


@each_module
def test_a_module_is_given_what_it_asks_for_and_nothing_else(
    user: Template, name: str, used: Template, given: Tree
) -> None:
    assert used.path.exists()
    assert used.required <= given.keys() <= used.part("parameters").keys()
    assert user.outputs_asked_of(name) <= used.part("outputs").keys()


def test_every_output_of_a_module_is_used() -> None:
    for user, name, used, _ in modules():
        assert user.outputs_asked_of(name) == used.part("outputs").keys()


def test_the_parameter_file_names_parameters_of_the_template() -> None:
    written = re.findall(r"(?m)^param (\w+) =", (INFRA / "main.bicepparam").read_text())
    assert template("main").required <= set(written) <= template("main").part("parameters").keys()


def test_a_new_deployment_reports_only() -> None:
    assert template("main").part("parameters")["mode"]["default"] == "report-only"
    assert "readEnvironmentVariable('REGAIN_MODE', 'report-only')" in (INFRA / "main.bicepparam").read_text()


def test_storage_takes_no_key_and_shows_nothing_to_the_public() -> None:
    properties = template("storage").config("account")["properties"]
    assert properties.items() >= {
        ("allowBlobPublicAccess", False),
        ("allowSharedKeyAccess", False),
        ("minimumTlsVersion", "TLS1_2"),
        ("supportsHttpsTrafficOnly", True),
    }


def test_the_app_is_reached_by_https_and_deployed_to_without_a_password() -> None:
    app = template("app")
    site = app.config("site")["properties"]
    assert site["httpsOnly"] is True
    assert site["siteConfig"].items() >= {
        ("ftpsState", "Disabled"),
        ("minTlsVersion", "1.2"),
        ("scmMinTlsVersion", "1.2"),
    }
    assert site["functionAppConfig"]["runtime"] == {"name": "python", "version": "3.13"}
    assert app.config("passwords")["properties"] == {"allow": False}


def test_whoever_has_not_signed_in_is_turned_away_but_at_the_doors() -> None:
    validation = template("app").config("authentication")["properties"]["globalValidation"]
    assert (validation["requireAuthentication"], validation["unauthenticatedClientAction"]) == (True, "Return401")
    assert "excludedPaths: registry.openPaths" in template("app").text


@pytest.mark.parametrize(
    ("resource", "listed"),
    [("queues", "registry.queues"), ("tables", "registry.tables"), ("containers", "concat(registry.containers")],
)
def test_all_state_that_the_code_has_is_declared(resource: str, listed: str) -> None:
    declaration = template("storage").text.partition(f"resource {resource} ")[2]
    assert re.match(rf"[^\[]*\[\s*for \w+ in {re.escape(listed)}", declaration)
