"""Users: reading, finding, blocking, resetting, revoking."""

from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.simulator.client import (
    ADMINISTRATOR,
    BREAK_GLASS,
    FEDERATED,
    GROUP_OWNER,
    GUEST,
    HELP_DESK,
    PASSWORD,
    SYNCED,
    TAKEN_OVER,
    Client,
    code,
)

BLOCK = {"accountEnabled": False}
RESET = {"passwordProfile": {"password": PASSWORD, "forceChangePasswordNextSignIn": True}}
BASE = "Exchange Recipient Administrator"
ROLE_IDS = {
    BASE: "31392ffb-586c-42d1-9346-e59415a2cc4e",
    "Password Administrator": "966707d0-3269-4727-9be2-8c3a10f19b9d",
    "Helpdesk Administrator": "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "Authentication Administrator": "c4e39bd9-1100-46d3-8c65-fb160da0071f",
    "User Administrator": "fe930be7-5e62-47db-91af-98c3a49a38b1",
    "Privileged Authentication Administrator": "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "Global Administrator": "62e90394-69f5-4237-9190-012177145e10",
}


async def patch(simulator: Client, account: str, body: Any) -> httpx.Response:
    return await simulator.graph("PATCH", f"/v1.0/users/{account}", body)


async def revoke(simulator: Client, account: str) -> httpx.Response:
    return await simulator.graph("POST", f"/v1.0/users/{account}/revokeSignInSessions")


async def hold_role(simulator: Client, *names: str) -> None:
    await simulator.grant(directory_roles=[{"name": name, "id": ROLE_IDS[name]} for name in names])


async def change_user(simulator: Client, account: str, **properties: Any) -> None:
    state = await simulator.state()
    for seed in state["accounts"]:
        if seed["user"]["id"] == account:
            seed["user"] |= properties
    await simulator.put_state(state)


async def behave(simulator: Client, **behaviour: Any) -> None:
    state = await simulator.state()
    state["tenant"]["behaviour"] |= behaviour
    await simulator.put_state(state)


async def test_without_select_only_the_default_properties_come(simulator: Client) -> None:
    body = (await simulator.get(f"/users/{TAKEN_OVER}")).json()
    assert set(body) == {
        "@odata.context",
        "businessPhones",
        "displayName",
        "givenName",
        "id",
        "jobTitle",
        "mail",
        "mobilePhone",
        "officeLocation",
        "preferredLanguage",
        "surname",
        "userPrincipalName",
    }
    assert body["businessPhones"] == ["+1 555 0101"]


async def test_select_brings_exactly_what_it_names(simulator: Client) -> None:
    body = (await simulator.get(f"/users/{TAKEN_OVER}?$select=accountEnabled,onPremisesSyncEnabled")).json()
    del body["@odata.context"]
    assert body == {"accountEnabled": True, "onPremisesSyncEnabled": None}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("alex.wilber@contoso.com", TAKEN_OVER),
        ("Alex.Wilber%40CONTOSO.com", TAKEN_OVER),
        (TAKEN_OVER.upper(), TAKEN_OVER),
        ("dana.reyes_fabrikam.com%23EXT%23@contoso.onmicrosoft.com", GUEST),
        ("dana.reyes_fabrikam.com%2523EXT%2523@contoso.onmicrosoft.com", None),
        ("alex@contoso.com", None),
    ],
    ids=["upn", "upn encoded", "id", "guest", "guest encoded twice", "alias is no key"],
)
async def test_a_user_is_found_by_id_and_by_name_decoded_once(simulator: Client, path: str, found: str | None) -> None:
    answer = await simulator.get(f"/users/{path}")
    if found is None:
        assert code(answer) == (404, "Request_ResourceNotFound")
    else:
        assert answer.json()["id"] == found


async def test_a_block_is_written_and_written_again(simulator: Client) -> None:
    for enabled in (False, False, True):
        answer = await patch(simulator, TAKEN_OVER, {"accountEnabled": enabled})
        assert (answer.status_code, answer.content) == (204, b"")
        read = await simulator.get(f"/users/{TAKEN_OVER}?$select=accountEnabled")
        assert read.json()["accountEnabled"] is enabled


