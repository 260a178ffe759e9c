"""Issuing a Temporary Access Pass: asks once more what the account is now, and writes down who asked before it does."""

from asyncio import gather
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from uuid import uuid4

from functions.http import Problem
from functions.principal import Principal
from functions.steps.triage import DOMAINS, Facts
from shared.account import Account
from shared.playbook.access_pass import FAILED, ISSUED, against_account, against_incident, against_person
from shared.playbook.decisions import REGAIN, By, Unfit
from shared.playbook.engine import Engine
from shared.playbook.step import Context
from shared.policy import Mode
from shared.state.errors import Conflict
from shared.state.incidents import Insert, Replace, Snapshot
from shared.state.rows import HistoryRow
from shared.tenant.access_pass import AccessPass, PassPolicy, issue_pass, pass_policy
from shared.tenant.directory_roles import eligible_roles
from shared.tenant.errors import TenantError, Unlicensed
from shared.tenant.graph import Graph

_POLICY = "the policy for it in the Microsoft Entra admin center, Authentication methods"


@dataclass(frozen=True)
class Issuing:
    """Issues passes."""

    engine: Engine

    async def issue(self, incident_id: str, person: Principal, why: str) -> tuple[Account, AccessPass]:
        """A new pass for the account of an incident. Nothing of it is kept here.

        Raises ``LookupError`` where there is no such incident, ``Problem`` (403) where this person may not,
        ``Unfit`` where the incident, the account or the tenant's policy is against it, ``TenantError``.
        """
        snapshot = await self.engine.storage.incidents.read(incident_id)
        if snapshot is None:
            raise LookupError(incident_id)
        if against := against_person(snapshot, person.object_id):
            raise Problem(HTTPStatus.FORBIDDEN, against)
        account = await self._account(snapshot)
        policy = await self._policy(account)
        await self._write(snapshot, By(person.name, why))
        try:
            return account, await issue_pass(self.engine.tenant.graph, account.id, policy.lifetime)
        except TenantError as error:
            await self._note(snapshot, By(REGAIN, str(error)))
            raise

    async def _account(self, snapshot: Snapshot) -> Account:
        """The account as it is now, where it may have one. What it was in triage may be long ago; what made it
        privileged then may only have been taken away for the time being.
        """
        known = snapshot.incident.account
        against = against_incident(self.engine.playbook, snapshot, self.engine.now())
        if against or known is None:
            raise Unfit(against)
        await self._must_be_free(snapshot, known)
        graph = self.engine.tenant.graph
        facts = Facts(Context(self.engine.tenant, snapshot, self.engine.settings, self.engine.now()), known.id)
        user, eligible, _ = await gather(graph.user(known.id), _eligible(graph, known.id), facts.read())
        account = facts.account(user)
        if DOMAINS in facts.unread:
            raise Unfit("It could not be read whether the account is federated: ask again.")
        powers = account.privileged or known.privileged or _may_raise(eligible)
        if against := against_account(account.model_copy(update={"privileged": powers})):
            raise Unfit(against)
        if not user.account_enabled:
            raise Unfit("The sign-in is blocked, so that a pass would not work: lift the block, then ask again.")
        return account

    async def _must_be_free(self, snapshot: Snapshot, account: Account) -> None:
        """No other response is at work on the account, and writing is on."""
        storage = self.engine.storage
        other = await storage.open_incident(account.id)
        if other is not None and other.id != snapshot.incident.id:
            raise Unfit(f"The account has another open incident, {other.id}: end that one first.")
        if (await storage.switch.position()).mode is Mode.REPORT_ONLY:
            raise Unfit("Writing is switched off: no pass is issued.")

    async def _policy(self, account: Account) -> PassPolicy:
        graph = self.engine.tenant.graph
        policy, groups = await gather(pass_policy(graph), graph.memberships(account.id))
        if not policy.allows(frozenset(group.id for group in groups)):
            raise Unfit(f"The tenant does not allow a Temporary Access Pass for this user: look at {_POLICY}.")
        return policy

    async def _write(self, snapshot: Snapshot, by: By) -> None:
        """Before the pass: one that nobody knows of is never issued, though one that is known of may have failed."""
        line = _line(self.engine.now(), ISSUED, by)
        try:
            await self.engine.storage.incidents.write(snapshot.incident.id, Replace(snapshot.incident), Insert(line))
        except Conflict:
            raise Unfit("The incident has just changed: look at it, and ask again.") from None

    async def _note(self, snapshot: Snapshot, by: By) -> None:
        await self.engine.storage.incidents.write(snapshot.incident.id, Insert(_line(self.engine.now(), FAILED, by)))


async def _eligible(graph: Graph, user_id: str) -> list[str]:
    """The names of the roles that the user may raise at any moment; none without the licence for that."""
    try:
        return [role.role_name or role.role_definition_id for role in await eligible_roles(graph, user_id)]
    except Unlicensed:
        return []


def _may_raise(eligible: list[str]) -> str:
    return f"may raise {', '.join(eligible)}" if eligible else ""


def _line(at: datetime, event: str, by: By) -> HistoryRow:
    return HistoryRow(at=at, id=uuid4().hex, event=event, who=by.who, why=by.why)
