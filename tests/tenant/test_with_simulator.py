"""Every public method against the simulated tenant, signed in as in Azure, with what is granted there."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio

from shared.settings import Settings
from shared.tenant.errors import Denied, NotFound, Permanent
from shared.tenant.models import Forwarding, Group
from shared.tenant.tenant import Tenant
from tests.simulator.client import IDENTITY_HEADER
from tests.simulator.process import started
from tests.tenant.calls import PASSWORD
from tests.tenant.conftest import TENANT_ID

TAKEN_OVER = "b0000000-0000-4000-8000-000000000001"
GUEST = "b0000000-0000-4000-8000-000000000004"
NO_MAILBOX = "b0000000-0000-4000-8000-000000000005"
SHARED = "b0000000-0000-4000-8000-000000000006"
ADMINISTRATOR = "b0000000-0000-4000-8000-000000000007"
HELP_DESK = "b0000000-0000-4000-8000-000000000008"
GROUP_OWNER = "b0000000-0000-4000-8000-000000000009"
INTERNAL_FORWARD = "b0000000-0000-4000-8000-000000000011"
NOBODY = "b0000000-0000-4000-8000-00000000ffff"


@pytest_asyncio.fixture(scope="module")
async def simulated() -> AsyncIterator[Tenant]:
    """One simulator for the file: starting it takes most of the time. Each test has its own account to write to."""
    with pytest.MonkeyPatch.context() as patch:
        async with started("--lag", "0") as (_, url):
            patch.setenv("IDENTITY_ENDPOINT", f"{url}/msi/token")
            patch.setenv("IDENTITY_HEADER", IDENTITY_HEADER)
            tenant = Tenant.from_settings(Settings(tenant_id=TENANT_ID, graph_url=url, exchange_url=url))
            yield tenant
            await tenant.close()


async def test_a_user_is_found_by_id_by_name_and_by_each_address(simulated: Tenant) -> None:
    user = await simulated.graph.user(TAKEN_OVER)
    assert user.user_principal_name == "alex.wilber@contoso.com"
    assert user.other_mails == ("alex.wilber@home.example",)
    assert await simulated.graph.user("ALEX.wilber@contoso.com") == user
    for address in ("alex.wilber@contoso.com", "Alex@Contoso.com"):
        assert await simulated.graph.users_with_address(address) == [user]
    assert await simulated.graph.users_with_address("o'brien@contoso.com") == []


async def test_a_guest_is_found_by_name_and_known_for_one(simulated: Tenant) -> None:
    guest = await simulated.graph.user("dana.reyes_fabrikam.com#EXT#@contoso.onmicrosoft.com")
    assert (guest.id, guest.user_type, guest.creation_type) == (GUEST, "Guest", "Invitation")


async def test_who_is_not_there_is_not_found(simulated: Tenant) -> None:
    for name in (NOBODY, "nobody@contoso.com", "$nobody@contoso.com"):
        with pytest.raises(NotFound):
            await simulated.graph.user(name)
    with pytest.raises(NotFound):
        await simulated.graph.revoke_sessions(NOBODY)


async def test_domains_say_how_their_users_sign_in(simulated: Tenant) -> None:
    assert {one.id: one.authentication_type for one in await simulated.graph.domains()} == {
        "contoso.com": "Managed",
        "contoso.onmicrosoft.com": "Managed",
        "federated.contoso.com": "Federated",
    }


async def test_roles_and_groups_are_read(simulated: Tenant) -> None:
    roles = await simulated.graph.role_assignments(ADMINISTRATOR)
    assert [(role.role_name, role.directory_scope_id) for role in roles] == [("Exchange Administrator", "/")]
    help_desk = Group(id="a0000000-0000-4000-8000-000000000002", display_name="Help desk", is_assignable_to_role=True)
    assert await simulated.graph.memberships(HELP_DESK) == [help_desk]
    assert await simulated.graph.owned_groups(GROUP_OWNER) == [help_desk]
    assert await simulated.graph.role_assignments(TAKEN_OVER) == []
    assert await simulated.graph.owned_groups(ADMINISTRATOR) == []


async def test_revoking_moves_the_time_that_sessions_are_valid_from(simulated: Tenant) -> None:
    accepted = await simulated.graph.revoke_sessions(TAKEN_OVER)
    valid_from = (await simulated.graph.user(TAKEN_OVER)).sign_in_sessions_valid_from
    assert valid_from is not None
    assert accepted <= valid_from <= accepted + timedelta(seconds=5)
    assert abs(accepted - datetime.now(UTC)) < timedelta(seconds=10)


async def test_a_user_is_blocked_and_let_in_again(simulated: Tenant) -> None:
    for enabled in (False, False, True):
        await simulated.graph.set_account_enabled(NO_MAILBOX, enabled)
        assert (await simulated.graph.user(NO_MAILBOX)).account_enabled is enabled


async def test_a_reset_moves_the_time_of_the_last_change(simulated: Tenant) -> None:
    accepted = await simulated.graph.set_password(NO_MAILBOX, PASSWORD)
    changed = (await simulated.graph.user(NO_MAILBOX)).last_password_change
    assert changed is not None
    assert changed >= accepted
    with pytest.raises(Permanent, match="400"):
        await simulated.graph.set_password(NO_MAILBOX, "weak")


async def test_an_administrator_needs_a_role_that_the_app_lacks(simulated: Tenant) -> None:
    with pytest.raises(Denied) as denied:
        await simulated.graph.set_account_enabled(ADMINISTRATOR, False)
    assert "Privileged Authentication Administrator" in denied.value.permission


async def test_recipients_and_mailboxes_say_what_they_are(simulated: Tenant) -> None:
    assert (await simulated.exchange.recipient(TAKEN_OVER)).recipient_type_details == "UserMailbox"
    assert (await simulated.exchange.recipient(GUEST)).recipient_type_details == "GuestMailUser"
    assert (await simulated.exchange.mailbox(SHARED)).recipient_type_details == "SharedMailbox"
    with pytest.raises(NotFound):
        await simulated.exchange.mailbox(NO_MAILBOX)
    with pytest.raises(NotFound):
        await simulated.exchange.recipient(NOBODY)
    with pytest.raises(NotFound):
        await simulated.exchange.set_forwarding(NO_MAILBOX, Forwarding())


@pytest.mark.parametrize("user_id", [TAKEN_OVER, INTERNAL_FORWARD])
async def test_forwarding_is_cleared_and_put_back_as_it_was(simulated: Tenant, user_id: str) -> None:
    before = (await simulated.exchange.mailbox(user_id)).forwarding
    assert before != Forwarding()
    for forwarding in (Forwarding(), Forwarding(), before):
        await simulated.exchange.set_forwarding(user_id, forwarding)
        assert (await simulated.exchange.mailbox(user_id)).forwarding == forwarding
