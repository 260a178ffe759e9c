"""What Graph is asked, and what is made of its answers."""

import json
import re
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.tenant.errors import Denied, Permanent
from shared.tenant.models import Domain, Group, RoleAssignment, User
from shared.tenant.tenant import Tenant
from tests.tenant.calls import ADDRESS, PASSWORD, USER, USER_ROW, rows
from tests.tenant.server import TOKEN, Answer, Received, Server

GUEST = "a_b.com#EXT#@contoso.onmicrosoft.com"
ON_WIRE = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def query(received: Received) -> dict[str, list[str]]:
    return parse_qs(urlsplit(received.target).query)


async def test_a_user_is_read_with_all_that_we_judge_by(tenant: Tenant, server: Server) -> None:
    full = {
        **USER_ROW,
        "displayName": "Alex Wilber",
        "mail": ADDRESS,
        "proxyAddresses": [f"SMTP:{ADDRESS}"],
        "otherMails": None,
        "userType": "Member",
        "creationType": None,
        "onPremisesSyncEnabled": True,
        "isManagementRestricted": None,
        "signInSessionsValidFromDateTime": "2026-01-12T08:00:00Z",
        "lastPasswordChangeDateTime": "2026-01-11T08:00:00Z",
        "@odata.context": "ignored",
    }
    server.play(Answer(200, full))
    assert await tenant.graph.user(USER) == User(
        id=USER,
        user_principal_name=ADDRESS,
        account_enabled=True,
        display_name="Alex Wilber",
        mail=ADDRESS,
        proxy_addresses=(f"SMTP:{ADDRESS}",),
        other_mails=(),
        user_type="Member",
        creation_type=None,
        on_premises_sync_enabled=True,
        is_management_restricted=False,
        sign_in_sessions_valid_from=datetime(2026, 1, 12, 8, tzinfo=UTC),
        last_password_change=datetime(2026, 1, 11, 8, tzinfo=UTC),
    )
    (call,) = server.calls
    assert (call.method, urlsplit(call.target).path) == ("GET", f"/v1.0/users/{USER}")
    assert set(query(call)["$select"][0].split(",")) == full.keys() - {"@odata.context"}


async def test_every_call_is_authenticated_and_has_an_id_of_its_own(tenant: Tenant, server: Server) -> None:
    server.play(Answer(200, USER_ROW), Answer(200, USER_ROW))
    await tenant.graph.user(USER)
    await tenant.graph.user(USER)
    assert {call.headers["Authorization"] for call in server.calls} == {f"Bearer {TOKEN}"}
    assert len({call.headers["client-request-id"] for call in server.calls}) == 2
    assert len(server.token_calls) == 1
    assert query(server.token_calls[0])["resource"] == ["https://graph.microsoft.com"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (GUEST, "/v1.0/users/a_b.com%23EXT%23%40contoso.onmicrosoft.com"),
        ("o'brien@contoso.com", "/v1.0/users/o%27brien%40contoso.com"),
        ("..@contoso.com", "/v1.0/users/..%40contoso.com"),
        ("50%2F@contoso.com", "/v1.0/users/50%252F%40contoso.com"),
        ("a?b=c&d@contoso.com", "/v1.0/users/a%3Fb%3Dc%26d%40contoso.com"),
        ("$o'x@contoso.com", "/v1.0/users('%24o%27%27x%40contoso.com')"),
    ],
)
async def test_a_user_principal_name_is_one_encoded_segment(
    tenant: Tenant, server: Server, name: str, path: str
) -> None:
    server.play(Answer(200, USER_ROW))
    await tenant.graph.user(name)
    assert server.calls[0].target.partition("?")[0] == path


@pytest.mark.parametrize(
    "name", ["", " ", "..", ".", "alex", "a/b@contoso.com", "a\\b@contoso.com", "@contoso.com", "a@b@c", "a\n@c.com"]
)
async def test_what_can_be_no_user_is_not_asked_for(tenant: Tenant, server: Server, name: str) -> None:
    with pytest.raises(ValueError, match="needed"):
        await tenant.graph.user(name)
    assert server.calls == []


@ON_WIRE
@given(st.text() | st.from_regex(r"\A[#'%./$?\\a]{1,5}@[#'%./$?\\a]{1,5}\Z"))
async def test_whatever_it_is_named_a_user_is_one_segment_or_refused(tenant: Tenant, server: Server, name: str) -> None:
    server.calls.clear()
    server.answers.clear()
    server.play(Answer(200, USER_ROW))
    try:
        await tenant.graph.user(name)
    except ValueError:
        assert server.calls == []
        return
    path = server.calls[0].target.partition("?")[0]
    if name.startswith("$"):
        path = path.replace("('", "/").replace("')", "").replace("%27%27", "%27")
    assert [unquote(segment) for segment in path.split("/")] == ["", "v1.0", "users", name]


