"""One step at a time, without an engine around it, on the simulated tenant."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from local.simulator.contract import ROLES
from local.simulator.grants import load_grants
from shared.account import Account
from shared.alerts.alert import NamedAccount
from shared.playbook.step import Change, Context, Plan, Standing, Step
from shared.policy import Mode
from shared.settings import Settings
from shared.state.incidents import Snapshot
from shared.state.rows import IncidentRow, StepRow
from shared.tenant.tenant import Tenant
from tests.simulator.client import Client

FOR_ADMINISTRATORS = "Privileged Authentication Administrator"


class Bench:
    """``simulator`` is the tenant seen from outside; ``context`` is what a step sees of it."""

    def __init__(self, simulator: Client, tenant: Tenant, settings: Settings) -> None:
        self.simulator = simulator
        self.tenant = tenant
        self.settings = settings

    def context(self, account: Account | None = None, named: NamedAccount | None = None, **rows: Any) -> Context:
        """What the engine hands to a step: before triage ``named`` only, then the account."""
        incident = IncidentRow(
            id=uuid4().hex,
            source="manual",
            reason="seen by a test",
            named=named or NamedAccount(id=account.id if account else None),
            mode=Mode.ENFORCE,
            opened_at=datetime.now(UTC),
            account=account,
        )
        return Context(self.tenant, Snapshot(incident, **rows), self.settings, datetime.now(UTC))

    def later(self, context: Context) -> Context:
        """The same incident, in its second round."""
        incident = context.snapshot.incident.model_copy(update={"round": 2})
        return replace(context, snapshot=replace(context.snapshot, incident=incident))

    async def user(self, account: Account) -> dict[str, Any]:
        """What is true of the account in the directory."""
        return dict((await self.simulator.truth(account.id))["user"])

    async def mailbox(self, account: Account) -> dict[str, Any]:
        """What is true of its mailbox."""
        return dict((await self.simulator.truth(account.id))["mailbox"])

    async def alter(self, account: Account, **parts: dict[str, Any]) -> None:
        """Somebody else changes the account: ``user={…}``, ``mailbox={…}``."""
        state = await self.simulator.state()
        seed = next(one for one in state["accounts"] if one["user"]["id"] == account.id)
        for part, values in parts.items():
            seed[part] = (seed[part] or {}) | values
        await self.simulator.put_state(state)

    async def add_account(self, *roles: str, **user: Any) -> str:
        """A new cloud account, with these roles and properties: its id."""
        state = await self.simulator.state()
        johanna = next(one for one in state["accounts"] if one["user"]["displayName"] == "Johanna Lorenz")
        properties = johanna["user"] | {"id": str(uuid4())} | user
        state["accounts"].append(johanna | {"user": properties, "roles": list(roles)})
        await self.simulator.put_state(state)
        return str(properties["id"])

    async def behave(self, **tenant: Any) -> None:
        """Changes how the tenant itself is: ``behaviour={…}``, ``exchangeHybrid=True``."""
        state = await self.simulator.state()
        state["tenant"] |= {name: state["tenant"][name] | v if isinstance(v, dict) else v for name, v in tenant.items()}
        await self.simulator.put_state(state)

    async def grant(self, **grants: Any) -> None:
        """Our identity is granted exactly this from now on (``graph=…``, ``exchange=…``, ``directory_roles=…``)."""
        await self.simulator.grant(**grants)
        await self.tenant.close()
        self.tenant = Tenant.from_settings(self.settings)

    async def grant_all_but(self, permission: str) -> None:
        """Takes one Graph permission away from our identity."""
        await self.grant(graph=[one for one in load_grants().graph if one != permission])

    async def grant_role_for_administrators(self) -> None:
        """Grants our identity the one role that may change administrators, beside its own."""
        own = [role.model_dump() for role in load_grants().directory_roles]
        role = {"name": FOR_ADMINISTRATORS, "id": ROLES.roles[FOR_ADMINISTRATORS].id}
        await self.grant(directory_roles=[*own, role])

    async def passwords(self) -> list[str]:
        """Every password that the tenant was sent."""
        return list((await self.simulator.http.get("/_simulator/passwords")).json())

    async def writes(self) -> list[dict[str, Any]]:
        """The calls that could change something in the tenant, in order."""
        return [call for call in await self.simulator.calls() if _writes(call)]


def _writes(call: dict[str, Any]) -> bool:
    if call["cmdlet"]:
        return not str(call["cmdlet"]).startswith("Get-")
    return bool(call["service"] == "graph" and call["method"] != "GET")


async def planned(step: Step, context: Context) -> Plan:
    """What a step sees, once the tenant has had the time that it needs for it: as the engine comes back to it."""
    plan, name = await step.inspect(context), step.declaration.name
    while plan.asked:
        steps = context.snapshot.steps | {name: StepRow(name=name, asked=plan.asked)}
        plan = await step.inspect(replace(context, snapshot=replace(context.snapshot, steps=steps)))
    return plan


def only(plan: Plan) -> Change:
    """The one change of a plan."""
    (change,) = plan.changes
    return change


async def carried_out(step: Step, context: Context, change: Change) -> Standing:
    """Makes a change, and reads it back as the engine does."""
    accepted_at = await step.apply(context, change)
    return await step.verify(context, change, accepted_at)
