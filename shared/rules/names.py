"""What a rule's name says, or does not say."""

import re

from .matching import plain
from .senders import SYSTEM_NAMES

_FIRST_CJK = "\u2e80"
_VOWELS = set("aeiouy")
_TYPED_AT_RANDOM = ("asd", "qwe", "zxc", "yxc", "abc", "aaa", "xyz")
_SHORT = 5
_YEAR = re.compile(r"(19|20)\d\d")


def says_nothing(name: str) -> bool:
    """Whether ``name`` is ".", "..", "x", "aaa", "123", "asdf" or the like; "CC", "IT" and "2026" say something."""
    typed = name.strip()
    letters = [one for one in plain(typed) if one.isalpha()]
    if any(one >= _FIRST_CJK for one in letters) or _YEAR.fullmatch(typed):
        return False
    text = "".join(letters)
    if len(text) <= _SHORT and text.startswith(_TYPED_AT_RANDOM):
        return True
    if len(set(letters)) <= 1:
        return not (len(typed) > 1 and typed.isalpha() and typed.isupper())
    return len(text) > _SHORT - 2 and typed.isalpha() and typed.islower() and not _VOWELS & set(text)


def of_the_system(name: str) -> bool:
    """Whether Exchange gives its own rules such names."""
    return plain(name).startswith(SYSTEM_NAMES)
