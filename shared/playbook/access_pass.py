"""A Temporary Access Pass: what an incident must have come to for one, and who gets none."""

from datetime import datetime, timedelta

from shared.account import Account, Authority
from shared.state.incidents import Snapshot
from shared.state.rows import Ending

from .registry import Playbook
from .status import unsecured

ISSUED, FAILED = "temporary-access-pass", "temporary-access-pass-failed"
BY_HAND = "manual"

_LET_IN = (Ending.RELEASED, Ending.RESTORED)
_WITHIN = timedelta(days=7)
_FIRST_RELEASE = (
    "The user is not let in again: release the incident first. A pass does not work while the sign-in is blocked, and "
    "would only lie ready meanwhile."
)


def against_incident(playbook: Playbook, snapshot: Snapshot, now: datetime) -> str:
    """Why no pass is issued as the incident stands, "" where one may be.

    Only once the account is secured and its holds are lifted; and not for ever after.
    """
    incident = snapshot.incident
    if incident.joined_to:
        return f"The incident has joined {incident.joined_to}: ask there."
    if open_ends := unsecured(playbook, snapshot):
        return f"The account is not secured: {', '.join(open_ends)}."
    if incident.ending not in _LET_IN or incident.ended_at is None:
        return _FIRST_RELEASE
    if now - incident.ended_at > _WITHIN:
        return f"The incident ended more than {_WITHIN.days} days ago: let the user in as on any other day."
    return ""


def against_account(account: Account) -> str:
    """Why an account gets no pass, "" where it may have one."""
    if account.protected:
        return f"The account is protected: {account.protected}."
    if account.unsure:
        return f"The account may be protected: {account.unsure}."
    if account.guest:
        return "A guest proves who they are to the guest's own organisation."
    if account.authority is not Authority.CLOUD:
        return (
            f"The account is {account.authority}: a pass is for accounts of the cloud. Let the user in where its "
            "password is kept."
        )
    if account.privileged:
        return (
            f"The account is privileged ({account.privileged}): let another administrator issue one, in the Microsoft "
            "Entra admin center."
        )
    return ""


def against_person(snapshot: Snapshot, object_id: str) -> str:
    """Why this person may issue none: two must know of a pass, who opened the incident and who issues it."""
    incident = snapshot.incident
    if incident.account is not None and incident.account.id == object_id:
        return "The account is your own: somebody else must issue a pass."
    if incident.opened_by == object_id:
        return "You have opened this incident: somebody else must issue a pass."
    if incident.source == BY_HAND and not incident.opened_by:
        return (
            "The incident was opened by hand by nobody who was signed in, so it may have been you: issue the pass in "
            "the Microsoft Entra admin center. Whoever opens one signed in is known."
        )
    return ""
