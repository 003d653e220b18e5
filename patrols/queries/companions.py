"""Which units come along, for whom it is time to know."""

from datetime import datetime
from typing import Any

from accounts.models import Membership, Organization, OrganizationKind
from accounts.roles import Permission
from patrols.models import Companion, Shift
from patrols.queries.shifts import meeting_point_for
from patrols.states.companions import CompanionStatus

SHOWN = (CompanionStatus.REQUESTED, CompanionStatus.CONFIRMED, CompanionStatus.DECLINED)


def companions_of(shift: Shift) -> list[Companion]:
    """The units asked for one night, for planners."""
    return list(Companion.objects.filter(shift_id=shift.pk, status__in=SHOWN).order_by("kind", "unit", "pk"))


def companions_for(shift: Any, member: Membership, now: datetime) -> list[Companion]:
    """The units of a night, for planners and, once they learn where to meet, the crew.

    `shift` is as `as_seen_by` gives it.
    """
    if meeting_point_for(shift, member, now) is None:
        return []
    return companions_of(shift)


def of_the_desk(member: Membership, now: datetime) -> list[Companion]:
    """What the municipality was asked for and is still to come; the next night first."""
    rows = Companion.objects.visible_to(member).filter(
        shift__ends_at__gt=now, status__in=SHOWN, kind="serenazgo"
    )
    rows = rows.select_related("shift__sector", "organization").defer("shift__sector__boundary")
    return list(rows.order_by("shift__starts_at", "pk")[:100])


def has_desk(ubigeo: str) -> bool:
    """Whether the district's municipality answers in Ronda itself."""
    return Organization.objects.filter(kind=OrganizationKind.MUNICIPALITY, ubigeo=ubigeo).exists()


def answers_for(member: Membership, companion: Companion) -> bool:
    """Whether this member may say what the unit answered: the municipality for its serenazgo; the
    coordinator for the police station and, where no municipality has joined, for serenazgo."""
    if member.may(Permission.SCHEDULE_VIEW):
        return companion.kind == "serenazgo"
    return companion.kind == "pnp" or not has_desk(member.ubigeo)
