"""What attendance adds to the walk: the member's own place in the crew of a finished patrol."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Membership, Organization
from patrols.models import HoursCertificate, Objection
from tests import factories

KEYS: dict[str, str] = {"crew": "crew_member", "attendance": "crew_member", "certificates": "certificate"}
ATTENDANCE = {"id", "patrol", "service_date", "alias", "is_mine", "attendance", "present_since", "left_at"}
EVIDENCE = {"arrived_at", "is_said_by_another", "went_home_at", "signs", "last_sign_at"}
CERTIFICATE = {
    "id",
    "alias",
    "from_on",
    "to_on",
    "requested_at",
    "issued_at",
    "revoked_at",
    "hours",
    "patrols",
}
SHAPES: dict[str, set[str]] = {
    "patrols-api:certificate-list": CERTIFICATE | {"code", "version"},
    "patrols-api:certificate-detail": CERTIFICATE | {"code", "version"},
    "patrols-api:attendance-list": ATTENDANCE,
    "patrols-api:attendance-detail": ATTENDANCE | EVIDENCE | {"corrections", "objection"},
}


def one_of_each(owner: Organization, member: Membership) -> dict[str, Any]:
    """The member did not come, and says that they did; and asks for their hours on paper."""
    ours = {"organization": owner}
    at = timezone.now() - timedelta(days=2)
    shift = factories.ShiftFactory(starts_at=at, service_date=at.date(), status="closed", **ours)
    ends = {"started_at": at, "ended_at": at + timedelta(hours=2)}
    patrol = factories.PatrolFactory(shift=shift, status="closed", **ends, **ours)
    absent = factories.CrewMemberFactory(patrol=patrol, membership=member, attendance="no_show", **ours)
    words = {"claims": "present", "reason_code": "phone_failed", "at": timezone.now()}
    Objection.objects.create(patrol=patrol, crew_member=absent, **words, **ours)
    days = {"from_on": at.date(), "to_on": at.date(), "requested_at": timezone.now()}
    return {
        "crew_member": absent,
        "certificate": HoursCertificate.objects.create(membership=member, **days, **ours),
    }
