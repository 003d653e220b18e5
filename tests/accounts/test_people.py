"""Who may ask whom in, and what becomes of a seat."""

from datetime import timedelta

import pytest

from accounts.actions import invitations, members, organizations, people
from accounts.actors import SystemActor
from accounts.models import Invitation, Membership, Session
from accounts.roles import Role
from audit.models import Entry
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from tests.accounts.conftest import OPERATOR, PIN
from tests.factories import NOON, MembershipFactory, OrganizationFactory

DAY = timedelta(days=1)


def recorded():
    return list(Entry.objects.order_by("pk").values_list("action", flat=True))


def invite(by, roles, **fields):
    fields = {"organization": by.organization, "full_name": "Rosa", "at": NOON} | fields
    return people.invite(by=by, roles=roles, **fields)


def test_an_invitation_makes_a_member_with_a_bird_for_a_name(invited):
    membership, code = invited

    assert len(code) == 8
    assert membership.roles == {Role.VOLUNTEER}
    assert membership.user.full_name == "Rosa Quispe"
    assert membership.user.phone == "+51987654321"
    bird, number = membership.alias.split()
    assert bird.isalpha()
    assert number.isdecimal()
    assert "Rosa" not in membership.alias
    assert recorded() == ["member.invited"]


def test_the_code_itself_is_kept_nowhere(invited):
    row = str(Invitation.objects.values().get()) + str(Entry.objects.values().get())

    assert invited[1] not in row


def test_a_thousand_members_have_a_thousand_aliases(coordinator):
    aliases = {invite(coordinator, {Role.VOLUNTEER})[0].membership.alias for _ in range(60)}

    assert len(aliases) == 60


def test_two_members_cannot_share_an_alias(coordinator):
    invite(coordinator, {Role.VOLUNTEER}, alias="Suri 7")

    with pytest.raises(Invalid):
        invite(coordinator, {Role.VOLUNTEER}, alias="Suri 7")


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.REVIEWER, Role.OPERATOR])
def test_a_coordinator_gives_only_the_roles_of_patrollers(coordinator, role):
    with pytest.raises((NotAllowed, Invalid)):
        invite(coordinator, {Role.VOLUNTEER, role})
    assert Membership.objects.count() == 1


def test_roles_must_exist_in_that_kind_of_organization():
    municipality = OrganizationFactory(kind="municipality")

    with pytest.raises(Invalid):
        people.invite(
            by=OPERATOR, organization=municipality, full_name="Luis", roles={Role.VOLUNTEER}, at=NOON
        )


def test_volunteers_and_reviewers_invite_nobody(volunteer):
    with pytest.raises(NotAllowed):
        invite(volunteer, {Role.VOLUNTEER})


def test_nobody_invites_into_another_organization(coordinator, stranger):
    with pytest.raises(NotFound):
        invite(coordinator, {Role.VOLUNTEER}, organization=stranger.organization)


@pytest.mark.parametrize(
    ("phone", "kept"), [("", ""), ("987654321", "+51987654321"), ("+34 600 111 222", "+34600111222")]
)
def test_phones_are_kept_in_one_way(coordinator, phone, kept):
    assert invite(coordinator, {Role.VOLUNTEER}, phone=phone)[0].membership.user.phone == kept


def test_half_a_phone_number_is_refused(coordinator):
    with pytest.raises(Invalid):
        invite(coordinator, {Role.VOLUNTEER}, phone="98765")


def test_a_new_code_revokes_the_older_ones_and_keeps_the_membership(coordinator, invited):
    membership, first = invited
    _, second = people.invite_again(by=coordinator, membership=membership, at=NOON)

    with pytest.raises(NotFound):
        invitations.find(code=first, at=NOON)
    assert invitations.find(code=second, at=NOON).membership == membership
    assert Membership.objects.filter(organization=coordinator.organization).count() == 2


def test_a_coordinator_cannot_make_a_code_for_another_coordinator(coordinator):
    colleague = MembershipFactory(organization=coordinator.organization)

    with pytest.raises(NotAllowed):
        people.invite_again(by=coordinator, membership=colleague, at=NOON)


def test_a_stranger_cannot_make_a_code_for_our_member(stranger, volunteer):
    with pytest.raises(NotFound):
        people.invite_again(by=stranger, membership=volunteer, at=NOON)


def test_whoever_left_comes_back_as_the_same_member(coordinator, volunteer):
    members.end(by=coordinator, membership=volunteer, at=NOON)
    invitation, _ = people.invite_again(by=coordinator, membership=volunteer, at=NOON + DAY)

    assert invitation.membership == volunteer
    assert invitation.membership.left_on is None


def test_a_code_lasts_seven_days(invited):
    _, code = invited

    assert invitations.find(code=code, at=NOON + 7 * DAY - timedelta(seconds=1))
    with pytest.raises(NotFound):
        invitations.find(code=code, at=NOON + 7 * DAY)


def test_ending_a_membership_shuts_every_door(coordinator, invited, phone):
    membership, (device, _) = invited[0], phone
    _, code = people.invite_again(by=coordinator, membership=membership, at=NOON)
    Session.objects.create(session_key="a", expire_date=NOON, user_id=membership.user_id, device_id=device.pk)
    Session.objects.create(session_key="b", expire_date=NOON, user_id=membership.user_id)

    members.end(by=coordinator, membership=membership, at=NOON)

    device.refresh_from_db()
    assert device.retired_at == NOON
    assert Session.objects.count() == 0
    with pytest.raises(NotFound):
        invitations.find(code=code, at=NOON)
    assert recorded()[-1] == "member.ended"


