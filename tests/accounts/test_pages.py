"""The pages of coming in, of oneself and of the coordinator's people."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions import invitations, people
from accounts.models import Device, Invitation, Membership, Session
from accounts.roles import Role
from accounts.signin import COOKIE
from tests.accounts.conftest import OPERATOR, PIN
from tests.factories import MembershipFactory, OrganizationFactory

LONG_AGO = timedelta(days=8)


@pytest.fixture(autouse=True)
def _english_pages_and_fresh_counters(settings):
    settings.LANGUAGE_CODE = "en"
    cache.clear()


@pytest.fixture
def desk(browsing, coordinator):
    """The coordinator's browser and the root of their people."""
    client = browsing(coordinator)
    client.root = f"/o/{coordinator.organization.code}/people/"
    return client


@pytest.fixture
def code(coordinator):
    return people.invite(
        by=coordinator,
        organization=coordinator.organization,
        full_name="Rosa Quispe",
        roles={Role.VOLUNTEER},
        at=timezone.now(),
    )[1]


def text(response):
    return response.content.decode()


def test_from_invitation_to_phone_in_three_pages(desk, organization):
    shown = desk.post(
        f"{desk.root}invite/", {"full_name": "Rosa Quispe", "phone": "", "roles": ["volunteer"]}
    )
    assert shown.status_code == 200
    assert shown["Cache-Control"] == "no-store"
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", text(shown))[0]
    assert "<svg" in text(shown)

    handset = Client()
    assert handset.get("/join/").status_code == 200
    choose = handset.post("/join/", {"code": code.lower()})
    assert "Choose your PIN" in text(choose)
    assert organization.name in text(choose)
    inside = handset.post(
        "/join/phone/", {"code": code, "pin": PIN, "pin_again": PIN, "device_label": "El azul"}
    )

    assert (inside.status_code, inside.url) == (302, "/home/")
    cookie = handset.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert Device.objects.get().label == "El azul"
    assert handset.get(f"/o/{organization.code}/phones/").status_code == 200


def test_the_words_to_send_hold_no_name_and_no_place(desk, organization):
    shown = desk.post(f"{desk.root}invite/", {"full_name": "Rosa Quispe", "roles": ["volunteer"]})
    words = re.search(r"<textarea.*?>(.*?)</textarea>", text(shown), re.S)[1]

    assert "/join/#" in words
    for secret in ("Rosa", "Quispe", organization.name, organization.ubigeo, organization.code):
        assert secret not in words


def test_a_code_is_shown_once(desk, code):
    member = Membership.objects.get(user__full_name="Rosa Quispe")

    assert code not in text(desk.get(f"{desk.root}{member.pk}/"))


@pytest.mark.parametrize("wrong", [{"pin": "123456", "pin_again": "123456"}, {"pin_again": "111222"}])
def test_a_pin_that_will_not_do_is_asked_again_and_the_code_stays_good(client, code, wrong):
    typed = {"code": code, "pin": PIN, "pin_again": PIN, "device_label": ""} | wrong
    again = client.post("/join/phone/", typed)

    assert again.status_code == 400
    assert 'class="error"' in text(again)
    assert PIN not in text(again)
    assert invitations.find(code=code, at=timezone.now())


@pytest.mark.parametrize("path", ["/join/", "/join/phone/", "/join/desk/"])
def test_a_code_that_does_not_work_says_the_same_whatever_was_wrong(client, code, path):
    Invitation.objects.update(
        expires_at=timezone.now() - timedelta(seconds=1), created_at=timezone.now() - LONG_AGO
    )
    typed = {"pin": PIN, "pin_again": PIN, "username": "rosa", "password": "un-farol-encendido"}
    answers = {client.post(path, typed | {"code": tried}).status_code for tried in (code, "ZZZZZZZZ")}

    assert len(answers) == 1
    assert answers <= {400, 404}


