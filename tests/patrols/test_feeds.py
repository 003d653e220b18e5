"""A member's hours in the calendar of their phone, read back as a phone reads them."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from patrols.actions import feeds, shifts, signups
from patrols.models import CalendarFeed
from tests.factories import NOON, DeviceFactory, MembershipFactory, ShiftFactory, SignupFactory

LIMA = ZoneInfo("America/Lima")
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _at_noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def night(organization):
    return ShiftFactory(
        organization=organization,
        starts_at=datetime(2030, 1, 4, 22, tzinfo=LIMA),
        ends_at=datetime(2030, 1, 5, 2, tzinfo=LIMA),
    )


@pytest.fixture
def signup(night, volunteer):
    return SignupFactory(shift=night, membership=volunteer, organization=night.organization)


@pytest.fixture
def token(volunteer, signup):
    return feeds.make(by=volunteer, at=NOON)


def read(token):
    return Client().get(reverse("patrols-public:calendar", args=[token]))


def event(token):
    (only,) = Calendar.from_ical(read(token).content).walk("VEVENT")
    return only


def test_ten_to_two_is_read_back_with_its_zone(token, signup):
    one = event(token)
    assert one["DTSTART"].params["TZID"] == "America/Lima"
    assert one.decoded("DTSTART") == datetime(2030, 1, 4, 22, tzinfo=LIMA)
    assert one.decoded("DTEND") == datetime(2030, 1, 5, 2, tzinfo=LIMA)
    assert (one["UID"], one["STATUS"], one["SUMMARY"]) == (
        f"{signup.pk}@busy.invalid",
        "CONFIRMED",
        "Ocupado",
    )
    (zone,) = Calendar.from_ical(read(token).content).walk("VTIMEZONE")
    assert zone["TZID"] == "America/Lima"


def test_it_says_the_hours_and_nothing_else(token, night, volunteer):
    words = read(token).content.decode().lower()
    told = (
        night.meeting_point,
        night.sector.name,
        volunteer.alias,
        "ronda",
        "patrol",
        night.organization.name,
    )
    assert [word for word in told if word.lower() in words] == []
    assert {"LOCATION", "DESCRIPTION", "URL", "ORGANIZER", "ATTENDEE"}.isdisjoint(event(token))


def test_a_night_that_moves_keeps_its_name_and_counts_on(token, night, coordinator):
    before = event(token)
    later = night.starts_at + timedelta(hours=1)
    shifts.change(shift=night, by=coordinator, at=NOON, starts_at=later)
    after = event(token)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after.decoded("DTSTART") == later


def test_a_night_called_off_stays_as_a_cancelled_event(token, night, coordinator):
    before = event(token)["SEQUENCE"]
    shifts.cancel(shift=night, by=coordinator, at=NOON, reason="Lluvia")
    assert (event(token)["STATUS"], event(token)["SEQUENCE"] > before) == ("CANCELLED", True)


def test_whoever_withdraws_finds_a_cancelled_event(token, signup, volunteer):
    signups.withdraw(signup=signup, by=volunteer, at=NOON)
    assert event(token)["STATUS"] == "CANCELLED"


def test_whoever_left_and_waits_in_line_again_still_finds_a_cancelled_event(token, signup, volunteer, night):
    before = event(token)["SEQUENCE"]
    signups.withdraw(signup=signup, by=volunteer, at=NOON)
    night.refresh_from_db()
    SignupFactory.create_batch(night.capacity, shift=night, organization=night.organization)
    assert signups.sign_up(shift=night, by=volunteer, at=NOON).status == "waitlisted"
    assert (event(token)["STATUS"], event(token)["SEQUENCE"] > before) == ("CANCELLED", True)


def test_somebody_elses_nights_are_not_in_it(token, organization):
    other = feeds.make(by=MembershipFactory(organization=organization, roles={"volunteer"}), at=NOON)
    assert Calendar.from_ical(read(other).content).walk("VEVENT") == []


def test_a_revoked_replaced_or_invented_link_finds_nothing(token, volunteer):
    newer = feeds.make(by=volunteer, at=NOON)
    assert [read(one).status_code for one in (token, "x" * 43, newer)] == [404, 404, 200]
    feeds.revoke(by=volunteer, at=NOON)
    assert read(newer).status_code == 404


def test_the_link_of_somebody_who_left_finds_nothing(token, volunteer):
    type(volunteer).objects.filter(pk=volunteer.pk).update(left_on=NOON.date())
    assert read(token).status_code == 404


def test_nobody_keeps_a_copy_and_the_secret_is_kept_nowhere(token):
    response = read(token)
    assert response["Cache-Control"] == "private, no-store"
    assert response["Referrer-Policy"] == "no-referrer"
    assert not CalendarFeed.objects.filter(token_hash__contains=token[:20]).exists()


def test_the_link_reaches_no_log(token, capsys):
    read(token)
    written = capsys.readouterr()
    assert token not in written.out + written.err


def test_the_page_shows_the_link_once_and_ends_it(browsing, volunteer, organization, signup):
    page = reverse("patrols:own-calendar", args=[organization.code])
    made = browsing(volunteer).post(page)
    link = made.context["link"]
    assert link in made.content.decode()
    assert link not in browsing(volunteer).get(page).content.decode()
    assert Client().get(link).status_code == 200
    browsing(volunteer).post(page, {"revoke": "1"})
    assert Client().get(link).status_code == 404


@pytest.mark.parametrize(
    "change", [{"enrolled_at": NOON + HOUR}, {"retired_at": NOON + HOUR}], ids=["new", "lost"]
)
def test_a_link_ends_with_the_phone_it_may_be_on(token, volunteer, change):
    DeviceFactory(membership=volunteer, organization=volunteer.organization, enrolled_at=NOON - HOUR)
    assert read(token).status_code == 200
    DeviceFactory(
        membership=volunteer, organization=volunteer.organization, **{"enrolled_at": NOON - HOUR} | change
    )
    assert read(token).status_code == 404
    assert read(feeds.make(by=volunteer, at=NOON + 2 * HOUR)).status_code == 200
