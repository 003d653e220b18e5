"""Being asked to swap, and what came of asking. No name, no place: the page behind says who."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from notifications.kinds import Kind, Message
from notifications.models import Notice
from patrols.models import Shift, Signup, Swap
from patrols.notices.shifts import day, hour
from patrols.queries import swaps
from patrols.states import SignupStatus
from patrols.states.swaps import SwapStatus


def say_asked(swap: Swap, at: datetime) -> Message | None:
    """Can you take my place? Only while an answer still helps."""
    if not swap.stands(at) or not comes(swap.asked_by_id, swap.shift):
        return None
    if swap.wanted is None:
        title = _("Can you take a place on %(day)s at %(time)s?") % when(swap.shift)
    else:
        title = _("Will you exchange nights? Theirs is %(day)s at %(time)s.") % when(swap.shift)
    until = {"day": day(swap.expires_at), "time": hour(swap.expires_at)}
    return Message(title, _("Answer before %(day)s %(time)s. Only you were asked.") % until, to_swap(swap))


def say_accepted(swap: Swap, at: datetime) -> Message | None:
    if comes(swap.asked_by_id, swap.shift):
        return None  # they came back on the list since
    body = _("Somebody takes your place on %(day)s at %(time)s: you stay at home.") % when(swap.shift)
    if swap.wanted is not None:
        if not comes(swap.asked_by_id, swap.wanted):
            return None
        instead = _("You go out on %(day)s at %(time)s instead.") % when(swap.wanted)
        body = f"{body} {instead}"
    return Message(_("Your swap is done"), body, to_swap(swap))


def say_declined(swap: Swap, at: datetime) -> Message | None:
    return still_yours(swap, _("They cannot take your place"))


def say_expired(swap: Swap, at: datetime) -> Message | None:
    return still_yours(swap, _("Nobody answered your swap"))


def still_yours(swap: Swap, title: str) -> Message | None:
    """While it is: they may have left, or found somebody else since."""
    if not comes(swap.asked_by_id, swap.shift):
        return None
    body = _("The place of %(day)s at %(time)s is still yours. If you cannot go, say so in Ronda.")
    return Message(title, body % when(swap.shift), to_swap(swap))


def comes(member_id: UUID, shift: Shift) -> bool:
    place = Signup.objects.filter(shift_id=shift.pk, membership_id=member_id, status=SignupStatus.CONFIRMED)
    return shift.is_published and place.exists()


def when(shift: Shift) -> dict[str, str]:
    return {"day": day(shift.starts_at), "time": hour(shift.starts_at)}


def to_swap(swap: Swap) -> str:
    return reverse("patrols:swap", args=[swap.organization.code, swap.pk])


def about(
    status: SwapStatus, say: Callable[[Swap, datetime], Message | None]
) -> Callable[[Notice, datetime], Message | None]:
    """Read the swap again, and say what is true of it now, before the night begins."""

    def check(notice: Notice, at: datetime) -> Message | None:
        found = Swap.objects.select_related("organization", "shift", "wanted").filter(pk=notice.subject_id)
        swap = found.first()
        if swap is None or swap.status != status or not swap.shift.is_published:
            return None
        return say(swap, at) if at < swap.shift.starts_at else None

    return check


KINDS: list[Kind] = [
    Kind(
        swaps.ASKED,
        lambda now, until: swaps.of_asking(Swap.objects.all(), now),
        about(SwapStatus.ASKED, say_asked),
    ),
    *(
        Kind(code, lambda now, until: [], about(status, say))
        for code, status, say in (
            (swaps.DECLINED, SwapStatus.DECLINED, say_declined),
            (swaps.EXPIRED, SwapStatus.EXPIRED, say_expired),
        )
    ),
    Kind(
        swaps.ACCEPTED,
        lambda now, until: swaps.of_endings(Swap.objects.all(), now),
        about(SwapStatus.ACCEPTED, say_accepted),
    ),
]