async def test_a_reset_moves_both_dates_to_the_date_of_its_answer(simulator: Client) -> None:
    answer = await patch(simulator, TAKEN_OVER, RESET)
    assert (answer.status_code, answer.content) == (204, b"")
    moment = parsedate_to_datetime(answer.headers["date"]).strftime("%Y-%m-%dT%H:%M:%SZ")
    names = "lastPasswordChangeDateTime,signInSessionsValidFromDateTime"
    body = (await simulator.get(f"/users/{TAKEN_OVER}?$select={names}")).json()
    assert [body[name] for name in names.split(",")] == [moment, moment]


async def test_a_revoke_moves_the_date_of_the_sessions_only(simulator: Client) -> None:
    before = (await simulator.truth(TAKEN_OVER))["user"]
    answer = await revoke(simulator, TAKEN_OVER)
    assert (answer.status_code, answer.json()["value"]) == (200, True)
    moment = parsedate_to_datetime(answer.headers["date"]).strftime("%Y-%m-%dT%H:%M:%SZ")
    after = (await simulator.truth(TAKEN_OVER))["user"]
    assert after == {**before, "signInSessionsValidFromDateTime": moment}
    assert moment > before["signInSessionsValidFromDateTime"]


@pytest.mark.parametrize(
    ("password", "status"),
    [
        ("", 400),
        ("Sh0rt!", 400),
        ("alllowercase", 400),
        ("lower1234567", 400),
        ("Aa1" * 86, 400),
        ("lower-123456", 204),
        ("Upper1234567", 204),
        ("Aa1-" * 64, 204),
    ],
    ids=["empty", "short", "one class", "two classes", "258 long", "three classes", "without symbol", "256 long"],
)
async def test_a_password_has_to_comply(simulator: Client, password: str, status: int) -> None:
    answer = await patch(simulator, TAKEN_OVER, {"passwordProfile": {"password": password}})
    assert answer.status_code == status
    if status == 400:
        assert code(answer) == (400, "Request_BadRequest")


async def test_no_answer_and_no_state_ever_holds_the_password(simulator: Client) -> None:
    await patch(simulator, TAKEN_OVER, RESET)
    assert PASSWORD not in (await simulator.http.get("/_simulator/state")).text
    assert (await simulator.get(f"/users/{TAKEN_OVER}?$select=passwordProfile")).json()["passwordProfile"] is None


async def test_a_synced_user_can_be_blocked_and_gets_a_cloud_password(simulator: Client) -> None:
    assert (await patch(simulator, SYNCED, BLOCK)).status_code == 204
    assert (await patch(simulator, SYNCED, RESET)).status_code == 204


@pytest.mark.parametrize(
    ("account", "setting"), [(FEDERATED, "resetOfFederated"), (GUEST, "resetOfGuest")], ids=["federated", "guest"]
)
async def test_a_password_that_is_kept_elsewhere_is_not_reset(simulator: Client, account: str, setting: str) -> None:
    before = await simulator.truth(account)
    assert code(await patch(simulator, account, RESET)) == (400, "Request_BadRequest")
    await behave(simulator, **{setting: "no-effect"})
    assert (await patch(simulator, account, RESET)).status_code == 204
    assert await simulator.truth(account) == before
    assert (await patch(simulator, account, BLOCK)).status_code == 204


async def test_a_member_of_a_restricted_unit_cannot_be_changed(simulator: Client) -> None:
    await change_user(simulator, TAKEN_OVER, isManagementRestricted=True)
    await hold_role(simulator, "Global Administrator")
    for answer in (await patch(simulator, TAKEN_OVER, BLOCK), await revoke(simulator, TAKEN_OVER)):
        assert code(answer) == (403, "Authorization_RequestDenied")
    assert (await simulator.get(f"/users/{TAKEN_OVER}")).status_code == 200


