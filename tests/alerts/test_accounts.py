"""Which account a record names, by which of its names, and which accounts are one."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.alerts.accounts import Surroundings, account_of, merged
from shared.alerts.alert import NamedAccount
from shared.alerts.names import object_id_of, on_premises_name, user_sid

from .payloads import ADA, ADA_ID, ADA_SID, BOB, BOB_ID
from .records import OTHER_TENANT, TENANT, Record

HERE = Surroundings(TENANT, frozenset({"pc-17"}))


@pytest.mark.parametrize(
    ("record", "account"),
    [
        ({"aadUserId": ADA_ID.upper(), "upn": "Ada@Contoso.com"}, NamedAccount(ADA_ID, ADA)),
        ({"AccountObjectId": ADA_ID, "AccountSid": ADA_SID}, NamedAccount(ADA_ID, sid=ADA_SID)),
        ({"accountName": "ada", "upnSuffix": "contoso.com"}, NamedAccount(name=ADA)),
        ({"accountName": "ada", "upnSuffix": "contoso.com", "upn": BOB}, NamedAccount(name=BOB)),
        ({"accountName": ADA}, NamedAccount(name=ADA)),
        ({"userId": ADA}, NamedAccount(name=ADA)),
        ({"primaryAddress": BOB, "userPrincipalName": ADA}, NamedAccount(name=ADA)),
        ({"sid": ADA_SID, "accountName": "ada", "ntDomain": "HQ"}, NamedAccount(sid=ADA_SID, on_premises="hq\\ada")),
        ({"sid": ADA_SID.lower()}, NamedAccount(sid=ADA_SID)),
        ({"accountName": "CONTOSO\\Ada"}, NamedAccount(on_premises="contoso\\ada")),
        ({"friendlyName": ADA_SID}, NamedAccount(sid=ADA_SID)),
        ({"userAccount": {"azureAdUserId": ADA_ID}, "primaryAddress": ADA}, NamedAccount(ADA_ID, ADA)),
        ({"aadUserId": ADA_ID, "aadTenantId": TENANT.upper()}, NamedAccount(ADA_ID)),
        ({"aadUserId": ADA_ID, "aadTenantId": "no id"}, NamedAccount(ADA_ID)),
    ],
)  # fmt: skip
def test_an_account_is_known_by_the_strongest_of_its_names(record: Record, account: NamedAccount) -> None:
    assert account_of(record, HERE) == account


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"accountName": "ada"},
        {"displayName": "Ada", "friendlyName": "Ada"},
        {"aadUserId": "00000000-0000-0000-0000-000000000000"},
        {"accountName": "PC-17$", "aadUserId": ADA_ID},
        {"userPrincipalName": "pc-17$@contoso.com"},
        {"sid": "S-1-5-18", "aadUserId": ADA_ID},
        {"sid": "S-1-5-32-544"},
        {"sid": "S-1-5-21-1-2-3"},
        {"accountName": "SYSTEM", "ntDomain": "contoso"},
        {"accountName": "local service", "domainName": "NT Authority"},
        {"accountName": "root"},
        {"accountName": "admin", "domainName": "PC-17", "userSid": ADA_SID},
        {"aadUserId": ADA_ID, "tenantId": OTHER_TENANT},
        {"upn": 7, "sid": [], "userAccount": "ada"},
    ],
)
def test_what_is_no_account_of_ours_is_nobody(record: Record) -> None:
    assert account_of(record, HERE) is None


def test_whoever_the_tenant_is_not_asked_for_may_be_anybodys() -> None:
    assert account_of({"aadUserId": ADA_ID, "aadTenantId": OTHER_TENANT}, Surroundings()) == NamedAccount(ADA_ID)


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ([NamedAccount(ADA_ID, ADA), NamedAccount(ADA_ID, BOB)], [NamedAccount(ADA_ID, ADA)]),
        ([NamedAccount(name=ADA), NamedAccount(ADA_ID, ADA)], [NamedAccount(ADA_ID, ADA)]),
        ([NamedAccount(sid=ADA_SID), NamedAccount(ADA_ID, sid=ADA_SID)], [NamedAccount(ADA_ID, sid=ADA_SID)]),
        (
            [NamedAccount(ADA_ID, ADA), NamedAccount(ADA_ID, BOB), NamedAccount(name=BOB)],
            [NamedAccount(ADA_ID, ADA)],
        ),
        ([NamedAccount(ADA_ID, ADA), NamedAccount(BOB_ID, ADA)],) * 2,
        ([NamedAccount(on_premises="a\\b"), NamedAccount(on_premises="a\\b")], [NamedAccount(on_premises="a\\b")]),
        ([NamedAccount(sid=ADA_SID), NamedAccount(name=ADA)], [NamedAccount(sid=ADA_SID), NamedAccount(name=ADA)]),
    ],
)  # fmt: skip
def test_who_is_described_twice_is_one(told: list[NamedAccount], left: list[NamedAccount]) -> None:
    assert list(merged(told)) == left


@given(st.uuids().filter(lambda one: one.int != 0))
def test_a_sid_of_the_cloud_is_its_object_id(object_id: UUID) -> None:
    """As Entra codes it: the 16 bytes as four numbers, little-endian."""
    numbers = [int.from_bytes(object_id.bytes_le[at : at + 4], "little") for at in range(0, 16, 4)]
    sid = "S-1-12-1-" + "-".join(map(str, numbers))
    assert object_id_of(sid) == str(object_id)
    assert user_sid(sid) is None


@pytest.mark.parametrize("sid", [None, "", ADA_SID, "S-1-12-1-1-2-3", "S-1-12-1-0-0-0-0", "S-1-12-1-1-2-3-4294967296"])
def test_any_other_sid_is_no_object_id(sid: str | None) -> None:
    assert object_id_of(sid) is None


@pytest.mark.parametrize(
    ("domain", "name", "whole"),
    [
        ("CONTOSO", "Ada", "contoso\\ada"),
        ("corp.contoso.com", "ada l", "corp.contoso.com\\ada l"),
        (None, "ada", None),
        ("contoso", None, None),
        ("contoso", "a*", None),
        ("contoso", "x" * 65, None),
        ("contoso", "a\u202eb", None),
        ("con toso", "ada", None),
    ],
)
def test_an_on_premises_name_has_a_domain_and_no_sign_that_none_has(
    domain: str | None, name: str | None, whole: str | None
) -> None:
    assert on_premises_name(domain, name) == whole
