"""Payloads of Azure Monitor: log alerts of both versions, and what is none."""

from shared.alerts.alert import Lookup, Missing, NamedAccount

from . import payloads as made
from .cases import BY_ID_AND_NAME, OTHER, Case, monitor
from .payloads import ADA, ADA_ID, ADA_SID, BOB, BOB_ID, MONITOR_ID, ROWS_LINK

NOT_NAMED = "By policy, alerts of this rule start no response"
BEHIND = Missing(Lookup.ROWS, ROWS_LINK)
RISK = (("UserId", ADA_ID), ("UserPrincipalName", ADA))

MONITOR: dict[str, Case] = {
    "dimensions": monitor(made.monitor_v2(), BY_ID_AND_NAME),
    "a rule named by the policy": monitor(
        made.monitor_v2(properties={}), BY_ID_AND_NAME, policy={"monitor_rules": ["Risky Sign-ins"]}
    ),
    "a rule that nobody named": monitor(made.monitor_v2(properties={}), BY_ID_AND_NAME, reason=NOT_NAMED),
    "null for properties": monitor(made.monitor_v2(properties={"regain": None}), BY_ID_AND_NAME, reason=NOT_NAMED),
    "resolved": monitor(
        made.monitor_v2(monitorCondition="Resolved", resolvedDateTime="2026-07-18T10:30:00Z"),
        BY_ID_AND_NAME,
        identity=f"{MONITOR_ID} Resolved",
        reason="Its condition is resolved.",
    ),
    "an account by UPN in the column of an id": monitor(made.monitor_v2(("UserId", ADA)), NamedAccount(name=ADA)),
    "a SID": monitor(made.monitor_v2(("AccountSid", ADA_SID)), NamedAccount(sid=ADA_SID)),
    "no account": monitor(
        made.monitor_v2(("Computer", "pc-17"), ("Caller", BOB)),
        reason="Neither its dimensions nor its rows name an account",
        missing=BEHIND,
        attention=True,
    ),
    "rows": monitor(made.monitor_v1(), BY_ID_AND_NAME),
    "several rows": monitor(made.monitor_v1([ADA, ADA_ID], [BOB, BOB_ID], [ADA, None]), BY_ID_AND_NAME, OTHER),
    "rows without an account": monitor(
        made.monitor_v1(["pc-17"], columns=("Computer",)),
        reason="Neither its dimensions nor its rows name an account",
        attention=True,
    ),
    "rows of another length": monitor(
        made.monitor_v1([ADA]),
        reason="Neither its dimensions nor its rows name an account",
        attention=True,
        missing=BEHIND,
    ),
    "a high risk": monitor(
        made.monitor_v2(*RISK, ("RiskEventType", "unlikelyTravel"), ("RiskLevel", "high")), BY_ID_AND_NAME
    ),
    "a low risk": monitor(
        made.monitor_v2(*RISK, ("RiskEventType", "unlikelyTravel"), ("RiskLevel", "medium")),
        reason="Its risk level is medium: by policy, unlikelyTravel starts a response from high on.",
    ),
    "a risk that is over": monitor(
        made.monitor_v2(*RISK, ("RiskLevel", "high"), ("RiskState", "remediated")),
        reason="The risk that it tells of is not open: the state is remediated.",
    ),
    "a risk that somebody confirmed": monitor(
        made.monitor_v2(*RISK, ("RiskLevel", "low"), ("RiskState", "confirmedCompromised")), BY_ID_AND_NAME
    ),
    "one risk high, one low": monitor(
        made.monitor_v1([ADA, "high"], [BOB, "low"], columns=("UserPrincipalName", "RiskLevel")), NamedAccount(name=ADA)
    ),
    "a risky user by the id": monitor(
        made.monitor_v1(
            [ADA_ID, "high", "2026-07-18T10:00:00Z"], columns=("Id", "RiskLevel", "RiskLastUpdatedDateTime")
        ),
        NamedAccount(ADA_ID),
    ),
    "the Test button": monitor(
        made.monitor_v2(alertRule="test-logAlertRule-v2"), BY_ID_AND_NAME, reason="It is what the Test button"
    ),
    "a metric": monitor(made.monitor_v2(signalType="Metric"), BY_ID_AND_NAME, reason="It is no log search alert"),
    "an activity log": monitor(
        {
            "schemaId": "azureMonitorCommonAlertSchema",
            "data": {
                "essentials": {
                    "alertId": MONITOR_ID,
                    "alertRule": "role",
                    "severity": "Sev4",
                    "signalType": "Activity Log",
                },
                "alertContext": {"caller": BOB, "claims": "{}", "properties": {"regain": "start"}},
            },
        },
        severity="Sev4",
        reason="It is no log search alert",
    ),
    "a budget": monitor(
        {
            "schemaId": "azureMonitorCommonAlertSchema",
            "data": {
                "essentials": {
                    "alertId": MONITOR_ID,
                    "alertRule": None,
                    "severity": None,
                    "signalType": None,
                    "monitoringService": "CostAlerts",
                },
                "alertContext": {"AlertData": {}},
            },
        },
        severity="unknown",
        reason="It is no log search alert",
    ),
    "a severity as a number": monitor(made.monitor_v2(severity="1"), BY_ID_AND_NAME),
    "a severity as a word": monitor(made.monitor_v2(severity="Error"), BY_ID_AND_NAME),
    "a bad time": monitor(made.monitor_v2(firedDateTime="whenever"), BY_ID_AND_NAME),
}
