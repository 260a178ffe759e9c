"""remove-delegates: no outsider can open the mailbox or send in its name, and colleagues keep what they have."""

from datetime import UTC, datetime
from typing import Any

import pytest

from functions.steps.remove_delegates import step
from shared.account import Account, MailboxKind
from shared.playbook.step import Change, Plan, Standing
from shared.state.rows import Skip
from shared.tenant.errors import Denied
from tests.steps.accounts import (
    ADMINISTRATOR,
    EVERYBODY,
    FEDERATED,
    GUEST,
    INTERNAL_FORWARD,
    NO_MAILBOX,
    SHARED_MAILBOX,
    SYNCED,
    TAKEN_OVER,
    name,
)
from tests.steps.bench import Bench, carried_out, only

OUTSIDER = GUEST.user_principal_name
COLLEAGUE = INTERNAL_FORWARD.user_principal_name
NOBODY = "S-1-5-21-1004336348-1177238915-682003330-512"
NONE = [{"User": "Default", "AccessRights": ["None"]}, {"User": "Anonymous", "AccessRights": ["None"]}]


def _folder(*permissions: dict[str, Any], kind: str = "Inbox", path: str = "/Inbox") -> dict[str, Any]:
    """A folder that is as in a new mailbox but for these entries."""
    named = {one["User"] for one in permissions}
    others = [one for one in NONE if one["User"] not in named]
    return {"FolderType": kind, "FolderPath": path, "Permissions": [*others, *permissions]}


async def _set_up(bench: Bench, account: Account = TAKEN_OVER, on_behalf: tuple[str, ...] = (), **parts: Any) -> None:
    """The account's delegations are these and no others."""
    nothing: dict[str, Any] = {"fullAccess": [], "sendAs": [], "folders": [_folder()]}
    await bench.alter(account, delegations=nothing | parts, mailbox={"GrantSendOnBehalfTo": [*on_behalf]})


async def _delegations(bench: Bench, account: Account = TAKEN_OVER) -> dict[str, Any]:
    truth = await bench.simulator.truth(account.id)
    return dict(truth["delegations"]) | {"onBehalf": truth["mailbox"].get("GrantSendOnBehalfTo") or []}


async def _plan(bench: Bench, account: Account = TAKEN_OVER) -> Plan:
    return await step.inspect(bench.context(account))


async def test_all_that_an_outsider_has_is_recorded_taken_away_and_put_back_exactly(bench: Bench) -> None:
    before = await _delegations(bench)
    context = bench.context(TAKEN_OVER)
    plan = await step.inspect(context)
    assert [change.resource for change in plan.changes] == [
        f"Full Access of {GUEST.id}",
        f"Send As of {GUEST.id}",
        f"Send on Behalf of {GUEST.id}",
        "folder access of Default on /Inbox",
        f"folder access of {GUEST.id} on /Inbox",
    ]
    assert await bench.writes() == []

    for change in plan.changes:
        assert await step.verify(context, change, None) is Standing.BEFORE
        assert await carried_out(step, context, change) is Standing.AFTER
    assert await _delegations(bench) == {
        "fullAccess": [{"User": COLLEAGUE, "AccessRights": ["FullAccess"]}],
        "sendAs": [],
        "onBehalf": [],
        "folders": [one | {"Permissions": one["Permissions"][:2]} for one in before["folders"][:1]]
        + [one | {"Permissions": NONE} if one["FolderType"] == "Inbox" else one for one in before["folders"][1:]],
    }

    for change in reversed(plan.changes):
        await step.revert(context, change)
        assert await step.verify(context, change, None) is Standing.BEFORE
    assert await _delegations(bench) == before


async def test_taking_away_and_putting_back_may_be_repeated(bench: Bench) -> None:
    before = await _delegations(bench)
    context = bench.context(TAKEN_OVER)
    for change in (await step.inspect(context)).changes:
        for _ in range(2):
            assert await carried_out(step, context, change) is Standing.AFTER
        for _ in range(2):
            await step.revert(context, change)
        assert await step.verify(context, change, None) is Standing.BEFORE
    assert await _delegations(bench) == before


