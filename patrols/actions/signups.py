"""Coming along: signing up, leaving, and the line of those who wait for a place."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import SystemActor
from accounts.models import Membership
from accounts.receipts import refuse_used
from accounts.roles import Permission
from audit import actions as audit
from patrols import queries
from patrols.actions import checkers, crews, places, telling
from patrols.models import Shift, ShiftRole, Signup
from patrols.states import HOLDS_A_PLACE, IN, SHIFT, SIGNUP, SignupStatus
from rules.refusals import Conflict, Invalid, NotAllowed
from rules.statements import insert


@transaction.atomic
def sign_up(
    *,
    shift: Shift,
    by: Membership,
    at: datetime,
    signup_id: UUID | None = None,
    role: ShiftRole | None = None,
    is_asked: bool = False,
) -> Signup:
    """Take a place in a shift, or the last place in its line, for a role or for none. While somebody is
    new and nobody leads, the last place is for whoever may: all others wait. For whom the coordinator
    asked, the list is open at any hour. Doing it twice changes nothing."""
    shift = places.lock(shift)
    by.require(Permission.SHIFT_SIGN_UP, shift)
    SHIFT.move(shift.status, "sign_up")
    places.check_not_begun(shift, at)
    standing, role = queries.standing(shift, by, signup_id), places.role_of(shift, role)
    signup = standing.signup or _begin(shift, by, signup_id)
    signup.shift = shift
    if signup.status in IN:
        return signup
    refuse_used(is_used=standing.is_key_used)
    rules = checkers.TO_GO if is_asked else checkers.TO_SIGN_UP
    checkers.check(checkers.Facts(shift, standing, at, role), rules)
    if standing.others_wait:
        places.pass_on(shift, by=by, at=at)  # whoever waited longer comes first
        standing, role = queries.standing(shift, by, signup_id), places.role_of(shift, role)
    waits = checkers.led(checkers.Facts(shift, standing, at, role)) is not None
    _enter(signup, shift, role, at, waits=waits)
    audit.record(action=f"signup.{signup.status}", subject=signup, by=by)
    return signup


@transaction.atomic
def place(
    *, shift: Shift, member: Membership, by: Membership, at: datetime, role: ShiftRole | None = None
) -> Signup:
    """Give a free place to somebody who told the coordinator that they come. They are told."""
    shift = places.lock(shift)
    by.require(Permission.SHIFT_PLAN, shift, member)
    SHIFT.move(shift.status, "place")
    places.check_not_begun(shift, at)
    if not member.may(Permission.SHIFT_SIGN_UP):
        raise Invalid({"member": _("This person does not go out on patrols.")})
    standing, role = queries.standing(shift, member), places.role_of(shift, role)
    checkers.check(checkers.Facts(shift, standing, at, role), checkers.TO_PLACE)
    signup = standing.signup or _begin(shift, member, None)
    signup.shift = shift
    if signup.status == SignupStatus.OFFERED:  # they answer through the coordinator
        _leave(signup, shift, "decline", at)
        role = places.role_of(shift, role)  # it may lack somebody now: them
    _enter(signup, shift, role, at)
    if signup.status != SignupStatus.CONFIRMED:  # what they were offered waits for somebody in its role
        raise checkers.full()
    audit.record(action="signup.placed", subject=signup, by=by)
    telling.placed(signup, at)
    return signup


@transaction.atomic
def withdraw(*, signup: Signup, by: Membership, at: datetime) -> Signup:
    """Leave a shift or its line: one's own, or somebody's who told the coordinator. Nobody is kept
    from leaving; whoever leaves late is noted, and the coordinator hears at once."""
    shift, signup = _lock(signup)
    own = signup.membership_id == by.pk
    by.require(Permission.SHIFT_SIGN_UP if own else Permission.SHIFT_PLAN, shift, signup)
    places.check_not_begun(shift, at)
    late = own and signup.status == SignupStatus.CONFIRMED and _is_late(shift, at)
    _leave(signup, shift, "withdraw", at, late=late)
    audit.record(action="signup.left_late" if late else "signup.withdrawn", subject=signup, by=by)
    if not own:
        telling.taken_off(signup, at)
    if late:
        telling.left_late(signup, at)
    places.pass_on(shift, by=by, at=at)
    return signup


@transaction.atomic
def accept_offer(*, signup: Signup, by: Membership, at: datetime) -> Signup:
    """Say yes to a freed place before the offer runs out."""
    shift, signup = _lock(signup)
    _require_own(signup, by)
    status = SIGNUP.move(signup.status, "accept")
    if not shift.is_published or not signup.offer_stands(at):
        raise Conflict(_("That offer ran out."), code="offer_over")
    facts = checkers.Facts(shift, queries.standing(shift, by), at, places.role_of(shift, signup.role_id))
    checkers.check(facts, checkers.TO_BE_OFFERED)
    signup.status, signup.confirmed_at = status, at
    _save(signup, offer_expires_at=None, waiting_since=None)
    places.keep(shift)
    crews.join(shift, signup, at)
    audit.record(action="signup.accepted", subject=signup, by=by)
    return signup


@transaction.atomic
def decline_offer(*, signup: Signup, by: Membership, at: datetime) -> Signup:
    """Say no to a freed place; it goes to the next in line."""
    shift, signup = _lock(signup)
    _require_own(signup, by)
    _leave(signup, shift, "decline", at)
    audit.record(action="signup.declined", subject=signup, by=by)
    places.pass_on(shift, by=by, at=at)
    return signup


@transaction.atomic
def lapse_offers(*, by: SystemActor, at: datetime) -> int:
    """Take back every offer that ran out and pass the places on. Says how many ran out."""
    return _end_all(queries.lapsed_offers(at), "lapse", "signup.lapsed", by=by, at=at)


def offer_again(*, by: SystemActor, at: datetime) -> int:
    """Offer the places before which a line stands: whoever was kept from one may be led by now, or new no
    more. One night at a time, each in a transaction of its own. Says at how many it looked."""
    nights = queries.with_a_place_and_a_line(at)
    for key in nights:
        _offer_again(key, by, at)
    return len(nights)


@transaction.atomic
def _offer_again(key: UUID, by: SystemActor, at: datetime) -> None:
    shift = places.lock(Shift(pk=key))
    by.require(Permission.SHIFT_SIGN_UP, shift)
    places.pass_on(shift, by=by, at=at)


@transaction.atomic
def release(*, by: SystemActor, at: datetime) -> int:
    """Take members who are gone off the nights to come, and pass their places on: a place held
    by nobody makes a crew look complete. Says how many signups there were."""
    return _end_all(queries.held_by_the_gone(at), "withdraw", "signup.released", by=by, at=at)


def give_up(shift: Shift, member: UUID, *, by: Membership, at: datetime) -> None:
    """Free the place of somebody for whom the crew of a locked shift waits no more: counted on, they would
    make it look complete. Once it has begun, whoever is there is counted."""
    signup = Signup.objects.filter(
        shift_id=shift.pk, membership_id=member, status=SignupStatus.CONFIRMED
    ).first()
    if signup is None or shift.has_begun(at):
        return
    signup.shift = shift
    _leave(signup, shift, "withdraw", at)
    audit.record(action="signup.withdrawn", subject=signup, by=by)
    telling.taken_off(signup, at)
    places.pass_on(shift, by=by, at=at)


@transaction.atomic
def confirm_attending(*, signup: Signup, by: Membership, at: datetime) -> Signup:
    """Say "I am coming" to a reminder."""
    shift, signup = _lock(signup)
    _require_own(signup, by)
    signup.status = SIGNUP.move(signup.status, "confirm_attending")
    if not shift.is_published or shift.ends_at <= at:
        raise Conflict(_("That shift is over or was cancelled."), code="over")
    if signup.attending_confirmed_at is None:
        signup.attending_confirmed_at = at
        _save(signup)
        audit.record(action="signup.attending", subject=signup, by=by)
    return signup


def _lock(signup: Signup) -> tuple[Shift, Signup]:
    """Lock the shift, which guards its signups, and read the signup as it is now."""
    shift = places.lock(Shift(pk=signup.shift_id))
    fresh = Signup.objects.get(pk=signup.pk)
    fresh.shift = shift
    return shift, fresh


def _begin(shift: Shift, by: Membership, signup_id: UUID | None) -> Signup:
    """Begin a newcomer's signup, as somebody who is not in yet."""
    signup = Signup(pk=signup_id or uuid4(), membership=by, organization_id=shift.organization_id)
    signup.status = SignupStatus.WITHDRAWN
    return signup


