"""The points of a patrol: the order suggested for them, the visits to them, and those left out."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership
from accounts.scoping import ScopedModel
from patrols.models.patrols import OfPatrolQuerySet, Patrol
from patrols.states import ManualReason, SkipReason, VisitMethod
from places.models import PriorityPoint


class RouteStop(ScopedModel):
    """One point of the order that was drawn for a patrol. A suggestion: nobody has to follow it."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="route")
    point = models.ForeignKey(PriorityPoint, models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()

    objects = OfPatrolQuerySet["RouteStop"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patrol", "point"], name="route_stops_once_at_a_point"),
            models.UniqueConstraint(fields=["patrol", "place"], name="route_stop_has_its_own_place"),
            models.CheckConstraint(condition=Q(place__gte=1), name="route_begins_at_one"),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Visit(ScopedModel):
    """Some minutes of a crew at a point. `arrived_at` and `left_at` are by our clock, `…_device_at` by the
    phone's. Of where the phone was, only how far from the point is kept, in metres."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="visits")
    point = models.ForeignKey(PriorityPoint, models.PROTECT, related_name="+")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    method = models.CharField(max_length=6, choices=VisitMethod)
    reason_code = models.CharField(max_length=20, choices=ManualReason, blank=True)
    arrived_at = models.DateTimeField()
    arrived_device_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)
    left_device_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    dwell_seconds = models.PositiveIntegerField(null=True)
    is_within_target = models.BooleanField(null=True)
    distance_m = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    is_late = models.BooleanField(default=False)  # made before the patrol was over, received after

    objects = OfPatrolQuerySet["Visit"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(method__in=VisitMethod.values), name="visit_method_known"),
            models.CheckConstraint(
                condition=Q(method="manual", reason_code__in=ManualReason.values)
                | (~Q(method="manual") & Q(reason_code="")),
                name="visit_by_hand_says_why",
            ),
            models.CheckConstraint(
                condition=~Q(method="gps") | Q(distance_m__isnull=False, accuracy_m__isnull=False),
                name="visit_by_location_knows_how_far",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True, dwell_seconds__isnull=True, is_within_target__isnull=True)
                | Q(left_at__isnull=False, dwell_seconds__isnull=False, is_within_target__isnull=False),
                name="visit_that_ended_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("arrived_at")),
                name="visit_ends_after_it_begins",
            ),
            models.UniqueConstraint(
                fields=["patrol"], condition=Q(left_at=None), name="visit_open_once_per_patrol"
            ),
        ]
        indexes = [models.Index(fields=["patrol", "arrived_at"], name="visit_by_patrol")]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def dwell_minutes(self) -> int | None:
        """Whole minutes of presence."""
        return None if self.dwell_seconds is None else self.dwell_seconds // 60


class Skip(ScopedModel):
    """A point the crew was to visit and left out, and the code of why."""

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="skips")
    point = models.ForeignKey(PriorityPoint, models.PROTECT, related_name="+")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    reason_code = models.CharField(max_length=20, choices=SkipReason)
    told_at = models.DateTimeField()

    objects = OfPatrolQuerySet["Skip"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patrol", "point"], name="skip_once_per_patrol_and_point"),
            models.CheckConstraint(condition=Q(reason_code__in=SkipReason.values), name="skip_says_why"),
        ]

    def __str__(self) -> str:
        return str(self.pk)
