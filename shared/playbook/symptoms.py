"""The symptoms of a compromised account, as Microsoft's article lists them, in its order.

https://learn.microsoft.com/defender-office-365/responding-to-a-compromised-email-account
"""

from enum import StrEnum


class Symptom(StrEnum):
    """One of them. A step declares which ones it looks at, so that a report can say of each whether anybody looked."""

    MISSING_MAIL = "missing-mail"
    NOT_IN_SENT_ITEMS = "not-in-sent-items"
    SUSPICIOUS_RULES = "suspicious-rules"
    DISPLAY_NAME = "display-name"
    BLOCKED_FROM_SENDING = "blocked-from-sending"
    SCAMS = "scams"
    PROFILE = "profile"
    CREDENTIALS = "credentials"
    FORWARDING = "forwarding"
    SIGNATURE = "signature"


IN_WORDS = {
    Symptom.MISSING_MAIL: "Mail is missing or was deleted",
    Symptom.NOT_IN_SENT_ITEMS: "Others got mail that is not in the Sent Items",
    Symptom.SUSPICIOUS_RULES: "Inbox rules forward mail to strangers, or hide it",
    Symptom.DISPLAY_NAME: "The display name was changed in the address list",
    Symptom.BLOCKED_FROM_SENDING: "The mailbox is blocked from sending",
    Symptom.SCAMS: "Sent or deleted items hold an attacker's mail",
    Symptom.PROFILE: "The profile was changed: name, telephone, address",
    Symptom.CREDENTIALS: "Credentials were changed, or several times",
    Symptom.FORWARDING: "Mail forwarding was added",
    Symptom.SIGNATURE: "An unusual signature was added",
}
