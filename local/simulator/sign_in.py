"""People who sign in to our app registration: v2.0 access tokens, and the documents that they are verified with.

https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
"""

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from functools import cached_property
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm
from pydantic import BaseModel, ConfigDict

from local.simulator.answer import Answer
from local.simulator.call import Call
from local.simulator.records import Json
from local.simulator.seeds import stable_id
from local.simulator.tenant import Account, Tenant

ALGORITHM = "RS256"
LIFETIME = 3600
SCOPE = "user_impersonation"


class SignIn(BaseModel):
    """Who: an object id or a user principal name; or an application by its client id, with its app ``roles`` at ours.

    ``audience``: another app than ours; ``expires_in``: seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    user: str = ""
    application: str = ""
    roles: tuple[str, ...] = ()
    audience: str | None = None
    expires_in: float = LIFETIME


class Authority:
    """Signs with a key that lives as long as the process."""

    def __init__(self) -> None:
        self._key_id = secrets.token_urlsafe(20)

    @cached_property
    def _key(self) -> RSAPrivateKey:
        return generate_private_key(65537, 2048)

    def answer(self, call: Call, tenant: Tenant) -> Answer:
        """Answer the discovery document or the signing keys of a tenant; there is one."""
        named, *document = call.segments
        if call.method != "GET":
            return Answer(405)
        if named.casefold() != tenant.id.casefold():
            description = f"AADSTS90002: Tenant '{named}' not found."
            return Answer(400, {"error": "invalid_tenant", "error_description": description})
        authority = f"{call.base_url}/{tenant.id}"
        return Answer(200, self._keys(authority) if document[0] == "discovery" else _configuration(authority))

    def token(self, asked: SignIn, tenant: Tenant, base_url: str) -> str:
        """The access token of whoever has signed in. Raises ``ValueError`` with Entra's own reason."""
        authority, audience = f"{base_url}/{tenant.id}", asked.audience or tenant.application.client_id
        claims = _claims_of_an_application if asked.application else _claims_of_a_person
        token = claims(asked, tenant, authority, audience)
        token["exp"] = int(token["iat"] + asked.expires_in)
        return jwt.encode(token, self._key, ALGORITHM, headers={"kid": self._key_id})

    def _keys(self, authority: str) -> Json:
        public = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        number = {name: public[name] for name in ("kty", "n", "e")}
        return {"keys": [{**number, "use": "sig", "kid": self._key_id, "issuer": _issuer(authority)}]}


def _claims_of_a_person(asked: SignIn, tenant: Tenant, authority: str, audience: str) -> Json:
    account = tenant.account(asked.user)
    if account is None:
        raise ValueError(f"AADSTS50034: The user account {asked.user} does not exist in this directory.")
    if not account.user.truth.get("accountEnabled", True):
        raise ValueError("AADSTS50057: The user account is disabled.")
    return _claims(account, tenant, authority, audience)


def _claims(account: Account, tenant: Tenant, authority: str, audience: str) -> Json:
    """The claims of a v2.0 token but its end; without an assigned app role there is no ``roles``."""
    now = int(time.time())
    return {
        "aud": audience,
        "iss": _issuer(authority),
        "iat": now,
        "nbf": now,
        "azp": audience,
        "azpacr": "0",
        "name": account.user.truth.get("displayName"),
        "oid": account.id,
        "preferred_username": account.name,
        **({"roles": account.app_roles} if account.app_roles else {}),
        "scp": SCOPE,
        "sub": _pairwise(account.id, audience),
        "tid": tenant.id,
        "uti": str(uuid4()),
        "ver": "2.0",
    }


def _claims_of_an_application(asked: SignIn, tenant: Tenant, authority: str, audience: str) -> Json:
    """As client credentials give it: about itself, and with roles in the place of scopes."""
    now = int(time.time())
    principal = stable_id(tenant.id, asked.application)
    return {
        "aud": audience,
        "iss": _issuer(authority),
        "iat": now,
        "nbf": now,
        "azp": asked.application,
        "azpacr": "2",
        "oid": principal,
        **({"roles": list(asked.roles)} if asked.roles else {}),
        "sub": principal,
        "tid": tenant.id,
        "uti": str(uuid4()),
        "ver": "2.0",
    }


def _configuration(authority: str) -> Json:
    """As much of it as is true here: there is no page to sign in on."""
    return {
        "issuer": _issuer(authority),
        "jwks_uri": f"{authority}/discovery/v2.0/keys",
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "subject_types_supported": ["pairwise"],
    }


def _issuer(authority: str) -> str:
    return f"{authority}/v2.0"


def _pairwise(object_id: str, audience: str) -> str:
    """The subject: one person is another one for each app."""
    return urlsafe_b64encode(hashlib.sha256(f"{object_id}/{audience}".encode()).digest()).rstrip(b"=").decode()
