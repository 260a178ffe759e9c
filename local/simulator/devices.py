"""Devices that users have registered, and that an app may disable where they run Windows."""

from local.simulator.answer import Answer, NotSimulated, bad_request, denied, not_found
from local.simulator.contract import TYPES
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import page, value_of
from local.simulator.records import Json, Record
from local.simulator.users import find_account

DEVICE = "microsoft.graph.device"
READERS = frozenset(("Device.Read.All", "Device.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"))
LISTED = frozenset(("$select", "$top"))
PROPERTIES = frozenset(TYPES[DEVICE].properties)
BUILT = frozenset(("accountEnabled",))


@operation("GET", "/users/{user-id}/registeredDevices", options=LISTED, selectable=PROPERTIES)
def list_registered_devices(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-list-registereddevices"""
    return _listed(request, [device.record for device in find_account(request).devices if device.registered])


@operation("GET", "/users/{user-id}/ownedDevices", options=LISTED, selectable=PROPERTIES)
def list_owned_devices(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/user-list-owneddevices"""
    return _listed(request, [device.record for device in find_account(request).devices if device.owned])


@operation("PATCH", "/devices/{device-id}")
def update_device(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/device-update

    An app may change nothing but extension attributes of a device that does not run Windows.
    """
    identifier = request.parameters["device-id"]
    devices = [device for account in request.tenant.accounts for device in account.devices]
    records = [device.record for device in devices if device.record.truth["id"] == identifier.casefold()]
    if not records:
        raise not_found(identifier)
    unbuilt = request.body.keys() - BUILT
    if unbuilt:
        raise NotSimulated(f"PATCH /devices: {', '.join(sorted(unbuilt))} is not simulated.")
    if records[0].truth.get("operatingSystem") != "Windows":
        raise denied()
    if not isinstance(request.body.get("accountEnabled", True), bool):
        raise bad_request("Invalid value specified for property 'accountEnabled' of resource 'Device'.")
    for record in records:
        request.tenant.write(record, request.body)
    return Answer(204)


def _listed(request: GraphRequest, records: list[Record]) -> Answer:
    rows = [_limited(record.seen, request) for record in records]
    return Answer(200, page(request.call, request.query, rows, "directoryObjects"))


def _limited(device: Json, request: GraphRequest) -> Json:
    """Of a device that the app may not read, only type and id are told.

    https://learn.microsoft.com/graph/permissions-overview#limited-information-returned-for-inaccessible-member-objects
    """
    names = request.query.select or sorted(PROPERTIES)
    readable = request.token.roles & READERS
    shown = {name: value_of(device, name, DEVICE) if readable or name == "id" else None for name in names}
    return {"@odata.type": f"#{DEVICE}", **shown}