async def test_an_address_is_looked_up_wherever_an_address_can_be(tenant: Tenant, server: Server) -> None:
    server.play(rows(USER_ROW))
    found = await tenant.graph.users_with_address("o'brien@contoso.com")
    assert [user.id for user in found] == [USER]
    assert query(server.calls[0])["$filter"][0].split(" or ") == [
        "mail eq 'o''brien@contoso.com'",
        "userPrincipalName eq 'o''brien@contoso.com'",
        "proxyAddresses/any(p:p eq 'SMTP:o''brien@contoso.com')",
        "proxyAddresses/any(p:p eq 'smtp:o''brien@contoso.com')",
    ]


@pytest.mark.parametrize("blank", ["", " ", "\t\n", "\u3000"])
async def test_nobody_is_looked_up_by_a_blank_address(tenant: Tenant, server: Server, blank: str) -> None:
    with pytest.raises(ValueError, match="blank"):
        await tenant.graph.users_with_address(blank)
    assert server.calls == []


@ON_WIRE
@given(st.text() | st.text(alphabet="'\\%) or(eq&#+=", min_size=1))
async def test_whatever_the_address_it_stays_within_its_quotes(tenant: Tenant, server: Server, address: str) -> None:
    server.calls.clear()
    server.answers.clear()
    server.play(rows())
    try:
        await tenant.graph.users_with_address(address)
    except ValueError:
        assert server.calls == []
        assert not address.strip()
        return
    values = query(server.calls[0])
    assert values.keys() == {"$select", "$filter"}
    assert re.split(r"'(?:[^']|'')*'", values["$filter"][0]) == [
        "mail eq ",
        " or userPrincipalName eq ",
        " or proxyAddresses/any(p:p eq ",
        ") or proxyAddresses/any(p:p eq ",
        ")",
    ]
    inside = values["$filter"][0].removeprefix("mail eq '").partition("' or userPrincipalName eq '")
    assert inside[0].replace("''", "'") == address


async def test_domains_say_how_their_users_sign_in(tenant: Tenant, server: Server) -> None:
    server.play(rows({"id": "contoso.com", "authenticationType": "Federated"}))
    assert await tenant.graph.domains() == [Domain(id="contoso.com", authentication_type="Federated")]
    assert server.calls[0].target == "/v1.0/domains?$select=id,authenticationType,isInitial"


async def test_role_assignments_come_with_the_names_of_the_roles(tenant: Tenant, server: Server) -> None:
    named = {"roleDefinition": {"id": "r1", "displayName": "Global Administrator"}}
    server.play(
        rows(
            {"id": "1", "principalId": USER, "roleDefinitionId": "r1", "directoryScopeId": "/", **named},
            {
                "id": "2",
                "principalId": USER,
                "roleDefinitionId": "r2",
                "directoryScopeId": None,
                "roleDefinition": None,
            },
        )
    )
    assert await tenant.graph.role_assignments(USER) == [
        RoleAssignment(
            id="1", principal_id=USER, role_definition_id="r1", directory_scope_id="/", role_name="Global Administrator"
        ),
        RoleAssignment(id="2", principal_id=USER, role_definition_id="r2"),
    ]
    assert query(server.calls[0]) == {"$filter": [f"principalId eq '{USER}'"], "$expand": ["roleDefinition"]}


async def test_memberships_are_those_through_other_groups_too(tenant: Tenant, server: Server) -> None:
    server.play(rows({"id": "g", "displayName": "Help desk", "isAssignableToRole": True}))
    assert await tenant.graph.memberships(USER) == [Group(id="g", display_name="Help desk", is_assignable_to_role=True)]
    assert urlsplit(server.calls[0].target).path == f"/v1.0/users/{USER}/transitiveMemberOf/graph.group"


async def test_owned_groups_are_groups_only(tenant: Tenant, server: Server) -> None:
    server.play(rows({"id": "g", "displayName": "Finance", "isAssignableToRole": None}))
    assert await tenant.graph.owned_groups(USER) == [Group(id="g", display_name="Finance")]
    assert urlsplit(server.calls[0].target).path == f"/v1.0/users/{USER}/ownedObjects/graph.group"


