"""Change notifications of Microsoft Graph."""

from . import payloads as made
from .cases import Case, graph
from .records import OTHER_TENANT, TENANT

SUBSCRIPTION = "aa3f1f52-51c6-49a4-9f0b-2c0c7e9d1b11"
BY_ID = "It names an alert by its id alone"

GRAPH: dict[str, Case] = {
    "an alert": graph({"value": [made.notification()]}, f"{SUBSCRIPTION} 9B1F6A52 created", BY_ID),
    "not in a list": graph(made.notification(), f"{SUBSCRIPTION} 9B1F6A52 created", BY_ID),
    "a bare array": graph([made.notification()], f"{SUBSCRIPTION} 9B1F6A52 created", BY_ID),
    "rich": graph(
        {"value": [made.notification(encryptedContent={"data": "x"})], "validationTokens": ["x"]},
        f"{SUBSCRIPTION} 9B1F6A52 created",
        BY_ID,
    ),
    "a message": graph(
        made.notification(
            resource="users/1/messages/2", resourceData={"@odata.type": "#Microsoft.Graph.Message", "id": "2"}
        ),
        f"{SUBSCRIPTION} 2 created",
        "It is about a resource that is no alert.",
    ),
    "by Event Grid": graph(
        {
            "specversion": "1.0",
            "type": "Microsoft.Graph.AlertCreated",
            "id": "1",
            "data": made.notification(
                resource="9B1F6A52", resourceData={"@odata.type": "#IsgWebApi.SecurityGraphModel.1", "id": "9B1F6A52"}
            ),
        },
        f"{SUBSCRIPTION} 9B1F6A52 created",
        BY_ID,
    ),
    "another tenant's": graph(
        made.notification(tenantId=OTHER_TENANT), f"{SUBSCRIPTION} 9B1F6A52 created", "It comes from another tenant"
    ),
    "to be authorised again": graph(
        {
            "value": [
                {
                    "subscriptionId": SUBSCRIPTION,
                    "lifecycleEvent": "reauthorizationRequired",
                    "tenantId": TENANT,
                    "subscriptionExpirationDateTime": "2026-07-20T00:00:00Z",
                }
            ]
        },
        f"{SUBSCRIPTION} reauthorizationrequired 2026-07-20T00:00:00Z",
        "The subscription has to be authorised again",
        attention=True,
    ),
    "removed": graph(
        {"subscriptionId": SUBSCRIPTION, "lifecycleEvent": "subscriptionRemoved"},
        f"{SUBSCRIPTION} subscriptionremoved",
        "The subscription was removed",
        attention=True,
    ),
    "a lifecycle event that is new": graph(
        {"subscriptionId": SUBSCRIPTION, "lifecycleEvent": "tidied"},
        f"{SUBSCRIPTION} tidied",
        "It tells of its subscription",
    ),
    "a probe": graph(
        made.notification(
            subscriptionId="NA",
            resource="NA",
            tenantId="NA",
            resourceData=None,
            changeType="Validation: Testing client application reachability.",
        ),
        "NA NA Validation: Testing client application reachability.",
        "It is a probe of the channel.",
    ),
}
