"""What did not come back: asked of whoever has it, then said to whoever plans. No label, no name."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Membership
from notifications.kinds import Kind, Message
from notifications.models import Notice
from patrols.models import Loan
from patrols.notices.shifts import day
from patrols.queries import equipment


def say_not_back(notice: Notice, at: datetime) -> Message | None:
    """As long as something is still out."""
    loans = _out(notice)
    reader = _reader(notice)
    if not loans or reader is None:
        return None
    body = ngettext(
        "%(n)s thing you took along on %(day)s is not back yet. Bring it to your coordinator, or say that it"
        " is missing.",
        "%(n)s things you took along on %(day)s are not back yet. Bring them to your coordinator, or say"
        " what is missing.",
        len(loans),
    )
    words = {"n": len(loans), "day": day(loans[0].out_at)}
    return Message(_("Equipment is still with you"), body % words, _to("mine", reader))


def say_still_out(notice: Notice, at: datetime) -> Message | None:
    """As long as it is out and not written off. The register says who has it."""
    loans = _out(notice)
    reader = _reader(notice)
    if not loans or reader is None:
        return None
    body = ngettext(
        "%(n)s thing lent on %(day)s did not come back. Ask for it, or note that it is lost.",
        "%(n)s things lent on %(day)s did not come back. Ask for them, or note what is lost.",
        len(loans),
    )
    words = {"n": len(loans), "day": day(loans[0].out_at)}
    return Message(_("Equipment did not come back"), body % words, _to("equipment", reader))


def _out(notice: Notice) -> list[Loan]:
    return list(equipment.still_out(notice.subject_id).order_by("out_at", "pk"))


def _reader(notice: Notice) -> Membership | None:
    return Membership.objects.acting().filter(pk=notice.recipient_id).first()


def _to(page: str, reader: Membership) -> str:
    return reverse(f"patrols:{page}", args=[reader.organization.code])


KINDS: list[Kind] = [
    Kind(equipment.NOT_BACK, equipment.of_not_back, say_not_back),
    Kind(equipment.STILL_OUT, equipment.of_still_out, say_still_out),
]
