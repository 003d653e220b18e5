"""What programs tell people: to whom, while it is true, in which words.

No name of anybody, no place and no program is ever in a message: it says what to do, and where.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.kinds import Kind, Message, Wanted
from notifications.models import Notice
from programs import queries
from programs.models import Cohort, Consent, Enrollment, Session
from programs.queries import promises
from programs.states import UNDER_WAY, EnrollmentStatus, ListStatus


def say_list_waits(notice: Notice, at: datetime) -> Message | None:
    """Somebody still has to hand in a list, and is still the one who leads the session."""
    sessions = Session.objects.filter(pk=notice.subject_id, facilitator_id=notice.recipient_id)
    open_ones = sessions.filter(status=ListStatus.OPEN, cohort__status__in=UNDER_WAY, ends_at__lte=at)
    session = open_ones.select_related("organization").first()
    if session is None or not queries.lines_of(session):
        return None
    local = timezone.localtime(session.starts_at)
    words = {"day": formats.date_format(local, "l d/m"), "time": formats.date_format(local, "H:i")}
    body = _("The list of %(day)s at %(time)s is not handed in yet. It takes a minute.") % words
    return Message(_("A list is not handed in"), body, _path("sheet", session.organization.code, session.pk))


def say_consent_lost(notice: Notice, at: datetime) -> Message | None:
    """Somebody who takes part still has no consent."""
    consents = Consent.objects.filter(pk=notice.subject_id).select_related("participant", "organization")
    consent = consents.first()
    if consent is None or queries.may_take_part(consent.participant, timezone.localdate(at)):
        return None
    if not promises.seated().filter(participant_id=consent.participant_id).exists():
        return None
    body = _("Their seat is kept, but nobody may mark them. Ask again, or take them off.")
    path = _path("participant", consent.organization.code, consent.participant_id)
    return Message(_("Somebody who takes part has no consent any more"), body, path)


def say_consent_ends(notice: Notice, at: datetime) -> Message | None:
    """Consents of a cohort still end on that day, with none to follow them."""
    day = date.fromisoformat(notice.occasion.rsplit(":", 1)[-1])
    cohort = Cohort.objects.filter(pk=notice.subject_id).select_related("organization").first()
    if cohort is None or not cohort.is_under_way or day < timezone.localdate(at):
        return None
    count = promises.ending(day, day)[cohort.pk, day]
    if not count:
        return None
    body = ngettext(
        "%(count)s consent of a cohort of yours ends on %(day)s. Ask for a new one in time.",
        "%(count)s consents of a cohort of yours end on %(day)s. Ask for new ones in time.",
        count,
    )
    words = {"count": count, "day": formats.date_format(day, "d/m")}
    path = _path("cohort", cohort.organization.code, cohort.pk)
    return Message(_("Consents are about to end"), body % words, path)


def say_seat_passed_on(notice: Notice, at: datetime) -> Message | None:
    """The next in line still has not answered, and nobody offered it anew since."""
    offers = Enrollment.objects.filter(pk=notice.subject_id, status=EnrollmentStatus.OFFERED)
    same = offers.filter(version=notice.subject_version, cohort__status__in=UNDER_WAY)
    enrollment = same.select_related("organization").first()
    if enrollment is None:
        return None
    body = _("It is kept for the next in line. Call them and write down what they answer.")
    path = _path("cohort", enrollment.organization.code, enrollment.cohort_id)
    return Message(_("A seat became free"), body, path)


def lost_consents(now: datetime, until: datetime) -> Iterable[Wanted]:
    return promises.of_lost_consents(Consent.objects.filter(ended_at__gt=now - promises.HEALED_FOR))


def passed_on_seats(now: datetime, until: datetime) -> Iterable[Wanted]:
    lately = Enrollment.objects.filter(offered_at__gt=now - promises.HEALED_FOR)
    return promises.of_passed_on_seats(lately)


def _path(route: str, organization: str, pk: object) -> str:
    return reverse(f"programs:{route}", args=[organization, pk])


KINDS: list[Kind] = [
    Kind(promises.LIST_WAITS, promises.of_lists, say_list_waits),
    Kind(promises.CONSENT_LOST, lost_consents, say_consent_lost),
    Kind(promises.CONSENT_ENDS, promises.of_ending_consents, say_consent_ends),
    Kind(promises.SEAT_PASSED_ON, passed_on_seats, say_seat_passed_on),
]
