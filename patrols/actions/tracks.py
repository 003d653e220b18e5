"""Where somebody walked: allowed by themselves for one patrol, taken in batches, taken back whenever they
like, let go of after thirty days."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.actors import SystemActor
from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from patrols import queries, tracks
from patrols.actions import crews
from patrols.models import Coverage, Patrol, Track, TrackPoint
from patrols.states import NOT_BEGUN, PatrolStatus
from patrols.tracks import Judged, Point, Progress
from rules.refusals import Conflict, IllegalMove, NotFound
from rules.statements import KEY, Slot, Statement

MOST_POINTS = 20_000  # a point every second for five and a half hours
AROUND = timedelta(minutes=1)  # before the start and after the end; beyond it lies the way home
KEPT_FOR = timedelta(days=30)
STATE = ("last_at", "last_lat", "last_lon", "anchor_lat", "anchor_lon", "distance_m", "seconds", "cells")


@dataclass(frozen=True)
class Taken:
    """What became of a batch: how many points were new, known already, or from outside the patrol, and
    how many of the new ones carry which mark."""

    track: Track
    new: int = 0
    known: int = 0
    outside: int = 0
    marks: dict[str, int] = field(default_factory=dict)


@transaction.atomic
def allow(*, patrol: Patrol, by: Membership, at: datetime, allowed_at: datetime | None = None) -> Track:
    """Let one's own track of this patrol be kept: seen by oneself, and by the leader while they are out."""
    patrol = Patrol.objects.select_for_update().get(pk=patrol.pk)
    by.require(Permission.PATROL_RUN, patrol)
    crews.member_of(patrol, by)
    moment = min(allowed_at or at, at)
    is_over = patrol.ended_at is not None and patrol.ended_at <= moment
    if is_over or (patrol.status in NOT_BEGUN and patrol.status != PatrolStatus.BRIEFING):
        raise IllegalMove
    track, is_new = Track.objects.get_or_create(
        patrol=patrol,
        membership=by,
        defaults={"pk": uuid4(), "organization_id": patrol.organization_id, "allowed_at": moment},
    )
    if is_new:
        audit.record(action="track.allowed", subject=track, by=by)
    return track


@transaction.atomic
def withdraw(*, patrol: Patrol, by: Membership) -> int:
    """Take it back: every point goes, and that there ever were any. Says how many. Always possible."""
    by.require(Permission.PATROL_RUN, patrol)
    track = _lock(patrol, by)
    if track is None:
        return 0
    count, _per_model = TrackPoint.objects.filter(track_id=track.pk).delete()
    audit.record(action="track.withdrawn", subject=track, by=by, points=count)
    Track.objects.filter(pk=track.pk).delete()
    return count


@transaction.atomic
def add_points(*, patrol: Patrol, by: Membership, at: datetime, points: Sequence[Point]) -> Taken:
    """Take a batch of one's own track. Sent again it changes nothing; sent late or shuffled, the track
    comes to the same. What lies before the start or after the end is not kept: the way home is nobody's
    business."""
    track = _lock(patrol, by)
    by.require(Permission.PATROL_RUN, *[track] if track else [])
    if track is None:
        raise _refusal(patrol, by)
    if track.forgotten_at is not None:
        raise Conflict(_("That was too long ago: tracks are kept for thirty days."), code="too_late")
    inside = [point for point in points if _is_inside(point, track)]
    fresh = _unknown(inside, track)
    if track.points + len(fresh) > MOST_POINTS:
        raise Conflict(_("This track is full."), code="full")
    judged = _judge(track, fresh)
    _write(track, judged)
    marks = Counter(one.mark.value for one in judged)
    return Taken(track, len(fresh), len(inside) - len(fresh), len(points) - len(inside), dict(marks))


def forget(*, by: SystemActor, at: datetime) -> int:
    """Let go of where people walked more than thirty days ago; how far and how long stays. One patrol at
    a time, each in a transaction of its own. Says how many points went."""
    by.require(Permission.TRACK_FORGET)
    return sum(_forget(patrol, by, at) for patrol in queries.patrols_with_old_tracks(at - KEPT_FOR))


@transaction.atomic
def _forget(patrol: Patrol, by: SystemActor, at: datetime) -> int:
    """Forget one patrol's points."""
    held = Track.objects.select_for_update().filter(patrol_id=patrol.pk, forgotten_at=None).order_by("pk")
    keys = list(held.values_list("pk", flat=True))
    if not keys:
        return 0
    seen = queries.coverage_of(patrol, at)
    Coverage.objects.get_or_create(patrol=patrol, defaults=_numbers(patrol, seen, at))
    count, _per_model = TrackPoint.objects.filter(track_id__in=keys).delete()
    nowhere = dict.fromkeys(("last_lat", "last_lon", "anchor_lat", "anchor_lon"))
    Track.objects.filter(pk__in=keys).update(forgotten_at=at, cells=[], **nowhere)
    audit.record(action="track.forgotten", subject=patrol, by=by, tracks=len(keys), points=count)
    return count


