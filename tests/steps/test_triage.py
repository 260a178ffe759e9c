"""triage: whose account is it, and what decides what may be done to it."""

from typing import Any

import pytest

from functions.steps.triage import step
from shared.account import Account, Authority, MailboxKind
from shared.alerts.alert import NamedAccount
from shared.playbook.step import Plan
from shared.tenant.errors import Denied, NotFound, Permanent
from tests.simulator.client import GUEST as GUEST_ID
from tests.simulator.client import TAKEN_OVER as ALEX
from tests.steps.accounts import ADMINISTRATOR, EVERYBODY, FEDERATED, HELP_DESK, NOBODY, SYNCED, TAKEN_OVER, name
from tests.steps.bench import Bench

RECIPIENT_ROLE = "Exchange Recipient Administrator"


async def _triage(bench: Bench, **named: str) -> Plan:
    return await step.inspect(bench.context(named=NamedAccount(**named)))


async def _found(bench: Bench, **named: str) -> Account:
    plan = await _triage(bench, **named)
    assert plan.account is not None
    assert plan.findings == ()
    return plan.account


@pytest.mark.parametrize(
    ("named", "found"),
    [
        ({"id": ALEX}, ALEX),
        ({"name": "alex.wilber@contoso.com"}, ALEX),
        ({"name": "ALEX.Wilber@Contoso.com"}, ALEX),
        ({"name": "alex@contoso.com"}, ALEX),
        ({"name": "dana.reyes@fabrikam.com"}, GUEST_ID),
        ({"name": "dana.reyes_fabrikam.com#ext#@contoso.onmicrosoft.com"}, GUEST_ID),
    ],
    ids=["object id", "UPN", "UPN in capitals", "proxy address", "mail of a guest", "UPN of a guest"],
)
async def test_by_any_of_its_names(bench: Bench, named: dict[str, str], found: str) -> None:
    assert (await _found(bench, **named)).id == found


async def test_by_a_mail_address_that_is_no_user_principal_name(bench: Bench) -> None:
    await bench.alter(TAKEN_OVER, user={"mail": "sales@contoso.com", "proxyAddresses": []})
    assert (await _found(bench, name="sales@contoso.com")).id == TAKEN_OVER.id


async def test_the_object_id_counts_where_a_name_says_otherwise(bench: Bench) -> None:
    """A name may have passed to somebody else since the alert; an object id never does."""
    account = await _found(bench, id=TAKEN_OVER.id, name=ADMINISTRATOR.user_principal_name)
    assert account.id == TAKEN_OVER.id


@pytest.mark.parametrize(
    "named",
    [
        {"id": NOBODY.id},
        {"id": NOBODY.id, "name": TAKEN_OVER.user_principal_name},
        {"name": "nobody@contoso.com"},
        {"name": "lex@contoso.com"},
        {"name": "alex@contoso.com' or userType eq 'member"},
        {"name": "smtp:alex@contoso.com"},
        {},
    ],
    ids=["unknown id", "deleted, name still known", "unknown name", "part", "injected", "prefixed", "nothing"],
)
async def test_who_is_not_there_is_not_found(bench: Bench, named: dict[str, str]) -> None:
    with pytest.raises(NotFound):
        await _triage(bench, **named)


async def test_a_blank_name_is_refused_before_it_matches_everybody(bench: Bench) -> None:
    with pytest.raises(Permanent):
        await _triage(bench, name="   ")
    assert await bench.simulator.calls() == []


async def test_a_name_that_several_accounts_have_is_refused_with_the_way_out(bench: Bench) -> None:
    await bench.alter(HELP_DESK, user={"proxyAddresses": ["SMTP:p@contoso.com", "smtp:alex@contoso.com"]})
    with pytest.raises(Permanent, match=r"2 accounts have the address that was named: .* by object id"):
        await _triage(bench, name="alex@contoso.com")


async def test_without_the_right_to_read_users_the_refusal_names_it(bench: Bench) -> None:
    await bench.grant_all_but("User.Read.All")
    for named in ({"id": TAKEN_OVER.id}, {"name": TAKEN_OVER.user_principal_name}):
        with pytest.raises(Denied, match=r"User\.Read\.All"):
            await _triage(bench, **named)


@pytest.mark.parametrize("account", EVERYBODY, ids=name)
async def test_every_kind_of_account_is_known_for_what_it_is(bench: Bench, account: Account) -> None:
    assert await _found(bench, id=account.id) == account


async def test_the_plan_holds_nothing_to_change(bench: Bench) -> None:
    plan = await _triage(bench, id=TAKEN_OVER.id)
    assert (plan.changes, plan.tasks, plan.skipped) == ((), (), None)
    assert await bench.writes() == []


