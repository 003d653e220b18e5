"""The pages that messages lead to, and the step before leaving: looking changes nothing."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from audit.models import Entry
from notifications.models import Notice
from patrols import notices
from patrols.actions import house, requests, signups
from patrols.models import Signup
from tests.factories import NOON, ShiftFactory, SignupFactory
from tests.patrols.factories_calendar import RequestFactory

HOUR = timedelta(hours=1)
SAYS = {kind.code: kind.say for kind in notices.KINDS}
pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def offer(shift, volunteer):
    """The volunteer was offered a freed place, until tomorrow at eleven."""
    return SignupFactory(
        shift=shift,
        membership=volunteer,
        organization=shift.organization,
        status="offered",
        offer_expires_at=NOON + 23 * HOUR,
    )


@pytest.fixture
def asked(shift, volunteer, coordinator):
    return RequestFactory(
        shift=shift, membership=volunteer, asked_by=coordinator, organization=shift.organization
    )


def at(member, name, key):
    return reverse(f"patrols:{name}", args=[member.organization.code, key])


def words(browsing, member, name, key):
    return browsing(member).get(at(member, name, key)).content.decode()


def test_the_message_of_a_freed_place_leads_to_its_page_after_sign_in(browsing, client, shift, volunteer):
    gone = [SignupFactory(shift=shift, organization=shift.organization) for _ in range(2)]
    SignupFactory(
        shift=shift,
        membership=volunteer,
        organization=shift.organization,
        status="waitlisted",
        waiting_since=NOON,
    )
    signups.withdraw(signup=gone[0], by=gone[0].membership, at=NOON)
    message = SAYS["place_offered"](Notice.objects.filter(kind="place_offered")[0], NOON)
    assert message.path == at(volunteer, "offer", shift.pk)

    stranger_to_the_session = client.get(message.path)
    assert stranger_to_the_session.status_code == 302
    assert message.path in stranger_to_the_session.url
    before = Entry.objects.count()
    page = browsing(volunteer).get(message.path).content.decode()
    assert at(volunteer, "accept", shift.pk) in page
    assert at(volunteer, "decline", shift.pk) in page
    assert "mar 1 ene, 14:00" in page
    assert (Entry.objects.count(), Signup.objects.get(membership=volunteer).status) == (before, "offered")


@pytest.mark.parametrize("end", ["declined", "lapsed", "taken", "called_off"])
def test_a_place_that_is_gone_says_so_and_what_else_is_open(end, browsing, shift, volunteer, offer):
    other = ShiftFactory(organization=shift.organization, starts_at=shift.starts_at + 24 * HOUR)
    if end == "declined":
        signups.decline_offer(signup=offer, by=volunteer, at=NOON)
    elif end == "lapsed":
        Signup.objects.filter(pk=offer.pk).update(offer_expires_at=NOON)
    elif end == "called_off":
        shift.status = "cancelled"
        shift.save()
    else:
        signups.accept_offer(signup=offer, by=volunteer, at=NOON)
    page = words(browsing, volunteer, "offer", shift.pk)
    assert at(volunteer, "accept", shift.pk) not in page
    assert at(volunteer, "sign-up", other.pk) in page
    said = {"taken": "El lugar es tuyo", "called_off": "Esta ronda se canceló"}.get(
        end, "Ese lugar ya no está"
    )
    assert said in page


def test_whoever_never_signed_up_has_no_offer_page(browsing, shift, volunteer, stranger):
    for member in (volunteer, stranger):
        assert browsing(member).get(at(member, "offer", shift.pk)).status_code == 404


def test_the_message_of_a_request_leads_to_its_page(browsing, shift, volunteer, coordinator):
    (row,) = requests.ask(shift=shift, members=[volunteer], by=coordinator, at=NOON)
    message = SAYS["place_asked"](Notice.objects.filter(kind="place_asked")[0], NOON)
    assert message.path == at(volunteer, "request", row.pk)
    page = words(browsing, volunteer, "request", row.pk)
    assert at(volunteer, "request-yes", row.pk) in page
    row.refresh_from_db()
    assert row.status == "asked"


@pytest.mark.parametrize("end", ["full", "ran_out", "declined"])
def test_a_request_nobody_needs_to_answer_says_so(end, browsing, shift, volunteer, asked):
    if end == "full":
        SignupFactory.create_batch(2, shift=shift, organization=shift.organization)
    elif end == "declined":
        requests.decline(request=asked, by=volunteer, at=NOON)
    hours = 13 if end == "ran_out" else 0
    with time_machine.travel(NOON + hours * HOUR, tick=False):
        page = words(browsing, volunteer, "request", asked.pk)
    assert at(volunteer, "request-yes", asked.pk) not in page


def test_a_request_is_read_by_whom_it_asks_alone(browsing, coordinator, asked):
    assert browsing(coordinator).get(at(coordinator, "request", asked.pk)).status_code == 404


def test_late_a_step_says_what_leaving_means_and_nobody_is_kept(browsing, shift, volunteer, coordinator):
    own = SignupFactory(shift=shift, membership=volunteer, organization=shift.organization)
    early = words(browsing, volunteer, "leave", shift.pk)
    assert "se anota como tarde" not in early
    with time_machine.travel(shift.starts_at - 3 * HOUR, tick=False):
        page = words(browsing, volunteer, "leave", shift.pk)
        assert "se anota como tarde" in page
        assert at(volunteer, "withdraw", shift.pk) in page
        assert (
            "se anota como tarde"
            in browsing(volunteer)
            .get(reverse("patrols:mine", args=[volunteer.organization.code]))
            .content.decode()
        )
        browsing(volunteer).post(at(volunteer, "withdraw", shift.pk))
    own.refresh_from_db()
    assert (own.status, own.left_late) == ("withdrawn", True)
    assert Notice.objects.filter(kind="left_late", recipient_id=coordinator.pk).exists()


def test_a_card_of_a_near_night_asks_first_and_of_a_far_one_leaves_with_one_tap(
    browsing, organization, volunteer, coordinator
):
    house.set_rules(by=coordinator, at=NOON, withdraw_until_hours=72, rest_hours=0)
    nights = [
        ShiftFactory(organization=organization, starts_at=NOON + hours * HOUR) for hours in (24, 48, 96)
    ]
    for night in nights:
        SignupFactory(shift=night, membership=volunteer, organization=organization)
    page = browsing(volunteer).get(reverse("patrols:mine", args=[organization.code])).content.decode()
    assert at(volunteer, "leave", nights[1].pk) in page
    assert at(volunteer, "leave", nights[2].pk) not in page
    assert at(volunteer, "withdraw", nights[2].pk) in page


def test_the_coordinator_reads_the_true_time_to_answer(browsing, coordinator, shift):
    SignupFactory(shift=shift, organization=shift.organization, status="waitlisted", waiting_since=NOON)
    house.set_rules(by=coordinator, at=NOON, answer_minutes=45)
    page = words(browsing, coordinator, "shift", shift.pk)
    assert "45 minutos" in page
    house.set_rules(by=coordinator, at=NOON, answer_minutes=180)
    assert "3 horas" in words(browsing, coordinator, "shift", shift.pk)
