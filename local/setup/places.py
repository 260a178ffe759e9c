"""Where things are installed to."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
AZURITE = ROOT / "local" / "azurite"
NODE = ROOT / ".local" / "node"
