"""The account: the user in the tenant, as triage found and classified it."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Authority(StrEnum):
    """Where the password of an account is kept."""

    CLOUD = "cloud"
    SYNCED = "synced"
    FEDERATED = "federated"


class MailboxKind(StrEnum):
    """What kind of mailbox an account has in Exchange Online. ``UNKNOWN``: it could not be read."""

    USER = "user"
    SHARED = "shared"
    ROOM = "room"
    ON_PREMISES = "on-premises"
    NONE = "none"
    UNKNOWN = "unknown"


class Account(BaseModel):
    """One user of the tenant. ``id`` is the object id, a lower-case GUID.

    ``privileged`` and ``service`` say why, "" where it is not; ``protected`` names what protects it. ``unsure`` says
    why it could not be told whether it is protected, "" where it could. Both times are those before the response.
    """

    model_config = ConfigDict(frozen=True)

    id: str
    user_principal_name: str
    display_name: str = ""
    guest: bool = False
    authority: Authority = Authority.CLOUD
    mailbox: MailboxKind = MailboxKind.UNKNOWN
    privileged: str = ""
    service: str = ""
    protected: str = ""
    unsure: str = ""
    sessions_valid_from: datetime | None = None
    password_changed_at: datetime | None = None

    @property
    def depended_on(self) -> str:
        """Why others depend on this account being let in, "" where none does."""
        if self.mailbox in (MailboxKind.SHARED, MailboxKind.ROOM):
            return f"it is a {self.mailbox} mailbox that others work with"
        return self.service
