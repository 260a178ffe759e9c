"""App Service authentication (Easy Auth) with Microsoft Entra, in front of the host, as far as it is documented.

A caller can never set the headers that say who is signed in. Whoever sends no token is let through, as with
``unauthenticatedClientAction: AllowAnonymous``: most doors have keys. A token that is not valid is refused.
``infra/app.bicep`` is stricter: there only the doors are open to those who have not signed in.

Sources: https://learn.microsoft.com/azure/app-service/overview-authentication-authorization,
configure-authentication-user-identities, reference-app-settings (WEBSITE_AUTH_ENABLED).
"""

import json
import logging
from base64 import b64encode
from typing import Any

import httpx
import jwt
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

ENABLED = "WEBSITE_AUTH_ENABLED"  # the variable that tells the app
PRINCIPAL = "x-ms-client-principal"
_PROVIDER = "aad"
_MICROSOFT = "http://schemas.microsoft.com/identity/claims"
_XML = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
_LONG = {  # as long as WEBSITE_AUTH_USE_LEGACY_CLAIMS is not False, ``roles`` is not among them
    "oid": f"{_MICROSOFT}/objectidentifier",
    "tid": f"{_MICROSOFT}/tenantid",
    "scp": f"{_MICROSOFT}/scope",
    "sub": f"{_XML}/nameidentifier",
    "email": f"{_XML}/emailaddress",
}

log = logging.getLogger("host.easy_auth")


class EasyAuth:
    """The host with authentication in front. ``issuer`` is where the discovery document is, ``audience`` our app."""

    def __init__(self, host: ASGIApp, issuer: str, audience: str) -> None:
        self._host = host
        self._issuer = issuer
        self._audience = audience
        self._keys: dict[str | None, jwt.PyJWK] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [header for header in scope["headers"] if not header[0].lower().startswith(PRINCIPAL.encode())]
        token = _bearer(Headers(scope=scope))
        if token is not None:
            try:
                headers += _said_of(await self._verified(token))
            except jwt.PyJWTError as error:
                log.warning("a token was refused: %s", type(error).__name__)
                await Response(status_code=401, headers={"www-authenticate": "Bearer"})(scope, receive, send)
                return
        await self._host({**scope, "headers": headers}, receive, send)

    async def _verified(self, token: str) -> dict[str, Any]:
        """The claims. Raises ``jwt.PyJWTError``."""
        key_id = jwt.get_unverified_header(token).get("kid")
        if key_id not in self._keys:
            self._keys = await self._published()
        if key_id not in self._keys:
            raise jwt.InvalidTokenError("The token is signed with a key that its issuer does not publish.")
        claims: dict[str, Any] = jwt.decode(
            token,
            self._keys[key_id],
            algorithms=["RS256"],
            audience=self._audience,
            issuer=self._issuer,
            options={"require": ["aud", "exp", "iss"]},
        )
        return claims

    async def _published(self) -> dict[str | None, jwt.PyJWK]:
        async with httpx.AsyncClient() as http:
            found = await http.get(f"{self._issuer}/.well-known/openid-configuration")
            keys = await http.get(found.raise_for_status().json()["jwks_uri"])
        return {key.key_id: key for key in jwt.PyJWKSet.from_dict(keys.raise_for_status().json()).keys}


def _bearer(headers: Headers) -> str | None:
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _said_of(claims: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    said = {
        PRINCIPAL: b64encode(json.dumps(_principal(claims)).encode()).decode(),
        f"{PRINCIPAL}-id": claims.get("oid"),
        f"{PRINCIPAL}-name": claims.get("preferred_username"),
        f"{PRINCIPAL}-idp": _PROVIDER,
    }
    return [(name.encode(), str(value).encode()) for name, value in said.items() if value is not None]


def _principal(claims: dict[str, Any]) -> dict[str, Any]:
    """A claim with several values is there once for each; all values are text."""
    return {
        "auth_typ": _PROVIDER,
        "claims": [
            {"typ": _LONG.get(name, name), "val": str(value)}
            for name, held in claims.items()
            for value in (held if isinstance(held, list) else [held])
        ],
        "name_typ": f"{_XML}/emailaddress",
        "role_typ": "http://schemas.microsoft.com/ws/2008/06/identity/claims/role",
    }
