"""What the streaming API exports of alerts: a record for each row of AlertInfo and of AlertEvidence.

An alert is in several of them: its title in one, each account in another. Those that come in one body are put together.
Source: the advanced hunting tables AlertInfo and AlertEvidence.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import Field

from .tolerant import Folded, Id, Object, Word, folded

_CATEGORY = "advancedhunting-"
_INFO, _EVIDENCE = "advancedhunting-alertinfo", "advancedhunting-alertevidence"


@dataclass(frozen=True)
class Streamed:
    """One alert: ``fields`` as an alert of the API has them, ``evidence`` as its rows came."""

    fields: dict[str, object]
    evidence: tuple[dict[str, object], ...]
    tenants: frozenset[str]


class _Record(Folded):
    category: Word = None
    tenant_id: Word = None
    properties: Object = Field(default_factory=dict)

    @property
    def alert_id(self) -> str | None:
        return _Row.model_validate(self.properties).alert_id

    @property
    def about_an_alert(self) -> bool:
        return self.category in (_INFO, _EVIDENCE) and self.alert_id is not None


class _Row(Folded):
    alert_id: Id = None


def exported(record: dict[str, object]) -> bool:
    """Whether the streaming API has exported ``record``, an alert or something else."""
    return (_Record.model_validate(record).category or "").startswith(_CATEGORY)


def streamed_alerts(records: list[object]) -> Iterator[object]:
    """``records``, those of one alert put together in the place of the first."""
    rows: dict[str, list[_Record]] = {}
    read = [_Record.model_validate(record) if isinstance(record, dict) else _Record() for record in records]
    for row in read:
        if row.about_an_alert:
            rows.setdefault(row.alert_id or "", []).append(row)
    for record, row in zip(records, read, strict=True):
        if not row.about_an_alert:
            yield record
        elif (together := rows.pop(row.alert_id or "", None)) is not None:
            yield _together(together)


def _together(rows: list[_Record]) -> Streamed:
    """Each field from the first row that has it: evidence may lack the title and the severity."""
    fields: dict[str, object] = {}
    for row in rows:
        for name, value in folded(row.properties).items():
            fields.setdefault(name, value)
    time = fields.get("timestamp")
    return Streamed(
        fields={
            "id": fields.get("alertid"),
            "title": fields.get("title"),
            "severity": fields.get("severity"),
            "category": fields.get("category"),
            "categories": fields.get("categories"),
            "servicesource": fields.get("servicesource"),
            "firstactivity": time,
            "lastactivity": time,
        },
        evidence=tuple(row.properties for row in rows if row.category == _EVIDENCE),
        tenants=frozenset(row.tenant_id for row in rows if row.tenant_id),
    )
