"""Shut out what was registered or connected while the attacker was in: computers, and phones that read the mail."""

from collections.abc import Iterable
from datetime import datetime

from functions.wiring import step_function
from shared.account import MailboxKind
from shared.playbook.declaration import Declaration, Rights, Stage
from shared.playbook.foreign import shown
from shared.playbook.step import Change, Context, Finding, Plan, Standing, Step, Task, Values
from shared.playbook.window import Window, attack_window
from shared.tenant.devices import (
    Device,
    MobileDevice,
    blocked_device_ids,
    mobile_devices,
    registered_devices,
    set_device_blocked,
    set_device_enabled,
)
from shared.tenant.errors import NotFound

_ENABLED = "accountEnabled"
_DEVICE_ID = "DeviceId"
_BLOCKED = "Blocked"
_DEVICE = "device "
_ENTRA = "Microsoft Entra, registered devices"
_EXCHANGE = "Exchange Online, Get-MobileDevice"


class DisableDevices(Step):
    """Sources: Graph, registeredDevices, ownedDevices and device: update; Get-MobileDevice, Set-CASMailbox.

    Nothing is deleted or wiped: a deleted device takes its recovery keys with it, a removed phone pairs again.
    """

    declaration = Declaration(
        name="disable-devices",
        title="Disable devices",
        article="Step 1: Reset the user's password (a device that was registered keeps a session of its own)",
        stage=Stage.EVICT,
        after=("triage", "review-sign-ins"),
        secures=True,
        rights=Rights(
            graph=("User.Read.All", "Device.ReadWrite.All"),
            directory_roles=("Exchange Recipient Administrator",),
            cmdlets=("Get-MobileDevice", "Get-CASMailbox", "Set-CASMailbox"),
        ),
    )

    async def inspect(self, context: Context) -> Plan:
        window = attack_window(context)
        devices = await registered_devices(context.tenant.graph, context.account.id)
        phones, blocked = await _phones(context)
        new_devices = [one for one in devices if one.account_enabled and window.holds(one.registered_at)]
        new_phones = [one for one in phones if one.device_id not in blocked and window.holds(one.first_sync_time)]
        by_us = [one for one in new_devices if one.windows and not one.synced]
        return Plan(
            changes=(*map(_disable, by_us), *map(_block, new_phones)),
            tasks=tuple(_task(one) for one in new_devices if one not in by_us),
            findings=(*_findings(devices, new_devices, window), *_phone_findings(phones, new_phones, window)),
            summary="No device was registered and no phone connected while the attacker may have been in.",
        )

    async def apply(self, context: Context, change: Change) -> datetime:
        return await _set(context, change, to=change.after)

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        if _DEVICE_ID in change.after:
            blocked = await blocked_device_ids(context.tenant.exchange, context.account.id)
            shut_out = change.after[_DEVICE_ID] in blocked
        else:
            shut_out = not (await _device(context, change)).account_enabled
        return Standing.AFTER if shut_out else Standing.BEFORE

    async def revert(self, context: Context, change: Change) -> datetime:
        return await _set(context, change, to=change.before)


async def _phones(context: Context) -> tuple[list[MobileDevice], frozenset[str]]:
    """The phones of the mailbox, and the ids that it is closed to already; none where it is not in the cloud."""
    if context.account.mailbox in (MailboxKind.NONE, MailboxKind.ON_PREMISES):
        return [], frozenset()
    exchange, user_id = context.tenant.exchange, context.account.id
    try:
        return await mobile_devices(exchange, user_id), await blocked_device_ids(exchange, user_id)
    except NotFound:
        return [], frozenset()


async def _set(context: Context, change: Change, to: Values) -> datetime:
    if _DEVICE_ID in to:
        exchange, user_id = context.tenant.exchange, context.account.id
        return await set_device_blocked(exchange, user_id, str(to[_DEVICE_ID]), bool(to[_BLOCKED]))
    return await set_device_enabled(context.tenant.graph, _id(change), bool(to[_ENABLED]))


async def _device(context: Context, change: Change) -> Device:
    devices = await registered_devices(context.tenant.graph, context.account.id)
    found = next((one for one in devices if one.id == _id(change)), None)
    if found is None:
        raise NotFound("The device is no longer among those of the account: somebody has taken it away.")
    return found


def _id(change: Change) -> str:
    return change.resource.removeprefix(_DEVICE)


def _disable(device: Device) -> Change:
    return Change(
        resource=f"{_DEVICE}{device.id}",
        action="disable",
        reason=f"{_name(device)} was registered while the attacker may have been in, and keeps a session of its own.",
        before={_ENABLED: True},
        after={_ENABLED: False},
    )


def _block(phone: MobileDevice) -> Change:
    return Change(
        resource=f"phone {phone.guid}",
        action="block",
        reason=f"{_phone_name(phone)} first read the mailbox while the attacker may have been in.",
        before={_DEVICE_ID: phone.device_id, _BLOCKED: False},
        after={_DEVICE_ID: phone.device_id, _BLOCKED: True},
    )


def _task(device: Device) -> Task:
    """An application may disable Windows devices only, and what is synchronised is changed where it is kept."""
    where = "in the on-premises Active Directory" if device.synced else "in the Microsoft Entra admin center, Devices"
    return Task(
        f"disable-{device.id}",
        f"Disable {_name(device)} {where}, if the user did not register it: it was registered while the attacker may "
        f"have been in, keeps a session of its own, and an application may not disable it. Its object id: {device.id}.",
        secures=True,
    )


def _findings(devices: list[Device], new: list[Device], window: Window) -> Iterable[Finding]:
    for device in new:
        told = f"{_name(device)} was registered at {device.registered_at:%Y-%m-%d %H:%M} UTC."
        yield Finding(told, _ENTRA, at=device.registered_at)
    left = [one for one in devices if one.account_enabled and not window.holds(one.registered_at)]
    undated = [one for one in left if one.registered_at is None]
    if len(left) > len(undated):
        yield Finding(f"Left alone, registered before the attack: {_names(left, undated)}.", _ENTRA)
    if undated:
        yield Finding(f"Left alone, nobody knows since when they are registered: {_names(undated)}.", _ENTRA)


def _phone_findings(phones: list[MobileDevice], new: list[MobileDevice], window: Window) -> Iterable[Finding]:
    for phone in new:
        told = f"{_phone_name(phone)} first read the mailbox at {phone.first_sync_time:%Y-%m-%d %H:%M} UTC."
        yield Finding(told, _EXCHANGE, at=phone.first_sync_time)
    left = [one for one in phones if not window.holds(one.first_sync_time)]
    if left:
        named = ", ".join(_phone_name(one) for one in left)
        yield Finding(f"Left alone, not known to have connected during the attack: {named}.", _EXCHANGE)


def _names(devices: list[Device], but: Iterable[Device] = ()) -> str:
    return ", ".join(_name(one) for one in devices if one not in but)


def _name(device: Device) -> str:
    return f'the {shown(device.operating_system, 40) or "unknown"} device "{shown(device.display_name)}"'


def _phone_name(phone: MobileDevice) -> str:
    return f'the {shown(phone.device_type, 40) or "unknown"} device "{shown(phone.device_id)}"'


step = DisableDevices()
blueprint = step_function(step)
