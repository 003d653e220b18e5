"""Sessions that ended are cleared away: who was here, and on which phone, is not kept."""

from datetime import timedelta

import pytest

from accounts.actions import sessions
from accounts.actors import SystemActor
from accounts.models import Session
from config import chores
from rules.refusals import NotAllowed
from tests.factories import NOON


@pytest.fixture
def kept():
    """Sessions that end a second ago, now and in a second."""
    return [
        Session.objects.create(session_key=f"s{n}", session_data="", expire_date=NOON + timedelta(seconds=n))
        for n in (-1, 0, 1)
    ]


def test_the_clock_deletes_what_ended_and_nothing_else(kept):
    chores.run(["sessions"], now=NOON)
    assert list(Session.objects.all()) == [kept[2]]


def test_sweeping_goes_on_where_it_stopped(kept, monkeypatch):
    monkeypatch.setattr(sessions, "AT_ONCE", 1)
    swept = [sessions.sweep(by=SystemActor("sessions"), at=NOON) for _ in range(3)]
    assert swept == [1, 1, 0]


def test_no_other_job_sweeps(kept):
    with pytest.raises(NotAllowed):
        sessions.sweep(by=SystemActor("offers"), at=NOON)
