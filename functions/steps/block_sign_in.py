"""Keep everybody out of the account until a person lets the user in again."""

from datetime import datetime

from functions.wiring import step_function
from shared.account import Account, Authority
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.rights import naming_the_role
from shared.playbook.step import Change, Context, Plan, Standing, Step, Task

_ENABLED = "accountEnabled"


class BlockSignIn(Step):
    """Source: Graph, user: update ``accountEnabled``."""

    declaration = Declaration(
        name="block-sign-in",
        title="Block sign-in",
        article="Step 5 (optional): Block the user account from signing in",
        stage=Stage.CONTAIN,
        locks_out=True,
        holds=True,
        rights=Rights(graph=("User.Read.All", "User.EnableDisableAccount.All")),
    )

    async def inspect(self, context: Context) -> Plan:
        tasks = _tasks(context.account)
        if not await _enabled(context):
            return Plan(tasks=tasks, summary="Sign-in is blocked already.")
        change = Change(
            resource="sign-in",
            action="block",
            reason="Whoever knows the password, or steals it again, can sign in.",
            before={_ENABLED: True},
            after={_ENABLED: False},
        )
        return Plan(changes=(change,), tasks=tasks)

    async def apply(self, context: Context, change: Change) -> datetime:
        return await _set(context, enabled=bool(change.after[_ENABLED]))

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        return Standing.AFTER if await _enabled(context) == change.after[_ENABLED] else Standing.BEFORE

    async def revert(self, context: Context, change: Change) -> datetime:
        return await _set(context, enabled=bool(change.before[_ENABLED]))


async def _enabled(context: Context) -> bool:
    return (await context.tenant.graph.user(context.account.id)).account_enabled


async def _set(context: Context, *, enabled: bool) -> datetime:
    async with naming_the_role(context.account):
        return await context.tenant.graph.set_account_enabled(context.account.id, enabled)


def _tasks(account: Account) -> tuple[Task, ...]:
    if account.authority is Authority.CLOUD:
        return ()
    return (
        Task(
            "disable-on-premises",
            "Disable the account in the on-premises Active Directory too: the next synchronisation enables it again.",
        ),
    )


step = BlockSignIn()
blueprint = step_function(step)
