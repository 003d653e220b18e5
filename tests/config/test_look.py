"""How it looks: the tokens can be read, the frame is light, the way around fits the role."""

import gzip
import re
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
import time_machine
from django.conf import settings
from django.template import Context, Template
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.roles import Role
from config.samples import ICONS
from places.models import EmergencyLine
from tests.factories import MembershipFactory, OrganizationFactory

LOOK = settings.BASE_DIR / "static" / "ronda"
CSS = (LOOK / "ronda.css").read_text()
TEXT = 4.5  # WCAG 2.2 AA for text
PART = 3.0  # and for the outlines of controls and focus
PAIRS = [
    ("ink", "ground", TEXT),
    ("ink", "surface", TEXT),
    ("ink", "sunken", TEXT),
    ("ink-soft", "ground", TEXT),
    ("ink-soft", "surface", TEXT),
    ("ink-soft", "brand-soft", TEXT),
    ("brand", "ground", TEXT),
    ("brand", "surface", TEXT),
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-strong", TEXT),
    ("on-brand-soft", "brand-soft", TEXT),
    ("on-deep", "deep", TEXT),
    ("on-deep-soft", "deep", TEXT),
    ("lamp", "deep", TEXT),
    ("on-lamp", "lamp", TEXT),
    ("ok", "ok-soft", TEXT),
    ("warn", "warn-soft", TEXT),
    ("bad", "bad-soft", TEXT),
    ("bad", "surface", TEXT),
    ("bad", "ground", TEXT),
    ("on-danger", "danger", TEXT),
    ("edge", "surface", PART),
    ("edge", "ground", PART),
    ("focus", "ground", PART),
    ("focus", "surface", PART),
]


