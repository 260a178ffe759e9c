"""Policy: what may happen by itself, as data.

``Mode`` is how far a response may go, ``Gate`` how far one step may. Which alerts start a response is
``shared.alerts.starting``; what an account makes of a step is ``shared.playbook.enrolment``.
"""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Mode(StrEnum):
    """``report-only``: all reads, no writes, the full plan. ``enforce``: the plan is carried out."""

    REPORT_ONLY = "report-only"
    ENFORCE = "enforce"

    def lowered_to(self, other: "Mode") -> "Mode":
        """The lower of two modes."""
        return Mode.ENFORCE if self is other is Mode.ENFORCE else Mode.REPORT_ONLY


class Gate(StrEnum):
    """``auto``: the step runs by itself. ``approve``: its plan waits for a person. ``off``: it does not run."""

    AUTO = "auto"
    APPROVE = "approve"
    OFF = "off"


class MfaMethods(StrEnum):
    """Which second factors are taken away: those registered within the attack ``window``, ``all``, or ``none``."""

    WINDOW = "window"
    ALL = "all"
    NONE = "none"


class Limits(BaseModel):
    """Incidents per clock hour and per day, in UTC, for the whole deployment.

    Beyond ``enforced_*`` an incident waits for approval, but its sessions are revoked and its plan is made. Beyond
    ``looked_at_*`` not even that: it waits as it came in.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    enforced_per_hour: int = Field(20, ge=0)
    enforced_per_day: int = Field(100, ge=0)
    looked_at_per_hour: int = Field(200, ge=0)
    looked_at_per_day: int = Field(1000, ge=0)
