"""Tell Entra ID Protection that the account was taken over: it learns from it, and its policies go by it."""

from datetime import datetime

from functions.wiring import step_function
from shared.account import Account
from shared.playbook.declaration import Declaration, Reversible, Rights, Stage
from shared.playbook.step import Change, Context, Plan, Skipped, Standing, Step
from shared.state.rows import Skip
from shared.tenant.risk import CONFIRMED, confirm_compromised, dismiss_risk, risk_of

_STATE = "riskState"
_LASTING = "A restore dismisses the risk; what Identity Protection thought before, and its history, do not come back."


class ConfirmCompromised(Step):
    """Sources: Graph, riskyUser: confirmCompromised, and at a restore riskyUser: dismiss.

    Policies of Conditional Access that go by a user's risk take effect: the user may be blocked, or have to change the
    password. Our own confirmation comes back as an alert, which starts nothing.
    """

    declaration = Declaration(
        name="confirm-compromised",
        title="Confirm the account as compromised",
        article="Symptoms: unusual activity (tell Microsoft Entra ID Protection that it was an attack)",
        stage=Stage.EVICT,
        rights=Rights(graph=("IdentityRiskyUser.Read.All", "IdentityRiskyUser.ReadWrite.All")),
        reversible=Reversible.PARTLY,
        irreversible=_LASTING,
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.guest:
            return Skipped(Skip.NOT_APPLICABLE, "The risk of a guest is kept by the guest's own organisation.")
        return None

    async def inspect(self, context: Context) -> Plan:
        risk = await risk_of(context.tenant.graph, context.account.id)
        if risk.risk_state == CONFIRMED:
            return Plan(summary="Identity Protection knows already that the account is compromised.")
        change = Change(
            resource="user risk",
            action="confirm",
            reason="Identity Protection goes by what it is told, and so do the policies that go by it.",
            before={_STATE: risk.risk_state},
            after={_STATE: CONFIRMED},
        )
        return Plan(changes=(change,))

    async def apply(self, context: Context, change: Change) -> datetime:
        del change
        return await confirm_compromised(context.tenant.graph, context.account.id)

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        """By whether it is confirmed: otherwise the state moves by itself, with every sign-in and every reset."""
        del change, accepted_at
        risk = await risk_of(context.tenant.graph, context.account.id)
        return Standing.AFTER if risk.risk_state == CONFIRMED else Standing.BEFORE

    async def revert(self, context: Context, change: Change) -> datetime:
        del change
        return await dismiss_risk(context.tenant.graph, context.account.id)


step = ConfirmCompromised()
blueprint = step_function(step)
