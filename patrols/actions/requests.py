"""Asking six ("pedir a 6"): asking the best fitting to come along. The first yes takes the place."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import SystemActor
from accounts.models import Membership
from accounts.roles import Permission
from audit import actions as audit
from notifications import actions as notifications
from patrols.actions import candidates, checkers, places, signups
from patrols.models import Request, Shift, Signup
from patrols.queries import asking
from patrols.queries.requests import lapsed_requests, needless_requests
from patrols.states import SHIFT, SignupStatus
from patrols.states.requests import REQUEST, RequestStatus
from rules.refusals import Conflict, Invalid, NotAllowed, NotFound

AT_ONCE = 6
TIME_TO_SAY = timedelta(hours=12)
FULL = _("It is already complete. Thank you for answering!")


@transaction.atomic
def ask(*, shift: Shift, members: Sequence[Membership], by: Membership, at: datetime) -> list[Request]:
    """Ask up to six members to come along one night. Whoever said no is not asked again for it,
    and asking somebody twice changes nothing."""
    shift = places.lock(shift)
    by.require(Permission.SHIFT_PLAN, shift, *members)
    SHIFT.move(shift.status, "sign_up")
    places.check_not_begun(shift, at)
    if not 1 <= len(members) <= AT_ONCE:
        raise Invalid({"members": _("Choose between one and six people.")})
    if not shift.places_free:
        raise Conflict(_("All places are taken already."), code="full")
    known = {one.membership_id: one for one in Request.objects.filter(shift_id=shift.pk)}
    _check_may_be_asked(shift, members, known, at)
    wanted = max(shift.minimum_crew, shift.confirmed + 1)
    requests = [_ask(shift, member, known.get(member.pk), wanted, by, at) for member in members]
    of_shift = Request.objects.filter(shift_id=shift.pk)
    if of_shift.filter(status=RequestStatus.ASKED, expires_at__gt=at).count() > AT_ONCE:
        raise Conflict(_("Six people are asked already. Wait for their answer."), code="six_asked")
    notifications.promise(list(asking.of_requests(of_shift, at)))
    return requests


@transaction.atomic
def accept(*, request: Request, by: Membership, at: datetime) -> Signup:
    """Say yes. The first takes the place, by the same rules as everybody who signs up, and also when the
    board's list is not open: their coordinator asked."""
    shift, request = _lock(request, by)
    if request.status == RequestStatus.ACCEPTED:
        signup = Signup.objects.filter(shift_id=shift.pk, membership_id=by.pk).first()
        if signup is not None and signup.is_in:
            return signup
    if request.status == RequestStatus.FILLED:
        raise Conflict(FULL, code="full")
    status = REQUEST.move(request.status, "accept")
    if at >= request.expires_at:
        raise Conflict(_("That request ran out."), code="request_over")
    signup = _come(shift, request, by, at)
    _answer(request, status, "request.accepted", by, at)
    _fill(Shift.objects.get(pk=shift.pk), by=by, at=at)
    return signup


@transaction.atomic
def decline(*, request: Request, by: Membership, at: datetime) -> Request:
    """Say no. Nobody asks again for that night, and nobody is told but the coordinator."""
    _shift, request = _lock(request, by)
    if request.status == RequestStatus.DECLINED:
        return request
    _answer(request, REQUEST.move(request.status, "decline"), "request.declined", by, at)
    return request


@transaction.atomic
def lapse(*, by: SystemActor, at: datetime) -> int:
    """Close requests that ran out, or that nobody needs to answer any more. Says how many."""
    return _end_all(lapsed_requests(at), "expire", by=by, at=at) + _end_all(
        needless_requests(), "fill", by=by, at=at
    )


