"""Ask the user for a second factor, where nothing else does: a password alone was not enough."""

from datetime import datetime

from functions.wiring import step_function
from shared.account import Account
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.foreign import shown
from shared.playbook.step import Change, Context, Finding, Plan, Skipped, Standing, Step, Task
from shared.state.rows import Skip
from shared.tenant.errors import Unlicensed
from shared.tenant.mfa import ENFORCED, Policy, access_policies, mfa_state, security_defaults, set_mfa_state

_STATE = "perUserMfaState"
_SOURCE = "Microsoft Graph, authentication requirements and Conditional Access"
_LEFT_OUT = "Conditional Access is in use, and none of its policies always asks this user for a second factor."
_INCLUDE = Task(
    "include-in-policy",
    "Let a Conditional Access policy ask this user for a second factor (Microsoft Entra admin center, Protection, "
    "Conditional Access). Do not enforce it for the user alone: where Conditional Access is in use, Microsoft advises "
    "against that.",
)


class RequireMfa(Step):
    """Sources: Graph (beta), authentication: requirements; security defaults and Conditional Access policies.

    Microsoft advises against the state of a single user where security defaults or Conditional Access are in use:
    there nothing is changed. Where Conditional Access leaves this user out, a person is told to let it ask.
    """

    declaration = Declaration(
        name="require-mfa",
        title="Require multi-factor authentication",
        article="Step 1: Reset the user's password (and enable multi-factor authentication)",
        stage=Stage.EVICT,
        rights=Rights(graph=("Policy.Read.All", "Policy.ReadWrite.AuthenticationMethod", "GroupMember.Read.All")),
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.guest:
            return Skipped(Skip.NOT_APPLICABLE, "A guest is asked by the guest's own organisation.")
        return None

    async def inspect(self, context: Context) -> Plan:
        graph, user = context.tenant.graph, context.account.id
        if await security_defaults(graph):
            return _asked("Security defaults ask everybody for a second factor.")
        state = await mfa_state(graph, user)
        if state == ENFORCED:
            return Plan(summary="The user is asked for a second factor already.")
        policies = await _policies(context)
        groups = frozenset(group.id for group in await graph.memberships(user)) if policies else frozenset[str]()
        in_use = [policy for policy in policies if policy.in_use]
        if in_use:
            return _by_policy(in_use, user, groups)
        change = Change(
            resource="multi-factor authentication",
            action="require",
            reason="Nothing asks this user for more than a password.",
            before={_STATE: state},
            after={_STATE: ENFORCED},
        )
        return Plan(changes=(change,))

    async def apply(self, context: Context, change: Change) -> datetime:
        return await set_mfa_state(context.tenant.graph, context.account.id, str(change.after[_STATE]))

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        state = await mfa_state(context.tenant.graph, context.account.id)
        if state == change.after[_STATE]:
            return Standing.AFTER
        return Standing.BEFORE if state == change.before[_STATE] else Standing.OTHER

    async def revert(self, context: Context, change: Change) -> datetime:
        return await set_mfa_state(context.tenant.graph, context.account.id, str(change.before[_STATE]))


async def _policies(context: Context) -> list[Policy]:
    """The policies of Conditional Access; none without the licence for them."""
    try:
        return await access_policies(context.tenant.graph)
    except Unlicensed:
        return []


def _by_policy(policies: list[Policy], user: str, groups: frozenset[str]) -> Plan:
    asking = next((policy for policy in policies if policy.asks_for_mfa(user, groups)), None)
    if asking is not None:
        return _asked(f'The Conditional Access policy "{shown(asking.display_name)}" asks for a second factor.')
    return Plan(findings=(Finding(_LEFT_OUT, _SOURCE),), tasks=(_INCLUDE,), summary=_LEFT_OUT)


def _asked(why: str) -> Plan:
    return Plan(findings=(Finding(why, _SOURCE),), summary=why)


step = RequireMfa()
blueprint = step_function(step)
