"""End all sessions once more, after everything that a session could be rebuilt from."""

from datetime import datetime

from functions.wiring import step_function
from shared.playbook.declaration import Declaration, Reversible, Rights, Stage
from shared.playbook.sessions import IRREVERSIBLE, PERMISSIONS, plan_revocation, revoke, verify_revocation
from shared.playbook.step import Change, Context, Plan, Standing, Step


class Seal(Step):
    """Source: Graph, user: revokeSignInSessions."""

    declaration = Declaration(
        name="seal",
        title="Seal the account",
        article="Step 1: Reset the user's password (end what was signed in with the old one)",
        stage=Stage.SEAL,
        after=("revoke-sessions", "reset-password", "disable-devices", "remove-oauth-grants", "remove-mfa-methods"),
        secures=True,
        only_sessions=True,
        rights=Rights(graph=PERMISSIONS),
        reversible=Reversible.NO,
        irreversible=IRREVERSIBLE,
    )

    async def inspect(self, context: Context) -> Plan:
        reason = "A session may have been opened with the old password after the first revocation."
        user = await context.tenant.graph.user(context.account.id)
        return Plan(changes=(plan_revocation(user.sign_in_sessions_valid_from, reason),))

    async def apply(self, context: Context, change: Change) -> datetime:
        del change
        return await revoke(context)

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del change
        return await verify_revocation(context, accepted_at)


step = Seal()
blueprint = step_function(step)
