"""Nights that come again and again, and the ones that are different."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import models
from django.db.models import F, Q

from accounts.scoping import ScopedModel, ScopedQuerySet
from patrols.models.lima import LIMA
from patrols.states import PatrolKind
from patrols.states.recurrence import Rule, stored_rule
from patrols.states.series import ExceptionKind, SeriesStatus, SkipReason
from places.models import Sector

LAST_DAY = date(2099, 12, 31)  # a night after it would end where no calendar goes


class Series(ScopedModel):
    """A rule that makes nights again and again (RRULE, by the days and hours of Lima), with all that
    such a night has.

    `rule` names neither an end nor a number of times: those became `ends_on`. `due_on` is the day on
    which the next nights must be written; none where no night will come any more. `follows` is the
    series from which this one was split.
    """

    rule = models.CharField(max_length=300)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    starts_time = models.TimeField()
    ends_time = models.TimeField()
    kind = models.CharField(max_length=24, choices=PatrolKind, default=PatrolKind.NEIGHBOR_ROUND)
    sector = models.ForeignKey(Sector, models.PROTECT, related_name="+")
    meeting_point = models.CharField(max_length=200)
    capacity = models.PositiveSmallIntegerField()
    minimum_crew = models.PositiveSmallIntegerField(default=2)
    skips_holidays = models.BooleanField(default=False)
    weeks_ahead = models.PositiveSmallIntegerField(default=4)
    due_on = models.DateField(null=True)
    status = models.CharField(max_length=10, choices=SeriesStatus, default=SeriesStatus.ACTIVE)
    follows = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet["Series"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=SeriesStatus.values), name="series_status_known"),
            models.CheckConstraint(condition=Q(kind__in=PatrolKind.values), name="series_kind_known"),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="series_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=~Q(ends_time=F("starts_time")), name="series_nights_end_after_they_start"
            ),
            models.CheckConstraint(condition=Q(minimum_crew__gte=2), name="series_sends_nobody_alone"),
            models.CheckConstraint(
                condition=Q(capacity__gte=F("minimum_crew")), name="series_can_reach_its_minimum_crew"
            ),
            models.CheckConstraint(
                condition=Q(weeks_ahead__range=(1, 26)), name="series_plans_1_to_26_weeks_ahead"
            ),
            models.CheckConstraint(
                condition=Q(status="active") | Q(due_on__isnull=True), name="series_ended_is_never_due"
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "status"], name="series_by_board"),
            models.Index(
                fields=["due_on"], condition=Q(due_on__isnull=False), name="series_by_day_they_are_due"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_active(self) -> bool:
        return self.status == SeriesStatus.ACTIVE

    @property
    def read_rule(self) -> Rule:
        return stored_rule(self.rule)

    def days(self, first: date, last: date) -> Iterator[date]:
        """The days on which the rule makes a night, whatever is different about them."""
        return self.read_rule.days(self.starts_on, first, min(last, self.ends_on or LAST_DAY))

    def hours_on(self, day: date) -> tuple[datetime, datetime]:
        """From when to when on the night that begins on this day; 22:00 to 02:00 ends on the next."""
        starts_at = datetime.combine(day, self.starts_time, LIMA)
        over_midnight = timedelta(days=self.ends_time <= self.starts_time)
        return starts_at, datetime.combine(day + over_midnight, self.ends_time, LIMA)


class SeriesException(ScopedModel):
    """One night that differs from its series, known by the day the rule gave it."""

    series = models.ForeignKey(Series, models.PROTECT, related_name="exceptions", db_index=False)
    occurrence_on = models.DateField()
    kind = models.CharField(max_length=10, choices=ExceptionKind)
    reason = models.CharField(max_length=12, choices=SkipReason, blank=True)

    objects = ScopedQuerySet["SeriesException"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["series", "occurrence_on"], name="exception_once_per_series_occurrence"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ExceptionKind.values), name="series_exception_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="skipped") & ~Q(reason="") | ~Q(kind="skipped") & Q(reason=""),
                name="exception_skipped_says_why",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)
