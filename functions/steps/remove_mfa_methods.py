"""Take away the second factors that the attacker has registered: with one of them a new password is no obstacle."""

from collections.abc import Iterable
from datetime import datetime

from functions.wiring import step_function
from shared.account import Account
from shared.playbook.declaration import Declaration, Reversible, Rights, Stage
from shared.playbook.foreign import shown
from shared.playbook.rights import naming_the_role
from shared.playbook.step import Change, Context, Finding, Plan, Skipped, Standing, Step, Task, Values
from shared.playbook.symptoms import Symptom
from shared.playbook.window import attack_window
from shared.policy import MfaMethods
from shared.state.rows import Skip
from shared.tenant.auth_methods import (
    EMAIL,
    EXTERNAL,
    PASS,
    PASSWORD,
    PHONE,
    Method,
    add_email,
    add_external,
    add_phone,
    delete_method,
    methods_of,
)
from shared.tenant.errors import NotFound, Permanent

_KINDS = {  # in the order in which they go: what can be the default one comes late, a mobile phone after its alternate
    PASS: "Temporary Access Pass",
    EMAIL: "e-mail address for resetting the password",
    "fido2": "passkey",
    "windowsHelloForBusiness": "Windows Hello for Business",
    "platformCredential": "platform credential",
    EXTERNAL: "external method",
    "softwareOath": "authenticator code",
    PHONE: "telephone",
    "microsoftAuthenticator": "Microsoft Authenticator",
}
_COMES_BACK = (PHONE, EMAIL, EXTERNAL)
_PHONES = ("office", "alternateMobile", "mobile")
_ONLY_BY_THE_USER = "Only the user can register it again."
_SOURCE = "Microsoft Graph, authentication methods"


class RemoveMfaMethods(Step):
    """Source: Graph, authentication: list methods, and the deletion of each type.

    Which of them are the attacker's tells the time when they were registered. The default one cannot go while others
    are there, so what can be it goes last, and what is refused is tried again after the rest.
    """

    declaration = Declaration(
        name="remove-mfa-methods",
        title="Remove the attacker's second factors",
        article="Step 1: Reset the user's password (and turn on multi-factor authentication: whose factors are they?)",
        stage=Stage.EVICT,
        after=("triage", "review-sign-ins"),
        secures=True,
        rights=Rights(graph=("UserAuthenticationMethod.ReadWrite.All",)),
        reversible=Reversible.PARTLY,
        irreversible=f"Telephones, e-mail addresses and external methods come back. For the rest: {_ONLY_BY_THE_USER}",
        symptoms=(Symptom.CREDENTIALS,),
    )

    def skip(self, account: Account) -> Skipped | None:
        if account.guest:
            return Skipped(Skip.NOT_APPLICABLE, "A guest proves who they are to the guest's own organisation.")
        return None

    async def inspect(self, context: Context) -> Plan:
        methods = [one for one in await methods_of(context.tenant.graph, context.account.id) if one.kind != PASSWORD]
        going = sorted((one for one in methods if _goes(context, one)), key=_turn)
        by_us = [one for one in going if one.kind in _KINDS]
        left = [one for one in methods if one not in going]
        return Plan(
            changes=tuple(_remove(one) for one in by_us),
            findings=tuple(_findings(going, left)),
            tasks=tuple(_tasks(going, by_us)),
            summary="No second factor was registered while the attacker may have been in.",
        )

    async def apply(self, context: Context, change: Change) -> datetime:
        async with naming_the_role(context.account):
            try:
                kind, identifier = str(change.before["Kind"]), str(change.before["Id"])
                return await delete_method(context.tenant.graph, context.account.id, kind, identifier)
            except NotFound:
                return context.now
            except Permanent as refused:
                hint = "The default method can go only once another is the default: set one, and retry."
                raise Permanent(f"{refused} {hint}") from refused

    async def verify(self, context: Context, change: Change, accepted_at: datetime | None) -> Standing:
        del accepted_at
        methods = await methods_of(context.tenant.graph, context.account.id)
        there = next((_values(one) for one in methods if _same(one, change)), None)
        if there is None:
            return Standing.AFTER
        return Standing.BEFORE if there | {"Id": change.before["Id"]} == change.before else Standing.OTHER

    async def revert(self, context: Context, change: Change) -> datetime:
        graph, user, was = context.tenant.graph, context.account.id, change.before
        async with naming_the_role(context.account):
            if was["Kind"] == PHONE:
                return await add_phone(graph, user, str(was["PhoneNumber"]), str(was["PhoneType"]))
            if was["Kind"] == EXTERNAL:
                return await add_external(graph, user, str(was["ConfigurationId"]), str(was["DisplayName"]))
            return await add_email(graph, user, str(was["EmailAddress"]))


