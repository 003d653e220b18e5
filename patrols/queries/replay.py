"""A finished patrol once more, moment by moment: what happened, at what time and, for those who may know,
where. What one member sees of it; whoever looks on a street sees nothing, for it is over."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import Membership
from accounts.roles import Permission
from patrols.models import Alarm, Patrol, SafetyCheck, TrackPoint
from patrols.queries.pages import story
from patrols.queries.patrols import knows_crew
from patrols.queries.visits import stops_of
from patrols.states import COUNTS
from patrols.tracks import GAP

MOVE, LOG, CHECK, ALARM, VISIT, SKIP = "move", "log", "check", "alarm", "visit", "skip"
AFTERWARDS = ("review", "correct")
Point = tuple[float, float]


@dataclass(frozen=True)
class Moment:
    """One thing that happened. `who` is an alias, or empty for whoever may not know; `place` is latitude
    and longitude, for those who may know it; `row` is what the page words it from."""

    kind: str
    code: str
    at: datetime
    row: Any
    who: str = ""
    place: Point | None = None

    @property
    def key(self) -> str:
        """The same on the page and in the data, however often either is asked for."""
        return f"{self.kind}-{self.row.pk}"


@dataclass(frozen=True)
class TrackPart:
    """A piece of somebody's own track without a gap: where and when."""

    points: list[Point]
    times: list[datetime]


@dataclass(frozen=True)
class Replay:
    """Everything one member may see of a patrol once it is over."""

    moments: list[Moment]
    track: list[TrackPart]


def replay_of(*, patrol: Patrol, membership: Membership, now: datetime) -> Replay:
    """Eight questions to the database, however long the night was."""
    eyes = _Eyes(patrol, membership, knows_crew=knows_crew(patrol, membership, now))
    moments = [*eyes.story(), *eyes.checks(), *eyes.alarms(), *eyes.points()]
    return Replay(sorted(moments, key=lambda one: (one.at, one.key)), own_track(patrol, membership))


@dataclass(frozen=True)
class _Eyes:
    """What one member sees of one patrol."""

    patrol: Patrol
    membership: Membership
    knows_crew: bool

    def story(self) -> Iterator[Moment]:
        """The steps and the log, each where it was written. What was read days later is not of the night."""
        moves, log = story(patrol=self.patrol, membership=self.membership)
        for move in (one for one in moves if one.verb not in AFTERWARDS):
            yield Moment(MOVE, move.verb, move.moment, move, self.name(move.by), _place(move))
        for line in log:
            yield Moment(LOG, line.kind, line.captured_at, line, self.name(line.author), _place(line))

    def checks(self) -> Iterator[Moment]:
        """That all was well. Where somebody stood every half hour is nearly a track: theirs alone."""
        rows: Any = SafetyCheck.objects.visible_to(self.membership).filter(patrol_id=self.patrol.pk)
        for check in rows.select_related("member"):
            place = _place(check) if check.member_id == self.membership.pk else None
            yield Moment(CHECK, check.kind, check.happened_at, check, self.name(check.member), place)

    def alarms(self) -> Iterator[Moment]:
        """Each alarm; where it was only for whoever answers alarms, and whoever called."""
        rows: Any = Alarm.objects.visible_to(self.membership).filter(patrol_id=self.patrol.pk)
        answers = self.membership.may(Permission.ALARM_ANSWER)
        for alarm in rows:
            may_know = answers or alarm.raised_by_id == self.membership.pk
            yield Moment(ALARM, alarm.kind, alarm.due_at, alarm, "", _place(alarm) if may_know else None)

    def points(self) -> Iterator[Moment]:
        """The visits, and what was left out."""
        for stop in stops_of(patrol=self.patrol, membership=self.membership):
            place = (stop.point.lat, stop.point.lon)
            for visit in stop.visits:
                yield Moment(VISIT, visit.method, visit.arrived_at, visit, "", place)
            if stop.skip is not None:
                yield Moment(SKIP, stop.skip.reason_code, stop.skip.told_at, stop.skip, "", place)

    def name(self, member: Membership | None) -> str:
        if member is None or not (self.knows_crew or member.pk == self.membership.pk):
            return ""
        return member.alias


def own_track(patrol: Patrol, membership: Membership) -> list[TrackPart]:
    """Where somebody walked, for themselves alone: not even whoever led sees another's when it is over.
    Only good points; a gap stays a gap."""
    rows: Any = TrackPoint.objects.visible_to(membership).filter(
        track__patrol_id=patrol.pk, track__membership_id=membership.pk, mark__in=COUNTS
    )
    parts: list[TrackPart] = []
    for at, lat, lon in rows.order_by("at", "seq").values_list("at", "lat", "lon"):
        if not parts or (at - parts[-1].times[-1]).total_seconds() > GAP:
            parts.append(TrackPart([], []))
        parts[-1].points.append((lat, lon))
        parts[-1].times.append(at)
    return [part for part in parts if len(part.points) > 1]


def _place(row: Any) -> Point | None:
    return None if row.lat is None or row.lon is None else (row.lat, row.lon)
