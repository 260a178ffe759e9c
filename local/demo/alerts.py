"""The same attack on Alex Wilber, as each of the other sources would tell it."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from local.demo.attack import VICTIM

NAME = "alex.wilber@contoso.com"
_WORKSPACE = (
    "/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/rg-soc/providers/"
    "Microsoft.OperationalInsights/workspaces/law-soc"
)


def _minutes_ago(minutes: int) -> str:
    return f"{datetime.now(UTC) - timedelta(minutes=minutes):%Y-%m-%dT%H:%M:%SZ}"


def defender_alert(tenant_id: str) -> dict[str, object]:
    """A Graph ``security/alerts_v2`` object."""
    return {
        "@odata.type": "#microsoft.graph.security.alert",
        "id": f"ad{uuid4().hex}",
        "status": "new",
        "severity": "high",
        "serviceSource": "azureAdIdentityProtection",
        "tenantId": tenant_id,
        "title": "Leaked credentials",
        "category": "CredentialAccess",
        "firstActivityDateTime": _minutes_ago(2),
        "lastActivityDateTime": _minutes_ago(1),
        "createdDateTime": _minutes_ago(1),
        "evidence": [
            {
                "@odata.type": "#microsoft.graph.security.userEvidence",
                "userAccount": {"azureAdUserId": VICTIM, "userPrincipalName": NAME},
            }
        ],
    }


def sentinel_incident() -> dict[str, object]:
    """What the incident trigger of a playbook hands over."""
    name = str(uuid4())
    return {
        "objectSchemaType": "Incident",
        "objectEventType": "Create",
        "object": {
            "id": f"{_WORKSPACE}/providers/Microsoft.SecurityInsights/Incidents/{name}",
            "name": name,
            "type": "Microsoft.SecurityInsights/Incidents",
            "properties": {
                "title": "Sign-in from a rare network, then a new inbox rule",
                "severity": "High",
                "status": "New",
                "incidentNumber": 81,
                "firstActivityTimeUtc": _minutes_ago(2),
                "lastActivityTimeUtc": _minutes_ago(1),
                "createdTimeUtc": _minutes_ago(1),
                "relatedEntities": [
                    {"kind": "Account", "properties": {"aadUserId": VICTIM, "accountName": "alex.wilber"}}
                ],
            },
        },
    }


def log_alert() -> dict[str, object]:
    """A log search alert in the common schema, of a rule that splits by the account."""
    return {
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {
            "essentials": {
                "alertId": f"/subscriptions/0/providers/Microsoft.AlertsManagement/alerts/{uuid4()}",
                "alertRule": "regain-entra-risk",
                "severity": "Sev1",
                "signalType": "Log",
                "monitorCondition": "Fired",
                "monitoringService": "Log Alerts V2",
                "firedDateTime": _minutes_ago(1),
            },
            "alertContext": {
                "properties": {"regain": "start"},
                "conditionType": "LogQueryCriteria",
                "condition": {
                    "windowStartTime": _minutes_ago(6),
                    "windowEndTime": _minutes_ago(1),
                    "allOf": [{"dimensions": [{"name": "UserId", "value": VICTIM}]}],
                },
            },
        },
    }


def notification(tenant_id: str, client_state: str) -> dict[str, object]:
    """A change notification of Microsoft Graph: it names no account, and starts nothing."""
    item = {
        "subscriptionId": str(uuid4()),
        "clientState": client_state,
        "changeType": "created",
        "resource": "security/alerts/1",
        "tenantId": tenant_id,
        "resourceData": {"@odata.type": "#microsoft.graph.alert", "id": "1"},
    }
    return {"value": [item]}
