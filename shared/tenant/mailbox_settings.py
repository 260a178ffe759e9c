"""What a mailbox says by itself: its automatic reply, its signature, its add-ins; and the tenant's transport rules."""

from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from shared.tenant.delegates import Row
from shared.tenant.exchange import Exchange
from shared.tenant.identifiers import object_id
from shared.tenant.models import Flag, Strings


def _text(value: object) -> object:
    return "" if value is None else value


def _utc(moment: datetime) -> datetime:
    """Exchange Online's own clock is UTC, and so is a time that names no zone."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


type Text = Annotated[str, BeforeValidator(_text)]
type Moment = Annotated[datetime, AfterValidator(_utc)]


class AutoReply(Row):
    """https://learn.microsoft.com/powershell/module/exchange/get-mailboxautoreplyconfiguration

    The times mean something only while the state is Scheduled. The messages are HTML.
    """

    auto_reply_state: str
    external_audience: str
    internal_message: Text = ""
    external_message: Text = ""
    start_time: Moment | None = None
    end_time: Moment | None = None


class Signature(Row):
    """https://learn.microsoft.com/powershell/module/exchange/get-mailboxmessageconfiguration"""

    signature_html: Text = ""
    signature_text: Text = ""
    auto_add_signature: Flag = False


class App(Row):
    """https://learn.microsoft.com/powershell/module/exchange/get-app. ``scope``: Default, User or Organization."""

    app_id: str
    display_name: Text = ""
    provider_name: Text = ""
    scope: str | None = None
    enabled: Flag = False


class Addresses(Row):
    """What a mailbox is named by: https://learn.microsoft.com/powershell/module/exchange/get-mailbox"""

    primary_smtp_address: str
    email_addresses: Strings = ()
    forwarding_address: str | None = None
    forwarding_smtp_address: str | None = None


async def auto_reply(exchange: Exchange, user_id: str) -> AutoReply:
    """The automatic reply, on or off. Raises ``TenantError``."""
    [reply] = await exchange.rows(AutoReply, "Get-MailboxAutoReplyConfiguration", {"Identity": object_id(user_id)})
    return reply


async def set_auto_reply(exchange: Exchange, user_id: str, parameters: dict[str, Any]) -> datetime:
    """Changes what ``parameters`` name, and nothing else. When it was accepted. Raises ``TenantError``.

    https://learn.microsoft.com/powershell/module/exchange/set-mailboxautoreplyconfiguration
    """
    return await exchange.change(
        "Set-MailboxAutoReplyConfiguration", {"Identity": object_id(user_id), **parameters, "Confirm": False}
    )


async def signature(exchange: Exchange, user_id: str) -> Signature:
    """The signature that is kept in the mailbox. Raises ``TenantError``."""
    [found] = await exchange.rows(Signature, "Get-MailboxMessageConfiguration", {"Identity": object_id(user_id)})
    return found


async def apps(exchange: Exchange, user_id: str) -> list[App]:
    """The add-ins of Outlook that a mailbox has. Raises ``TenantError``."""
    return await exchange.rows(App, "Get-App", {"Mailbox": object_id(user_id)}, about="Mailbox")


async def addresses(exchange: Exchange, user_id: str) -> Addresses:
    """The addresses of a mailbox, and where it forwards to. Raises ``TenantError``."""
    [found] = await exchange.rows(Addresses, "Get-Mailbox", {"Identity": object_id(user_id)})
    return found


async def transport_rules(exchange: Exchange) -> list[dict[str, Any]]:
    """All transport rules of the tenant, with all that Exchange tells of them. Raises ``TenantError``.

    https://learn.microsoft.com/powershell/module/exchange/get-transportrule
    """
    return await exchange.invoke("Get-TransportRule", {"ResultSize": "Unlimited"}, about=None)
