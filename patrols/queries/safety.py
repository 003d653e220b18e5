"""When a crew was last heard of, until when it may be silent, and who is told if it is longer."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Least

from accounts.models import Membership, OrganizationKind
from accounts.roles import Permission, Role
from patrols.models import (
    Alarm,
    AlarmStep,
    CrewMember,
    LogEntry,
    Move,
    Patrol,
    SafetyCheck,
    Visit,
    Watch,
    own_place,
)
from patrols.queries.duty import on_duty
from patrols.queries.house import rules_of
from patrols.queries.patrols import FORGOTTEN_AFTER
from patrols.states import FINISHED, HERE, ON_THE_STREET, TOGETHER, PatrolStatus
from patrols.states.safety import ON_THE_WAY_HOME, RINGS_BEFORE, AlarmKind, AlarmReason, Rung, deadline

SPOKEN_WITH = (AlarmReason.ALL_WELL, AlarmReason.HELP_CAME, AlarmReason.FALSE_ALARM)
# Patrols that only the clock ended: nobody said that they were back, or that nobody went out.
_CLOSED, _MISSED = Q(is_auto_closed=True, status__in=FINISHED), Q(status=PatrolStatus.MISSED)
BY_CLOCK = _CLOSED | (_MISSED & Q(briefed_at__isnull=False))
AFTER_CLOCK = FORGOTTEN_AFTER + ON_THE_WAY_HOME
LOOKED_AT_FOR = timedelta(hours=24)  # open alarms older than that wait for a person, not for a sign


@dataclass(frozen=True)
class Heard:
    """What is known of a crew: the last sign of life, what is left of a battery, and until when
    nobody needs to worry. All by our clock."""

    at: datetime
    battery_percent: int | None
    silent_until: datetime | None
    due_at: datetime

    @property
    def rings_at(self) -> datetime:
        """When the crew's own phones begin to ask."""
        return self.due_at - RINGS_BEFORE


@dataclass(frozen=True)
class Place:
    """Where a crew was, the last time it said so."""

    lat: float
    lon: float
    accuracy_m: float | None
    at: datetime


def heard(patrol: Patrol) -> Heard:
    """Read every sign of life of a patrol that went out. A phone's clock may make a sign older than
    its arrival, never younger: nobody is well in the future. Whoever went home before the others no longer
    speaks for them."""
    checks = SafetyCheck.objects.filter(~_from_home("member", "happened_at"), patrol_id=patrol.pk)
    newest = checks.order_by("-happened_at", "-at").first()
    said = None if newest is None else newest.happened_at
    *written, told_at = _written(patrol.pk)
    signs: list[datetime | None] = [patrol.started_at, said, *written]
    at = max(sign for sign in signs if sign is not None)
    silent_until = checks.aggregate(until=Max("silent_until"))["until"]
    battery = checks.exclude(battery_percent=None).order_by("-happened_at", "-at")
    every = timedelta(minutes=rules_of(patrol.organization_id).check_in_minutes)
    due_at = deadline(at, every, silent_until)
    # Whoever has just been in contact is asked before anybody is alarmed.
    contacts = (newest.at if newest else None, told_at)
    due_at = max([due_at, *(contact + RINGS_BEFORE for contact in contacts if contact)])
    return Heard(at, battery.values_list("battery_percent", flat=True).first(), silent_until, due_at)


def _from_home(whose: str, moment: str) -> Exists:
    """Whether somebody said it after they had left the crew."""
    mine = CrewMember.objects.filter(patrol_id=OuterRef("patrol_id"), membership_id=OuterRef(f"{whose}_id"))
    return Exists(mine.filter(left_at__lt=OuterRef(moment)))


