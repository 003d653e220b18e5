"""Whoever withdrew, or was taken off, is a stranger to that night: somebody may be followed there."""

import pytest

from patrols.actions import log, patrols, pledges, signups
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
