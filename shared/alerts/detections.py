"""The kinds of risk that Entra ID Protection reports: what each is called, and from which level it starts a response.

Source: the risk detection types of Entra ID Protection (concept-identity-protection-risks) and the Graph resource
``riskDetection``. ``riskEventType`` is free text: kinds that are not here do come. The levels are our judgement:
what can hardly be a false alarm starts at medium, what is noise by itself only where Microsoft says high.
"""

from dataclasses import dataclass
from enum import StrEnum


class Least(StrEnum):
    """The least risk level that starts a response: ``any`` takes hidden and unknown ones too, ``never`` none."""

    ANY = "any"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    NEVER = "never"

    def reached_by(self, level: str) -> bool:
        """Whether a record of risk ``level`` (lower case, as Graph names it) is enough."""
        return self is Least.ANY or level in _ENOUGH[self]


_ENOUGH = {
    Least.LOW: {"low", "medium", "high"},
    Least.MEDIUM: {"medium", "high"},
    Least.HIGH: {"high"},
    Least.NEVER: frozenset[str](),
}


@dataclass(frozen=True)
class Detection:
    """One kind of risk. ``note`` is what a person has to know or do about it, one sentence, "" where nothing."""

    type: str
    label: str
    least: Least
    note: str = ""


CONFIRMED = "adminConfirmedUserCompromised"
RISKY_USER = "riskyUser"
"""Not a ``riskEventType``: the name under which a user's overall risk is found here and in the policy."""
UNTOLD = "generic"
"""What Microsoft calls a kind that it does not tell, for want of a licence."""

_DETECTIONS = (
    Detection(CONFIRMED, "User confirmed compromised", Least.ANY),
    Detection(RISKY_USER, "User at risk", Least.HIGH),
    Detection("leakedCredentials", "Leaked credentials", Least.MEDIUM),
    Detection("attackerinTheMiddle", "Attacker in the middle", Least.MEDIUM),
    Detection("nationStateIP", "Verified threat actor address", Least.MEDIUM),
    Detection("passwordSpray", "Password spray", Least.MEDIUM),
    Detection("suspiciousInboxForwarding", "Suspicious inbox forwarding", Least.MEDIUM),
    Detection("mcasSuspiciousInboxManipulationRules", "Suspicious inbox rules", Least.MEDIUM),
    Detection("suspiciousSendingPatterns", "Suspicious sending patterns", Least.MEDIUM),
    Detection("userReportedSuspiciousActivity", "Suspicious activity reported by the user", Least.HIGH),
    Detection("anomalousToken", "Anomalous token", Least.HIGH),
    Detection(
        "attemptedPrtAccess",
        "Attempted access to a primary refresh token",
        Least.HIGH,
        "The token was attacked on a device: a person has to examine the user's devices.",
    ),
    Detection(
        "tokenIssuerAnomaly",
        "Token issuer anomaly",
        Least.NEVER,
        "The issuer of the tokens may be compromised, not only this user: a task for a person.",
    ),
    Detection("investigationsThreatIntelligence", "Microsoft threat intelligence", Least.HIGH),
    Detection("investigationsThreatIntelligenceSigninLinked", "Microsoft threat intelligence", Least.HIGH),
    Detection("maliciousIPAddress", "Malicious IP address", Least.HIGH),
    Detection("maliciousIPAddressValidCredentialsBlockedIP", "Valid credentials from a blocked IP address", Least.HIGH),
    Detection("mcasFinSuspiciousFileAccess", "Mass access to sensitive files", Least.HIGH),
    Detection("suspiciousAPITraffic", "Suspicious API traffic", Least.HIGH),
    Detection("anomalousUserActivity", "Anomalous user activity", Least.HIGH),
    Detection("unfamiliarFeatures", "Unfamiliar sign-in properties", Least.HIGH),
    Detection("unlikelyTravel", "Atypical travel", Least.HIGH),
    Detection("mcasImpossibleTravel", "Impossible travel", Least.HIGH),
    Detection("impossibleTravel", "Impossible travel", Least.HIGH),
    Detection("newCountry", "New country", Least.HIGH),
    Detection("riskyIPAddress", "Risky IP address", Least.HIGH),
    Detection("anonymizedIPAddress", "Anonymous IP address", Least.HIGH),
    Detection("suspiciousIPAddress", "Suspicious IP address", Least.HIGH),
    Detection("suspiciousBrowser", "Suspicious browser", Least.HIGH),
    Detection("malwareInfectedIPAddress", "IP address linked to malware", Least.HIGH),
    Detection(UNTOLD, "Additional risk", Least.HIGH),
)

DETECTIONS = {detection.type.casefold(): detection for detection in _DETECTIONS}
"""By type, case-folded."""