def _written(patrol_id: UUID) -> Iterable[datetime | None]:
    """The last line of the log, the last point they came to, the last step somebody of the crew took, and
    the last time somebody looked after them and closed their alarm. That they left a point may be
    written by the clock, which hears nobody. In the end, when the last step reached us that had waited on
    a phone."""
    log = LogEntry.objects.filter(~_from_home("author", "captured_at"), patrol_id=patrol_id)
    yield log.aggregate(last=Max(Least("captured_at", "recorded_at")))["last"]
    visits = Visit.objects.filter(patrol_id=patrol_id)
    yield visits.aggregate(last=Max(Least("arrived_at", "recorded_at")))["last"]
    moves = Move.objects.filter(patrol_id=patrol_id, by__outings__patrol_id=patrol_id)
    steps = moves.aggregate(
        last=Max(Least(Coalesce("device_at", "at"), "at")),
        told=Max("at", filter=Q(happened_at__isnull=False)),
    )
    yield steps["last"]
    looked_after = Alarm.objects.filter(
        patrol_id=patrol_id, is_drill=False, reason__in=SPOKEN_WITH, resolved_by__isnull=False
    )
    yield looked_after.aggregate(last=Max("resolved_at"))["last"]
    yield steps["told"]


def last_place(alarm: Alarm) -> Place | None:
    """Where the crew was last: with its call for help, a check, a line of the log, a step, or at a point."""
    of_patrol: dict[str, Any] = {"patrol_id": alarm.patrol_id, "lat__isnull": False}
    kept: list[QuerySet[Any]] = [
        SafetyCheck.objects.filter(~_from_home("member", "happened_at"), **of_patrol).annotate(
            when=F("happened_at")
        ),
        LogEntry.objects.filter(~_from_home("author", "captured_at"), **of_patrol).annotate(
            when=Least("captured_at", "recorded_at")
        ),
        Move.objects.filter(**of_patrol).annotate(when=Least(Coalesce("device_at", "at"), "at")),
    ]
    found = [row for rows in kept for row in rows.order_by("-when")[:1]]
    places = [Place(row.lat, row.lon, row.accuracy_m, row.when) for row in found]
    visits = Visit.objects.filter(patrol_id=alarm.patrol_id).select_related("point").order_by("-arrived_at")
    places += [Place(at.point.lat, at.point.lon, at.accuracy_m, at.arrived_at) for at in visits[:1]]
    if alarm.lat is not None and alarm.lon is not None:
        places.append(Place(alarm.lat, alarm.lon, alarm.accuracy_m, alarm.due_at))
    return max(places, key=lambda place: place.at, default=None)


def unwatched(at: datetime) -> QuerySet[Patrol]:
    """Patrols on the street for which nobody keeps the time yet, or no more since an alarm that is over.
    Not those of a night long over, that only reach us now."""
    watches = Watch.objects.filter(patrol_id=OuterRef("pk"), due_at__isnull=False)
    alarms = Alarm.objects.open().filter(patrol_id=OuterRef("pk"), is_drill=False)
    out = Patrol.objects.filter(status__in=ON_THE_STREET, shift__ends_at__gt=at - FORGOTTEN_AFTER)
    return out.filter(~Exists(watches), ~Exists(alarms))


# What still says where a crew was, by its name on record, with the moment from which it is kept.
PLACED: dict[str, tuple[type[Any], str]] = {
    "checks": (SafetyCheck, "at"),
    "alarms": (Alarm, "raised_at"),
    "moves": (Move, "at"),
    "log": (LogEntry, "recorded_at"),
}


def with_old_places(until: datetime, limit: int) -> list[UUID]:
    """Patrols of which places from before are still kept, and for which nobody looks any more: of the
    oldest rows, as many as are looked at together."""
    wanted = Alarm.objects.open().values("patrol_id")
    keys: set[UUID] = set()
    for name, (_kind, since) in PLACED.items():
        rows = old_places(name, until).exclude(patrol_id__in=wanted).order_by(since)
        keys |= set(rows.values_list("patrol_id", flat=True)[:limit])
    return sorted(keys)


def old_places(name: str, until: datetime) -> QuerySet[Any]:
    """Rows of one kind that arrived before then and still say where."""
    kind, since = PLACED[name]
    rows: QuerySet[Any] = kind._default_manager.filter(**{f"{since}__lt": until, "lat__isnull": False})
    return rows


def run_out(at: datetime) -> list[UUID]:
    """Patrols whose deadline has passed, as far as their watch knows."""
    rows = Watch.objects.filter(due_at__lte=at).order_by("due_at", "pk")
    return list(rows.values_list("patrol_id", flat=True))


