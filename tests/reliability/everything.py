"""All there is to disturb: every step, those too that are off until somebody turns them on, with the rights that they
declare, and an account that has something for each of them."""

from functions import wiring
from local.simulator.contract import ROLES
from local.simulator.grants import load_grants
from shared.playbook.registry import TRIAGE, Playbook
from shared.policy import Gate
from tests.simulator.client import SEEDS, TAKEN_OVER

from .places import Json
from .world import Given

_OF_ADMINISTRATORS = "Privileged Authentication Administrator"
_ALWAYS = {"startDateTime": "2026-01-01T00:00:00Z", "expiration": {"type": "noExpiration"}}
_ROLES = [
    {"role": "Exchange Administrator", "scope": "/", "kind": "direct", "id": "the-first"},
    {"role": "Helpdesk Administrator", "scope": "/", "kind": "eligible", "scheduleInfo": _ALWAYS},
]
_ROLE_GROUPS = {
    "roleGroups": ["Organization Management", "Recipient Management"],
    "roleAssignments": [
        {
            "Name": "Mail Recipients-alex.wilber",
            "Role": "Mail Recipients",
            "RoleAssigneeName": "alex.wilber",
            "RoleAssigneeType": "User",
            "AssignmentMethod": "Direct",
            "RoleAssignmentDelegationType": "DelegatingOrgWide",
            "RecipientWriteScope": "CustomRecipientScope",
            "CustomRecipientWriteScope": "Sales",
        }
    ],
    "defenderRoleGroups": ["Security Operator"],
}
_MAY_JOIN = {"group": "Help desk", "access": "owner", "kind": "eligible", "start": "2026-01-01T00:00:00Z", "end": None}


def all_steps() -> Playbook:
    """The playbook, whatever it holds by now."""
    return Playbook(module.step for module in wiring.modules("steps"))


def everything() -> Given:
    """The tenant with an administrator's account taken over; no step is off or waits for approval because of that."""
    return Given(_an_administrator_taken_over(), _all_rights(), dict.fromkeys(all_steps().keys() - {TRIAGE}, Gate.AUTO))


def _an_administrator_taken_over() -> Json:
    seeds: Json = SEEDS.model_dump(mode="json", by_alias=True)
    account = next(one for one in seeds["accounts"] if one["user"]["id"] == TAKEN_OVER)
    account |= {"roles": _ROLES, "groups": ["Help desk"], "groupSchedules": [_MAY_JOIN]} | _ROLE_GROUPS
    return seeds


def _all_rights() -> Json:
    granted = load_grants()
    rights = [step.declaration.rights for step in all_steps().values()]
    roles = [_OF_ADMINISTRATORS, *(name for one in rights for name in one.directory_roles)]
    return {
        "graph": _once([*granted.graph, *(name for one in rights for name in one.graph)]),
        "exchange": list(granted.exchange),
        "protection": list(granted.protection),
        "directory_roles": [{"name": name, "id": ROLES.roles[name].id} for name in _once(roles)],
    }


def _once(names: list[str]) -> list[str]:
    return list(dict.fromkeys(names))