def _goes(context: Context, method: Method) -> bool:
    match context.settings.mfa_methods:
        case MfaMethods.ALL:
            return True
        case MfaMethods.NONE:
            return False
        case MfaMethods.WINDOW:
            return attack_window(context).holds(method.created_at)


def _turn(method: Method) -> tuple[int, int]:
    kinds = list(_KINDS)
    kind = kinds.index(method.kind) if method.kind in kinds else len(kinds)
    return kind, _PHONES.index(method.phone_type) if method.phone_type in _PHONES else 0


def _same(method: Method, change: Change) -> bool:
    """Whether it is the one that the change is about: an external one has another id when it comes back."""
    if method.kind == change.before["Kind"] == EXTERNAL:
        return method.configuration_id == change.before["ConfigurationId"]
    return method.id == change.before["Id"]


def _values(method: Method) -> Values:
    values: Values = {"Kind": method.kind, "Id": method.id}
    match method.kind:
        case "phone":
            return {**values, "PhoneType": method.phone_type, "PhoneNumber": method.phone_number}
        case "email":
            return {**values, "EmailAddress": method.email_address}
        case "external":
            return {**values, "ConfigurationId": method.configuration_id, "DisplayName": method.display_name}
        case _:
            return values


def _remove(method: Method) -> Change:
    before = _values(method)
    since = f"was registered at {method.created_at:%Y-%m-%d %H:%M} UTC" if method.created_at else "is registered"
    return Change(
        resource=f"{method.kind} {method.id}",
        action="remove",
        reason=f"The {_name(method)} {since}: whoever holds it can get in.",
        before=before,
        after={name: value if name in ("Kind", "Id") else None for name, value in before.items()}
        | {"Registered": False},
        irreversible="" if method.kind in _COMES_BACK else _ONLY_BY_THE_USER,
    )


def _name(method: Method) -> str:
    kind = _KINDS.get(method.kind, shown(method.kind, 40))
    what = method.phone_number or method.email_address or method.display_name
    return f'{kind} "{shown(what, 60)}"' if what else kind


def _findings(going: list[Method], left: list[Method]) -> Iterable[Finding]:
    for one in going:
        yield Finding(
            f"Registered within the attack, or of any time by policy: {_name(one)}.", _SOURCE, at=one.created_at
        )
    dated = [_name(one) for one in left if one.created_at]
    undated = [_name(one) for one in left if not one.created_at]
    if dated:
        yield Finding(f"Left alone, registered before the attack or by policy: {', '.join(dated)}.", _SOURCE)
    if undated:
        yield Finding(f"Left alone, nobody knows since when they are registered: {', '.join(undated)}.", _SOURCE)


def _tasks(going: list[Method], by_us: list[Method]) -> Iterable[Task]:
    for one in going:
        if one not in by_us:
            text = f"Remove the {_name(one)} in the Microsoft Entra admin center, Authentication methods of the user."
            yield Task(f"remove-{one.id}", text, secures=True)
    if going:
        yield Task(
            "register-again",
            "Have the user register second factors again at https://aka.ms/mysecurityinfo, with somebody at hand who "
            "knows the user: after a removal the first to come can register.",
        )


step = RemoveMfaMethods()
blueprint = step_function(step)
