"""The line of apps holds, and the tool that says so sees an import that climbs it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "config",
    "insights",
    "phone",
    "incidents",
    "programs",
    "patrols",
    "places",
    "accounts",
    "notifications",
    "audit",
    "rules",
)
LINT = Path(sys.executable).parent / "lint-imports"


def lint(folder: Path) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [str(LINT), "--no-cache"]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)


@pytest.fixture
def copy(tmp_path):
    """The house without its furniture: sources and contracts."""
    for app in APPS:
        shutil.copytree(ROOT / app, tmp_path / app, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_line_holds(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("room", "climbs"),
    [
        ("rules/refusals.py", "import accounts.roles"),
        ("accounts/queries.py", "import patrols.models"),
        ("audit/queries.py", "import notifications.models"),
        ("patrols/states/nights.py", "import patrols.models"),
        ("patrols/actions/signups.py", "import patrols.views.mine"),
        ("patrols/actions/log.py", "import rest_framework.views"),
    ],
)
def test_an_import_that_climbs_is_seen(copy, room, climbs):
    path = copy / room
    path.write_text(f"{path.read_text()}\n{climbs}\n")
    done = lint(copy)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
