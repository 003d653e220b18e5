"""The tests' own environment, set before the settings are read (see `addopts` in pyproject.toml).

Each test process (with xdist, each worker) has its own home folder and its own two Valkey servers.
"""

import os
import shutil
import tempfile
from pathlib import Path

from config.catalogues import compile_all
from tests.services import close_the_network, start_valkeys

pytest_plugins = ["tests.chromium"]

# Not TMPDIR: a unix socket's path must stay below 108 bytes.
HOME = Path(tempfile.mkdtemp(prefix="ronda-tests-", dir="/tmp"))
os.environ["RONDA_HOME"] = str(HOME)
os.environ["RONDA_NEW"] = "1"
os.environ["RONDA_DEMO"] = "0"
os.environ["DEBUG"] = "0"
os.environ["SECRET_KEY"] = "only-for-tests-" + "x" * 50
os.environ["CELERY_EAGER"] = "0"
for outside in ("SITE_URL", "ALLOWED_HOSTS", "EMAIL_URL", "TRUSTED_PROXIES", "MAP_TILE_URL"):
    os.environ.pop(outside, None)
(HOME / "static").mkdir()
if "PYTEST_XDIST_WORKER" not in os.environ:
    compile_all()  # or pages would speak Spanish only after a journey has prepared its house
urls = start_valkeys(HOME)
os.environ["REDIS_URL"], os.environ["LIMITS_URL"] = urls["broker"], urls["limits"]
close_the_network()


def pytest_unconfigure() -> None:
    """Leave nothing behind. (A worker of xdist runs no exit hooks.)"""
    shutil.rmtree(HOME, ignore_errors=True)
