"""What a person writes in a request."""

import re
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def _one_line(value: object) -> object:
    return " ".join(_CONTROL.sub(" ", value).split()) if isinstance(value, str) else value


OneLine = Annotated[str, BeforeValidator(_one_line)]
"""Text on one line, without what a terminal or a log would take for a command."""

Reason = Annotated[OneLine, StringConstraints(max_length=500)]
"""Why a person decides something, "" where they do not say."""
