"""Everything is made once, and again when what it was made from has changed."""

import shutil
import subprocess
import time
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
SOURCES = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-node.txt",
    "local/azurite/package-lock.json",
)
MADE = (".venv/bin/python", ".local/node", "local/azurite/node_modules/.package-lock.json")

# Stands for the whole installation: notes that it was asked to, makes what it makes, leaves the stamp.
INSTALLS = f"""#!/bin/sh
echo run >> runs
for file in {" ".join(MADE)}; do
    mkdir -p "$(dirname "$file")"
    printf '#!/bin/sh\\n' > "$file"
    chmod +x "$file"
done
printf '%s' "$3" > .local/ready
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has been set up once."""
    root = tmp_path / "project"
    shutil.copytree(SCRIPTS, root / "scripts")
    for source in SOURCES:
        (root / source).parent.mkdir(parents=True, exist_ok=True)
        (root / source).write_text("one\n")
    python = tmp_path / "python"
    python.write_text(INSTALLS)
    python.chmod(0o755)
    (root / "scripts" / "find-python").write_text(f"#!/bin/sh\necho {python}\n")
    set_up(root)
    return root


def set_up(project: Path) -> int:
    """How often it has been made by now."""
    subprocess.run([project / "scripts" / "setup"], check=True, timeout=30)
    return len((project / "runs").read_text().split())


def test_the_second_time_nothing_is_left_to_do(project: Path) -> None:
    started = time.monotonic()
    assert set_up(project) == 1
    assert time.monotonic() - started < 0.3


CHANGES = {
    **{f"{name} changed": (name, "two\n") for name in SOURCES},
    **{f"{name} is gone": (name, None) for name in MADE},
    "the Python beneath it is gone": (MADE[0], "#!/nowhere/python3.13\n"),
}


@pytest.mark.parametrize(("name", "content"), CHANGES.values(), ids=CHANGES)
def test_it_is_made_again_where(project: Path, name: str, content: str | None) -> None:
    if content is None:
        (project / name).unlink()
    else:
        (project / name).write_text(content)
    assert set_up(project) == 2
    assert set_up(project) == 2


def test_it_is_made_again_in_a_copy_because_scripts_hold_the_path(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(project, copy)
    assert set_up(copy) == 2


def test_a_lock_names_no_registry() -> None:
    lock = SCRIPTS.parent / "local" / "azurite" / "package-lock.json"
    assert '"integrity"' in lock.read_text()
    assert '"resolved"' not in lock.read_text()
