"""The places of a shift: locked, taken, freed, and offered to whoever is next in line."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from audit import actions as audit
from patrols import queries
from patrols.actions import checkers, telling
from patrols.models import Shift, ShiftRole, Signup
from patrols.states import SIGNUP
from rules.refusals import Conflict, NotFound
from rules.statements import KEY, NUMBER, Slot, Statement, Update

LOOKED_AT_ONCE = 50  # of a long line, as many are asked about together

_THIS = Slot("key", KEY)
_LOCK = Statement(lambda: Shift.objects.select_for_update().filter(pk=_THIS))


def lock(shift: Shift) -> Shift:
    """Read the shift again and keep it: whatever touches its signups passes here, one at a time."""
    fresh = _LOCK.first(key=shift.pk)
    if fresh is None:
        raise NotFound
    return fresh


def role_of(shift: Shift, role: ShiftRole | UUID | None) -> ShiftRole | None:
    """Read a role of a locked shift again; its count is kept by the shift's lock."""
    key = role.pk if isinstance(role, ShiftRole) else role
    if key is None:
        return None
    fresh = ShiftRole.objects.filter(shift_id=shift.pk, pk=key).first()
    if fresh is None:
        raise NotFound
    return fresh


def check_not_begun(shift: Shift, at: datetime) -> None:
    """Refuse what only makes sense before the shift starts."""
    if shift.has_begun(at):
        raise Conflict(_("That shift has already begun."), code="begun")


_COUNTS = {
    "places_taken": F("places_taken") + 1,
    "places_offered": F("places_offered") + Slot("offers", NUMBER),
}
_TAKE = Update(
    lambda: (
        Shift.objects.filter(pk=_THIS, places_taken__lt=F("capacity") - F("places_kept")),
        _COUNTS,
    )
)
_TAKE_KEPT = Update(
    lambda: (
        Shift.objects.filter(pk=_THIS, places_taken__lt=F("capacity"), places_kept__gt=0),
        _COUNTS | {"places_kept": F("places_kept") - 1},
    )
)


def take(shift: Shift, role: ShiftRole | None = None, *, offered: bool = False) -> bool:
    """Take one place, for good or for an offer, if there is one. The database decides, so that
    no race can oversell."""
    if role is not None:
        return _take_role(shift, role, offered=offered)
    return _count(shift, _TAKE, offered=offered)


def _take_role(shift: Shift, role: ShiftRole, *, offered: bool) -> bool:
    """Take one place in a role: one that was kept for it, while it lacks people."""
    kept, is_free = bool(role.kept), ShiftRole.objects.filter(pk=role.pk, taken__lt=F("maximum"))
    if not is_free.update(taken=F("taken") + 1):
        return False
    if not _count(shift, _TAKE_KEPT if kept else _TAKE, offered=offered):
        ShiftRole.objects.filter(pk=role.pk).update(taken=F("taken") - 1)
        return False
    role.taken += 1
    shift.places_kept -= kept
    return True


def _count(shift: Shift, update: Update, *, offered: bool) -> bool:
    offers = int(offered)
    if not update(key=shift.pk, offers=offers):
        return False
    shift.places_taken += 1
    shift.places_offered += offers
    return True


def keep(shift: Shift) -> None:
    """Turn an offered place into a taken one."""
    Shift.objects.filter(pk=shift.pk).update(places_offered=F("places_offered") - 1)
    shift.places_offered -= 1


def give_back(shift: Shift, role: ShiftRole | None = None, *, offered: bool) -> None:
    """Free one place. If its role lacks people now, it waits for somebody in that role."""
    offers, kept = int(offered), 0
    if role is not None:
        ShiftRole.objects.filter(pk=role.pk).update(taken=F("taken") - 1)
        role.taken -= 1
        kept = int(role.taken < role.minimum)
    Shift.objects.filter(pk=shift.pk).update(
        places_taken=F("places_taken") - 1,
        places_offered=F("places_offered") - offers,
        places_kept=F("places_kept") + kept,
    )
    shift.places_taken -= 1
    shift.places_offered -= offers
    shift.places_kept += kept


def pass_on(shift: Shift, *, by: Actor, at: datetime) -> None:
    """Offer each free place to the next in line. Whoever cannot come does not block the rest."""
    if shift.places_taken >= shift.capacity or not shift.is_published or shift.has_begun(at):
        return
    if not Signup.objects.in_line().filter(shift_id=shift.pk).exists():
        return  # almost always so, and far cheaper to know than who of them could come
    rules, roles = queries.rules_of(shift.organization_id), _roles(shift)
    until = min(at + timedelta(minutes=rules.answer_minutes), shift.starts_at)
    for signup in _who_could_come(shift, roles, at):
        if take(shift, roles.get(signup.role_id), offered=True):
            _offer(signup, until, by, at)
        if shift.places_taken >= shift.capacity:
            return


def _roles(shift: Shift) -> dict[UUID | None, ShiftRole]:
    return {role.pk: role for role in ShiftRole.objects.filter(shift_id=shift.pk)}


def _who_could_come(shift: Shift, roles: dict[UUID | None, ShiftRole], at: datetime) -> Iterator[Signup]:
    """Who waits and may go out then by every rule, first come first."""
    line = iter(list(queries.line_of(shift)))
    while some := list(islice(line, LOOKED_AT_ONCE)):
        standings = queries.standings(shift, [signup.membership_id for signup in some])
        for number, signup in enumerate(some, start=1):
            facts = checkers.Facts(shift, standings[signup.membership_id], at, roles.get(signup.role_id))
            if not any(checkers.refusals(facts, checkers.TO_BE_OFFERED)):
                yield signup
                # Whoever was offered a place is of the crew now, newcomer or leader.
                standings = queries.standings(shift, [one.membership_id for one in some[number:]])


def _offer(signup: Signup, until: datetime, by: Actor, at: datetime) -> None:
    signup.status = SIGNUP.move(signup.status, "offer")
    signup.offer_expires_at = until
    signup.version += 1
    signup.save(update_fields=["status", "offer_expires_at", "version"])
    audit.record(action="signup.offered", subject=signup, by=by)
    telling.place_offered(signup, at)
