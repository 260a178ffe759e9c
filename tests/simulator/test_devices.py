"""Registered devices, and phones that synchronise a mailbox."""

from typing import Any

import pytest

from tests.simulator.client import GUEST, SHARED_MAILBOX, TAKEN_OVER, Client, code, exception

WINDOWS = "e0000000-0000-4000-8000-000000000002"
PHONE = "androidc1593041276"
LIST = f"/users/{TAKEN_OVER}/registeredDevices"
DISABLED = {"accountEnabled": False}
TYPED = {"@odata.type": "#Exchange.GenericHashTable"}
BLOCKED = "ActiveSyncBlockedDeviceIDs"


async def _listed(simulator: Client, path: str = LIST) -> list[dict[str, Any]]:
    answer = await simulator.get(f"{path}?$select=id,displayName,accountEnabled")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["value"])


async def _set(simulator: Client, value: Any) -> Any:
    return await simulator.cmdlet("Set-CASMailbox", {"Identity": TAKEN_OVER, BLOCKED: value})


async def _blocked(simulator: Client) -> Any:
    (row,) = (await simulator.cmdlet("Get-CASMailbox", {"Identity": TAKEN_OVER})).json()["value"]
    return row[BLOCKED]


async def test_registered_and_owned_devices_are_listed_apart(simulator: Client) -> None:
    state = await simulator.state()
    account = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER)
    account["devices"][0]["owned"] = False
    await simulator.put_state(state)
    assert len(await _listed(simulator)) == 2
    assert [row["id"] for row in await _listed(simulator, f"/users/{TAKEN_OVER}/ownedDevices")] == [WINDOWS]


async def test_without_a_permission_on_devices_only_their_ids_are_told(simulator: Client) -> None:
    await simulator.grant(graph=["User.Read.All"])
    assert {(row["displayName"], row["accountEnabled"]) for row in await _listed(simulator)} == {(None, None)}


async def test_a_windows_device_is_disabled_for_everybody_who_has_it(simulator: Client) -> None:
    state = await simulator.state()
    accounts = {one["user"]["id"]: one for one in state["accounts"]}
    accounts[SHARED_MAILBOX]["devices"] = accounts[TAKEN_OVER]["devices"]
    await simulator.put_state(state)
    assert (await simulator.graph("PATCH", f"/v1.0/devices/{WINDOWS}", DISABLED)).status_code == 204
    for account in (TAKEN_OVER, SHARED_MAILBOX):
        devices = (await simulator.truth(account))["devices"]
        assert [one["device"]["accountEnabled"] for one in devices] == [True, False]


@pytest.mark.parametrize("system", ["iOS", "Android", "MacMDM", None])
async def test_an_app_may_not_disable_another_system(simulator: Client, system: str | None) -> None:
    state = await simulator.state()
    account = next(one for one in state["accounts"] if one["user"]["id"] == TAKEN_OVER)
    account["devices"][1]["device"]["operatingSystem"] = system
    await simulator.put_state(state)
    answer = await simulator.graph("PATCH", f"/v1.0/devices/{WINDOWS}", DISABLED)
    assert code(answer) == (403, "Authorization_RequestDenied")


async def test_an_unknown_device_or_property_or_a_missing_permission_is_refused(simulator: Client) -> None:
    path = f"/v1.0/devices/{WINDOWS}"
    assert code(await simulator.graph("PATCH", f"/v1.0/devices/{GUEST}", DISABLED))[0] == 404
    assert code(await simulator.graph("PATCH", path, {"surprise": 1}))[0] == 400
    assert code(await simulator.graph("PATCH", path, {"accountEnabled": "no"}))[0] == 400
    await simulator.grant(graph=["User.Read.All", "Device.Read.All"])
    assert code(await simulator.graph("PATCH", path, DISABLED)) == (403, "Authorization_RequestDenied")


async def test_a_phone_is_blocked_by_its_own_id_and_shown_so(simulator: Client) -> None:
    assert (await _set(simulator, {**TYPED, "add": [PHONE]})).status_code == 200
    rows = (await simulator.cmdlet("Get-MobileDevice", {"Mailbox": TAKEN_OVER})).json()["value"]
    assert [row["DeviceAccessState"] for row in rows] == ["Allowed", "Blocked"]


async def test_a_hash_table_adds_and_removes_a_list_replaces_null_empties(simulator: Client) -> None:
    for value, wanted in [
        (["A"], ["A"]),
        ({**TYPED, "Add": ["B"]}, ["A", "B"]),
        ({**TYPED, "remove": ["A"], "add": ["C"]}, ["B", "C"]),
        (None, []),
    ]:
        assert (await _set(simulator, value)).status_code == 200
        assert await _blocked(simulator) == wanted


async def test_the_same_again_is_a_warning(simulator: Client) -> None:
    await _set(simulator, ["A"])
    answer = await _set(simulator, {**TYPED, "add": ["A"]})
    assert "no settings" in answer.json()["@adminapi.warnings"][0]


@pytest.mark.parametrize("value", [{"add": ["A"]}, {**TYPED, "add": "A"}, {**TYPED, "surprise": ["A"]}, "A", 1])
async def test_what_is_no_multi_valued_property_is_refused(simulator: Client, value: Any) -> None:
    assert exception(await _set(simulator, value)) == (400, "ParameterTransformationException")


async def test_whose_phones_is_said_in_one_way_only(simulator: Client) -> None:
    both = await simulator.cmdlet("Get-MobileDevice", {"Mailbox": TAKEN_OVER, "Identity": PHONE})
    assert exception(both) == (400, "AmbiguousParameterSetException")
    guest = await simulator.cmdlet("Get-MobileDevice", {"Mailbox": GUEST})
    assert exception(guest)[1] == "ManagementObjectNotFoundException"
