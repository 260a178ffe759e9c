"""What a mailbox has sent: its Sent Items, and the trace of what Exchange has passed on."""

from dataclasses import replace
from datetime import datetime, timedelta

from local.simulator.answer import Answer, GraphError, NotSimulated, bad_request
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import page, shape
from local.simulator.odata_filter import Equals, NotAfter, NotBefore, comparisons
from local.simulator.records import Json

BASIC_ONLY = "Mail.ReadBasic.All"
BEYOND_BASIC = frozenset(("body", "bodyPreview", "uniqueBody"))
MESSAGES_PAGE, TRACES_PAGE = 10, 1000
NEWEST_FIRST = "sentDateTime desc"
LONGEST_TRACE = timedelta(days=10)
OLDEST_TRACE = timedelta(days=90)


@operation(
    "GET",
    "/users/{user-id}/mailFolders/{mailFolder-id}/messages",
    options=frozenset(("$select", "$filter", "$orderby", "$top")),
)
def list_messages(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/mailfolder-list-messages"""
    account = request.tenant.account(request.parameters["user-id"])
    if account is None:
        raise GraphError(404, "ErrorInvalidUser", f"The requested user '{request.parameters['user-id']}' is invalid.")
    if account.mailbox is None:
        message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
        raise GraphError(404, "MailboxNotEnabledForRESTAPI", message)
    if request.parameters["mailFolder-id"] != "sentitems":
        raise NotSimulated("Only the folder sentitems is simulated.")
    _check_readable(request)
    if request.call.query.get("$orderby", (NEWEST_FIRST,)) != (NEWEST_FIRST,):
        raise NotSimulated("Only the order of sentDateTime, newest first, is simulated.")
    found = sorted(account.sent_items, key=lambda one: str(one["sentDateTime"]), reverse=True)
    rows = [_message(one, request) for one in found if request.query.keeps(one)]
    query = replace(request.query, top=request.query.top if "$top" in request.call.query else MESSAGES_PAGE)
    return Answer(200, page(request.call, query, rows, "users/messages"))


@operation("GET", "/admin/exchange/tracing/messageTraces", options=frozenset(("$filter", "$top")))
def list_message_traces(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/messagetracingroot-list-messagetraces"""
    if request.tenant.behaviour.message_trace == "not-onboarded":
        raise GraphError(403, "UnknownError", "")
    _check_range(request)
    rows = [
        {"senderAddress": sender, **row}
        for account in request.tenant.accounts
        if (sender := account.user.seen.get("mail"))
        for row in account.message_trace
    ]
    found = [row for row in rows if request.query.keeps(row)]
    found.sort(key=lambda one: str(one["receivedDateTime"]), reverse=True)
    query = replace(request.query, top=request.query.top if "$top" in request.call.query else TRACES_PAGE)
    shown = [shape(row, query, request.kind) for row in found]
    return Answer(200, page(request.call, query, shown, "admin/exchange/tracing/messageTraces"))


def _message(message: Json, request: GraphRequest) -> Json:
    """Mail always shows its id and its ETag, whatever is selected."""
    shown = shape(message, request.query, request.kind)
    return {"@odata.etag": f'W/"{message["id"]}"', "id": message["id"], **shown}


def _check_readable(request: GraphRequest) -> None:
    beyond_basic = request.token.roles & set(request.operation.permissions) - {BASIC_ONLY}
    if not beyond_basic and BEYOND_BASIC & set(request.query.select or ()):
        raise GraphError(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")


def _check_range(request: GraphRequest) -> None:
    """Without a range the last two days are meant; one may span ten days, of the last ninety."""
    given = comparisons(request.query.filter) if request.query.filter else []
    if not any(isinstance(one, Equals) and one.property == "senderAddress" for one in given):
        raise NotSimulated("Only the trace of one sender is simulated.")
    start = _time(next((one.value for one in given if isinstance(one, NotBefore)), None))
    end = _time(next((one.value for one in given if isinstance(one, NotAfter)), None))
    if end - start > LONGEST_TRACE or start < request.call.at - OLDEST_TRACE:
        raise bad_request("The range of a query is ten days, of the last ninety.", "BadRequest")


def _time(value: datetime | None) -> datetime:
    if value is None:
        raise NotSimulated("Only a trace from one time to another is simulated.")
    return value
