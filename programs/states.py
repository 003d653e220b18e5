"""The lives of a cohort, a session's list, a consent and an enrollment, and the words around them."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rules.states import Life


class CohortStatus(models.TextChoices):
    """Where one run of a program stands."""

    DRAFT = "draft", _("Draft")
    OPEN = "open", _("Open for applications")
    RUNNING = "running", _("Running")
    FINISHED = "finished", _("Finished")


COHORT = Life(
    {
        CohortStatus.DRAFT: {
            "change": CohortStatus.DRAFT,
            "plan_session": CohortStatus.DRAFT,
            "open": CohortStatus.OPEN,
        },
        # Lists are kept from the first session on, whether or not somebody pressed "begin".
        CohortStatus.OPEN: {
            "change": CohortStatus.OPEN,
            "plan_session": CohortStatus.OPEN,
            "seat": CohortStatus.OPEN,
            "keep_list": CohortStatus.OPEN,
            "begin": CohortStatus.RUNNING,
        },
        CohortStatus.RUNNING: {
            "change": CohortStatus.RUNNING,
            "plan_session": CohortStatus.RUNNING,
            "seat": CohortStatus.RUNNING,
            "keep_list": CohortStatus.RUNNING,
            "finish": CohortStatus.FINISHED,
        },
    }
)
# People apply, seats change hands and lists are kept.
UNDER_WAY = (CohortStatus.OPEN, CohortStatus.RUNNING)


class ListStatus(models.TextChoices):
    """Where the list of a session stands."""

    OPEN = "open", _("To be marked")
    SUBMITTED = "submitted", _("Handed in")
    ACCEPTED = "accepted", _("Accepted")
    CALLED_OFF = "called_off", _("Called off")


LIST = Life(
    {
        ListStatus.OPEN: {
            "change": ListStatus.OPEN,
            "mark": ListStatus.OPEN,
            "submit": ListStatus.SUBMITTED,
            "call_off": ListStatus.CALLED_OFF,
        },
        # Whoever handed it in may still put right what they marked.
        ListStatus.SUBMITTED: {
            "mark": ListStatus.SUBMITTED,
            "accept": ListStatus.ACCEPTED,
        },
    }
)


class EnrollmentStatus(models.TextChoices):
    """How far somebody is on the way to a seat, and what became of it."""

    APPLIED = "applied", _("Applied")
    UNDER_REVIEW = "under_review", _("Under review")
    WAITLISTED = "waitlisted", _("On the waiting list")
    OFFERED = "offered", _("Seat offered")
    ENROLLED = "enrolled", _("Enrolled")
    COMPLETED = "completed", _("Completed")
    DROPPED = "dropped", _("Left the program")
    WITHDRAWN = "withdrawn", _("Withdrew")
    REJECTED = "rejected", _("Not accepted")


# Whoever is out may apply again. A newcomer starts as one who withdrew.
BACK = {"apply": EnrollmentStatus.APPLIED}
ENROLLMENT = Life(
    {
        EnrollmentStatus.APPLIED: {
            "review": EnrollmentStatus.UNDER_REVIEW,
            "offer": EnrollmentStatus.OFFERED,
            "wait": EnrollmentStatus.WAITLISTED,
            "reject": EnrollmentStatus.REJECTED,
            "withdraw": EnrollmentStatus.WITHDRAWN,
        },
        EnrollmentStatus.UNDER_REVIEW: {
            "offer": EnrollmentStatus.OFFERED,
            "wait": EnrollmentStatus.WAITLISTED,
            "reject": EnrollmentStatus.REJECTED,
            "withdraw": EnrollmentStatus.WITHDRAWN,
        },
        EnrollmentStatus.WAITLISTED: {
            "offer": EnrollmentStatus.OFFERED,
            "reject": EnrollmentStatus.REJECTED,
            "withdraw": EnrollmentStatus.WITHDRAWN,
        },
        EnrollmentStatus.OFFERED: {
            "accept": EnrollmentStatus.ENROLLED,
            "decline": EnrollmentStatus.WITHDRAWN,
            "reject": EnrollmentStatus.REJECTED,
        },
        EnrollmentStatus.ENROLLED: {
            "complete": EnrollmentStatus.COMPLETED,
            "drop": EnrollmentStatus.DROPPED,
            "withdraw": EnrollmentStatus.WITHDRAWN,
        },
        EnrollmentStatus.DROPPED: BACK,
        EnrollmentStatus.WITHDRAWN: BACK,
        EnrollmentStatus.REJECTED: BACK,
    }
)
# An offer holds its seat until it is answered; whoever completed sat there to the end.
HOLDS_A_SEAT = (EnrollmentStatus.OFFERED, EnrollmentStatus.ENROLLED, EnrollmentStatus.COMPLETED)
TAKES_PART = (EnrollmentStatus.ENROLLED, EnrollmentStatus.COMPLETED)
STILL_WAITS = (EnrollmentStatus.APPLIED, EnrollmentStatus.UNDER_REVIEW, EnrollmentStatus.WAITLISTED)
OUT = (EnrollmentStatus.DROPPED, EnrollmentStatus.WITHDRAWN, EnrollmentStatus.REJECTED)
ENDED = (*OUT, EnrollmentStatus.COMPLETED)
# Staff ended it: they say why.
SAYS_WHY = (EnrollmentStatus.DROPPED, EnrollmentStatus.REJECTED)


class EndReason(models.TextChoices):
    """Why staff ended an enrollment: a code, never a story about a person."""

    NOT_ELIGIBLE = "not_eligible", _("Does not meet the requirements")
    NO_CONTACT = "no_contact", _("Could not be reached")
    NO_CONSENT = "no_consent", _("No consent")
    WORK = "work", _("Work")
    SCHOOL = "school", _("School or studies")
    FAMILY = "family", _("Family")
    HEALTH = "health", _("Health")
    MOVED = "moved", _("Moved away")
    TRANSPORT = "transport", _("Too far or no fare")
    LOST_INTEREST = "lost_interest", _("Lost interest")
    COHORT_OVER = "cohort_over", _("The cohort finished")
    OTHER = "other", _("Another reason")


class ConsentKind(models.TextChoices):
    """What a consent is for."""

    PARTICIPATION = "participation", _("To take part")
    PHOTOS = "photos", _("Photos")


class ConsentStatus(models.TextChoices):
    """Where a consent stands. A renewal is a new row."""

    REQUESTED = "requested", _("Asked for")
    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    EXPIRED = "expired", _("Expired")


CONSENT = Life(
    {
        ConsentStatus.REQUESTED: {
            "give": ConsentStatus.GIVEN,
            "refuse": ConsentStatus.REFUSED,
        },
        ConsentStatus.GIVEN: {
            "withdraw": ConsentStatus.WITHDRAWN,
            "expire": ConsentStatus.EXPIRED,
        },
    }
)
# It was given and nobody took it back: until when it is good, its date says.
NOT_TAKEN_BACK = (ConsentStatus.GIVEN, ConsentStatus.EXPIRED)


class AttendanceState(models.TextChoices):
    """What happened with somebody at a session."""

    PRESENT = "present", pgettext_lazy("at a session", "Present")
    LATE = "late", pgettext_lazy("at a session", "Late")
    ABSENT = "absent", pgettext_lazy("at a session", "Absent")
    EXCUSED = "excused", pgettext_lazy("at a session", "Excused")


CAME = (AttendanceState.PRESENT, AttendanceState.LATE)


class DocumentKind(models.TextChoices):
    """Which document somebody shows."""

    DNI = "dni", _("DNI")
    CE = "ce", _("Foreigner's card (CE)")
    PASSPORT = "passport", _("Passport")
    NONE = "none", _("None at hand")


class Relationship(models.TextChoices):
    """What a guardian is to the young person."""

    MOTHER = "mother", _("Mother")
    FATHER = "father", _("Father")
    GRANDPARENT = "grandparent", _("Grandparent")
    SIBLING = "sibling", _("Grown-up brother or sister")
    RELATIVE = "relative", _("Another relative")
    LEGAL_GUARDIAN = "legal_guardian", _("Legal guardian")


class Language(models.TextChoices):
    """The language somebody feels at home in."""

    SPANISH = "es", _("Spanish")
    QUECHUA = "qu", _("Quechua")
    AYMARA = "ay", _("Aymara")
    AMAZONIAN = "amazonian", _("An Amazonian language")
    OTHER = "other", _("Another language")


class ReadingReason(models.TextChoices):
    """Why somebody opens names: the code that goes on record."""

    CALL_GUARDIAN = "call_guardian", _("Call the guardian")
    CALL_PARTICIPANT = "call_participant", _("Call the participant")
    CHECK_IDENTITY = "check_identity", _("Check who it is")
    CORRECT_DATA = "correct_data", _("Put the data right")
    EMERGENCY = "emergency", _("An emergency")


# A session's sheet is opened for one reason only.
TAKE_ATTENDANCE = "take_attendance"
