"""How a user can be reached, as the directory tells it: who changes it gets the codes for a new password."""

from shared.tenant.errors import NotFound
from shared.tenant.graph import READ_USERS, Graph
from shared.tenant.identifiers import object_id
from shared.tenant.models import GraphObject, Strings

_NONE = "1x1"  # what is told of a photo that is not there, where it is not refused


class ContactDetails(GraphObject):
    """https://learn.microsoft.com/graph/api/resources/user"""

    display_name: str | None = None
    mobile_phone: str | None = None
    business_phones: Strings = ()
    fax_number: str | None = None
    other_mails: Strings = ()
    street_address: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    office_location: str | None = None
    job_title: str | None = None


async def contact_details(graph: Graph, user_id: str) -> ContactDetails:
    """The details as they are now. https://learn.microsoft.com/graph/api/user-get"""
    info = graph.client.users.by_user_id(object_id(user_id)).to_get_request_information()
    info.query_parameters = {"%24select": ContactDetails.properties()}
    return await graph.one(ContactDetails, info, READ_USERS)


async def has_photo(graph: Graph, user_id: str) -> bool:
    """Whether the user shows a photo; only the user can tell whose.

    https://learn.microsoft.com/graph/api/profilephoto-get
    """
    photo = graph.client.users.by_user_id(object_id(user_id)).photo
    try:
        return (await graph.one(GraphObject, photo.to_get_request_information(), READ_USERS)).id != _NONE
    except NotFound:
        return False
