"""The records of Entra ID Protection as they come: tolerant of what is odd, strict about what decides.

Sources: the Graph resources ``riskDetection``, ``riskyUser``, ``riskyUserHistoryItem``,
``servicePrincipalRiskDetection`` and ``riskyServicePrincipal``.
"""

from enum import Enum, auto

from pydantic import Field

from .detections import CONFIRMED, UNTOLD
from .tolerant import Text, Time, Tolerant, Word

_LEVELS = frozenset({"none", "low", "medium", "high"})
_OPEN = frozenset({"atrisk", "confirmedcompromised"})
_SIGN_IN_CONFIRMED = "adminconfirmedsignincompromised"


class Kind(Enum):
    """What a record is about."""

    DETECTION = auto()
    USER = auto()
    HISTORY = auto()
    SERVICE_PRINCIPAL = auto()
    AGENT = auto()
    OTHER = auto()


class RiskRecord(Tolerant):
    """The fields that count of a ``riskDetection`` or a ``riskyUser``, and those that tell what is neither."""

    odata_type: Word = Field(None, validation_alias="@odata.type")
    id: Text = None
    risk_event_type: Text = None
    risk_type: Text = None
    risk_level: Word = None
    risk_state: Text = None
    risk_detail: Word = None
    user_id: Text = None
    user_principal_name: Text = None
    activity: Word = None
    activity_date_time: Time = None
    detected_date_time: Time = None
    last_updated_date_time: Time = None
    risk_last_updated_date_time: Time = None
    initiated_by: object = None
    app_id: Text = None
    service_principal_id: Text = None
    service_principal_display_name: Text = None
    service_principal_type: Text = None
    agent_id: Text = None
    agent_display_name: Text = None
    identity_type: Word = None
    tenant_id: Word = None
    azure_tenant_id: Word = None

    @property
    def type(self) -> str:
        """The kind of risk; the older ``riskType`` counts only where ``riskEventType`` is missing."""
        return self.risk_event_type or self.risk_type or UNTOLD

    @property
    def level(self) -> str:
        """none, low, medium, high, or unknown: what is hidden for want of a licence is not none."""
        return self.risk_level if self.risk_level in _LEVELS else "unknown"

    @property
    def open(self) -> bool:
        """Whether nobody and nothing has dealt with this risk."""
        return (self.risk_state or "").casefold() in _OPEN

    @property
    def confirmed(self) -> bool:
        """Whether somebody has confirmed the user, or one sign-in of theirs, as compromised."""
        return (self.risk_state or "").casefold() == "confirmedcompromised" or CONFIRMED.casefold() in {
            self.type.casefold(),
            self.risk_detail,
        }

    @property
    def may_be_ours(self) -> bool:
        """Whether this can be the echo of our own confirmation: Regain confirms users, never sign-ins."""
        return self.confirmed and self.risk_detail != _SIGN_IN_CONFIRMED

    @property
    def kind(self) -> Kind:
        """What this is as Graph shows it: Graph names the type only sometimes, so the fields have to tell."""
        if self.about_other_subject:
            return self.about_other_subject
        if self._about_history:
            return Kind.HISTORY
        if self._about_detection:
            return Kind.DETECTION
        return Kind.USER if not self.user_id and (self.risk_level or self.risk_state) else Kind.OTHER

    @property
    def about_other_subject(self) -> Kind | None:
        """The subject that is no user, None where it is one."""
        named = self.agent_id or self.agent_display_name
        kinds = f"{self.odata_type} {self.identity_type}"
        if named or "agent" in kinds or "agentcompromised" in self._words:
            return Kind.AGENT
        named = self.service_principal_id or self.service_principal_display_name or self.service_principal_type
        app_alone = self.app_id and not (self.user_id or self.user_principal_name)
        return Kind.SERVICE_PRINCIPAL if named or app_alone or "serviceprincipal" in self._words else None

    @property
    def _words(self) -> str:
        return f"{self.odata_type} {self.activity} {self.risk_detail} {self.type.casefold()}"

    @property
    def _about_history(self) -> bool:
        """Nearly a ``riskyUser``, but the user is in ``userId``, which no ``riskyUser`` has."""
        initiated = "initiated_by" in self.model_fields_set
        return initiated or "historyitem" in self._words or bool(self.user_id and self.risk_last_updated_date_time)

    @property
    def _about_detection(self) -> bool:
        """A sign-in is near to it, but has no time of a detection and another name for its level."""
        kind = self.risk_event_type or self.risk_type
        time = self.activity_date_time or self.detected_date_time or self.last_updated_date_time
        return bool(kind or time or (self.user_id and self.risk_level))
