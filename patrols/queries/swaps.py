"""Swaps as their two people and the coordinator see them, and what of them is over."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership
from accounts.roles import Permission
from notifications.kinds import Wanted
from patrols.models import Shift, Signup, Swap
from patrols.queries.joining import is_approved
from patrols.queries.promises import HEALED_FOR
from patrols.states import IN, PUBLISHED, SignupStatus
from patrols.states.swaps import SwapStatus

ASKED, ACCEPTED = "swap_asked", "swap_accepted"
DECLINED, EXPIRED = "swap_declined", "swap_expired"
# What the member who asked is told of the end.
ENDINGS = {
    SwapStatus.ACCEPTED: ACCEPTED,
    SwapStatus.DECLINED: DECLINED,
    SwapStatus.EXPIRED: EXPIRED,
}
AHEAD = timedelta(days=28)


def fellows(member: Membership) -> QuerySet[Membership]:
    """Whom of their own board a member may ask, by alias: everybody else who may go out."""
    board = Membership.objects.filter(organization_id=member.organization_id)
    others = is_approved(board.with_permission(Permission.SHIFT_SIGN_UP)).exclude(pk=member.pk)
    return others.order_by("alias")


def nights_to_want(member: Membership, now: datetime) -> QuerySet[Shift]:
    """The board's nights of four weeks that the member is not in: one of them may be theirs in exchange,
    full or not."""
    into = Signup.objects.filter(membership_id=member.pk, status__in=IN).values("shift_id")
    nights = Shift.objects.filter(
        organization_id=member.organization_id,
        status__in=PUBLISHED,
        starts_at__gt=now,
        starts_at__lt=now + AHEAD,
    ).exclude(pk__in=into)
    rows = nights.select_related("sector").defer("sector__boundary")
    return rows.order_by("starts_at", "pk")


def with_nights(swaps: QuerySet[Swap]) -> QuerySet[Swap]:
    """Swaps with both nights and both people: one query for any number."""
    rows = swaps.select_related("shift__sector", "wanted__sector", "asked_by", "asked")
    return rows.defer("shift__sector__boundary", "wanted__sector__boundary")


def own_swaps(member: Membership, now: datetime) -> list[Swap]:
    """What waits for the member's answer, or for somebody's answer to the member; the next night first."""
    mine = Q(asked_id=member.pk) | Q(asked_by_id=member.pk)
    waiting = Swap.objects.filter(mine, organization_id=member.organization_id, status=SwapStatus.ASKED)
    waiting = waiting.filter(expires_at__gt=now).exclude(_is_void())
    return list(with_nights(waiting).order_by("shift__starts_at", "pk"))


def of_shift(shift: Shift) -> QuerySet[Swap]:
    """What of a night was swapped, or is being asked: for planners, the latest first."""
    either = Q(shift_id=shift.pk) | Q(wanted_id=shift.pk)
    return with_nights(Swap.objects.filter(either)).order_by("-asked_at", "pk")[:20]


def lapsed_swaps(at: datetime) -> QuerySet[Swap]:
    """Those nobody answered in time."""
    return Swap.objects.filter(status=SwapStatus.ASKED, expires_at__lte=at)


def void_swaps(at: datetime) -> QuerySet[Swap]:
    """Those whose night was called off, or whose member has no place there any more."""
    return Swap.objects.filter(_is_void(), status=SwapStatus.ASKED, expires_at__gt=at)


def _is_void() -> Q:
    place = Signup.objects.filter(
        shift_id=OuterRef("shift_id"), membership_id=OuterRef("asked_by_id"), status=SignupStatus.CONFIRMED
    )
    off = ~Q(shift__status__in=PUBLISHED) | Q(wanted__isnull=False) & ~Q(wanted__status__in=PUBLISHED)
    return off | ~Q(Exists(place))


def of_asking(swaps: QuerySet[Swap], now: datetime) -> Iterator[Wanted]:
    """Somebody is asked to swap."""
    for swap in swaps.filter(status=SwapStatus.ASKED, expires_at__gt=now).exclude(_is_void()):
        yield _to(ASKED, swap.asked_id, swap, swap.asked_at, swap.expires_at)


def of_endings(swaps: QuerySet[Swap], now: datetime) -> Iterator[Wanted]:
    """Whoever asked hears what came of it, while the night is still ahead."""
    over = swaps.filter(status__in=ENDINGS, ended_at__gt=now - HEALED_FOR, shift__starts_at__gt=now)
    for swap in over.select_related("shift"):
        if swap.ended_at is not None and swap.ended_at < swap.shift.starts_at:
            kind = ENDINGS[SwapStatus(swap.status)]
            yield _to(kind, swap.asked_by_id, swap, swap.ended_at, swap.shift.starts_at)


def _to(kind: str, recipient: UUID, swap: Swap, due_at: datetime, expires_at: datetime) -> Wanted:
    return Wanted(
        kind=kind,
        organization_id=swap.organization_id,
        recipient_id=recipient,
        subject_id=swap.pk,
        subject_version=swap.version,
        occasion=f"{kind}:{swap.pk}",
        due_at=due_at,
        expires_at=expires_at,
    )
