"""Who else may use a mailbox: Full Access, Send As, Send on Behalf, and the folders."""

from typing import Any

import pytest

from tests.simulator.client import GUEST, TAKEN_OVER, Client, exception

DANA, ALEX, MIRIAM = "dana.reyes@fabrikam.com", "alex.wilber@contoso.com", "miriam.graham@contoso.com"
FULL = {"AccessRights": ["FullAccess"], "Confirm": False}
SEND_AS = {"AccessRights": ["SendAs"], "Confirm": False}
INBOX = f"{TAKEN_OVER}:\\Inbox"


async def run(simulator: Client, cmdlet: str, **parameters: Any) -> dict[str, Any]:
    answer = await simulator.cmdlet(cmdlet, parameters)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def refused(simulator: Client, cmdlet: str, **parameters: Any) -> str:
    return exception(await simulator.cmdlet(cmdlet, parameters))[1]


async def delegations(simulator: Client) -> dict[str, Any]:
    return dict((await simulator.truth(TAKEN_OVER))["delegations"])


async def test_the_user_is_always_listed_and_automapping_never_told(simulator: Client) -> None:
    rows = (await run(simulator, "Get-MailboxPermission", Identity=TAKEN_OVER, ResultSize="Unlimited"))["value"]
    assert rows[0]["User"] == "NT AUTHORITY\\SELF"
    assert rows[0]["AccessRights"] == ["FullAccess, ReadPermission"]
    assert any(row["IsInherited"] for row in rows)
    assert not any("AutoMapping" in row for row in rows)


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        ("Remove-MailboxPermission", {"User": "megan.bowen@contoso.com", **FULL}),
        ("Remove-MailboxPermission", {"User": MIRIAM, "InheritanceType": "Children", **FULL}),
        ("Remove-MailboxPermission", {"User": MIRIAM, **FULL, "AccessRights": ["ReadPermission"]}),
        ("Remove-RecipientPermission", {"Trustee": MIRIAM, **SEND_AS}),
    ],
)
async def test_what_is_absent_is_removed_with_a_warning(
    simulator: Client, cmdlet: str, parameters: dict[str, Any]
) -> None:
    before = await delegations(simulator)
    body = await run(simulator, cmdlet, Identity=TAKEN_OVER, **parameters)
    assert "because the ACE isn't present" in body["@adminapi.warnings"][0]
    assert await delegations(simulator) == before


async def test_what_is_there_is_added_with_a_warning_and_once(simulator: Client) -> None:
    before = await delegations(simulator)
    for cmdlet, parameters in (
        ("Add-MailboxPermission", {"User": DANA, "AccessRights": ["FullAccess"]}),
        ("Add-RecipientPermission", {"Trustee": DANA, **SEND_AS}),
    ):
        assert (await run(simulator, cmdlet, Identity=TAKEN_OVER, **parameters))["@adminapi.warnings"]
    assert await delegations(simulator) == before


@pytest.mark.parametrize(
    ("cmdlet", "parameters"),
    [
        ("Remove-MailboxPermission", {"User": DANA, "AccessRights": ["FullAccess"]}),
        ("Remove-RecipientPermission", {"Trustee": DANA, "AccessRights": ["SendAs"]}),
        ("Add-RecipientPermission", {"Trustee": DANA, "AccessRights": ["SendAs"]}),
        ("Add-RecipientPermission", {"Trustee": DANA, **SEND_AS, "AccessRights": ["FullAccess"]}),
        ("Add-MailboxPermission", {"User": DANA}),
        ("Add-MailboxPermission", {"AccessRights": ["FullAccess"]}),
    ],
)
async def test_what_would_ask_or_lacks_a_parameter_is_refused(
    simulator: Client, cmdlet: str, parameters: dict[str, Any]
) -> None:
    assert await refused(simulator, cmdlet, Identity=TAKEN_OVER, **parameters) == "ParameterBindingException"


@pytest.mark.parametrize("nobody", ["Archive Service", "S-1-5-21-1-2-3-4", "stranger@attacker.example"])
async def test_only_an_account_can_be_given_a_right(simulator: Client, nobody: str) -> None:
    parameters = {"Identity": TAKEN_OVER, "User": nobody, "AccessRights": ["FullAccess"]}
    assert await refused(simulator, "Add-MailboxPermission", **parameters) == "ManagementObjectNotFoundException"


