"""What a crew says of itself, and what happens when it says nothing or calls for help."""

from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import Row, ScopedModel, ScopedQuerySet
from patrols.models.patrols import OfPatrolQuerySet, Patrol, own_place
from patrols.models.shifts import boards_of
from patrols.states.safety import OPEN, AlarmKind, AlarmReason, AlarmStatus, CheckKind, Rung

ON_EARTH = Q(lat__isnull=True, lon__isnull=True) | Q(lat__range=(-90, 90), lon__range=(-180, 180))
A_PERCENTAGE = Q(battery_percent__isnull=True) | Q(battery_percent__range=(0, 100))


class SafetyCheck(ScopedModel):
    """ "We are well", or "no signal until half past ten". Append-only, but for where it was said, which
    goes after thirty days.

    `happened_at` is by our clock, as well as it is known; `device_at` is what the phone said.
    """

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="+")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=CheckKind, default=CheckKind.WELL)
    happened_at = models.DateTimeField()
    at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)
    silent_until = models.DateTimeField(null=True)
    is_late = models.BooleanField(default=False)
    battery_percent = models.PositiveSmallIntegerField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)

    objects = OfPatrolQuerySet["SafetyCheck"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(happened_at__lte=F("at")), name="safety_check_is_of_the_past"),
            models.CheckConstraint(
                condition=Q(kind="no_signal", silent_until__isnull=False)
                | Q(kind="well", silent_until__isnull=True),
                name="safety_check_of_silence_says_until_when",
            ),
            models.CheckConstraint(condition=ON_EARTH, name="safety_check_place_is_on_earth"),
            models.CheckConstraint(condition=A_PERCENTAGE, name="safety_check_battery_is_a_percentage"),
        ]
        indexes = [
            models.Index(fields=["patrol", "happened_at"], name="safety_check_by_patrol"),
            models.Index(fields=["at"], condition=Q(lat__isnull=False), name="safety_check_with_place"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Watch(ScopedModel):
    """Until when one patrol may be silent: one row for each patrol, and the lock for all that has to
    do with its safety. `due_at` may be too early, never too late: whoever finds it run out reads the
    signs of life again. Empty: nobody waits for a sign."""

    patrol = models.OneToOneField(Patrol, models.PROTECT, related_name="+")
    due_at = models.DateTimeField(null=True)

    objects = OfPatrolQuerySet["Watch"].as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="watch_by_deadline")
        ]

    def __str__(self) -> str:
        return str(self.pk)


class AlarmQuerySet(ScopedQuerySet["Alarm"]):
    def visible_to(self, membership: Membership) -> "AlarmQuerySet":
        """The desk sees its district's, the coordinator the board's, the crew its own."""
        if membership.may(Permission.SCHEDULE_VIEW):
            return self.filter(organization_id__in=boards_of(membership))
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.PATROL_REVIEW):
            return ours
        return ours.filter(Exists(own_place(membership, OuterRef("patrol_id"))))

    def open(self) -> "AlarmQuerySet":
        return self.filter(status__in=OPEN)


class Alarm(ScopedModel):
    """Somebody must look: a crew is silent, or called for help.

    `due_at` is the moment from which the ladder counts, `next_step_at` when the next rung hears.
    """

    patrol = models.ForeignKey(Patrol, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=AlarmKind)
    status = models.CharField(max_length=14, choices=AlarmStatus, default=AlarmStatus.RAISED)
    is_drill = models.BooleanField(default=False)
    is_late = models.BooleanField(default=False)
    raised_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField()
    due_at = models.DateTimeField()
    device_at = models.DateTimeField(null=True)
    last_heard_at = models.DateTimeField(null=True)
    battery_percent = models.PositiveSmallIntegerField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    accuracy_m = models.FloatField(null=True)
    step = models.PositiveSmallIntegerField(default=0)
    next_step_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    false_alarm_said_at = models.DateTimeField(null=True)
    called_back_at = models.DateTimeField(null=True)
    called_back_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=24, choices=AlarmReason, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["patrol", "kind", "is_drill"],
                condition=~Q(status="resolved"),
                name="alarm_of_a_kind_is_open_once_per_patrol",
            ),
            models.CheckConstraint(condition=Q(status__in=AlarmStatus.values), name="alarm_status_known"),
            models.CheckConstraint(
                condition=Q(status="resolved", resolved_at__isnull=False, next_step_at__isnull=True)
                & ~Q(reason="")
                | ~Q(status="resolved") & Q(resolved_at__isnull=True, reason=""),
                name="alarm_that_ended_says_when_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(status="acknowledged") | Q(acknowledged_at__isnull=False),
                name="alarm_that_was_seen_says_when",
            ),
            models.CheckConstraint(
                condition=Q(kind="sos", raised_by__isnull=False)
                | Q(kind="overdue", raised_by__isnull=True, is_drill=False),
                name="alarm_for_help_has_a_caller",
            ),
            models.CheckConstraint(
                condition=~Q(reason="false_alarm_confirmed") | Q(called_back_at__isnull=False),
                name="alarm_is_false_only_after_a_call",
            ),
            models.CheckConstraint(condition=ON_EARTH, name="alarm_place_is_on_earth"),
            models.CheckConstraint(condition=A_PERCENTAGE, name="alarm_battery_is_a_percentage"),
        ]
        indexes = [
            models.Index(fields=["patrol"], condition=~Q(status="resolved"), name="alarm_open_by_patrol"),
            models.Index(fields=["organization", "-raised_at"], name="alarm_by_board"),
            models.Index(fields=["raised_at"], condition=Q(lat__isnull=False), name="alarm_with_place"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.status}"

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def silent_for(self) -> timedelta | None:
        """How long nobody had heard of them when it was raised."""
        return None if self.last_heard_at is None else self.raised_at - self.last_heard_at


class OfAlarmQuerySet(ScopedQuerySet[Row]):
    def visible_to(self, membership: Membership) -> Self:
        """As the alarm itself."""
        return self.filter(alarm__in=Alarm.objects.visible_to(membership))


class AlarmStep(ScopedModel):
    """One person who was told of an alarm, once, and whether they said that they saw it."""

    alarm = models.ForeignKey(Alarm, models.PROTECT, related_name="steps")
    member = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    rung = models.CharField(max_length=12, choices=Rung)
    told_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)

    objects = OfAlarmQuerySet["AlarmStep"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["alarm", "member"], name="alarm_is_told_to_each_once"),
            models.CheckConstraint(condition=Q(rung__in=Rung.values), name="alarm_step_rung_known"),
        ]

    def __str__(self) -> str:
        return f"{self.rung} {self.pk}"
