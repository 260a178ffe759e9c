"""Which flags a mailbox shows, and what is made of a row that shows fewer, or shows them as something else."""

from typing import Any

import pytest

from shared.tenant.errors import NotFound, Permanent, TenantError, Transient
from shared.tenant.protocols import OFF, protocols, set_protocols
from shared.tenant.tenant import Tenant
from tests.tenant.calls import USER, output
from tests.tenant.server import Server

OWNER = {"ExternalDirectoryObjectId": USER}


async def test_what_the_row_does_not_show_is_missing_and_what_is_null_is_not_set(
    tenant: Tenant, server: Server
) -> None:
    server.play(output(OWNER | {"EwsEnabled": None, "ImapEnabled": True, "PopUseProtocolDefaults": True}))
    assert await protocols(tenant.exchange, USER) == {"EwsEnabled": None, "ImapEnabled": True}


async def test_only_the_flags_that_are_named_are_sent_not_set_as_null(tenant: Tenant, server: Server) -> None:
    server.play(output())
    await set_protocols(tenant.exchange, USER, {"EwsEnabled": None, "ImapEnabled": False})
    parameters = server.calls[0].json["CmdletInput"]["Parameters"]
    assert parameters == {"Identity": USER, "EwsEnabled": None, "ImapEnabled": False}


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ([], NotFound),
        ([OWNER | {"ExternalDirectoryObjectId": "another"} | OFF], Permanent),
        ([OWNER | OFF, OWNER | OFF], Permanent),
        ([OWNER | {"ImapEnabled": "True"}], Transient),
        ([OFF], Transient),
    ],
    ids=["none", "somebody else's", "two", "a flag that is text", "whose is not said"],
)
async def test_an_answer_that_is_not_about_this_mailbox_alone_is_refused(
    tenant: Tenant, server: Server, rows: list[dict[str, Any]], error: type[TenantError]
) -> None:
    server.play(output(*rows))
    with pytest.raises(error):
        await protocols(tenant.exchange, USER)
