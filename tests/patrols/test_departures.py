"""Members who are gone hold no place: the line moves, and the crew is counted without them."""

from datetime import timedelta

import pytest

from accounts.actions import members, people
from accounts.actors import SystemActor
from audit.models import Entry
from config import chores
from notifications.models import Notice
from patrols import queries
from patrols.actions import signups
from patrols.models import CrewMember, Shift, Signup
from patrols.queries.shifts import as_seen_by
from rules.refusals import NotAllowed
from tests.factories import (
    NOON,
    CrewMemberFactory,
    MembershipFactory,
    PatrolFactory,
    ShiftFactory,
    SignupFactory,
)

JOB = SystemActor("release")


@pytest.fixture
def leaver(shift, crew, coordinator):
    """One of the crew of two whose membership the coordinator has just ended."""
    members.end(by=coordinator, membership=crew[0], at=NOON)
    return crew[0]


def signup_of(member):
    return Signup.objects.get(membership=member)


def taken(shift):
    return Shift.objects.get(pk=shift.pk).places_taken


def test_the_clock_frees_the_places_of_whoever_is_gone(shift, leaver):
    chores.run(chores.CHORES, now=NOON)

    assert (signup_of(leaver).status, signup_of(leaver).ended_at, taken(shift)) == ("withdrawn", NOON, 1)
    assert Entry.objects.get(action="signup.released").actor == "job:release"


def test_whoever_leaves_by_themselves_frees_their_place_too(shift, crew):
    members.leave(by=crew[0], at=NOON)

    assert signups.release(by=JOB, at=NOON) == 1
    assert signup_of(crew[0]).status == "withdrawn"


def test_a_freed_place_is_offered_to_the_next_in_line(shift, leaver, volunteer):
    waiting = SignupFactory(
        shift=shift, membership=volunteer, organization=shift.organization, status="waitlisted"
    )

    signups.release(by=JOB, at=NOON)

    waiting.refresh_from_db()
    assert (waiting.status, taken(shift)) == ("offered", 2)
    assert Notice.objects.filter(kind="place_offered", recipient_id=volunteer.pk).exists()


def test_a_crew_is_counted_without_whoever_is_gone(shift, leaver, crew):
    signups.release(by=JOB, at=NOON)

    night = as_seen_by(Shift.objects.all(), crew[1]).get()
    assert night.confirmed == 1
    assert list(queries.short_shifts(Shift.objects.all(), NOON, NOON + timedelta(days=7))) == [shift]


@pytest.mark.parametrize("status", ["offered", "waitlisted"])
def test_an_offer_or_a_wait_of_somebody_gone_ends_too(status, shift, volunteer, coordinator):
    SignupFactory(shift=shift, membership=volunteer, organization=shift.organization, status=status)
    members.end(by=coordinator, membership=volunteer, at=NOON)

    signups.release(by=JOB, at=NOON)

    assert (signup_of(volunteer).status, taken(shift)) == ("withdrawn", 0)


def test_the_briefing_no_longer_expects_whoever_is_gone(shift, leaver, crew):
    patrol = PatrolFactory(
        shift=shift, organization=shift.organization, leader=crew[1], status="briefing", briefed_at=NOON
    )
    expected = CrewMemberFactory(patrol=patrol, membership=leaver, organization=shift.organization)

    signups.release(by=JOB, at=NOON)

    expected.refresh_from_db()
    assert expected.attendance == "excused"


def test_whoever_already_stands_with_the_crew_stays_counted_and_stops_nobody_elses_release(
    shift, leaver, crew, coordinator
):
    patrol = PatrolFactory(
        shift=shift, organization=shift.organization, leader=crew[1], status="briefing", briefed_at=NOON
    )
    CrewMemberFactory(patrol=patrol, membership=leaver, organization=shift.organization, attendance="present")
    elsewhere = SignupFactory(organization=shift.organization)
    members.end(by=coordinator, membership=elsewhere.membership, at=NOON)

    assert signups.release(by=JOB, at=NOON) == 1
    assert (signup_of(leaver).status, signup_of(elsewhere.membership).status) == ("confirmed", "withdrawn")
    assert CrewMember.objects.get().attendance == "present"


def test_nights_that_began_keep_who_came(shift, leaver):
    assert signups.release(by=JOB, at=shift.starts_at) == 0
    assert signup_of(leaver).status == "confirmed"


def test_releasing_twice_changes_nothing_more(shift, leaver, crew):
    assert [signups.release(by=JOB, at=NOON) for _ in range(2)] == [1, 0]
    assert (taken(shift), signup_of(crew[1]).status) == (1, "confirmed")


def test_somebody_asked_back_before_the_clock_rang_keeps_their_place(shift, leaver, coordinator):
    people.invite_again(by=coordinator, membership=leaver, at=NOON)

    assert signups.release(by=JOB, at=NOON) == 0


def test_several_nights_and_boards_are_released_together(coordinator):
    boards = [coordinator.organization, MembershipFactory().organization]
    for board in boards:
        for number in range(2):
            shift = ShiftFactory(organization=board, starts_at=NOON + timedelta(days=2 + number))
            SignupFactory(shift=shift, organization=board, membership__left_on=NOON.date())

    assert signups.release(by=JOB, at=NOON) == 4
    assert set(Shift.objects.values_list("places_taken", flat=True)) == {0}


def test_no_other_job_may_release(shift, leaver):
    with pytest.raises(NotAllowed):
        signups.release(by=SystemActor("missed"), at=NOON)
    assert signup_of(leaver).status == "confirmed"
