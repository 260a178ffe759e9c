"""What a user's mail and sign-ins come from: devices that are registered in Entra, phones that synchronise the mailbox.

A registered device keeps a refresh token of its own. A phone is known by the id that it gives itself.
"""

from datetime import datetime

from kiota_abstractions.method import Method
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_pascal

from shared.tenant.answers import accepted_at
from shared.tenant.errors import Denied, NotFound
from shared.tenant.exchange import Exchange
from shared.tenant.exchange_errors import SERVICE as EXCHANGE
from shared.tenant.graph import Graph
from shared.tenant.graph_errors import SERVICE as GRAPH
from shared.tenant.identifiers import object_id
from shared.tenant.models import Flag, GraphObject, Strings
from shared.tenant.side_by_side import side_by_side

READ = "the Graph permissions User.Read.All and Device.ReadWrite.All"
DISABLE = "the Graph permission Device.ReadWrite.All"

_HASH_TABLE = {"@odata.type": "#Exchange.GenericHashTable"}


class Device(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/device

    ``synced``: its state is kept in the on-premises directory.
    """

    account_enabled: bool | None = None
    display_name: str | None = None
    operating_system: str | None = None
    registered_at: AwareDatetime | None = Field(None, alias="registrationDateTime")
    synced: Flag = Field(False, alias="onPremisesSyncEnabled")

    @property
    def windows(self) -> bool:
        return (self.operating_system or "").casefold() == "windows"


class MobileDevice(BaseModel):
    """A phone's partnership with a mailbox. https://learn.microsoft.com/powershell/module/exchange/get-mobiledevice"""

    model_config = ConfigDict(frozen=True, alias_generator=to_pascal, validate_by_name=True, validate_by_alias=True)

    guid: str
    device_id: str
    device_type: str | None = None
    client_type: str | None = None
    first_sync_time: AwareDatetime | None = None


class _ClientAccess(BaseModel):
    blocked: Strings = Field((), alias="ActiveSyncBlockedDeviceIDs")


async def registered_devices(graph: Graph, user_id: str) -> list[Device]:
    """The devices that the user has registered or owns, each once.

    https://learn.microsoft.com/graph/api/user-list-registereddevices
    https://learn.microsoft.com/graph/api/user-list-owneddevices
    """
    user = graph.client.users.by_user_id(object_id(user_id))
    asked = [listed.to_get_request_information() for listed in (user.registered_devices, user.owned_devices)]
    for info in asked:
        info.query_parameters = {"%24select": Device.properties()}
    read = await side_by_side(graph.rows(Device, info, READ) for info in asked)
    devices = {device.id: device for listed in read for device in listed}
    if any(device.account_enabled is None for device in devices.values()):
        raise Denied(f"{GRAPH} tells the ids of devices, and nothing else. The app needs {DISABLE}.", DISABLE)
    return list(devices.values())


async def set_device_enabled(graph: Graph, device_id: str, enabled: bool) -> datetime:
    """Lets a device sign in, or not; an app may do so for Windows only. When it was accepted, by Graph's clock.

    https://learn.microsoft.com/graph/api/device-update
    """
    device = graph.client.devices.by_device_id(object_id(device_id))
    return accepted_at(await graph.write(Method.PATCH, device, {"accountEnabled": enabled}, DISABLE))


async def mobile_devices(exchange: Exchange, user_id: str) -> list[MobileDevice]:
    """The phones that synchronise the user's mailbox. Raises ``NotFound`` where it is not here."""
    parameters = {"Mailbox": object_id(user_id), "ResultSize": "Unlimited"}
    return await exchange.rows(MobileDevice, "Get-MobileDevice", parameters, about="Mailbox")


async def blocked_device_ids(exchange: Exchange, user_id: str) -> frozenset[str]:
    """The ids of the phones that the mailbox is closed to.

    https://learn.microsoft.com/powershell/module/exchange/get-casmailbox
    """
    rows = await exchange.rows(_ClientAccess, "Get-CASMailbox", {"Identity": object_id(user_id)})
    if not rows:
        raise NotFound(f"{EXCHANGE}: Get-CASMailbox finds nothing for this user.")
    return frozenset(rows[0].blocked)


async def set_device_blocked(exchange: Exchange, user_id: str, device_id: str, blocked: bool) -> datetime:
    """Closes the mailbox to a phone, or opens it; the other phones are left as they are. When it was accepted.

    https://learn.microsoft.com/powershell/module/exchange/set-casmailbox
    """
    change = {**_HASH_TABLE, "add" if blocked else "remove": [device_id]}
    parameters = {"Identity": object_id(user_id), "ActiveSyncBlockedDeviceIDs": change}
    return await exchange.change("Set-CASMailbox", parameters)
