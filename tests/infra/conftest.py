import pytest


@pytest.fixture(autouse=True)
def _a_deployment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The playbook is read with the settings of a deployment."""
    monkeypatch.setenv("REGAIN_TENANT_ID", "any")
