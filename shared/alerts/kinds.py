"""Which source a payload is from, by its content alone."""

from collections.abc import Callable

from .alert import Alert, Ignored
from .azure_monitor import read_azure_monitor
from .defender import read_defender
from .defender_export import exported
from .entra import read_entra
from .errors import BadPayload
from .graph_notifications import Notification, read_graph
from .payload import read_records
from .sentinel import read_sentinel
from .tolerant import folded

UNKNOWN = "unknown"

Reader = Callable[..., list[Alert | Ignored]]
"""Called as ``read_entra`` is."""

READERS: dict[str, Reader] = {
    "entra": read_entra,
    "defender": read_defender,
    "sentinel": read_sentinel,
    "azure-monitor": read_azure_monitor,
    "graph": read_graph,
}


def kind_of(body: bytes) -> str:
    """A name in ``READERS``, or ``unknown``: that of the first record that tells. Never raises."""
    try:
        records = read_records(body)
    except BadPayload:
        return UNKNOWN
    kinds = (_kind(record) for record in records if isinstance(record, dict))
    return next((kind for kind in kinds if kind != UNKNOWN), UNKNOWN)


def _kind(record: dict[str, object]) -> str:
    return next((kind for kind, tells in _TELLS.items() if tells(record, folded(record))), UNKNOWN)


def _object(value: object) -> dict[str, object]:
    return folded(value) if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value.casefold() if isinstance(value, str) else ""


def _azure_monitor(record: dict[str, object], keys: dict[str, object]) -> bool:
    del record
    schema = _text(keys.get("schemaid"))
    known = schema.startswith(("azuremonitor", "microsoft.insights"))
    data = _object(keys.get("data"))
    results = bool(keys.keys() & {"searchresults", "searchresult"}) or "alertrulename" in keys
    return known or bool(data.keys() & {"essentials", "alertcontext"}) or results


def _sentinel(record: dict[str, object], keys: dict[str, object]) -> bool:
    if isinstance(body := record.get("body"), dict):
        return _sentinel(body, folded(body))
    kind, properties = _text(keys.get("type")), _object(keys.get("properties"))
    tells = {"objectschematype", "systemalertid", "entity", "accounts", "incidentarmid"}
    entity = isinstance(keys.get("kind"), str) and bool(properties)
    listing = isinstance(keys.get("entities"), list) and not keys.keys() & {"alertid", "title"}
    return (
        "microsoft.securityinsights" in kind
        or bool(keys.keys() & tells)
        or bool(properties.keys() & {"incidentnumber", "systemalertid"})
        or entity
        or listing
    )


def _graph(record: dict[str, object], keys: dict[str, object]) -> bool:
    item = Notification.model_validate(record)
    wrapped = "specversion" in keys and (item.type or "").startswith("microsoft.graph.")
    handshake = "validationtoken" in _text(keys.get("url"))
    claims = {"aud", "iss"} <= keys.keys() and bool(keys.keys() & {"appid", "azp"})
    return item.is_one or wrapped or handshake or claims or bool(keys.keys() & {"validationtokens", "encryptedcontent"})


def _defender(record: dict[str, object], keys: dict[str, object]) -> bool:
    tells = {
        "alertid", "evidence", "userstates", "incidentname", "incidentweburl", "alertweburl", "servicesource",
        "vendorinformation", "redirectincidentid", "determination",
    }  # fmt: skip
    names = {name.replace("_", "").casefold() for name in record}  # those that hold nothing tell as much
    incident = {"displayname", "alerts"} <= names
    return exported(record) or incident or bool(names & tells) or "security.alert" in _text(keys.get("@odata.type"))


def _entra(record: dict[str, object], keys: dict[str, object]) -> bool:
    del record
    tells = {"riskeventtype", "risktype", "risklevel", "riskstate", "riskdetail"}
    exports = {"userriskevents", "riskyusers", "serviceprincipalriskevents", "riskyserviceprincipals"}
    inner = _object(keys.get("properties"))
    return bool(keys.keys() & tells) or bool(inner.keys() & tells) or _text(keys.get("category")) in exports


_TELLS: dict[str, Callable[[dict[str, object], dict[str, object]], bool]] = {
    "graph": _graph,
    "azure-monitor": _azure_monitor,
    "sentinel": _sentinel,
    "entra": _entra,
    "defender": _defender,
}
