"""Who tells of the attack: one call at one door, in the demo as in the lines that ``make up`` prints."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from .alerts import defender_alert, log_alert, sentinel_incident
from .attack import VICTIM, risk_detection


@dataclass(frozen=True)
class Source:
    """``words`` is a sentence for the screen. The call goes to ``/api/<route>``, which is a function of the name
    ``function``, with what ``body`` makes of the tenant's id."""

    words: str
    route: str
    function: str
    body: Callable[[str], dict[str, object]]


_BY_HAND: dict[str, object] = {"account": VICTIM, "reason": "The user called: mail was sent that is not hers."}

SOURCES: Mapping[str, Source] = MappingProxyType(
    {
        "entra": Source("Entra ID Protection raises an alert.", "alerts/entra", "alerts_entra", risk_detection),
        "defender": Source("Defender XDR raises an alert.", "alerts/defender", "alerts_defender", defender_alert),
        "sentinel": Source(
            "A playbook of Microsoft Sentinel sends an incident.",
            "alerts/sentinel",
            "alerts_sentinel",
            lambda _: sentinel_incident(),
        ),
        "azure-monitor": Source(
            "A log search of Azure Monitor raises an alert.",
            "alerts/azure-monitor",
            "alerts_azure_monitor",
            lambda _: log_alert(),
        ),
        "manual": Source("A person on duty reports the account.", "incidents", "open_incident", lambda _: _BY_HAND),
    }
)
DEFAULT = "entra"
