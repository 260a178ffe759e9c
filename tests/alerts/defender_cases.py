"""Payloads of Defender, in all its shapes."""

from shared.alerts.alert import NamedAccount

from . import payloads as made
from .cases import BY_ID_AND_NAME, INNER, OTHER, ROLES, VICTIM, WHOLE, Case, defender
from .payloads import ADA, ADA_ID, ADA_SID, BOB, BOB_ID
from .records import OTHER_TENANT

ALIAS, NUMBER = "a.lovelace@contoso.com", "10017@contoso.com"

DEFENDER: dict[str, Case] = {
    "an alert": defender(made.defender_alert(), WHOLE),
    "in a list": defender({"value": [made.defender_alert()]}, WHOLE),
    "unknown fields and values": defender(
        made.defender_alert(status="unknownFutureValue", classification=None, newField={"a": []}, serviceSource=7),
        WHOLE,
    ),
    "a bad time": defender(
        made.defender_alert(firstActivityDateTime="NA", lastActivityDateTime="", createdDateTime=None), WHOLE
    ),
    "a severity in another case": defender(made.defender_alert(severity="HIGH"), WHOLE),
    "several people": defender(made.defender_alert(evidence=[made.user(), made.person()]), WHOLE, OTHER),
    "one person under two names": defender(
        made.defender_alert(
            title="Suspicious email forwarding activity",
            evidence=[made.mailbox(ALIAS, azureAdUserId=ADA_ID), made.person(ADA_ID, NUMBER)],
        ),
        NamedAccount(ADA_ID, NUMBER),
    ),
    "only a UPN": defender(made.defender_alert(evidence=[made.person(None)]), NamedAccount(name=BOB)),
    "empty strings for null": defender(
        made.defender_alert(evidence=[made.person("", "BOB@contoso.com")]), NamedAccount(name=BOB)
    ),
    "only a SID": defender(
        made.defender_alert(evidence=[made.person(None, None, userSid=ADA_SID)]), NamedAccount(sid=ADA_SID)
    ),
    "a SID of the cloud": defender(
        made.defender_alert(evidence=[made.person(None, None, userSid="S-1-12-1-1-2-3-4")]),
        NamedAccount("00000001-0002-0000-0300-000004000000"),
    ),
    "only an on-premises name": defender(
        made.defender_alert(evidence=[made.person(None, None, accountName="Ada", domainName="CONTOSO")]),
        NamedAccount(on_premises="contoso\\ada"),
    ),
    "a guest": defender(
        made.defender_alert(evidence=[made.person(None, "eve_fabrikam.com#EXT#@contoso.com")]),
        NamedAccount(name="eve_fabrikam.com#ext#@contoso.com"),
    ),
    "an account of the host alone": defender(
        made.defender_alert(evidence=[made.device(), made.person(None, None, accountName="admin", domainName="PC-17")]),
        reason="It names no account of a person",
    ),
    "the system": defender(
        made.defender_alert(
            evidence=[made.process(accountName="SYSTEM", domainName="NT AUTHORITY", userSid="S-1-5-18")]
        ),
        reason="It names no account of a person",
    ),
    "a computer": defender(
        made.defender_alert(evidence=[made.person(None, None, accountName="PC-17$", domainName="contoso")]),
        reason="It names no account of a person",
    ),
    "a bare name": defender(
        made.defender_alert(evidence=[made.person(None, None, accountName="ada")]),
        reason="It names no account of a person",
    ),
    "a process as a user, where nobody else is named": defender(
        made.defender_alert(evidence=[made.process(userPrincipalName=BOB)]), NamedAccount(name=BOB)
    ),
    "a process beside a user": defender(
        made.defender_alert(evidence=[made.user(), made.process(userPrincipalName=BOB)]), WHOLE
    ),
    "who only came into view": defender(made.defender_alert(evidence=[made.user(), made.person() | ROLES]), WHOLE),
    "who came into view and was attacked": defender(
        made.defender_alert(evidence=[made.user(roles=["contextual", "attacked"])]), WHOLE
    ),
    "a session": defender(
        made.defender_alert(
            evidence=[{"@odata.type": "#microsoft.graph.security.cloudLogonSessionEvidence", "account": made.user()}]
        ),
        WHOLE,
    ),
    "a mailbox's settings": defender(
        made.defender_alert(
            title="Suspicious inbox manipulation rule",
            evidence=[
                {
                    "@odata.type": "#microsoft.graph.security.mailboxConfigurationEvidence",
                    "mailboxPrimaryAddress": ADA,
                    "externalDirectoryObjectId": ADA_ID,
                    "configurationType": "userInboxRule",
                }
            ],
        ),
        BY_ID_AND_NAME,
    ),
    "a mailbox that sends": defender(
        made.defender_alert(title="User restricted from sending email", evidence=[made.mailbox()]),
        NamedAccount(name=ADA),
    ),
    "a mailbox of which nobody knows": defender(
        made.defender_alert(
            title="A new kind of alert", serviceSource="microsoftDefenderForOffice365", evidence=[made.mailbox()]
        ),
        reason="It names only mailboxes, which may be victims'",
    ),
    "who got the mail": defender(
        made.defender_alert(
            title="A new kind of alert",
            serviceSource="microsoftDefenderForOffice365",
            evidence=[made.user(), made.message()],
        ),
        reason="It names only mailboxes, which may be victims'",
    ),
    "who got the mail at an alias": defender(
        made.defender_alert(
            title="A new kind of alert",
            serviceSource="microsoftDefenderForOffice365",
            evidence=[made.person(ADA_ID, NUMBER), made.mailbox(ALIAS, azureAdUserId=ADA_ID), made.message(ALIAS)],
        ),
        reason="It names only mailboxes, which may be victims'",
    ),
    "who got one mail while another user acted": defender(
        made.defender_alert(
            title="A new kind of alert",
            serviceSource="microsoftDefenderForOffice365",
            evidence=[made.user(), made.person(), made.message()],
        ),
        OTHER,
    ),
    "a mail that a user reported": defender(
        made.defender_alert(
            title="Email reported by user as malware or phish", evidence=[made.mailbox(), made.message(), made.user()]
        ),
        reason=VICTIM,
    ),
    "mails removed": defender(
        made.defender_alert(title="Email messages from a campaign removed after delivery"), reason=VICTIM
    ),
    "a phish let through": defender(made.defender_alert(title="Phish delivered due to an ETR override"), reason=VICTIM),
    "a link that was clicked": defender(
        made.defender_alert(title="A potentially malicious URL click was detected"),
        WHOLE,
        reason="By policy, alerts with this title never start",
    ),
    "a person's own investigation": defender(
        made.defender_alert(title="Admin triggered user compromise investigation"),
        WHOLE,
        reason="By policy, alerts with this title never start",
    ),
    "data loss": defender(
        made.defender_alert(title="Many files downloaded", serviceSource="dataLossPrevention"),
        WHOLE,
        reason="It comes from dataLossPrevention",
    ),
    "an endpoint": defender(
        made.defender_alert(title="Compromised account ran tools", serviceSource="microsoftDefenderForEndpoint"),
        WHOLE,
        reason="It comes from microsoftDefenderForEndpoint",
    ),
    "an application": defender(
        made.defender_alert(
            title="A new kind of alert",
            evidence=[{"@odata.type": "#microsoft.graph.security.oauthApplicationEvidence", "objectId": BOB_ID}],
        ),
        reason="It is about an application",
    ),
    "a consent": defender(
        made.defender_alert(title="Suspicious OAuth app file download"),
        WHOLE,
        reason="By policy, alerts with this title never start",
    ),
    "too low": defender(
        made.defender_alert(title="Anomalous Token", severity="medium"),
        WHOLE,
        severity="medium",
        reason="Its severity is medium: by policy, alerts with this title start a response from high on.",
    ),
    "run together by a collector": defender(
        made.defender_alert(title="AttackerInTheMiddlePhishing", severity="medium"), WHOLE, severity="medium"
    ),
    "an unknown title of an identity service": defender(made.defender_alert(title="A new kind of alert"), WHOLE),
    "an unknown title of Identity Protection, of any tactic": defender(
        made.defender_alert(title="A new kind of alert", category="Execution"), WHOLE
    ),
    "an unknown title, medium": defender(
        made.defender_alert(title="A new kind of alert", severity="medium"),
        WHOLE,
        severity="medium",
        reason="Its severity is medium: by policy, alerts of this kind start a response from high on.",
    ),
    "an unknown title of another tactic": defender(
        made.defender_alert(title="A new kind of alert", serviceSource="microsoft365Defender", category="Execution"),
        WHOLE,
        reason="By policy, alerts of this kind never start a response.",
    ),
    "a severity that nobody tells": defender(
        made.defender_alert(severity=None), WHOLE, severity="unknown", reason="Its severity is unknown"
    ),
    "resolved": defender(made.defender_alert(status="resolved"), WHOLE, reason="It is resolved."),
    "a false positive": defender(
        made.defender_alert(classification="falsePositive"), WHOLE, reason="It is classified as a false positive."
    ),
    "expected": defender(
        made.defender_alert(classification="informationalExpectedActivity"),
        WHOLE,
        reason="It is classified as expected",
    ),
    "another tenant's": defender(
        made.defender_alert(tenantId=OTHER_TENANT), reason=f"It comes from another tenant: {OTHER_TENANT}."
    ),
    "a user of another tenant": defender(
        made.defender_alert(evidence=[made.person(tenantId=OTHER_TENANT)]), reason="It names no account of a person"
    ),
    "old": defender(
        made.defender_alert(lastActivityDateTime="2026-07-01T00:00:00Z"), WHOLE, reason="It is of 2026-07-01"
    ),
    "six people": defender(
        made.defender_alert(evidence=[made.person(None, f"user{n}@contoso.com") for n in range(6)]),
        *(NamedAccount(name=f"user{n}@contoso.com") for n in range(6)),
        reason="It names 6 accounts, more than 5: each response waits for approval.",
    ),
    "a title that the deployment names": defender(
        made.defender_alert(title="Honeytoken activity", serviceSource="microsoftDefenderForEndpoint", severity="low"),
        WHOLE,
        severity="low",
        policy={"titles": {"honeytoken": "low"}},
    ),
    "a title that the deployment leaves to people": defender(
        made.defender_alert(),
        WHOLE,
        reason="By policy, alerts with this title never",
        policy={"titles": {"leaked": "never"}},
    ),
    "an incident": defender(made.defender_incident(), WHOLE, identity="4711", severity="medium"),
    "an incident with one alert that is no list": defender(
        made.defender_incident(alerts=made.defender_alert()), WHOLE, identity="4711", severity="medium"
    ),
    "an incident of two": defender(
        made.defender_incident(
            made.defender_alert(title="Email reported by user as malware or phish", evidence=[made.person()]),
            made.defender_alert(),
        ),
        WHOLE,
        identity="4711",
        severity="medium",
    ),
    "an incident of victims": defender(
        made.defender_incident(made.defender_alert(title="Email reported by user as malware or phish")),
        identity="4711",
        severity="medium",
        reason=f"{INNER} {VICTIM}",
    ),
    "an incident without its alerts": defender(
        made.defender_incident(severity="high", alerts=[]),
        identity="4711",
        reason="It comes without its alerts",
        attention=True,
    ),
    "an incident that is merged": defender(
        made.defender_incident(status="redirected", redirectIncidentId="4712"),
        WHOLE,
        identity="4711",
        severity="medium",
        reason="It is merged into the incident 4712.",
    ),
    "an incident that is resolved": defender(
        made.defender_incident(status="resolved"), WHOLE, identity="4711", severity="medium", reason="It is resolved."
    ),
    "a native incident": defender(made.native_incident(), BY_ID_AND_NAME, identity="4711", severity="medium"),
    "a native alert": defender(made.native_alert(), BY_ID_AND_NAME, identity="ca0f1e2d3c", severity="medium"),
    "an export": defender(made.streamed(), WHOLE, identity="ca0f1e2d3c", severity="medium"),
    "an export without a title": defender(
        made.streamed(Title=None, Severity=None),
        WHOLE,
        identity="ca0f1e2d3c",
        severity="unknown",
        reason="By policy, alerts of this kind never",
    ),
    "an export in two records": defender(
        {"records": [made.streamed(Title=None, Severity=None), made.streamed("AlertInfo")]},
        WHOLE,
        identity="ca0f1e2d3c",
        severity="medium",
    ),
    "an export's information alone": defender(
        made.streamed("AlertInfo"), identity="ca0f1e2d3c", severity="medium", reason="These records name no account"
    ),
    "an export of what is only related": defender(
        made.streamed(EvidenceRole="Related"),
        identity="ca0f1e2d3c",
        severity="medium",
        reason="It names no account of a person",
    ),
    "an export with its names in a string": defender(
        made.streamed(AccountObjectId="user-7", AccountUpn=None, AccountSid=None),
        NamedAccount(ADA_ID),
        identity="ca0f1e2d3c",
        severity="medium",
    ),
    "an export with a broken string": defender(
        made.streamed(AdditionalFields='{"Name": '), WHOLE, identity="ca0f1e2d3c", severity="medium"
    ),
    "another tenant's export": defender(
        made.streamed() | {"tenantId": OTHER_TENANT},
        identity="ca0f1e2d3c",
        severity="medium",
        reason="It comes from another tenant",
    ),
    "an older alert": defender(made.legacy_alert(), BY_ID_AND_NAME, identity="9B1F6A52-LEGACY"),
    "an older alert's recipient": defender(
        made.legacy_alert(userStates=[{"userPrincipalName": ADA, "emailRole": "recipient"}]),
        identity="9B1F6A52-LEGACY",
        reason="It names no account",
    ),
    "an older alert, dismissed": defender(
        made.legacy_alert(status="dismissed"), BY_ID_AND_NAME, identity="9B1F6A52-LEGACY", reason="It is dismissed."
    ),
    "keys that a collector renamed": defender(
        made.defender_alert(
            evidence=[
                {
                    "at_sign_odata_type": "#microsoft.graph.security.userEvidence",
                    "user_account": made.user()["userAccount"],
                }
            ]
        ),
        WHOLE,
    ),
}
