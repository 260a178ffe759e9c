"""The envelope in which a diagnostic setting exports a record of Entra ID Protection, and records without one.

Source: the log categories of ``Microsoft.aadiam`` (UserRiskEvents, RiskyUsers, ServicePrincipalRiskEvents,
RiskyServicePrincipals): their ``properties`` are what Graph shows.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from .risk import Kind, RiskRecord
from .tolerant import Object, Text, Time, Tolerant, Word


class ExportRecord(Tolerant):
    """The envelope in which a diagnostic setting exports a record. ``identity`` and ``correlationId`` are labels."""

    category: Word = None
    time: Time = None
    tenant_id: Word = None
    resource_id: Text = None
    properties: Object = Field(default_factory=dict)


@dataclass(frozen=True)
class Unwrapped:
    """One record out of its envelope: ``tenants`` are all that it says it is from, ``content`` is it as it came."""

    kind: Kind
    risk: RiskRecord
    tenants: frozenset[str]
    exported_at: datetime | None
    content: dict[str, object]


_CATEGORIES = {
    "userriskevents": Kind.DETECTION,
    "riskyusers": Kind.USER,
    "serviceprincipalriskevents": Kind.SERVICE_PRINCIPAL,
    "riskyserviceprincipals": Kind.SERVICE_PRINCIPAL,
}

_TENANT_OF_RESOURCE = re.compile(r"/tenants/([^/]+)(/.*)?")


def unwrap(record: dict[str, object]) -> Unwrapped:
    """A record as Graph shows it, or as a diagnostic setting exports it."""
    if "properties" not in record:
        risk = RiskRecord.model_validate(record)
        return Unwrapped(risk.kind, risk, _named(risk.tenant_id, risk.azure_tenant_id), None, record)
    export = ExportRecord.model_validate(record)
    risk = RiskRecord.model_validate(export.properties)
    resource = _TENANT_OF_RESOURCE.fullmatch((export.resource_id or "").casefold())
    return Unwrapped(
        kind=risk.about_other_subject or _CATEGORIES.get(export.category or "", Kind.OTHER),
        risk=risk,
        tenants=_named(export.tenant_id, resource and resource[1], risk.tenant_id, risk.azure_tenant_id),
        exported_at=export.time,
        content=export.properties or record,
    )


def _named(*tenants: str | None) -> frozenset[str]:
    return frozenset(tenant for tenant in tenants if tenant)
