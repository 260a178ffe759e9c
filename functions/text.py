"""What a person writes in a request."""

import re
from typing import Annotated

from pydantic import BeforeValidator

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def _one_line(value: object) -> object:
    return " ".join(_CONTROL.sub(" ", value).split()) if isinstance(value, str) else value


OneLine = Annotated[str, BeforeValidator(_one_line)]
"""Text on one line, without what a terminal or a log would take for a command."""
