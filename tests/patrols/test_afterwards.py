"""Once a patrol is over, who walked is known to whoever walked and to the coordinator from memory
and record; a page does not go on telling it to everybody who once put their name down."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils.translation import gettext

from patrols.actions import log, patrols, pledges
from patrols.models import CrewMember
from tests.factories import SignupFactory


@pytest.fixture
def night(shift, crew, volunteer, coordinator):
    """A night of two; a third was expected and never came."""
    for mate, alias in zip([*crew, volunteer], ("Lechuza Uno", "Garza Dos", "Cóndor Tres"), strict=True):
        mate.alias = alias
        mate.save()
    shift.capacity = 3
    shift.save()
    SignupFactory(shift=shift, membership=volunteer, organization=shift.organization)
    start = shift.starts_at
    patrol = patrols.open_briefing(shift=shift, by=crew[0], at=start - timedelta(minutes=10))
    for member in crew:
        patrols.check_in(patrol=patrol, by=member, at=start)
        pledges.give(patrol=patrol, by=member, at=start)
    patrols.start(patrol=patrol, by=crew[0], at=start)
    log.add_entry(patrol=patrol, by=crew[1], at=start, text="Poste apagado")
    return patrol


@pytest.fixture
def finished(night, crew, shift):
    patrols.finish(patrol=night, by=crew[0], at=shift.ends_at)
    return patrols.close(patrol=night, by=crew[0], at=shift.ends_at, summary="Ronda tranquila")


def read(browsing, member, patrol, at, page="patrol"):
    with time_machine.travel(at, tick=False):
        address = reverse(f"patrols:{page}", args=[patrol.organization.code, patrol.pk])
        return browsing(member).get(address).content.decode()


def test_whoever_never_came_reads_no_alias_of_who_did(browsing, finished, volunteer, crew, shift):
    page = read(browsing, volunteer, finished, shift.ends_at + timedelta(hours=1))

    assert "Poste apagado" in page
    assert not [mate.alias for mate in crew if mate.alias in page]


def test_the_crew_reads_its_own_alias_and_nobody_elses(browsing, finished, crew, shift):
    page = read(browsing, crew[0], finished, shift.ends_at + timedelta(hours=1))

    assert crew[0].alias in page
    assert crew[1].alias not in page


def test_the_coordinator_reads_who_walked(browsing, finished, coordinator, crew, shift):
    page = read(browsing, coordinator, finished, shift.ends_at + timedelta(days=3))
    assert all(mate.alias in page for mate in crew)


def test_while_they_are_out_longer_than_planned_the_crew_still_knows_each_other(browsing, night, crew, shift):
    page = read(browsing, crew[0], night, shift.ends_at + timedelta(hours=1), page="outing")
    assert all(mate.alias in page for mate in crew)


def test_a_line_that_arrived_late_says_so_on_the_page(browsing, finished, crew, shift):
    later = shift.ends_at + timedelta(hours=9)
    page = read(browsing, crew[0], finished, later)
    assert gettext("arrived late") not in page

    log.add_entry(patrol=finished, by=crew[1], at=later, text="Reja rota", captured_at=shift.starts_at)

    page = read(browsing, crew[0], finished, later)
    assert "Reja rota" in page
    assert page.count(gettext("arrived late")) == 1


def test_the_night_is_kept_whole_in_the_record(finished):
    assert CrewMember.objects.filter(patrol=finished).count() == 3


def test_the_municipality_reads_that_it_was_done_and_nothing_of_what_they_wrote(
    as_, finished, reviewer, coordinator, shift
):
    def answered(member):
        with time_machine.travel(shift.ends_at, tick=False):
            address = reverse("patrols-api:patrol-detail", args=[member.organization.code, finished.pk])
            return as_(member).get(address).json()

    assert answered(coordinator)["summary"] == "Ronda tranquila"
    seen = answered(reviewer)
    assert (seen["status"], seen["summary"], seen["leader"], seen["mood"]) == ("closed", "", None, None)
