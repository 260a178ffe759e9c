"""Who we are towards the tenant: the app's managed identity."""

from base64 import urlsafe_b64decode
from typing import Any

from azure.core import exceptions as core
from azure.core.credentials import AccessToken
from azure.identity import AuthenticationRequiredError, CredentialUnavailableError
from azure.identity.aio import ManagedIdentityCredential
from pydantic import BaseModel

from shared.tenant.errors import Denied, TenantError, Transient

NEEDS = "a managed identity: enable it on the app, and if it is user-assigned set REGAIN_IDENTITY_CLIENT_ID"
_PASSING = (404, 410, 429)

NO_TOKEN: dict[type[Exception], type[TenantError]] = {
    core.ServiceRequestError: Transient,
    core.ServiceRequestTimeoutError: Transient,
    core.ServiceResponseError: Transient,
    core.ServiceResponseTimeoutError: Transient,
    core.DecodeError: Transient,
    core.IncompleteReadError: Transient,
    core.StreamConsumedError: Transient,
    core.StreamClosedError: Transient,
    core.ResponseNotReadError: Transient,
    core.HttpResponseError: Denied,
    core.ClientAuthenticationError: Denied,
    core.ResourceExistsError: Denied,
    core.ResourceNotFoundError: Denied,
    core.ResourceModifiedError: Denied,
    core.ResourceNotModifiedError: Denied,
    core.TooManyRedirectsError: Denied,
    core.ODataV4Error: Denied,
    CredentialUnavailableError: Denied,
    AuthenticationRequiredError: Denied,
}


class _Claims(BaseModel):
    oid: str


class Identity(ManagedIdentityCredential):
    """The managed identity. Tokens are kept until they have to be renewed; there are no second tries."""

    def __init__(self, client_id: str | None) -> None:
        super().__init__(client_id=client_id, retry_total=0, connection_timeout=5, read_timeout=5)

    async def get_token(
        self, *scopes: str, claims: str | None = None, tenant_id: str | None = None, **kwargs: Any
    ) -> AccessToken:
        """A token for one scope. Raises ``Transient`` or ``Denied``."""
        try:
            token: AccessToken = await super().get_token(*scopes, claims=claims, tenant_id=tenant_id, **kwargs)
        except core.AzureError as error:
            raise _no_token(error) from None
        except (KeyError, TypeError, ValueError) as error:
            raise Transient(f"The identity endpoint's answer is unreadable ({type(error).__name__}).") from None
        return token

    async def object_id(self, scope: str) -> str:
        """The object id that a token for ``scope`` is about. Raises ``Transient`` or ``Denied``.

        It is our own token: reading it needs no key. https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference
        """
        payload = (await self.get_token(scope)).token.split(".")[1:2]
        try:
            return _Claims.model_validate_json(urlsafe_b64decode("".join(payload) + "==")).oid
        except ValueError:
            raise Transient("The token does not say whose it is.") from None


def _no_token(error: core.AzureError) -> TenantError:
    """By its class, unless a status says that it passes: a starting app's endpoint may answer 404, 429 or 5xx."""
    status = error.status_code if isinstance(error, core.HttpResponseError) else None
    told = f"{type(error).__name__}, status {status}" if status else type(error).__name__
    passes = status is not None and (status in _PASSING or status >= 500)
    if passes or NO_TOKEN.get(type(error), Transient) is Transient:
        return Transient(f"The identity endpoint gave no token ({told}).")
    return Denied(f"The app gets no token ({told}). It needs {NEEDS}.", NEEDS)
