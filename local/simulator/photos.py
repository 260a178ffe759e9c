"""The photo that a user shows: its measures, or that there is none."""

from local.simulator.answer import Answer, GraphError
from local.simulator.graph import GraphRequest, operation
from local.simulator.odata import METADATA
from local.simulator.users import find_account


@operation("GET", "/users/{user-id}/photo")
def read_photo(request: GraphRequest) -> Answer:
    """https://learn.microsoft.com/graph/api/profilephoto-get"""
    photo = find_account(request).photo
    if photo is None:
        if request.tenant.behaviour.no_photo == "not-found":
            words = "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown."
            raise GraphError(404, "ImageNotFound", words)
        photo = {"id": "1x1", "height": 1, "width": 1}
    context = f"{METADATA}/v1.0/$metadata#users('{request.parameters['user-id']}')/photo/$entity"
    return Answer(200, {"@odata.context": context, "@odata.mediaContentType": "image/jpeg", **photo})
