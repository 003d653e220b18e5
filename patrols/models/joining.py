"""The way to the first patrol: who answers for somebody, who checked, what they learned and signed."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q

from accounts.models import Membership
from accounts.roles import Permission
from accounts.scoping import Row, ScopedModel, ScopedQuerySet
from patrols.models.shifts import boards_of
from patrols.states import (
    CURRENT_CODE,
    FIRST_CODE,
    ON_THE_WAY,
    ONCE_APPROVED,
    JoiningStatus,
    QualificationKind,
    SuspensionReason,
)
from places.models import PoliceStation

_PAST_VOUCHING = [status for status in JoiningStatus if status != JoiningStatus.INVITED]
_PAST_CHECKING = [JoiningStatus.CHECKED, *ONCE_APPROVED]


class OfMemberQuerySet(ScopedQuerySet[Row]):
    """Rows about one member: their own, and the board's for whoever leads newcomers along."""

    def visible_to(self, membership: Membership) -> Self:
        ours = self.filter(organization_id=membership.organization_id)
        if membership.may(Permission.JOINING_DECIDE):
            return ours
        return ours.filter(membership_id=membership.pk)


class JoiningQuerySet(OfMemberQuerySet["Joining"]):
    def visible_to(self, membership: Membership) -> Self:
        """Also the coordinators of its district's boards, for the municipality that founds them."""
        if membership.may(Permission.JOINING_FOUND):
            coordinators = Q(membership__roles__contains="|coordinator|")
            return self.filter(coordinators, organization_id__in=boards_of(membership))
        return super().visible_to(membership)


