"""The way to a seat: applying, being offered one, answering, waiting, leaving."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from audit.models import Entry
from programs.actions import enrollments
from programs.models import Cohort, Enrollment
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound, Stale
from tests.factories import NOON
from tests.programs.factories import CohortFactory, ConsentFactory, EnrollmentFactory, ParticipantFactory

HOUR = timedelta(hours=1)
# Our own copy of the table: what each verb does to each state.
MOVES = {
    "review": {"applied": "under_review"},
    "offer": {"applied": "offered", "under_review": "offered", "waitlisted": "offered"},
    "wait": {"applied": "waitlisted", "under_review": "waitlisted"},
    "accept": {"offered": "enrolled"},
    "decline": {"offered": "withdrawn"},
    "withdraw": {
        "applied": "withdrawn",
        "under_review": "withdrawn",
        "waitlisted": "withdrawn",
        "enrolled": "withdrawn",
    },
    "reject": {
        "applied": "rejected",
        "under_review": "rejected",
        "waitlisted": "rejected",
        "offered": "rejected",
    },
    "drop": {"enrolled": "dropped"},
    "complete": {"enrolled": "completed"},
}
STATES = [
    "applied",
    "under_review",
    "waitlisted",
    "offered",
    "enrolled",
    "completed",
    "dropped",
    "withdrawn",
    "rejected",
]
SEATED = {"offered", "enrolled", "completed"}


def taken(cohort):
    """The seats taken, after checking that the count is what the enrollments say."""
    seats = Cohort.objects.get(pk=cohort.pk).seats_taken
    assert Enrollment.objects.filter(cohort=cohort, status__in=SEATED).count() == seats
    return seats


def do(verb, enrollment, by, **words):
    if verb in {"reject", "drop"}:
        words = {"reason_code": "no_contact"} | words
    return getattr(enrollments, verb)(enrollment=enrollment, by=by, at=NOON, **words)


def somebody(cohort, status, **words):
    return EnrollmentFactory(cohort=cohort, organization=cohort.organization, status=status, **words)


@pytest.fixture
def full(cohort):
    """A cohort whose two seats are taken."""
    somebody(cohort, "enrolled"), somebody(cohort, "offered")
    return cohort


@pytest.fixture
def participant(ngo):
    return ParticipantFactory(organization=ngo)


def test_whoever_applies_stands_in_the_cohort_without_a_seat(cohort, participant, coordinator):
    enrollment = enrollments.apply(cohort=cohort, participant=participant, by=coordinator, at=NOON)

    assert (enrollment.status, enrollment.applied_at, taken(cohort)) == ("applied", NOON, 0)
    entry = Entry.objects.get()
    assert (entry.action, entry.subject_id) == ("enrollment.applied", str(enrollment.pk))


def test_applying_twice_changes_nothing(cohort, participant, coordinator):
    first = enrollments.apply(cohort=cohort, participant=participant, by=coordinator, at=NOON)
    again = enrollments.apply(cohort=cohort, participant=participant, by=coordinator, at=NOON + HOUR)
    assert (again.pk, again.applied_at, again.version) == (first.pk, NOON, 1)


@pytest.mark.parametrize("status", ["withdrawn", "dropped", "rejected"])
def test_whoever_left_may_apply_again(cohort, participant, coordinator, status):
    left = somebody(cohort, status, participant=participant)
    again = enrollments.apply(cohort=cohort, participant=participant, by=coordinator, at=NOON)
    assert (again.pk, again.status, again.end_reason, again.ended_at) == (left.pk, "applied", "", None)


@pytest.mark.parametrize("status", ["draft", "finished"])
def test_nobody_applies_to_a_cohort_that_takes_nobody(ngo, participant, coordinator, status):
    cohort = CohortFactory(organization=ngo, status=status)
    with pytest.raises(IllegalMove):
        enrollments.apply(cohort=cohort, participant=participant, by=coordinator, at=NOON)


@pytest.fixture
def for_10_to_23(cohort):
    """A cohort that begins in December 2029."""
    cohort.program.age_to = 23
    cohort.program.save()
    return cohort


@pytest.mark.parametrize("born", [2005, 2019])
def test_a_program_takes_whoever_may_be_of_its_ages_by_the_year_of_birth(for_10_to_23, coordinator, born):
    person = ParticipantFactory(organization=for_10_to_23.organization, birth_year=born)
    applied = enrollments.apply(cohort=for_10_to_23, participant=person, by=coordinator, at=NOON)
    assert applied.status == "applied"


@pytest.mark.parametrize("born", [2004, 2020])
def test_a_program_takes_nobody_of_other_ages(for_10_to_23, coordinator, born):
    person = ParticipantFactory(organization=for_10_to_23.organization, birth_year=born)
    with pytest.raises(Conflict) as error:
        enrollments.apply(cohort=for_10_to_23, participant=person, by=coordinator, at=NOON)
    assert error.value.code == "other_age"


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("verb", MOVES)
def test_every_verb_leads_where_the_table_says_and_nowhere_else(ngo, coordinator, verb, status):
    cohort = CohortFactory(organization=ngo, capacity=1)
    enrollment = somebody(cohort, status)
    if verb == "wait" and status not in SEATED:
        somebody(cohort, "enrolled")
    if status in MOVES[verb]:
        assert do(verb, enrollment, coordinator).status == MOVES[verb][status]
    else:
        with pytest.raises(IllegalMove):
            do(verb, enrollment, coordinator)
        assert Enrollment.objects.get(pk=enrollment.pk).status == status
    taken(cohort)


def test_an_offer_takes_the_seat_and_a_full_cohort_has_none(cohort, coordinator):
    applied = [somebody(cohort, "applied") for _ in range(3)]
    for one in applied[:2]:
        do("offer", one, coordinator)
    with pytest.raises(Conflict) as error:
        do("offer", applied[2], coordinator)
    assert (error.value.code, taken(cohort)) == ("full", 2)


def test_nobody_waits_while_there_are_seats(cohort, coordinator):
    with pytest.raises(Conflict) as error:
        do("wait", somebody(cohort, "applied"), coordinator)
    assert error.value.code == "seats_free"


@pytest.mark.parametrize(
    ("status", "verb"),
    [("offered", "decline"), ("offered", "reject"), ("enrolled", "withdraw"), ("enrolled", "drop")],
)
def test_a_freed_seat_is_offered_to_the_next_in_line(full, coordinator, status, verb):
    last = somebody(full, "waitlisted", waiting_since=NOON)
    first = somebody(full, "waitlisted", waiting_since=NOON - HOUR)
    leaving = Enrollment.objects.get(cohort=full, status=status)

    do(verb, leaving, coordinator)

    assert Enrollment.objects.get(pk=first.pk).status == "offered"
    assert Enrollment.objects.get(pk=last.pk).status == "waitlisted"
    assert taken(full) == 2


def test_whoever_had_no_seat_frees_none(full, coordinator):
    waiting = somebody(full, "waitlisted")
    do("withdraw", somebody(full, "applied"), coordinator)
    assert Enrollment.objects.get(pk=waiting.pk).status == "waitlisted"
    assert taken(full) == 2


# -- consent


def minor_offered(cohort):
    person = ParticipantFactory(organization=cohort.organization, minor=True)
    return somebody(cohort, "offered", participant=person)


def consent_of(enrollment, **words):
    return ConsentFactory(participant=enrollment.participant, organization=enrollment.organization, **words)


def test_nobody_under_18_is_enrolled_without_consent(cohort, coordinator):
    enrollment = minor_offered(cohort)
    with pytest.raises(Conflict) as error:
        do("accept", enrollment, coordinator)
    assert error.value.code == "consent_missing"

    consent_of(enrollment)
    assert do("accept", enrollment, coordinator).status == "enrolled"


@pytest.mark.parametrize(
    "words",
    [
        {"status": "requested"},
        {"status": "refused"},
        {"status": "withdrawn"},
        {"status": "expired", "valid_until": date(2029, 12, 31)},
        {"status": "given", "valid_until": date(2029, 12, 31)},
        {"kind": "photos"},
    ],
)
def test_no_other_consent_will_do(cohort, coordinator, words):
    enrollment = minor_offered(cohort)
    consent_of(enrollment, **words)
    with pytest.raises(Conflict):
        do("accept", enrollment, coordinator)


def test_a_consent_is_good_on_its_last_day(cohort, coordinator):
    enrollment = minor_offered(cohort)
    consent_of(enrollment, valid_until=date(2030, 1, 1))
    assert do("accept", enrollment, coordinator).status == "enrolled"


def test_a_consent_of_somebody_else_will_not_do(cohort, coordinator):
    enrollment = minor_offered(cohort)
    ConsentFactory(organization=cohort.organization)
    with pytest.raises(Conflict):
        do("accept", enrollment, coordinator)


# -- who


def test_a_reason_comes_from_the_list(cohort, coordinator):
    with pytest.raises(Invalid) as error:
        do("drop", somebody(cohort, "enrolled"), coordinator, reason_code="she was rude")
    assert list(error.value.fields) == ["reason_code"]


@pytest.mark.parametrize("verb", MOVES)
def test_facilitators_decide_nothing_and_strangers_find_nothing(cohort, facilitator, stranger, verb):
    enrollment = somebody(cohort, next(iter(MOVES[verb])))
    with pytest.raises(NotAllowed):
        do(verb, enrollment, facilitator)
    with pytest.raises(NotFound):
        do(verb, enrollment, stranger)


def test_nobody_of_another_organization_is_put_forward(cohort, coordinator):
    with pytest.raises(NotFound):
        enrollments.apply(cohort=cohort, participant=ParticipantFactory(), by=coordinator, at=NOON)


def test_a_stale_decision_is_refused(cohort, coordinator):
    enrollment = somebody(cohort, "applied")
    do("review", enrollment, coordinator, expected_version=1)
    with pytest.raises(Stale):
        do("offer", enrollment, coordinator, expected_version=1)


def test_enrollments_are_seen_by_whoever_decides(cohort, coordinator, facilitator, session, stranger):
    somebody(cohort, "enrolled")
    seen = [Enrollment.objects.visible_to(one).count() for one in (coordinator, facilitator, stranger)]
    assert seen == [1, 0, 0]


# -- what the database itself refuses


def test_the_database_overfills_no_cohort(full):
    with pytest.raises(IntegrityError, match="cohort_is_never_overfilled"), transaction.atomic():
        Cohort.objects.filter(pk=full.pk).update(seats_taken=3)


@pytest.mark.parametrize(
    ("status", "words", "name"),
    [
        ("waitlisted", {"waiting_since": None}, "enrollment_in_line_knows_since_when"),
        ("offered", {"offered_at": None}, "enrollment_offered_knows_since_when"),
        ("enrolled", {"enrolled_at": None}, "enrollment_seated_knows_since_when"),
        ("dropped", {"end_reason": ""}, "enrollment_ended_by_staff_says_why"),
        ("enrolled", {"end_reason": "work"}, "enrollment_ended_by_staff_says_why"),
        ("dropped", {"ended_at": None}, "enrollment_ended_knows_since_when"),
    ],
)
def test_the_database_keeps_no_enrollment_that_cannot_be(cohort, status, words, name):
    enrollment = somebody(cohort, status)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        Enrollment.objects.filter(pk=enrollment.pk).update(**words)
