"""What came to the desk from one patrol: only what was sent with a name, and little of it."""

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from incidents.models import Report
from incidents.queries.desks import LIMA
from incidents.states import Confidentiality, Sensitivity

# Serenazgo's turns (DOMAIN §1.2). An hour beside a crew's steps would say who of them reported.
MORNING, AFTERNOON, NIGHT = time(6), time(14), time(22)
AT_MOST = 50


@dataclass(frozen=True)
class FromPatrol:
    """One report as it may stand beside its patrol: what, in which sector, in which turn."""

    report: Any
    turn: str | Promise


def reports_of_patrol(*, membership: Membership, patrol_id: UUID) -> list[FromPatrol]:
    """Reports of normal sensitivity sent from one patrol with a name: the others know no patrol."""
    rows = Report.objects.all().visible_to(membership)
    named = rows.filter(
        patrol_id=patrol_id,
        confidentiality=Confidentiality.NAMED,
        sensitivity=Sensitivity.NORMAL,
    )
    found = (
        named.select_related("category", "sector").defer("sector__boundary").order_by("category__code", "pk")
    )
    return [FromPatrol(report, turn_of(report.occurred_at)) for report in found[:AT_MOST]]


def turn_of(moment: datetime) -> str | Promise:
    """Which turn of eight hours a moment falls into, in Lima."""
    clock = moment.astimezone(LIMA).time()
    if MORNING <= clock < AFTERNOON:
        return _("Morning, 06:00 to 14:00")
    return _("Afternoon, 14:00 to 22:00") if AFTERNOON <= clock < NIGHT else _("Night, 22:00 to 06:00")
