"""Where somebody walked, if they allowed it: for themselves, and for who leads while they are out."""

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.models import Membership
from accounts.scoping import ScopedModel, ScopedQuerySet
from patrols.models.patrols import OfPatrolQuerySet, Patrol
from patrols.states import ON_THE_STREET, Mark


class TrackQuerySet(ScopedQuerySet["Track"]):
    def visible_to(self, membership: Membership) -> "TrackQuerySet":
        """One's own; and, while the patrol is out, those of the crew one leads. Nobody else ever sees
        any: not the coordinator, not the municipality, not the rest of the crew."""
        led = Patrol.objects.filter(
            pk=OuterRef("patrol_id"), leader_id=membership.pk, status__in=ON_THE_STREET
        )
        ours = self.filter(organization_id=membership.organization_id)
        return ours.filter(Q(membership_id=membership.pk) | Exists(led))


class Track(ScopedModel):
    """That somebody allows their track of one patrol to be kept, and what it comes to. The row is the
    consent: without it no point is taken, and withdrawing it deletes points and row.

    Metres and seconds are of good points less than two minutes apart. `points` counts all that came. What
    says where (`last_…`, `anchor_…`, `cells`) goes with the points after thirty days; the totals stay.
    """

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="tracks")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField()
    points = models.PositiveIntegerField(default=0)
    distance_m = models.FloatField(default=0)
    seconds = models.FloatField(default=0)
    cell_count = models.PositiveIntegerField(default=0)
    last_seq = models.BigIntegerField(default=-1)
    last_at = models.DateTimeField(null=True)
    last_lat = models.FloatField(null=True)
    last_lon = models.FloatField(null=True)
    anchor_lat = models.FloatField(null=True)
    anchor_lon = models.FloatField(null=True)
    cells: Any = models.JSONField(default=list)
    forgotten_at = models.DateTimeField(null=True)

    objects = TrackQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patrol", "membership"], name="track_once_per_patrol_and_member"),
            models.CheckConstraint(
                condition=Q(distance_m__gte=0) & Q(seconds__gte=0), name="track_totals_are_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(forgotten_at__isnull=True)
                | Q(last_lat__isnull=True, last_lon__isnull=True, anchor_lat__isnull=True),
                name="track_forgotten_knows_no_place",
            ),
        ]
        indexes = [models.Index(fields=["patrol"], condition=Q(forgotten_at=None), name="track_with_points")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def minutes(self) -> int:
        """Whole minutes with signal."""
        return int(self.seconds // 60)


class TrackPointQuerySet(ScopedQuerySet["TrackPoint"]):
    def visible_to(self, membership: Membership) -> "TrackPointQuerySet":
        """The points of the tracks one may see."""
        tracks: QuerySet[Track] = Track.objects.visible_to(membership).filter(pk=OuterRef("track_id"))
        return self.filter(Exists(tracks))


class TrackPoint(models.Model):
    """One point of a track, marked with what it is worth. Append-only; whose it is, its track says.

    `seq` is the phone's own number, so that a batch sent twice changes nothing. `device_at` is the phone's
    clock, `at` ours; lat and lon are WGS84 degrees.
    """

    # The constraint below begins with it: an index of its own would only slow the batch.
    track = models.ForeignKey(Track, models.PROTECT, related_name="+", db_index=False)
    seq = models.BigIntegerField()
    device_at = models.DateTimeField()
    at = models.DateTimeField()
    lat = models.FloatField()
    lon = models.FloatField()
    accuracy_m = models.FloatField()
    mark = models.CharField(max_length=12, choices=Mark, default=Mark.OK)
    h3_9 = models.CharField(max_length=15)

    objects = TrackPointQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["track", "seq"], name="track_point_once_per_number"),
            models.CheckConstraint(condition=Q(mark__in=Mark.values), name="track_point_mark_known"),
            models.CheckConstraint(
                condition=Q(lat__range=(-90, 90), lon__range=(-180, 180)), name="track_point_is_on_earth"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.mark} #{self.pk}"


class Coverage(ScopedModel):
    """How much of its sector a patrol saw, written down when the points go: numbers, no places."""

    patrol = models.OneToOneField(Patrol, models.PROTECT, related_name="coverage")
    cells_seen = models.PositiveIntegerField()
    cells_of_sector = models.PositiveIntegerField()
    sampled_percent = models.PositiveSmallIntegerField()
    tracks = models.PositiveSmallIntegerField()
    written_at = models.DateTimeField()

    objects = OfPatrolQuerySet["Coverage"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cells_seen__lte=F("cells_of_sector")), name="coverage_is_not_above_all"
            ),
            models.CheckConstraint(condition=Q(sampled_percent__lte=100), name="coverage_sample_is_a_share"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