def _numbers(patrol: Patrol, seen: "queries.Seen", at: datetime) -> dict[str, object]:
    return {
        "organization_id": patrol.organization_id,
        "cells_seen": seen.cells_seen,
        "cells_of_sector": seen.cells_of_sector,
        "sampled_percent": seen.sampled_percent,
        "tracks": seen.tracks,
        "written_at": at,
    }


_LOCK = Statement(
    lambda: (
        Track.objects.select_for_update(of=("self",))
        .filter(patrol_id=Slot("patrol", KEY), membership_id=Slot("member", KEY))
        .annotate(began_at=F("patrol__started_at"), ended_at=F("patrol__ended_at"))
    )
)


def _lock(patrol: Patrol, by: Membership) -> Track | None:
    """Lock one's own track: its batches come one at a time, and none while it is taken back."""
    return _LOCK.first(patrol=patrol.pk, member=by.pk)


def _refusal(patrol: Patrol, by: Membership) -> Exception:
    """Why no point is taken: a stranger finds nothing; of whoever is there, nobody asked for any."""
    if not Patrol.objects.visible_to(by).filter(pk=patrol.pk).exists():
        return NotFound()
    return Conflict(_("You did not allow your track on this patrol."), code="not_allowed_by_you")


def _is_inside(point: Point, track: Track) -> bool:
    """Whether a point is of the patrol."""
    began_at, ended_at = track.began_at, track.ended_at  # type: ignore[attr-defined]  # of the lock
    if began_at is None or point.at < began_at - AROUND:
        return False
    return ended_at is None or point.at <= ended_at + AROUND


def _unknown(points: list[Point], track: Track) -> list[Point]:
    """The points whose numbers are new, in their order; of two with one number, the first."""
    by_number = {point.seq: point for point in reversed(points)}
    if by_number and min(by_number) <= track.last_seq:
        rows = TrackPoint.objects.filter(track_id=track.pk, seq__in=by_number)
        for known in rows.values_list("seq", flat=True):
            del by_number[known]
    return [by_number[seq] for seq in sorted(by_number)]


def _judge(track: Track, fresh: list[Point]) -> list[Judged]:
    """Judge new points after what is known, or all of them again if some come from before it; the track
    is told what it comes to now."""
    if fresh and fresh[0].seq <= track.last_seq:
        progress = Progress()
        judged = _judge_again(track, fresh, progress)
    else:
        progress = Progress(**{name: getattr(track, name) for name in STATE})
        judged = tracks.judge(fresh, progress)
    for name in STATE:
        setattr(track, name, getattr(progress, name))
    return judged


def _judge_again(track: Track, fresh: list[Point], progress: Progress) -> list[Judged]:
    """Judge the whole track anew, correct the marks that change, and answer the new points alone."""
    known = TrackPoint.objects.filter(track_id=track.pk).order_by("seq")
    points, marks = {point.seq: point for point in fresh}, {}
    for row in known:
        points[row.seq] = Point(row.seq, row.device_at, row.at, row.lat, row.lon, row.accuracy_m)
        marks[row.seq] = row.mark
    judged = tracks.judge((points[seq] for seq in sorted(points)), progress)
    changed: dict[str, list[int]] = {}
    for one in judged:
        if marks.get(one.point.seq, one.mark) != one.mark:
            changed.setdefault(one.mark, []).append(one.point.seq)
    for mark, numbers in changed.items():
        TrackPoint.objects.filter(track_id=track.pk, seq__in=numbers).update(mark=mark)
    return [one for one in judged if one.point.seq not in marks]


def _write(track: Track, judged: list[Judged]) -> None:
    """Write new points, and what the track comes to with them."""
    if not judged:
        return
    TrackPoint.objects.bulk_create(
        [
            TrackPoint(track_id=track.pk, mark=mark, h3_9=cell, **point._asdict())
            for point, mark, cell in judged
        ],
        ignore_conflicts=True,
    )
    track.points += len(judged)
    track.last_seq = max(track.last_seq, judged[-1].point.seq)
    track.cell_count = len(track.cells)
    track.save(update_fields=["points", "last_seq", "cell_count", *STATE])
