"""Payloads of every source but Entra's own, made up by us in the sources' shapes: each certainly starts a response."""

import json

from .records import OTHER_TENANT, TENANT, Record

ADA_ID = "3f0c1b7e-8a52-4f7d-9a35-0d5b6c1e2f48"
ADA = "ada@contoso.com"
ADA_SID = "S-1-5-21-3623811015-3361044348-30300820-1013"
BOB_ID = "c7a1d0e4-5b36-4e2f-8c19-7f4a2b9d6e01"
BOB = "bob@contoso.com"
ARM_ID = (
    "/subscriptions/0f6a2a5e-7d1c-4e0b-9f43-2f1f6f6f1a01/resourceGroups/rg-soc/providers/"
    "Microsoft.OperationalInsights/workspaces/law-soc/providers/Microsoft.SecurityInsights/"
    "Incidents/5d0c8a4e-1f2b-4c3d-8e9f-a1b2c3d4e5f6"
)
INCIDENT = ARM_ID.rpartition("/")[2]
MONITOR_ID = (
    "/subscriptions/0f6a2a5e-7d1c-4e0b-9f43-2f1f6f6f1a01/providers/Microsoft.AlertsManagement/alerts/"
    "b2b7c1d0-9a64-4f0e-8d35-6e1f2a3b4c5d"
)
ROWS_LINK = (
    "https://api.loganalytics.io/v1/workspaces/7e1d2c3b-4a59-4687-9d0c-1b2a3f4e5d6c/query"
    "?query=SigninLogs&timespan=2026-07-18T13%3A00%3A00Z%2F2026-07-18T14%3A00%3A00Z"
)


def user(**changes: object) -> Record:
    return {
        "@odata.type": "#microsoft.graph.security.userEvidence",
        "verdict": "suspicious",
        "roles": [],
        "userAccount": {
            "accountName": "ada",
            "domainName": "contoso.com",
            "userSid": ADA_SID,
            "azureAdUserId": ADA_ID,
            "userPrincipalName": ADA,
        },
    } | changes


def person(user_id: str | None = BOB_ID, name: str | None = BOB, **changes: object) -> Record:
    """Evidence of another user."""
    return user(userAccount={"azureAdUserId": user_id, "userPrincipalName": name} | changes)


def mailbox(address: str = ADA, **account: object) -> Record:
    return {
        "@odata.type": "#microsoft.graph.security.mailboxEvidence",
        "primaryAddress": address,
        "userAccount": {"userPrincipalName": address} | account,
    }


def message(recipient: str = ADA) -> Record:
    return {
        "@odata.type": "#microsoft.graph.security.analyzedMessageEvidence",
        "recipientEmailAddress": recipient,
        "p1Sender": "mallory@example.net",
        "p2Sender": {"emailAddress": "mallory@example.net"},
    }


def device(name: str = "pc-17.contoso.com") -> Record:
    return {
        "@odata.type": "#microsoft.graph.security.deviceEvidence",
        "deviceDnsName": name,
        "roles": ["compromised"],
        "loggedOnUsers": [{"accountName": "bob", "domainName": "contoso"}],
    }


def process(**account: object) -> Record:
    return {"@odata.type": "#microsoft.graph.security.processEvidence", "processId": 4, "userAccount": account}


def defender_alert(**changes: object) -> Record:
    """As ``security/alerts_v2`` shows it."""
    return {
        "id": "ad9f27c1e35b8840aa7713d2c6f5",
        "incidentId": "4711",
        "status": "new",
        "severity": "high",
        "classification": "unknown",
        "serviceSource": "azureAdIdentityProtection",
        "tenantId": TENANT,
        "title": "Leaked credentials",
        "category": "CredentialAccess",
        "createdDateTime": "2026-07-18T10:09:00Z",
        "firstActivityDateTime": "2026-07-18T10:01:00.1234567Z",
        "lastActivityDateTime": "2026-07-18T10:05:00Z",
        "lastUpdateDateTime": "2026-07-18T10:10:00Z",
        "assignedTo": "analyst@contoso.com",
        "comments": [{"comment": "look", "createdByDisplayName": "analyst@contoso.com"}],
        "evidence": [user()],
    } | changes


def defender_incident(*alerts: Record, **changes: object) -> Record:
    """As ``security/incidents`` shows it with ``$expand=alerts``."""
    return {
        "id": "4711",
        "displayName": "Multi-stage incident involving one user",
        "severity": "medium",
        "status": "active",
        "classification": "unknown",
        "redirectIncidentId": None,
        "tenantId": TENANT,
        "createdDateTime": "2026-07-18T10:09:30Z",
        "lastUpdateDateTime": "2026-07-18T10:11:00Z",
        "alerts": [*(alerts or (defender_alert(),))],
    } | changes


