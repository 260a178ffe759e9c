"""What is deployed: the app, and nothing of what surrounds it in the repository."""

import subprocess
from pathlib import PurePosixPath

from local.child import ROOT

DEPLOYED = {"function_app.py", "host.json", "requirements.txt"}
FOLDERS = {"functions", "shared"}


def _tracked(*options: str) -> set[str]:
    """Files that git knows, as ``git ls-files`` with some options lists them."""
    command = ("git", "ls-files", *options)
    return set(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split())


def _belongs(path: str) -> bool:
    return path in DEPLOYED or PurePosixPath(path).parts[0] in FOLDERS


def test_the_package_holds_the_app_and_nothing_else() -> None:
    left_out = _tracked("--cached", "--ignored", "--exclude-from=.funcignore")
    packed = _tracked() - left_out
    assert {path for path in packed if not _belongs(path)} == set()
    assert {path for path in _tracked() if _belongs(path)} == packed