@pytest.mark.parametrize(
    ("trustee", "taken_away", "comes_back"),
    [
        (OUTSIDER, "a guest", True),
        (NOBODY, "no longer exists", False),
        ("stranger@attacker.example", "knows nobody of this name", False),
        ("mallory_attacker.example#EXT#@contoso.onmicrosoft.com", "knows nobody of this name", False),
        (COLLEAGUE, "", True),
        (SHARED_MAILBOX.user_principal_name, "", True),
        (NO_MAILBOX.user_principal_name, "", True),
        ("SIMULATOR\\Organization Management", "", True),
    ],
    ids=["a guest", "an id", "an address", "a guest of old", "a colleague", "shared", "no mailbox", "Exchange's own"],
)
async def test_who_is_an_outsider_is_judged_by_who_it_is(
    bench: Bench, trustee: str, taken_away: str, comes_back: bool
) -> None:
    await _set_up(bench, fullAccess=[{"User": trustee, "AccessRights": ["FullAccess"]}])
    plan = await _plan(bench)
    if taken_away:
        change = only(plan)
        assert taken_away in change.reason
        assert bool(change.irreversible) is not comes_back
        assert await carried_out(step, bench.context(TAKEN_OVER), change) is Standing.AFTER
    else:
        assert plan.changes == ()
        assert plan.findings[0].text.startswith(trustee)
        assert [task.slug for task in plan.tasks] == ["check-delegates"]


@pytest.mark.parametrize(
    ("shown", "outsider"),
    [("ExchangePublishedUser.x@attacker.example", True), (f"NT:{NOBODY}", True), (f"NT User:{NOBODY}", True)],
)
async def test_whom_a_folder_was_published_to_or_was_left_to_is_an_outsider(
    bench: Bench, shown: str, outsider: bool
) -> None:
    await _set_up(bench, folders=[_folder({"User": shown, "AccessRights": ["Reviewer"]})])
    change = only(await _plan(bench))
    assert change.irreversible
    assert await carried_out(step, bench.context(TAKEN_OVER), change) is Standing.AFTER


async def test_a_contact_whose_mail_goes_outside_is_an_outsider_and_one_inside_is_not(bench: Bench) -> None:
    await _set_up(bench, on_behalf=("Archive Service",))
    assert "attacker.example" in only(await _plan(bench)).reason

    state = await bench.simulator.state()
    state["tenant"]["contacts"][0] |= {"ExternalEmailAddress": "SMTP:archive@contoso.com"}
    await bench.simulator.put_state(state)
    assert (await _plan(bench)).changes == ()


async def test_a_colleague_whose_account_was_made_within_the_attack_is_none(bench: Bench) -> None:
    await _set_up(bench, sendAs=[{"Trustee": COLLEAGUE, "AccessRights": ["SendAs"]}])
    await bench.alter(INTERNAL_FORWARD, user={"createdDateTime": datetime.now(UTC).isoformat()})
    assert "made within the attack" in only(await _plan(bench)).reason


async def test_of_two_who_have_the_same_name_none_is_taken_for_the_other(bench: Bench) -> None:
    await bench.alter(GUEST, user={"displayName": INTERNAL_FORWARD.display_name})
    await _set_up(bench, folders=[_folder({"User": COLLEAGUE, "AccessRights": ["Editor"]})])
    plan = await _plan(bench)
    assert plan.changes == ()
    assert "cannot be told: 2 have this name" in plan.findings[0].text
    assert plan.tasks


async def test_what_denies_is_inherited_or_the_users_own_is_left_alone(bench: Bench) -> None:
    own = [{"User": TAKEN_OVER.user_principal_name, "AccessRights": ["FullAccess"]}]
    denied = [{"User": OUTSIDER, "AccessRights": ["FullAccess"], "Deny": True}]
    inherited = [{"User": OUTSIDER, "AccessRights": ["FullAccess"], "IsInherited": True}]
    await _set_up(bench, fullAccess=[*own, *denied, *inherited])
    plan = await _plan(bench)
    assert (plan.changes, plan.tasks) == ((), ())
    assert plan.summary == "No outsider can use the mailbox."


