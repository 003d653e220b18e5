"""The embedded Valkey: real, private, and gone with whoever started it."""

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.cache import cache
from redis import Redis

from config import valkey
from tests.environment import HOME


def test_the_tests_talk_to_a_real_valkey_of_their_own():
    broker = Redis.from_url(settings.REDIS_URL)
    assert broker.info()["server_name"] == "valkey"
    assert str(HOME) in settings.REDIS_URL


def test_the_broker_keeps_every_write_and_evicts_nothing():
    broker = Redis.from_url(settings.REDIS_URL)
    assert broker.config_get("appendonly")["appendonly"] == "yes"
    assert broker.config_get("maxmemory-policy")["maxmemory-policy"] == "noeviction"


def test_limits_reach_no_disk():
    cache.set("attempts", 3)
    limits = Redis.from_url(settings.LIMITS_URL)
    assert limits.config_get("appendonly")["appendonly"] == "no"
    assert limits.config_get("save")["save"] == ""
    assert cache.get("attempts") == 3


def test_neither_server_listens_on_the_network():
    for url in (settings.REDIS_URL, settings.LIMITS_URL):
        assert Redis.from_url(url).config_get("port")["port"] == "0"


def test_a_folder_others_can_enter_is_refused(tmp_path):
    tmp_path.chmod(0o755)
    with pytest.raises(valkey.Unavailable):
        valkey.prepare_folder(tmp_path)


def test_a_killed_parent_leaves_no_server_behind():
    folder = HOME / "orphan"
    code = (
        "import sys,time; from pathlib import Path; from config import valkey;"
        "valkey.start(Path(sys.argv[1]), kept_in=None); print('ready', flush=True); time.sleep(60)"
    )
    address = folder / "a.sock"
    with subprocess.Popen([sys.executable, "-c", code, address], stdout=subprocess.PIPE) as parent:
        assert parent.stdout.readline() == b"ready\n"
        assert valkey.answers(address)
        parent.send_signal(signal.SIGKILL)
    assert _silent_within(5, address)


def test_a_test_cannot_reach_the_network():
    with socket.socket() as line, pytest.raises(RuntimeError, match="reached for the network"):
        line.connect(("192.0.2.1", 80))


def _silent_within(seconds: float, address: Path) -> bool:
    until = time.monotonic() + seconds
    while valkey.answers(address) and time.monotonic() < until:
        time.sleep(0.05)
    return not valkey.answers(address)
