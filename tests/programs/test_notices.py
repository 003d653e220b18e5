"""What programs tell people, and that it is true when they hear it.

Rows are planned and delivered by the real engine; only the clock is the test's.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from accounts.actors import SystemActor
from accounts.queries import contacts
from notifications import actions as notifications
from notifications.models import InboxItem, Notice
from programs.actions import attendance, cohorts, consents, enrollments, sessions
from programs.actions.attendance import Mark
from programs.notices import KINDS
from tests.factories import NOON
from tests.programs.factories import (
    CohortFactory,
    ConsentFactory,
    EnrollmentFactory,
    ParticipantFactory,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LIMA = ZoneInfo("America/Lima")
NEXT_MORNING = datetime(2030, 1, 2, 8, tzinfo=LIMA)


def speaks_english(member):
    member.user.language = "en"
    member.user.save()
    return member


@pytest.fixture(autouse=True)
def _in_english(facilitator, coordinator):
    speaks_english(facilitator), speaks_english(coordinator)


def tick(now):
    """What the alarm clock does."""
    notifications.plan(kinds=KINDS, now=now)
    notifications.tidy(now=now)
    while notifications.deliver(kinds=KINDS, directory=contacts, clock=lambda: now):
        pass


def heard(member):
    """What somebody was told, in order: the kinds."""
    items = InboxItem.objects.filter(recipient_id=member.pk).order_by("created_at", "pk")
    return [item.kind for item in items]


def last(member):
    return InboxItem.objects.filter(recipient_id=member.pk).latest("created_at")


def seat(cohort, status="enrolled", **words):
    return EnrollmentFactory(cohort=cohort, organization=cohort.organization, status=status, **words)


@pytest.fixture
def consented(ngo, cohort):
    """Somebody under 18 with a consent and a seat."""
    consent = ConsentFactory(organization=ngo)
    seat(cohort, participant=consent.participant)
    return consent


# -- a list that waits


def test_whoever_leads_hears_of_a_list_the_next_morning_and_once(session, facilitator, coordinator):
    seat(session.cohort)
    for moment in (NOON, NEXT_MORNING - HOUR):
        tick(moment)
    assert heard(facilitator) == []
    for moment in (NEXT_MORNING, NEXT_MORNING + HOUR, NEXT_MORNING + DAY):
        tick(moment)
    assert (heard(facilitator), heard(coordinator)) == (["list_waits"], [])
    item = last(facilitator)
    assert "The list of Tuesday 01/01 at 12:00 is not handed in yet." in item.body
    assert item.path.endswith(f"/sessions/{session.pk}/")


def test_nobody_hears_of_a_list_that_was_handed_in_called_off_or_empty(
    session, facilitator, coordinator, ngo
):
    one = seat(session.cohort)
    tick(NOON)
    attendance.mark(session=session, by=facilitator, at=NOON, marks=[Mark(one.pk, "present")])
    attendance.submit(session=session, by=facilitator, at=NOON)
    tick(NEXT_MORNING)
    assert heard(facilitator) == []


def test_a_list_of_nobody_waits_for_nobody(session, facilitator):
    tick(NEXT_MORNING)
    assert heard(facilitator) == []


def test_a_session_called_off_leaves_no_list(session, facilitator, coordinator):
    seat(session.cohort)
    tick(NOON)
    sessions.call_off(session=session, by=coordinator, at=NOON)
    tick(NEXT_MORNING)
    assert heard(facilitator) == []


def test_whoever_leads_now_is_told_and_not_who_led_before(session, facilitator, colleague, coordinator):
    seat(session.cohort)
    tick(NOON)
    sessions.change(session=session, by=coordinator, at=NOON, facilitator=colleague)
    tick(NEXT_MORNING)
    assert (heard(facilitator), heard(colleague)) == ([], ["list_waits"])


# -- a consent that is gone


def test_the_coordinator_is_told_that_a_consent_was_taken_back(consented, coordinator, facilitator):
    consents.withdraw(consent=consented, by=coordinator, at=NOON)
    tick(NOON + HOUR)
    tick(NOON + 2 * HOUR)
    assert (heard(coordinator), heard(facilitator)) == (["consent_lost"], [])
    assert last(coordinator).path.endswith(f"/participants/{consented.participant_id}/")


def test_the_coordinator_is_told_that_a_consent_ran_out(consented, coordinator):
    later = datetime(2031, 1, 2, 8, tzinfo=LIMA)
    consents.expire(by=SystemActor("consents"), at=later)
    tick(later)
    assert heard(coordinator) == ["consent_lost"]


def test_nothing_is_said_when_there_is_a_consent_again(consented, coordinator):
    consents.withdraw(consent=consented, by=coordinator, at=NOON)
    ConsentFactory(participant=consented.participant, organization=consented.organization)
    tick(NOON + HOUR)
    assert heard(coordinator) == []


def test_nothing_is_said_of_somebody_who_takes_part_in_nothing(ngo, coordinator):
    consent = ConsentFactory(organization=ngo)
    consents.withdraw(consent=consent, by=coordinator, at=NOON)
    tick(NOON)
    assert heard(coordinator) == []


def test_a_lost_promise_heals(consented, coordinator):
    consents.withdraw(consent=consented, by=coordinator, at=NOON)
    Notice.objects.all().delete()
    tick(NOON + HOUR)
    assert heard(coordinator) == ["consent_lost"]


# -- consents that end


TWO_WEEKS_BEFORE = datetime(2030, 3, 1, 8, tzinfo=LIMA)


def ends(cohort, day, **words):
    consent = ConsentFactory(organization=cohort.organization, valid_until=day, **words)
    seat(cohort, participant=consent.participant)
    return consent


def test_two_weeks_before_consents_end_the_coordinator_hears_how_many(ngo, coordinator):
    cohort = CohortFactory(organization=ngo)
    for _ in range(2):
        ends(cohort, date(2030, 3, 15))
    tick(TWO_WEEKS_BEFORE - HOUR)
    assert heard(coordinator) == []
    tick(TWO_WEEKS_BEFORE)
    tick(TWO_WEEKS_BEFORE + DAY)
    assert heard(coordinator) == ["consent_ends"]
    assert last(coordinator).body.startswith("2 consents of a cohort of yours end on 15/03.")


def test_a_consent_with_another_to_follow_needs_no_word(ngo, coordinator):
    consent = ends(CohortFactory(organization=ngo), date(2030, 3, 15))
    tick(TWO_WEEKS_BEFORE - DAY)
    ConsentFactory(participant=consent.participant, organization=ngo)
    tick(TWO_WEEKS_BEFORE)
    assert heard(coordinator) == []


def test_a_cohort_that_ends_before_the_consent_needs_none(ngo, coordinator):
    ends(CohortFactory(organization=ngo, ends_on=date(2030, 3, 15)), date(2030, 3, 15))
    tick(TWO_WEEKS_BEFORE)
    assert heard(coordinator) == []


def test_whoever_is_grown_up_by_then_needs_none(ngo, coordinator):
    cohort = CohortFactory(organization=ngo)
    person = ParticipantFactory(organization=ngo, minor=True, adult_from=date(2030, 3, 16))
    ends(cohort, date(2030, 3, 15), participant=person)
    tick(TWO_WEEKS_BEFORE)
    assert heard(coordinator) == []


# -- a seat that was passed on


def test_the_coordinator_is_asked_to_call_the_next_in_line(cohort, coordinator):
    leaving, _stays = seat(cohort), seat(cohort)
    seat(cohort, "waitlisted")
    enrollments.withdraw(enrollment=leaving, by=coordinator, at=NOON)
    tick(NOON)
    tick(NOON + HOUR)
    assert heard(coordinator) == ["seat_passed_on"]
    assert last(coordinator).path.endswith(f"/cohorts/{cohort.pk}/")


def test_an_offer_answered_meanwhile_needs_no_call(cohort, coordinator):
    leaving, _stays = seat(cohort), seat(cohort)
    following = seat(cohort, "waitlisted")
    enrollments.withdraw(enrollment=leaving, by=coordinator, at=NOON)
    enrollments.accept(enrollment=following, by=coordinator, at=NOON)
    tick(NOON)
    assert heard(coordinator) == []


def test_an_offer_made_by_hand_is_no_news(cohort, coordinator):
    enrollments.offer(enrollment=seat(cohort, "applied"), by=coordinator, at=NOON)
    tick(NOON)
    assert heard(coordinator) == []


def test_more_seats_passed_on_are_told(cohort, coordinator):
    seat(cohort), seat(cohort), seat(cohort, "waitlisted")
    cohorts.change(cohort=cohort, by=coordinator, at=NOON, capacity=3)
    tick(NOON)
    assert heard(coordinator) == ["seat_passed_on"]


# -- what stands in a message


def test_no_message_names_anybody_any_place_or_any_program(consented, session, coordinator, facilitator):
    seat(session.cohort)
    consents.withdraw(consent=consented, by=coordinator, at=NOON)
    tick(NOON)
    tick(NEXT_MORNING)
    items = InboxItem.objects.all()
    assert {item.kind for item in items} == {"consent_lost", "list_waits"}
    words = (session.place, session.cohort.name, session.cohort.program.name, "R. Q.", "Rosa", "2015")
    told = " ".join(f"{item.title} {item.body}" for item in items)
    assert [word for word in words if word in told] == []


def test_strangers_hear_nothing(consented, stranger, coordinator):
    consents.withdraw(consent=consented, by=coordinator, at=NOON)
    tick(NOON)
    assert heard(stranger) == []