def tokens(selector: str) -> dict[str, str]:
    block = CSS.split(selector, 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


LIGHT = tokens(":root {")
DARK = tokens(':root[data-theme="dark"] {')


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_everything_can_be_read_against_what_lies_behind_it(theme, front, back, least):
    assert contrast(theme[front], theme[back]) >= least


def test_the_two_dark_themes_are_the_same():
    assert tokens(':root:not([data-theme="light"]) {') == DARK


def test_the_stylesheet_stays_small_and_asks_nobody_outside():
    assert len(gzip.compress(CSS.encode())) < 12_000
    assert "http" not in CSS
    assert "@import" not in CSS


def test_nothing_blinks():
    assert "animation" not in CSS
    assert "@keyframes" not in CSS


def test_every_drawing_a_page_names_exists():
    named = set()
    for page in Path(settings.BASE_DIR / "templates").rglob("*.html"):
        named |= set(re.findall(r'components/icon\.html" with name="([a-z0-9-]+)"', page.read_text()))
        named |= set(re.findall(r'components/empty\.html" with icon="([a-z0-9-]+)"', page.read_text()))
    assert named
    assert named <= set(ICONS)


def test_no_page_carries_a_script_or_a_style_of_its_own():
    for page in Path(settings.BASE_DIR / "templates").rglob("*.html"):
        text = page.read_text()
        assert " style=" not in text, page
        assert "<style" not in text, page
        assert not re.search(r"<script(?![^>]* src=)", text), page
        assert not re.search(r"\son(click|load|error|submit|change|input|focus|blur|key\w+)=", text), page


def weight(client, url: str) -> int:
    """The compressed bytes of a page with all it loads the first time."""
    html = client.get(url).content.decode()
    files = re.findall(r'(?:src|href)="/static/([^"#]+)', html)
    total = len(gzip.compress(html.encode()))
    for name in set(files):
        total += len(gzip.compress(found(name).read_bytes()))
    return total


def found(name: str) -> Path:
    from django.contrib.staticfiles import finders

    return Path(finders.find(name))


def test_a_volunteers_page_weighs_less_than_60_kb_with_all_it_loads(volunteer, browsing):
    url = reverse("patrols:mine", args=[volunteer.organization.code])
    assert weight(browsing(volunteer), url) < 60_000


def test_the_front_door_opens_for_anybody_and_names_the_lines_to_call(client):
    EmergencyLine.objects.create(
        code="test-line",
        number="105",
        name_es="Policía",
        name_en="Police",
        valid_from=date(2020, 1, 1),
        order=0,
    )
    page = client.get("/").content.decode()
    assert 'href="tel:105"' in page
    assert reverse("account_login") in page


def test_a_line_that_is_no_longer_valid_is_not_shown(client):
    EmergencyLine.objects.all().delete()
    EmergencyLine.objects.create(
        code="old",
        number="999",
        name_es="V",
        name_en="O",
        valid_from=date(2020, 1, 1),
        valid_to=date(2020, 2, 1),
    )
    assert "tel:999" not in client.get("/").content.decode()


@pytest.mark.parametrize(
    ("kind", "role", "page"),
    [
        ("board", Role.VOLUNTEER, "patrols:mine"),
        ("board", Role.PATROL_LEADER, "patrols:mine"),
        ("board", Role.COORDINATOR, "patrols:week"),
        ("municipality", Role.REVIEWER, "incidents:queue"),
        ("municipality", Role.SECURITY_CHIEF, "incidents:queue"),
    ],
)
def test_home_leads_each_role_to_the_first_page_of_its_day(browsing, kind, role, page):
    member = MembershipFactory(organization=OrganizationFactory(kind=kind), roles={role})
    answer = browsing(member).get("/home/")
    assert answer.headers["Location"] == reverse(page, args=[member.organization.code])


def test_whoever_belongs_to_two_organizations_chooses(browsing, volunteer):
    other = MembershipFactory(user=volunteer.user, roles={Role.VOLUNTEER})
    page = browsing(volunteer).get("/home/").content.decode()
    assert reverse("organization", args=[volunteer.organization.code]) in page
    assert reverse("organization", args=[other.organization.code]) in page


def test_a_stranger_is_not_led_into_an_organization(browsing, stranger, organization):
    assert browsing(stranger).get(reverse("organization", args=[organization.code])).status_code == 404


def test_staff_without_a_second_factor_are_led_to_set_it_up(browsing, organization):
    member = MembershipFactory(organization=organization, second_factor=False)
    assert browsing(member).get("/home/").headers["Location"] == reverse("mfa_activate_totp")


def test_the_way_around_shows_only_what_a_role_may_open(browsing, volunteer, coordinator):
    code = volunteer.organization.code
    theirs = browsing(volunteer).get(reverse("patrols:mine", args=[code])).context["navigation"].links
    ours = browsing(coordinator).get(reverse("patrols:week", args=[code])).context["navigation"].links
    assert reverse("patrols:week", args=[code]) not in {link.url for link in theirs}
    assert reverse("patrols:week", args=[code]) in {link.url for link in ours}


@pytest.mark.parametrize("role", list(Role))
def test_every_link_of_the_way_around_opens(browsing, role):
    kinds = {"board": "vpc", "municipality": "rsp", "ngo": "pf", "installation": "o"}
    kind = next(kind for kind in kinds if role in roles_of(kind))
    member = MembershipFactory(organization=OrganizationFactory(kind=kind), roles={role})
    client = browsing(member)
    page = client.get("/home/", follow=True)
    for link in page.context["navigation"].links:
        assert client.get(link.url).status_code == 200, link.url


def roles_of(kind):
    from accounts.roles import ROLES_OF_KIND

    return ROLES_OF_KIND[kind]


def test_the_place_one_stands_on_is_marked(browsing, coordinator):
    page = browsing(coordinator).get(reverse("patrols:week", args=[coordinator.organization.code]))
    assert [link.icon for link in page.context["navigation"].links if link.is_current] == ["calendar"]


def test_what_does_not_fit_under_a_thumb_waits_behind_more(browsing, coordinator):
    page = browsing(coordinator).get(reverse("places:territory", args=[coordinator.organization.code]))
    around = page.context["navigation"]
    assert len(around.first) == 4
    assert around.is_in_more
    assert [link.icon for link in around.more if link.is_current] == ["map"]


def test_the_chosen_look_is_kept_and_leads_back(client):
    answer = client.post("/look/", {"theme": "dark", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert 'data-theme="dark"' in client.get("/").content.decode()
    client.post("/look/", {"theme": "", "next": "/"})
    assert "data-theme" not in client.get("/").content.decode()


def test_the_chosen_language_is_kept(client):
    client.post("/look/", {"language": "en"})
    assert client.get("/").content.decode().count('<html lang="en"') == 1


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org", "javascript:alert(1)"])
def test_choosing_a_look_never_leads_off_the_site(client, back):
    assert client.post("/look/", {"theme": "dark", "next": back}).headers["Location"] == "/"


def test_a_made_up_look_is_ignored(client):
    client.post("/look/", {"theme": "<b>", "language": "xx"})
    assert not client.cookies.get("theme") or not client.cookies["theme"].value
    assert "data-theme" not in client.get("/").content.decode()


def test_choosing_a_look_needs_our_own_form():
    assert Client(enforce_csrf_checks=True).post("/look/", {"theme": "dark"}).status_code == 403


@pytest.mark.parametrize(("hour", "is_dark"), [(3, True), (12, False), (21, True)])
def test_at_night_in_lima_a_volunteers_pages_are_dark_by_themselves(browsing, volunteer, hour, is_dark):
    url = reverse("patrols:mine", args=[volunteer.organization.code])
    client = browsing(volunteer)
    with time_machine.travel(datetime.now(UTC).replace(hour=(hour + 5) % 24, minute=30), tick=False):
        assert ('data-theme="dark"' in client.get(url).content.decode()) is is_dark


def test_the_chosen_look_wins_over_the_night(browsing, volunteer):
    client = browsing(volunteer)
    client.cookies["theme"] = "light"
    with time_machine.travel(datetime.now(UTC).replace(hour=3), tick=False):
        page = client.get(reverse("patrols:mine", args=[volunteer.organization.code])).content.decode()
    assert 'data-theme="light"' in page


def test_dates_are_written_as_in_lima():
    night = SimpleNamespace(
        starts_at=datetime(2030, 1, 5, 2, tzinfo=UTC), ends_at=datetime(2030, 1, 5, 5, tzinfo=UTC)
    )
    template = Template("{% load lima %}{{ night|when }}|{{ night.starts_at|elapsed:night.ends_at }}")
    with translation.override("en"):
        assert template.render(Context({"night": night})) == "Fri 4 Jan · 21:00–00:00|03:00"


def test_headings_of_the_front_door_go_down_one_step_at_a_time(client):
    levels = [int(level) for level in re.findall(r"<h([1-6])", client.get("/").content.decode())]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
