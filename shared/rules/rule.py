"""An inbox rule or a sweep rule as Exchange Online returns it, and what is known about it besides.

Sources: the parameters of New-InboxRule and the rows of Get-InboxRule and Get-SweepRule. What comes may be an export
of any tool: the case of names does not matter, and a value that cannot be what its field means counts as missing.
"""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from shared.alerts.times import utc

from .recipients import Recipient, addresses, recipient

_DIGITS = 18
_TRUE = {"true", "1", "yes", "$true"}
_COMMA = re.compile(r"[;\n]|,(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)")  # not within quotes: "Lovelace, Ada"


def _key(name: object) -> str:
    return "".join(one for one in str(name).casefold() if one.isalnum())


def _flat(value: object) -> list[object]:
    if isinstance(value, list | tuple):
        return [one for inner in value for one in _flat(inner)]
    if isinstance(value, str):
        text = value.strip()
        inner = text[1:-1] if text.startswith("{") and text.endswith("}") else text
        return [part.strip() for part in _COMMA.split(inner) if part.strip()]
    return [] if value is None or isinstance(value, bool) else [value]


def _text(value: object) -> str:
    if isinstance(value, dict):
        named = {_key(key): inner for key, inner in value.items()}
        value = next((named[key] for key in ("folderpath", "displayname", "name", "value", "date") if key in named), "")
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _name(value: object) -> str | None:
    return value if isinstance(value, str) else _text(value) or None


def _words(value: object) -> tuple[str, ...]:
    items = value if isinstance(value, list | tuple) else _flat(value)
    return tuple(filter(None, map(_text, items)))


def _recipients(value: object) -> tuple[Recipient, ...]:
    return tuple(filter(None, map(recipient, _flat(value))))


def _flag(value: object) -> bool:
    return str(value).strip().casefold() in _TRUE


def _flag_or_none(value: object) -> bool | None:
    return None if value is None or value == "" else _flag(value)


