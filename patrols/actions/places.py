"""The places of a shift: locked, taken, freed, and offered to whoever is next in line."""

from datetime import datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from audit import actions as audit
from patrols import queries
from patrols.actions import telling
from patrols.models import Shift, Signup
from patrols.states import SIGNUP
from rules.refusals import Conflict, NotFound
from rules.statements import KEY, NUMBER, Slot, Statement, Update

TIME_TO_ANSWER = timedelta(hours=2)


_THIS = Slot("key", KEY)
_LOCK = Statement(lambda: Shift.objects.select_for_update().filter(pk=_THIS))


def lock(shift: Shift) -> Shift:
    """Read the shift again and keep it: whatever touches its signups passes here, one at a time."""
    fresh = _LOCK.first(key=shift.pk)
    if fresh is None:
        raise NotFound
    return fresh


def check_not_begun(shift: Shift, at: datetime) -> None:
    """Refuse what only makes sense before the shift starts."""
    if shift.has_begun(at):
        raise Conflict(_("That shift has already begun."), code="begun")


_TAKE = Update(
    lambda: (
        Shift.objects.filter(pk=_THIS, places_taken__lt=F("capacity")),
        {
            "places_taken": F("places_taken") + 1,
            "places_offered": F("places_offered") + Slot("offers", NUMBER),
        },
    )
)


def take(shift: Shift, *, offered: bool = False) -> bool:
    """Take one place, for good or for an offer, if there is one. The database decides, so that
    no race can oversell."""
    offers = int(offered)
    if not _TAKE(key=shift.pk, offers=offers):
        return False
    shift.places_taken += 1
    shift.places_offered += offers
    return True


def keep(shift: Shift) -> None:
    """Turn an offered place into a taken one."""
    Shift.objects.filter(pk=shift.pk).update(places_offered=F("places_offered") - 1)
    shift.places_offered -= 1


def give_back(shift: Shift, *, offered: bool) -> None:
    """Free one place."""
    offers = int(offered)
    Shift.objects.filter(pk=shift.pk).update(
        places_taken=F("places_taken") - 1, places_offered=F("places_offered") - offers
    )
    shift.places_taken -= 1
    shift.places_offered -= offers


def pass_on(shift: Shift, *, by: Actor, at: datetime) -> None:
    """Offer each free place to the next in line. Whoever cannot come does not block the rest."""
    if not shift.places_free or not shift.is_published or shift.has_begun(at):
        return
    if not Signup.objects.in_line().filter(shift_id=shift.pk).exists():
        return  # almost always so, and far cheaper to know than who of them could come
    for signup in queries.next_in_line(shift)[: shift.places_free]:
        if take(shift, offered=True):
            _offer(signup, shift, by, at)


def _offer(signup: Signup, shift: Shift, by: Actor, at: datetime) -> None:
    signup.status = SIGNUP.move(signup.status, "offer")
    signup.offer_expires_at = min(at + TIME_TO_ANSWER, shift.starts_at)
    signup.version += 1
    signup.save(update_fields=["status", "offer_expires_at", "version"])
    audit.record(action="signup.offered", subject=signup, by=by)
    telling.place_offered(signup, at)