async def test_groups_of_which_only_the_id_is_told_have_not_been_read(tenant: Tenant, server: Server) -> None:
    server.play(rows({"id": "g", "displayName": None, "isAssignableToRole": None}))
    with pytest.raises(Denied) as denied:
        await tenant.graph.memberships(USER)
    assert "GroupMember.Read.All" in denied.value.permission


async def test_revoking_sends_nothing_and_takes_any_success(tenant: Tenant, server: Server) -> None:
    server.play(Answer(200, {"value": True}), Answer(204))
    for _ in range(2):
        await tenant.graph.revoke_sessions(USER)
    assert {(call.method, call.target, call.body) for call in server.calls} == {
        ("POST", f"/v1.0/users/{USER}/revokeSignInSessions", b"")
    }


@pytest.mark.parametrize("enabled", [True, False])
async def test_blocking_and_unblocking_write_one_property(tenant: Tenant, server: Server, enabled: bool) -> None:
    server.play(Answer(204))
    await tenant.graph.set_account_enabled(USER, enabled)
    (call,) = server.calls
    assert (call.method, call.target, call.json) == ("PATCH", f"/v1.0/users/{USER}", {"accountEnabled": enabled})
    assert call.headers["Content-Type"] == "application/json"


async def test_a_new_password_has_to_be_changed_at_the_next_sign_in(tenant: Tenant, server: Server) -> None:
    server.play(Answer(204))
    await tenant.graph.set_password(USER, PASSWORD)
    profile = {"password": PASSWORD, "forceChangePasswordNextSignIn": True}
    assert server.calls[0].json == {"passwordProfile": profile}


@pytest.mark.parametrize("name", ["", "..", ADDRESS, f"{USER}/x", f"{USER} ", USER.replace("-", ""), f"{{{USER}}}"])
async def test_nothing_is_written_but_to_an_object_id(tenant: Tenant, server: Server, name: str) -> None:
    with pytest.raises(ValueError, match="GUID"):
        await tenant.graph.revoke_sessions(name)
    with pytest.raises(ValueError, match="GUID"):
        await tenant.graph.set_account_enabled(name, False)
    with pytest.raises(ValueError, match="GUID"):
        await tenant.graph.set_password(name, PASSWORD)
    with pytest.raises(ValueError, match="password"):
        await tenant.graph.set_password(USER, "")
    assert server.calls == []


async def test_all_pages_are_read(tenant: Tenant, server: Server) -> None:
    link = f"{server.url}/v1.0/users?$select=id&$skiptoken=a%2Fb"
    server.play(rows(USER_ROW, **{"@odata.nextLink": link}), rows(USER_ROW | {"id": "other"}))
    assert [user.id for user in await tenant.graph.users_with_address(ADDRESS)] == [USER, "other"]
    assert server.calls[1].target == "/v1.0/users?$select=id&$skiptoken=a%2Fb"
    assert server.calls[1].headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "link",
    [
        "https://attacker.example/v1.0/users?$skiptoken=x",
        "{url}.attacker.example/v1.0/users",
        "http://127.0.0.1:1/v1.0/users",
        "http://x@{host}/v1.0/users",
        "https://{host}/v1.0/users",
        "//{host}/v1.0/users",
        "/v1.0/users",
        "http://[/",
        "http://{host}\\@attacker.example/",
    ],
)
async def test_the_token_is_never_taken_to_another_host(tenant: Tenant, server: Server, link: str) -> None:
    link = link.format(url=server.url, host=server.url.removeprefix("http://"))
    server.play(rows(USER_ROW, **{"@odata.nextLink": link}))
    with pytest.raises(Permanent, match="not all of it"):
        await tenant.graph.users_with_address(ADDRESS)
    assert len(server.calls) == 1


async def test_pages_without_end_are_not_followed_for_ever(tenant: Tenant, server: Server) -> None:
    link = {"@odata.nextLink": f"{server.url}/v1.0/users?$skiptoken=again"}
    server.play(*[rows(**link)] * 51)
    with pytest.raises(Permanent, match="not all of it"):
        await tenant.graph.users_with_address(ADDRESS)
    assert len(server.calls) == 50


async def test_a_redirect_is_not_followed(tenant: Tenant, server: Server) -> None:
    server.play(Answer(302, headers={"Location": f"{server.url}/elsewhere"}))
    with pytest.raises(Permanent, match="302"):
        await tenant.graph.user(USER)
    assert len(server.calls) == 1


def test_the_models_are_frozen() -> None:
    user = User.model_validate_json(json.dumps(USER_ROW))
    with pytest.raises(ValueError, match="frozen"):
        user.account_enabled = False  # type: ignore[misc]