LADDER = [
    # target, role of the app, may block, may reset
    (TAKEN_OVER, BASE, True, True),
    (ADMINISTRATOR, BASE, False, False),
    (ADMINISTRATOR, "User Administrator", False, False),
    (ADMINISTRATOR, "Privileged Authentication Administrator", True, True),
    (BREAK_GLASS, "User Administrator", False, False),
    (BREAK_GLASS, "Global Administrator", True, True),
    (HELP_DESK, "User Administrator", False, False),
    (HELP_DESK, "Privileged Authentication Administrator", True, True),
    (GROUP_OWNER, BASE, False, False),
    (GROUP_OWNER, "Helpdesk Administrator", False, False),
    (GROUP_OWNER, "Privileged Authentication Administrator", True, True),
]


@pytest.mark.parametrize(("account", "role", "may_block", "may_reset"), LADDER)
async def test_an_administrator_can_be_changed_only_by_a_role_high_enough(
    simulator: Client, account: str, role: str, may_block: bool, may_reset: bool
) -> None:
    await hold_role(simulator, role)
    expected = {True: 204, False: 403}
    assert (await patch(simulator, account, BLOCK)).status_code == expected[may_block]
    assert (await patch(simulator, account, RESET)).status_code == expected[may_reset]
    both = await patch(simulator, account, {**BLOCK, **RESET})
    assert both.status_code == expected[may_block and may_reset]
    assert (await revoke(simulator, account)).status_code == (200 if may_block else 403)


ROLES_HELD = [
    # role of the target, role of the app, may block, may reset
    ("Directory Readers", BASE, False, False),
    ("Directory Readers", "Password Administrator", False, True),
    ("Reports Reader", "Password Administrator", False, False),
    ("Reports Reader", "Helpdesk Administrator", False, True),
    ("Helpdesk Administrator", "Helpdesk Administrator", False, True),
    ("Helpdesk Administrator", "Authentication Administrator", True, False),
    ("Authentication Administrator", "Authentication Administrator", True, True),
    ("Authentication Administrator", "User Administrator", False, False),
    ("User Administrator", "User Administrator", True, True),
    ("User Administrator", "Authentication Administrator", False, False),
    ("Security Administrator", "User Administrator", False, False),
]


@pytest.mark.parametrize(("held", "role", "may_block", "may_reset"), ROLES_HELD)
async def test_the_ladder_of_roles_is_the_documented_one(
    simulator: Client, held: str, role: str, may_block: bool, may_reset: bool
) -> None:
    state = await simulator.state()
    next(a for a in state["accounts"] if a["user"]["id"] == TAKEN_OVER)["roles"] = [held]
    await simulator.put_state(state)
    await hold_role(simulator, role)
    expected = {True: 204, False: 403}
    assert (await patch(simulator, TAKEN_OVER, BLOCK)).status_code == expected[may_block]
    assert (await patch(simulator, TAKEN_OVER, RESET)).status_code == expected[may_reset]


async def test_the_broad_permission_resets_only_together_with_a_role(simulator: Client) -> None:
    broad = ["User.ReadWrite.All"]
    await simulator.grant(graph=broad)
    assert code(await patch(simulator, TAKEN_OVER, RESET)) == (403, "Authorization_RequestDenied")
    assert (await patch(simulator, TAKEN_OVER, BLOCK)).status_code == 204
    role = {"name": "Password Administrator", "id": ROLE_IDS["Password Administrator"]}
    await simulator.grant(graph=broad, directory_roles=[role])
    assert (await patch(simulator, TAKEN_OVER, RESET)).status_code == 204