def native_incident(**changes: object) -> Record:
    """As the Microsoft 365 Defender API shows it."""
    return {
        "incidentId": 4711,
        "incidentName": "Suspicious inbox forwarding on one user",
        "createdTime": "2026-07-18T10:09:30Z",
        "status": "Active",
        "severity": "Medium",
        "alerts": [native_alert()],
    } | changes


def native_alert(**changes: object) -> Record:
    return {
        "alertId": "ca0f1e2d3c",
        "incidentId": 4711,
        "serviceSource": "MicrosoftCloudAppSecurity",
        "title": "Suspicious inbox forwarding",
        "category": "Collection",
        "status": "New",
        "severity": "Medium",
        "firstActivity": "2026-07-18T10:01:00Z",
        "lastActivity": "2026-07-18T10:05:00Z",
        "entities": [
            {"entityType": "User", "aadUserId": ADA_ID, "userPrincipalName": ADA, "accountName": "ada"},
            {"entityType": "Ip", "ipAddress": "203.0.113.7"},
        ],
    } | changes


def streamed(table: str = "AlertEvidence", **changes: object) -> Record:
    """A row as the streaming API exports it."""
    properties: Record = {
        "Timestamp": "2026-07-18T10:05:00.123456789Z",
        "AlertId": "ca0f1e2d3c",
        "Title": "Suspicious inbox manipulation rule",
        "Severity": "Medium",
        "ServiceSource": "Microsoft Defender for Cloud Apps",
    }
    evidence: Record = {
        "EntityType": "User",
        "EvidenceRole": "Impacted",
        "AccountName": "ada",
        "AccountDomain": "contoso",
        "AccountSid": ADA_SID,
        "AccountObjectId": ADA_ID,
        "AccountUpn": ADA,
        "Categories": '["DefenseEvasion"]',
        "AdditionalFields": json.dumps({"Name": "ada", "NTDomain": "contoso", "AadUserId": ADA_ID, "Type": "account"}),
    }
    more = evidence if table == "AlertEvidence" else {"Category": "DefenseEvasion"}
    return {
        "time": "2026-07-18T10:06:00.1234567Z",
        "tenantId": TENANT,
        "operationName": "Publish",
        "category": f"AdvancedHunting-{table}",
        "properties": properties | more | changes,
    }


def legacy_alert(**changes: object) -> Record:
    """As the older Graph alerts were."""
    return {
        "id": "9B1F6A52-LEGACY",
        "azureTenantId": TENANT,
        "title": "Impossible travel activity",
        "category": "ImpossibleTravel",
        "severity": "high",
        "status": "newAlert",
        "feedback": None,
        "eventDateTime": "2026-07-18T10:01:00Z",
        "createdDateTime": "2026-07-18T10:09:00Z",
        "vendorInformation": {"provider": "MCAS", "vendor": "Microsoft"},
        "userStates": [{"aadUserId": ADA_ID, "userPrincipalName": ADA, "emailRole": "unknown"}],
    } | changes


def entity(kind: str = "Account", **properties: object) -> Record:
    return {
        "id": f"{ARM_ID}/entities/1",
        "name": "1",
        "type": "Microsoft.SecurityInsights/Entities",
        "kind": kind,
        "properties": properties or {"aadUserId": ADA_ID, "accountName": "ada", "upnSuffix": "contoso.com"},
    }


def sentinel_incident(*entities: Record, **changes: object) -> Record:
    """What the incident trigger hands over, with changes of the incident's properties."""
    return {
        "objectSchemaType": "Incident",
        "objectEventType": "Create",
        "workspaceInfo": {"SubscriptionId": "0f6a2a5e-7d1c-4e0b-9f43-2f1f6f6f1a01", "WorkspaceName": "law-soc"},
        "workspaceId": "7e1d2c3b-4a59-4687-9d0c-1b2a3f4e5d6c",
        "object": {
            "id": ARM_ID,
            "name": INCIDENT,
            "type": "Microsoft.SecurityInsights/Incidents",
            "properties": {
                "title": "Rare sign-in from a new provider",
                "severity": "High",
                "status": "New",
                "owner": {"userPrincipalName": "analyst@contoso.com", "objectId": BOB_ID},
                "firstActivityTimeUtc": "2026-07-18T10:01:00Z",
                "lastActivityTimeUtc": "2026-07-18T10:05:00Z",
                "createdTimeUtc": "2026-07-18T10:09:00Z",
                "incidentNumber": 81,
                "providerName": "Azure Sentinel",
                "providerIncidentId": "81",
                "additionalData": {"alertsCount": 1, "alertProductNames": ["Azure Sentinel"]},
                "alerts": [],
                "relatedEntities": [*(entities or (entity(),))],
            }
            | changes,
        },
    }


