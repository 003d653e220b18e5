"""The tests' own environment, set before the settings are read (see `addopts` in pyproject.toml)."""

import os
import tempfile
from pathlib import Path

HOME = Path(tempfile.mkdtemp(prefix="ronda-tests-"))
os.environ["RONDA_HOME"] = str(HOME)
os.environ["RONDA_NEW"] = "1"
os.environ["RONDA_DEMO"] = "0"
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
os.environ["CELERY_EAGER"] = "0"
(HOME / "static").mkdir()
