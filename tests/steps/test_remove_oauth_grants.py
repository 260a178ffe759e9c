"""remove-oauth-grants: an application that the attacker let in is let in no longer, and can be again."""

from typing import Any

import pytest

from functions.steps.remove_oauth_grants import step
from shared.account import Account
from shared.playbook.risky_scopes import dangers
from shared.playbook.step import Plan, Standing
from shared.tenant.errors import Denied
from tests.steps.accounts import SYNCED, TAKEN_OVER
from tests.steps.bench import Bench, carried_out

GRAPH, VIEWER, EXPENSES, NOTES = (f"ab000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3, 4))
NO_ROLE = "00000000-0000-0000-0000-000000000000"
STRANGER = "bd000000-0000-4000-8000-000000000666"
HOSTILE = "=cmd|'/c calc'!A1 [x](https://evil.example)\u202e\x1b[31m<b>\r\n" + "A" * 65_000


async def _seed(bench: Bench, account: Account = TAKEN_OVER, **values: Any) -> None:
    state = await bench.simulator.state()
    next(one for one in state["accounts"] if one["user"]["id"] == account.id).update(values)
    await bench.simulator.put_state(state)


async def _application(bench: Bench, identifier: str, **values: Any) -> None:
    state = await bench.simulator.state()
    next(one for one in state["tenant"]["servicePrincipals"] if one["id"] == identifier).update(values)
    await bench.simulator.put_state(state)


def _grant(client: str, scope: str) -> dict[str, Any]:
    return {
        "id": f"g-{client[-1]}",
        "clientId": client,
        "consentType": "Principal",
        "resourceId": GRAPH,
        "scope": scope,
    }


async def _plan(bench: Bench, account: Account = TAKEN_OVER) -> Plan:
    return await step.inspect(bench.context(account))


def _taken_back(plan: Plan) -> list[str]:
    return [change.resource for change in plan.changes]


def _told(plan: Plan) -> str:
    return "\n".join(finding.text for finding in plan.findings)


async def test_what_the_attacker_let_in_is_taken_back_and_the_rest_is_left_and_listed(bench: Bench) -> None:
    plan = await _plan(bench)
    assert _taken_back(plan) == [f"grant to {VIEWER} on {GRAPH}", f"assignment to {VIEWER} as {NO_ROLE}"]
    assert "PDF Mail Viewer" in plan.changes[0].reason
    assert "The user let it in within the attack" in plan.changes[0].reason
    assert 'Left alone: "Contoso Expenses"' in _told(plan)
    assert 'Left alone: "Meeting Notes"' in _told(plan)
    assert "Look for secrets and owners that were added." in _told(plan)
    assert await bench.writes() == []


async def test_each_is_taken_back_read_back_and_given_again_as_it_was(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    before = await bench.simulator.truth(TAKEN_OVER.id)
    changes = (await step.inspect(context)).changes
    for change in changes:
        assert await step.verify(context, change, None) is Standing.BEFORE
        for _ in range(2):
            assert await carried_out(step, context, change) is Standing.AFTER
    assert _taken_back(await step.inspect(context)) == []
    for change in changes:
        for _ in range(2):
            await step.revert(context, change)
        assert await step.verify(context, change, None) is Standing.BEFORE

    after = await bench.simulator.truth(TAKEN_OVER.id)
    known = ("clientId", "resourceId", "consentType", "scope", "appRoleId")
    for part in ("grants", "assignments"):
        assert _known(after[part], known) == _known(before[part], known)


def _known(rows: list[dict[str, Any]], names: tuple[str, ...]) -> list[dict[str, Any]]:
    return sorted(({name: row.get(name) for name in names} for row in rows), key=str)


async def test_a_grant_that_has_other_scopes_by_now_is_seen_and_put_back_to_what_it_was(bench: Bench) -> None:
    context = bench.context(TAKEN_OVER)
    grant = (await step.inspect(context)).changes[0]
    await _seed(bench, grants=[_grant(VIEWER, "User.Read")])
    assert await step.verify(context, grant, None) is Standing.OTHER
    await step.revert(context, grant)
    assert await step.verify(context, grant, None) is Standing.BEFORE
    (row,) = (await bench.simulator.truth(TAKEN_OVER.id))["grants"]
    assert row["scope"] == grant.before["Scope"]


@pytest.mark.parametrize(
    ("application", "scope", "taken_back"),
    [
        ({"appOwnerOrganizationId": STRANGER}, "Mail.Read", True),
        ({"appOwnerOrganizationId": STRANGER}, "offline_access User.Read openid", False),
        ({"appOwnerOrganizationId": STRANGER}, "EWS.AccessAsUser.All", True),
        ({"appOwnerOrganizationId": STRANGER, "verifiedPublisher": {"verifiedPublisherId": "1"}}, "Mail.Read", False),
        ({"appOwnerOrganizationId": None}, "Files.ReadWrite.All", True),
        ({"appOwnerOrganizationId": "F8CDEF31-A31E-4B4A-93E4-5F571E91255A"}, "Mail.ReadWrite", False),
        ({}, "Mail.ReadWrite", False),
    ],
    ids=[
        "a stranger's that reads mail",
        "a stranger's that reads the profile",
        "a stranger's with the whole mailbox",
        "a verified publisher's",
        "nobody's",
        "Microsoft's",
        "our own",
    ],
)
async def test_without_a_consent_in_the_window_it_is_judged_by_its_publisher_and_by_what_it_may_do(
    bench: Bench, application: dict[str, Any], scope: str, taken_back: bool
) -> None:
    await _application(bench, EXPENSES, **application)
    await _seed(bench, grants=[_grant(EXPENSES, scope)], assignments=[], audits=[])
    assert bool(_taken_back(await _plan(bench))) is taken_back


async def test_what_the_user_let_in_within_the_attack_goes_whoever_made_it(bench: Bench) -> None:
    audits = (await bench.simulator.truth(TAKEN_OVER.id))["audits"]
    audits[0]["targetResources"][0]["id"] = NOTES
    await _seed(bench, audits=audits, grants=[_grant(NOTES, "User.Read")], assignments=[])
    plan = await _plan(bench)
    assert _taken_back(plan) == [f"grant to {NOTES} on {GRAPH}"]
    assert '"Meeting Notes" (ac000000-0000-4000-8000-000000000004) keeps User.Read' in _told(plan)


async def test_what_came_through_a_group_is_a_task(bench: Bench) -> None:
    row = {"id": "a", "appRoleId": NO_ROLE, "resourceId": VIEWER, "principalType": "Group"}
    await _seed(bench, assignments=[row])
    plan = await _plan(bench)
    assert _taken_back(plan) == [f"grant to {VIEWER} on {GRAPH}"]
    assert "PDF Mail Viewer" in plan.tasks[0].text


async def test_a_log_that_cannot_be_read_is_told_and_content_alone_judges(bench: Bench) -> None:
    await bench.grant_all_but("AuditLog.Read.All")
    plan = await _plan(bench)
    assert _taken_back(plan)
    assert "Could not read when applications were let in" in _told(plan)
    assert "Nobody has verified its publisher" in plan.changes[0].reason


async def test_an_application_that_is_gone_can_still_be_shut_out(bench: Bench) -> None:
    gone = "ab000000-0000-4000-8000-0000000000ff"
    await _seed(bench, grants=[_grant(gone, "Mail.Read")], assignments=[], audits=[])
    context = bench.context(TAKEN_OVER)
    (change,) = (await step.inspect(context)).changes
    assert await carried_out(step, context, change) is Standing.AFTER


async def test_nothing_let_in_is_nothing_to_do(bench: Bench) -> None:
    plan = await _plan(bench, SYNCED)
    assert (plan.changes, plan.tasks, plan.findings) == ((), (), ())
    assert plan.summary


@pytest.mark.parametrize(
    "permission",
    ["DelegatedPermissionGrant.ReadWrite.All", "AppRoleAssignment.ReadWrite.All", "Application.Read.All"],
)
async def test_without_a_permission_it_names_it(bench: Bench, permission: str) -> None:
    await bench.grant_all_but(permission)
    with pytest.raises(Denied, match=permission):
        await _plan(bench)


async def test_a_name_that_an_attacker_chose_is_one_short_line(bench: Bench) -> None:
    await _application(bench, VIEWER, displayName=HOSTILE)
    plan = await _plan(bench)
    texts = [*(change.reason for change in plan.changes), *(finding.text for finding in plan.findings)]
    assert all(text.isprintable() and len(text) < 500 for text in texts)


async def test_what_the_account_owns_is_told_and_a_secret_of_the_attack_with_what_to_do(bench: Bench) -> None:
    plan = await _plan(bench)
    (application,) = [one for one in plan.findings if "owns the application" in one.text]
    (group,) = [one for one in plan.findings if "owns the group" in one.text]
    assert 'The account owns the application "Expense import"' in application.text
    assert "within the attack secrets were added to it: " in application.text
    assert application.at is not None
    assert (group.text, group.at) == (
        'The account owns the group "Finance": look at whom it has let in.',
        None,
    )


async def test_an_application_whose_secrets_are_older_than_the_attack_is_told_without_alarm(bench: Bench) -> None:
    old = {"startDateTime": "2024-01-01T00:00:00Z"}
    app = {"id": VIEWER, "appId": VIEWER, "displayName": "Old", "passwordCredentials": [old], "keyCredentials": [old]}
    await _seed(bench, ownedApplications=[app], owns=[])
    (told,) = [one for one in (await _plan(bench)).findings if " owns the " in one.text]
    assert told.text.endswith("with secrets: 2, none of them added within the attack.")
    assert (told.at, told.gap) == (None, False)


@pytest.mark.parametrize("permission", ["Application.Read.All", "GroupMember.Read.All"])
async def test_what_it_owns_and_the_app_may_not_see_is_a_gap(bench: Bench, permission: str) -> None:
    await bench.grant_all_but(permission)
    try:
        gaps = [one.text for one in (await _plan(bench)).findings if one.gap]
    except Denied as denied:
        gaps = [str(denied)]
    assert any(permission in one for one in gaps)


@pytest.mark.parametrize(
    ("scopes", "words"),
    [
        ("Mail.Read", ["reads, writes or sends mail"]),
        ("https://graph.microsoft.com/mail.readwrite.shared", ["reads, writes or sends mail"]),
        ("openid profile email offline_access User.Read Calendars.Read", []),
        ("Mail.Send Files.Read.All", ["reads, writes or sends mail", "reads or changes files"]),
    ],
)
def test_what_scopes_allow_is_told_in_words(scopes: str, words: list[str]) -> None:
    assert dangers(frozenset(scopes.split())) == words
