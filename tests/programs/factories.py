"""Rows of programs for tests. Whoever is under 18 is under 18 for a long time."""

from datetime import date, timedelta

import factory
from factory.django import DjangoModelFactory

from accounts.roles import Role
from programs.models import Attendance, Cohort, Consent, Enrollment, Guardian, Participant, Program, Session
from programs.states import HOLDS_A_SEAT
from tests.factories import NOON, MembershipFactory, OrganizationFactory

OURS = {"organization": factory.SelfAttribute("..organization")}
BIRTH_OF_A_MINOR, BIRTH_OF_AN_ADULT = date(2015, 6, 10), date(2008, 6, 10)


class OwnedFactory(DjangoModelFactory):
    """One NGO for the row and, unless told otherwise, for everything it touches."""

    class Meta:
        abstract = True

    organization = factory.SubFactory(OrganizationFactory, kind="ngo", ubigeo="")


class ProgramFactory(OwnedFactory):
    class Meta:
        model = Program

    name = factory.Sequence("Programa {}".format)
    age_from = 10
    age_to = 29


class CohortFactory(OwnedFactory):
    class Meta:
        model = Cohort

    program = factory.SubFactory(ProgramFactory, **OURS)
    name = factory.Sequence("Cohorte {}".format)
    starts_on = date(2029, 12, 1)
    ends_on = date(2030, 6, 30)
    capacity = 5
    status = "open"


class SessionFactory(OwnedFactory):
    """A session that begins at noon."""

    class Meta:
        model = Session

    cohort = factory.SubFactory(CohortFactory, **OURS)
    facilitator = factory.SubFactory(MembershipFactory, roles=frozenset({Role.FACILITATOR}), **OURS)
    starts_at = NOON
    ends_at = factory.LazyAttribute(lambda session: session.starts_at + timedelta(hours=2))
    place = "Local comunal"
    submitted_at = factory.LazyAttribute(
        lambda session: session.ends_at if session.status in {"submitted", "accepted"} else None
    )
    accepted_at = factory.LazyAttribute(
        lambda session: session.ends_at if session.status == "accepted" else None
    )
    status = "open"


class ParticipantFactory(OwnedFactory):
    """A grown-up; `minor=True` makes somebody of fourteen."""

    class Meta:
        model = Participant

    class Params:
        minor = False

    given_names = "Rosa María"
    family_names = "Quispe Huamán"
    birth_on = factory.LazyAttribute(
        lambda person: (BIRTH_OF_A_MINOR if person.minor else BIRTH_OF_AN_ADULT).isoformat()
    )
    initials = "R. Q."
    birth_year = factory.LazyAttribute(lambda person: 2015 if person.minor else 2008)
    adult_from = factory.LazyAttribute(lambda person: date(2033 if person.minor else 2026, 7, 1))
    registered_at = NOON


class GuardianFactory(OwnedFactory):
    class Meta:
        model = Guardian

    participant = factory.SubFactory(ParticipantFactory, minor=True, **OURS)
    full_name = "Elena Huamán Soto"
    phone = "987654321"
    relationship = "mother"
    added_at = NOON


class ConsentFactory(OwnedFactory):
    """A minor's consent to take part, given by their guardian, good for a year."""

    class Meta:
        model = Consent

    participant = factory.SubFactory(ParticipantFactory, minor=True, **OURS)
    kind = "participation"
    status = "given"
    for_minor = factory.LazyAttribute(lambda consent: consent.participant.is_minor(NOON.date()))
    guardian = factory.LazyAttribute(
        lambda consent: (
            GuardianFactory(participant=consent.participant, organization=consent.organization)
            if consent.for_minor and consent.status not in {"requested", "refused"}
            else None
        )
    )
    is_assented = factory.LazyAttribute(lambda consent: consent.guardian is not None)
    valid_until = factory.LazyAttribute(
        lambda consent: None if consent.status in {"requested", "refused"} else date(2031, 1, 1)
    )
    requested_at = NOON
    answered_at = factory.LazyAttribute(lambda consent: None if consent.status == "requested" else NOON)


class EnrollmentFactory(OwnedFactory):
    """Somebody enrolled, with their seat in the cohort's count."""

    class Meta:
        model = Enrollment
        skip_postgeneration_save = True

    cohort = factory.SubFactory(CohortFactory, **OURS)
    participant = factory.SubFactory(ParticipantFactory, **OURS)
    status = "enrolled"
    applied_at = NOON - timedelta(days=9)
    waiting_since = factory.LazyAttribute(lambda one: NOON if one.status == "waitlisted" else None)
    offered_at = factory.LazyAttribute(lambda one: NOON if one.status == "offered" else None)
    enrolled_at = factory.LazyAttribute(
        lambda one: NOON - timedelta(days=7) if one.status in {"enrolled", "completed"} else None
    )
    ended_at = factory.LazyAttribute(
        lambda one: NOON if one.status in {"completed", "dropped", "withdrawn", "rejected"} else None
    )
    end_reason = factory.LazyAttribute(lambda one: "other" if one.status in {"dropped", "rejected"} else "")

    @factory.post_generation
    def take_seat(self, create, extracted, **kwargs):
        if create and self.status in HOLDS_A_SEAT:
            self.cohort.seats_taken += 1
            self.cohort.save(update_fields=["seats_taken"])


class AttendanceFactory(OwnedFactory):
    class Meta:
        model = Attendance

    session = factory.SubFactory(SessionFactory, **OURS)
    enrollment = factory.SubFactory(
        EnrollmentFactory, cohort=factory.SelfAttribute("..session.cohort"), **OURS
    )
    state = "present"
    marked_by = factory.SelfAttribute("session.facilitator")
    marked_at = NOON
