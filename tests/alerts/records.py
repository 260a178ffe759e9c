"""Records of Entra ID Protection as the tests need them, and one way to read them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from shared.alerts.alert import Alert, Ignored
from shared.alerts.entra import read_entra
from shared.alerts.starting import StartingPolicy

SAMPLES = Path(__file__).parent.parent / "samples"
TENANT = "6b0d549b-6f03-475a-9600-a35a099950d8"
OTHER_TENANT = "a170b338-3926-4059-b28c-105d1fb17c23"
USER = "90c192cf-d3ac-44af-8f21-ddb66cad4a26"
NOW = datetime(2026, 7, 18, 15, 0, tzinfo=UTC)
POLICY = StartingPolicy()

type Record = dict[str, object]


def detection(**changes: object) -> Record:
    """A detection as Graph shows it, of an attack that certainly starts a response."""
    return {
        "id": "ae97ba94d0eda82f8f6d05584ef8aa38922766581e27a1c08a6a63ec24ede6a4",
        "riskEventType": "leakedCredentials",
        "riskState": "atRisk",
        "riskLevel": "high",
        "riskDetail": "none",
        "activity": "signin",
        "activityDateTime": "2026-07-18T10:07:37.5365166Z",
        "detectedDateTime": "2026-07-18T10:08:00Z",
        "lastUpdatedDateTime": "2026-07-18T10:09:47.256866Z",
        "userId": USER,
        "userPrincipalName": "ada@contoso.com",
    } | changes


def risky_user(**changes: object) -> Record:
    """A risky user as Graph shows it, whose risk certainly starts a response."""
    return {
        "id": USER,
        "riskState": "atRisk",
        "riskLevel": "high",
        "riskDetail": "none",
        "riskLastUpdatedDateTime": "2026-07-18T10:09:47.2568661Z",
        "userPrincipalName": "ada@contoso.com",
        "isDeleted": False,
        "isProcessing": False,
    } | changes


def exported(properties: object, category: str = "UserRiskEvents", **changes: object) -> Record:
    """A record as a diagnostic setting exports it; ``identity`` and ``correlationId`` there name nothing."""
    return {
        "time": "7/18/2026 2:03:03 PM",
        "resourceId": f"/tenants/{TENANT}/providers/microsoft.aadiam",
        "operationName": "User Risk Detection",
        "category": category,
        "tenantId": TENANT,
        "correlationId": "00000000-1111-2222-3333-444444444444",
        "identity": "somebody else",
        "Level": 4,
        "properties": properties,
    } | changes


def read(body: object, *, policy: StartingPolicy = POLICY, now: datetime = NOW) -> list[Alert | Ignored]:
    """What ``body``, bytes or something to be written as JSON, is read as at a tenant's door."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_entra(content, tenant_id=TENANT, now=now, starting=policy)


def read_one(record: Mapping[str, object], *, policy: StartingPolicy = POLICY, now: datetime = NOW) -> Alert | Ignored:
    """What one record is read as."""
    (outcome,) = read(record, policy=policy, now=now)
    return outcome


def started(record: Mapping[str, object], *, policy: StartingPolicy = POLICY, now: datetime = NOW) -> Alert:
    """The alert that ``record`` is, which starts a response."""
    outcome = read_one(record, policy=policy, now=now)
    assert isinstance(outcome, Alert), outcome.reason
    return outcome


def ignored(record: Mapping[str, object], *, policy: StartingPolicy = POLICY, now: datetime = NOW) -> Ignored:
    """The alert that ``record`` is, which starts nothing, and why."""
    outcome = read_one(record, policy=policy, now=now)
    assert isinstance(outcome, Ignored), "it starts a response"
    return outcome
