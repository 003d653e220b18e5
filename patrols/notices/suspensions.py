"""That a district stays at home, and that it goes out again."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from notifications.kinds import Kind, Message
from notifications.models import Notice
from patrols.models import Suspension
from patrols.notices.shifts import look, nothing, to_mine
from patrols.queries import promises, suspension_over


def say_suspended(notice: Notice, at: datetime) -> Message | None:
    """While it stands, and the night would otherwise take place."""
    now = look(notice, at)
    if now is None or now.signup is None or not now.signup.is_in or not now.shift.is_published:
        return None
    if suspension_over(now.shift) is None or at >= now.shift.ends_at:
        return None
    if now.shift.has_begun(at):
        title = _("Patrols are suspended: come home")
        return Message(
            title, _("End your patrol and come home together. Tell us when you are back."), to_mine(now)
        )
    body = _("Nobody goes out on %(day)s at %(time)s: patrols are suspended in your district. Stay at home.")
    return Message(_("Nobody goes out"), body % now.words(), to_mine(now))


def say_resumed(notice: Notice, at: datetime) -> Message | None:
    """Once nothing keeps the night from taking place, and only to whoever was told otherwise. A held night
    is on again when enough people come, and that is told on its own."""
    now = look(notice, at)
    if now is None or now.signup is None or not now.signup.is_in or not now.is_promised:
        return None
    if now.shift.is_held:
        return None
    lifted = Suspension.objects.filter(pk=UUID(notice.occasion.rpartition(":")[2])).first()
    if lifted is None or now.signup.signed_up_at > lifted.declared_at or suspension_over(now.shift):
        return None
    body = _("The suspension is over. %(day)s at %(time)s is on again.") % now.words()
    return Message(_("Your patrol is on again"), body, to_mine(now))


KINDS: list[Kind] = [
    Kind(promises.SUSPENDED, nothing, say_suspended),
    Kind(promises.RESUMED, nothing, say_resumed),
]
