"""The policy that says which alerts start a response."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from shared.alerts.detections import DETECTIONS, Least
from shared.alerts.starting import StartingPolicy

LEVELS = ("none", "low", "medium", "high", "unknown", "hidden", "")


@pytest.mark.parametrize(
    ("least", "enough"),
    [
        (Least.ANY, set(LEVELS)),
        (Least.LOW, {"low", "medium", "high"}),
        (Least.MEDIUM, {"medium", "high"}),
        (Least.HIGH, {"high"}),
        (Least.NEVER, set[str]()),
    ],
)
def test_a_level_is_reached_by_itself_and_what_is_above(least: Least, enough: set[str]) -> None:
    assert {level for level in LEVELS if least.reached_by(level)} == enough


@pytest.mark.parametrize(
    ("risk_type", "least"),
    [
        ("adminConfirmedUserCompromised", Least.ANY),
        ("leakedCredentials", Least.MEDIUM),
        ("attackerinTheMiddle", Least.MEDIUM),
        ("AttackerInTheMiddle", Least.MEDIUM),
        ("nationStateIP", Least.MEDIUM),
        ("passwordSpray", Least.MEDIUM),
        ("suspiciousInboxForwarding", Least.MEDIUM),
        ("mcasSuspiciousInboxManipulationRules", Least.MEDIUM),
        ("suspiciousSendingPatterns", Least.MEDIUM),
        ("userReportedSuspiciousActivity", Least.HIGH),
        ("anomalousToken", Least.HIGH),
        ("attemptedPrtAccess", Least.HIGH),
        ("tokenIssuerAnomaly", Least.NEVER),
        ("unlikelyTravel", Least.HIGH),
        ("generic", Least.HIGH),
        ("riskyUser", Least.HIGH),
        ("aKindThatIsNewThisYear", Least.HIGH),
    ],
)
def test_the_defaults_start_what_can_hardly_be_a_false_alarm(risk_type: str, least: Least) -> None:
    assert StartingPolicy().least(risk_type) is least


def test_a_deployment_changes_kind_by_kind_and_keeps_the_other_defaults() -> None:
    policy = StartingPolicy.model_validate_json(
        '{"levels": {"unlikelyTravel": "medium", "aNewKind": "never"}, "default_level": "low", "max_age": "P3D"}'
    )
    assert policy.least("UnlikelyTravel") is Least.MEDIUM
    assert policy.least("anewkind") is Least.NEVER
    assert policy.least("leakedCredentials") is Least.MEDIUM
    assert policy.least("another") is Least.LOW
    assert policy.max_age == timedelta(days=3)


@pytest.mark.parametrize(
    "text",
    [
        '{"levels": {"unlikelyTravel": "sometimes"}}',
        '{"levels": ["unlikelyTravel"]}',
        '{"level": {}}',
        '{"max_age": 0}',
        '{"max_age": "soon"}',
        '{"default_level": null}',
    ],
)
def test_a_policy_that_cannot_be_meant_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        StartingPolicy.model_validate_json(text)


def test_each_kind_is_found_under_its_own_name_and_is_called_something() -> None:
    for name, detection in DETECTIONS.items():
        assert name == detection.type.casefold()
        assert detection.label[0].isupper()
        assert detection.note == "" or detection.note.endswith(".")
