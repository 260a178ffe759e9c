"""Which alerts start a response: policy as data, with defaults that suit most tenants."""

from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

from .detections import DETECTIONS, Least

_DEFAULT_LEVELS = {name: detection.least for name, detection in DETECTIONS.items()}


class StartingPolicy(BaseModel):
    """From which risk level each kind of alert starts a response, and how old its activity may be.

    An app setting holds it as JSON; what it leaves out keeps its default, in ``levels`` too, kind by kind:
    ``{"levels": {"unlikelyTravel": "medium", "anomalousToken": "never"}, "max_age": "P3D"}``.
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

    @field_validator("levels")
    @classmethod
    def _over_the_defaults(cls, given: dict[str, Least]) -> dict[str, Least]:
        return _DEFAULT_LEVELS | {name.casefold(): least for name, least in given.items()}

    def least(self, risk_type: str) -> Least:
        """The least level at which an alert of kind ``risk_type`` starts a response."""
        return self.levels.get(risk_type.casefold(), self.default_level)
