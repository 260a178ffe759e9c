"""The signals: what each pattern in a rule weighs, and how it is explained to a person.

A rule has traits: what it does to mail, which mail it picks, how it is made. A signal holds where all the traits in
``when`` are there and none of those in ``unless``; the weights of all that hold add up to the score, and from
``THRESHOLD`` on a rule is suspicious. How a rule looks (its name, hidden, new) counts only beside what it does.

The weights are our judgement. Sources: the patterns that Microsoft, Proofpoint, Barracuda and the public detection
rules of Splunk, Elastic and Sentinel describe, and what people's ordinary rules do.
"""

from dataclasses import dataclass
from enum import StrEnum

THRESHOLD = 50
HIGHEST = 100


class Trait(StrEnum):
    """One thing that is true of a rule."""

    SENDS_OUTSIDE = "sends outside"
    FREE_MAIL = "to free mail"
    LOOKS_LIKE_US = "to a lookalike domain"
    OWN_TICKETS = "sends to our ticket service"
    TEXTS = "texts a phone"
    SENDS_INSIDE = "sends inside"

    DELETES = "deletes"
    FOR_GOOD = "deletes for good"
    BURIES = "buries"
    JUNKS = "moves to junk"
    ARCHIVES = "archives"
    BLANK_FOLDER = "moves to a nameless folder"
    MOVES = "moves to an own folder"
    READS = "marks as read"
    HIDES = "hides"
    TAKES_AWAY = "takes out of the inbox"
    ACTS = "acts"

    EVERYTHING = "all mail"
    BROAD = "nearly all mail"
    MONEY = "money words"
    SECURITY = "security words"
    GUARDS = "those who warn"
    BOUNCES = "bounces"
    AUTOMATIC_REPLIES = "automatic replies"
    REPLIES = "replies"
    LURES = "shared documents"
    CORRESPONDENT = "one correspondent"
    FIRM = "one organisation"
    ITSELF = "the account itself"
    OWN_DOMAIN = "own organisation"
    SENSITIVE = "sensitive mail"

    MEANINGLESS_NAME = "meaningless name"
    BORROWED_NAME = "borrowed system name"
    HIDDEN = "hidden"
    STOPS = "stops processing"
    FIRST = "comes first"
    IN_WINDOW = "made in the attack"

    BULK = "mass mail"
    AUTOMATED = "automated senders"
    CALENDAR = "meeting mail"
    FITS = "folder fits"
    MARKS = "marks for the user"
    KEEPS = "leaves mail for a while"
    LONG_BEFORE = "made long before"

    SYSTEM = "system rule"
    UNREADABLE = "unreadable conditions"
    DESCRIBED = "read from its description"
    DISABLED = "disabled"
    IN_ERROR = "in error"


@dataclass(frozen=True)
class Signal:
    """One row of the table. In ``says``, ``{}`` stands for what in the rule shows the first trait of ``when``."""

    name: str
    weight: int
    when: tuple[Trait, ...]
    says: str
    unless: tuple[Trait, ...] = ()


T = Trait

