"""What the templates set is what the code reads, both ways."""

import pytest

from local.docs import HOST_SETTINGS
from shared.policy import Gate
from shared.settings import Settings
from tests.infra.bicep import template

LOCAL = {"AzureWebJobsStorage"}  # a connection string, which no deployment has
BY_THE_PLATFORM = {"WEBSITE_AUTH_ENABLED"}
OUR_OWN = "REGAIN_"

READ = {str(field.validation_alias or f"{OUR_OWN}{name.upper()}") for name, field in Settings.model_fields.items()}
SET = set(template("app").part("variables")["settings"]["value"])


def test_each_setting_is_read_by_the_code_or_by_the_host_and_documented() -> None:
    assert HOST_SETTINGS.keys() == SET - READ


def test_each_setting_that_the_code_reads_is_set_or_is_policy() -> None:
    left = READ - SET - LOCAL - BY_THE_PLATFORM
    assert all(name.startswith(OUR_OWN) for name in left), "what is no policy has to be set by app.bicep"


def test_what_the_deployment_decides_no_policy_can_overrule() -> None:
    assert ", settings)" in template("app").text.partition("name: 'appsettings'")[2].partition("\n}")[0]


def test_a_policy_is_written_as_the_code_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bicep's ``string()`` writes JSON for a list or an object, and ``True`` for a Boolean."""
    written = {"TENANT_ID": "any", "TEMPORARY_ACCESS_PASS": "True", "STEPS": '{"seal":"approve"}'}
    for name, text in written.items():
        monkeypatch.setenv(f"{OUR_OWN}{name}", text)
    read = Settings()
    assert (read.temporary_access_pass, read.steps) == (True, {"seal": Gate.APPROVE})
