"""Set a password that nobody knows. The way back in is a Temporary Access Pass or self-service reset."""

import secrets
import string
from datetime import datetime

from functions.wiring import step_function
from shared.account import Account, Authority
from shared.playbook.declaration import Declaration, Reversible, Rights, Stage
from shared.playbook.rights import naming_the_role
from shared.playbook.sessions import RESOURCE as SESSIONS
from shared.playbook.sessions import last_times, plan_revocation, reached, revoke, verify_revocation
from shared.playbook.step import Change, Context, Plan, Skipped, Standing, Step, Task
from shared.state.rows import Skip
from shared.tenant.errors import Permanent

_CLASSES = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!#$%&*+-.:=?@_~")
_LENGTH = 32
_TIME = "lastPasswordChangeDateTime"

_ON_PREMISES = {
    Authority.SYNCED: Task(
        "reset-on-premises",
        "Reset the password in the on-premises Active Directory, where it is kept, and let it synchronise: "
        "one set in the cloud would not hold.",
        secures=True,
    ),
    Authority.FEDERATED: Task(
        "reset-at-identity-provider",
        "Reset the password at the federated identity provider (for AD FS: in the on-premises Active Directory), "
        "which decides who may sign in: one set in the cloud would have no effect.",
        secures=True,
    ),
}
_IRREVERSIBLE = "The old password is not put back, the attacker may know it: the user gets a way to a new one instead."
_APP_PASSWORDS = Task(
    "delete-app-passwords",
    "App passwords survive a reset, and no interface lists or deletes them: where the user has per-user MFA, have them "
    "deleted at https://mysignins.microsoft.com/security-info.",
)


class ResetPassword(Step):
    """Source: Graph, user: update ``passwordProfile``; the article's step 1."""

    declaration = Declaration(
        name="reset-password",
        title="Reset the password",
        article="Step 1: Reset the user's password",
        stage=Stage.CONTAIN,
        locks_out=True,
        secures=True,
        rights=Rights(graph=("User.Read.All", "User-PasswordProfile.ReadWrite.All", "User.RevokeSessions.All")),
        reversible=Reversible.NO,
        irreversible=_IRREVERSIBLE,
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.guest:
            return Skipped(
                Skip.NOT_APPLICABLE, "A guest's password is kept by the home tenant: tell its administrator."
            )
        return None

    async def inspect(self, context: Context) -> Plan:
        account = context.account
        if account.authority is not Authority.CLOUD:
            skipped = Skipped(
                Skip.NOT_APPLICABLE, f"The password of a {account.authority} account is not kept in the cloud."
            )
            return Plan(skipped=skipped, tasks=(_ON_PREMISES[account.authority], _APP_PASSWORDS))
        since, changed_at = await last_times(context)
        reset = Change(
            resource="password",
            action="reset",
            reason="The attacker may know it.",
            before={_TIME: changed_at.isoformat() if changed_at else None},
            after={_TIME: "the moment of the reset", "forceChangePasswordNextSignIn": True},
            irreversible=_IRREVERSIBLE,
            momentary=True,
        )
        end = plan_revocation(since, "What was signed in with the old password must not go on.")
        return Plan(changes=(reset, end), tasks=(_APP_PASSWORDS,))

    async def apply(self, context: Context, change: Change) -> datetime:
        return await (revoke(context) if change.resource == SESSIONS else _reset(context))

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        if change.resource == SESSIONS:
            return await verify_revocation(context, accepted_at)
        user = await context.tenant.graph.user(context.account.id)
        return reached(user.last_password_change, accepted_at)


def new_password() -> str:
    """32 random characters, of all four classes. Kept by nobody: it is sent to the tenant, and forgotten."""
    while True:
        password = "".join(secrets.choice("".join(_CLASSES)) for _ in range(_LENGTH))
        if all(any(character in kind for character in password) for kind in _CLASSES):
            return password


async def _reset(context: Context) -> datetime:
    """Once more with another password where the tenant refuses one: it may hold a banned word by chance."""
    async with naming_the_role(context.account):
        try:
            return await context.tenant.graph.set_password(context.account.id, new_password())
        except Permanent:
            return await context.tenant.graph.set_password(context.account.id, new_password())


step = ResetPassword()
blueprint = step_function(step)