@pytest.mark.parametrize(
    "user",
    [
        {"userPrincipalName": "x_fabrikam.com#EXT#@contoso.onmicrosoft.com", "userType": "Member"},
        {"userPrincipalName": "x_fabrikam.com#ext#@contoso.onmicrosoft.com", "userType": None},
        {"userPrincipalName": "x@contoso.com", "userType": "Guest"},
        {"userPrincipalName": "x@contoso.com", "userType": "Member", "creationType": "Invitation"},
    ],
    ids=["external member", "lower case", "internal guest", "invited"],
)
async def test_a_guest_is_known_by_any_of_its_marks(bench: Bench, user: dict[str, Any]) -> None:
    assert (await _found(bench, id=await bench.add_account(**user))).guest


async def test_an_account_that_synchronises_no_more_is_a_cloud_account(bench: Bench) -> None:
    await bench.alter(SYNCED, user={"onPremisesSyncEnabled": False})
    assert (await _found(bench, id=SYNCED.id)).authority is Authority.CLOUD


async def test_a_cloud_account_in_a_federated_domain_is_federated(bench: Bench) -> None:
    await bench.alter(FEDERATED, user={"onPremisesSyncEnabled": None})
    assert (await _found(bench, id=FEDERATED.id)).authority is Authority.FEDERATED


@pytest.mark.parametrize(
    ("recipient", "kind"),
    [
        ({"mailbox": {"RecipientTypeDetails": "UserMailbox"}}, MailboxKind.USER),
        ({"mailbox": {"RecipientTypeDetails": "LegacyMailbox"}}, MailboxKind.USER),
        ({"mailbox": {"RecipientTypeDetails": "SharedMailbox"}}, MailboxKind.SHARED),
        ({"mailbox": {"RecipientTypeDetails": "RoomMailbox"}}, MailboxKind.ROOM),
        ({"mailbox": {"RecipientTypeDetails": "EquipmentMailbox"}}, MailboxKind.ROOM),
        ({"recipient": {"RecipientTypeDetails": "RemoteUserMailbox"}}, MailboxKind.ON_PREMISES),
        ({"recipient": {"RecipientTypeDetails": "RemoteSharedMailbox"}}, MailboxKind.ON_PREMISES),
        ({"recipient": {"RecipientTypeDetails": "MailUser"}}, MailboxKind.NONE),
        ({}, MailboxKind.NONE),
    ],
)
async def test_what_exchange_says_is_the_kind_of_mailbox(
    bench: Bench, recipient: dict[str, dict[str, str]], kind: MailboxKind
) -> None:
    more = {"recipient": {"RecipientType": "MailUser"} | recipient["recipient"]} if "recipient" in recipient else {}
    account_id = await bench.add_account(userPrincipalName="x@contoso.com")
    await bench.alter(NOBODY.model_copy(update={"id": account_id}), **(recipient | more))
    assert (await _found(bench, id=account_id)).mailbox is kind


@pytest.mark.parametrize(
    ("roles", "upn"),
    [
        (["Directory Synchronization Accounts"], "any@contoso.onmicrosoft.com"),
        (["On Premises Directory Sync Account"], "any@contoso.onmicrosoft.com"),
        ([], "Sync_DC01_0a1b2c3d4e5f@contoso.onmicrosoft.com"),
        ([], "ADToAADSyncServiceAccount@contoso.onmicrosoft.com"),
    ],
    ids=["by role", "by the newer role", "by the name of Entra Connect", "by the name of cloud sync"],
)
async def test_what_synchronises_the_directory_is_depended_on(bench: Bench, roles: list[str], upn: str) -> None:
    account = await _found(bench, id=await bench.add_account(*roles, userPrincipalName=upn))
    assert account.service == "it synchronises the directory"
    assert account.depended_on == account.service
    assert [f"role {role}" for role in roles] == ([account.privileged] if account.privileged else [])


async def test_every_reason_why_an_account_is_privileged_is_told(bench: Bench) -> None:
    state = await bench.simulator.state()
    seed = next(one for one in state["accounts"] if one["user"]["id"] == ADMINISTRATOR.id)
    seed |= {"roles": ["Exchange Administrator", "Reports Reader"], "groups": ["Help desk"], "owns": ["Help desk"]}
    await bench.simulator.put_state(state)

    account = await _found(bench, id=ADMINISTRATOR.id)

    assert set(account.privileged.split(", ")) == {
        "role Exchange Administrator", "role Reports Reader", "member of Help desk", "owner of Help desk",
    }  # fmt: skip