def test_staff_come_in_with_a_password_and_go_on_to_the_second_step(client, organization):
    _, code = people.invite(
        by=OPERATOR,
        organization=organization,
        full_name="Ana",
        roles={Role.COORDINATOR},
        at=timezone.now(),
    )
    assert "Choose your password" in text(client.post("/join/", {"code": code}))
    weak = client.post("/join/desk/", {"code": code, "username": "ana", "password": "123"})
    assert weak.status_code == 400
    inside = client.post("/join/desk/", {"code": code, "username": "ana", "password": "un-farol-encendido"})

    assert inside.url == "/home/"
    assert client.get(inside.url, follow=True).redirect_chain[-1][0] == "/me/second-step/"
    assert COOKIE not in client.cookies


def test_the_addresses_of_coming_in_never_hold_the_code(client, code):
    for path in ("/join/", "/join/phone/", "/join/desk/"):
        assert code not in (client.get(path).headers.get("Location", ""))
    assert client.get(f"/join/{code}/").status_code == 404


# -- the coordinator's people ----------------------------------------------------------------


def test_the_coordinator_reads_names_others_who_may_look_read_aliases(browsing):
    municipality = OrganizationFactory(kind="municipality")
    reviewer = MembershipFactory(
        organization=municipality, roles={Role.REVIEWER}, user__full_name="Luis Rojas"
    )
    chief = MembershipFactory(organization=municipality, roles={Role.SECURITY_CHIEF})
    page = text(browsing(chief).get(f"/o/{municipality.code}/people/"))
    member = text(browsing(chief).get(f"/o/{municipality.code}/people/{reviewer.pk}/"))

    assert reviewer.alias in page
    assert "Luis Rojas" not in page + member


def test_a_volunteer_has_no_list_of_people(browsing, volunteer):
    assert browsing(volunteer).get(f"/o/{volunteer.organization.code}/people/").status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"here", "waiting"}),
        ("state=waiting", {"waiting"}),
        ("state=left", {"gone"}),
        ("state=all", {"here", "waiting", "gone"}),
        ("role=volunteer", {"here", "waiting"}),
        ("role=coordinator", set()),
        ("role=nonsense", set()),
        ("state=nonsense", set()),
        ("page=nonsense", {"here", "waiting"}),
    ],
)
def test_people_are_narrowed_by_role_and_state(desk, organization, query, found):
    made = {}
    for name in ("here", "waiting", "gone"):
        made[name] = MembershipFactory(organization=organization, roles={Role.VOLUNTEER}, alias=f"Ave {name}")
    people.invite_again(by=OPERATOR, membership=made["waiting"], at=timezone.now())
    Membership.objects.filter(pk=made["gone"].pk).update(left_on=timezone.localdate())
    page = text(desk.get(f"{desk.root}?{query}"))

    assert {name for name in made if f"Ave {name}" in page} == found


def test_a_long_list_has_pages_and_every_page_costs_the_same(
    desk, organization, django_assert_max_num_queries
):
    MembershipFactory.create_batch(30, organization=organization, roles={Role.VOLUNTEER})
    with django_assert_max_num_queries(12):
        first = desk.get(desk.root)
    second = desk.get(f"{desk.root}?page=2")

    assert 'rel="next"' in text(first)
    assert 'rel="prev"' in text(second)


def test_an_empty_list_teaches_what_to_do(desk):
    Membership.objects.exclude(roles__contains="coordinator").delete()

    assert "Nobody here fits" in text(desk.get(f"{desk.root}?role=volunteer"))


def test_a_member_gets_another_role_a_new_code_and_a_farewell(desk, organization):
    member = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    page = f"{desk.root}{member.pk}/"

    assert desk.post(page, {"roles": ["patrol_leader"]}).status_code == 302
    member.refresh_from_db()
    assert member.roles == {Role.PATROL_LEADER}

    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", text(desk.post(f"{page}code/")))

    assert "end" in text(desk.get(f"{page}end/")).lower()
    assert desk.post(f"{page}end/").status_code == 302
    member.refresh_from_db()
    assert member.left_on == timezone.localdate()
    assert "brings them back" in text(desk.get(page))


