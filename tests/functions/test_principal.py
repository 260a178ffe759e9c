"""Who may decide: a person of our tenant with the role, signed in through Entra, where the platform vouches for it."""

import json
from base64 import b64encode
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any
from uuid import UUID

import azure.functions as func
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.http import Problem
from functions.principal import ACTION_GROUPS, Principal, caller, check_action_group, responder, signed_in
from shared.settings import settings

TENANT = "1d9e0b44-5c1f-4d0a-8a52-6f1f0c7e2a10"
MEGAN = "b0000000-0000-4000-8000-0000000000ab"
NAME = "megan@contoso.com"
LONG = "http://schemas.microsoft.com/identity/claims"
XML = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
ROLE = "http://schemas.microsoft.com/ws/2008/06/identity/claims/role"

type Pairs = list[tuple[str, str]]

LEGACY: Pairs = [
    ("aud", "3f6a1c58-7d24-4e0b-9b37-c1a5e8d90f03"),
    ("iss", f"https://login.microsoftonline.com/{TENANT}/v2.0"),
    ("name", "Megan Bowen"),
    (f"{LONG}/objectidentifier", MEGAN.upper()),
    ("preferred_username", NAME),
    ("roles", "Reader"),
    ("roles", "Responder"),
    (f"{XML}/nameidentifier", "b7uO06mfS9CAo6rc4WIGEkiss-_eu6c-LR7dZJVPXUI"),
    (f"{LONG}/tenantid", TENANT),
    ("ver", "2.0"),
]
"""As Easy Auth writes a v2.0 token by default."""


def encoded(claims: object, **more: Any) -> str:
    return b64encode(json.dumps({"auth_typ": "aad", "claims": claims, **more}).encode()).decode()


def principal(pairs: Pairs, **more: Any) -> str:
    return encoded([{"typ": typ, "val": value} for typ, value in pairs], name_typ=f"{XML}/name", role_typ=ROLE, **more)


def without(*names: str) -> Pairs:
    return [(typ, value) for typ, value in LEGACY if typ not in names]


def request(header: str | None) -> func.HttpRequest:
    headers = {} if header is None else {"X-MS-CLIENT-PRINCIPAL": header}
    return func.HttpRequest("POST", "/api/incidents/x/release", headers=headers, body=b"")


def read(header: str | None) -> Principal | HTTPStatus:
    """The person, or the status of the refusal."""
    try:
        return signed_in(header, TENANT)
    except Problem as problem:
        return problem.status


@pytest.fixture
def deployment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """A deployment's settings, read anew by each test."""
    monkeypatch.setenv("REGAIN_TENANT_ID", TENANT)
    monkeypatch.delenv("WEBSITE_AUTH_ENABLED", raising=False)
    settings.cache_clear()
    yield monkeypatch
    settings.cache_clear()


SHORT = {f"{LONG}/objectidentifier": "oid", f"{LONG}/tenantid": "tid", f"{XML}/nameidentifier": "sub"}


@pytest.mark.parametrize(
    "pairs",
    [
        LEGACY,
        [(ROLE if typ == "roles" else typ, value) for typ, value in LEGACY],
        [(SHORT.get(typ, typ), value) for typ, value in LEGACY],
    ],
    ids=["as by default", "roles under their long name", "names of the token"],
)
def test_a_person_is_read_with_all_roles_however_the_claims_are_named(pairs: Pairs) -> None:
    assert signed_in(principal(pairs), TENANT) == Principal(MEGAN, NAME, frozenset({"Reader", "Responder"}))


@pytest.mark.parametrize(
    ("name", "value"), [(f"{XML}/upn", NAME), ("upn", NAME), ("name", "Megan Bowen"), (f"{XML}/name", "Megan Bowen")]
)
def test_a_person_without_preferred_username_goes_by_another_name(name: str, value: str) -> None:
    pairs = [*without("preferred_username", "name"), (name, value)]
    assert signed_in(principal(pairs), TENANT).name == value


