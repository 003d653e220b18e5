"""The operator's way of bringing organizations and their first people in."""

import re
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.actions import invitations
from accounts.models import Invitation, Membership, Organization
from accounts.roles import Role
from audit.models import Entry
from tests.factories import MembershipFactory, OrganizationFactory

BOARD = ("--found", "board", "--name", "Junta Zárate", "--ubigeo", "150132")
ANA = ("--person", "Ana Huamán", "--role", "coordinator")


@pytest.fixture
def invite(capsys):
    """Run the command and give back what it said."""

    def run(*words):
        call_command("invite", *words)
        return capsys.readouterr().out

    return run


def code_in(said):
    return re.search(r"code +([0-9A-Z]{4})-([0-9A-Z]{4})", said).expand(r"\1\2")


def test_a_board_is_founded_and_its_coordinator_invited_in_one_breath(invite):
    said = invite(*BOARD, *ANA)

    board = Organization.objects.get()
    assert (board.kind, board.name, board.ubigeo) == ("board", "Junta Zárate", "150132")
    member = Membership.objects.get()
    assert (member.organization, member.roles) == (board, {Role.COORDINATOR})
    assert board.code in said
    assert str(member.pk) in said


def test_the_printed_code_opens_the_seat_and_stands_in_the_printed_address(invite):
    said = invite(*BOARD, *ANA)

    code = code_in(said)
    assert invitations.find(code=code, at=timezone.now()).membership == Membership.objects.get()
    assert f"/join/#{code}" in said


def test_the_operator_is_on_record_for_both(invite):
    invite(*BOARD, *ANA)
    assert {entry.actor for entry in Entry.objects.all()} == {"job:operator"}
    assert {entry.action for entry in Entry.objects.all()} == {"organization.founded", "member.invited"}


def test_an_organization_may_be_founded_without_anybody(invite):
    invite("--found", "ngo", "--name", "Jóvenes Unidos")
    assert not Membership.objects.exists()


def test_somebody_is_invited_into_an_organization_that_is_there(invite, organization):
    said = invite(
        "--organization", organization.code.lower(), "--person", "Rosa", "--role", "volunteer",
        "--role", "patrol_leader", "--phone", "987654321", "--alias", "Garza 7",
    )  # fmt: skip

    member = Membership.objects.get()
    assert (member.organization, member.roles) == (organization, {Role.VOLUNTEER, Role.PATROL_LEADER})
    assert (member.alias, member.user.phone) == ("Garza 7", "+51987654321")
    assert code_in(said)


def test_a_member_gets_a_new_code_and_the_old_one_is_void(invite, coordinator):
    first = code_in(invite("--again", str(coordinator.pk)))
    second = code_in(invite("--again", str(coordinator.pk)))

    assert first != second
    assert Invitation.objects.open(timezone.now()).get().membership == coordinator
    assert invitations.find(code=second, at=timezone.now()).membership == coordinator


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--found", "board", "--ubigeo", "150132"), "--name: Write its name."),
        (("--found", "board", "--name", "Junta"), "--ubigeo: Write the six digits"),
        ((*BOARD, "--person", "Ana"), "--role: in a board choose of"),
        ((*BOARD, "--person", "Ana", "--role", "reviewer"), "--role: in a board choose of coordinator, "),
        ((*BOARD, *ANA, "--phone", "12"), "--phone: "),
        ((*BOARD, "--role", "coordinator"), "need --person"),
        (("--organization", "NOTTHERE", *ANA), "--organization: there is none"),
        (("--organization", "NOTTHERE"), "--person is missing"),
        (("--organization", "NOTTHERE", *ANA, "--name", "Junta"), "need --found"),
        (("--again", str(uuid4())), "--again: there is no membership"),
        (("--again", str(uuid4()), *ANA), "leave --person out"),
        (ANA, "--found --organization --again"),
        ((*BOARD, "--organization", "NOTTHERE"), "not allowed with"),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_written(words, sentence):
    with pytest.raises(CommandError) as refusal:
        call_command("invite", *words)
    assert sentence in str(refusal.value)
    assert not Organization.objects.exists()
    assert not Entry.objects.exists()


def test_a_district_has_one_municipality(invite):
    OrganizationFactory(kind="municipality")
    with pytest.raises(CommandError, match="already has its municipality"):
        invite("--found", "municipality", "--name", "Otra", "--ubigeo", "150132")


def test_an_alias_somebody_has_is_refused_by_name(invite, organization):
    MembershipFactory(organization=organization, alias="Garza 7")
    with pytest.raises(CommandError, match="--alias: Somebody here already has that alias"):
        invite("--organization", organization.code, *ANA, "--alias", "Garza 7")
