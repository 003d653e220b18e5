"""Where the browser of the journeys is, and what happens where there is none: never a silent skip."""

import os
import shutil

import pytest

FOUND = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
REQUIRED = os.environ.get("RONDA_JOURNEYS") == "required"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MISSING = (
    "Chromium was not found: the browser journeys were NOT run. Install it (Debian: apt install chromium)."
)


def pytest_configure() -> None:
    if REQUIRED and not FOUND:
        raise pytest.UsageError(f"RONDA_JOURNEYS=required, but {MISSING}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if FOUND:
        return
    journeys = [item for item in items if item.get_closest_marker("journey")]
    config.hook.pytest_deselected(items=journeys)
    items[:] = [item for item in items if item not in journeys]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if not FOUND:
        terminalreporter.section("BROWSER JOURNEYS WERE NOT RUN", sep="!", red=True, bold=True)
        terminalreporter.line(MISSING)
