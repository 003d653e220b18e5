"""The way around an organization: one line per place, shown to whoever may go there."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership
from accounts.roles import Permission


@dataclass(frozen=True)
class Place:
    """One entry: what it is called, where it leads, its drawing, and who may see it."""

    label: str | Promise
    route: str
    icon: str
    permission: Permission
    unless: Permission | None = None


@dataclass(frozen=True)
class Link:
    """A place as one person sees it now."""

    label: str | Promise
    url: str
    icon: str
    is_current: bool
    count: int


@dataclass(frozen=True)
class Around:
    """The way around as it fits under a thumb: what comes first, and the rest behind "More"."""

    first: list[Link]
    more: list[Link]

    @property
    def links(self) -> list[Link]:
        return self.first + self.more

    @property
    def is_in_more(self) -> bool:
        return any(link.is_current for link in self.more)

    def __bool__(self) -> bool:
        return bool(self.first)


P = Permission
# In the order of a day's work: the first leads to where a role begins, the first few are always in sight.
PLACES = [
    Place(_("Reports"), "incidents:queue", "flag", P.REPORT_VIEW),
    Place(_("Week"), "patrols:week", "calendar", P.SHIFT_PLAN),
    Place(_("My patrols"), "patrols:mine", "round", P.SHIFT_SIGN_UP),
    Place(_("Programs"), "programs:home", "book", P.PROGRAM_PLAN),
    Place(_("My sessions"), "programs:home", "list", P.PROGRAM_VIEW, unless=P.PROGRAM_PLAN),
    Place(_("My reports"), "incidents:mine", "flag", P.REPORT_FILE),
    Place(_("Messages"), "notifications:inbox", "bell", P.ACCOUNT_OWN),
    Place(_("Alarms"), "patrols:alarms", "warning", P.ALARM_ANSWER),
    Place(_("Summary"), "insights:summary", "chart", P.SUMMARY_VIEW),
    Place(_("Duty roster"), "patrols:duty", "clock", P.DUTY_PLAN),
    Place(_("Schedule"), "patrols:week", "calendar", P.SCHEDULE_VIEW),
    Place(_("People"), "accounts:people", "people", P.PEOPLE_VIEW),
    Place(_("Boards"), "accounts:boards", "people", P.APPOINTMENT_PROPOSE),
    Place(_("On the way"), "patrols:newcomers", "person", P.JOINING_DECIDE),
    Place(_("Finished patrols"), "patrols:finished", "shield", P.SCHEDULE_VIEW),
    Place(_("Finished patrols"), "patrols:finished", "shield", P.PATROL_REVIEW),
    Place(_("Equipment"), "patrols:equipment", "lamp", P.SHIFT_PLAN),
    Place(_("What crews left"), "patrols:handovers", "mail", P.PATROL_REVIEW),
    Place(_("Map"), "places:territory", "map", P.PLACES_VIEW),
    Place(_("My way"), "patrols:joining", "person", P.JOINING_OWN, unless=P.SHIFT_PLAN),
    Place(_("My phone"), "accounts:devices", "device", P.PATROL_RUN, unless=P.SHIFT_PLAN),
]
FIT = 5  # tabs beside each other on a phone of 360 pixels, "More" among them


def around(membership: Membership, request: HttpRequest, unread: int = 0) -> Around:
    """Everything this member may follow, split where the tabs would no longer fit."""
    links = links_for(membership, request, unread)
    cut = len(links) if len(links) <= FIT else FIT - 1
    return Around(links[:cut], links[cut:])


def links_for(membership: Membership, request: HttpRequest, unread: int = 0) -> list[Link]:
    """The entries this member may follow, the one they stand on marked."""
    places = list(_places(membership))
    # One address may begin with another's: the longest is where somebody stands.
    here = max((url for _place, url in places if request.path.startswith(url)), key=len, default="")
    return [
        Link(
            place.label,
            url,
            place.icon,
            is_current=url == here,
            count=unread if place.route == "notifications:inbox" else 0,
        )
        for place, url in places
    ]


def _places(membership: Membership) -> Iterator[tuple[Place, str]]:
    for place in PLACES:
        if membership.may(place.permission) and not (place.unless and membership.may(place.unless)):
            yield place, reverse(place.route, args=[membership.organization.code])
