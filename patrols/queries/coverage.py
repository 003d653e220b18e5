"""How much of its sector a patrol saw, and how sure that is. Numbers only: whose phone saw what is
nobody's business."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from patrols.models import Coverage, Patrol, Track, Visit
from patrols.queries.visits import points_of
from places.queries import cells_of

HIGH, MEDIUM = 80, 50  # percent of the time with signal


@dataclass(frozen=True)
class Seen:
    """Cells of some blocks (H3, resolution 9) of the sector, and those of them where the crew was: by
    the tracks that were shared, and by the points visited. `sampled_percent` is the share of the
    patrol's time in which the best of those tracks had signal."""

    cells_seen: int
    cells_of_sector: int
    sampled_percent: int
    tracks: int

    @property
    def percent(self) -> int:
        return round(100 * self.cells_seen / self.cells_of_sector) if self.cells_of_sector else 0

    @property
    def unsampled_percent(self) -> int:
        """Share of the time of which nobody knows where the crew was."""
        return 100 - self.sampled_percent

    @property
    def confidence(self) -> str:
        """In a word: `high`, `medium`, `low`, or `none` where no track was shared."""
        if not self.tracks:
            return "none"
        return (
            "high" if self.sampled_percent >= HIGH else "medium" if self.sampled_percent >= MEDIUM else "low"
        )


def coverage_of(patrol: Patrol, at: datetime) -> Seen:
    """What a patrol saw of its sector; once its points are gone, what was written down of it."""
    kept = Coverage.objects.filter(patrol_id=patrol.pk).first()
    if kept is not None:
        return Seen(kept.cells_seen, kept.cells_of_sector, kept.sampled_percent, kept.tracks)
    tracks = list(Track.objects.filter(patrol_id=patrol.pk, points__gt=0).values_list("cells", "seconds"))
    visited = Visit.objects.filter(patrol_id=patrol.pk).values_list("point__h3_9", flat=True)
    wanted = cells_of(patrol.shift.sector) or {point.h3_9 for point in points_of(patrol.shift)}
    seen = {cell for cells, _seconds in tracks for cell in cells} | set(visited)
    best = max((seconds for _cells, seconds in tracks), default=0.0)
    return Seen(len(seen & wanted), len(wanted), _share(best, patrol, at), len(tracks))


def _share(seconds: float, patrol: Patrol, at: datetime) -> int:
    if patrol.started_at is None:
        return 0
    whole = ((patrol.ended_at or at) - patrol.started_at).total_seconds()
    return min(100, round(100 * seconds / whole)) if whole > 0 else 0


def patrols_with_old_tracks(before: datetime) -> QuerySet[Patrol]:
    """Patrols that were over by then and whose points are still there."""
    held = Track.objects.filter(patrol_id=OuterRef("pk"), forgotten_at=None)
    over = Patrol.objects.annotate(over_at=Coalesce("ended_at", "shift__ends_at"))
    return over.filter(Exists(held), over_at__lt=before).select_related("shift__sector").order_by("pk")
