"""What two people can do to each other in the same moment."""

import pytest

from accounts.actions import appointments, invitations, members, people
from accounts.models import Membership, Organization, User
from accounts.roles import Role
from accounts.states import AppointmentKind
from rules.refusals import Conflict, IllegalMove, Invalid, Refusal
from tests.accounts.conftest import OPERATOR
from tests.factories import NOON, MembershipFactory
from tests.races import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)


def outcome(verb):
    try:
        return verb()
    except Refusal as refusal:
        return type(refusal)


def test_two_coordinators_who_leave_together_do_not_leave_the_board_alone(organization):
    for _ in range(5):
        both = MembershipFactory.create_batch(2, organization=organization)

        said = all_at_once(2, lambda n, both=both: outcome(lambda: members.leave(by=both[n], at=NOON)))

        staying = Membership.objects.active().with_role(Role.COORDINATOR)
        assert (said.count(Conflict), staying.count()) == (1, 1)
        Membership.objects.update(left_on=NOON.date())


def test_of_two_who_choose_one_user_name_the_second_is_told_so(organization):
    codes = [
        people.invite(
            by=OPERATOR, organization=organization, full_name="Ana", roles={Role.COORDINATOR}, at=NOON
        )[1]
        for _ in range(2)
    ]

    def choose(number):
        return outcome(
            lambda: invitations.redeem_as_staff(
                code=codes[number], username="ana", password="cuatro palabras muy largas", at=NOON
            )
        )

    said = all_at_once(2, choose)

    assert said.count(Invalid) == 1
    assert User.objects.filter(username="ana").count() == 1


def test_of_two_invited_under_one_alias_the_second_inviter_is_told_so(organization):
    coordinators = MembershipFactory.create_batch(2, organization=organization)

    def invite(number):
        return outcome(
            lambda: people.invite(
                by=coordinators[number],
                organization=organization,
                full_name="Rosa",
                roles={Role.VOLUNTEER},
                alias="Garza 12",
                at=NOON,
            )
        )

    said = all_at_once(2, invite)

    assert said.count(Invalid) == 1
    assert Membership.objects.filter(alias="Garza 12").count() == 1


def desk():
    """A reviewer who proposed a board, and two who could confirm it."""
    municipality = MembershipFactory(organization__kind="municipality", roles={Role.REVIEWER}).organization
    people = [
        MembershipFactory(organization=municipality, roles=frozenset({role}))
        for role in (Role.REVIEWER, Role.SECURITY_CHIEF, Role.PRIVACY_OFFICER)
    ]
    row = appointments.found(
        kind=AppointmentKind.BOARD, name="Junta", full_name="Rosa", by=people[0], at=NOON
    )
    return row, people


def test_of_two_who_confirm_together_one_founds_the_board():
    for _ in range(4):
        row, people = desk()

        said = all_at_once(
            2,
            lambda n, row=row, people=people: outcome(
                lambda: appointments.confirm(appointment=row, by=people[n + 1], at=NOON)
            ),
        )

        assert said.count(IllegalMove) == 1
        ubigeo = row.organization.ubigeo
        assert Organization.objects.filter(kind="board", ubigeo=ubigeo).count() == 1
        Organization.objects.filter(ubigeo=ubigeo).update(ubigeo="150199", kind="ngo")


def test_what_is_confirmed_and_taken_back_together_is_one_of_both():
    for _ in range(4):
        row, people = desk()
        verbs = [
            lambda row=row, people=people: appointments.confirm(appointment=row, by=people[1], at=NOON),
            lambda row=row, people=people: appointments.take_back(appointment=row, by=people[0], at=NOON),
        ]

        said = all_at_once(2, lambda n, verbs=verbs: outcome(verbs[n]))

        row.refresh_from_db()
        founded = Organization.objects.filter(kind="board", ubigeo=row.organization.ubigeo)
        assert said.count(IllegalMove) == 1
        assert founded.count() == (row.status == "confirmed")
        Organization.objects.filter(ubigeo=row.organization.ubigeo).update(ubigeo="150199", kind="ngo")
