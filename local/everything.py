"""An account with everything wrong, every step on, those too that are off by default, and the rights that they declare.

The demo shows it, and the tests of the whole and of crashes work with it.
"""

from dataclasses import dataclass

from functions import wiring
from local.simulator.contract import ROLES
from local.simulator.grants import load_grants
from local.simulator.records import Json
from local.simulator.seeds import read_seeds
from shared.playbook.registry import TRIAGE, Playbook
from shared.policy import Gate

ALEX = "b0000000-0000-4000-8000-000000000001"
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
            "Enabled": True,
        }
    ],
    "defenderRoleGroups": ["Security Operator"],
}
_MAY_JOIN = {"group": "Help desk", "access": "owner", "kind": "eligible", "start": "2026-01-01T00:00:00Z", "end": None}


@dataclass(frozen=True)
class Given:
    """What a world begins with: the tenant, some of whose times are those of the process that has made this, what our
    identity is granted there, and what is set for steps over their default."""

    tenant: Json
    grants: Json
    gates: dict[str, Gate]


def all_steps() -> Playbook:
    """The playbook, whatever it holds by now."""
    return Playbook(module.step for module in wiring.modules("steps"))


def everything() -> Given:
    """The tenant with an administrator's account taken over; no step is off or waits for approval because of that."""
    return Given(_an_administrator_taken_over(), _all_rights(), dict.fromkeys(all_steps().keys() - {TRIAGE}, Gate.AUTO))


def _an_administrator_taken_over() -> Json:
    seeds: Json = read_seeds().model_dump(mode="json", by_alias=True)
    account = next(one for one in seeds["accounts"] if one["user"]["id"] == ALEX)
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
