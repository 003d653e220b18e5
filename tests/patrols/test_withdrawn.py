"""Whoever withdrew, or was taken off, is a stranger to that night: somebody may be followed there."""

from datetime import timedelta

import pytest

from patrols.actions import attendance, log, patrols, pledges, signups
from patrols.models import CrewMember, LogEntry, Move, Patrol, Signup
from patrols.queries import pages
from rules.refusals import NotAllowed
from tests.factories import NOON, SignupFactory


@pytest.fixture
def patrol(shift, crew, volunteer):
    """A briefing whose crew of two is there, and one who was expected until the coordinator took them off."""
    shift.capacity = 3
    shift.save()
    SignupFactory(shift=shift, membership=volunteer, organization=shift.organization)
    meeting = shift.starts_at - patrols.BRIEFING_OPENS
    patrol = patrols.open_briefing(shift=shift, by=crew[0], at=meeting)
    for member in crew:
        patrols.check_in(patrol=patrol, by=member, at=meeting)
        pledges.give(patrol=patrol, by=member, at=meeting)
    return patrol


@pytest.fixture
def taken_off(patrol, volunteer, coordinator):
    signups.withdraw(signup=Signup.objects.get(membership=volunteer), by=coordinator, at=NOON)
    return volunteer


def test_whoever_was_taken_off_is_excused(taken_off):
    assert CrewMember.objects.get(membership=taken_off).attendance == "excused"


def test_whoever_was_taken_off_sees_neither_the_patrol_nor_its_steps_nor_its_log(patrol, taken_off, crew):
    patrols.start(patrol=patrol, by=crew[0], at=patrol.shift.starts_at)
    log.add_entry(patrol=patrol, by=crew[0], at=patrol.shift.starts_at, text="Portón abierto")

    own = CrewMember.objects.get(membership=taken_off)
    assert list(CrewMember.objects.visible_to(taken_off)) == [own]  # what it says of oneself may be wrong
    assert CrewMember.objects.visible_to(crew[1]).count() > 1
    for rows in (Patrol, Move, LogEntry):
        assert list(rows.objects.visible_to(taken_off)) == []
        assert rows.objects.visible_to(crew[1]).exists()
    assert pages.running(taken_off) is None


@pytest.mark.parametrize(
    "verb",
    [
        lambda patrol, by: patrols.check_in(patrol=patrol, by=by, at=patrol.shift.starts_at),
        lambda patrol, by: patrols.start(patrol=patrol, by=by, at=patrol.shift.starts_at),
        lambda patrol, by: patrols.cancel(patrol=patrol, by=by, at=NOON, reason="Porque sí"),
        lambda patrol, by: log.add_entry(patrol=patrol, by=by, at=NOON, text="Estoy aquí"),
    ],
    ids=["check_in", "start", "cancel", "add_entry"],
)
def test_whoever_was_taken_off_runs_nothing(verb, patrol, taken_off):
    with pytest.raises(NotAllowed):
        verb(patrol, taken_off)


def test_a_page_of_the_outing_is_not_theirs(patrol, taken_off, browsing):
    address = f"/o/{patrol.organization.code}/mine/patrols/{patrol.pk}/"
    assert browsing(taken_off).get(address).status_code == 404


def test_whoever_signs_up_again_belongs_to_the_crew_again(patrol, taken_off):
    meeting = patrol.briefed_at
    signups.sign_up(shift=patrol.shift, by=taken_off, at=meeting)

    patrols.check_in(patrol=patrol, by=taken_off, at=meeting)
    assert Patrol.objects.visible_to(taken_off).exists()


# -- the one who leads


@pytest.fixture
def gathering(shift, crew, volunteer):
    """A briefing of three that one of the crew opened from home."""
    shift.capacity = 3
    shift.save()
    SignupFactory(shift=shift, membership=volunteer, organization=shift.organization)
    return patrols.open_briefing(shift=shift, by=crew[0], at=shift.starts_at - patrols.BRIEFING_OPENS)


def come(patrol, *members):
    """One after the other."""
    for minutes, member in enumerate(members):
        at = patrol.briefed_at + timedelta(minutes=minutes)
        patrols.check_in(patrol=patrol, by=member, at=at)
        pledges.give(patrol=patrol, by=member, at=at)


def test_where_the_leader_withdraws_another_leads(gathering, crew, volunteer):
    come(gathering, crew[1])
    signups.withdraw(signup=Signup.objects.get(membership=crew[0]), by=crew[0], at=NOON)
    assert Patrol.objects.get().leader == crew[1]
    patrols.check_in(patrol=gathering, by=crew[1], at=NOON, member=volunteer)  # who has no phone


def test_where_the_coordinator_excuses_the_leader_another_leads(gathering, crew, volunteer, coordinator):
    leads = CrewMember.objects.get(membership=crew[0])
    attendance.excuse(crew_member=leads, by=coordinator, at=gathering.briefed_at)
    assert Patrol.objects.get().leader in (crew[1], volunteer)


def test_where_another_withdraws_the_leader_leads_on(gathering, crew):
    signups.withdraw(signup=Signup.objects.get(membership=crew[1]), by=crew[1], at=NOON)
    assert Patrol.objects.get().leader == crew[0]


def test_a_crew_whose_leader_did_not_come_is_led_by_whoever_came_first(gathering, crew, volunteer):
    come(gathering, volunteer, crew[1])
    assert Patrol.objects.get().leader == crew[0]
    patrol = patrols.start(patrol=gathering, by=crew[1], at=gathering.shift.starts_at)
    assert Patrol.objects.get().leader == patrol.leader == volunteer
