"""What some of a shift's places are for."""

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership
from accounts.scoping import ScopedModel, ScopedQuerySet
from patrols.models.shifts import Shift
from patrols.states import LEARNED, CrewRole


class ShiftRoleQuerySet(ScopedQuerySet["ShiftRole"]):
    def visible_to(self, membership: Membership) -> "ShiftRoleQuerySet":
        """As the shift they belong to."""
        return self.filter(shift__in=Shift.objects.visible_to(membership))


class ShiftRole(ScopedModel):
    """At least `minimum` places of a shift are kept for this, and at most `maximum` people do it.

    `taken` changes only together with the signups that name the role, as the shift's own count does.
    `needs` is the kind of qualification somebody must hold on the shift's date; empty where none is.
    """

    shift = models.ForeignKey(Shift, models.PROTECT, related_name="roles", db_index=False)
    kind = models.CharField(max_length=12, choices=CrewRole)
    minimum = models.PositiveSmallIntegerField(default=1)
    maximum = models.PositiveSmallIntegerField(default=1)
    taken = models.PositiveSmallIntegerField(default=0)
    needs = models.CharField(max_length=20, blank=True)

    objects = ShiftRoleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shift", "kind"], name="shift_role_once_per_kind"),
            models.CheckConstraint(condition=Q(kind__in=CrewRole.values), name="shift_role_kind_known"),
            models.CheckConstraint(condition=Q(taken__lte=F("maximum")), name="shift_role_is_never_oversold"),
            models.CheckConstraint(
                condition=Q(maximum__gte=1) & Q(maximum__gte=F("minimum")),
                name="shift_role_can_reach_its_minimum",
            ),
            models.CheckConstraint(
                condition=~Q(kind="leader") | Q(needs=LEARNED[CrewRole.LEADER]),
                name="shift_role_whoever_leads_has_learned_to",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def kept(self) -> int:
        """Places of the shift that still wait for somebody in this role."""
        return max(0, self.minimum - self.taken)

    @property
    def free(self) -> int:
        return self.maximum - self.taken
