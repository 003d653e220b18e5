"""Roles of a night through its pages and over JSON, and putting somebody down who told the coordinator."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.roles import Role
from notifications.models import Notice
from patrols.actions import checkers, roles
from patrols.models import ShiftRole, Signup
from patrols.states import CrewRole
from tests.factories import NOON, MembershipFactory, QualificationFactory, ShiftFactory, SignupFactory

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def night(organization):
    return ShiftFactory(organization=organization, capacity=3)


@pytest.fixture
def led(night, coordinator):
    """A night that keeps one place for whoever leads."""
    roles.set_roles(shift=night, by=coordinator, at=NOON, wishes=[roles.Wish(CrewRole.LEADER, 1, 1)])
    night.refresh_from_db()
    return ShiftRole.objects.get()


def at(member, name, row):
    return reverse(f"patrols:{name}", args=[member.organization.code, row.pk])


def test_a_coordinator_says_how_many_of_each_a_night_needs(browsing, coordinator, night):
    typed = {"version": night.version, "least_leader": 1, "most_leader": 1, "least_radio": 0, "most_radio": 2}
    answer = browsing(coordinator).post(at(coordinator, "roles", night), typed)
    assert answer.status_code == 302
    found = {role.kind: (role.minimum, role.maximum, role.needs) for role in ShiftRole.objects.all()}
    assert found == {"leader": (1, 1, "patrol_leader"), "radio": (0, 2, "")}
    page = browsing(coordinator).get(at(coordinator, "shift", night)).content.decode()
    assert str(CrewRole.LEADER.label) in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"least_leader": 3, "most_leader": 1}, "most_leader"),
        ({"least_leader": 9, "most_leader": 9}, "__all__"),
        ({"most_radio": -1}, "most_radio"),
        ({"most_radio": "many"}, "most_radio"),
    ],
)
def test_roles_that_cannot_be_filled_are_refused_beside_their_field(
    typed, field, browsing, coordinator, night
):
    answer = browsing(coordinator).post(at(coordinator, "roles", night), typed)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not ShiftRole.objects.exists()


def test_whoever_is_trained_takes_the_role_and_whoever_is_not_reads_why(browsing, volunteer, night, led):
    card = browsing(volunteer).get(reverse("patrols:mine", args=[volunteer.organization.code]))
    assert at(volunteer, "choose-role", night) in card.content.decode()
    page = browsing(volunteer).get(at(volunteer, "choose-role", night)).content.decode()
    assert str(led.pk) in page

    refused = browsing(volunteer).post(at(volunteer, "sign-up", night), {"role": led.pk}, follow=True)
    assert "capacitación" in refused.content.decode()
    assert not Signup.objects.exists()
    QualificationFactory(membership=volunteer, organization=night.organization, kind="patrol_leader")
    browsing(volunteer).post(at(volunteer, "sign-up", night), {"role": led.pk})
    assert Signup.objects.get().role_id == led.pk


@pytest.mark.parametrize("role", ["x", "00000000-0000-0000-0000-000000000000"])
def test_a_role_that_is_not_of_this_night_is_not_found(role, browsing, volunteer, night, led):
    assert browsing(volunteer).post(at(volunteer, "sign-up", night), {"role": role}).status_code == 404


def test_the_coordinator_puts_down_who_told_them_and_they_are_told(browsing, coordinator, volunteer, night):
    page = browsing(coordinator).get(at(coordinator, "fill", night)).content.decode()
    assert at(coordinator, "place", night) in page
    browsing(coordinator).post(at(coordinator, "place", night), {"member": volunteer.pk})
    assert Signup.objects.get(membership=volunteer).status == "confirmed"
    assert Notice.objects.filter(kind="placed", recipient_id=volunteer.pk).exists()
    again = browsing(coordinator).post(at(coordinator, "place", night), {"member": volunteer.pk}, follow=True)
    assert "Ya está en la lista" in again.content.decode()


def test_who_may_not_come_is_not_put_down_and_the_reason_is_said_of_them(
    browsing, coordinator, volunteer, night
):
    near = ShiftFactory(organization=night.organization, starts_at=night.starts_at)
    SignupFactory(shift=near, membership=volunteer, organization=night.organization)
    answer = browsing(coordinator).post(
        at(coordinator, "place", night), {"member": volunteer.pk}, follow=True
    )
    assert str(checkers.OF_OTHERS["overlap"]) in answer.content.decode()
    assert not Signup.objects.filter(shift=night).exists()


def test_only_planners_put_down_and_only_their_own_people(browsing, coordinator, volunteer, stranger, night):
    for key in (stranger.pk, "x"):
        answer = browsing(coordinator).post(at(coordinator, "place", night), {"member": key})
        assert answer.status_code == 404
    answer = browsing(volunteer).post(at(volunteer, "place", night), {"member": volunteer.pk})
    assert answer.status_code == 403


def test_the_json_door_sets_roles_and_places_and_signs_up_in_one(as_, url, coordinator, night, organization):
    member = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    wish = {"kind": "radio", "minimum": 1, "maximum": 1}
    door = as_(coordinator)
    (role,) = door.put(url("shift-roles", night), {"roles": [wish]}, format="json").json()
    assert (role["kind"], role["taken"], role["needs"]) == ("radio", 0, "")
    assert as_(member).put(url("shift-roles", night), {"roles": []}, format="json").status_code == 403
    wrong = {"roles": [wish | {"kind": "general"}]}
    assert door.put(url("shift-roles", night), wrong, format="json").status_code == 400

    words = {"id": str(uuid4()), "role": role["id"]}
    assert as_(member).post(url("shift-signups", night), words, format="json").status_code == 201
    (role,) = as_(member).get(url("shift-roles", night)).json()
    assert role["taken"] == 1
    other = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    placed = door.post(url("shift-place", night), {"member": str(other.pk)}, format="json")
    assert (placed.status_code, placed.json()["status"]) == (200, "confirmed")
    again = door.post(url("shift-place", night), {"member": str(other.pk)}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "already_in")
    lost = {"member": str(uuid4())}
    assert door.post(url("shift-place", night), lost, format="json").status_code == 404