def test_the_coordinators_form_offers_no_roles_of_staff(desk):
    form = desk.get(f"{desk.root}invite/").context["form"]

    assert [value for value, _ in form.fields["roles"].choices] == ["volunteer", "patrol_leader"]


@pytest.mark.parametrize("rest", ["", "code/", "end/"])
def test_strangers_find_nobody_here(browsing, stranger, volunteer, rest):
    client = browsing(stranger)
    for organization in (volunteer.organization, stranger.organization):
        address = f"/o/{organization.code}/people/{volunteer.pk}/{rest}"
        for send in (client.get, client.post):
            assert send(address).status_code in {404, 405}
            assert send(address).status_code != 200


# -- oneself -------------------------------------------------------------------------------


def test_i_choose_my_language(browsing, volunteer):
    client = browsing(volunteer)
    response = client.post("/me/", {"language": "qu"})

    volunteer.user.refresh_from_db()
    assert volunteer.user.language == "qu"
    assert response.cookies["django_language"].value == "qu"
    assert client.post("/me/", {"language": "xx"}).status_code == 400


def test_the_signed_out_have_no_page_about_themselves(client):
    assert client.get("/me/").url.startswith("/sign-in/")


def test_i_report_my_other_phone_lost_and_this_one_too(phone, invited, organization):
    device, secret = phone
    other = Device.objects.create(
        organization=organization,
        membership=invited[0],
        label="Viejo",
        secret_hash="x",
        pin_hash="x",
        enrolled_at=device.enrolled_at,
    )
    client = Client()
    client.cookies[COOKIE] = secret
    client.post("/pin/", {"pin": PIN})
    phones = f"/o/{organization.code}/phones/"
    assert "Viejo" in text(client.get(phones))
    assert "Viejo" in text(client.get(f"{phones}{other.pk}/lost/"))

    assert client.post(f"{phones}{other.pk}/lost/").url == phones
    assert client.post(f"{phones}{device.pk}/lost/").url == "/"
    assert Device.objects.working().count() == 0
    assert Session.objects.count() == 0


def test_a_volunteer_does_not_find_the_phone_of_another(browsing, volunteer, phone):
    address = f"/o/{volunteer.organization.code}/phones/{phone[0].pk}/lost/"

    assert browsing(volunteer).post(address).status_code == 404


def test_i_leave_and_the_last_coordinator_does_not(browsing, volunteer, coordinator):
    code = volunteer.organization.code
    assert browsing(volunteer).post(f"/o/{code}/leave/").status_code == 302
    assert browsing(coordinator).post(f"/o/{code}/leave/").status_code == 409

    volunteer.refresh_from_db()
    coordinator.refresh_from_db()
    assert volunteer.left_on is not None
    assert coordinator.left_on is None


def test_no_browser_keeps_what_somebody_reads_who_may_read_names(browsing, coordinator, volunteer):
    """A shared computer shows its last pages after signing out, with one press of the back button."""
    for route in ("accounts:people", "patrols:week"):
        page = browsing(coordinator).get(reverse(route, args=[coordinator.organization.code]))
        assert page.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("kind", "role", "route"),
    [
        ("municipality", Role.REVIEWER, "incidents:queue"),
        ("municipality", Role.REVIEWER, "patrols:alarms"),
        ("municipality", Role.PRIVACY_OFFICER, "accounts:boards"),
        ("ngo", Role.FACILITATOR, "programs:home"),
    ],
)
def test_nor_what_anybody_else_reads_at_a_desk(browsing, kind, role, route):
    member = MembershipFactory(organization__kind=kind, roles={role})
    page = browsing(member).get(reverse(route, args=[member.organization.code]))
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "private, no-store")


def test_a_volunteers_pages_may_be_looked_at_again_without_signal(browsing, volunteer):
    page = browsing(volunteer).get(reverse("patrols:mine", args=[volunteer.organization.code]))
    assert "Cache-Control" not in page.headers