@pytest.mark.parametrize("inheritance", ["All", "None", "Children"])
async def test_the_rights_and_how_they_are_inherited_come_back(bench: Bench, inheritance: str) -> None:
    entry = {"User": OUTSIDER, "AccessRights": ["ChangeOwner", "ReadPermission"], "InheritanceType": inheritance}
    if inheritance == "All":
        del entry["InheritanceType"]
    await _set_up(bench, fullAccess=[entry])
    context, before = bench.context(TAKEN_OVER), await _delegations(bench)
    change = only(await step.inspect(context))
    assert await carried_out(step, context, change) is Standing.AFTER
    await step.revert(context, change)
    assert await _delegations(bench) == before


async def test_rights_written_as_one_text_are_told_apart(bench: Bench) -> None:
    await _set_up(bench, fullAccess=[{"User": OUTSIDER, "AccessRights": ["ReadPermission, FullAccess"]}])
    assert only(await _plan(bench)).before["Entries"] == [
        {"AccessRights": ["FullAccess", "ReadPermission"], "InheritanceType": "All"}
    ]


async def test_the_flags_of_a_calendars_delegate_come_back(bench: Bench) -> None:
    flags = {"SharingPermissionFlags": "Delegate, CanViewPrivateItems"}
    entry = {"User": OUTSIDER, "AccessRights": ["Editor"], **flags}
    await _set_up(bench, folders=[_folder(entry, kind="Calendar", path="/Calendar")])
    context, before = bench.context(TAKEN_OVER), await _delegations(bench)
    change = only(await step.inspect(context))
    assert await carried_out(step, context, change) is Standing.AFTER
    await step.revert(context, change)
    assert await _delegations(bench) == before


@pytest.mark.parametrize("shown_as", ["names", "objects"])
@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("Root", "/Oberste Ebene des Informationsspeichers"),
        ("Inbox", "/Posteingang"),
        ("SentItems", "/Éléments envoyés"),
        ("Contacts", "/連絡先"),
        ("User Created", "/Posteingang/Kunden\uf8ffVertrag [1](http://attacker.example)"),
        ("User Created", "/\u202e<b>&'\"; drop"),
    ],
)
async def test_a_folder_is_known_by_its_type_whatever_it_is_named(
    bench: Bench, kind: str, path: str, shown_as: str
) -> None:
    await bench.behave(behaviour={"folderUsers": shown_as})
    entries = [{"User": OUTSIDER, "AccessRights": ["Owner"]}, {"User": "Default", "AccessRights": ["Reviewer"]}]
    await _set_up(bench, folders=[_folder(*entries, kind=kind, path=path)])
    context, before = bench.context(TAKEN_OVER), await _delegations(bench)
    plan = await step.inspect(context)
    for change in plan.changes:
        assert await carried_out(step, context, change) is Standing.AFTER
    after = (await _delegations(bench))["folders"][0]["Permissions"]
    assert sorted(after, key=str) == sorted(NONE, key=str)
    for change in reversed(plan.changes):
        await step.revert(context, change)
    restored = (await _delegations(bench))["folders"][0]["Permissions"]
    assert sorted(restored, key=str) == sorted(before["folders"][0]["Permissions"], key=str)


@pytest.mark.parametrize(
    ("kind", "user", "rights", "set_back_to"),
    [
        ("Calendar", "Default", ["AvailabilityOnly"], None),
        ("Calendar", "Default", ["None"], None),
        ("Calendar", "Default", ["LimitedDetails"], ["AvailabilityOnly"]),
        ("Calendar", "Default", ["Reviewer"], ["AvailabilityOnly"]),
        ("Calendar", "Anonymous", ["None"], None),
        ("Calendar", "Anonymous", ["AvailabilityOnly"], ["None"]),
        ("Inbox", "Default", ["None"], None),
        ("Inbox", "Default", ["FolderVisible", "ReadItems"], ["None"]),
        ("Inbox", "Anonymous", ["Contributor"], ["None"]),
        ("Root", "Default", ["FolderVisible"], ["None"]),
        ("Contacts", "Default", ["Reviewer"], ["None"]),
    ],
)
async def test_everybody_and_the_public_are_set_back_to_what_a_new_mailbox_has(
    bench: Bench, kind: str, user: str, rights: list[str], set_back_to: list[str] | None
) -> None:
    await _set_up(bench, folders=[_folder({"User": user, "AccessRights": rights}, kind=kind)])
    plan = await _plan(bench)
    if set_back_to is None:
        assert plan.changes == ()
    else:
        assert only(plan).before["Entries"] == [{"AccessRights": rights}]
        assert only(plan).after["Entries"] == [{"AccessRights": set_back_to}]