def test_a_membership_ends_once(coordinator, volunteer):
    members.end(by=coordinator, membership=volunteer, at=NOON)

    with pytest.raises(IllegalMove):
        members.end(by=coordinator, membership=volunteer, at=NOON)


def test_a_coordinator_does_not_end_another(coordinator):
    colleague = MembershipFactory(organization=coordinator.organization)

    with pytest.raises(NotAllowed):
        members.end(by=coordinator, membership=colleague, at=NOON)


def test_anybody_may_leave_but_not_the_last_coordinator(coordinator, volunteer):
    members.leave(by=volunteer, at=NOON)
    with pytest.raises(Conflict):
        members.leave(by=coordinator, at=NOON)
    MembershipFactory(organization=coordinator.organization)
    members.leave(by=coordinator, at=NOON)

    assert Membership.objects.active().filter(organization=coordinator.organization).count() == 1


def test_becoming_staff_takes_the_phone_away(invited, phone):
    members.change_roles(by=OPERATOR, membership=invited[0], roles={Role.COORDINATOR}, at=NOON)

    phone[0].refresh_from_db()
    assert phone[0].retired_at == NOON


def test_a_coordinator_names_a_patrol_leader_and_the_phone_stays(coordinator, invited, phone):
    changed = members.change_roles(by=coordinator, membership=invited[0], roles={Role.PATROL_LEADER}, at=NOON)

    phone[0].refresh_from_db()
    assert changed.roles == {Role.PATROL_LEADER}
    assert phone[0].retired_at is None
    assert recorded()[-1] == "member.roles_changed"


def test_a_coordinator_neither_makes_nor_unmakes_coordinators(coordinator, volunteer):
    colleague = MembershipFactory(organization=coordinator.organization)
    for membership, role in ((volunteer, Role.COORDINATOR), (colleague, Role.VOLUNTEER)):
        with pytest.raises(NotAllowed):
            members.change_roles(by=coordinator, membership=membership, roles={role}, at=NOON)


def test_only_operators_found_organizations_and_a_district_has_one_municipality():
    found = {"kind": "municipality", "name": "Municipalidad", "ubigeo": "150132"}
    organizations.found(by=OPERATOR, **found)

    with pytest.raises(Conflict):
        organizations.found(by=OPERATOR, **found)
    with pytest.raises(NotAllowed):
        organizations.found(by=SystemActor("offers"), **found)
    with pytest.raises(Invalid):
        organizations.found(by=OPERATOR, kind="board", name="Junta", ubigeo="15")


def test_a_phone_never_opens_a_seat_of_staff(invited_coordinator):
    with pytest.raises(Conflict):
        invitations.redeem(code=invited_coordinator[1], pin=PIN, device_label="", at=NOON)


def test_staff_choose_a_user_name_and_a_password(invited_coordinator):
    membership, code = invited_coordinator
    Session.objects.create(session_key="old", expire_date=NOON, user_id=membership.user_id)

    invitations.redeem_as_staff(code=code, username=" Ana.Flores ", password="un-farol-encendido", at=NOON)

    membership.user.refresh_from_db()
    assert membership.user.username == "ana.flores"
    assert membership.user.check_password("un-farol-encendido")
    assert Session.objects.count() == 0
    with pytest.raises(NotFound):
        invitations.find(code=code, at=NOON)


@pytest.mark.parametrize(
    "wrong",
    [
        {"password": "123"},
        {"password": "password"},
        {"username": "a b"},
        {"username": "x"},
        {"username": "tomado"},
    ],
)
def test_a_refused_choice_leaves_the_code_good(invited_coordinator, wrong):
    MembershipFactory(user__username="tomado")
    code = invited_coordinator[1]
    choice = {"username": "ana", "password": "un-farol-encendido"} | wrong

    with pytest.raises(Invalid):
        invitations.redeem_as_staff(code=code, **choice, at=NOON)
    assert invitations.find(code=code, at=NOON)


def test_a_volunteer_never_gets_a_password_from_a_code(invited):
    with pytest.raises(Conflict):
        invitations.redeem_as_staff(code=invited[1], username="rosa", password="un-farol-encendido", at=NOON)


def test_choosing_a_language_is_on_record_with_what_it_was_before(volunteer):
    members.speak(by=volunteer, language="en")
    entry = Entry.objects.get(action="member.chose_language")
    assert (entry.actor, entry.facts) == (volunteer.audit_id, {"before": "es", "after": "en"})


def test_an_organization_may_bring_its_own_code_if_it_cannot_be_misread():
    board = organizations.found(by=OPERATOR, kind="board", name="Junta", ubigeo="150132", code="2BCD3FGH")
    assert board.code == "2BCD3FGH"
    for wrong in ("2BCD3FG", "2bcd3fgh", "AEIOU111", "2BCD3FGH9"):
        with pytest.raises(Invalid):
            organizations.found(by=OPERATOR, kind="board", name="Junta", ubigeo="150132", code=wrong)
