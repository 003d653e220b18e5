"""Who plays which part when somebody walks through the demo."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Device, Membership
from config.demo import joining, people


@dataclass(frozen=True)
class Part:
    """One invented person whose shoes a visitor may step into, and what they do in a line."""

    key: str
    full_name: str
    organization: str
    does: Promise
    icon: str
    user_name: str = ""  # none: they sign in with a phone

    def membership(self) -> Membership | None:
        """Their seat; none where no demo was written, or where they have left."""
        seats = Membership.objects.active().acting()
        seats = seats.filter(user__full_name=self.full_name, organization__name=self.organization)
        return seats.order_by("joined_on", "pk").first()


PARTS = [
    Part(
        "coordinator",
        people.COORDINATORS[0],
        people.BOARDS[0],
        _("Plans the nights, sees who is missing and reads what each crew did."),
        "calendar",
        "coordinacion1",
    ),
    Part(
        "other_coordinator",
        people.COORDINATORS[1],
        people.BOARDS[1],
        _("Does the same for another board. Neither sees the other's people or nights."),
        "calendar",
        "coordinacion2",
    ),
    Part(
        "volunteer",
        "Julio Mamani",
        people.BOARDS[0],
        _("On a phone: signs up, goes out with others, notes what happened and reports it."),
        "device",
    ),
    Part(
        "leader",
        "Rosa Quispe",
        people.BOARDS[0],
        _("On a phone: opens the meeting, starts the patrol and brings everybody home."),
        "round",
    ),
    Part(
        "newcomer",
        joining.NEWCOMER,
        people.BOARDS[0],
        _("On a phone: on the way to a first patrol, with a step that waits for a neighbor."),
        "person",
    ),
    Part(
        "reviewer",
        people.DESK[0][0],
        people.MUNICIPALITY,
        _("Receives the district's reports, checks them, follows them up and answers."),
        "list",
        people.DESK[0][2],
    ),
    Part(
        "chief",
        people.DESK[2][0],
        people.MUNICIPALITY,
        _("Sees how the district is doing, and the reports that few may read."),
        "shield",
        people.DESK[2][2],
    ),
    Part(
        "privacy_officer",
        people.DESK[3][0],
        people.MUNICIPALITY,
        _("Watches over who sees what. Reads no report."),
        "eye",
        people.DESK[3][2],
    ),
    Part(
        "program_coordinator",
        people.TEACHERS[0][0],
        people.NGO,
        _("Runs the youth programs: groups, places, consents and attendance."),
        "book",
        people.TEACHERS[0][2],
    ),
    Part(
        "facilitator",
        people.TEACHERS[1][0],
        people.NGO,
        _("Leads the sessions and marks on a phone who came."),
        "people",
        people.TEACHERS[1][2],
    ),
]


def part(key: str) -> Part | None:
    """The part of this name."""
    return next((one for one in PARTS if one.key == key), None)


def phone_of(member: Membership) -> Device | None:
    """The enrolled phone of a volunteer in the demo: the latest that works."""
    return member.devices.working().order_by("-enrolled_at", "pk").first()


def sign_ins(code: str) -> Iterator[str]:
    """What the console says about coming in. The code is for trying the way in with a QR's code."""
    door = f"{settings.SITE_URL}{reverse('account_login')}"
    yield "The demo is ready (invented people; nothing real belongs in here):"
    yield f"  every role with one click   {settings.SITE_URL}{reverse('demo')}"
    for organization, names in _user_names().items():
        yield f"  {organization:<44} {door}   {', '.join(names)}   {people.PASSWORD}"
    join = f"{settings.SITE_URL}{reverse('join')}"
    yield f"  a new volunteer's phone   {join}   code {code}, and a PIN of your own"


def _user_names() -> dict[str, list[str]]:
    boards = {name: [f"coordinacion{place + 1}"] for place, name in enumerate(people.BOARDS)}
    desk, teachers = [name for *_, name in people.DESK], [name for *_, name in people.TEACHERS]
    return boards | {people.MUNICIPALITY: desk, people.NGO: teachers}
