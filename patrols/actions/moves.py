"""One step in a patrol's life, with what the phone knew when it was taken."""

import math
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Membership
from audit import actions as audit
from patrols.actions import crews, dwell
from patrols.models import Move, Patrol, Shift
from patrols.queries.patrols import FORGOTTEN_AFTER
from patrols.states import PATROL
from patrols.states.safety import LATE_AFTER
from rules.refusals import Invalid

# How each verb reads in the audit trail.
PAST = {
    "open_briefing": "briefed",
    "check_in": "checked_in",
    "start": "started",
    "pause": "paused",
    "resume": "resumed",
    "finish": "finished",
    "close": "closed",
    "auto_close": "auto_closed",
    "abort_for_safety": "aborted",
    "review": "reviewed",
    "cancel": "cancelled",
    "leave": "left",
    "miss": "missed",
    "reopen": "came_late",
}


def _within(value: float | None, most: int) -> bool:
    return value is None or -most <= value <= most


@dataclass(frozen=True)
class Stamp:
    """When and where the phone says something happened: its own clock, WGS84 degrees, metres.

    The clock is kept as it is, however wrong, and decides nothing. `happened_at` is the moment by our
    clock, known only of what waited on a phone that also said what its clock showed while sending. A place
    off the earth is refused.
    """

    device_at: datetime | None = None
    lat: float | None = None
    lon: float | None = None
    accuracy_m: float | None = None
    happened_at: datetime | None = None

    def __post_init__(self) -> None:
        wrong = {name for name, most in (("lat", 90), ("lon", 180)) if not _within(getattr(self, name), most)}
        if (self.lat is None) != (self.lon is None):
            wrong.add("lat" if self.lat is None else "lon")
        if self.accuracy_m is not None and not 0 <= self.accuracy_m < math.inf:
            wrong.add("accuracy_m")
        if wrong:
            raise Invalid(dict.fromkeys(sorted(wrong), _("That is not a place on earth.")))

    def moment(self, at: datetime) -> datetime:
        """When it happened by our clock: now, unless it waited on a phone."""
        return min(self.happened_at or at, at)

    def came_late(self, at: datetime) -> bool:
        """Whether it reached us when it was long done, from a phone without signal: nothing can be held
        back any more."""
        return at - self.moment(at) > LATE_AFTER

    def is_of(self, shift: Shift, at: datetime) -> bool:
        """Whether it waited on a phone and happened in this night: from when its briefing may open until
        the clock closes what nobody ended."""
        begins, ends = shift.starts_at - crews.BRIEFING_OPENS, shift.ends_at + FORGOTTEN_AFTER
        return self.happened_at is not None and begins <= self.moment(at) < ends

    def is_late_of(self, shift: Shift, at: datetime) -> bool:
        """Whether it is of this night, and reached us when it was long done."""
        return self.came_late(at) and self.is_of(shift, at)

    def taken_at(self, shift: Shift, at: datetime) -> datetime:
        """When a step of this night was taken, by our clock: now, unless it waited on a phone for long.
        A clock that names another night is kept beside the step, and decides nothing."""
        return self.moment(at) if self.is_late_of(shift, at) else at


NO_STAMP = Stamp()


def move(
    patrol: Patrol,
    verb: str,
    *,
    by: Actor,
    at: datetime,
    stamp: Stamp,
    about: Membership | None = None,
    **fields: object,
) -> Patrol:
    """Move a locked patrol, keep the step with its stamp, and write it in the trail. `about` is who
    came or went."""
    patrol.status = PATROL.move(patrol.status, verb)
    for name, value in fields.items():
        setattr(patrol, name, value)
    patrol.version += 1
    patrol.save()
    if patrol.ended_at is not None and "ended_at" in fields:
        dwell.end_standing(patrol.pk, patrol.ended_at)
    keep(patrol, verb, by=by, at=at, stamp=stamp, about=about)
    return patrol


def keep(
    patrol: Patrol, verb: str, *, by: Actor, at: datetime, stamp: Stamp, about: Membership | None = None
) -> None:
    """Write down a step that was just taken."""
    taken_at = stamp.taken_at(patrol.shift, at)
    Move.objects.create(
        patrol=patrol,
        organization_id=patrol.organization_id,
        verb=verb,
        status=patrol.status,
        by=by if isinstance(by, Membership) else None,
        about=about,
        at=at,
        happened_at=taken_at if taken_at < at else None,
        device_at=stamp.device_at,
        lat=stamp.lat,
        lon=stamp.lon,
        accuracy_m=stamp.accuracy_m,
    )
    audit.record(action=f"patrol.{PAST[verb]}", subject=patrol, by=by)
