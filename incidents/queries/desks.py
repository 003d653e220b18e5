"""Which desk must answer, who works there, and what can be reported to it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, MembershipQuerySet, Organization, OrganizationKind
from accounts.roles import Permission
from incidents.models import Category
from places.models import District
from places.queries import Whereabouts, lines_for, sector_at, whereabouts
from rules.refusals import Conflict
from rules.statements import DAY, WORD, Slot, Statement

LIMA = ZoneInfo("America/Lima")
Point = tuple[float, float]


@dataclass(frozen=True)
class Desk:
    """The municipality that gets a report, and what is known of where it happened. `is_outside`: it
    happened in another district than the desk's."""

    organization_id: UUID
    ubigeo: str
    is_outside: bool
    sector_id: UUID | None


_MUNICIPALITY = Statement(
    lambda: Organization.objects.filter(
        kind=OrganizationKind.MUNICIPALITY, ubigeo=Slot("ubigeo", WORD)
    ).values_list("pk", flat=True)
)
_OFFERED = Statement(
    lambda: (
        Category.objects.filter(code=Slot("code", WORD)).valid_on(Slot("on", DAY)).order_by("-version")[:1]
    )
)


def municipality_of(ubigeo: str) -> UUID | None:
    """The key of a district's one desk, if its municipality has joined."""
    return _MUNICIPALITY.first(ubigeo=ubigeo)


def desk_for(member: Membership, point: Point | None, at: datetime) -> Desk:
    """Whose a report of this member from this point is: the desk of the district where it happened,
    else the one of the member's own. Refuses with `no_desk` and the lines to call if there is none."""
    there = (point and whereabouts(*point)) or _somewhere(member, point)
    desk = there.municipality_id or municipality_of(member.ubigeo)
    if desk is None:
        raise _no_desk(member, at)
    is_outside = there.municipality_id is None and there.ubigeo != member.ubigeo
    return Desk(desk, there.ubigeo, is_outside=is_outside, sector_id=there.sector_id)


def category_called(code: str, at: datetime) -> Category | None:
    """The version of a type that is offered now; of one that ended, the last: a report captured
    before that may still arrive."""
    offered = _OFFERED.first(code=code, on=at.astimezone(LIMA).date())
    return offered or Category.objects.filter(code=code).order_by("-version").first()


def handlers(member: Membership) -> MembershipQuerySet:
    """Who works at a member's desk."""
    ours = Membership.objects.filter(organization_id=member.organization_id)
    return ours.with_permission(Permission.REPORT_HANDLE).order_by("alias", "pk")


def _somewhere(member: Membership, point: Point | None) -> Whereabouts:
    """What is believed where no known district holds the point: the member's own, but for a point that
    lies outside although the own one's outline is known."""
    if point is None:
        return Whereabouts(member.ubigeo)
    is_drawn = District.objects.filter(pk=member.ubigeo, west__isnull=False).exists()
    return Whereabouts("" if is_drawn else member.ubigeo, sector_at(*point))


def _no_desk(member: Membership, at: datetime) -> Conflict:
    lines = lines_for(member.ubigeo, at.astimezone(LIMA).date())
    said = [{"code": line.code, "number": line.number, "name": line.name} for line in lines]
    sentence = _("Your municipality does not receive reports here yet. Call instead.")
    return Conflict(sentence, code="no_desk", facts={"lines": said})