def _require_own(signup: Signup, by: Membership) -> None:
    by.require(Permission.SHIFT_SIGN_UP, signup)
    if signup.membership_id != by.pk:
        raise NotAllowed(_("Only the person who was asked can answer."))


def _is_late(shift: Shift, at: datetime) -> bool:
    return queries.rules_of(shift.organization_id).is_late_to_leave(shift, at)


def _enter(
    signup: Signup, shift: Shift, role: ShiftRole | None, at: datetime, *, waits: bool = False
) -> None:
    """Take a place, or the end of the line."""
    taken = not waits and places.take(shift, role)
    signup.status = SIGNUP.move(signup.status, "take_place" if taken else "wait")
    signup.role, signup.left_late = role, False
    signup.signed_up_at, signup.ended_at, signup.attending_confirmed_at = at, None, None
    signup.waiting_since = None if taken else at
    if taken:  # whoever waits keeps when they had a place before: their calendar still takes it out
        signup.confirmed_at = at
    if signup._state.adding:
        insert(signup)
    else:
        signup.version += 1
        signup.save()
    if taken:
        crews.join(shift, signup, at)


def _leave(signup: Signup, shift: Shift, verb: str, at: datetime, *, late: bool = False) -> None:
    """End a signup and free the place it held. Whoever leaves asks nobody any more to stand in."""
    held, offered = signup.status in HOLDS_A_PLACE, signup.status == SignupStatus.OFFERED
    signup.status = SIGNUP.move(signup.status, verb)
    crews.excuse(shift, signup)
    signup.left_late = late
    _save(signup, ended_at=at, offer_expires_at=None, waiting_since=None)
    if held:
        places.give_back(shift, places.role_of(shift, signup.role_id), offered=offered)


def _end_all(signups: QuerySet[Signup], verb: str, code: str, *, by: SystemActor, at: datetime) -> int:
    """End these signups, shift by shift in the order of their keys, and pass each place on."""
    shifts = Shift.objects.select_for_update().filter(pk__in=signups.order_by().values("shift_id"))
    locked = {shift.pk: shift for shift in shifts.order_by("pk")}
    by.require(Permission.SHIFT_SIGN_UP, *locked.values())
    ended = signups.filter(shift_id__in=locked)
    for signup in ended:
        _leave(signup, locked[signup.shift_id], verb, at)
        audit.record(action=code, subject=signup, by=by)
    for shift in locked.values():
        places.pass_on(shift, by=by, at=at)
    return len(ended)


def _save(signup: Signup, **fields: datetime | None) -> None:
    for name, value in fields.items():
        setattr(signup, name, value)
    signup.version += 1
    signup.save()
