"""The managed-identity endpoint of App Service, and what the services accept of its tokens.

https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
"""

import secrets
import time
from dataclasses import dataclass
from uuid import uuid4

import jwt

from local.simulator.answer import Answer
from local.simulator.call import Call
from local.simulator.grants import Grants
from local.simulator.tenant import Tenant

GRAPH = "https://graph.microsoft.com"
EXCHANGE = "https://outlook.office365.com"
PROTECTION = "https://ps.compliance.protection.outlook.com"
LIFETIME = 24 * 3600
API_VERSION = "2019-08-01"


class TokenRefused(Exception):
    """The token of a call is absent, malformed, expired or meant for another service. The text says which."""


@dataclass(frozen=True)
class Token:
    """The rights that a token carries: ``roles`` are permissions, ``wids`` ids of directory roles."""

    roles: frozenset[str]
    wids: frozenset[str]


class Issuer:
    """Makes tokens and checks them; the key lives as long as the process."""

    def __init__(self, identity_header: str) -> None:
        self._identity_header = identity_header
        self._key = secrets.token_bytes(32)

    def answer(self, call: Call, tenant: Tenant, grants: Grants, lifetime: float | None = None) -> Answer:
        """Answer the managed-identity endpoint."""
        query = {key: values[0] for key, values in call.query.items()}
        given = call.headers.get("x-identity-header")
        if call.method != "GET":
            return _refusal(405, "The requested resource does not support this method.")
        if given is None:
            return _refusal(400, "The X-IDENTITY-HEADER header is required.")
        if not secrets.compare_digest(given.encode(), self._identity_header.encode()):
            return _refusal(401, "The X-IDENTITY-HEADER header is not the one of this app.")
        if query.get("api-version") != API_VERSION:
            return _refusal(400, f"The api-version must be {API_VERSION}.")
        if query.get("client_id", tenant.identity.client_id) != tenant.identity.client_id:
            return _refusal(400, "No User Assigned or Delegated Managed Identity found for specified ClientId")
        granted = {GRAPH: grants.graph, EXCHANGE: grants.exchange, PROTECTION: grants.protection}
        roles = granted.get(query.get("resource", "").rstrip("/"))
        if roles is None:
            return _refusal(400, f"The resource principal named {query.get('resource')} was not found.")
        return self._issue(query["resource"].rstrip("/"), roles, tenant, grants, lifetime or LIFETIME)

    def _issue(self, resource: str, roles: tuple[str, ...], tenant: Tenant, grants: Grants, lifetime: float) -> Answer:
        now = int(time.time())
        expires = now + lifetime
        claims = {
            "aud": resource,
            "iss": f"https://sts.windows.net/{tenant.id}/",
            "iat": now,
            "nbf": now,
            "exp": expires,
            "appid": tenant.identity.client_id,
            "oid": tenant.identity.object_id,
            "tid": tenant.id,
            "idtyp": "app",
            "roles": list(roles),
            "wids": [role.id for role in grants.directory_roles],
            "uti": str(uuid4()),
        }
        body = {
            "access_token": jwt.encode(claims, self._key, algorithm="HS256"),
            "expires_on": str(int(expires)),
            "resource": resource,
            "token_type": "Bearer",
            "client_id": tenant.identity.client_id,
        }
        return Answer(200, body)

    def check(self, call: Call, audience: str) -> Token:
        """The rights in the call's bearer token. Raises TokenRefused."""
        scheme, _, encoded = call.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not encoded:
            raise TokenRefused("Access token is empty.")
        try:
            claims = jwt.decode(encoded, self._key, algorithms=["HS256"], audience=audience)
        except jwt.ExpiredSignatureError as error:
            raise TokenRefused("Access token has expired or is not yet valid.") from error
        except jwt.InvalidAudienceError as error:
            raise TokenRefused("Access token validation failure. Invalid audience.") from error
        except jwt.InvalidTokenError as error:
            raise TokenRefused("CompactToken parsing failed with error code: 80049217") from error
        return Token(frozenset(claims["roles"]), frozenset(claims["wids"]))


def _refusal(status: int, message: str) -> Answer:
    return Answer(status, {"statusCode": status, "message": message})