def _number(value: object) -> int | None:
    text = _text(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else None


def _names(value: object) -> frozenset[str]:
    """All domains or addresses that ``value`` holds, whatever its shape."""
    if isinstance(value, dict):
        return frozenset(one for inner in value.values() for one in _names(inner))
    if isinstance(value, list | tuple):
        return frozenset(one for inner in value for one in _names(inner))
    texts = (str(part).casefold().removeprefix("smtp:").strip(" @.*") for part in _flat(value) if isinstance(part, str))
    return frozenset(text for text in texts if "." in text and " " not in text)


Text = Annotated[str, BeforeValidator(_text)]
Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Recipients = Annotated[tuple[Recipient, ...], BeforeValidator(_recipients)]
Flag = Annotated[bool, BeforeValidator(_flag)]
MaybeFlag = Annotated[bool | None, BeforeValidator(_flag_or_none)]
Number = Annotated[int | None, BeforeValidator(_number)]
Time = Annotated[datetime | None, BeforeValidator(utc)]
Names = Annotated[frozenset[str], BeforeValidator(_names)]


class Tolerant(BaseModel):
    """Fields are found by their name without case and separators; empty ones count as absent."""

    model_config = ConfigDict(frozen=True, extra="ignore", alias_generator=lambda name: name.replace("_", ""))

    @model_validator(mode="before")
    @classmethod
    def _any_case(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        return {
            key: value
            for key, value in ((_key(name), value) for name, value in given.items())
            if value not in (None, "", [], {}) or (key == "name" and value == "")
        }


class Rule(Tolerant):
    """One rule. ``name`` is None where the export has none. A sweep rule has ``keep_for_days`` or ``keep_latest``."""

    name: Annotated[str | None, BeforeValidator(_name)] = None
    description: Text = ""
    enabled: MaybeFlag = None
    hidden: Flag = False
    in_error: Flag = False
    supported_by_task: MaybeFlag = None
    priority: Number = None

    senders: Recipients = Field(
        (), validation_alias=AliasChoices("from", "sender", "senders", "fromaddress", "fromaddresses")
    )
    from_address_contains_words: Words = ()
    sent_to: Recipients = ()
    recipient_address_contains_words: Words = ()
    subject_contains_words: Words = ()
    subject_or_body_contains_words: Words = ()
    body_contains_words: Words = ()
    header_contains_words: Words = ()
    message_type_matches: Text = ""
    flagged_for_action: Text = ""
    with_importance: Text = ""
    with_sensitivity: Text = ""
    has_classification: Words = ()
    assigned_categories: Words = ()
    system_category: Text = ""
    from_subscription: Words = ()
    any_category: Flag = False
    bulk_category: Flag = False
    has_attachment: Flag = False
    my_name_in_cc_box: Flag = False
    my_name_in_to_box: Flag = False
    my_name_in_to_or_cc_box: Flag = False
    my_name_not_in_to_box: Flag = False
    sent_only_to_me: Flag = False
    within_size_range_minimum: Text = ""
    within_size_range_maximum: Text = ""

    forward_to: Recipients = ()
    forward_as_attachment_to: Recipients = ()
    redirect_to: Recipients = ()
    send_text_message_notification_to: Words = ()
    delete_message: Flag = False
    soft_delete_message: Flag = False
    permanent_delete: Flag = False
    move_to_folder: Text = Field("", validation_alias=AliasChoices("movetofolder", "destinationfolder"))
    copy_to_folder: Text = ""
    mark_as_read: Flag = False
    apply_category: Words = ()
    flag_message: Text = ""
    pin_message: Flag = False
    mark_importance: Text = ""
    stop_processing_rules: Flag = False
    keep_for_days: Number = None
    keep_latest: Flag = False

    @property
    def targets(self) -> tuple[Recipient, ...]:
        """All to whom this rule sends mail on."""
        return self.forward_to + self.forward_as_attachment_to + self.redirect_to

    @property
    def words(self) -> tuple[str, ...]:
        """All words that it looks for in subject, body and headers."""
        texts = self.subject_contains_words + self.subject_or_body_contains_words
        return texts + self.body_contains_words + self.header_contains_words

    @property
    def acts(self) -> bool:
        """Whether it shows any action."""
        moves = self.move_to_folder or self.copy_to_folder or self.mark_as_read or self.apply_category
        deletes = self.delete_message or self.soft_delete_message or self.permanent_delete
        return bool(moves or deletes or self.targets or self.send_text_message_notification_to)


class Window(Tolerant):
    """When the attacker was in, each end None where it is not known."""

    start: Time = Field(None, validation_alias=AliasChoices("start", "from", "startdatetime", "begin", "starttime"))
    end: Time = Field(None, validation_alias=AliasChoices("end", "to", "enddatetime", "until", "endtime"))


def _window(value: object) -> object:
    if isinstance(value, list | tuple):
        value = dict(zip(("start", "end"), value, strict=False))
    return value if isinstance(value, dict) else {}


class Context(Tolerant):
    """What is known about a rule besides itself.

    ``account`` is the owner's address or an object that holds all of them; ``accepted_domains`` are the organisation's,
    subdomains belong to them; ``window`` is the attack's start and end; ``created`` is when the rule was made;
    ``hidden`` is whether only ``IncludeHidden`` shows it. ``language`` may be told, but all languages always count.
    """

    account: Names = frozenset()
    accepted_domains: Names = frozenset()
    window: Annotated[Window, BeforeValidator(_window)] = Field(
        default_factory=Window,
        validation_alias=AliasChoices("window", "attackwindow", "attack", "incidentwindow"),
    )
    created: Time = Field(
        None,
        validation_alias=AliasChoices(
            "created", "createdat", "createddatetime", "whencreated", "rulecreated", "rulecreatedat", "madeat"
        ),
    )
    hidden: Flag = False
    language: Text = ""

    @property
    def addresses(self) -> frozenset[str]:
        """The addresses of the account."""
        return frozenset(one for name in self.account for one in addresses(name))

    @property
    def domains(self) -> frozenset[str]:
        """The organisation's domains, the account's own among them."""
        return self.accepted_domains | {one.rpartition("@")[2] for one in self.addresses}
