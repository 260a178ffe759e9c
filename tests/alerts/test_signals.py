"""What is known of an alert by its title, and from which severity it starts a response."""

import pytest

from shared.alerts.detections import Least
from shared.alerts.signals import SIGNALS, part_of, service_named, signal_of
from shared.alerts.starting import StartingPolicy


@pytest.mark.parametrize(
    ("title", "least"),
    [
        ("User restricted from sending email", Least.LOW),
        ("Suspicious email sending patterns detected", Least.MEDIUM),
        ("Email sending limit exceeded", Least.NEVER),
        ("Suspicious Email Forwarding Activity", Least.LOW),
        ("Creation of forwarding/redirect rule", Least.NEVER),
        ("Suspicious inbox forwarding", Least.MEDIUM),
        ("Suspicious inbox manipulation rule", Least.MEDIUM),
        ("User account compromised", Least.LOW),
        ("Admin confirmed user compromised", Least.ANY),
        ("User confirmed compromised by an admin", Least.ANY),
        ("Anomalous Token involving one user", Least.HIGH),
        ("Stolen session cookie was used", Least.HIGH),
        ("Attacker in the Middle", Least.MEDIUM),
        ("AiTM phishing site", Least.MEDIUM),
        ("Possible adversary-in-the-middle (AiTM) attack", Least.MEDIUM),
        ("Malicious IP address", Least.HIGH),
        ("Anonymous IP address", Least.HIGH),
        ("Impossible travel activity", Least.HIGH),
        ("Atypical travel", Least.HIGH),
        ("Unfamiliar sign-in properties", Least.HIGH),
        ("Password Spray", Least.HIGH),
        ("Leaked credentials", Least.LOW),
        ("BEC financial fraud", Least.LOW),
        ("Because of a policy", None),
        ("Business email compromise", Least.LOW),
        ("Potential nation-state activity", Least.LOW),
        ("User accessed link in ZAP-quarantined email", Least.NEVER),
        ("A potentially malicious URL click was detected", Least.NEVER),
        ("A user clicked through to a potentially malicious URL", Least.NEVER),
        ("Admin triggered user compromise investigation", Least.NEVER),
        ("Suspicious OAuth app file download activities", Least.NEVER),
        ("Email reported by user as malware or phish", Least.NEVER),
        ("Email messages containing malicious file removed after delivery", Least.NEVER),
        ("Phish delivered due to tenant or user override", Least.NEVER),
        ("Suspicious connector activity", Least.NEVER),
        ("Tenant restricted from sending email", Least.NEVER),
        ("Suspicious tenant sending patterns observed", Least.NEVER),
        ("DLP policy matched for a document", Least.NEVER),
        ("Exfiltration incident involving one user", Least.NEVER),
        ("A new kind of alert", None),
        ("", None),
    ],
)
def test_a_title_starts_from_its_own_severity(title: str, least: Least | None) -> None:
    assert StartingPolicy().least_for(title) is least


def test_what_a_deployment_says_of_titles_comes_first_and_in_its_order() -> None:
    policy = StartingPolicy.model_validate({"titles": {"dlp policy": "high", "leaked": "never", "dlp": "low"}})
    assert policy.least_for("DLP policy matched") is Least.HIGH
    assert policy.least_for("A DLP rule") is Least.LOW
    assert policy.least_for("Leaked credentials") is Least.NEVER
    assert policy.least_for("Password spray") is Least.HIGH


@pytest.mark.parametrize(
    ("part", "title", "has"),
    [
        ("removed after delivery", "Emailsremovedafterdelivery", True),
        ("removed after delivery", "Removed, after-delivery!", True),
        ("bec", "BEC: fraud", True),
        ("bec", "because", False),
        ("", "anything", False),
        ("...", "...", False),
        ("anomalous token", "Token, anomalous", False),
    ],
)
def test_parts_of_titles_are_words_whatever_is_between_them(part: str, title: str, has: bool) -> None:
    assert part_of(part, title) is has


def test_every_part_of_a_signal_is_one_that_it_matches_itself() -> None:
    for signal in SIGNALS:
        assert all(signal.matches(part) for part in signal.parts)
        assert signal.note == "" or signal.note.endswith(".")
        assert signal.least is Least.NEVER or not signal.victim


def test_only_what_somebody_confirmed_is_a_confirmation() -> None:
    confirmed = signal_of("User confirmed compromised")
    assert [signal for signal in SIGNALS if signal.confirmed] == [confirmed]
    assert signal_of("A new kind of alert") is None


@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("AAD Identity Protection", "azureAdIdentityProtection"),
        ("Azure Active Directory Identity Protection", "azureAdIdentityProtection"),
        ("IPC", "azureAdIdentityProtection"),
        ("OfficeATP", "microsoftDefenderForOffice365"),
        ("MicrosoftDefenderforOffice365", "microsoftDefenderForOffice365"),
        ("Microsoft Defender for Endpoint", "microsoftDefenderForEndpoint"),
        ("microsoftDefenderForIdentity", "microsoftDefenderForIdentity"),
        ("Azure Sentinel", "Azure Sentinel"),
        (None, ""),
    ],
)
def test_a_service_has_one_name_whatever_sources_call_it(name: str | None, service: str) -> None:
    assert service_named(name) == service


def test_the_names_of_rules_are_compared_in_any_case() -> None:
    policy = StartingPolicy.model_validate({"monitor_rules": ["Risky Users"]})
    assert policy.names_rule("risky users")
    assert not policy.names_rule("risky")
