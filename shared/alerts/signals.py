"""The titles of alerts that mean a takeover, and those that look like one: from which severity each starts a response.

Titles have no fixed spelling and are matched by parts of their words. Sources: the alert policies of Microsoft Defender
(defender-xdr/alert-policies), and the names that Entra ID Protection, Defender for Cloud Apps and Defender XDR give to
their detections. The severities are our judgement: ``low`` where the title says it all, ``high`` what is noise alone.
"""

import re
from dataclasses import dataclass

from .detections import Least


@dataclass(frozen=True)
class Signal:
    """A kind of alert, by the parts of titles that tell it: one word is that word, several may be run together.

    ``victim``: whoever it names has got a mail, and is not known to have done anything. ``confirmed``: a person has
    said so. ``note`` is what a person has to know or do, one sentence, "" where nothing.
    """

    parts: tuple[str, ...]
    least: Least
    victim: bool = False
    confirmed: bool = False
    note: str = ""

    def matches(self, title: str) -> bool:
        """Whether ``title`` is of this kind."""
        return any(part_of(part, title) for part in self.parts)


def part_of(part: str, title: str) -> bool:
    """Whether ``title`` has the words of ``part``, in any case, whatever is between the words."""
    wanted, words = _words(part), _words(title)
    if len(wanted) == 1:
        return wanted[0] in words
    return bool(wanted) and "".join(wanted) in "".join(words)


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.casefold())


SIGNALS = (
    Signal(
        (
            "reported by user", "removed after delivery", "not removed after delivery", "phish delivered due to",
            "malware delivered due to", "phish not zapped", "malware not zapped", "malware campaign",
            "released a quarantined message", "release a quarantined message",
        ),
        Least.NEVER,
        victim=True,
    ),
    Signal(
        (
            "accessed link in zap", "malicious url click", "clicked through to a potentially malicious url",
            "clicked a malicious link",
        ),
        Least.NEVER,
        note="The user may have given a password away: look at the sign-ins, and open an incident where one is odd.",
    ),
    Signal(("admin triggered",), Least.NEVER, note="A person is at work on it already."),
    Signal(("creation of forwarding redirect rule",), Least.NEVER),
    Signal(("email sending limit exceeded",), Least.NEVER, note="Whether the user sent it, a person has to find out."),
    Signal(
        ("connector activity", "tenant restricted", "tenant sending patterns"),
        Least.NEVER,
        note="It is about the whole organisation: a task for a person.",
    ),
    Signal(("dlp", "data loss prevention", "exfiltration incident", "file sharing", "shared externally"), Least.NEVER),
    Signal(("oauth", "consent"), Least.NEVER, note="An application may have been given rights: a person has to look."),
    Signal(("confirmed compromised", "confirmed user compromised"), Least.ANY, confirmed=True),
    Signal(("restricted from sending",), Least.LOW),
    Signal(("suspicious email sending patterns", "suspicious sending patterns"), Least.MEDIUM),
    Signal(("suspicious email forwarding",), Least.LOW),
    Signal(("suspicious inbox forwarding", "inbox manipulation rule", "suspicious inbox rule"), Least.MEDIUM),
    Signal(("compromised account", "compromised user", "account compromised", "user compromised"), Least.LOW),
    Signal(
        ("attacker in the middle", "adversary in the middle", "aitm"),
        Least.MEDIUM,
    ),
    Signal(("anomalous token", "stolen session", "session cookie", "stolen token"), Least.HIGH),
    Signal(("leaked credentials", "leaked credential"), Least.LOW),
    Signal(("business email compromise", "bec"), Least.LOW),
    Signal(("nation state activity", "nation state actor"), Least.LOW),
    Signal(("password spray",), Least.HIGH),
    Signal(
        (
            "malicious ip", "anonymous ip", "impossible travel", "atypical travel", "unfamiliar sign in",
            "unfamiliar features", "suspicious ip", "risky ip",
        ),
        Least.HIGH,
    ),
)  # fmt: skip
"""The first that matches counts: what looks like a takeover and is none comes before."""

NEVER_FROM = frozenset(("microsoftDefenderForEndpoint", "dataLossPrevention"))
"""Services whose alerts are about a device or a document, whatever their title."""

IDENTITY_SERVICES = (
    "azureAdIdentityProtection",
    "microsoftDefenderForOffice365",
    "microsoftDefenderForCloudApps",
    "microsoftDefenderForIdentity",
    "microsoft365Defender",
)
IDENTITY_TACTICS = (
    "InitialAccess",
    "CredentialAccess",
    "Persistence",
    "Collection",
    "Exfiltration",
    "LateralMovement",
)

_SERVICES = {
    "azureAdIdentityProtection": (
        "AAD Identity Protection", "Azure Active Directory Identity Protection", "IPC", "AADIP",
        "Microsoft Entra ID Protection", "Azure AD Identity Protection",
    ),
    "microsoftDefenderForOffice365": (
        "OfficeATP", "Microsoft Defender for Office 365", "OATP", "Office 365 Advanced Threat Protection",
        "Office 365 Security and Compliance", "Office Security and Compliance Center",
    ),
    "microsoftDefenderForCloudApps": (
        "Microsoft Cloud App Security", "Microsoft Defender for Cloud Apps", "MCAS", "Cloud Application Security",
        "MicrosoftCloudAppSecurity",
    ),
    "microsoftDefenderForIdentity": (
        "Azure Advanced Threat Protection", "Microsoft Defender for Identity", "AATP", "AzureATP",
    ),
    "microsoft365Defender": (
        "Microsoft 365 Defender", "Microsoft Defender XDR", "Microsoft Threat Protection", "MTP", "Microsoft XDR",
    ),
    "microsoftDefenderForEndpoint": (
        "Microsoft Defender for Endpoint", "MicrosoftDefenderATP", "Microsoft Defender Advanced Threat Protection",
        "MDATP", "WindowsDefenderAtp",
    ),
    "dataLossPrevention": (
        "Microsoft Data Loss Prevention", "MicrosoftDataLossPrevention", "Data Loss Prevention",
    ),
}  # fmt: skip


def _key(name: str) -> str:
    return "".join(_words(name))


_BY_ANY_NAME = {_key(name): service for service, names in _SERVICES.items() for name in (service, *names)}


def service_named(name: str | None) -> str:
    """What ``alerts_v2`` calls the service that other sources call ``name``; ``name`` itself where nobody knows it."""
    return _BY_ANY_NAME.get(_key(name or ""), name or "")


def signal_of(title: str) -> Signal | None:
    """What is known of alerts with this title."""
    return next((signal for signal in SIGNALS if signal.matches(title)), None)
