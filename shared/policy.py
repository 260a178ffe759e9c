"""Policy: what may happen by itself, as data.

``Mode`` is how far a response may go, ``Gate`` how far one step may. Which alerts start a response is
``shared.alerts.starting``; what an account makes of a step is ``shared.playbook.enrolment``.
"""

from enum import StrEnum


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
