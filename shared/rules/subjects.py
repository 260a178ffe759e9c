"""The vocabularies and folder names, made ready once."""

from functools import cache

from . import words
from .folders import NAMES, Folder
from .matching import Vocabulary, plain

MONEY = Vocabulary(words.MONEY)
SECURITY = Vocabulary(words.SECURITY)
BOUNCES = Vocabulary(words.BOUNCES)
AUTOMATIC_REPLIES = Vocabulary(words.AUTOMATIC_REPLIES)
LURES = Vocabulary(words.LURES)
BANNERS = Vocabulary(words.BANNERS)
BULK = Vocabulary(words.BULK)
NEWSLETTERS = Vocabulary(words.NEWSLETTERS)
GUARDS = Vocabulary({"people": words.GUARDS["people"]})
MACHINES = Vocabulary({"machines": words.GUARDS["machines"]})
FORWARD, DELETE, READ, MOVE = (Vocabulary({"all": words.DOERS[name]}) for name in ("forward", "delete", "read", "move"))

_KINDS = {plain(name): kind for kind, names in NAMES.items() for name in names.split(";") if plain(name)}


def parts(path: str) -> list[str]:
    """The folders of ``path``, which is ``Name``, ``\\\\Inbox\\\\Name`` or ``mailbox:\\\\Inbox\\\\Name``."""
    inner = path.partition(":\\")[2] or path
    return [part.strip() for part in inner.replace("/", "\\").split("\\") if part.strip()]


@cache
def kind_of(path: str) -> Folder:
    """What the folder at ``path`` is: below a folder that nobody looks in nobody looks either."""
    kinds = [_KINDS.get(plain(part), Folder.OWN) for part in parts(path)] or [Folder.OWN]
    for kind in (Folder.DELETED, Folder.BURIED, Folder.JUNK):
        if kind in kinds:
            return kind
    return kinds[-1]
