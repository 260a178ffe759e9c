"""Exchange Online's admin API: cmdlets over HTTP.

``InvokeCommand`` is what Microsoft's own PowerShell module calls. It is no documented contract, so it is known here and
nowhere else; the cmdlets themselves are documented: https://learn.microsoft.com/powershell/module/exchange/.
"""

import logging
import re
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx
from azure.core.credentials_async import AsyncTokenCredential
from pydantic import BaseModel, Field, ValidationError

from shared.tenant.answers import accepted_at
from shared.tenant.connection import answering, new_client
from shared.tenant.errors import NotFound, Permanent, Transient
from shared.tenant.exchange_errors import SERVICE, exchange_error, failed_nonetheless
from shared.tenant.identifiers import object_id
from shared.tenant.models import Forwarding, Mailbox, OwnedRow, Recipient

type Row = dict[str, Any]

_QUOTED = re.compile("'.*'", re.DOTALL)
# Whose mailbox server answers: always the same one, so that what was written is what is read back.
SYSTEM_MAILBOX = "SystemMailbox{bb558c35-97f1-4cb9-8ff7-d53741dc928c}"

log = logging.getLogger("regain.tenant")


class Output(BaseModel):
    value: list[Row]
    next_link: str | None = Field(None, alias="@odata.nextLink")
    warnings: list[str] | None = Field(None, alias="@adminapi.warnings")
    errors: list[Any] | None = Field(None, alias="@adminapi.errors")

    @property
    def cut_short(self) -> bool:
        """What stands between quotes in a warning is a name that somebody chose, and tells nothing."""
        told = (_QUOTED.sub("", warning) for warning in self.warnings or ())
        return self.next_link is not None or any("ResultSize" in warning for warning in told)


class Exchange:
    """The recipients and mailboxes of one tenant, each named by the object id of its user; other cmdlets through
    ``rows`` and ``change``.

    Every method raises ``TenantError``, and ``ValueError`` before anything is sent where an id is not a GUID.
    """

    def __init__(self, credential: AsyncTokenCredential, url: str, tenant_id: str, scope: str) -> None:
        self._http = new_client()
        self._credential = credential
        self._url = url.rstrip("/")
        self._tenant_id = tenant_id
        self._scope = scope

    async def close(self) -> None:
        await self._http.aclose()

    async def recipient(self, user_id: str) -> Recipient:
        """What kind of recipient the user is. Raises ``NotFound`` where none.

        https://learn.microsoft.com/powershell/module/exchange/get-recipient
        """
        return await self.one(Recipient, "Get-Recipient", user_id)

    async def mailbox(self, user_id: str) -> Mailbox:
        """The user's mailbox. Raises ``NotFound`` where it is not here.

        https://learn.microsoft.com/powershell/module/exchange/get-mailbox
        """
        return await self.one(Mailbox, "Get-Mailbox", user_id)

    async def set_forwarding(self, user_id: str, forwarding: Forwarding) -> datetime:
        """Makes the mailbox forward so, and nowhere else. When it was accepted, by Exchange's clock.

        All three values go in one call: clearing ``address`` alone would bring a hidden ``smtp_address`` to life.
        https://learn.microsoft.com/powershell/module/exchange/set-mailbox
        """
        parameters = {
            "Identity": object_id(user_id),
            "ForwardingAddress": forwarding.address,
            "ForwardingSmtpAddress": forwarding.smtp_address,
            "DeliverToMailboxAndForward": forwarding.deliver_and_forward,
        }
        return await self.change("Set-Mailbox", parameters)

    async def invoke(self, cmdlet: str, parameters: Row, about: str | None = "Identity") -> list[Row]:
        """All rows that a cmdlet returns. ``parameters`` as PowerShell names them; None clears a value.

        ``about`` is the parameter that says whom it is about, None where it is about the whole tenant. Raises
        ``ValueError`` where that is empty: the answer would be about everybody.
        """
        _, output = await self._invoke(cmdlet, parameters, about)
        return output.value

    async def rows[Model: BaseModel](
        self, model: type[Model], cmdlet: str, parameters: Row, about: str | None = "Identity"
    ) -> list[Model]:
        """As ``invoke``, each row read into ``model``."""
        return _read_all(model, cmdlet, await self.invoke(cmdlet, parameters, about))

    async def change(self, cmdlet: str, parameters: Row, about: str | None = "Identity") -> datetime:
        """Runs a cmdlet that changes something; arguments as for ``invoke``. When it was accepted, by its clock."""
        response, _ = await self._invoke(cmdlet, parameters, about)
        return accepted_at(response)

    async def one[Model: OwnedRow](self, model: type[Model], cmdlet: str, user_id: str) -> Model:
        """The one row that a cmdlet returns about this user. Raises ``NotFound`` where there is none."""
        objects = await self.rows(model, cmdlet, {"Identity": object_id(user_id)})
        if not objects:
            raise NotFound(f"{SERVICE}: {cmdlet} finds nothing for this user.")
        if [str(found.external_directory_object_id).lower() for found in objects] != [user_id.lower()]:
            raise Permanent(f"{SERVICE}: {cmdlet} answers about somebody else than this user.")
        return objects[0]

    async def _invoke(self, cmdlet: str, parameters: Row, about: str | None) -> tuple[httpx.Response, Output]:
        if about is not None and not str(parameters.get(about) or "").strip():
            raise ValueError(f"{cmdlet} needs {about}: without it, it is about everybody.")
        response = await self._send(cmdlet, parameters)
        if not response.is_success:
            raise exchange_error(response, cmdlet)
        try:
            output = Output.model_validate_json(response.content)
        except ValidationError:
            raise Transient(f"{SERVICE} gave an answer to {cmdlet} that could not be read.") from None
        if output.errors:
            raise failed_nonetheless(str(output.errors[0]), cmdlet, response)
        if output.cut_short:
            raise Permanent(f"{SERVICE} cut its answer to {cmdlet} short: not all of it could be read.")
        return response, output

    async def _address(self) -> str:
        """Where cmdlets are taken."""
        return self._url

    async def _anchor(self) -> str:
        return f"APP:{SYSTEM_MAILBOX}@{self._tenant_id}"

    async def _send(self, cmdlet: str, parameters: Row) -> httpx.Response:
        request_id = str(uuid4())
        async with answering(SERVICE):
            token = await self._credential.get_token(self._scope)
            response = await self._http.post(
                f"{await self._address()}/adminapi/beta/{self._tenant_id}/InvokeCommand",
                json={"CmdletInput": {"CmdletName": cmdlet, "Parameters": parameters}},
                headers={
                    "Authorization": f"Bearer {token.token}",
                    "Content-Type": "application/json; charset=utf-8",
                    "X-AnchorMailbox": await self._anchor(),
                    "X-CmdletName": cmdlet,
                    "X-ResponseFormat": "json",
                    "X-SerializationLevel": "Partial",
                    "client-request-id": request_id,
                },
            )
        level = logging.DEBUG if response.is_success else logging.INFO
        log.log(level, "exchange answered %s with %s, client-request-id %s", cmdlet, response.status_code, request_id)
        return response


def _read_all[Model: BaseModel](model: type[Model], cmdlet: str, rows: list[Row]) -> list[Model]:
    try:
        return [model.model_validate(row) for row in rows]
    except ValidationError:
        raise Transient(f"{SERVICE} gave an answer to {cmdlet} that could not be read.") from None
