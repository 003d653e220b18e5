"""The JSON door: who I am, my phones, the coordinator's people."""

import pytest

from accounts.roles import Role
from tests.factories import MembershipFactory


def at(membership, rest):
    return f"/api/v1/{membership.organization.code}/{rest}"


def test_a_session_looks_like_this(as_, volunteer):
    assert as_(volunteer).get(at(volunteer, "session/")).json() == {
        "membership": str(volunteer.pk),
        "alias": volunteer.alias,
        "roles": ["volunteer"],
        "permissions": sorted(volunteer.permissions),
        "language": "es",
        "device": None,
        "organization": {
            "code": volunteer.organization.code,
            "kind": "board",
            "name": volunteer.organization.name,
            "ubigeo": "150132",
        },
    }


def test_a_phone_looks_like_this(as_, coordinator, phone):
    device = phone[0]

    assert as_(coordinator).get(at(coordinator, f"devices/{device.pk}/")).json() == {
        "id": str(device.pk),
        "label": "Mi celular",
        "member": device.membership.alias,
        "is_this": False,
        "enrolled_at": "2030-01-01T17:00:00Z",
        "seen_on": None,
        "retired_at": None,
    }


def test_a_member_looks_like_this_to_the_coordinator(as_, coordinator, invited):
    member = invited[0]

    assert as_(coordinator).get(at(coordinator, f"members/{member.pk}/")).json() == {
        "id": str(member.pk),
        "alias": member.alias,
        "roles": ["volunteer"],
        "full_name": "Rosa Quispe",
        "phone": "+51987654321",
        "joined_on": "2030-01-01",
        "left_on": None,
    }


def test_whoever_may_look_but_does_not_invite_reads_aliases_only(as_):
    chief = MembershipFactory(organization__kind="municipality", roles={Role.SECURITY_CHIEF})
    MembershipFactory(organization=chief.organization, roles={Role.REVIEWER})
    rows = as_(chief).get(at(chief, "members/")).json()["results"]

    assert len(rows) == 2
    assert {(row["full_name"], row["phone"]) for row in rows} == {(None, None)}


def test_a_volunteer_lists_own_phones_the_coordinator_all(as_, coordinator, volunteer, phone):
    def labels(member):
        return [row["label"] for row in as_(member).get(at(member, "devices/")).json()["results"]]

    assert labels(volunteer) == []
    assert labels(phone[0].membership) == ["Mi celular"]
    assert labels(coordinator) == ["Mi celular"]


def test_the_coordinator_shuts_a_lost_phone_out(as_, coordinator, volunteer, stranger, phone):
    path = at(coordinator, f"devices/{phone[0].pk}/retire/")

    assert as_(volunteer).post(path).status_code == 404
    assert as_(stranger).post(path).status_code == 404
    assert as_(coordinator).post(path).json()["retired_at"] is not None


@pytest.mark.parametrize(("query", "count"), [("", 2), ("role=volunteer", 1), ("is_active=false", 0)])
def test_members_are_filtered(as_, coordinator, volunteer, query, count):
    rows = as_(coordinator).get(at(coordinator, f"members/?{query}")).json()["results"]

    assert len(rows) == count


@pytest.mark.parametrize("query", ["role=king", "name=rosa", "is_active=maybe&x=1"])
def test_filters_we_do_not_know_are_refused(as_, coordinator, query):
    assert as_(coordinator).get(at(coordinator, f"members/?{query}")).status_code == 400


def test_a_volunteer_has_no_list_of_members(as_, volunteer, stranger):
    assert as_(volunteer).get(at(volunteer, "members/")).status_code == 403
    assert as_(stranger).get(at(volunteer, "members/")).status_code == 404
