"""How one payload is expected to be read; the tables of each source are beside this."""

from dataclasses import dataclass, field

from shared.alerts.alert import Missing, NamedAccount

from .payloads import ADA, ADA_ID, ADA_SID, BOB, BOB_ID, INCIDENT, MONITOR_ID

WHOLE = NamedAccount(ADA_ID, ADA, ADA_SID)
BY_ID_AND_NAME = NamedAccount(ADA_ID, ADA)
OTHER = NamedAccount(BOB_ID, BOB)
STARTS = ""


@dataclass(frozen=True)
class Case:
    """``reason`` is why it starts nothing (or nothing by itself), as it begins."""

    body: object
    kind: str
    identity: str
    accounts: tuple[NamedAccount, ...]
    severity: str
    reason: str = STARTS
    missing: Missing | None = None
    attention: bool = False
    policy: dict[str, object] = field(default_factory=dict)


def defender(body: object, *accounts: NamedAccount, reason: str = STARTS, **more: object) -> Case:
    values: dict[str, object] = {"identity": "ad9f27c1e35b8840aa7713d2c6f5", "severity": "high"} | more
    return Case(body, "defender", accounts=accounts, reason=reason, **values)  # type: ignore[arg-type]


def sentinel(body: object, *accounts: NamedAccount, reason: str = STARTS, **more: object) -> Case:
    values: dict[str, object] = {"identity": INCIDENT, "severity": "high"} | more
    return Case(body, "sentinel", accounts=accounts, reason=reason, **values)  # type: ignore[arg-type]


def monitor(body: object, *accounts: NamedAccount, reason: str = STARTS, **more: object) -> Case:
    values: dict[str, object] = {"identity": MONITOR_ID, "severity": "Sev1"} | more
    return Case(body, "azure-monitor", accounts=accounts, reason=reason, **values)  # type: ignore[arg-type]


def graph(body: object, identity: str, reason: str, **more: object) -> Case:
    return Case(body, "graph", identity, (), "unknown", reason, **more)  # type: ignore[arg-type]


VICTIM = "Whoever it names has got a mail"
INNER = "None of its alerts starts a response."
ROLES = {"roles": ["contextual"]}
