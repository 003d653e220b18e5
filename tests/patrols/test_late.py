"""What becomes of a step of last night that arrives in the morning, by where the patrol is by then."""

from datetime import timedelta

import pytest

from accounts.actors import SystemActor
from audit.models import Entry
from patrols.actions import attendance, patrols
from patrols.actions.moves import Stamp
from patrols.models import Move
from rules.refusals import Decided, IllegalMove

HOUR = timedelta(hours=1)
AGAIN, STANDS = "send it again", "people said otherwise"
VERBS = [
    *("open_briefing", "check_in", "leave", "start", "pause", "resume"),
    *("finish", "close", "abort_for_safety"),
]
TOLD_AFTER = VERBS[:6]


def stays(status):
    return dict.fromkeys(TOLD_AFTER, status)


# The tests' own copy, never the product's table. What is not named is to be sent again.
LATE = {
    "missed": {"open_briefing": "briefing", "check_in": "briefing", "start": "active"},
    "briefing": {"open_briefing": "briefing", "check_in": "briefing", "start": "active"},
    "active": stays("active")
    | {"pause": "paused", "finish": "debrief", "abort_for_safety": "aborted_for_safety"},
    "paused": stays("paused")
    | {"resume": "active", "finish": "debrief", "abort_for_safety": "aborted_for_safety"},
    "debrief": stays("debrief") | {"finish": "debrief", "close": "closed", "abort_for_safety": STANDS},
    "closed by the clock": stays("closed") | {"finish": "debrief", "abort_for_safety": "aborted_for_safety"},
    "closed": stays("closed") | {"finish": "closed", "close": STANDS, "abort_for_safety": STANDS},
    "aborted_for_safety": stays("aborted_for_safety")
    | {"abort_for_safety": "aborted_for_safety", "finish": STANDS, "close": STANDS},
    "reviewed": dict.fromkeys(VERBS, STANDS),
    "cancelled": dict.fromkeys(VERBS, STANDS),
}


@pytest.fixture
def found(patrol_that_is, shift):
    """A patrol as the morning finds it."""

    def make(status):
        patrol = patrol_that_is("active" if status == "closed by the clock" else status)
        patrol.briefed_at = shift.starts_at - HOUR / 2
        patrol.save()
        if status == "closed by the clock":
            patrols.close_forgotten(by=SystemActor("forgotten"), at=shift.ends_at + 3 * HOUR)
        return patrol

    return make


def press(patrol, crew, verb, happened_at):
    step = {
        "by": crew[1],
        "at": patrol.shift.ends_at + 9 * HOUR,
        "stamp": Stamp(happened_at=happened_at),
    }
    words = {"close": {"summary": "Sin novedad"}, "abort_for_safety": {"reason_code": "weather"}}
    if verb == "open_briefing":
        return patrols.open_briefing(shift=patrol.shift, **step)
    room = attendance if verb == "leave" else patrols
    return getattr(room, verb)(patrol=patrol, **step, **words.get(verb, {}))


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", LATE)
def test_every_late_step_is_applied_or_sent_again_or_kept_for_a_person(status, verb, found, crew):
    patrol = found(status)
    expected = LATE[status].get(verb, AGAIN)

    if expected in {AGAIN, STANDS}:
        with pytest.raises(IllegalMove if expected == AGAIN else Decided):
            press(patrol, crew, verb, patrol.shift.starts_at + HOUR)
        before = patrol.status if status != "closed by the clock" else "closed"
        patrol.refresh_from_db()
        assert patrol.status == before
        return
    press(patrol, crew, verb, patrol.shift.starts_at + HOUR)
    patrol.refresh_from_db()
    assert patrol.status == expected
    assert (patrol.came_late_at is not None) == (Entry.objects.filter(action="patrol.came_late").count() == 1)
    assert Move.objects.get(verb=verb).moment == patrol.shift.starts_at + HOUR


@pytest.mark.parametrize("status", ["missed", "closed by the clock"])
@pytest.mark.parametrize("verb", ["open_briefing", "start", "finish"])
def test_without_its_own_hour_nothing_moves_the_clocks_conclusion(status, verb, found, crew):
    patrol = found(status)
    with pytest.raises(IllegalMove):
        press(patrol, crew, verb, None)


@pytest.mark.parametrize("status", ["active", "debrief"])
def test_a_step_pressed_twice_with_signal_is_still_a_conflict(status, found, crew):
    """Two thumbs at one door: that is no night that comes late."""
    patrol = found(status)
    at = patrol.shift.starts_at + HOUR
    with pytest.raises(IllegalMove):
        patrols.start(patrol=patrol, by=crew[1], at=at, stamp=Stamp(happened_at=at - timedelta(minutes=1)))
