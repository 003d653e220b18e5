"""One's own reports, by the narrow door of whoever sent them."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.models import Membership
from accounts.roles import Permission
from audit.models import Entry, Seal
from incidents.models import Report
from phone.queries.trail import READINGS

MOST_AT_FIRST, MOST = 50, 200
REPORT = Report._meta.label


def latest_reports(member: Membership) -> Any:
    """What the member sent, the last one first."""
    return _own(member).order_by("-received_at", "-pk")[:MOST_AT_FIRST]


def changed_reports(member: Membership, seal: int) -> Any:
    """The own reports that something was done to since this seal. They belong to other organizations'
    chains, so they are looked for by their keys; who only read one is not told."""
    keys = [
        str(pk) for pk in _own(member).order_by("-received_at", "-pk").values_list("pk", flat=True)[:MOST]
    ]
    seals = Seal.objects.filter(entry_id=OuterRef("pk"))
    fresh = Q(Exists(seals.filter(pk__gt=seal))) | ~Q(Exists(seals))
    done = Entry.objects.filter(subject_type=REPORT, subject_id__in=keys).exclude(action__endswith=READINGS)
    ids = done.filter(fresh).values_list("subject_id", flat=True)
    return _own(member).filter(pk__in=set(ids)).order_by("received_at", "pk")


def _own(member: Membership) -> Any:
    own = Report.own.all()
    return own.visible_to(member) if member.may(Permission.REPORT_FILE) else own.none()
