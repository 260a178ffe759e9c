"""End every session of the account: whoever is in, is out when the access tokens run out."""

from datetime import datetime

from functions.wiring import step_function
from shared.playbook.declaration import Declaration, Reversible, Rights, Stage
from shared.playbook.sessions import IRREVERSIBLE, PERMISSIONS, last_times, plan_revocation, revoke, verify_revocation
from shared.playbook.step import Change, Context, Plan, Standing, Step


class RevokeSessions(Step):
    """Source: Graph, user: revokeSignInSessions."""

    declaration = Declaration(
        name="revoke-sessions",
        title="Revoke sessions",
        article="Step 1: Reset the user's password (end the sessions that are open)",
        stage=Stage.CONTAIN,
        only_sessions=True,
        rights=Rights(graph=PERMISSIONS),
        reversible=Reversible.NO,
        irreversible=IRREVERSIBLE,
    )

    async def inspect(self, context: Context) -> Plan:
        since, _ = await last_times(context)
        return Plan(changes=(plan_revocation(since, "Whoever has a session or a refresh token keeps it."),))

    async def apply(self, context: Context, change: Change) -> datetime:
        del change
        return await revoke(context)

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del change
        return await verify_revocation(context, accepted_at)


step = RevokeSessions()
blueprint = step_function(step)
