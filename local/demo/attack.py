"""The alert that starts it all: a risk detection as Entra ID Protection sends it, about the account of Alex Wilber."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

VICTIM = "b0000000-0000-4000-8000-000000000001"


def risk_detection(tenant_id: str) -> dict[str, object]:
    """A Graph ``riskDetection``: leaked credentials, a minute ago."""
    now = datetime.now(UTC)
    seen = (now - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    return {
        "@odata.type": "#microsoft.graph.riskDetection",
        "id": uuid4().hex + uuid4().hex,
        "requestId": str(uuid4()),
        "correlationId": str(uuid4()),
        "riskType": "leakedCredentials",
        "riskEventType": "leakedCredentials",
        "riskState": "atRisk",
        "riskLevel": "high",
        "riskDetail": "none",
        "source": "IdentityProtection",
        "detectionTimingType": "offline",
        "activity": "user",
        "tokenIssuerType": "AzureAD",
        "ipAddress": None,
        "activityDateTime": seen,
        "detectedDateTime": seen,
        "lastUpdatedDateTime": seen,
        "userId": VICTIM,
        "userDisplayName": "Alex Wilber",
        "userPrincipalName": "alex.wilber@contoso.com",
        "additionalInfo": "[]",
        "location": None,
        "homeTenantId": tenant_id,
    }
