"""Who gets in: the roles that the app asks for are the roles that people can hold, and the doors are where they are."""

import json
import re

import pytest

from functions.principal import RESPONDER
from local.child import ROOT
from local.deployment import INFRA
from local.doors import Door, doors
from tests.infra.bicep import template

REGISTRY = json.loads((INFRA / "registry.json").read_text())
OPEN = set(REGISTRY["openPaths"])


def test_the_app_registration_has_a_role_to_read_and_the_one_that_decisions_ask_for() -> None:
    roles = {role["value"]: role for role in template("sign-in").config("registration")["appRoles"]}
    assert roles.keys() == {"Reader", RESPONDER}
    assert roles[RESPONDER]["allowedMemberTypes"] == ["User"]


def test_nobody_gets_a_token_who_holds_no_role() -> None:
    assert template("sign-in").config("application")["appRoleAssignmentRequired"] is True


def test_an_application_can_be_told_from_a_person() -> None:
    claims = template("sign-in").config("registration")["optionalClaims"]["accessToken"]
    assert "idtyp" in {claim["name"] for claim in claims}


def test_no_secret_is_kept_for_the_sign_in() -> None:
    settings = template("app").part("variables")
    assert settings["assertion"]["value"] in settings["settings"]["value"]
    assert not re.search(r"(?i)passwordCredentials|clientSecret:", template("sign-in").text)


@pytest.mark.parametrize("door", doors(ROOT), ids=lambda door: door.function)
def test_what_changes_something_takes_a_key_or_a_person_who_has_signed_in(door: Door) -> None:
    is_open = f"/api/{door.route}" in OPEN
    assert not (is_open and door.person)
    assert not (is_open and door.keyless and "POST" in door.methods)


def test_every_door_of_alerts_is_open_to_callers_that_cannot_sign_in() -> None:
    assert {f"/api/{one.route}" for one in doors(ROOT) if one.route.startswith("alerts/")} <= OPEN


def test_the_alert_rule_knocks_at_a_door_that_there_is() -> None:
    text = template("alerts").text
    knocks = {(one.function, f"/api/{one.route}?code=") for one in doors(ROOT) if f"'{one.function}'" in text}
    assert [path for _, path in knocks if path in text]


def test_the_alert_says_whose_account_it_is() -> None:
    assert {"UserId", "UserPrincipalName"} <= set(template("alerts").part("variables")["dimensions"]["value"])