def xdr_incident(*entities: Record, **changes: object) -> Record:
    """A Sentinel incident that is a copy of the Defender incident 4711."""
    data = {
        "alertProductNames": ["Azure Active Directory Identity Protection"],
        "providerIncidentUrl": f"https://security.microsoft.com/incident2/4711/overview?tid={TENANT}",
    }
    copied = {"providerName": "Microsoft XDR", "providerIncidentId": "4711", "additionalData": data}
    return sentinel_incident(*entities, **copied | {"title": "Leaked credentials involving one user"} | changes)


def security_alert(**changes: object) -> Record:
    """What the alert trigger hands over; the same as a row of SecurityAlert, but for lists in strings."""
    return {
        "TenantId": OTHER_TENANT,  # the workspace's id, whatever it is called
        "SystemAlertId": "e2b0c5d1-6f47-4a38-9b20-c1d2e3f4a5b6",
        "AlertType": "7e1d2c3b_9a8b7c6d",
        "AlertDisplayName": "Mailbox login from a new country",
        "Severity": "High",
        "StartTimeUtc": "2026-07-18 10:01:00",
        "EndTimeUtc": "2026-07-18 10:05:00",
        "ProviderName": "ASI Scheduled Alerts",
        "VendorName": "Microsoft",
        "Entities": [{"$id": "3", "Type": "account", "Name": "ada", "UPNSuffix": "contoso.com", "AadUserId": ADA_ID}],
    } | changes


def entity_trigger(**changes: object) -> Record:
    return {"Entity": entity(), "IncidentArmID": ARM_ID, "WorkspaceResourceGroup": "rg-soc"} | changes


def monitor_v2(*dimensions: tuple[str, str], properties: Record | None = None, **essentials: object) -> Record:
    """A log alert of today: dimensions, and never a row."""
    names = dimensions or (("UserId", ADA_ID), ("UserPrincipalName", ADA))
    return {
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {
            "essentials": {
                "alertId": MONITOR_ID,
                "alertRule": "risky sign-ins",
                "severity": "Sev1",
                "signalType": "Log",
                "monitorCondition": "Fired",
                "monitoringService": "Log Alerts V2",
                "firedDateTime": "2026-07-18T10:06:00.1Z",
            }
            | essentials,
            "alertContext": {
                "properties": {"regain": "start"} if properties is None else properties,
                "conditionType": "LogQueryCriteria",
                "condition": {
                    "windowStartTime": "2026-07-18T10:00:00Z",
                    "windowEndTime": "2026-07-18T10:05:00Z",
                    "allOf": [
                        {
                            "searchQuery": "SigninLogs",
                            "dimensions": [{"name": name, "value": value} for name, value in names],
                            "linkToSearchResultsAPI": ROWS_LINK,
                        }
                    ],
                },
            },
        },
    }


def monitor_v1(*rows: list[object], columns: tuple[str, ...] = ("UserPrincipalName", "UserId")) -> Record:
    """A log alert of the first version, in the common schema, with its rows."""
    return {
        "schemaId": "azureMonitorCommonAlertSchema",
        "data": {
            "essentials": {
                "alertId": MONITOR_ID,
                "alertRule": "risky sign-ins",
                "severity": "Sev1",
                "signalType": "Log",
                "monitorCondition": "Fired",
                "monitoringService": "Log Analytics",
                "firedDateTime": "7/18/2026 10:06:00 AM",
            },
            "alertContext": {
                "SearchQuery": "SigninLogs",
                "SearchIntervalStartTimeUtc": "7/18/2026 10:00:00 AM",
                "SearchIntervalEndtimeUtc": "7/18/2026 10:05:00 AM",
                "LinkToSearchResultsAPI": ROWS_LINK,
                "IncludedSearchResults": "True",
                "SearchResults": {
                    "tables": [
                        {
                            "name": "PrimaryResult",
                            "columns": [{"name": name, "type": "string"} for name in columns],
                            "rows": [*rows] or [[ADA, ADA_ID]],
                        }
                    ]
                },
            },
            "customProperties": {"Regain": "START"},
        },
    }


def notification(**changes: object) -> Record:
    return {
        "subscriptionId": "aa3f1f52-51c6-49a4-9f0b-2c0c7e9d1b11",
        "subscriptionExpirationDateTime": "2026-07-20T00:00:00+05:30",
        "clientState": "a secret of ours",
        "changeType": "created",
        "resource": "security/alerts/9B1F6A52",
        "tenantId": TENANT,
        "resourceData": {"@odata.type": "#microsoft.graph.alert", "id": "9B1F6A52"},
    } | changes
