"""What people are told of an alarm, derived from its steps: a promise that got lost heals."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import Membership
from notifications.kinds import Wanted
from patrols.models import Alarm, AlarmStep
from patrols.queries.safety import Place
from patrols.states.safety import OPEN, AlarmKind
from places.distances import metres
from places.models import PriorityPoint

SILENT, HELP, OVER, CALL = "safety_overdue", "safety_sos", "safety_over", "safety_call_back"
ABOUT_ALARMS = (SILENT, HELP, CALL)
GOOD_FOR = timedelta(hours=6)
SAYS_NOTHING_M = 500.0


def kind_of(alarm: Alarm) -> str:
    return SILENT if alarm.kind == AlarmKind.OVERDUE else HELP


def of_step(step: AlarmStep, kind: str, due_at: datetime, occasion: str = "") -> Wanted:
    """One message to one of those who are told. The occasion names the alarm: each hears it once."""
    return Wanted(
        kind=kind,
        organization_id=step.member.organization_id,
        recipient_id=step.member_id,
        subject_id=step.alarm_id,
        subject_version=0,
        occasion=f"{kind}:{step.alarm_id}:{occasion}",
        due_at=due_at,
        expires_at=due_at + GOOD_FOR,
    )


def of_open_alarms(kind: str, now: datetime) -> Iterator[Wanted]:
    """Everybody who stands on a rung that was reached."""
    alarm_kind = AlarmKind.OVERDUE if kind == SILENT else AlarmKind.SOS
    steps = AlarmStep.objects.filter(
        alarm__status__in=OPEN, alarm__kind=alarm_kind, told_at__gt=now - GOOD_FOR
    )
    for step in steps.select_related("member"):
        yield of_step(step, kind, step.told_at)


def told(alarm: Alarm) -> list[AlarmStep]:
    """Who was told, in the order of the rungs."""
    steps = AlarmStep.objects.filter(alarm_id=alarm.pk).select_related("member")
    return list(steps.order_by("told_at", "pk"))


def hears_of_another(alarm: Alarm, member: Membership) -> bool:
    """Whether somebody was told of another alarm about the same crew that is open and real."""
    steps = AlarmStep.objects.filter(member_id=member.pk, alarm__patrol_id=alarm.patrol_id)
    return steps.filter(alarm__status__in=OPEN, alarm__is_drill=False).exists()


def landmark(place: Place, alarm: Alarm) -> tuple[str, int] | None:
    """The board's nearest priority point within half a kilometer, and how many metres off it is: what
    somebody can say on the phone."""
    points = PriorityPoint.objects.in_use().filter(organization_id=alarm.organization_id)
    found = [(metres(place.lat, place.lon, point.lat, point.lon), point.name) for point in points]
    near = min(found, default=(SAYS_NOTHING_M, ""))
    return (near[1], int(round(near[0], -1))) if near[0] < SAYS_NOTHING_M else None


def first_seen(alarm: Alarm) -> AlarmStep | None:
    """Who saw it first of those who are not walking with the crew."""
    seen = Q(alarm_id=alarm.pk, member_id=alarm.acknowledged_by_id)
    return AlarmStep.objects.filter(seen, acknowledged_at__isnull=False).first()
