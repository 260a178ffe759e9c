"""Accounts that are alike in everything but their names, and the alerts about them."""

import copy
from typing import Any
from uuid import uuid4

import httpx

from local.demo.attack import VICTIM, risk_detection

type User = dict[str, Any]


async def taken_over(http: httpx.AsyncClient, simulator_url: str, count: int) -> list[User]:
    """New accounts, each like the one that is taken over in the tenant as it is now, but no administrator of the
    directory: the response to one of those waits for a person, so that its time is not what is measured."""
    url = f"{simulator_url}/_simulator/state"
    state = (await http.get(url)).json()
    seed = next(account for account in state["accounts"] if account["user"]["id"] == VICTIM)
    accounts = [_like(seed) for _ in range(count)]
    state["accounts"] += accounts
    (await http.put(url, json=state)).raise_for_status()
    return [account["user"] for account in accounts]


def alert(user: User, tenant_id: str) -> dict[str, Any]:
    """What Entra ID Protection says about one of them."""
    return risk_detection(tenant_id) | {
        "userId": user["id"],
        "userPrincipalName": user["userPrincipalName"],
        "userDisplayName": user["displayName"],
    }


def _like(seed: dict[str, Any]) -> dict[str, Any]:
    account = copy.deepcopy(seed)
    address = f"user-{uuid4().hex[:12]}@contoso.com"
    account["user"] |= {
        "id": str(uuid4()),
        "userPrincipalName": address,
        "mail": address,
        "proxyAddresses": [f"SMTP:{address}"],
    }
    account |= {"blockedSender": None, "roles": [], "groups": [], "groupSchedules": []}
    for assignment in account["roleAssignments"]:
        assignment["Name"] += f" {address}"  # no two in a tenant have one name
    return account