def silent(at: datetime) -> list[UUID]:
    """Patrols under an open alarm about silence: any of them may have been heard since."""
    since = at - LOOKED_AT_FOR
    lately = Q(raised_at__gt=since) | Q(patrol__came_late_at__gt=since)
    rows = Alarm.objects.open().filter(lately, kind=AlarmKind.OVERDUE)
    return list(rows.order_by("raised_at", "pk").values_list("patrol_id", flat=True))


def to_climb(at: datetime) -> list[Alarm]:
    """Open alarms of which the next rung must hear."""
    rows = Alarm.objects.open().filter(next_step_at__lte=at)
    return list(rows.order_by("next_step_at", "pk"))


def open_alarm(patrol_id: UUID, kind: str, *, is_drill: bool = False) -> Alarm | None:
    """The open alarm of a kind, of which there is one at most."""
    return Alarm.objects.open().filter(patrol_id=patrol_id, kind=kind, is_drill=is_drill).first()


def open_alarms(patrol_id: UUID) -> list[Alarm]:
    """All that is open about one patrol, with whoever saw it: what its crew reads."""
    rows = Alarm.objects.open().filter(patrol_id=patrol_id).select_related("acknowledged_by")
    return list(rows.order_by("kind", "is_drill"))


def unseen_by(member: Membership, alarms: list[Alarm]) -> list[Alarm]:
    """Those of these alarms of which somebody was told, and has not said yet that they saw it."""
    steps = AlarmStep.objects.filter(member_id=member.pk, alarm__in=alarms, acknowledged_at=None)
    told = set(steps.values_list("alarm_id", flat=True)) if alarms else set()
    return [alarm for alarm in alarms if alarm.pk in told]


def audience(alarm: Alarm, rung: str, at: datetime) -> list[Membership]:
    """Who stands on a rung of this alarm's ladder now. Whoever called for help need not be told."""
    people: QuerySet[Membership]
    if rung == Rung.LEADER:
        people = Membership.objects.active().filter(pk__in=_known(alarm.patrol.leader_id))
    elif rung == Rung.COORDINATOR:
        board = Membership.objects.filter(organization_id=alarm.organization_id)
        people = board.with_permission(Permission.PATROL_REVIEW)
    elif rung == Rung.DESK:
        people = _desk(alarm, at)
    else:
        people = chiefs_of(alarm.patrol.organization.ubigeo)
    told = AlarmStep.objects.filter(alarm_id=alarm.pk).values("member_id")
    return list(people.exclude(pk__in=_known(alarm.raised_by_id)).exclude(pk__in=told).order_by("pk"))


def _known(*keys: UUID | None) -> list[UUID]:
    return [key for key in keys if key is not None]


def _desk(alarm: Alarm, at: datetime) -> QuerySet[Membership]:
    """Whoever is on duty; where nobody is, the chief hears at once. A drill wakes no chief."""
    ubigeo = alarm.patrol.organization.ubigeo
    watching = on_duty(ubigeo, at)
    return watching if alarm.is_drill or watching.exists() else chiefs_of(ubigeo)


def chiefs_of(ubigeo: str) -> QuerySet[Membership]:
    """The district's security chiefs."""
    desks = Membership.objects.filter(
        organization__kind=OrganizationKind.MUNICIPALITY, organization__ubigeo=ubigeo
    )
    return desks.active().with_role(Role.SECURITY_CHIEF)


def outing_of(member: Membership, at: datetime) -> Patrol | None:
    """The patrol of which a call for help must be: the one somebody is on, rather than one that waits for
    them, or came home from just now."""
    mine = own_place(member, OuterRef("pk"))
    ours = Patrol.objects.filter(Exists(mine)).annotate(is_there=Exists(mine.filter(attendance__in=HERE)))
    running = ours.filter(status__in=TOGETHER).order_by("-is_there", "-briefed_at", "pk").first()
    return running or ours.filter(may_call(at)).order_by(F("ended_at").desc(nulls_last=True), "pk").first()


def may_call(at: datetime) -> Q:
    """Patrols from which a call for help is taken: a crew that is together or on its way home. One that only
    the clock ended may be out there still."""
    by_clock = BY_CLOCK & Q(shift__ends_at__gt=at - AFTER_CLOCK)
    return Q(status__in=TOGETHER) | Q(status__in=FINISHED, ended_at__gte=at - ON_THE_WAY_HOME) | by_clock
