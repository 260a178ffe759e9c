"""Security & Compliance: found through its front door, called as Exchange is, with tokens of its own."""

import pytest

from shared.tenant.compliance import regional
from shared.tenant.errors import Denied
from shared.tenant.role_groups import role_groups
from shared.tenant.tenant import Tenant
from tests.tenant.calls import output, rows
from tests.tenant.conftest import TENANT_ID
from tests.tenant.server import Answer, Server

FRONT = "https://ps.compliance.protection.outlook.com"
DOMAINS = rows(
    {"id": "contoso.com", "authenticationType": "Managed", "isInitial": False},
    {"id": "contoso.onmicrosoft.com", "authenticationType": "Managed", "isInitial": True},
)
GROUP = output({"Name": "Security Operator"})


async def test_the_front_door_is_asked_once_and_then_cmdlets_go_on(tenant: Tenant, server: Server) -> None:
    server.play(DOMAINS, Answer(200, {}), GROUP, GROUP)
    for _ in range(2):
        assert [one.name for one in await role_groups(tenant.compliance)] == ["Security Operator"]
    assert [(call.method, call.target.partition("?")[0]) for call in server.calls] == [
        ("GET", "/v1.0/domains"),
        ("GET", f"/AdminApi/v1.0/{TENANT_ID}/EXOModuleFile"),
        *[("POST", f"/adminapi/beta/{TENANT_ID}/InvokeCommand")] * 2,
    ]
    anchor = "UPN:SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}@contoso.onmicrosoft.com"
    assert {call.headers["X-AnchorMailbox"] for call in server.calls[1:]} == {anchor}
    assert "resource=https://ps.compliance.protection.outlook.com" in server.token_calls[1].target


async def test_a_refusal_says_what_it_takes_there(tenant: Tenant, server: Server) -> None:
    server.play(DOMAINS, Answer(200, {}), Answer(401))
    with pytest.raises(Denied, match="Security & Compliance PowerShell refused Get-RoleGroup"):
        await role_groups(tenant.compliance)


@pytest.mark.parametrize(
    ("location", "wanted"),
    [
        (
            "https://eur02b.admin.protection.outlook.com:446/x?y",
            "https://eur02b.ps.compliance.protection.outlook.com",
        ),
        ("https://nam13b.admin.protection.outlook.com/", "https://nam13b.ps.compliance.protection.outlook.com"),
        ("", FRONT),
        ("/somewhere", FRONT),
        ("https://login.microsoftonline.com/x", FRONT),
        ("https://eur02b.admin.protection.outlook.com.attacker.example/", FRONT),
    ],
)
def test_the_region_is_read_from_where_the_front_door_sends_a_browser(location: str, wanted: str) -> None:
    assert regional(FRONT, location) == wanted


def test_another_clouds_region_is_found_too() -> None:
    there = "https://usg01b.admin.protection.office365.us:446/"
    front = "https://ps.compliance.protection.office365.us"
    assert regional(front, there) == "https://usg01b.ps.compliance.protection.office365.us"
