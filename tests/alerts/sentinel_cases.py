"""Payloads of Microsoft Sentinel: what its triggers hand over, and what its API shows."""

import json

from shared.alerts.alert import Lookup, Missing, NamedAccount

from . import payloads as made
from .cases import BY_ID_AND_NAME, Case, sentinel
from .payloads import ADA, ADA_ID, ARM_ID, INCIDENT
from .records import OTHER_TENANT

NO_ENTITIES = Missing(Lookup.ENTITIES, ARM_ID)
MAIL = "It names only mailboxes or recipients of mail"

SENTINEL: dict[str, Case] = {
    "an incident": sentinel(made.sentinel_incident(), BY_ID_AND_NAME),
    "an incident wrapped in a body": sentinel({"body": made.sentinel_incident()}, BY_ID_AND_NAME),
    "an incident as REST shows it": sentinel({"value": [made.sentinel_incident()["object"]]}, BY_ID_AND_NAME),
    "an incident as the SDK prints it": sentinel(
        {
            "id": ARM_ID,
            "name": INCIDENT,
            "type": "Microsoft.SecurityInsights/Incidents",
            "title": "Rare sign-in",
            "severity": "High",
            "status": "New",
            "created_time_utc": "2026-07-18T10:09:00+00:00",
            "related_entities": [
                made.entity("account", aad_user_id=ADA_ID, account_name="ada", upn_suffix="contoso.com")
            ],
        },
        BY_ID_AND_NAME,
    ),
    "before its entities": sentinel(
        made.sentinel_incident(relatedEntities=[]),
        reason="It came without entities",
        missing=NO_ENTITIES,
        attention=True,
    ),
    "without entities": sentinel(
        made.sentinel_incident(relatedEntities=None),
        reason="It came without entities",
        missing=NO_ENTITIES,
        attention=True,
    ),
    "without entities, too low": sentinel(
        made.sentinel_incident(relatedEntities=[], severity="Medium"),
        severity="medium",
        reason="Its severity is medium",
    ),
    "entities but no account": sentinel(
        made.sentinel_incident(made.entity("Ip", address="203.0.113.7")),
        reason="None of its entities is an account",
        attention=True,
    ),
    "a kind in another case": sentinel(made.sentinel_incident(made.entity() | {"kind": "ACCOUNT"}), BY_ID_AND_NAME),
    "a domain name": sentinel(
        made.sentinel_incident(made.entity(accountName="Ada", ntDomain="CONTOSO", isDomainJoined=True)),
        NamedAccount(on_premises="contoso\\ada"),
    ),
    "a label alone": sentinel(made.sentinel_incident(made.entity(friendlyName=ADA)), NamedAccount(name=ADA)),
    "a label with a domain": sentinel(
        made.sentinel_incident(made.entity(friendlyName="CONTOSO\\ada")), NamedAccount(on_premises="contoso\\ada")
    ),
    "the system with an object id": sentinel(
        made.sentinel_incident(made.entity(sid="S-1-5-18", aadUserId=ADA_ID)),
        reason="None of its entities is an account",
        attention=True,
    ),
    "an account of the host alone": sentinel(
        made.sentinel_incident(
            made.entity("Host", hostName="pc-17"), made.entity(accountName="admin", ntDomain="PC-17")
        ),
        reason="None of its entities is an account",
        attention=True,
    ),
    "an account of another tenant": sentinel(
        made.sentinel_incident(made.entity(aadUserId=ADA_ID, aadTenantId=OTHER_TENANT)),
        reason="None of its entities is an account",
        attention=True,
    ),
    "one person twice": sentinel(
        made.sentinel_incident(made.entity(), made.entity(accountName="ADA", upnSuffix="contoso.com")), BY_ID_AND_NAME
    ),
    "a mail's recipient": sentinel(
        made.sentinel_incident(made.entity("MailMessage", recipient=ADA), made.entity()), reason=MAIL, attention=True
    ),
    "a mailbox of which nobody knows": sentinel(
        made.sentinel_incident(made.entity("Mailbox", mailboxPrimaryAddress=ADA)), reason=MAIL, attention=True
    ),
    "a mailbox that forwards": sentinel(
        made.sentinel_incident(
            made.entity("Mailbox", mailboxPrimaryAddress=ADA, externalDirectoryObjectId=ADA_ID),
            title="Suspicious email forwarding activity",
        ),
        BY_ID_AND_NAME,
    ),
    "medium": sentinel(
        made.sentinel_incident(severity="Medium"), BY_ID_AND_NAME, severity="medium", reason="Its severity is medium"
    ),
    "medium, with a title that says it": sentinel(
        made.sentinel_incident(severity="Medium", title="AiTM phishing site"), BY_ID_AND_NAME, severity="medium"
    ),
    "closed": sentinel(made.sentinel_incident(status="Closed"), BY_ID_AND_NAME, reason="It is closed."),
    "a false positive that is open": sentinel(
        made.sentinel_incident(classification="FalsePositive"), BY_ID_AND_NAME, reason="It is classified as a false"
    ),
    "data loss": sentinel(
        made.sentinel_incident(additionalData={"alertProductNames": ["Microsoft Data Loss Prevention"]}),
        BY_ID_AND_NAME,
        reason="It comes from dataLossPrevention",
    ),
    "a copy of Defender's": sentinel(made.xdr_incident(), BY_ID_AND_NAME),
    "a copy of another tenant's": sentinel(
        made.xdr_incident(
            additionalData={"providerIncidentUrl": f"https://security.microsoft.com/incident2/1?tid={OTHER_TENANT}"}
        ),
        reason="It comes from another tenant",
    ),
    "an update": sentinel(made.sentinel_incident() | {"objectEventType": "Update"}, BY_ID_AND_NAME),
    "a bad time": sentinel(
        made.sentinel_incident(firstActivityTimeUtc="soon", lastActivityTimeUtc=None, createdTimeUtc=""), BY_ID_AND_NAME
    ),
    "an alert": sentinel(made.security_alert(), BY_ID_AND_NAME, identity="e2b0c5d1-6f47-4a38-9b20-c1d2e3f4a5b6"),
    "an alert with strings": sentinel(
        made.security_alert(Entities=json.dumps(made.security_alert()["Entities"]), ExtendedProperties='{"a": '),
        BY_ID_AND_NAME,
        identity="e2b0c5d1-6f47-4a38-9b20-c1d2e3f4a5b6",
    ),
    "an alert with a broken string": sentinel(
        made.security_alert(Entities='[{"Type": '),
        identity="e2b0c5d1-6f47-4a38-9b20-c1d2e3f4a5b6",
        reason="It came without entities",
        attention=True,
    ),
    "an alert about a computer": sentinel(
        made.security_alert(Entities=[{"Type": "account", "Name": "pc-17$", "NTDomain": "contoso"}]),
        identity="e2b0c5d1-6f47-4a38-9b20-c1d2e3f4a5b6",
        reason="None of its entities is an account",
        attention=True,
    ),
}
