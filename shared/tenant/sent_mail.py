"""What a mailbox has sent: what its Sent Items still show, and what Exchange remembers to have passed on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import AliasPath, AwareDatetime, BaseModel, ConfigDict, Field

from shared.tenant.graph import READ_DOMAINS, Graph
from shared.tenant.identifiers import literal, object_id, time
from shared.tenant.models import Flag, GraphObject

MOST = 5_000  # messages of the Sent Items, rows of the trace
READ_MAIL = "the Graph permission Mail.ReadBasic.All"
READ_TRACE = "the Graph permission ExchangeMessageTrace.Read.All"

_PAGE = 500
_TRACE_SPAN = timedelta(days=10)
_TRACE_REACH = timedelta(days=90)


class Recipient(BaseModel):
    """https://learn.microsoft.com/graph/api/resources/recipient"""

    model_config = ConfigDict(frozen=True)

    address: str | None = Field(None, validation_alias=AliasPath("emailAddress", "address"))
    name: str | None = Field(None, validation_alias=AliasPath("emailAddress", "name"))


class Message(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/message"""

    subject: str | None = None
    sent_at: AwareDatetime = Field(alias="sentDateTime")
    message_id: str | None = Field(None, alias="internetMessageId")
    has_attachments: Flag = False
    to_recipients: tuple[Recipient, ...] = ()
    cc_recipients: tuple[Recipient, ...] = ()
    bcc_recipients: tuple[Recipient, ...] = ()

    @property
    def recipients(self) -> tuple[Recipient, ...]:
        return (*self.to_recipients, *self.cc_recipients, *self.bcc_recipients)


class Trace(GraphObject):
    """A message on its way to one recipient. https://learn.microsoft.com/graph/api/resources/exchangemessagetrace"""

    subject: str | None = None
    received_at: AwareDatetime = Field(alias="receivedDateTime")
    message_id: str | None = None
    recipient_address: str


class _Domain(GraphObject):
    is_verified: Flag = False


@dataclass(frozen=True)
class Collected[Row]:
    """``rows``, the newest first; not ``complete`` where there are more."""

    rows: tuple[Row, ...]
    complete: bool


async def sent_items(graph: Graph, user_id: str, since: datetime, until: datetime) -> Collected[Message]:
    """What the Sent Items show of that time, without the bodies. Raises ``NotFound`` where there is no mailbox.

    https://learn.microsoft.com/graph/api/mailfolder-list-messages
    """
    folder = graph.client.users.by_user_id(object_id(user_id)).mail_folders.by_mail_folder_id("sentitems")
    info = folder.messages.to_get_request_information()
    info.query_parameters = {
        "%24select": Message.properties(),
        "%24filter": f"sentDateTime ge {time(since)} and sentDateTime le {time(until)}",
        "%24orderby": ["sentDateTime desc"],
        "%24top": _PAGE,
    }
    rows = await graph.rows(Message, info, READ_MAIL, most=MOST)
    return Collected(tuple(rows[:MOST]), complete=len(rows) <= MOST)


async def message_traces(graph: Graph, sender: str, since: datetime, until: datetime) -> Collected[Trace]:
    """What Exchange has passed on from this address in that time, a row for each recipient.

    https://learn.microsoft.com/graph/api/messagetracingroot-list-messagetraces
    """
    rows: list[Trace] = []
    reach = until - _TRACE_REACH + timedelta(hours=1)
    for start, end in _spans(max(since, reach), until):
        info = graph.client.admin.exchange.tracing.message_traces.to_get_request_information()
        sent_then = f"receivedDateTime ge {time(start)} and receivedDateTime le {time(end)}"
        info.query_parameters = {"%24filter": f"senderAddress eq {literal(sender)} and {sent_then}"}
        rows += await graph.rows(Trace, info, READ_TRACE, most=MOST - len(rows))
        if len(rows) > MOST:
            return Collected(tuple(rows[:MOST]), complete=False)
    return Collected(tuple(rows), complete=since >= reach)


async def own_domains(graph: Graph) -> frozenset[str]:
    """The domains of the organisation, in lower case. https://learn.microsoft.com/graph/api/domain-list"""
    info = graph.client.domains.to_get_request_information()
    info.query_parameters = {"%24select": _Domain.properties()}
    domains = await graph.rows(_Domain, info, READ_DOMAINS)
    return frozenset(domain.id.casefold() for domain in domains if domain.is_verified)


def _spans(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """As long as one query may be, the latest first."""
    while until > since:
        start = max(since, until - _TRACE_SPAN)
        yield start, until
        until = start
