"""What a step declares about itself, as data: the API, the docs, the queues and the permissions follow from it."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from shared.policy import Gate

from .symptoms import Symptom

EVERYTHING = "*"  # in ``after``: all other steps of the playbook, but those in the background
SECURING = "+"  # in ``after``: all other steps that contain, secure or hold


class Stage(StrEnum):
    """What a step is for."""

    TRIAGE = "triage"
    CONTAIN = "contain"
    EVICT = "evict"
    REVIEW = "review"
    SEAL = "seal"
    RECOVER = "recover"
    REPORT = "report"


class Reversible(StrEnum):
    """Whether what a step changes can be put back."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


@dataclass(frozen=True)
class Rights:
    """What our identity needs: Graph application permissions, Entra directory roles, cmdlets of Exchange, and those of
    Security & Compliance."""

    graph: tuple[str, ...] = ()
    directory_roles: tuple[str, ...] = ()
    cmdlets: tuple[str, ...] = ()
    compliance_cmdlets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Declaration:
    """One remediation step, described.

    ``article`` is the place in Microsoft's "Responding to a compromised email account" that it carries out.
    ``after`` names the steps that must have finished, in any way, before it starts.
    ``secures``: the incident is not secured before it is verified. ``holds``: it keeps the user out until a person
    lets them in again. ``changes``: it writes to the tenant. ``only_sessions``: it ends sessions and nothing else, so
    that it needs nobody's approval, whoever the account is. ``locks_out``: without another administrator nobody could
    let the account in again, so it never meets the last Global Administrator. ``deadline`` ends its retries.
    ``background``: the tenant may need hours for it, so nothing waits for it: neither the report, nor the watch, nor an
    ending. ``symptoms``: which of the article's it looks at; what it finds is told under the first.
    """

    name: str
    title: str
    article: str
    stage: Stage
    after: tuple[str, ...] = ("triage",)
    changes: bool = True
    secures: bool = False
    holds: bool = False
    only_sessions: bool = False
    locks_out: bool = False
    background: bool = False
    deadline: timedelta = timedelta(minutes=30)
    rights: Rights = Rights()
    reversible: Reversible = Reversible.YES
    irreversible: str = ""
    gate: Gate = Gate.AUTO
    symptoms: tuple[Symptom, ...] = ()

    @property
    def contains(self) -> bool:
        """Whether the account is not contained before this step is verified."""
        return self.stage is Stage.CONTAIN

    @property
    def function(self) -> str:
        """The name of its Azure Function; its queue is named ``name``."""
        return self.name.replace("-", "_")
