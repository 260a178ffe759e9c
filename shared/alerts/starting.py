"""Which alerts start a response: policy as data, with defaults that suit most tenants."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from .detections import DETECTIONS, Least
from .signals import IDENTITY_SERVICES, IDENTITY_TACTICS, part_of, signal_of

_DEFAULT_LEVELS = {name: detection.least for name, detection in DETECTIONS.items()}


class StartingPolicy(BaseModel):
    """From which risk level each kind of alert starts a response, and how old its activity may be.

    An app setting holds it as JSON; what it leaves out keeps its default, in ``levels`` too, kind by kind:
    ``{"levels": {"unlikelyTravel": "medium", "anomalousToken": "never"}, "max_age": "P3D"}``.
    Alerts of Defender and Sentinel are known by their titles, Azure Monitor's by the names of their rules.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    levels: dict[str, Least] = Field(
        default=_DEFAULT_LEVELS,
        description="any, low, medium, high or never, by riskEventType in any case; "
        "riskyUser stands for a user's overall risk, "
        "adminConfirmedUserCompromised for all that a person has confirmed.",
    )
    default_level: Least = Field(Least.HIGH, description="For the kinds that levels does not name.")
    max_age: Annotated[timedelta, Field(gt=timedelta(0))] = Field(
        timedelta(days=7), description="Older activity starts nothing: ISO 8601, or seconds."
    )

    titles: dict[str, Least] = Field(
        default={},
        description="any, low, medium, high or never, by parts of a title, over what is known of titles "
        '(shared/alerts/signals.py): {"honeytoken": "low"}. The first part that is in a title counts.',
    )
    services: tuple[str, ...] = Field(
        default=IDENTITY_SERVICES,
        description="Defender's services whose alerts with other titles start a response at default_level.",
    )
    tactics: tuple[str, ...] = Field(
        default=IDENTITY_TACTICS,
        description="Those alerts have to be of one of these tactics; of Entra ID Protection, of any.",
    )
    sentinel: Least = Field(
        Least.HIGH, description="From which severity Sentinel's incidents and alerts with other titles start."
    )
    monitor_rules: tuple[str, ...] = Field(
        default=(),
        description="Names of the Azure Monitor rules whose alerts start a response, whatever their severity; "
        "others do where the rule has the custom property regain: start.",
    )
    max_accounts: int = Field(
        5, ge=1, description="An alert that names more accounts starts nothing by itself: each waits for approval."
    )

    @field_validator("levels")
    @classmethod
    def _over_the_defaults(cls, given: dict[str, Least]) -> dict[str, Least]:
        return _DEFAULT_LEVELS | {name.casefold(): least for name, least in given.items()}

    def least(self, risk_type: str) -> Least:
        """The least level at which an alert of kind ``risk_type`` starts a response."""
        return self.levels.get(risk_type.casefold(), self.default_level)

    def least_for(self, title: str) -> Least | None:
        """The least severity at which an alert of this title starts a response, None where the title tells nothing."""
        known = signal_of(title)
        return self.given_for(title) or (known.least if known else None)

    def given_for(self, title: str) -> Least | None:
        """The same, as far as the deployment itself has said so."""
        return next((least for part, least in self.titles.items() if part_of(part, title)), None)

    def names_rule(self, rule: str) -> bool:
        """Whether alerts of this Azure Monitor rule start a response."""
        return rule.casefold() in {name.casefold() for name in self.monitor_rules}
