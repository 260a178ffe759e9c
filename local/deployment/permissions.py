"""The one list of permissions, from what the steps declare: infra/permissions.json, infra/exchange.ps1."""

import json
import re
from collections.abc import Iterable

from functions import wiring
from local.deployment import INFRA
from local.deployment.official import OFFICIAL
from shared.playbook.declaration import Declaration
from shared.playbook.permissions import PermissionSet, set_of, set_of_cmdlets

SCRIPT = INFRA / "exchange.ps1"
_BLOCK = re.compile(r"(# steps: begin[^\n]*\n).*?(# steps: end)", re.DOTALL)


def declared_steps() -> list[Declaration]:
    """Every step that needs something of the tenant."""
    declared = [step.declaration for step in wiring.playbook().values()]
    return [one for one in declared if one.rights.graph or one.rights.cmdlets or one.rights.compliance_cmdlets]


def permissions() -> str:
    """infra/permissions.json, which permissions.bicep reads."""
    steps = declared_steps()
    names = sorted({name for one in steps for name in one.rights.graph})
    content = {
        "note": "Made from what the steps declare by `make docs`: change it there.",
        "apps": OFFICIAL.apps,
        "manageAsApp": OFFICIAL.exchange["Exchange.ManageAsApp"],
        "manageProtectionAsApp": OFFICIAL.protection["Exchange.ManageAsApp"],
        "throughExchange": [name for name in names if name in OFFICIAL.application_roles],
        "ids": {name: OFFICIAL.graph[name].id for name in names},
        "steps": [
            {
                "name": one.name,
                "gate": one.gate,
                "graph": {each: _graph(one, each) for each in PermissionSet},
            }
            for one in steps
        ],
    }
    return json.dumps(content, indent=2) + "\n"


def script() -> str:
    """infra/exchange.ps1, with the steps and their cmdlets in it."""
    lines = "".join(_hash(one) for one in declared_steps() if one.rights.cmdlets or _roles(one))
    return _BLOCK.sub(lambda match: match[1] + lines + match[2], SCRIPT.read_text())


def _graph(declared: Declaration, each: PermissionSet) -> list[str]:
    return [name for name in declared.rights.graph if set_of(declared, name) is each]


def _roles(declared: Declaration) -> list[str]:
    return [OFFICIAL.application_roles[name] for name in declared.rights.graph if name in OFFICIAL.application_roles]


def _hash(declared: Declaration) -> str:
    return (
        f"    '{declared.name}' = @{{\n"
        f"        Set = '{set_of_cmdlets(declared)}'\n"
        f"        Cmdlets = {_list(declared.rights.cmdlets)}\n"
        f"        ApplicationRoles = {_list(_roles(declared))}\n"
        "    }\n"
    )


def _list(names: Iterable[str]) -> str:
    return f"@({', '.join(f"'{name}'" for name in names)})"
