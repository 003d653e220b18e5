"""Being asked to come along, and who accompanies the crew. No unit, no place, no name."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from notifications.kinds import Kind, Message
from notifications.models import Notice
from patrols.models import Companion, Request
from patrols.notices.shifts import Now, if_promised, look, to_mine
from patrols.queries import asking
from patrols.states.requests import RequestStatus


def say_asked(notice: Notice, at: datetime) -> Message | None:
    """Can you come? Only while an answer still helps."""
    now = look(notice, at)
    request = Request.objects.filter(shift_id=notice.subject_id, membership_id=notice.recipient_id).first()
    if now is None or request is None or not request.stands(at) or not now.is_promised:
        return None
    is_in = now.signup is not None and now.signup.is_in
    if is_in or now.shift.plan_version != notice.subject_version or not now.shift.places_free:
        return None
    title = _("Can you come on %(day)s at %(time)s?") % now.words()
    address = reverse("patrols:request", args=[now.shift.organization.code, request.pk])
    return Message(title, _("The first who says yes takes the place."), address)


def say_filled(notice: Notice, at: datetime) -> Message | None:
    """Nobody needs to answer any more."""
    now = look(notice, at)
    request = Request.objects.filter(shift_id=notice.subject_id, membership_id=notice.recipient_id).first()
    if now is None or request is None or request.status != RequestStatus.FILLED or not now.is_promised:
        return None
    if now.signup is not None and now.signup.is_in:
        return None
    body = _("The patrol of %(day)s at %(time)s has enough people now. You do not need to answer.")
    return Message(_("It is already complete"), body % now.words(), to_mine(now))


def say_companion(now: Now) -> Message | None:
    if not now.goes:
        return None
    body = _("%(day)s at %(time)s. Open Ronda to see who accompanies you.") % now.words()
    return Message(_("Who accompanies your patrol changed"), body, to_mine(now))


KINDS: list[Kind] = [
    Kind(asking.ASKED, lambda now, until: asking.of_requests(Request.objects.all(), now), say_asked),
    Kind(asking.FILLED, lambda now, until: [], say_filled),
    Kind(
        asking.COMPANION,
        lambda now, until: asking.of_companions(Companion.objects.all(), now),
        if_promised(say_companion),
    ),
]
