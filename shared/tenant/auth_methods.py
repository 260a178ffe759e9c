"""The ways in which a user proves who they are, besides the password."""

from datetime import datetime
from typing import Annotated

from kiota_abstractions.base_request_builder import BaseRequestBuilder
from kiota_abstractions.method import Method as Http
from msgraph.generated.users.item.authentication.authentication_request_builder import AuthenticationRequestBuilder
from pydantic import AwareDatetime, BeforeValidator, Field

from shared.tenant.answers import accepted_at
from shared.tenant.graph import OF_ADMINISTRATORS, Graph
from shared.tenant.identifiers import object_id
from shared.tenant.models import GraphObject, Word

NEEDS = f"the Graph permission UserAuthenticationMethod.ReadWrite.All, and {OF_ADMINISTRATORS}"

PASSWORD, PHONE, EMAIL, EXTERNAL, PASS = "password", "phone", "email", "external", "temporaryAccessPass"


def _kind(value: object) -> object:
    """``#microsoft.graph.phoneAuthenticationMethod`` is a ``phone``."""
    return str(value).rpartition(".")[2].removesuffix("AuthenticationMethod")


class Method(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/authenticationmethod; ``kind`` is its type's short name."""

    kind: Annotated[str, BeforeValidator(_kind)] = Field(alias="@odata.type")
    created_at: AwareDatetime | None = Field(None, alias="createdDateTime")
    phone_number: Word = ""
    phone_type: Word = ""
    email_address: Word = ""
    display_name: Word = ""
    configuration_id: Word = ""


async def methods_of(graph: Graph, user_id: str) -> list[Method]:
    """All that the user has registered, the password too.

    https://learn.microsoft.com/graph/api/authentication-list-methods
    """
    info = _of(graph, user_id).methods.to_get_request_information()
    return await graph.rows(Method, info, NEEDS)


async def delete_method(graph: Graph, user_id: str, kind: str, method_id: str) -> datetime:
    """Takes one away, which is done by its type. When it was accepted. Raises ``NotFound`` where it is gone,
    ``Permanent`` where it is the default one and others are there, ``ValueError`` where none of its type can go.

    https://learn.microsoft.com/graph/api/resources/authenticationmethods-overview
    """
    return accepted_at(await graph.write(Http.DELETE, _one(graph, user_id, kind, method_id), None, NEEDS))


async def add_phone(graph: Graph, user_id: str, number: str, phone_type: str) -> datetime:
    """Registers a telephone. https://learn.microsoft.com/graph/api/authentication-post-phonemethods"""
    body = {"phoneNumber": number, "phoneType": phone_type}
    return accepted_at(await graph.write(Http.POST, _of(graph, user_id).phone_methods, body, NEEDS))


async def add_email(graph: Graph, user_id: str, address: str) -> datetime:
    """Registers an address for resetting the password by oneself.

    https://learn.microsoft.com/graph/api/authentication-post-emailmethods
    """
    body = {"emailAddress": address}
    return accepted_at(await graph.write(Http.POST, _of(graph, user_id).email_methods, body, NEEDS))


async def add_external(graph: Graph, user_id: str, configuration_id: str, name: str) -> datetime:
    """Registers an external method again: what the user has there is the other provider's.

    https://learn.microsoft.com/graph/api/authentication-post-externalauthenticationmethods
    """
    body = {"configurationId": configuration_id, "displayName": name}
    return accepted_at(await graph.write(Http.POST, _of(graph, user_id).external_authentication_methods, body, NEEDS))


def _of(graph: Graph, user_id: str) -> AuthenticationRequestBuilder:
    return graph.client.users.by_user_id(object_id(user_id)).authentication


def _one(graph: Graph, user_id: str, kind: str, method_id: str) -> BaseRequestBuilder:
    of = _of(graph, user_id)
    match kind:
        case "phone":
            return of.phone_methods.by_phone_authentication_method_id(method_id)
        case "email":
            return of.email_methods.by_email_authentication_method_id(method_id)
        case "microsoftAuthenticator":
            return of.microsoft_authenticator_methods.by_microsoft_authenticator_authentication_method_id(method_id)
        case "softwareOath":
            return of.software_oath_methods.by_software_oath_authentication_method_id(method_id)
        case "fido2":
            return of.fido2_methods.by_fido2_authentication_method_id(method_id)
        case "windowsHelloForBusiness":
            return of.windows_hello_for_business_methods.by_windows_hello_for_business_authentication_method_id(
                method_id
            )
        case "platformCredential":
            return of.platform_credential_methods.by_platform_credential_authentication_method_id(method_id)
        case "temporaryAccessPass":
            return of.temporary_access_pass_methods.by_temporary_access_pass_authentication_method_id(method_id)
        case "external":
            return of.external_authentication_methods.by_external_authentication_method_id(method_id)
        case _:
            raise ValueError(f"No method of the type {kind} can be taken away through Graph.")
