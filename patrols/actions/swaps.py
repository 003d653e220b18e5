"""Swaps: handing one's place to a named member, or exchanging it for one of theirs.

Nothing moves until the other accepts; then both people stand by every rule of signing up, both nights
are held, and the places change hands within one transaction: no night has a hole in between.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, SystemActor
from accounts.models import Membership
from accounts.receipts import check_unused
from accounts.roles import Permission
from audit import actions as audit
from notifications import actions as notifications
from patrols import queries
from patrols.actions import checkers, handing, places
from patrols.models import Shift, ShiftRole, Signup, Swap
from patrols.queries import swaps as waiting
from patrols.states import SHIFT, SignupStatus
from patrols.states.swaps import SWAP, SwapStatus
from rules.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal, Sentence


@transaction.atomic
def ask(
    *,
    shift: Shift,
    fellow: Membership,
    by: Membership,
    at: datetime,
    wanted: Shift | None = None,
    swap_id: UUID | None = None,
) -> Swap:
    """Ask a fellow member to take one's place on a night, or to give theirs on another for it. Whether
    the other can is theirs to see: who asks learns nothing about their nights."""
    nights = _lock_nights([shift.pk, *([wanted.pk] if wanted else [])])
    by.require(Permission.SHIFT_SIGN_UP, fellow, *nights.values())
    check_unused(Swap, swap_id)
    shift, wanted = nights[shift.pk], nights[wanted.pk] if wanted else None
    _check_people(by, fellow)
    _check_nights(shift, wanted, at)
    if not queries.is_confirmed(shift, by):
        raise Conflict(_("You have no place on that patrol to hand on."), code="no_place")
    if wanted is not None:
        _check_rules(wanted, by, None, at, leaves=shift)
    _check_not_asked(shift, by, fellow)
    swap = Swap.objects.create(
        pk=swap_id or uuid4(),
        organization_id=shift.organization_id,
        shift=shift,
        wanted=wanted,
        asked_by=by,
        asked=fellow,
        asked_at=at,
        expires_at=_until(shift, wanted, at),
    )
    audit.record(action="swap.asked", subject=swap, by=by, is_exchange=wanted is not None)
    notifications.promise(list(waiting.of_asking(Swap.objects.filter(pk=swap.pk), at)))
    return swap


@transaction.atomic
def accept(*, swap: Swap, by: Membership, at: datetime) -> Swap:
    """Say yes: the place changes hands, and in an exchange the other one too, by every rule."""
    nights, swap = _lock(swap)
    by.require(Permission.SHIFT_SIGN_UP, swap, *nights.values())
    _require_asked(swap, by)
    if swap.status == SwapStatus.ACCEPTED:
        return swap
    status = SWAP.move(swap.status, "accept")
    if not swap.stands(at):
        raise Conflict(_("That question ran out."), code="swap_over")
    shift, wanted = nights[swap.shift_id], nights[swap.wanted_id] if swap.wanted_id else None
    _check_nights(shift, wanted, at)
    giver = _lock_people(swap)
    given = _place_of(giver, shift, _("They have no place on that patrol any more."))
    _check_rules(shift, by, given, at, leaves=wanted)
    handing.over(shift, given, to=by, by=by, at=at)
    if wanted is not None:
        _take_in_exchange(wanted, giver, by, at, leaves=shift)
    _end(swap, status, by, at)
    return swap


@transaction.atomic
def decline(*, swap: Swap, by: Membership, at: datetime) -> Swap:
    """Say no. Whoever asked keeps their place and is told; why is nobody's to ask."""
    nights, swap = _lock(swap)
    by.require(Permission.SHIFT_SIGN_UP, swap, *nights.values())
    _require_asked(swap, by)
    if swap.status != SwapStatus.DECLINED:
        _end(swap, SWAP.move(swap.status, "decline"), by, at)
    return swap


@transaction.atomic
def cancel(*, swap: Swap, by: Membership, at: datetime) -> Swap:
    """Ask no more."""
    nights, swap = _lock(swap)
    by.require(Permission.SHIFT_SIGN_UP, swap, *nights.values())
    if swap.asked_by_id != by.pk:
        raise NotAllowed(_("Only the person who asked can take it back."))
    if swap.status != SwapStatus.CANCELLED:
        _end(swap, SWAP.move(swap.status, "cancel"), by, at)
    return swap


@transaction.atomic
def lapse(*, by: SystemActor, at: datetime) -> int:
    """Close swaps nobody answered in time, and those whose night or place is gone. Says how many."""
    return _end_all(waiting.lapsed_swaps(at), "expire", by=by, at=at) + _end_all(
        waiting.void_swaps(at), "void", by=by, at=at
    )


def _lock_nights(keys: Iterable[UUID]) -> dict[UUID, Shift]:
    """Hold these shifts in the order of their keys, so that two swaps never wait for each other."""
    wanted = set(keys)
    locked = {row.pk: row for row in Shift.objects.select_for_update().filter(pk__in=wanted).order_by("pk")}
    if locked.keys() != wanted:
        raise NotFound
    return locked


def _lock(swap: Swap) -> tuple[dict[UUID, Shift], Swap]:
    """Hold the nights, which guard their swaps, and read the swap as it is now."""
    nights = _lock_nights([swap.shift_id, *([swap.wanted_id] if swap.wanted_id else [])])
    fresh = Swap.objects.filter(pk=swap.pk).first()
    if fresh is None:
        raise NotFound
    return nights, fresh