@pytest.mark.parametrize(
    "entry",
    [
        ALEX,
        ALEX.upper(),
        "alex.wilber@contoso.com",
        "ALEX.WILBER@contoso.com",
        "alex@contoso.com",
        " alex@contoso.com ",
    ],
    ids=["id", "ID", "UPN", "UPN in capitals", "proxy address", "with blanks"],
)
async def test_an_account_is_protected_by_any_of_its_names(bench: Bench, entry: str) -> None:
    bench.settings = bench.settings.model_copy(update={"protected_accounts": ("other@contoso.com", entry)})
    assert (await _found(bench, id=ALEX)).protected == entry


@pytest.mark.parametrize("entry", ["", "contoso.com", "lex@contoso.com", "Alex Wilber", NOBODY.id])
async def test_an_entry_that_names_somebody_else_protects_nobody_here(bench: Bench, entry: str) -> None:
    bench.settings = bench.settings.model_copy(update={"protected_accounts": (entry,)})
    assert (await _found(bench, id=ALEX)).protected == ""


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (TAKEN_OVER, "Cloud account, user mailbox."),
        (SYNCED, "Synced account, user mailbox."),
        (ADMINISTRATOR, "Cloud account, user mailbox, privileged."),
    ],
    ids=["user", "synced", "administrator"],
)
async def test_it_says_in_a_sentence_what_it_found(bench: Bench, account: Account, words: str) -> None:
    assert (await _triage(bench, id=account.id)).summary == words


BESIDES: list[tuple[str, dict[str, str]]] = [
    ("which domains are federated", {"path": "/domains"}),
    ("the directory roles", {"path": "/roleAssignments"}),
    ("the groups", {"path": "/transitiveMemberOf"}),
    ("the owned groups", {"path": "/ownedObjects"}),
    ("the mailbox", {"cmdlet": "Get-Recipient"}),
]
BESIDES_IDS = [what for what, _ in BESIDES]


@pytest.mark.parametrize(("what", "match"), BESIDES, ids=BESIDES_IDS)
@pytest.mark.parametrize(
    "trouble",
    [
        {"status": 403, "code": "Authorization_RequestDenied"},
        {"status": 400, "code": "Request_BadRequest"},
        {"status": 503, "headers": {"Retry-After": "3600"}},
    ],
    ids=["refused", "wrong", "long trouble"],
)
async def test_what_cannot_be_read_is_a_finding_and_the_account_is_known_all_the_same(
    bench: Bench, what: str, match: dict[str, str], trouble: dict[str, Any]
) -> None:
    await bench.simulator.fault(trouble, times=None, **match)
    plan = await _triage(bench, id=TAKEN_OVER.id)

    (finding,) = plan.findings
    assert finding.text.startswith(f"Could not read {what}: ")
    assert finding.source == "triage"
    assert plan.account is not None
    assert plan.account.id == TAKEN_OVER.id
    unknown = what in ("the directory roles", "the groups", "the owned groups")
    assert bool(plan.account.privileged) is unknown, "what may be an administrator is treated as one"


async def test_a_tenant_that_does_not_answer_is_not_waited_for(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("functions.steps.triage._PATIENCE", 0.2)
    await bench.simulator.fault({"delay": 3}, path="/domains")
    (finding,) = (await _triage(bench, id=TAKEN_OVER.id)).findings
    assert "did not answer in time" in finding.text


async def test_short_trouble_is_waited_out(bench: Bench) -> None:
    await bench.simulator.fault({"status": 429, "headers": {"Retry-After": "0.05"}}, path="/domains")
    assert await _found(bench, id=FEDERATED.id) == FEDERATED


async def test_a_mailbox_that_could_not_be_read_is_unknown_and_not_none(bench: Bench) -> None:
    await bench.grant(directory_roles=[])
    plan = await _triage(bench, id=TAKEN_OVER.id)

    assert plan.account is not None
    assert plan.account.mailbox is MailboxKind.UNKNOWN
    assert RECIPIENT_ROLE in plan.findings[0].text


@pytest.mark.parametrize(
    ("permission", "what"),
    [
        ("Domain.Read.All", "which domains are federated"),
        ("RoleManagement.Read.Directory", "the directory roles"),
        ("GroupMember.Read.All", "the groups"),
    ],
)
async def test_a_permission_that_lacks_is_named(bench: Bench, permission: str, what: str) -> None:
    await bench.grant_all_but(permission)
    texts = [finding.text for finding in (await _triage(bench, id=TAKEN_OVER.id)).findings]
    assert any(f"Could not read {what}: " in text and permission in text for text in texts)
