"""What the templates in ``infra/`` have to know of the code, written by ``make docs``."""

from pathlib import Path

INFRA = Path(__file__).parents[2] / "infra"
