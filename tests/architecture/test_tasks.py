"""What goes through the broker: the alarm clock's rings, and nothing else."""

import inspect

import pytest

from config.celery import app

app.loader.import_default_modules()
TASKS = {name: task for name, task in app.tasks.items() if not name.startswith("celery.")}
KNOWN = {"ronda.tick", "ronda.deliver", "ronda.chores"}


def carries(task) -> list[str]:
    """The arguments a task takes: each would travel through the broker in the clear."""
    return list(inspect.signature(task.run).parameters)


def test_every_task_is_known():
    assert set(TASKS) == KNOWN


@pytest.mark.parametrize("name", sorted(TASKS))
def test_no_task_carries_anything(name):
    assert carries(TASKS[name]) == []


@pytest.mark.parametrize("name", sorted(TASKS))
def test_no_task_retries_by_itself_or_keeps_a_result(name):
    assert not getattr(TASKS[name], "autoretry_for", ())
    assert TASKS[name].ignore_result


@pytest.mark.parametrize("entry", app.conf.beat_schedule.values(), ids=lambda entry: entry["task"])
def test_every_ring_is_a_known_task_and_goes_stale(entry):
    assert entry["task"] in KNOWN
    assert not entry.get("args")
    assert not entry.get("kwargs")
    assert entry["options"]["expires"] <= entry["schedule"]


def test_a_task_that_carries_a_name_is_seen():
    class Breach:
        def run(self, full_name):
            """Planted."""

    assert carries(Breach()) == ["full_name"]
