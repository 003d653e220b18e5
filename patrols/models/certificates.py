"""A member's hours, frozen on the day somebody signed for them."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import ScopedModel, ScopedQuerySet


class HoursCertificateQuerySet(ScopedQuerySet["HoursCertificate"]):
    def visible_to(self, membership: Membership) -> Self:
        """One's own; for whoever reviews, the board's."""
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.PATROL_REVIEW):
            return ours
        return ours.filter(membership_id=membership.pk)


class HoursCertificate(ScopedModel):
    """How long one member walked between two dates of service. Asked for by the member, issued by the
    coordinator, checked by anybody with its code, who learns the hours and never a name.

    The code is drawn from the row's key under a key outside the database: only its digest is here.
    """

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="certificates")
    from_on = models.DateField()
    to_on = models.DateField()
    requested_at = models.DateTimeField()
    issued_at = models.DateTimeField(null=True)
    issued_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    hours = models.DecimalField(max_digits=7, decimal_places=1, null=True)
    patrols = models.PositiveIntegerField(null=True)
    code_digest = models.CharField(max_length=64, null=True, unique=True)  # noqa: DJ001  # only NULLs may repeat
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = HoursCertificateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")), name="certificate_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(
                    issued_at__isnull=True,
                    issued_by__isnull=True,
                    hours__isnull=True,
                    patrols__isnull=True,
                    code_digest__isnull=True,
                )
                | Q(
                    issued_at__isnull=False,
                    issued_by__isnull=False,
                    hours__isnull=False,
                    patrols__isnull=False,
                    code_digest__isnull=False,
                ),
                name="certificate_is_issued_whole",
            ),
            models.CheckConstraint(
                condition=~Q(issued_by=F("membership")), name="certificate_is_signed_by_another"
            ),
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="certificate_is_revoked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_valid(self) -> bool:
        return self.issued_at is not None and self.revoked_at is None
