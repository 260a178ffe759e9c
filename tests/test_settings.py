"""Settings: what a deployment sets, read once, and never repeated where others could read it."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from shared.policy import Gate, Mode
from shared.settings import Settings

KEY = "bm90LWEtcmVhbC1rZXk="


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"REGAIN_{name.upper()}", raising=False)
    monkeypatch.setenv("AzureWebJobsStorage", f"AccountName=a;AccountKey={KEY}")


def _settings(monkeypatch: pytest.MonkeyPatch, **values: Any) -> Settings:
    for name, value in values.items():
        monkeypatch.setenv(f"REGAIN_{name.upper()}", value if isinstance(value, str) else json.dumps(value))
    return Settings()


def test_a_new_deployment_only_reports_and_protects_and_gates_nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _settings(monkeypatch, tenant_id="t")
    assert settings.mode is Mode.REPORT_ONLY
    assert (settings.steps, settings.protected_accounts) == ({}, ())


def test_lists_and_objects_are_json(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = _settings(monkeypatch, tenant_id="t", steps={"seal": "approve"}, protected_accounts=["a@b.c"])
    assert settings.steps == {"seal": Gate.APPROVE}
    assert settings.protected_accounts == ("a@b.c",)


@pytest.mark.parametrize("values", [{}, {"tenant_id": "t", "mode": KEY}, {"tenant_id": "t", "steps": {"seal": KEY}}])
def test_what_is_wrong_is_named_and_no_value_is_repeated(
    monkeypatch: pytest.MonkeyPatch, values: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as wrong:
        _settings(monkeypatch, **values)
    assert ("steps" if "steps" in values else "mode" if "mode" in values else "tenant_id") in str(wrong.value)
    assert KEY not in str(wrong.value)