def _lock_people(swap: Swap) -> Membership:
    """Hold both members in the order of their keys, as every verb that books them does; answer who asked."""
    both = Membership.objects.select_for_update(no_key=True, of=("self",)).acting()
    kept = {one.pk: one for one in both.filter(pk__in=[swap.asked_by_id, swap.asked_id]).order_by("pk")}
    return kept[swap.asked_by_id]


def _check_people(by: Membership, fellow: Membership) -> None:
    if fellow.pk == by.pk:
        raise Invalid({"member": _("Choose somebody else than yourself.")})
    if not fellow.may(Permission.SHIFT_SIGN_UP):
        raise Invalid({"member": _("This person does not go out on patrols.")})


def _check_nights(shift: Shift, wanted: Shift | None, at: datetime) -> None:
    """Both nights are still to come and take place; nobody has gone out yet."""
    if wanted is not None and wanted.pk == shift.pk:
        raise Invalid({"wanted": _("Choose another night than the one you hand on.")})
    for night in (shift, wanted) if wanted else (shift,):
        SHIFT.move(night.status, "place")
        places.check_not_begun(night, at)
        handing.check_not_out(night)


def _check_not_asked(shift: Shift, by: Membership, fellow: Membership) -> None:
    earlier = Swap.objects.filter(shift_id=shift.pk, asked_by_id=by.pk)
    if earlier.filter(status=SwapStatus.ASKED).exists():
        raise Conflict(_("You asked somebody already. Take that back first."), code="asked_already")
    if earlier.filter(status=SwapStatus.DECLINED, asked_id=fellow.pk).exists():
        raise Conflict(_("They have said no to that night already."), code="said_no")


def _check_rules(
    shift: Shift, member: Membership, given: Signup | None, at: datetime, *, leaves: Shift | None
) -> None:
    """Ask every rule of whoever takes a place, as if they had left the night they give for it already."""
    standing = queries.standing(shift, member)
    if standing.signup is not None and standing.signup.status == SignupStatus.OFFERED:
        raise Conflict(_("A place on that night waits for your answer already."), code="already_in")
    if leaves is not None:
        gone = (leaves.starts_at, leaves.ends_at)
        standing = replace(standing, nights=tuple(hours for hours in standing.nights if hours != gone))
    role = ShiftRole.objects.filter(pk=given.role_id).first() if given and given.role_id else None
    checkers.check(checkers.Facts(shift, standing, at, role), checkers.TO_TAKE_OVER)


def _take_in_exchange(wanted: Shift, giver: Membership, by: Membership, at: datetime, leaves: Shift) -> None:
    """The other half: who asked takes the night they wanted. What keeps them is theirs to read."""
    returned = _place_of(by, wanted, _("You have no place on the other night to give for it."))
    if not giver.may(Permission.SHIFT_SIGN_UP):
        raise _other_cannot()
    try:
        _check_rules(wanted, giver, returned, at, leaves=leaves)
    except Conflict:
        raise _other_cannot() from None
    handing.over(wanted, returned, to=giver, by=by, at=at)


def _other_cannot() -> Refusal:
    return Conflict(_("They cannot come on your night any more, so nothing changed."), code="other_cannot")


def _place_of(member: Membership, shift: Shift, otherwise: Sentence) -> Signup:
    """The place that changes hands."""
    place = Signup.objects.filter(
        shift_id=shift.pk, membership_id=member.pk, status=SignupStatus.CONFIRMED
    ).first()
    if place is None:
        raise Conflict(otherwise, code="no_place")
    return place


def _require_asked(swap: Swap, by: Membership) -> None:
    if swap.asked_id != by.pk:
        raise NotAllowed(_("Only the person who was asked can answer."))


def _until(shift: Shift, wanted: Shift | None, at: datetime) -> datetime:
    """Until the hour at which who asked could still leave in time; later than that, until the start."""
    starts_at = min(night.starts_at for night in (shift, wanted or shift))
    hours = queries.rules_of(shift.organization_id).withdraw_until_hours
    in_time = starts_at - timedelta(hours=hours)
    return in_time if at < in_time else starts_at


def _end(swap: Swap, status: str, by: Actor, at: datetime) -> None:
    swap.status, swap.ended_at = status, at
    swap.version += 1
    swap.save(update_fields=["status", "ended_at", "version"])
    audit.record(action=f"swap.{swap.status}", subject=swap, by=by)
    notifications.supersede(kinds=(waiting.ASKED,), subject_id=swap.pk)
    notifications.promise(list(waiting.of_endings(Swap.objects.filter(pk=swap.pk), at)))


def _end_all(over: QuerySet[Swap], verb: str, *, by: SystemActor, at: datetime) -> int:
    """Close these swaps, with their nights held in the order of their keys."""
    pairs = list(over.values_list("shift_id", "wanted_id"))
    nights = _lock_nights(key for pair in pairs for key in pair if key is not None)
    by.require(Permission.SHIFT_SIGN_UP, *nights.values())
    ended = [one for one in over.order_by("pk") if one.shift_id in nights]
    for swap in ended:
        _end(swap, SWAP.move(swap.status, verb), by, at)
    return len(ended)
