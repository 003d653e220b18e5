"""`manage.py up`: what falls is started again, what is stopped stops in order, nothing is left over."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest
from redis import Redis

from config import presence
from tests.house import OURS, ROOT, House

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A home ready to start, made once."""
    home = tmp_path_factory.mktemp("prepared")
    done = House(home).manage("prepare")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def build(tmp_path, prepared):
    """Run a house in a copy of the prepared home, with these variables."""
    built = []

    def run(**environment):
        home = shutil.copytree(prepared, tmp_path / "home", dirs_exist_ok=True)
        built.append(House(home, **environment))
        return built[-1].start()

    yield run
    for house in built:
        house.stop()


@pytest.fixture
def house(build):
    return build()


def test_every_killed_child_comes_back_and_the_house_is_well_again(house):
    for name in OURS:
        fallen = house.first_pid(name)
        os.kill(fallen, signal.SIGKILL)
        house.wait_until(lambda name=name, fallen=fallen: house.pids(name) - {fallen}, 15)
        house.wait_until(house.is_ready, 20)
        assert f"{name} was killed by SIGKILL; starting it again" in house.said.read_text()


def test_killing_the_supervisor_leaves_no_orphan(house, build):
    assert len(house.all_pids()) >= 6  # five children, and gunicorn's own
    house.signal(signal.SIGKILL)
    house.wait_until(lambda: not house.all_pids(), 5)
    assert house.process.wait(5) == -signal.SIGKILL
    build()  # no stale lock, socket or schedule is in its way


def test_killing_gunicorn_leaves_none_of_its_workers(house):
    family = house.pids("web")
    os.kill(min(family), signal.SIGKILL)
    house.wait_until(lambda: not family & house.pids("web"), 5)


def test_ctrl_c_lets_the_worker_finish_its_task_and_stops_the_broker_last(tmp_path, build):
    marks = tmp_path / "marks"
    marks.mkdir()
    house = build(DJANGO_SETTINGS_MODULE="tests.config.trial_settings")
    send = "from tests.config.trial import leave_a_mark; leave_a_mark.delay({!r}, 3)"
    house.manage("shell", "--no-imports", "--command", send.format(str(marks)))
    house.wait_until(lambda: list(marks.glob("began-*")), 15)
    gone = _end_in_order(house)
    assert len(list(marks.glob("ended-*"))) == 1
    assert gone.index("web") < gone.index("worker")
    assert gone.index("beat") < gone.index("worker")
    assert gone.index("worker") < gone.index("broker")
    assert house.process.wait(10) == 0


def test_a_second_start_refuses_politely_and_harms_nothing(house):
    second = house.manage("up", "--prepare")
    assert second.returncode == 1
    assert "Ronda is already running" in second.stderr
    assert "Traceback" not in second.stderr
    assert house.is_ready()


def test_with_a_broker_of_ones_own_no_valkey_is_started(build):
    house = build(REDIS_URL=os.environ["REDIS_URL"], LIMITS_URL=os.environ["LIMITS_URL"])
    assert not house.pids("broker")
    assert not house.pids("limits")
    assert house.pids("worker")


def test_a_taken_port_is_said_in_one_sentence(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(presence.Taken, match=rf"Port {port} is taken by another program"):
            presence.take_port("127.0.0.1", port)


def test_a_lock_is_free_again_when_its_holder_ends(tmp_path):
    held = presence.take_home(tmp_path, "http://localhost:1")
    with pytest.raises(presence.Taken, match=f"process {os.getpid()}, http://localhost:1"):
        presence.take_home(tmp_path, "http://localhost:2")
    os.close(held)
    os.close(presence.take_home(tmp_path, "http://localhost:2"))


def test_a_task_of_a_killed_worker_comes_back_within_20_seconds(tmp_path):
    Redis.from_url(os.environ["REDIS_URL"]).flushdb()
    first = _worker()
    try:
        send = "from tests.config.trial import leave_a_mark as task; import sys; task.delay(sys.argv[1], 5)"
        subprocess.run([sys.executable, "-c", send, tmp_path], cwd=ROOT, check=True, timeout=30)
        _wait_for(tmp_path, f"began-{first.pid}-*", 30)
        first.kill()
        killed_at = time.monotonic()
    finally:
        first.kill()
        first.wait()
    second = _worker()
    try:
        _wait_for(tmp_path, f"began-{second.pid}-*", 20)
        assert time.monotonic() - killed_at < 20
        _wait_for(tmp_path, f"ended-{second.pid}-*", 10)
    finally:
        second.kill()
        second.wait()


def _worker():
    celery = [sys.executable, "-W", "ignore", "-m", "celery", "--app", "tests.config.trial", "--quiet"]
    flags = ["--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle"]
    return subprocess.Popen([*celery, "worker", *flags, "--without-heartbeat"], cwd=ROOT)


def _wait_for(folder, pattern, seconds):
    until = time.monotonic() + seconds
    while not list(folder.glob(pattern)):
        assert time.monotonic() < until, f"no {pattern} within {seconds} s"
        time.sleep(0.05)


def _end_in_order(house):
    """Ctrl-C, and the children in the order the kernel saw them end."""
    watched = select.poll()
    names = {os.pidfd_open(house.first_pid(name)): name for name in OURS}
    for number in names:
        watched.register(number, select.POLLIN)
    house.signal(signal.SIGINT)
    gone, until = [], time.monotonic() + 60
    while len(gone) < len(names) and time.monotonic() < until:
        for number, _event in watched.poll(1000):
            watched.unregister(number)
            os.close(number)
            gone.append(names[number])
    return gone