def test_a_person_without_roles_is_a_person() -> None:
    assert signed_in(principal(without("roles")), TENANT).roles == frozenset()


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "no base64!",
        "ä",
        b64encode(b"{").decode(),
        b64encode(b"[]").decode(),
        b64encode(b"\xff").decode(),
        b64encode(b"[" * 100_000).decode(),
        principal(LEGACY).rstrip("=") + "=====",
        principal(LEGACY) + ", " + principal(LEGACY),
        encoded(None),
        encoded({"roles": "Responder"}),
        encoded([{"typ": "roles"}]),
        encoded([{"typ": "roles", "val": 1}]),
        principal([]),
        principal(without(f"{LONG}/objectidentifier")),
        principal([*without(f"{LONG}/objectidentifier"), ("oid", "not a GUID")]),
        principal([*LEGACY, ("oid", "b0000000-0000-4000-8000-000000000001")]),
        principal(LEGACY, auth_typ="github"),
    ],
    ids=lambda header: str(header)[:12],
)
def test_a_header_that_names_nobody_of_entra_is_401(header: str | None) -> None:
    assert read(header) == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    "pairs",
    [
        without(f"{LONG}/tenantid"),
        [*without(f"{LONG}/tenantid"), ("tid", MEGAN)],
        [*LEGACY, ("tid", MEGAN)],
        [*LEGACY, ("idtyp", "app")],
        [*without(f"{XML}/nameidentifier"), ("sub", MEGAN)],
        without("preferred_username", "name"),
    ],
    ids=["no tenant", "another tenant", "two tenants", "says it is an app", "its own subject", "no name"],
)
def test_whoever_is_no_person_of_our_tenant_is_403_whatever_the_role(pairs: Pairs) -> None:
    assert read(principal(pairs)) == HTTPStatus.FORBIDDEN


def test_an_application_is_told_why_it_cannot_decide() -> None:
    with pytest.raises(Problem, match="Decisions need a person who answers for them: an application can take none"):
        signed_in(principal([*LEGACY, ("idtyp", "app")]), TENANT)


@pytest.mark.parametrize("on", ["True", "true"])
def test_a_responder_may_decide_where_the_platform_says_that_authentication_is_on(
    deployment: pytest.MonkeyPatch, on: str
) -> None:
    deployment.setenv("WEBSITE_AUTH_ENABLED", on)
    assert responder(request(principal(LEGACY))).object_id == MEGAN


@pytest.mark.parametrize("off", [None, "False"])
@pytest.mark.parametrize("header", [None, principal(LEGACY)], ids=["no header", "a good header"])
def test_where_authentication_is_off_nobody_may_decide_and_the_answer_says_what_to_turn_on(
    deployment: pytest.MonkeyPatch, header: str | None, off: str | None
) -> None:
    if off:
        deployment.setenv("WEBSITE_AUTH_ENABLED", off)
    with pytest.raises(Problem, match="App Service authentication is off") as problem:
        responder(request(header))
    assert "Turn it on for this function app" in str(problem.value)
    assert problem.value.status == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("held", [(), ("Reader",), ("responder",), ("Responder.Read",)], ids=str)
def test_without_exactly_that_role_it_is_403(deployment: pytest.MonkeyPatch, held: tuple[str, ...]) -> None:
    deployment.setenv("WEBSITE_AUTH_ENABLED", "True")
    with pytest.raises(Problem, match="app role Responder") as problem:
        responder(request(principal([*without("roles"), *(("roles", role) for role in held)])))
    assert problem.value.status == HTTPStatus.FORBIDDEN


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
CLAIMS = st.lists(
    st.tuples(
        st.sampled_from(["oid", "tid", "sub", "idtyp", "roles", "name", ROLE, *(t for t, _ in LEGACY)]), st.text()
    )
)


@given(st.text() | st.binary().map(lambda raw: b64encode(raw).decode()) | JSON.map(encoded))
def test_whatever_else_is_in_the_header_is_401_and_never_an_error(header: str) -> None:
    assert read(header) == HTTPStatus.UNAUTHORIZED


