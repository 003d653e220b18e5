"""Two people of a municipality found boards and NGOs, and replace a coordinator."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts import notices
from accounts.actions import appointments, invitations
from accounts.actors import SystemActor
from accounts.models import Appointment, Device, Membership, Organization
from accounts.roles import Role
from accounts.states import AppointmentKind, LeavingReason
from audit.models import Entry
from notifications.models import Notice
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from tests.factories import NOON, DeviceFactory, MembershipFactory, OrganizationFactory

BOARD, NGO = AppointmentKind.BOARD, AppointmentKind.NGO
WEEK = timedelta(days=7)


@pytest.fixture
def municipality():
    return OrganizationFactory(kind="municipality", ubigeo="150132")


def of_desk(municipality, role):
    return MembershipFactory(organization=municipality, roles=frozenset({role}))


@pytest.fixture
def reviewer(municipality):
    return of_desk(municipality, Role.REVIEWER)


@pytest.fixture
def chief(municipality):
    return of_desk(municipality, Role.SECURITY_CHIEF)


@pytest.fixture
def officer(municipality):
    return of_desk(municipality, Role.PRIVACY_OFFICER)


def new_board(by, **more):
    words = {"kind": BOARD, "name": "Junta Los Ficus", "full_name": "Rosa Quispe", "phone": "987654321"}
    return appointments.found(by=by, at=NOON, **words | more)


def another(by, coordinator, reason=LeavingReason.OWN_WISH, **more):
    words = {"board": coordinator.organization, "replaced": coordinator, "reason": reason}
    return appointments.replace(by=by, at=NOON, full_name="Rosa Quispe", **words | more)


def said(kind, to):
    """What this person is told now, or nothing."""
    notice = Notice.objects.filter(kind=kind, recipient_id=to.pk).first()
    if notice is None:
        return None
    one = next(one for one in notices.KINDS if one.code == kind)
    return one.say(notice, NOON)


# -- a new board, a new NGO -----------------------------------------------------------------------


def test_nothing_happens_before_a_second_person_confirms(reviewer):
    new_board(reviewer)

    assert not Organization.objects.filter(name="Junta Los Ficus").exists()
    assert not Membership.objects.filter(user__full_name="Rosa Quispe").exists()


def test_a_second_person_founds_the_board_and_gets_a_code_that_works(reviewer, chief):
    row, code = appointments.confirm(appointment=new_board(reviewer), by=chief, at=NOON)

    member = invitations.redeem_as_staff(
        code=code, username="rosa", password="cuatro palabras muy largas", at=NOON
    )
    assert (member.organization.kind, member.organization.ubigeo) == ("board", "150132")
    assert (member.organization.name, member.roles) == ("Junta Los Ficus", {Role.COORDINATOR})
    assert (row.status, row.decided_by, member.user.phone) == ("confirmed", chief, "+51987654321")


def test_an_ngo_is_founded_in_the_same_district_with_its_program_coordinator(reviewer, officer):
    row, _code = appointments.confirm(appointment=new_board(reviewer, kind=NGO), by=officer, at=NOON)

    member = row.invitation.membership
    assert (row.board.kind, row.board.ubigeo, member.roles) == ("ngo", "150132", {Role.PROGRAM_COORDINATOR})


def test_nobody_confirms_or_refuses_what_they_proposed_themselves(chief):
    row = new_board(chief)

    for verb in (appointments.confirm, appointments.refuse):
        with pytest.raises(Conflict) as refusal:
            verb(appointment=row, by=chief, at=NOON)
        assert refusal.value.code == "same_person"


def test_the_database_knows_that_two_people_are_needed(chief):
    row = new_board(chief)

    with pytest.raises(IntegrityError, match="appointment_is_decided_by_another"), transaction.atomic():
        Appointment.objects.filter(pk=row.pk).update(
            status="refused", decided_by=chief, decided_at=NOON, full_name="", phone=""
        )


def test_a_reviewer_proposes_and_does_not_confirm(reviewer, chief, municipality):
    with pytest.raises(NotAllowed):
        appointments.confirm(appointment=new_board(chief), by=of_desk(municipality, Role.REVIEWER), at=NOON)


def test_the_desk_of_another_district_finds_nothing_to_confirm(reviewer):
    elsewhere = OrganizationFactory(kind="municipality", ubigeo="150110")

    with pytest.raises(NotFound):
        appointments.confirm(
            appointment=new_board(reviewer), by=of_desk(elsewhere, Role.SECURITY_CHIEF), at=NOON
        )


def test_a_coordinator_proposes_no_board(coordinator):
    with pytest.raises(NotAllowed):
        new_board(coordinator)


def test_of_what_was_refused_taken_back_or_forgotten_no_name_stays(reviewer, chief):
    refused = appointments.refuse(appointment=new_board(reviewer), by=chief, at=NOON)
    back = appointments.take_back(appointment=new_board(reviewer), by=reviewer, at=NOON)
    late = new_board(reviewer)
    assert appointments.lapse(by=SystemActor("appointments"), at=NOON + WEEK) == 1
    late.refresh_from_db()

    assert [row.status for row in (refused, back, late)] == ["refused", "taken_back", "expired"]
    assert not Appointment.objects.exclude(full_name="").exists()
    assert not Appointment.objects.exclude(phone="").exists()


def test_after_seven_days_it_is_too_late_to_confirm_even_before_the_clock_came_by(reviewer, chief):
    row = new_board(reviewer)

    with pytest.raises(Conflict) as refusal:
        appointments.confirm(appointment=row, by=chief, at=NOON + WEEK)

    assert refusal.value.code == "expired"


def test_only_who_proposed_it_takes_it_back(reviewer, chief):
    with pytest.raises(NotAllowed):
        appointments.take_back(appointment=new_board(reviewer), by=chief, at=NOON)


def test_what_is_decided_stays_decided(reviewer, chief):
    row = new_board(reviewer)
    appointments.refuse(appointment=row, by=chief, at=NOON)

    with pytest.raises(IllegalMove):
        appointments.confirm(appointment=row, by=chief, at=NOON)
    with pytest.raises(IllegalMove):
        appointments.take_back(appointment=row, by=reviewer, at=NOON)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"name": " "}, "name"),
        ({"full_name": " "}, "full_name"),
        ({"phone": "12"}, "phone"),
        ({"kind": AppointmentKind.COORDINATOR}, "kind"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(reviewer, words, field):
    with pytest.raises(Invalid) as refusal:
        new_board(reviewer, **words)

    assert set(refusal.value.fields) == {field}
    assert not Appointment.objects.exists()


def test_one_name_is_proposed_once_and_founded_once(reviewer, chief):
    row = new_board(reviewer)
    with pytest.raises(Invalid):
        new_board(chief, name="junta los ficus")
    appointments.confirm(appointment=row, by=chief, at=NOON)

    with pytest.raises(Invalid):
        new_board(reviewer)


# -- another coordinator --------------------------------------------------------------------------


def test_who_is_replaced_stays_a_neighbor_of_the_board(reviewer, chief, coordinator):
    appointments.confirm(appointment=another(reviewer, coordinator), by=chief, at=NOON)

    coordinator.refresh_from_db()
    assert (coordinator.roles, coordinator.left_on) == ({Role.VOLUNTEER}, None)
    now = Membership.objects.active().with_role(Role.COORDINATOR)
    assert [one.user.full_name for one in now.filter(organization=coordinator.organization)] == [
        "Rosa Quispe"
    ]


@pytest.mark.parametrize("reason", [LeavingReason.OUT_OF_REACH, LeavingReason.DIED])
def test_of_who_is_lost_every_way_in_ends_and_nobody_there_is_needed(reviewer, chief, coordinator, reason):
    phone = DeviceFactory(membership=coordinator, organization=coordinator.organization)

    appointments.confirm(appointment=another(reviewer, coordinator, reason), by=chief, at=NOON)

    coordinator.refresh_from_db()
    assert coordinator.left_on == NOON.date()
    assert Device.objects.get(pk=phone.pk).retired_at == NOON


def test_until_it_is_confirmed_the_coordinator_coordinates(reviewer, coordinator):
    another(reviewer, coordinator)

    coordinator.refresh_from_db()
    assert Role.COORDINATOR in coordinator.roles


def test_who_went_by_themselves_meanwhile_holds_nothing_up(reviewer, chief, coordinator):
    row = another(reviewer, coordinator)
    Membership.objects.filter(pk=coordinator.pk).update(left_on=NOON.date())

    confirmed, _code = appointments.confirm(appointment=row, by=chief, at=NOON)

    assert confirmed.status == "confirmed"


def test_a_second_coordinator_takes_nobodys_place(reviewer, chief, coordinator):
    row = appointments.replace(board=coordinator.organization, full_name="Rosa", by=reviewer, at=NOON)
    appointments.confirm(appointment=row, by=chief, at=NOON)

    both = Membership.objects.active().with_role(Role.COORDINATOR)
    assert both.filter(organization=coordinator.organization).count() == 2


def test_a_board_of_another_district_is_not_found(reviewer):
    stranger = MembershipFactory(organization__ubigeo="150110")

    with pytest.raises(NotFound):
        another(reviewer, stranger)


def test_nobody_is_replaced_without_a_reason_or_twice(reviewer, chief, coordinator):
    with pytest.raises(Invalid) as refusal:
        another(reviewer, coordinator, reason=None)
    assert set(refusal.value.fields) == {"reason"}
    another(reviewer, coordinator)

    with pytest.raises(Conflict) as again:
        another(chief, coordinator)
    assert again.value.code == "already_proposed"


def test_a_volunteer_is_no_coordinator_to_replace(reviewer, volunteer):
    with pytest.raises(Conflict) as refusal:
        another(reviewer, volunteer)

    assert refusal.value.code == "not_coordinator"


# -- who is told, and what is kept ------------------------------------------------------------------


def test_whoever_may_be_the_second_person_is_told_and_who_proposed_it_is_not(chief, officer, reviewer):
    row = new_board(chief)

    assert said("appointment_awaits", officer).path.endswith(f"appointments/{row.pk}/")
    assert said("appointment_awaits", chief) is None
    assert said("appointment_awaits", reviewer) is None


def test_nobody_is_told_any_more_once_it_is_taken_back(chief, officer):
    appointments.take_back(appointment=new_board(chief), by=chief, at=NOON)

    assert said("appointment_awaits", officer) is None


def test_the_present_coordinator_hears_at_the_proposal_and_again_when_it_is_confirmed(
    reviewer, chief, coordinator
):
    row = another(reviewer, coordinator)
    assert "llámala ahora" in said("coordinator_is_to_go", coordinator).body

    appointments.confirm(appointment=row, by=chief, at=NOON)

    coordinator.refresh_from_db()
    assert said("coordinator_is_to_go", coordinator) is None
    assert "Gracias" in said("coordinator_replaced", coordinator).body
    assert "Se confirmó" in said("appointment_decided", reviewer).body


def test_nobody_writes_to_who_died(reviewer, coordinator):
    another(reviewer, coordinator, LeavingReason.DIED)

    assert said("coordinator_is_to_go", coordinator) is None


def test_no_message_and_no_line_of_the_trail_holds_a_name(reviewer, chief, coordinator):
    row = another(reviewer, coordinator)
    appointments.confirm(appointment=row, by=chief, at=NOON)

    assert "Rosa" not in str(list(Entry.objects.values()))
    assert "Rosa" not in str(list(Notice.objects.values()))
    lines = Entry.objects.filter(subject_id=str(row.pk)).order_by("pk")
    assert [(one.action, one.actor) for one in lines] == [
        ("appointment.proposed", reviewer.audit_id),
        ("appointment.confirmed", chief.audit_id),
    ]


# -- the doors --------------------------------------------------------------------------------------


def at(member, rest=""):
    return f"/o/{member.organization.code}/{rest}"


def api(member, rest=""):
    return f"/api/v1/{member.organization.code}/{rest}"


def test_two_people_found_a_board_on_pages_and_the_code_is_shown_once(client, reviewer, chief):
    client.force_login(reviewer.user)
    typed = {"kind": "board", "name": "Junta Los Ficus", "full_name": "Rosa Quispe", "phone": ""}
    page = client.post(at(reviewer, "boards/new/"), typed)
    row = Appointment.objects.get()
    assert page["Location"] == at(reviewer, f"appointments/{row.pk}/")
    own = client.get(page["Location"]).content.decode()
    assert "take-back/" in own
    assert "confirm/" not in own

    client.force_login(chief.user)
    assert "Rosa Quispe" in client.get(at(chief, f"appointments/{row.pk}/")).content.decode()
    shown = client.post(at(chief, f"appointments/{row.pk}/confirm/"))
    again = client.post(at(chief, f"appointments/{row.pk}/confirm/"))

    assert "code-shown" in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert again.status_code == 302
    assert "Rosa Quispe" not in client.get(at(chief, f"appointments/{row.pk}/")).content.decode()


def test_a_coordinator_is_replaced_on_pages_and_what_is_wrong_stands_beside_its_field(
    client, reviewer, coordinator
):
    client.force_login(reviewer.user)
    address = at(reviewer, f"boards/{coordinator.organization.pk}/coordinator/")
    assert coordinator.alias in client.get(address).content.decode()

    typed = {"replaced": str(coordinator.pk), "reason": "", "full_name": "Rosa Quispe"}
    wrong = client.post(address, typed)
    right = client.post(address, typed | {"reason": "own_wish"})

    assert wrong.status_code == 422
    assert "Rosa Quispe" in wrong.content.decode()
    assert right.status_code == 302
    assert Appointment.objects.get().replaced_id == coordinator.pk


def test_a_stranger_finds_no_appointment_and_no_board(as_, client, reviewer, coordinator):
    row = new_board(reviewer)
    stranger = of_desk(OrganizationFactory(kind="municipality", ubigeo="150110"), Role.SECURITY_CHIEF)
    client.force_login(stranger.user)

    assert client.get(at(stranger, f"appointments/{row.pk}/")).status_code == 404
    assert client.post(at(stranger, f"appointments/{row.pk}/confirm/")).status_code == 404
    assert client.get(at(stranger, f"boards/{coordinator.organization.pk}/coordinator/")).status_code == 404
    assert as_(stranger).post(api(stranger, f"appointments/{row.pk}/confirm/")).status_code == 404
    assert as_(coordinator).get(api(coordinator, "appointments/")).status_code == 403


def test_the_json_door_proposes_confirms_and_tells_the_code_once(as_, reviewer, chief):
    key = "0b9f3a52-63c5-4ac2-9d6f-6c1b1e2f7a10"
    body = {"id": key, "kind": "board", "name": "Junta Los Ficus", "full_name": "Rosa Quispe"}
    first = as_(reviewer).post(api(reviewer, "appointments/"), body, format="json")
    second = as_(reviewer).post(api(reviewer, "appointments/"), body, format="json")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json()
    assert first.json()["full_name"] == ""
    assert as_(chief).get(api(chief, f"appointments/{key}/")).json()["full_name"] == "Rosa Quispe"

    own = as_(reviewer).post(api(reviewer, f"appointments/{key}/confirm/"), {}, format="json")
    done = as_(chief).post(api(chief, f"appointments/{key}/confirm/"), {}, format="json")
    again = as_(chief).post(api(chief, f"appointments/{key}/confirm/"), {}, format="json")

    assert (own.status_code, done.status_code, again.status_code) == (403, 200, 409)
    assert len(done.json()["code"]) == 8
    assert "code" not in as_(chief).get(api(chief, f"appointments/{key}/")).json()


def test_through_the_json_door_nobody_confirms_what_they_proposed(as_, chief):
    row = new_board(chief)

    for verb in ("confirm", "refuse"):
        answer = as_(chief).post(api(chief, f"appointments/{row.pk}/{verb}/"), {}, format="json")
        assert (answer.status_code, answer.json()["code"]) == (409, "same_person")


def test_the_json_door_names_the_district_and_replaces_a_coordinator(as_, reviewer, coordinator):
    board = as_(reviewer).get(api(reviewer, "boards/")).json()[0]
    assert board == {
        "id": str(coordinator.organization.pk),
        "kind": "board",
        "name": coordinator.organization.name,
        "coordinators": [{"id": str(coordinator.pk), "alias": coordinator.alias}],
    }
    body = {
        "id": "0b9f3a52-63c5-4ac2-9d6f-6c1b1e2f7a11",
        "kind": "coordinator",
        "board": board["id"],
        "replaced": str(coordinator.pk),
        "reason": "died",
        "full_name": "Rosa Quispe",
    }
    answer = as_(reviewer).post(api(reviewer, "appointments/"), body, format="json")

    assert (answer.status_code, answer.json()["reason"]) == (201, "died")
    unknown = body | {"id": "0b9f3a52-63c5-4ac2-9d6f-6c1b1e2f7a12", "board": str(reviewer.pk)}
    assert as_(reviewer).post(api(reviewer, "appointments/"), unknown, format="json").status_code == 404
