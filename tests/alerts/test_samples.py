"""Real payloads of Entra ID Protection: what each is understood as, three days after the newest of them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from shared.alerts.alert import Alert, Ignored, NamedAccount
from shared.alerts.entra import read_entra
from shared.alerts.starting import StartingPolicy

from .records import OTHER_TENANT, SAMPLES, TENANT

NOW = datetime(2026, 7, 21, tzinfo=UTC)
VICTIM = NamedAccount(id="90c192cf-d3ac-44af-8f21-ddb66cad4a26", name="robin.counts@example.net")


@dataclass(frozen=True)
class Expected:
    identity: str
    title: str
    severity: str
    account: NamedAccount | None
    activity_at: datetime | None
    reason: str | None


OUTCOMES = {
    "risk-export-live-userriskevent-high": [
        Expected(
            "18f135d25f557203301850c5a38fd547923a736994e3bf911a61dbe22e44158b",
            "Malicious IP address", "high", VICTIM, datetime(2026, 7, 17, 10, 7, 37, 729000, UTC), None,
        )
    ],
    "risk-export-riskyuser-medium": [
        Expected(
            "8d116ece-1738-47d9-bd9c-172411e20b8f medium 2022-08-22T18:11:52+00:00",
            "User at risk", "medium",
            NamedAccount("8d116ece-1738-47d9-bd9c-172411e20b8f", "sam.field@fabrikam.onmicrosoft.com"), None,
            "Its risk level is medium: by policy, riskyUser starts a response from high on.",
        )
    ],
    "risk-export-userriskevent-dismissed": [
        Expected(
            "272727272727272727272727272727272727",
            "Unfamiliar sign-in properties", "low", None, datetime(2024, 12, 13, 16, 31, 49, 945000, UTC),
            "Its risk is not open: the state is dismissed.",
        )
    ],
    "risk-live-agent-riskdetection": [
        Expected(
            "6b4cb2424a23d5962217beaddbc496cb8e81973e0becd7b03898d190f9ebdacc",
            "Unknown type of risk: adminConfirmedAgentCompromised", "high", None,
            datetime(2026, 7, 20, 18, 31, 2, 522945, UTC),
            "It is about an agent identity, not a user: a person has to look at it.",
        )
    ],
    "risk-live-riskdetection-tor": [
        Expected(
            "ae97ba94d0eda82f8f6d05584ef8aa38922766581e27a1c08a6a63ec24ede6a4",
            "Anonymous IP address", "medium", VICTIM, datetime(2026, 7, 17, 10, 7, 37, 536516, UTC),
            "Its risk level is medium: by policy, anonymizedIPAddress starts a response from high on.",
        )
    ],
    "risk-riskdetection-list-beta-atrisk": [
        Expected(
            "1d68fc3d60d012ff80ad4b16818bf304df1bde295fdf1db31fa5389ba9532cd1",
            "Unfamiliar sign-in properties", "medium",
            NamedAccount("abcdefab-af90-4edf-ac4c-742ff06735d0", "user@abcde.com"),
            datetime(2018, 9, 5, 0, 9, 18, 782285, UTC),
            "Its risk level is medium: by policy, unfamiliarFeatures starts a response from high on.",
        )
    ],
    "risk-riskdetection-list-v1": [
        Expected(
            "6a5874ca-abcd-9d82-5ad39bd71600",
            "Unfamiliar sign-in properties", "medium",
            NamedAccount("abcdefab-af90-4edf-ac4c-742ff06735d0", "olack@adatum.com"),
            datetime(2018, 9, 5, 0, 9, 18, 782285, UTC),
            "Its risk is not open: the state is remediated.",
        )
    ],
    "risk-riskyusers-list-beta-medium": [
        Expected(
            "c2b6c2b9-dddc-acd0-2b39-d519d803dbc3 medium 2018-09-22T00:04:49+00:00",
            "User at risk", "medium", NamedAccount("c2b6c2b9-dddc-acd0-2b39-d519d803dbc3", "alexw@contoso.com"), None,
            "Its risk level is medium: by policy, riskyUser starts a response from high on.",
        )
    ],
    "risk-riskyusers-sparse": [
        Expected(
            "u1 high 2026-07-16T09:00:00+00:00",
            "User at risk", "high", NamedAccount(name="ines@example.com"), None, None,
        ),
        Expected(
            "u2 high 2026-07-21", "User at risk", "high", None, None,
            "It names no account: neither an object id nor an address can be read.",
        ),
        Expected(
            "u3 medium 2026-07-21",
            "User confirmed compromised", "medium", NamedAccount(name="omar@example.com"), None, None,
        ),
    ],
    "risk-sp-riskdetection-value-object": [
        Expected(
            "2856d6e87c5c3a74021ff70291fa68107570c150d8dc145bdea5",
            "Microsoft threat intelligence", "high", None, datetime(2021, 10, 26, tzinfo=UTC),
            "It is about a service principal, not a user: a person has to look at it.",
        )
    ],
    "risk-tutorial-riskyuser-dismissed": [
        Expected(
            "4628e7df-dff3-407c-a08f-75f08c0806dc none 2020-11-03T21:48:53+00:00",
            "User at risk", "none", NamedAccount("4628e7df-dff3-407c-a08f-75f08c0806dc", "mytestuser1@contoso.com"),
            None,
            "Its risk is not open: the state is dismissed.",
        )
    ],
}  # fmt: skip


def body_of(name: str) -> bytes:
    return (SAMPLES / f"{name}.json").read_bytes()


def tenant_of(name: str) -> str:
    return str(json.loads(body_of(name)).get("tenantId", TENANT))


def read_sample(name: str, policy: StartingPolicy | None = None, now: datetime = NOW) -> list[Alert | Ignored]:
    return read_entra(body_of(name), tenant_id=tenant_of(name), now=now, starting=policy or StartingPolicy())


def seen(outcome: Alert | Ignored) -> Expected:
    alert = outcome.alert if isinstance(outcome, Ignored) else outcome
    assert alert.source == "entra"
    return Expected(
        alert.identity,
        alert.title,
        alert.severity,
        alert.accounts[0] if alert.accounts else None,
        alert.activity_at,
        outcome.reason if isinstance(outcome, Ignored) else None,
    )


def test_every_sample_is_expected_to_be_something_and_is_described() -> None:
    files = {path.stem for path in SAMPLES.glob("risk-*.json")}
    assert files == set(OUTCOMES)
    table = (SAMPLES / "README.md").read_text()
    assert [name for name in files if f"| {name}.json |" not in table] == []


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_real_payload_is_understood(name: str) -> None:
    assert [seen(outcome) for outcome in read_sample(name)] == OUTCOMES[name]


@pytest.mark.parametrize("name", ["risk-live-riskdetection-tor", "risk-export-live-userriskevent-high"])
def test_a_bolder_policy_starts_more(name: str) -> None:
    levels = {"anonymizedIPAddress": "medium", "maliciousIPAddress": "low"}
    (outcome,) = read_sample(name, StartingPolicy.model_validate({"levels": levels}))
    assert isinstance(outcome, Alert)


@pytest.mark.parametrize("name", [name for name in OUTCOMES if name.startswith("risk-export-")])
def test_an_export_of_another_tenant_is_ignored(name: str) -> None:
    other = TENANT if tenant_of(name) == OTHER_TENANT else OTHER_TENANT
    (outcome,) = read_entra(body_of(name), tenant_id=other, now=NOW, starting=StartingPolicy())
    assert isinstance(outcome, Ignored)
    assert outcome.reason == f"It comes from another tenant: {tenant_of(name)}."
    assert outcome.alert.accounts == ()


def test_a_real_payload_gets_old() -> None:
    activity_at = datetime(2026, 7, 17, 10, 7, 37, 729000, UTC)
    name, week = "risk-export-live-userriskevent-high", timedelta(days=7)
    assert isinstance(read_sample(name, now=activity_at + week)[0], Alert)
    (outcome,) = read_sample(name, now=activity_at + week + timedelta(seconds=1))
    assert isinstance(outcome, Ignored)
    assert outcome.reason == "It is of 2026-07-17 10:07 UTC: longer ago than the policy allows."
