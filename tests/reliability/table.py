"""The table of faults in docs/reliability.md."""

import re

from local.child import ROOT

from .faults import FAULTS, THIN, Outcome, Suffered

PAGE = ROOT / "docs" / "reliability.md"
_ATTEMPTS = re.compile(r"\d+ attempts")  # their pauses are random
_BEGIN, _END = "<!-- faults: begin -->\n", "<!-- faults: end -->\n"
_COLUMNS = (Outcome.COMPLETED, Outcome.WAITED, Outcome.WENT_ON, Outcome.FAILED)


def page_with(seen: list[Suffered], page: str) -> str:
    """The page, its table as it was seen."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}{table(seen)}{_END}{after}"


def table(seen: list[Suffered]) -> str:
    """A row for each fault: which steps came out of it how."""
    head = f"| fault | {' | '.join(_COLUMNS)} |\n|---|{'---|' * len(_COLUMNS)}\n"
    rows = [
        f"| {fault}{' *' if THIN.search(fault) else ''} | {' | '.join(_cells(fault, seen))} |\n" for fault in FAULTS
    ]
    reasons = sorted({f"- {_ATTEMPTS.sub('n attempts', one.reason)}\n" for one in seen if one.reason})
    return head + "".join(rows) + "\n\\* at every third step.\n\nWhat the failed ones say:\n\n" + "".join(reasons)


def _cells(fault: str, seen: list[Suffered]) -> list[str]:
    of_fault = [one for one in seen if one.fault == fault]
    met = [one.step for one in of_fault if one.outcome is not Outcome.NO_SUCH_CALL]
    return [_named([one.step for one in of_fault if one.outcome is outcome], met) for outcome in _COLUMNS]


def _named(steps: list[str], met: list[str]) -> str:
    """All, all but few, or few: by their names."""
    others = [step for step in met if step not in steps]
    if not steps:
        return ""
    if not others:
        return "all"
    if len(others) < len(steps):
        return f"all but {', '.join(others)}"
    return ", ".join(steps)
