"""One member's nights as a calendar (RFC 5545): hours alone, never a place, a crew or what it is for."""

import hashlib
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import override
from icalendar import Calendar, Event, Timezone

from accounts.models import Membership
from patrols.models import LIMA, CalendarFeed, Signup
from patrols.states import PUBLISHED, SignupStatus

BEHIND = timedelta(days=90)


def token_hash(token: str) -> str:
    """What is kept of a link's secret. It is drawn with 256 bits: nobody finds it by trying."""
    return hashlib.sha256(token.encode()).hexdigest()


def owner_of(token: str) -> Membership | None:
    """Whose link this is, while it works."""
    feeds = CalendarFeed.objects.working().filter(token_hash=token_hash(token))
    feed = feeds.select_related("membership__user", "membership__organization").first()
    return feed.membership if feed else None


def calendar_of(member: Membership, at: datetime) -> bytes:
    """Every night somebody had a place in, those called off or left as cancelled events, so that a
    calendar that copied them takes them out."""
    calendar = Calendar()
    calendar.add("prodid", "-//Calendar//ES")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    calendar.add_component(Timezone.from_tzid("America/Lima"))
    with override(member.user.language):
        for signup in _nights(member, at):
            calendar.add_component(_event(signup))
    return bytes(calendar.to_ical())


def _nights(member: Membership, at: datetime) -> QuerySet[Signup]:
    had_a_place = Signup.objects.filter(membership_id=member.pk, confirmed_at__isnull=False)
    return had_a_place.filter(shift__ends_at__gt=at - BEHIND).select_related("shift").order_by("pk")


def _event(signup: Signup) -> Event:
    shift = signup.shift
    goes = signup.status == SignupStatus.CONFIRMED and shift.status in PUBLISHED
    event = Event()
    event.add("uid", f"{signup.pk}@busy.invalid")
    event.add("dtstamp", max(filter(None, (signup.signed_up_at, signup.ended_at, shift.plan_changed_at))))
    event.add("dtstart", shift.starts_at.astimezone(LIMA))
    event.add("dtend", shift.ends_at.astimezone(LIMA))
    event.add("sequence", shift.plan_version + signup.version)  # both only grow
    event.add("status", "CONFIRMED" if goes else "CANCELLED")
    event.add("summary", _("Busy"))
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE" if goes else "TRANSPARENT")
    return event
