"""Ending all sessions of an account, as a change: what revoke-sessions, reset-password and seal have in common.

``POST /users/{id}/revokeSignInSessions`` moves ``signInSessionsValidFromDateTime``; older refresh tokens and session
cookies are worthless then. Nothing can be put back, and nothing needs to be: the user signs in again.
"""

from datetime import datetime

from .step import Change, Context, Standing

RESOURCE = "sign-in sessions"
_TIME = "signInSessionsValidFromDateTime"
IRREVERSIBLE = "An ended session cannot be brought back: the user signs in again."
PERMISSIONS = ("User.Read.All", "User.RevokeSessions.All")


def plan_revocation(since: datetime | None, reason: str) -> Change:
    """The change that ends every session there is now; ``since`` is when that was done last."""
    return Change(
        resource=RESOURCE,
        action="revoke",
        reason=reason,
        before={_TIME: since.isoformat() if since else None},
        after={_TIME: "the moment of the revocation"},
        irreversible=IRREVERSIBLE,
        momentary=True,
    )


async def last_times(context: Context) -> tuple[datetime | None, datetime | None]:
    """When all sessions were last ended, and when the password was last changed.

    In the first round as triage has just read them: containment need not wait to read a time that it only records.
    """
    account = context.account
    if context.snapshot.incident.round == 1:
        return account.sessions_valid_from, account.password_changed_at
    user = await context.tenant.graph.user(account.id)
    return user.sign_in_sessions_valid_from, user.last_password_change


async def revoke(context: Context) -> datetime:
    """Ends them. The earliest time, by the tenant's clock, at which that can be in force."""
    return await context.tenant.graph.revoke_sessions(context.account.id)


async def verify_revocation(context: Context, accepted_at: datetime | None) -> Standing:
    """Whether sessions from before ``accepted_at`` are worthless by now."""
    user = await context.tenant.graph.user(context.account.id)
    return reached(user.sign_in_sessions_valid_from, accepted_at)


def reached(time: datetime | None, accepted_at: datetime | None) -> Standing:
    """How a time that a change moves stands to our own accepted answer: not known to be ours, it is not made."""
    in_force = time is not None and accepted_at is not None and time >= accepted_at
    return Standing.AFTER if in_force else Standing.BEFORE