class Joining(ScopedModel):
    """How far one member is, and whose word and whose eyes brought them there.

    The police check is a day, a station and who noted it, never a certificate. `of_age_on` is a day
    from which the member is 18: for adults the day somebody looked, so that no birth date is kept.
    """

    membership = models.OneToOneField(Membership, models.PROTECT, related_name="joining")
    status = models.CharField(max_length=10, choices=JoiningStatus, default=JoiningStatus.INVITED)
    endorsed_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    endorsed_at = models.DateTimeField(null=True)
    of_age_on = models.DateField(null=True)
    police_station = models.ForeignKey(PoliceStation, models.PROTECT, null=True, related_name="+")
    checked_on = models.DateField(null=True)
    check_recorded_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    code_of_conduct_version = models.PositiveSmallIntegerField(null=True)
    code_signed_at = models.DateTimeField(null=True)
    practised_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    suspended_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    suspended_at = models.DateTimeField(null=True)
    suspension_reason = models.CharField(max_length=20, choices=SuspensionReason, blank=True)
    # Went out with their board before it asked all this: counted as approved, without what others proved.
    is_taken_over = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = JoiningQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(status__in=JoiningStatus.values), name="joining_status_known"),
            models.CheckConstraint(
                condition=Q(endorsed_by__isnull=True, endorsed_at__isnull=True)
                | Q(endorsed_by__isnull=False, endorsed_at__isnull=False, of_age_on__isnull=False),
                name="joining_endorsed_by_somebody_who_saw_the_age",
            ),
            models.CheckConstraint(
                condition=Q(
                    police_station__isnull=True, checked_on__isnull=True, check_recorded_by__isnull=True
                )
                | Q(police_station__isnull=False, checked_on__isnull=False, check_recorded_by__isnull=False),
                name="joining_check_says_where_when_and_who",
            ),
            models.CheckConstraint(
                condition=Q(code_of_conduct_version__isnull=True, code_signed_at__isnull=True)
                | Q(code_of_conduct_version__isnull=False, code_signed_at__isnull=False),
                name="joining_signature_names_its_version",
            ),
            models.CheckConstraint(
                condition=Q(is_taken_over=True)
                | ~Q(status__in=_PAST_VOUCHING)
                | Q(endorsed_by__isnull=False),
                name="joining_vouched_is_endorsed",
            ),
            models.CheckConstraint(
                condition=Q(is_taken_over=True) | ~Q(status__in=_PAST_CHECKING) | Q(checked_on__isnull=False),
                name="joining_checked_has_a_check",
            ),
            models.CheckConstraint(
                condition=Q(is_taken_over=True)
                | ~Q(status__in=ONCE_APPROVED)
                | Q(code_signed_at__isnull=False, approved_by__isnull=False),
                name="joining_approved_by_somebody_and_signed",
            ),
            models.CheckConstraint(
                condition=Q(status__in=ONCE_APPROVED, approved_at__isnull=False)
                | (~Q(status__in=ONCE_APPROVED) & Q(approved_at__isnull=True)),
                name="joining_approved_at_matches_status",
            ),
            models.CheckConstraint(
                condition=Q(status="suspended", suspended_at__isnull=False) & ~Q(suspension_reason="")
                | ~Q(status="suspended") & Q(suspended_at__isnull=True, suspension_reason=""),
                name="joining_suspended_says_since_when_and_why",
            ),
        ]
        indexes = [
            models.Index(fields=["organization", "status"], name="joining_by_board_and_status"),
            # The clock asks every few seconds who waits for whom, on all boards.
            models.Index(fields=["status"], condition=Q(status__in=ON_THE_WAY), name="joining_on_the_way"),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def has_signed(self) -> bool:
        """Whether the code of conduct is signed as it reads now (`queries.joining.is_signed`)."""
        before = self.is_taken_over and CURRENT_CODE == FIRST_CODE
        signed = self.code_of_conduct_version
        return signed == CURRENT_CODE or (signed is None and before)

    @property
    def is_on_the_way(self) -> bool:
        return self.status in ON_THE_WAY


class VoucherQuerySet(ScopedQuerySet["Voucher"]):
    def visible_to(self, membership: Membership) -> Self:
        """What oneself said; for whoever leads newcomers along, all of the board's."""
        own = self.filter(by_id=membership.pk)
        if membership.may(Permission.JOINING_DECIDE):
            return own | self.filter(organization_id=membership.organization_id)
        return own

    def standing(self) -> Self:
        """Words that were not taken back."""
        return self.filter(withdrawn_at=None)


class Voucher(ScopedModel):
    """One neighbor's word for another: "I know them in person". The row belongs to the newcomer's board."""

    joining = models.ForeignKey(Joining, models.PROTECT, related_name="vouchers")
    by = models.ForeignKey(Membership, models.PROTECT, related_name="vouchers_given")
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    objects = VoucherQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["joining", "by"], name="voucher_once_per_neighbor"),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True) | Q(withdrawn_at__gte=F("given_at")),
                name="voucher_is_withdrawn_after_it_is_given",
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)


class QualificationQuerySet(OfMemberQuerySet["Qualification"]):
    def valid_on(self, on: Any) -> Self:
        """What counts on that day (a date, an OuterRef or a Slot). `valid_until` is the last day."""
        open_ended = Q(valid_until=None) | Q(valid_until__gte=on)
        return self.filter(open_ended, revoked_at=None, valid_from__lte=on)


class Qualification(ScopedModel):
    """What a member was trained for, from when and until when. A leader's training always runs out."""

    membership = models.ForeignKey(Membership, models.PROTECT, related_name="qualifications", db_index=False)
    kind = models.CharField(max_length=20, choices=QualificationKind)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    recorded_by = models.ForeignKey(Membership, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=QualificationKind.values), name="qualification_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="qualification_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=~Q(kind="patrol_leader") | Q(valid_until__isnull=False),
                name="qualification_to_lead_runs_out",
            ),
            models.UniqueConstraint(
                fields=["membership", "kind", "valid_from"],
                condition=Q(revoked_at__isnull=True),
                name="qualification_recorded_once",
            ),
        ]
        indexes = [models.Index(fields=["membership", "kind"], name="qualification_by_member")]

    def __str__(self) -> str:
        return str(self.pk)

    def is_valid(self, on: date) -> bool:
        ends = self.valid_until
        return self.revoked_at is None and self.valid_from <= on and (ends is None or on <= ends)
