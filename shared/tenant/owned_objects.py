"""Applications that a user owns: whoever has the account can give them a secret, and come back as the application."""

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from shared.tenant.errors import Denied
from shared.tenant.graph import Graph
from shared.tenant.graph_errors import SERVICE
from shared.tenant.identifiers import object_id
from shared.tenant.models import GraphObject, Rows, Word

READ = "the Graph permissions Application.Read.All and User.Read.All"


class Secret(BaseModel):
    """A password or a certificate of an application, and since when it counts.

    https://learn.microsoft.com/graph/api/resources/passwordcredential
    https://learn.microsoft.com/graph/api/resources/keycredential
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, validate_by_name=True, validate_by_alias=True)

    display_name: Word = ""
    start: AwareDatetime | None = Field(None, alias="startDateTime")


class OwnedApplication(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/application"""

    app_id: Word = ""
    display_name: Word = ""
    passwords: Rows[Secret] = Field((), alias="passwordCredentials")
    certificates: Rows[Secret] = Field((), alias="keyCredentials")

    @property
    def secrets(self) -> tuple[Secret, ...]:
        """What somebody can be this application with."""
        return self.passwords + self.certificates


async def owned_applications(graph: Graph, user_id: str) -> list[OwnedApplication]:
    """The applications that the user owns. https://learn.microsoft.com/graph/api/user-list-ownedobjects"""
    owned = graph.client.users.by_user_id(object_id(user_id)).owned_objects
    info = owned.graph_application.to_get_request_information()
    info.query_parameters = {"%24select": OwnedApplication.properties()}
    applications = await graph.rows(OwnedApplication, info, READ)
    if any(not one.app_id for one in applications):
        raise Denied(f"{SERVICE} tells the ids of applications, and nothing else. The app needs {READ}.", READ)
    return applications
