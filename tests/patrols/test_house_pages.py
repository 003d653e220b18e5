"""The pages of the board's own rules and of the district's switch, and the JSON doors of both."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.roles import Role
from notifications.models import Notice
from patrols import queries
from patrols.actions import suspensions
from patrols.models import Suspension
from patrols.states import StayHomeReason
from tests.factories import NOON, MembershipFactory, OrganizationFactory

pytestmark = pytest.mark.usefixtures("at_noon")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RULES = {
    "rest_hours": 8,
    "withdraw_until_hours": 24,
    "opens_days_before": 14,
    "closes_hours_before": 2,
    "answer_minutes": 60,
    "check_in_minutes": 20,
}


@pytest.fixture
def chief(organization):
    municipality = OrganizationFactory(kind="municipality", ubigeo=organization.ubigeo)
    return MembershipFactory(organization=municipality, roles={Role.SECURITY_CHIEF})


def at(member, name, *keys):
    return reverse(f"patrols:{name}", args=[member.organization.code, *keys])


def stay_home(**changes):
    return {"id": str(uuid4()), "reason": "threat", "starts_at": "", "ends_at": "2030-01-06T06:00"} | changes


def test_a_coordinator_decides_the_hours_and_reads_what_each_is_for(browsing, coordinator):
    page = browsing(coordinator).get(at(coordinator, "rules")).content.decode()
    assert 'name="rest_hours" value="10"' in page
    answer = browsing(coordinator).post(at(coordinator, "rules"), RULES | {"version": 1})
    assert answer.status_code == 302
    decided = queries.rules_of(coordinator.organization_id)
    assert {name: getattr(decided, name) for name in RULES} == RULES


def test_hours_out_of_range_are_refused_beside_their_field_and_kept(browsing, coordinator):
    answer = browsing(coordinator).post(at(coordinator, "rules"), RULES | {"rest_hours": 99, "version": 1})
    assert answer.status_code == 422
    assert 'value="99"' in answer.content.decode()
    assert "rest_hours" in answer.context["form"].errors
    assert queries.rules_of(coordinator.organization_id).rest_hours == 10


def test_hours_somebody_else_changed_meanwhile_are_not_overwritten(browsing, coordinator):
    browsing(coordinator).post(at(coordinator, "rules"), RULES | {"version": 1})
    answer = browsing(coordinator).post(at(coordinator, "rules"), RULES | {"rest_hours": 1, "version": 1})
    assert answer.status_code == 422
    assert queries.rules_of(coordinator.organization_id).rest_hours == 8


def test_volunteers_set_no_rules_and_only_the_chief_suspends(browsing, volunteer, coordinator):
    assert browsing(volunteer).get(at(volunteer, "rules")).status_code == 403
    assert browsing(coordinator).get(at(coordinator, "stay-home")).status_code == 403


def test_the_chief_keeps_the_district_at_home_and_everybody_reads_until_when(
    browsing, chief, shift, crew, coordinator
):
    typed = stay_home()
    for _again in range(2):  # a second tap suspends nothing twice
        answer = browsing(chief).post(at(chief, "stay-home"), typed)
        assert answer.status_code == 302
    assert Suspension.objects.get().starts_at == NOON
    assert Notice.objects.filter(kind="patrols_suspended", recipient_id=crew[0].pk).exists()
    for member, page in ((crew[0], "mine"), (coordinator, "week"), (coordinator, "month"), (chief, "week")):
        said = browsing(member).get(at(member, page)).content.decode()
        assert "Rondas suspendidas en el distrito hasta el dom 6 ene, 06:00" in said, page

    row = Suspension.objects.get()
    assert (
        at(chief, "lift-suspension", row.pk) in browsing(chief).get(at(chief, "stay-home")).content.decode()
    )
    browsing(chief).post(at(chief, "lift-suspension", row.pk))
    assert "suspendidas" not in browsing(crew[0]).get(at(crew[0], "mine")).content.decode()
    assert Notice.objects.filter(kind="patrols_resumed", recipient_id=crew[0].pk).exists()


def test_a_suspension_to_come_says_from_when(browsing, chief, volunteer):
    hours = {"starts_at": NOON + DAY, "ends_at": NOON + 2 * DAY}
    suspensions.suspend(by=chief, reason=StayHomeReason.ELECTION, at=NOON, **hours)
    said = browsing(volunteer).get(at(volunteer, "mine")).content.decode()
    assert "desde el mié 2 ene, 12:00 hasta el jue 3 ene, 12:00" in said


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"ends_at": "2029-12-31T00:00"}, "ends_at"),
        ({"ends_at": ""}, "ends_at"),
        ({"ends_at": "9999-12-31T23:59"}, "ends_at"),
        ({"starts_at": "0001-01-01T00:00"}, "starts_at"),
        ({"starts_at": "2030-01-20T00:00", "ends_at": "2030-02-20T00:00"}, "ends_at"),
        ({"ends_at": "tomorrow"}, "ends_at"),
        ({"reason": "because"}, "reason"),
    ],
)
def test_hours_that_cannot_be_are_refused_beside_their_field(changes, field, browsing, chief):
    answer = browsing(chief).post(at(chief, "stay-home"), stay_home(**changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Suspension.objects.exists()


def test_the_neighbor_district_neither_reads_nor_ends_it(browsing, chief, shift):
    far = OrganizationFactory(kind="municipality", ubigeo="150110")
    other = MembershipFactory(organization=far, roles={Role.SECURITY_CHIEF})
    row = suspensions.suspend(
        by=chief, reason=StayHomeReason.THREAT, starts_at=NOON, ends_at=NOON + DAY, at=NOON
    )
    assert browsing(other).post(at(other, "lift-suspension", row.pk)).status_code == 404
    assert "suspendidas" not in browsing(other).get(at(other, "week")).content.decode()


def test_the_json_door_suspends_once_and_lifts(as_, url, chief, shift, volunteer):
    door = f"/api/v1/{chief.organization.code}/suspensions/"
    words = {"id": str(uuid4()), "reason": "operation", "ends_at": "2030-01-05T00:00:00Z"}
    made = as_(chief).post(door, words, format="json")
    assert (made.status_code, made.json()["starts_at"]) == (201, "2030-01-01T17:00:00Z")
    assert as_(chief).post(door, words, format="json").status_code == 200
    assert as_(volunteer).get(url("suspension-list")).json()["results"][0]["id"] == words["id"]
    assert as_(volunteer).post(url("suspension-list"), words, format="json").status_code == 403
    lifted = as_(chief).post(f"{door}{words['id']}/lift/", {}, format="json")
    assert lifted.json()["lifted_at"] == "2030-01-01T17:00:00Z"
    assert as_(chief).post(f"{door}{words['id']}/lift/", {}, format="json").status_code == 409
    wrong = words | {"id": str(uuid4()), "ends_at": "2029-01-05T00:00:00Z"}
    answer = as_(chief).post(door, wrong, format="json")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "ends_at")


def test_the_json_door_reads_and_sets_the_rules(as_, url, volunteer, coordinator):
    assert as_(volunteer).get(url("rules")).json()["answer_minutes"] == 120
    assert as_(volunteer).patch(url("rules"), {"rest_hours": 1}, format="json").status_code == 403
    door = as_(coordinator)
    answer = door.patch(url("rules"), {"rest_hours": 9}, format="json", headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["rest_hours"]) == (200, 9)
    stale = door.patch(url("rules"), {"rest_hours": 5}, format="json", headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert door.patch(url("rules"), {"rest_hours": 60}, format="json").status_code == 400
