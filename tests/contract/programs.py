"""Rows of `programs`, each in a state from which the operation may be done."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from programs.models import Attendance, Consent, Enrollment
from tests.contract.rows import OMIT, put
from tests.programs import factories

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def key(world: Any, name: str) -> str:
    return str(world.rows[name].pk)


def in_season(world: Any, **fields: Any) -> None:
    """The cohort runs now, and its session has just begun."""
    now = timezone.now()
    put(world.rows["cohort"], starts_on=now.date() - 30 * DAY, ends_on=now.date() + 60 * DAY, **fields)
    put(world.rows["session"], starts_at=now - HOUR, ends_at=now + HOUR)


def program(world: Any) -> dict[str, Any]:
    return {"age_from": 12, "age_to": 24}


def cohort(world: Any) -> dict[str, Any]:
    today = timezone.now().date()
    days = {"starts_on": today.isoformat(), "ends_on": (today + 60 * DAY).isoformat()}
    return days | {"program": key(world, "program"), "capacity": 20}


def cohort_changed(world: Any) -> dict[str, Any]:
    in_season(world)
    today = timezone.now().date()
    days = {"starts_on": (today - 40 * DAY).isoformat(), "ends_on": (today + 50 * DAY).isoformat()}
    return days | {"capacity": 30}


def session(world: Any) -> dict[str, Any]:
    in_season(world)
    begins = timezone.now() + 2 * DAY
    hours = {"starts_at": begins.isoformat(), "ends_at": (begins + HOUR).isoformat()}
    return hours | {"cohort": key(world, "cohort"), "facilitator": str(world.member.pk)}


def session_changed(world: Any) -> dict[str, Any]:
    words = session(world)
    Attendance.objects.all().delete()
    return {name: words[name] for name in ("starts_at", "ends_at", "facilitator")}


def cohort_in(status: str) -> Any:
    return lambda world: in_season(world, status=status)


def application(world: Any) -> dict[str, Any]:
    in_season(world, status="open")
    newcomer = factories.ParticipantFactory(organization=world.member.organization)
    return {"participant": str(newcomer.pk)}


def seat(status: str) -> Any:
    """The enrollment in this state, with the seat that goes with it."""

    def prepare(world: Any) -> dict[str, Any]:
        in_season(world, status="open", seats_taken=0)
        Attendance.objects.all().delete()
        enrollment = world.rows["enrollment"]
        Enrollment.objects.filter(pk=enrollment.pk).delete()
        fresh = factories.EnrollmentFactory(
            pk=enrollment.pk,
            status=status,
            cohort=type(enrollment.cohort).objects.get(pk=enrollment.cohort_id),
            participant=enrollment.participant,
            organization=enrollment.organization,
        )
        world.rows["enrollment"] = fresh
        return {"reason_code": "other"}

    return prepare


def no_seat_left(world: Any) -> None:
    """Somebody is being looked at, and the only seat is taken."""
    seat("under_review")(world)
    put(world.rows["cohort"], capacity=1, seats_taken=1)


def consent(status: str) -> Any:
    def prepare(world: Any) -> dict[str, Any]:
        today = timezone.now()
        answered = status != "requested"
        put(
            world.rows["consent"],
            status=status,
            valid_until=today.date() + 90 * DAY if answered else None,
            answered_at=today if answered else None,
            guardian=world.rows["guardian"] if answered else None,
            is_assented=answered,
        )
        until = (today.date() + 90 * DAY).isoformat()
        return {"guardian": key(world, "guardian"), "is_assented": True, "valid_until": until}

    return prepare


def person(world: Any) -> dict[str, Any]:
    return {
        "given_names": "Luz Marina",
        "family_names": "Ccori Ñahui",
        "birth_on": "2004-03-09",
        "document_kind": OMIT,
        "document": OMIT,
        "phone": "987654321",
        "guardian": OMIT,
    }


def guardian(world: Any) -> dict[str, Any]:
    return {"full_name": "Elena Ñahui", "phone": "987 654 321", "document": OMIT}


def asked_again(world: Any) -> None:
    Consent.objects.filter(pk=world.rows["consent"].pk).delete()


def marks(world: Any) -> dict[str, Any]:
    in_season(world, status="running")
    return {"marks": [{"enrollment": key(world, "enrollment"), "state": "late"}]}


def sheet(status: str) -> Any:
    def prepare(world: Any) -> None:
        in_season(world, status="running")
        handed_in = timezone.now() if status == "submitted" else None
        put(world.rows["session"], status=status, submitted_at=handed_in)

    return prepare


def over(world: Any) -> None:
    in_season(world, status="running")
    put(world.rows["session"], status="accepted", submitted_at=timezone.now(), accepted_at=timezone.now())


def unmarked(world: Any) -> None:
    in_season(world)
    Attendance.objects.all().delete()


PREPARED: dict[str, Any] = {
    "programs_create": program,
    "programs_partial_update": program,
    "cohorts_create": cohort,
    "cohorts_partial_update": cohort_changed,
    "cohorts_open_create": cohort_in("draft"),
    "cohorts_begin_create": cohort_in("open"),
    "cohorts_finish_create": over,
    "cohorts_enrollments_create": application,
    "sessions_create": session,
    "sessions_partial_update": session_changed,
    "sessions_attendance_create": marks,
    "sessions_submit_create": sheet("open"),
    "sessions_accept_create": sheet("submitted"),
    "sessions_call_off_create": unmarked,
    "consents_give_create": consent("requested"),
    "consents_refuse_create": consent("requested"),
    "consents_withdraw_create": consent("given"),
    "enrollments_review_create": seat("applied"),
    "enrollments_offer_create": seat("under_review"),
    "enrollments_wait_create": no_seat_left,
    "enrollments_reject_create": seat("applied"),
    "enrollments_accept_create": seat("offered"),
    "enrollments_decline_create": seat("offered"),
    "enrollments_complete_create": seat("enrolled"),
    "enrollments_drop_create": seat("enrolled"),
    "enrollments_withdraw_create": seat("enrolled"),
    "participants_create": person,
    "participants_update": person,
    "participants_guardians_create": guardian,
    "participants_consents_create": asked_again,
    "participants_search_create": lambda world: {"name": "Quispe", "document": OMIT},
}