@given(more=CLAIMS, order=st.randoms())
def test_claims_in_any_order_and_number_give_that_person_or_nobody(more: Pairs, order: Any) -> None:
    pairs = [*LEGACY, *more]
    order.shuffle(pairs)
    found = read(principal(pairs))
    if isinstance(found, Principal):
        assert found.object_id == MEGAN
        assert found.roles == {value for typ, value in pairs if typ in ("roles", ROLE)}
    else:
        assert found in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


@given(who=st.uuids(), roles=st.frozensets(st.text()), name=st.text(min_size=1))
def test_every_person_comes_back_as_written(who: UUID, roles: frozenset[str], name: str) -> None:
    pairs = [("oid", str(who)), ("tid", TENANT), ("preferred_username", name), *(("roles", role) for role in roles)]
    assert signed_in(principal(pairs), TENANT) == Principal(str(who), name, roles)


def test_who_calls_is_known_where_the_platform_vouches_for_it(deployment: pytest.MonkeyPatch) -> None:
    assert caller(request(principal(LEGACY))) == "", "anybody could have written the header"
    deployment.setenv("WEBSITE_AUTH_ENABLED", "true")
    settings.cache_clear()
    assert caller(request(principal(LEGACY))) == MEGAN
    assert caller(request(principal([*LEGACY, ("idtyp", "app")]))) == MEGAN, "an application too"
    assert caller(request(None)) == ""
    assert caller(request(principal(without(f"{LONG}/objectidentifier")))) == ""
    assert caller(request(principal([*without(f"{LONG}/tenantid"), ("tid", str(UUID(int=1)))]))) == ""


WEBHOOK: Pairs = [
    ("aud", "3f6a1c58-7d24-4e0b-9b37-c1a5e8d90f03"),
    (f"{LONG}/tenantid", TENANT),
    ("azp", ACTION_GROUPS),
    ("roles", "ActionGroupsSecureWebhook"),
]
"""As Easy Auth writes the token of a secure webhook."""


def _without(name: str, *more: tuple[str, str]) -> str:
    return principal([*(pair for pair in WEBHOOK if pair[0] != name), *more])


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        principal(WEBHOOK),
        _without("azp", ("appid", ACTION_GROUPS.upper())),
        _without("roles", (ROLE, "ActionGroupsSecureWebhook")),
    ],
    ids=["no token", "nothing", "version 2", "version 1", "the role under its long name"],
)
def test_a_secure_webhook_is_let_in_and_so_is_who_has_only_the_key(
    deployment: pytest.MonkeyPatch, header: str | None
) -> None:
    deployment.setenv("WEBSITE_AUTH_ENABLED", "True")
    check_action_group(request(header))


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("no base64!", HTTPStatus.UNAUTHORIZED),
        (_without(f"{LONG}/tenantid", ("tid", MEGAN)), HTTPStatus.FORBIDDEN),
        (_without(f"{LONG}/tenantid"), HTTPStatus.FORBIDDEN),
        (_without("azp", ("azp", MEGAN)), HTTPStatus.FORBIDDEN),
        (_without("azp"), HTTPStatus.FORBIDDEN),
        (_without("", ("appid", MEGAN)), HTTPStatus.FORBIDDEN),
        (_without("roles", ("roles", "Responder")), HTTPStatus.FORBIDDEN),
        (principal(WEBHOOK, auth_typ="github"), HTTPStatus.FORBIDDEN),
        (principal(LEGACY), HTTPStatus.FORBIDDEN),
    ],
)
def test_any_other_token_is_refused_at_the_door_of_the_action_groups(
    deployment: pytest.MonkeyPatch, header: str, status: HTTPStatus
) -> None:
    deployment.setenv("WEBSITE_AUTH_ENABLED", "True")
    with pytest.raises(Problem) as refused:
        check_action_group(request(header))
    assert refused.value.status is status


def test_where_nobody_vouches_for_the_header_it_counts_for_nothing(deployment: pytest.MonkeyPatch) -> None:
    check_action_group(request(principal(LEGACY)))
