"""Finding words in what people and attackers write, whatever the case, the accents and the endings."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

_WITHOUT_PARTS = str.maketrans("łøđæœı", "lodaoi")  # letters that do not come apart into a letter and a mark
_WHOLE, _PREFIX = 4, 6  # the longest term that has to be a whole word, and that has to begin one
_FIRST_CJK = "\u2e80"
_LETTER_BEFORE, _LETTER_AFTER = r"(?<![^\W_])", r"(?![^\W_])"


def plain(text: str) -> str:
    """``text`` in lower case, without accents, without characters that cannot be seen, with single blanks."""
    seen = "".join(one for one in unicodedata.normalize("NFKD", text) if unicodedata.category(one) not in {"Mn", "Cf"})
    return " ".join(unicodedata.normalize("NFC", seen).casefold().translate(_WITHOUT_PARTS).split())


class Vocabulary:
    """The terms of ``words.py`` for one subject, to be found in plain or any other text."""

    def __init__(self, terms: Mapping[str, str]) -> None:
        single = sorted({plain(term) for line in terms.values() for term in line.split(",")} - {""})
        self._pattern = re.compile("|".join(map(_pattern, single)))

    def found(self, texts: Iterable[str]) -> list[str]:
        """Those of ``texts`` that hold a term."""
        return [text for text in texts if self._pattern.search(plain(text))]


def _pattern(term: str) -> str:
    stem = term.removesuffix("*")
    if stem[0] >= _FIRST_CJK:
        return re.escape(stem)
    if stem != term:
        return _LETTER_BEFORE + re.escape(stem)
    if len(term) <= _WHOLE:
        return _LETTER_BEFORE + re.escape(term) + (_LETTER_AFTER if term[-1].isalnum() else "")
    return (_LETTER_BEFORE if len(term) <= _PREFIX else "") + re.escape(term)
