"""Accounts that are never changed: all of it is asked in triage, ids and addresses again before every change."""

from collections.abc import Iterable
from dataclasses import dataclass

from shared.account import Account
from shared.settings import Settings
from shared.state.rows import Skip, StepStatus
from shared.tenant.models import Group

from .work import Outcome, Refused


@dataclass(frozen=True)
class Protection:
    """The policy, and ``ourselves``: the object id that we reach the tenant as, "" where it is not known."""

    settings: Settings
    ourselves: str = ""

    def of(self, names: Iterable[str], groups: Iterable[Group] = ()) -> str:
        """What protects an account with these ids and addresses, a member of these groups; "" where nothing does."""
        known = {name.casefold() for name in names}
        if self.ourselves and self.ourselves.casefold() in known:
            return "it is what this deployment itself works as"
        group = (self.settings.protected_group or "").strip().casefold()
        if group and any(one.id.casefold() == group for one in groups):
            return f"it is in the protected group {group}"
        entries = self.settings.protected_accounts
        return next((entry for entry in entries if entry.strip().casefold() in known), "")

    def unsure_without(self, groups: list[Group] | None) -> str:
        """Why it cannot be told whether an account is protected where its groups could not be read, "" where it can."""
        return "" if groups is not None or not self.settings.protected_group else "its groups could not be read"


def refuse_protected(settings: Settings, account: Account) -> None:
    """Raises ``Refused`` where the policy protects the account, by now or since triage."""
    entry = account.protected or Protection(settings).of((account.id, account.user_principal_name))
    if entry:
        raise Refused(Outcome(StepStatus.SKIPPED, f"The account is protected: {entry}.", Skip.PROTECTED))
