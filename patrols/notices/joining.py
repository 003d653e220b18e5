"""The way to the first patrol: whoever must act next, and what was decided. Of others no name is said:
the page behind knows who it is."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Membership
from notifications.kinds import Kind, Message
from notifications.models import Notice
from patrols.models import Joining
from patrols.notices.shifts import nothing
from patrols.queries import newcomers
from patrols.queries.promises import moment
from patrols.states import JoiningStatus


def say_to_deciders(notice: Notice, at: datetime) -> Message | None:
    """As long as it is still the next step, and this reader's to take."""
    joining = newcomers.waiting(notice.kind, timezone.localdate(at), _subject(notice)).first()
    if joining is None:
        return None
    able = newcomers.deciders_of([joining])[joining.pk]
    member = next((one for one in able if one.pk == notice.recipient_id), None)
    if member is None:
        return None
    title, body = _words_to_deciders(notice.kind)
    address = reverse("patrols:newcomer", args=[member.organization.code, joining.membership_id])
    return Message(title, body, address)


def say_to_newcomer(notice: Notice, at: datetime) -> Message | None:
    """As long as it is missing."""
    joining = newcomers.waiting(notice.kind, timezone.localdate(at), _subject(notice)).first()
    if joining is None:
        return None
    if notice.kind == newcomers.CODE:
        body = _("Read the code of conduct and sign it in Ronda: it takes two minutes.")
        return Message(_("One step is yours"), body, _to_way(joining.membership, "code-of-conduct"))
    body = _("Your training is missing. Ask your coordinator when the next one is.")
    return Message(_("You are nearly there"), body, _to_way(joining.membership, "joining"))


def say_approved(joining: Joining, notice: Notice) -> Message | None:
    if joining.status != JoiningStatus.APPROVED:
        return None
    body = _("Your first three patrols go with a leader. Choose a night.")
    return Message(_("You may go out now"), body, _to_way(joining.membership, "mine"))


def say_aside(joining: Joining, notice: Notice) -> Message | None:
    since = joining.suspended_at
    if since is None or notice.occasion.rpartition(":")[2] != moment(since):
        return None
    body = _("Your places pass to others. Your coordinator can say why, and until when.")
    return Message(_("You do not go out for now"), body, _to_way(joining.membership, "joining"))


def say_again(joining: Joining, notice: Notice) -> Message | None:
    if joining.status != JoiningStatus.APPROVED:
        return None
    body = _("Good that you are back. Choose a night.")
    return Message(_("You may go out again"), body, _to_way(joining.membership, "mine"))


def of_member(
    say: Callable[[Joining, Notice], Message | None],
) -> Callable[[Notice, datetime], Message | None]:
    """Read a member's way again, and say what is true of it now."""

    def check(notice: Notice, at: datetime) -> Message | None:
        joining = _subject(notice).select_related("membership__organization").first()
        return say(joining, notice) if joining is not None else None

    return check


def _words_to_deciders(kind: str) -> tuple[str, str]:
    if kind == newcomers.WORD:
        body = _("Two neighbors answer for somebody new. Now it is your word that is missing.")
        return _("Somebody waits for your word"), body
    if kind == newcomers.CHECK:
        body = _("Everybody answers for somebody new. Ask the police station to look at their record.")
        return _("A police check is missing"), body
    return _("Somebody can be approved"), _("Nothing is missing any more. Look at their way and decide.")


def _subject(notice: Notice) -> QuerySet[Joining]:
    return Joining.objects.filter(pk=notice.subject_id)


def _to_way(member: Membership, page: str) -> str:
    return reverse(f"patrols:{page}", args=[member.organization.code])


def _waiting_kind(code: str, say: Callable[[Notice, datetime], Message | None]) -> Kind:
    return Kind(code, lambda now, until: newcomers.of_waiting(code, now), say)


KINDS: list[Kind] = [
    *(_waiting_kind(code, say_to_deciders) for code in newcomers.TO_DECIDERS),
    *(_waiting_kind(code, say_to_newcomer) for code in newcomers.TO_NEWCOMERS),
    Kind(
        newcomers.APPROVED,
        lambda now, until: newcomers.of_approved(now, Joining.objects.all()),
        of_member(say_approved),
    ),
    Kind(
        newcomers.ASIDE,
        lambda now, until: newcomers.of_aside(now, Joining.objects.all()),
        of_member(say_aside),
    ),
    Kind(newcomers.AGAIN, nothing, of_member(say_again)),
]
