"""Who of the desk answers, and what a crew may rely on."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from patrols.actions import duty
from patrols.models import DutyTurn
from patrols.queries.duty import on_duty, who_answers
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound, Stale
from tests.factories import NOON, MembershipFactory, OrganizationFactory

HOUR = timedelta(hours=1)
PLACE = "150132"


@pytest.fixture
def desk():
    return OrganizationFactory(kind="municipality", ubigeo=PLACE)


@pytest.fixture
def watcher(desk):
    return MembershipFactory(organization=desk, roles={Role.REVIEWER}, alias="Colibrí")


@pytest.fixture
def relief(desk):
    return MembershipFactory(organization=desk, roles={Role.REVIEWER}, alias="Zorzal")


def turn(by, member=None, starts=0, hours=8, at=NOON):
    starts_at = NOON + starts * HOUR
    return duty.plan(by=by, member=member or by, starts_at=starts_at, ends_at=starts_at + hours * HOUR, at=at)


def test_the_one_on_duty_answers_from_first_to_last_minute(watcher):
    turn(watcher)
    assert list(on_duty(PLACE, NOON - HOUR)) == []
    assert list(on_duty(PLACE, NOON)) == [watcher]
    assert list(on_duty(PLACE, NOON + 8 * HOUR)) == []
    assert who_answers(PLACE, NOON).aliases == ["Colibrí"]


def test_nobody_answers_where_no_desk_is_or_none_is_on_duty(watcher):
    turn(watcher)
    assert who_answers("150110", NOON) is None
    assert who_answers(PLACE, NOON + 9 * HOUR) is None


def test_a_gap_in_the_evening_is_told(watcher, relief):
    turn(watcher, hours=2)
    turn(watcher, relief, starts=2, hours=2)
    turn(watcher, relief, starts=5, hours=2)
    assert who_answers(PLACE, NOON, NOON + 7 * HOUR).until == NOON + 4 * HOUR
    assert who_answers(PLACE, NOON, NOON + 3 * HOUR).until >= NOON + 3 * HOUR


def test_whoever_left_answers_no_more(watcher, relief):
    turn(relief, watcher)
    watcher.left_on = NOON.date()
    watcher.save()
    assert who_answers(PLACE, NOON) is None


def test_nobody_is_on_duty_twice_at_once(watcher, relief):
    turn(watcher)
    with pytest.raises(Conflict) as refusal:
        turn(relief, watcher, starts=7)
    assert refusal.value.code == "overlap"
    turn(relief, starts=7)


@pytest.mark.parametrize(
    ("starts", "hours", "field"),
    [
        (0, 0, "ends_at"),
        (0, -1, "ends_at"),
        (0, 17, "ends_at"),
        (-9, 8, "ends_at"),
        (24 * 61, 8, "starts_at"),
    ],
)
def test_hours_that_cannot_be_are_named(watcher, starts, hours, field):
    with pytest.raises(Invalid) as refusal:
        turn(watcher, starts=starts, hours=hours)
    assert set(refusal.value.fields) == {field}


def test_i_am_on_duty_now_lasts_until_my_next_turn_and_stands_when_said_twice(watcher):
    turn(watcher, starts=3)
    first = duty.begin_now(by=watcher, at=NOON)
    assert first.ends_at == NOON + 3 * HOUR
    assert duty.begin_now(by=watcher, at=NOON + HOUR) == first


def test_whoever_covers_says_so_and_what_was_served_stays(watcher, relief):
    later = turn(watcher, starts=10)
    assert duty.take_over(turn=later, by=relief, at=NOON).member == relief
    running = turn(watcher)
    taken = duty.take_over(turn=running, by=relief, at=NOON + 2 * HOUR)
    running.refresh_from_db()
    assert (running.member, running.ends_at) == (watcher, NOON + 2 * HOUR)
    assert (taken.member, taken.starts_at, taken.ends_at) == (relief, NOON + 2 * HOUR, NOON + 8 * HOUR)


def test_a_turn_is_taken_off_or_ended(watcher):
    duty.end(turn=turn(watcher, starts=10), by=watcher, at=NOON)
    running = turn(watcher)
    duty.end(turn=running, by=watcher, at=NOON + HOUR)
    assert who_answers(PLACE, NOON + HOUR) is None
    assert DutyTurn.objects.standing().count() == 1
    with pytest.raises(IllegalMove):
        duty.end(turn=running, by=watcher, at=NOON + 2 * HOUR)


def test_a_turn_somebody_changed_meanwhile_is_stale(watcher, relief):
    planned = turn(watcher, starts=10)
    duty.take_over(turn=planned, by=relief, at=NOON)
    with pytest.raises(Stale):
        duty.end(turn=planned, by=watcher, at=NOON, expected_version=1)


def test_boards_privacy_officers_and_other_desks_plan_nothing(watcher, coordinator, desk):
    planned = turn(watcher)
    officer = MembershipFactory(organization=desk, roles={Role.PRIVACY_OFFICER})
    for member, refusal in ((coordinator, NotAllowed), (officer, NotAllowed)):
        with pytest.raises(refusal):
            duty.end(turn=planned, by=member, at=NOON)
    elsewhere = OrganizationFactory(kind="municipality", ubigeo="150110")
    far = MembershipFactory(organization=elsewhere, roles={Role.REVIEWER})
    with pytest.raises(NotFound):
        duty.end(turn=planned, by=far, at=NOON)
    with pytest.raises(NotFound):
        turn(watcher, far)
    with pytest.raises(Invalid):
        turn(watcher, officer)
