"""What a crew says of its points: we are here, we go on, we left it out."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from patrols.actions import crews, dwell
from patrols.actions.moves import NO_STAMP, Stamp
from patrols.models import Patrol, Skip, Visit
from patrols.states import VISITING, ManualReason, SkipReason, VisitMethod
from places.distances import metres
from places.models import PriorityPoint
from rules.refusals import Conflict, Invalid

NEAR_M = 20.0
VAGUE_M = 50.0  # a phone that may be farther off than this cannot say that somebody is there
EARLY = timedelta(minutes=10)  # a phone's clock may be off by this and the visit still be tonight's


@transaction.atomic
def arrive(
    *,
    patrol: Patrol,
    point: PriorityPoint,
    by: Membership,
    at: datetime,
    method: str,
    code: str = "",
    reason_code: str = "",
    arrived_at: datetime | None = None,
    stamp: Stamp = NO_STAMP,
    visit_id: UUID | None = None,
) -> Visit:
    """Say "we are here": by the code of the sheet, by the phone's location, or by hand and why. Whoever
    stands there already is not told twice; at another point, that visit ends now. `arrived_at` is when
    it was, by our clock: a visit made before the end is kept however late it arrives, and marked."""
    patrol = crews.lock_for(patrol, by)
    by.require(Permission.PATROL_RUN, patrol, point)
    happened = min(arrived_at or at, at)
    is_late = _is_late(patrol, happened)
    VISITING.move(patrol.status, "visit_late" if is_late else "visit")
    _check_moment(patrol, point, happened)
    distance = _distance(point, stamp)
    _check_method(point, method, code, reason_code, distance, stamp)
    before = _last_before(patrol, happened)
    if before is not None and before.point_id == point.pk and not _has_left(before, happened):
        return before
    check_unused(Visit, visit_id)
    visit = _visit(patrol, point, by, happened, stamp)
    visit.pk, visit.method, visit.reason_code = visit_id or uuid4(), method, reason_code
    visit.recorded_at, visit.distance_m, visit.is_late = at, distance, is_late
    _follow(before, visit, patrol)
    visit.save(force_insert=True)
    audit.record(action="visit.began", subject=visit, by=by, method=method)
    return visit


@transaction.atomic
def leave(
    *, visit: Visit, by: Membership, at: datetime, left_at: datetime | None = None, stamp: Stamp = NO_STAMP
) -> Visit:
    """Say "we go on". Said twice, the first time counts, whichever phone's word arrives first."""
    patrol = crews.lock_for(visit.patrol, by)
    by.require(Permission.PATROL_RUN, patrol, visit)
    visit = Visit.objects.select_related("point", "patrol").get(pk=visit.pk, patrol_id=patrol.pk)
    happened = min(left_at or at, at, patrol.ended_at or at)
    if visit.left_at is None or max(happened, visit.arrived_at) < visit.left_at:
        dwell.end(visit, happened, stamp.device_at)
        audit.record(action="visit.ended", subject=visit, by=by)
    return visit


@transaction.atomic
def skip(*, patrol: Patrol, point: PriorityPoint, by: Membership, at: datetime, reason_code: str) -> Skip:
    """Say why the crew left a point out. Said again, the last word counts."""
    patrol = crews.lock_for(patrol, by)
    by.require(Permission.PATROL_RUN, patrol, point)
    VISITING.move(patrol.status, "skip")
    if reason_code not in SkipReason.values:
        raise Invalid({"reason_code": _("Choose a reason from the list.")})
    if Visit.objects.filter(patrol_id=patrol.pk, point_id=point.pk).exists():
        raise Conflict(_("You were there: it is not left out."), code="visited")
    told, _is_new = Skip.objects.update_or_create(
        patrol=patrol,
        point=point,
        defaults={"reason_code": reason_code, "member": by, "told_at": at},
        create_defaults={
            "organization_id": patrol.organization_id,
            "reason_code": reason_code,
            "member": by,
            "told_at": at,
        },
    )
    audit.record(action="point.skipped", subject=told, by=by, reason_code=reason_code)
    return told


def _visit(patrol: Patrol, point: PriorityPoint, by: Membership, at: datetime, stamp: Stamp) -> Visit:
    return Visit(
        organization_id=patrol.organization_id,
        patrol=patrol,
        point=point,
        member=by,
        arrived_at=at,
        arrived_device_at=stamp.device_at,
        accuracy_m=stamp.accuracy_m,
    )


def _is_late(patrol: Patrol, happened: datetime) -> bool:
    """Whether a visit is told after the end of the patrol on which it was made."""
    return patrol.ended_at is not None and happened < patrol.ended_at


def _check_moment(patrol: Patrol, point: PriorityPoint, happened: datetime) -> None:
    if patrol.started_at is None or happened < patrol.started_at - EARLY:
        raise Invalid({"arrived_at": _("The patrol had not begun then. Is the phone's clock right?")})
    if point.retired_at is not None and point.retired_at < happened:
        raise Invalid({"point": _("This point is no longer visited.")})


def _distance(point: PriorityPoint, stamp: Stamp) -> float | None:
    """How far from the point the phone says it is."""
    if stamp.lat is None or stamp.lon is None:
        return None
    return round(metres(point.lat, point.lon, stamp.lat, stamp.lon), 1)


def _check_method(
    point: PriorityPoint, method: str, code: str, reason_code: str, distance: float | None, stamp: Stamp
) -> None:
    if method not in VisitMethod.values:
        raise Invalid({"method": _("Choose one from the list.")})
    if method == VisitMethod.QR and code != point.code:
        raise Invalid({"code": _("This sheet is not valid. Tell your coordinator.")})
    by_hand = method == VisitMethod.MANUAL
    if by_hand != (reason_code in ManualReason.values) or (reason_code and not by_hand):
        raise Invalid({"reason_code": _("Choose a reason from the list.")})
    if method == VisitMethod.GPS:
        _check_near(distance, stamp.accuracy_m)


def _check_near(distance: float | None, accuracy: float | None) -> None:
    """Being there is within twenty metres and what the phone may be off, if that is little."""
    if distance is None:
        raise Invalid({"lat": _("Your phone did not say where it is. Say it by hand.")})
    if accuracy is None or accuracy > VAGUE_M:
        raise Invalid({"accuracy_m": _("Your phone does not know well where it is. Say it by hand.")})
    if distance > NEAR_M + accuracy:
        facts = {"distance_m": distance, "within_m": NEAR_M + accuracy}
        raise Conflict(_("You are not at the point yet."), code="too_far", facts=facts)


def _last_before(patrol: Patrol, happened: datetime) -> Visit | None:
    """Where the crew stood when it came here, as far as we know."""
    earlier = Visit.objects.filter(patrol_id=patrol.pk, arrived_at__lte=happened).select_related("point")
    return earlier.order_by("-arrived_at", "-pk").first()


def _has_left(visit: Visit, moment: datetime) -> bool:
    return visit.left_at is not None and visit.left_at <= moment


def _follow(before: Visit | None, visit: Visit, patrol: Patrol) -> None:
    """Being at one point is no longer being at the other. What is told out of order ends where the
    later one began, and nobody stands anywhere once they are home."""
    if before is not None and (before.left_at is None or before.left_at > visit.arrived_at):
        dwell.end(before, visit.arrived_at)
    later = Visit.objects.filter(patrol_id=patrol.pk, arrived_at__gt=visit.arrived_at)
    next_at = later.order_by("arrived_at").values_list("arrived_at", flat=True).first() or patrol.ended_at
    if next_at is not None:
        dwell.end(visit, next_at)
