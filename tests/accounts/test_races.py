"""What two people can do to each other in the same moment."""

import pytest

from accounts.actions import invitations, members, people
from accounts.models import Membership, User
from accounts.roles import Role
from rules.refusals import Conflict, Invalid, Refusal
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