def _come(shift: Shift, request: Request, by: Membership, at: datetime) -> Signup:
    """Take the place that waits for their answer already, or else a free one."""
    offered = Signup.objects.filter(
        shift_id=shift.pk, membership_id=by.pk, status=SignupStatus.OFFERED, offer_expires_at__gt=at
    ).first()
    if offered is not None:
        return signups.accept_offer(signup=offered, by=by, at=at)
    if shift.confirmed >= request.crew_wanted or not shift.places_free:
        raise Conflict(FULL, code="full")
    signup = signups.sign_up(shift=shift, by=by, at=at, is_asked=True)
    if signup.status != SignupStatus.CONFIRMED:  # somebody in line was first, or a leader is missing
        raise checkers.for_a_leader() if signup.shift.places_free else Conflict(FULL, code="full")
    return signup


def _lock(request: Request, by: Membership) -> tuple[Shift, Request]:
    """Lock the shift, which guards its requests, and read the request as it is now."""
    shift = places.lock(Shift(pk=request.shift_id))
    fresh = Request.objects.filter(pk=request.pk).first()
    if fresh is None:
        raise NotFound
    by.require(Permission.SHIFT_SIGN_UP, shift, fresh)
    if fresh.membership_id != by.pk:
        raise NotAllowed(_("Only the person who was asked can answer."))
    return shift, fresh


def _check_may_be_asked(
    shift: Shift, members: Sequence[Membership], known: dict[UUID, Request], at: datetime
) -> None:
    reasons = candidates.why_not(shift=shift, members=members, at=at)
    said_no = [m for m in members if m.pk in known and known[m.pk].status == RequestStatus.DECLINED]
    if said_no:
        raise Conflict(_("Somebody you chose has said no to that night already."), code="said_no")
    if any(member.pk in reasons for member in members):
        raise Conflict(_("Somebody you chose cannot come that night. Choose again."), code="cannot_come")


def _ask(
    shift: Shift, member: Membership, earlier: Request | None, wanted: int, by: Membership, at: datetime
) -> Request:
    if earlier is not None and earlier.stands(at):
        return earlier
    request = earlier or Request(shift=shift, membership=member, organization_id=shift.organization_id)
    if earlier is not None:
        _expire_first(request)
        request.status = REQUEST.move(request.status, "ask")
        request.version += 1
    request.asked_by, request.asked_at, request.answered_at = by, at, None
    request.crew_wanted, request.expires_at = wanted, min(at + TIME_TO_SAY, shift.starts_at)
    request.save()
    audit.record(action="request.asked", subject=request, by=by)
    return request


def _expire_first(request: Request) -> None:
    """One that ran out, and that no chore has closed yet, is over before it is asked anew."""
    if request.status == RequestStatus.ASKED:
        request.status = REQUEST.move(request.status, "expire")


def _answer(request: Request, status: RequestStatus, code: str, by: Membership, at: datetime) -> None:
    request.status, request.answered_at = status, at
    request.version += 1
    request.save()
    audit.record(action=code, subject=request, by=by)


def _fill(shift: Shift, *, by: Membership, at: datetime) -> None:
    """Tell whoever has not answered that nobody needs to any more, once that is so."""
    waiting = Request.objects.filter(shift_id=shift.pk, status=RequestStatus.ASKED)
    for request in waiting.order_by("pk"):
        if shift.confirmed >= request.crew_wanted or not shift.places_free:
            _close(request, "fill", by, at)


def _close(request: Request, verb: str, by: Membership | SystemActor, at: datetime) -> None:
    request.status = REQUEST.move(request.status, verb)
    request.version += 1
    request.save(update_fields=["status", "version"])
    audit.record(action=f"request.{request.status}", subject=request, by=by)
    if request.status == RequestStatus.FILLED:
        notifications.promise(list(asking.of_filled(Request.objects.filter(pk=request.pk), at)))


def _end_all(requests: QuerySet[Request], verb: str, *, by: SystemActor, at: datetime) -> int:
    """Close these requests, shift by shift in the order of their keys."""
    shifts = Shift.objects.select_for_update().filter(pk__in=requests.order_by().values("shift_id"))
    locked = {shift.pk: shift for shift in shifts.order_by("pk")}
    by.require(Permission.SHIFT_SIGN_UP, *locked.values())
    ended = list(requests.filter(shift_id__in=locked))
    for request in ended:
        _close(request, verb, by, at)
    return len(ended)