async def test_where_the_documentation_is_silent_a_revoke_can_be_let_through(simulator: Client) -> None:
    assert (await revoke(simulator, ADMINISTRATOR)).status_code == 403
    await behave(simulator, revokeOnAdministrators="allowed")
    assert (await revoke(simulator, ADMINISTRATOR)).status_code == 200


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mail eq 'alex.wilber@contoso.com'", [TAKEN_OVER]),
        ("mail eq 'ALEX.wilber@contoso.com'", [TAKEN_OVER]),
        ("proxyAddresses/any(p:p eq 'smtp:alex@contoso.com')", [TAKEN_OVER]),
        ("proxyAddresses/any(p:p eq 'smtp:ALEX@contoso.com')", [TAKEN_OVER]),
        ("proxyAddresses/any(p:p eq 'SMTP:alex@contoso.com')", []),
        ("mail eq 'x' or proxyAddresses/any(x:x eq 'SMTP:alex.wilber@contoso.com')", [TAKEN_OVER]),
        ("otherMails/any(o:o eq 'alex.wilber@home.example')", [TAKEN_OVER]),
        ("userType eq 'Guest' and accountEnabled eq true", [GUEST]),
        ("userType eq 'Guest' and accountEnabled eq false", []),
        ("(mail eq 'x' or userType eq 'Guest') and mail eq 'x'", []),
        ("mail eq 'x' or userType eq 'Guest' and accountEnabled eq true", [GUEST]),
        ("onPremisesSecurityIdentifier eq 'S-1-5-21-1004336348-1177238915-682003330-1102'", [SYNCED]),
        ("displayName eq 'O''Neil'", []),
    ],
)
async def test_users_are_found_by_filter(simulator: Client, text: str, found: list[str]) -> None:
    answer = await simulator.get(f"/users?$filter={quote(text)}&$select=id")
    assert [row["id"] for row in answer.json()["value"]] == found


async def test_a_doubled_quote_in_a_filter_is_one_quote(simulator: Client) -> None:
    await change_user(simulator, TAKEN_OVER, displayName="Shaun O'Neil")
    answer = await simulator.get(f"/users?$filter={quote("displayName eq 'Shaun O''Neil'")}&$select=id")
    assert [row["id"] for row in answer.json()["value"]] == [TAKEN_OVER]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail eq 'o'neil'", "BadRequest"),
        ("mail eq", "BadRequest"),
        ("mail eq 'x' or", "BadRequest"),
        ("(mail eq 'x'", "BadRequest"),
        ("mail eq x", "BadRequest"),
        ("mail eq 'x' mail eq 'y'", "BadRequest"),
        ("nothing eq 'x'", "BadRequest"),
        ("accountEnabled eq 'true'", "BadRequest"),
        ("proxyAddresses eq 'x'", "BadRequest"),
        ("mail/any(m:m eq 'x')", "BadRequest"),
        ("", "BadRequest"),
        ("mail ne 'x'", "Request_UnsupportedQuery"),
        ("not (mail eq 'x')", "Request_UnsupportedQuery"),
        ("startswith(mail,'x')", "Request_UnsupportedQuery"),
        ("proxyAddresses/all(p:p eq 'x')", "Request_UnsupportedQuery"),
        ("lastPasswordChangeDateTime eq '2026-01-01T00:00:00Z'", "Request_UnsupportedQuery"),
        ("onPremisesSamAccountName eq 'mbowen'", "Request_UnsupportedQuery"),
    ],
)
async def test_a_filter_that_is_invalid_or_unsupported_is_refused(simulator: Client, text: str, expected: str) -> None:
    assert code(await simulator.get(f"/users?$filter={quote(text)}")) == (400, expected)


async def test_the_account_name_of_the_domain_needs_an_advanced_query(simulator: Client) -> None:
    path = f"/users?$filter={quote("onPremisesSamAccountName eq 'mbowen'")}&$count=true&$select=id"
    assert code(await simulator.get(path)) == (400, "Request_UnsupportedQuery")
    body = (await simulator.get(path, ConsistencyLevel="eventual")).json()
    assert (body["@odata.count"], body["value"]) == (1, [{"id": SYNCED}])


async def test_pages_are_followed_by_their_link_to_the_end(simulator: Client) -> None:
    seen: list[str] = []
    link = "/v1.0/users?$top=5&$select=id"
    while link:
        body = (await simulator.graph("GET", link)).json()
        assert len(body["value"]) <= 5
        seen += [row["id"] for row in body["value"]]
        link = body.get("@odata.nextLink", "")
    everybody = [account["user"]["id"] for account in (await simulator.state())["accounts"]]
    assert sorted(seen) == sorted(everybody)
    assert len(everybody) > 10


@pytest.mark.parametrize("query", ["$top=0", "$top=1000", "$top=x", "$skiptoken=garbage", "$skip=1"])
async def test_a_page_that_cannot_be_is_refused(simulator: Client, query: str) -> None:
    assert (await simulator.get(f"/users?{query}")).status_code == 400
