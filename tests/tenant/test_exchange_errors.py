"""What each of Exchange's refusals becomes: by the exception inside, whatever the status outside."""

from typing import Any

import pytest

from shared.tenant.errors import Denied, NotFound, Permanent, TenantError, Throttled, Transient
from shared.tenant.exchange_errors import EXCEPTIONS
from shared.tenant.tenant import Tenant
from tests.tenant.calls import EXCHANGE, USER, Case, output
from tests.tenant.server import Answer, Server

NAMESPACE = "Microsoft.Exchange.Configuration.Tasks."
MISSING = "ManagementObjectNotFoundException"
NOT_MODIFIABLE = (
    "An Azure Active Directory call was made to keep object in sync. Unable to update the specified properties for "
    "on-premises mastered Directory Sync objects. DualWrite (Graph) RequestId: x. The issue may be transient."
)


def inside(exception: str, sentence: str = "A sentence.", status: int = 400, code: str = "BadRequest") -> Answer:
    """The usual envelope: the type and the sentence are in ``internalexception``."""
    inner = {
        "message": "Error executing cmdlet",
        "type": "Microsoft.Exchange.Admin.OData.Core.ODataServiceException",
        "internalexception": {"message": sentence, "type": NAMESPACE + exception, "stacktrace": ""},
    }
    return Answer(status, {"error": {"code": code, "message": "Error executing cmdlet", "innererror": inner}})


def in_details(exception: str, sentence: str = "A sentence.", status: int = 400) -> Answer:
    """The envelope of other builds: both are in one line of the details."""
    details = [{"code": "Context", "target": "", "message": f"Ex6F9304|{NAMESPACE}{exception}|{sentence}"}]
    return Answer(status, {"error": {"code": "NotFound", "message": "Error executing request. ", "details": details}})


def bare(sentence: str | None, status: int = 400, code: str | None = "BadRequest") -> Answer:
    return Answer(status, {"error": {"code": code, "message": sentence, "details": None, "innererror": None}})


async def error_for(tenant: Tenant, server: Server, answer: Answer) -> TenantError:
    server.play(answer)
    before = len(server.calls)
    with pytest.raises(TenantError) as raised:
        await tenant.exchange.mailbox(USER)
    assert len(server.calls) == before + 1, "nothing is tried again by itself"
    assert "sentence" not in str(raised.value), "Exchange's words may repeat what was sent"
    return raised.value


@pytest.mark.parametrize("status", [400, 403, 404, 500])
@pytest.mark.parametrize("envelope", [inside, in_details])
async def test_the_exception_counts_and_not_the_status(
    tenant: Tenant, server: Server, envelope: Any, status: int
) -> None:
    for exception, kind in EXCEPTIONS.items():
        error = await error_for(tenant, server, envelope(exception, status=status))
        assert (exception, type(error)) == (exception, kind)
        assert exception in str(error)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (bare("The operation couldn't be performed because object 'x' couldn't be found on 'y'."), NotFound),
        (bare("The specified mailbox x doesn\u2019t exist."), NotFound),
        (bare("The term 'Get-Mailbox' is not recognized as the name of a cmdlet."), Denied),
        (bare("The cmdlet isn't present in the role definition of the current user."), Denied),
        (bare("The role assigned to application x isn't supported in this scenario.", 400), Denied),
        (bare("The application x isn't assigned to any management roles.", 400), Denied),
        (inside("DualWriteException", "It failed. DualWrite (Graph) RequestId: x. It may be transient."), Transient),
        (inside("DualWriteException", NOT_MODIFIABLE), Permanent),
        (inside("ServerBusyException", NOT_MODIFIABLE), Permanent),
        (bare("User is not allowed to call Get-Mailbox", 401, "Unauthorized"), Denied),
        (Answer(401, b"", {"WWW-Authenticate": "Bearer"}), Denied),
        (Answer(403, b"\x00" * 64, {"Content-Type": "application/octet-stream"}), Denied),
        (Answer(403, b"<html>"), Denied),
        (bare("Nothing we know", 403), Denied),
        (bare(None, 404, "NotFound"), NotFound),
        (bare(None, 404, None), Transient),
        (Answer(404, b""), Transient),
        (Answer(408), Transient),
        (Answer(429, b""), Throttled),
        (Answer(429, b"", {"Retry-After": "1.5"}), Throttled),
        (inside(MISSING, status=429), Throttled),
        (Answer(500, b"{"), Transient),
        (Answer(501, b""), Permanent),
        (Answer(503, b"", {"Retry-After": "1"}), Throttled),
        (Answer(503, b"<html>"), Transient),
        (inside("SomethingNewException"), Permanent),
        (inside("SomethingNewException", status=500), Transient),
        (Answer(302, b"", {"Location": "https://elsewhere.example"}), Permanent),
        (Answer(400, b"[]"), Permanent),
    ],
)
async def test_where_no_exception_is_known_words_count_and_then_the_status(
    tenant: Tenant, server: Server, answer: Answer, error: type[TenantError]
) -> None:
    assert type(await error_for(tenant, server, answer)) is error


@pytest.mark.parametrize("case", EXCHANGE, ids=str)
async def test_a_denial_names_the_role_to_grant(tenant: Tenant, server: Server, case: Case) -> None:
    server.play(Answer(403, b"\x00" * 64))
    with pytest.raises(Denied) as denied:
        await case.call(tenant)
    assert "Exchange.ManageAsApp" in denied.value.permission
    assert case.permission in denied.value.permission
    assert denied.value.permission in str(denied.value)


async def test_what_is_mastered_on_premises_says_where_to_change_it(tenant: Tenant, server: Server) -> None:
    assert "on-premises" in str(await error_for(tenant, server, inside("DualWriteException", NOT_MODIFIABLE)))


@pytest.mark.parametrize(
    ("problem", "error"),
    [
        (f"Ex6F9304|{NAMESPACE}{MISSING}|A sentence.", NotFound),
        ("Something that nobody knows.", Permanent),
        ({"message": "Something that nobody knows."}, Permanent),
        (NOT_MODIFIABLE, Permanent),
    ],
)
@pytest.mark.parametrize("case", EXCHANGE, ids=str)
async def test_a_success_that_carries_errors_is_a_failure(
    tenant: Tenant, server: Server, case: Case, problem: Any, error: type[TenantError]
) -> None:
    server.play(output(*case.good.body["value"], **{"@adminapi.errors": [problem]}))
    with pytest.raises(TenantError) as raised:
        await case.call(tenant)
    assert type(raised.value) is error
    assert "sentence" not in str(raised.value)


async def test_an_empty_list_of_errors_is_a_success(tenant: Tenant, server: Server) -> None:
    server.play(output(*EXCHANGE[0].good.body["value"], **{"@adminapi.errors": []}))
    await EXCHANGE[0].call(tenant)