async def test_what_exchange_keeps_for_itself_is_not_looked_at(bench: Bench) -> None:
    entry = {"User": OUTSIDER, "AccessRights": ["Reviewer"]}
    own = [_folder(entry, kind=kind, path=f"/{kind}") for kind in ("RecoverableItemsRoot", "CalendarLogging", "Audits")]
    await _set_up(bench, folders=[_folder(), *own])
    plan = await _plan(bench)
    assert plan.changes == ()
    assert "all 1 folders" in plan.findings[-1].text


async def test_a_mailbox_of_very_many_folders_is_read_in_part_and_that_is_said(bench: Bench) -> None:
    many = [_folder(kind="User Created", path=f"/{number}") for number in range(70)]
    inbox = _folder({"User": OUTSIDER, "AccessRights": ["Reviewer"]})
    await _set_up(bench, folders=[*many, inbox])
    plan = await _plan(bench)
    assert only(plan).before["Folder"] == "/Inbox"
    assert "60 of 71 folders" in plan.findings[-1].text


async def test_a_colleague_is_told_of_once_with_all_that_they_have(bench: Bench) -> None:
    await _set_up(
        bench,
        on_behalf=("miriam.graham",),
        fullAccess=[{"User": COLLEAGUE, "AccessRights": ["FullAccess"]}],
        folders=[_folder({"User": COLLEAGUE, "AccessRights": ["Editor"]}, kind="Calendar", path="/Calendar")],
    )
    told, complete = (await _plan(bench)).findings
    assert told.text == (
        f"{COLLEAGUE} ({INTERNAL_FORWARD.id}) has Full Access; Send on Behalf; Editor on /Calendar. Left as it is."
    )
    assert complete.text == "Read: who may use the whole mailbox, and all 1 folders."


async def test_what_somebody_else_has_changed_since_is_seen(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    changes = {change.resource: change for change in (await step.inspect(context)).changes}
    await _set_up(bench, folders=[_folder({"User": OUTSIDER, "AccessRights": ["Owner"]})])
    inbox: Change = changes[f"folder access of {GUEST.id} on /Inbox"]
    assert await step.verify(context, inbox, None) is Standing.OTHER
    assert await step.verify(context, changes[f"Full Access of {GUEST.id}"], None) is Standing.AFTER


@pytest.mark.parametrize("account", [SYNCED, FEDERATED, SHARED_MAILBOX, ADMINISTRATOR], ids=name)
async def test_every_kind_of_mailbox_is_cleared_and_no_higher_role_is_needed(bench: Bench, account: Account) -> None:
    assert (await _plan(bench, account)).changes == ()
    await _set_up(bench, account, sendAs=[{"Trustee": OUTSIDER, "AccessRights": ["SendAs"]}])
    context = bench.context(account)
    assert await carried_out(step, context, only(await step.inspect(context))) is Standing.AFTER


@pytest.mark.parametrize("account", EVERYBODY, ids=name)
def test_an_account_without_mailbox_in_the_cloud_is_skipped(account: Account) -> None:
    for kind in MailboxKind:
        skipped = step.skip(account.model_copy(update={"mailbox": kind}))
        assert (skipped is not None) is (kind in (MailboxKind.NONE, MailboxKind.ON_PREMISES)), kind
        assert skipped is None or skipped.kind is Skip.NOT_APPLICABLE


@pytest.mark.parametrize("account", [NO_MAILBOX, GUEST], ids=name)
async def test_a_mailbox_that_triage_could_not_read_and_that_is_not_there_is_skipped(
    bench: Bench, account: Account
) -> None:
    plan = await _plan(bench, account.model_copy(update={"mailbox": MailboxKind.UNKNOWN}))
    assert plan.skipped is not None
    assert plan.skipped.kind is Skip.NOT_APPLICABLE


async def test_a_list_that_cannot_be_read_is_never_an_empty_one(bench: Bench) -> None:
    await bench.grant(directory_roles=[{"name": "Security Reader", "id": "5d6b6bb7-de71-4623-b4af-96380a352509"}])
    with pytest.raises(Denied, match="Exchange Recipient Administrator"):
        await _plan(bench)
