"""Change notifications of Microsoft Graph: that something has changed, by its id, and nothing of what.

No alert resource is known to send any today; a notification that is one day sent starts nothing by itself: what it
points to is read by whoever polls. Sources: change-notifications-delivery-webhooks, -lifecycle-events (Graph concepts).
"""

from datetime import datetime
from hmac import compare_digest

from pydantic import AliasChoices, Field

from .alert import Alert, Ignored
from .judging import Reading, foreign
from .payload import digest, read_records
from .starting import StartingPolicy
from .tolerant import Folded, Id, Line, Object, Text, Word

SOURCE = "graph"
LONGEST_CLIENT_STATE = 128  # characters, of a subscription

_LIFECYCLE = {
    "reauthorizationrequired": "The subscription has to be authorised again, or no more notifications come.",
    "subscriptionremoved": "The subscription was removed: no more notifications come until there is a new one.",
    "missed": "Notifications were lost: what they were about has to be read.",
}
_ALERTS = ("security/alerts", "/security/alerts", "security/incidents", "/security/incidents")


class Notification(Folded):
    """One item of a delivery."""

    id: Id = None
    type: Word = None
    spec_version: Text = None
    subscription_id: Text = None
    client_state: object = None
    change_type: Line = None
    lifecycle_event: Word = None
    resource: Line = None
    resource_data: Object = Field(default_factory=dict)
    tenant_id: Word = None
    expiry: Text = Field(None, validation_alias=AliasChoices("subscriptionexpirationdatetime", "expirationdatetime"))
    data: Object = Field(default_factory=dict)

    @property
    def about(self) -> "_About":
        return _About.model_validate(self.resource_data)

    @property
    def is_one(self) -> bool:
        return self.subscription_id is not None or self.lifecycle_event is not None

    @property
    def probe(self) -> bool:
        """Whether it is what a channel sends first, to see whether it gets through."""
        return (self.change_type or "").casefold().startswith("validation:")


class _About(Folded):
    id: Text = None
    odata_type: Line = Field(None, validation_alias="@odata.type")


def read_graph(
    body: bytes, *, tenant_id: str | None, now: datetime, starting: StartingPolicy, client_state: str | None = None
) -> list[Alert | Ignored]:
    """The notifications in ``body``, each ``Ignored``, with the reason.

    ``client_state`` is the secret of our subscriptions: an item with another is not ours, the others are. None where
    anybody's are read. ``tenant_id`` as everywhere. Raises ``BadPayload`` where the body as a whole cannot be read.
    """
    reading = Reading(tenant_id, now, starting)
    return [_outcome(record, reading, client_state) for record in read_records(body)]


def trusted(given: object, secret: str) -> bool:
    """Whether ``given`` is the client state that our subscriptions have, compared in constant time."""
    text = given if isinstance(given, str) else ""
    return compare_digest(text.encode(errors="replace"), secret.encode())


def _outcome(record: object, reading: Reading, client_state: str | None) -> Ignored:
    if not isinstance(record, dict):
        return _unknown(record, "It is not a JSON object.")
    item = Notification.model_validate(record)
    if (item.type or "").startswith("microsoft.graph.") and item.data:  # as Event Grid wraps it
        item = Notification.model_validate(item.data)
    if not item.is_one:
        return _unknown(record, "It is no change notification.")
    if client_state is not None and not trusted(item.client_state, client_state):
        return _unknown(record, "Its clientState is not that of our subscriptions.")
    tenants = frozenset([item.tenant_id] if item.tenant_id and item.tenant_id != "na" else [])
    alert = _alert(item, record)
    reason = foreign(tenants, reading)
    if reason:
        return Ignored(alert, reason)
    if item.probe:
        return Ignored(alert, "It is a probe of the channel.")
    if item.lifecycle_event:
        told = _LIFECYCLE.get(item.lifecycle_event, "It tells of its subscription, not of an alert.")
        return Ignored(alert, told, attention=item.lifecycle_event in _LIFECYCLE)
    return Ignored(alert, _what_it_is_about(item))


def _what_it_is_about(item: Notification) -> str:
    kind = (item.about.odata_type or "").casefold()
    if (item.resource or "").casefold().startswith(_ALERTS) or "securitygraphmodel" in kind or "security.alert" in kind:
        return "It names an alert by its id alone, and no account: polling reads the alert."
    return "It is about a resource that is no alert."


def _alert(item: Notification, record: dict[str, object]) -> Alert:
    about = item.about.id or item.resource or ""
    what = item.lifecycle_event and f"{item.lifecycle_event} {item.expiry or ''}".strip()
    parts = (item.subscription_id, None if what else about, what or item.change_type)
    changed = " ".join(part for part in (item.change_type or "changed", item.about.odata_type) if part)
    return Alert(
        source=SOURCE,
        identity=" ".join(part for part in parts if part) if item.subscription_id else digest(record),
        title=f"Subscription: {item.lifecycle_event}" if what else f"Change notification: {changed}",
        severity="unknown",
        activity_at=None,
        accounts=(),
    )


def _unknown(content: object, reason: str) -> Ignored:
    """Nothing of it is kept: anybody may have written it."""
    unread = Alert(SOURCE, digest(content), "Unknown record", "unknown", activity_at=None, accounts=())
    return Ignored(unread, reason)
