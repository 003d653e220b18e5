"""What one board decided for itself: how long people rest, until when they may leave, how often a crew
says that it is well."""

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from accounts.models import Organization
from accounts.scoping import ScopedModel, ScopedQuerySet


class BoardRules(ScopedModel):
    """The hours a board lives by. A board that decided nothing has these defaults and no row."""

    organization = models.OneToOneField(Organization, models.PROTECT, related_name="+")
    rest_hours = models.PositiveSmallIntegerField(default=10)
    withdraw_until_hours = models.PositiveSmallIntegerField(default=12)
    opens_days_before = models.PositiveSmallIntegerField(default=0)  # 0: as soon as it is published
    closes_hours_before = models.PositiveSmallIntegerField(default=0)  # 0: when it starts
    answer_minutes = models.PositiveSmallIntegerField(default=120)
    check_in_minutes = models.PositiveSmallIntegerField(default=30)
    version = models.PositiveIntegerField(default=1)

    objects = ScopedQuerySet["BoardRules"].as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rest_hours__lte=48), name="board_rest_is_two_days_at_most"),
            models.CheckConstraint(
                condition=Q(withdraw_until_hours__lte=72), name="board_withdrawal_is_three_days_at_most"
            ),
            models.CheckConstraint(
                condition=Q(opens_days_before__lte=60), name="board_signup_opens_60_days_before_at_most"
            ),
            models.CheckConstraint(
                condition=Q(closes_hours_before__lte=24), name="board_signup_closes_a_day_before_at_most"
            ),
            models.CheckConstraint(
                condition=Q(answer_minutes__range=(15, 1440)), name="board_offer_lasts_15_minutes_to_a_day"
            ),
            models.CheckConstraint(
                condition=Q(check_in_minutes__range=(10, 120)), name="board_checks_in_every_10_to_120_minutes"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    def is_late_to_leave(self, shift: Any, at: datetime) -> bool:
        """Whether whoever leaves this shift now is noted as late."""
        return bool(at > shift.starts_at - timedelta(hours=self.withdraw_until_hours))
