"""The person who decides: what App Service authentication (Easy Auth) says of who is signed in.

Source: https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
"""

from base64 import b64decode
from dataclasses import dataclass
from http import HTTPStatus

import azure.functions as func
from pydantic import BaseModel, ConfigDict

from functions.http import Problem
from shared.alerts.names import guid
from shared.settings import settings

HEADER = "X-MS-CLIENT-PRINCIPAL"
RESPONDER = "Responder"

ACTION_GROUPS = "461e8683-5575-4561-ac7f-899cc907d62a"  # AzNS AAD Webhook, in every tenant
ACTION_GROUP_ROLE = "ActionGroupsSecureWebhook"

_ENTRA = "aad"
_APPLICATION = "app"

# Easy Auth writes some claims under the long names of .NET; which ones hangs on WEBSITE_AUTH_USE_LEGACY_CLAIMS.
_MICROSOFT = "http://schemas.microsoft.com/identity/claims"
_XML = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
_OBJECT_ID = (f"{_MICROSOFT}/objectidentifier", "oid")
_TENANT_ID = (f"{_MICROSOFT}/tenantid", "tid")
_APPLICATION_ID = ("azp", "appid")
_SUBJECT = (f"{_XML}/nameidentifier", "sub")
_NAMES = ("preferred_username", f"{_XML}/upn", "upn", "name", f"{_XML}/name")
_ROLES = ("http://schemas.microsoft.com/ws/2008/06/identity/claims/role", "roles")


@dataclass(frozen=True)
class Principal:
    """A person signed in through Entra. ``object_id`` is a lower-case GUID, ``roles`` are app roles by value."""

    object_id: str
    name: str
    roles: frozenset[str]


class _Claim(BaseModel):
    model_config = ConfigDict(frozen=True)

    typ: str
    val: str


class _Claims(BaseModel):
    """The header's content. A claim with several values, as ``roles``, is there once for each."""

    model_config = ConfigDict(frozen=True)

    auth_typ: str
    claims: tuple[_Claim, ...]

    def values(self, names: tuple[str, ...]) -> list[str]:
        """What the claim holds that has any of these names, in their order."""
        return [claim.val for name in names for claim in self.claims if claim.typ == name]

    def only(self, names: tuple[str, ...]) -> str | None:
        """The one value of a claim; None where it has none, or more than one."""
        values = set(self.values(names))
        return values.pop() if len(values) == 1 else None


def responder(req: func.HttpRequest) -> Principal:
    """The person who sent the request, who holds the app role Responder.

    Raises ``Problem``: 401 where nobody is signed in, 403 where it is not a person of this tenant with that role, and
    where App Service authentication is off, because then anybody could have written the header.
    """
    set_up = settings()
    if not set_up.authentication:
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "Decisions need a person who is signed in, and App Service authentication is off. "
            "Turn it on for this function app: docs/deploy.md, Who gets in.",
        )
    person = signed_in(req.headers.get(HEADER), set_up.tenant_id)
    if RESPONDER not in person.roles:
        raise Problem(HTTPStatus.FORBIDDEN, f"Decisions need the app role {RESPONDER}, which you do not hold.")
    return person


def caller(req: func.HttpRequest) -> str:
    """The object id of whoever sent the request, a person or an application of this tenant; "" where that is not known.

    Raises ``Problem`` where the header cannot be read.
    """
    set_up, header = settings(), req.headers.get(HEADER)
    if not set_up.authentication or not header:
        return ""
    claims = _read(header)
    ours = claims.auth_typ == _ENTRA and (claims.only(_TENANT_ID) or "").lower() == set_up.tenant_id.lower()
    return (guid(claims.only(_OBJECT_ID)) or "") if ours else ""


def check_action_group(req: func.HttpRequest) -> None:
    """Refuses what a secure webhook of Azure Monitor cannot have sent. Without a token, the key is all there is.

    Raises ``Problem``: 401 where the header cannot be read, 403 where the token is another tenant's, another
    application's, or does not hold the role. https://learn.microsoft.com/azure/azure-monitor/alerts/action-groups
    """
    set_up, header = settings(), req.headers.get(HEADER)
    if not set_up.authentication or not header:
        return
    claims = _read(header)
    ours = claims.auth_typ == _ENTRA and (claims.only(_TENANT_ID) or "").lower() == set_up.tenant_id.lower()
    sender = (claims.only(_APPLICATION_ID) or "").lower()
    if not ours or sender != ACTION_GROUPS or ACTION_GROUP_ROLE not in claims.values(_ROLES):
        raise Problem(
            HTTPStatus.FORBIDDEN,
            f"This token is not one of AzNS AAD Webhook ({ACTION_GROUPS}) with the app role {ACTION_GROUP_ROLE}.",
        )


def signed_in(header: str | None, tenant_id: str) -> Principal:
    """The person in the header. Raises ``Problem``: 401 where it holds nobody, 403 where that is no person of ours."""
    claims = _read(header)
    object_id = guid(claims.only(_OBJECT_ID))
    if claims.auth_typ != _ENTRA or object_id is None:
        raise Problem(HTTPStatus.UNAUTHORIZED, "Nobody is signed in with Microsoft Entra. Sign in with your account.")
    if (claims.only(_TENANT_ID) or "").lower() != tenant_id.lower():
        # Where the app registration is open to all tenants, any administrator elsewhere can give its roles away.
        raise Problem(HTTPStatus.FORBIDDEN, "Decisions need an account of the tenant that is protected here.")
    name = next(iter(claims.values(_NAMES)), "")
    if not name or _is_application(claims, object_id):
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "Decisions need a person who answers for them: an application can take none, whatever role it holds. "
            "Sign in with your account, and with the scope profile.",
        )
    return Principal(object_id, name, frozenset(claims.values(_ROLES)))


def _read(header: str | None) -> _Claims:
    if not header:
        raise Problem(HTTPStatus.UNAUTHORIZED, "Nobody is signed in. Send a token of Microsoft Entra for this app.")
    try:
        return _Claims.model_validate_json(b64decode(header, validate=True))
    except ValueError:  # no Base64, no JSON, or another shape
        raise Problem(HTTPStatus.UNAUTHORIZED, f"The header {HEADER} cannot be read. Sign in again.") from None


def _is_application(claims: _Claims, object_id: str) -> bool:
    """``idtyp`` says so where the app registration asks for that claim; otherwise an application is its own subject.

    https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
    """
    its_own_subject = object_id in (subject.lower() for subject in claims.values(_SUBJECT))
    return its_own_subject or _APPLICATION in claims.values(("idtyp",))