async def test_a_list_is_changed_only_by_a_typed_table(simulator: Client) -> None:
    untyped = {"Identity": TAKEN_OVER, "GrantSendOnBehalfTo": {"Add": [MIRIAM]}}
    assert await refused(simulator, "Set-Mailbox", **untyped) == "ParameterTransformationException"
    typed = {"@odata.type": "#Exchange.GenericHashTable", "add": [MIRIAM, DANA], "Remove": [MIRIAM]}
    await run(simulator, "Set-Mailbox", Identity=TAKEN_OVER, GrantSendOnBehalfTo=typed)
    truth = await simulator.truth(TAKEN_OVER)
    assert truth["mailbox"]["GrantSendOnBehalfTo"] == ["dana.reyes", "miriam.graham"]


async def test_names_that_begin_alike_are_found_but_not_together_with_an_identity(simulator: Client) -> None:
    rows = (await run(simulator, "Get-Recipient", Anr="dana r"))["value"]
    assert [row["ExternalDirectoryObjectId"] for row in rows] == [GUEST]
    both = {"Anr": "Dana", "Identity": DANA}
    assert await refused(simulator, "Get-Recipient", **both) == "AmbiguousParameterSetException"


async def test_an_entry_of_a_folder_is_found_by_address_id_or_the_name_it_shows(simulator: Client) -> None:
    for user in (DANA, GUEST, "Dana Reyes"):
        await run(simulator, "Set-MailboxFolderPermission", Identity=INBOX, User=user, AccessRights=["Editor"])
    rows = (await run(simulator, "Get-MailboxFolderPermission", Identity=INBOX))["value"]
    assert [(row["User"], row["AccessRights"]) for row in rows] == [
        ("Default", ["Reviewer"]),
        ("Anonymous", ["None"]),
        ("Dana Reyes", ["Editor"]),
    ]


@pytest.mark.parametrize(
    ("cmdlet", "parameters", "kind"),
    [
        ("Add", {"User": DANA, "AccessRights": ["Reviewer"]}, "UserAlreadyExistsInPermissionEntryException"),
        ("Set", {"User": MIRIAM, "AccessRights": ["Reviewer"]}, "UserNotFoundInPermissionEntryException"),
        ("Remove", {"User": MIRIAM, "Confirm": False}, "UserNotFoundInPermissionEntryException"),
        ("Remove", {"User": "Default", "Confirm": False}, "CannotRemoveDefaultOrAnonymousException"),
        ("Remove", {"User": DANA}, "ParameterBindingException"),
        ("Set", {"User": DANA, "AccessRights": ["FullAccess"]}, "ParameterBindingException"),
        ("Set", {"User": DANA, "AccessRights": ["Reviewer"], "SharingPermissionFlags": "Delegate"},
         "ParameterBindingException"),
        ("Add", {"User": "Archive Service", "AccessRights": ["Reviewer"]}, "InvalidExternalUserIdException"),
        ("Add", {"User": "nobody@contoso.com", "AccessRights": ["Reviewer"]}, "ManagementObjectNotFoundException"),
    ],
)  # fmt: skip
async def test_a_folder_refuses_what_does_not_fit(
    simulator: Client, cmdlet: str, parameters: dict[str, Any], kind: str
) -> None:
    assert await refused(simulator, f"{cmdlet}-MailboxFolderPermission", Identity=INBOX, **parameters) == kind


@pytest.mark.parametrize("identity", [TAKEN_OVER, f"{TAKEN_OVER}:/Inbox", f"{TAKEN_OVER}:\\Top of Information Store"])
async def test_a_folder_is_named_by_its_path_below_the_root(simulator: Client, identity: str) -> None:
    kind = await refused(simulator, "Get-MailboxFolderPermission", Identity=identity)
    assert kind == "ManagementObjectNotFoundException"
    assert (await run(simulator, "Get-MailboxFolderPermission", Identity=f"{TAKEN_OVER}:\\"))["value"]
