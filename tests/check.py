"""`make check`: everything that must hold before a change is accepted. Runs all, then says what failed."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PYTHON, BIN = sys.executable, Path(sys.executable).parent
PYTEST = [PYTHON, "-m", "pytest", "--numprocesses", str(os.cpu_count() or 2)]
JOURNEYS = {"RONDA_JOURNEYS": "required"}
PRODUCTION = {
    "SITE_URL": "https://ronda.example.pe",
    "TRUSTED_PROXIES": "1",
    "EMAIL_URL": "smtp+tls://user:word@mail.example.pe:587",
    "DEBUG": "0",
    "RONDA_DEMO": "0",
}


def steps(home: str) -> list[tuple[str, list[str], dict[str, str]]]:
    """Name, command and environment of each check, the quick ones first."""
    manage = [PYTHON, "manage.py"]
    ours = {"RONDA_HOME": home, "RONDA_NEW": "1", "DATABASE_URL": ""}
    schema = str(Path(home) / "openapi.yaml")
    spectacular = ["spectacular", "--file", schema, "--validate", "--fail-on-warn", "--lang", "en"]
    return [
        ("style", [str(BIN / "ruff"), "check", "."], {}),
        ("format", [str(BIN / "ruff"), "format", "--check", "--quiet", "."], {}),
        ("types", [str(BIN / "mypy"), "."], ours),
        ("layers", [str(BIN / "lint-imports")], ours),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"], ours),
        ("words", [*manage, "messages", "check"], ours),
        ("openapi", [*manage, *spectacular], ours),
        ("openapi drift", ["diff", "--unified", "openapi.yaml", schema], {}),
        ("deployment", [*manage, "check", "--deploy", "--fail-level", "WARNING"], ours | PRODUCTION),
        ("tests on SQLite", PYTEST, JOURNEYS | {"DATABASE_URL": ""}),
        ("tests on PostgreSQL", [PYTHON, "-m", "tests.on_postgres", *PYTEST], JOURNEYS),
    ]


def run() -> list[str]:
    """Run every check. Answers the names of those that failed."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="ronda-check-") as home:
        for name, command, environment in steps(home):
            began = time.monotonic()
            print(f"\n== {name}", flush=True)
            done = subprocess.run(command, env=os.environ | environment)
            print(
                f"== {name}: {'FAILED' if done.returncode else 'ok'}, {time.monotonic() - began:.0f} s",
                flush=True,
            )
            failed += [name] if done.returncode else []
    return failed


if __name__ == "__main__":
    found = run()
    print(f"\nmake check: {'FAILED: ' + ', '.join(found) if found else 'all is well'}", flush=True)
    sys.exit(bool(found))
