"""The interpreter is found, not assumed."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
TOOLS = ("chmod", "cat", "dirname", "mkdir", "sh")

REAL = str(Path(sys.executable).resolve())
PRETENDS = f"""exec {REAL} -c 'import sys; %s; exec(sys.argv[1])' "$2" """
REFUSES = "echo 'pyenv: python3.13: command not found' >&2; exit 127"
WORKS = f'exec {REAL} "$@"'
OLD = PRETENDS % "sys.version_info = (3, 12, 4)"
WITHOUT_VENV = PRETENDS % 'sys.modules["ensurepip"] = None'

Have = Callable[[str, str], Path]

# python3 makes a virtual environment, whose pip brings uv, which brings Python 3.13: each writes the next.
FETCHED = f"""mkdir -p "$UV_PYTHON_INSTALL_DIR/cpython/bin"
cat > "$UV_PYTHON_INSTALL_DIR/cpython/bin/python3.13" <<'END'
#!/bin/sh
{WORKS}
END
chmod +x "$UV_PYTHON_INSTALL_DIR/cpython/bin/python3.13"
"""
BRINGS_UV = """[ "$2" = venv ] || exit 1
mkdir -p "$4/bin"
cat > "$4/bin/python" <<'PIP'
#!/bin/sh
[ "$2" = pip ] || exit 1
cat > "${0%/python}/uv" <<'UV'
#!/bin/sh
%s
UV
chmod +x "${0%/python}/uv"
PIP
chmod +x "$4/bin/python"
"""
UV_THAT_FETCHES = BRINGS_UV.replace("%s", FETCHED)
UV_WITHOUT_INTERNET = BRINGS_UV.replace(
    "%s", """case $* in *--quiet*) ;; *) echo 'error: Request failed' >&2 ;; esac; exit 2"""
)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A machine with a few tools, this project's scripts, and no Python: what each test adds is all there is."""
    for tool in TOOLS:
        (tmp_path / "tools").mkdir(exist_ok=True)
        (tmp_path / "tools" / tool).symlink_to(shutil.which(tool) or "")
    shutil.copytree(SCRIPTS, tmp_path / "project" / "scripts")
    return tmp_path


@pytest.fixture
def have(machine: Path) -> Have:
    """Puts a program there: where, and what it does."""

    def put(where: str, does: str) -> Path:
        program = machine / where
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text(f"#!/bin/sh\n{does}\n")
        program.chmod(0o755)
        return program

    return put


def find(machine: Path, *folders: str) -> subprocess.CompletedProcess[str]:
    path = ":".join(str(machine / folder) for folder in (*folders, "tools"))
    environment = {"PATH": path, "HOME": str(machine / "home")}
    command = [str(machine / "project" / "scripts" / "find-python")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=30)


PYENV = "home/.pyenv/versions/{}/bin/python3.13"

CASES = {
    "one on the path": ({"bin/python3.13": WORKS}, "bin/python3.13"),
    "in a folder with a space": ({"my bin/python3.13": WORKS}, "my bin/python3.13"),
    "behind a shim that refuses": ({"shims/python3.13": REFUSES, "bin/python3.13": WORKS}, "bin/python3.13"),
    "behind an older one by that name": ({"shims/python3.13": OLD, "bin/python3.13": WORKS}, "bin/python3.13"),
    "behind one without venv": ({"shims/python3.13": WITHOUT_VENV, "bin/python3.13": WORKS}, "bin/python3.13"),
    "in pyenv's folder": (
        {"shims/python3.13": REFUSES, PYENV.format("3.13.1"): WORKS},
        PYENV.format("3.13.1"),
    ),
    "in pyenv's folder, one of them broken": (
        {PYENV.format("3.13.0"): REFUSES, PYENV.format("3.13.1"): WORKS},
        PYENV.format("3.13.1"),
    ),
    "fetched by uv": (
        {"shims/python3.13": REFUSES, "bin/python3": UV_THAT_FETCHES},
        "project/.local/python/cpython/bin/python3.13",
    ),
    "fetched by uv, behind a python3 that refuses": (
        {"shims/python3": REFUSES, "bin/python3": UV_THAT_FETCHES},
        "project/.local/python/cpython/bin/python3.13",
    ),
}


@pytest.mark.parametrize(("programs", "expected"), CASES.values(), ids=CASES)
def test_it_prints_a_python_that_runs(machine: Path, have: Have, programs: dict[str, str], expected: str) -> None:
    for where, does in programs.items():
        have(where, does)
    found = find(machine, "shims", "bin", "my bin")
    assert (found.returncode, found.stdout) == (0, f"{machine / expected}\n"), found.stderr


HOPELESS = {
    "there is nothing": {},
    "all refuse": {"bin/python3.13": REFUSES, "bin/python3": REFUSES},
    "uv has no internet": {"bin/python3": UV_WITHOUT_INTERNET},
}


@pytest.mark.parametrize("programs", HOPELESS.values(), ids=HOPELESS)
def test_otherwise_it_says_what_to_install(machine: Path, have: Have, programs: dict[str, str]) -> None:
    for where, does in programs.items():
        have(where, does)
    found = find(machine, "bin")
    assert (found.returncode, found.stdout) == (1, "")
    assert "Install it with its venv" in found.stderr.splitlines()[-1]


def test_it_says_why_nothing_could_be_fetched(machine: Path, have: Have) -> None:
    have("bin/python3", UV_WITHOUT_INTERNET)
    assert "error: Request failed" in find(machine, "bin").stderr


def test_what_was_fetched_is_found_again_without_fetching(machine: Path, have: Have) -> None:
    python3 = have("bin/python3", UV_THAT_FETCHES)
    first = find(machine, "bin")
    python3.unlink()
    assert find(machine, "bin").stdout == first.stdout != ""
