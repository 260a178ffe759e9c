"""Accounts that are never changed: asked in triage, and again before every change."""

from collections.abc import Iterable

from shared.account import Account
from shared.settings import Settings
from shared.state.rows import Skip, StepStatus

from .work import Outcome, Refused


def protecting(settings: Settings, names: Iterable[str]) -> str:
    """The entry of the policy that protects one of ``names`` (object ids, addresses), "" where none does."""
    known = {name.casefold() for name in names}
    return next((entry for entry in settings.protected_accounts if entry.strip().casefold() in known), "")


def refuse_protected(settings: Settings, account: Account) -> None:
    """Raises ``Refused`` where the policy protects the account, by now or since triage."""
    entry = account.protected or protecting(settings, (account.id, account.user_principal_name))
    if entry:
        raise Refused(Outcome(StepStatus.SKIPPED, f"The account is protected: {entry}.", Skip.PROTECTED))
