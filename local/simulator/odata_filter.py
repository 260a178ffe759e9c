"""``$filter``, the part of it that the directory supports here: eq, and, or, any(x:x eq …), parentheses; ge
and le of times.

https://learn.microsoft.com/graph/filter-query-parameter
"""

import re
from dataclasses import dataclass
from datetime import datetime

from local.simulator.records import Json

type Literal = str | bool | None
type Comparison = Equals | AnyEquals | NotBefore | NotAfter
type Expression = Comparison | Both | Either

TOKEN = re.compile(r"\s*(\d{4}-\d\d-\d\dT[\d:.]+Z|'(?:[^']|'')*'|[A-Za-z_][A-Za-z0-9_]*|[():/,]|\S)")
PREFIX = re.compile(r"smtp:|sip:|x500:", re.IGNORECASE)


class FilterError(Exception):
    """The text is no filter. ``unsupported``: it is one, with an operator that is not supported."""

    def __init__(self, message: str, *, unsupported: bool = False) -> None:
        super().__init__(message)
        self.unsupported = unsupported


@dataclass(frozen=True)
class Equals:
    """``property eq value``, or ``property/member eq value``; text is compared without regard to case."""

    property: str
    value: Literal

    def matches(self, record: Json) -> bool:
        found = _reach(record, self.property)
        if isinstance(found, str) and isinstance(self.value, str):
            return found.casefold() == self.value.casefold()
        return found == self.value


@dataclass(frozen=True)
class AnyEquals:
    """``property/any(x:x eq value)``, or ``x/member eq value``; the prefix of an address counts as written, the rest
    in any case."""

    property: str
    value: str
    member: str = ""

    def matches(self, record: Json) -> bool:
        found = record.get(self.property) or []
        texts = [str(one.get(self.member)) for one in found] if self.member else found
        return any(_fold(text) == _fold(self.value) for text in texts)


@dataclass(frozen=True)
class NotBefore:
    """``property ge time``."""

    property: str
    value: datetime

    def matches(self, record: Json) -> bool:
        return datetime.fromisoformat(str(record[self.property])) >= self.value


@dataclass(frozen=True)
class NotAfter:
    """``property le time``."""

    property: str
    value: datetime

    def matches(self, record: Json) -> bool:
        return datetime.fromisoformat(str(record[self.property])) <= self.value


@dataclass(frozen=True)
class Both:
    """``left and right``."""

    left: Expression
    right: Expression

    def matches(self, record: Json) -> bool:
        return self.left.matches(record) and self.right.matches(record)


@dataclass(frozen=True)
class Either:
    """``left or right``."""

    left: Expression
    right: Expression

    def matches(self, record: Json) -> bool:
        return self.left.matches(record) or self.right.matches(record)


def comparisons(expression: Expression) -> list[Comparison]:
    """The comparisons in an expression, from left to right."""
    if isinstance(expression, Both | Either):
        return comparisons(expression.left) + comparisons(expression.right)
    return [expression]


def parse_filter(text: str) -> Expression:
    """The expression in ``text``. Raises FilterError."""
    parser = _Parser(TOKEN.findall(text))
    expression = parser.either()
    if parser.peek() is not None:
        raise FilterError(f"Invalid filter clause: unexpected '{parser.peek()}'.")
    return expression


class _Parser:
    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def either(self) -> Expression:
        left = self._both()
        while self._accept("or"):
            left = Either(left, self._both())
        return left

    def _both(self) -> Expression:
        left = self._term()
        while self._accept("and"):
            left = Both(left, self._term())
        return left

    def _term(self) -> Expression:
        if self._accept("("):
            inner = self.either()
            self._expect(")")
            return inner
        return self._comparison(self._name())

    def _comparison(self, name: str) -> Comparison:
        if self._accept("/"):
            return self._any(name) if self.peek() == "any" else self._comparison(f"{name}/{self._name()}")
        if self.peek() == "(" or name == "not":
            raise FilterError(f"Unsupported function or operator '{name}'.", unsupported=True)
        if self._accept("ge"):
            return NotBefore(name, self._time())
        if self._accept("le"):
            return NotAfter(name, self._time())
        self._equals()
        return Equals(name, self._literal())

    def _any(self, name: str) -> AnyEquals:
        self._expect("any")
        self._expect("(")
        variable = self._name()
        self._expect(":")
        if self._name() != variable:
            raise FilterError("Unsupported lambda expression.", unsupported=True)
        member = self._name() if self._accept("/") else ""
        self._equals()
        value = self._literal()
        if not isinstance(value, str):
            raise FilterError("A binary operator with incompatible types was detected.")
        self._expect(")")
        return AnyEquals(name, value, member)

    def _equals(self) -> None:
        operator = self._name()
        if operator != "eq":
            raise FilterError(f"Unsupported operator '{operator}'.", unsupported=True)

    def _time(self) -> datetime:
        word = self._next()
        try:
            time = datetime.fromisoformat(word)
        except ValueError:
            raise FilterError(f"Invalid filter clause: '{word}' is not a time.") from None
        if time.tzinfo is None:
            raise FilterError(f"Invalid filter clause: '{word}' is not a time.")
        return time

    def _literal(self) -> Literal:
        word = self._next()
        if word.startswith("'") and word.endswith("'") and len(word) > 1:
            return word[1:-1].replace("''", "'")
        if word in ("true", "false"):
            return word == "true"
        if word == "null":
            return None
        raise FilterError(f"Invalid filter clause: '{word}' is not a value.")

    def _name(self) -> str:
        token = self._next()
        if not token.isidentifier():
            raise FilterError(f"Invalid filter clause: unexpected '{token}'.")
        return token

    def _next(self) -> str:
        token = self.peek()
        if token is None:
            raise FilterError("Invalid filter clause: it ends too early.")
        self._at += 1
        return token

    def _accept(self, token: str) -> bool:
        if self.peek() != token:
            return False
        self._at += 1
        return True

    def _expect(self, token: str) -> None:
        if not self._accept(token):
            raise FilterError(f"Invalid filter clause: '{token}' expected.")


def _reach(record: Json, path: str) -> object:
    found: object = record
    for name in path.split("/"):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _fold(address: str) -> tuple[str, str]:
    prefix = PREFIX.match(address)
    start = prefix.end() if prefix else 0
    return address[:start], address[start:].casefold()