SIGNALS = (
    # Mail leaves.
    Signal("outside", 70, (T.SENDS_OUTSIDE,), "It sends mail outside the organisation: {}."),
    Signal("outside-free-mail", 10, (T.FREE_MAIL,), "An address outside is at a free mail service: {}."),
    Signal("outside-lookalike", 15, (T.LOOKS_LIKE_US,), "An address outside looks like one of ours: {}."),
    Signal("outside-hiding", 10, (T.SENDS_OUTSIDE, T.HIDES), "What it sends outside, its owner does not see."),
    Signal("outside-sensitive", 10, (T.SENDS_OUTSIDE, T.SENSITIVE),
           "What it sends outside is about money or security."),
    Signal("own-tickets", 15, (T.OWN_TICKETS,),
           "It sends mail to the organisation's own ticket system at a service: {}."),
    Signal("texts", 25, (T.TEXTS,), "It sends text messages to a phone: {}."),
    Signal("texts-sensitive", 30, (T.TEXTS, T.SENSITIVE), "What it sends to a phone is about money or security."),
    Signal("texts-everything", 25, (T.TEXTS, T.EVERYTHING), "It sends word of all mail to a phone."),
    Signal("inside-hiding", 15, (T.SENDS_INSIDE, T.HIDES), "It passes mail on to {} and hides it from its owner."),
    Signal("inside-everything", 10, (T.SENDS_INSIDE, T.EVERYTHING), "It passes all mail on to {}."),
    Signal("inside-sensitive", 10, (T.SENDS_INSIDE, T.SENSITIVE), "It passes mail about money or security on to {}."),
    # Mail gets out of sight.
    Signal("deletes", 25, (T.DELETES,), "It deletes mail."),
    Signal("deletes-for-good", 10, (T.FOR_GOOD,),
           "It deletes mail so that its owner does not find it among the deleted."),
    Signal("buries", 50, (T.BURIES,), "It moves mail to a folder that nobody looks in: {}."),
    Signal("junks", 20, (T.JUNKS,), "It moves mail to the junk folder: {}."),
    Signal("archives", 20, (T.ARCHIVES,), "It moves mail to the archive: {}."),
    Signal("blank-folder", 30, (T.BLANK_FOLDER,), "It moves mail to a folder whose name says nothing: {}."),
    Signal("reads", 8, (T.READS, T.TAKES_AWAY), "It marks mail as read and takes it out of the inbox."),
    # Which mail it hides.
    Signal("hides-everything", 40, (T.EVERYTHING, T.HIDES), "It hides all mail."),
    Signal("moves-everything", 20, (T.EVERYTHING, T.MOVES), "It moves all mail out of the inbox."),
    Signal("reads-everything", 15, (T.EVERYTHING, T.READS, T.MOVES), "Nobody notices: all of it is marked as read."),
    Signal("hides-broadly", 25, (T.BROAD, T.HIDES), "It hides nearly all mail: {}.", unless=(T.EVERYTHING, T.BULK)),
    Signal("hides-money", 30, (T.MONEY, T.HIDES), "It hides mail about money: {}."),
    Signal("hides-security", 35, (T.SECURITY, T.HIDES), "It hides mail about attacks, passwords or sign-ins: {}."),
    Signal("hides-guards", 35, (T.GUARDS, T.HIDES), "It hides mail from those who would warn its owner: {}."),
    Signal("hides-bounces", 30, (T.BOUNCES, T.HIDES),
           "It hides mail that came back, as after sending in its owner's name: {}."),
    Signal("hides-automatic-replies", 12, (T.AUTOMATIC_REPLIES, T.HIDES), "It hides automatic replies: {}."),
    Signal("hides-replies", 25, (T.REPLIES, T.HIDES), "It hides replies: {}."),
    Signal("hides-lures", 20, (T.LURES, T.HIDES), "It hides mail about shared documents, which attackers send: {}."),
    Signal("hides-correspondent", 25, (T.CORRESPONDENT, T.HIDES), "It hides the mail of one correspondent: {}."),
    Signal("hides-firm", 25, (T.FIRM, T.HIDES), "It hides the mail of one organisation: {}."),
    Signal("hides-itself", 30, (T.ITSELF, T.HIDES), "It hides mail that comes from the account itself: {}."),
    Signal("hides-own-domain", 30, (T.OWN_DOMAIN, T.HIDES), "It hides mail from the account's own organisation: {}."),
    # Which mail it reads and moves, though to a folder that can be seen.
    Signal("moves-money", 27, (T.MONEY, T.READS, T.MOVES), "What it marks as read and moves is about money: {}."),
    Signal("moves-security", 25, (T.SECURITY, T.READS, T.MOVES),
           "What it marks as read and moves is about security: {}."),
    Signal("moves-guards", 20, (T.GUARDS, T.READS, T.MOVES), "What it marks as read and moves could be a warning: {}."),
    Signal("moves-bounces", 20, (T.BOUNCES, T.READS, T.MOVES), "What it marks as read and moves are bounces: {}."),
    Signal("moves-correspondent", 20, (T.CORRESPONDENT, T.READS, T.MOVES),
           "It marks one correspondent's mail as read: {}."),
    Signal("moves-firm", 15, (T.FIRM, T.READS, T.MOVES), "It marks one organisation's mail as read: {}."),
    Signal("moves-own-domain", 20, (T.OWN_DOMAIN, T.READS, T.MOVES),
           "It marks the own organisation's mail as read: {}."),
    # How it looks: nothing by itself.
    Signal("meaningless-name", 25, (T.MEANINGLESS_NAME, T.ACTS), "Its name says nothing: {}."),
    Signal("meaningless-name-hiding", 10, (T.MEANINGLESS_NAME, T.HIDES),
           "A rule that hides mail has a name that says nothing."),
    Signal("meaningless-name-moving", 25, (T.MEANINGLESS_NAME, T.SENSITIVE, T.MOVES),
           "A rule that moves mail about money or security has a name that says nothing."),
    Signal("borrowed-name", 25, (T.BORROWED_NAME, T.ACTS),
           "It has a system rule's name, {}, but does what that rule never does."),
    Signal("hidden", 25, (T.HIDDEN, T.ACTS), "It is hidden from Outlook, and is no rule of Exchange's own."),
    Signal("stops", 3, (T.STOPS, T.ACTS), "It keeps later rules from seeing the mail."),
    Signal("first", 2, (T.FIRST, T.STOPS, T.HIDES), "It comes before all other rules."),
    Signal("in-window", 15, (T.IN_WINDOW, T.ACTS), "It was made while the attacker was in: {}."),
    Signal("in-window-hiding", 10, (T.IN_WINDOW, T.HIDES),
           "A rule of that time hides mail.", unless=(T.BULK, T.CALENDAR)),
    # What speaks for its owner.
    Signal("bulk", -30, (T.BULK, T.HIDES),
           "It picks mass mail, as people do: {}.", unless=(T.SENSITIVE, T.SENDS_OUTSIDE)),
    Signal("automated", -15, (T.AUTOMATED, T.MONEY, T.ARCHIVES),
           "It archives what machines send: {}.", unless=(T.SECURITY, T.GUARDS, T.BOUNCES, T.SENDS_OUTSIDE)),
    Signal("calendar", -15, (T.CALENDAR, T.ACTS), "It picks meeting mail or receipts: {}.", unless=(T.SENDS_OUTSIDE,)),
    Signal("folder-fits", -15, (T.FITS,), "The folder is named after what goes there: {}.",
           unless=(T.SENDS_OUTSIDE, T.DELETES)),
    Signal("marks", -8, (T.MARKS, T.ACTS),
           "It marks mail for its owner to see: {}.", unless=(T.SENDS_OUTSIDE, T.HIDES)),
    Signal("keeps", -10, (T.KEEPS, T.ACTS), "It leaves mail in the inbox first: {}.", unless=(T.SENDS_OUTSIDE,)),
    Signal("long-before", -12, (T.LONG_BEFORE, T.ACTS), "It was made long before the attack: {}."),
    # What a person should know.
    Signal("system", 0, (T.SYSTEM,), "It does what Exchange's own rule of that name does."),
    Signal("unreadable", 0, (T.UNREADABLE,), "Exchange cannot show which mail it picks."),
    Signal("described", 0, (T.DESCRIBED,), "What it does is told only by its description."),
    Signal("disabled", 0, (T.DISABLED,), "It is disabled now; it was judged by what it does when enabled."),
    Signal("in-error", 0, (T.IN_ERROR,), "Exchange reports an error in it."),
)  # fmt: skip
