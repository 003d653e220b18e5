"""Swaps under real concurrency: a place has one owner at every moment, and the count never moves."""

from datetime import timedelta

import pytest

from accounts.roles import Role
from patrols.actions import signups, swaps
from patrols.models import Shift, Signup
from rules.refusals import Refusal
from tests.factories import NOON, MembershipFactory, OrganizationFactory, ShiftFactory, SignupFactory
from tests.patrols.factories_calendar import SwapFactory
from tests.races import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


class Board:
    """A full night, one of whose members asks another to take the place."""

    def __init__(self):
        self.organization = OrganizationFactory()
        ours = {"organization": self.organization}
        self.coordinator = MembershipFactory(**ours)
        self.shift = ShiftFactory(capacity=2, **ours)
        SignupFactory(shift=self.shift, **ours)
        self.own = SignupFactory(shift=self.shift, **ours)
        self.rosa, self.julio = (
            self.own.membership,
            MembershipFactory(roles={Role.VOLUNTEER}, **ours),
        )

    def swap(self, **changes):
        people = {"asked_by": self.rosa, "asked": self.julio, "shift": self.shift}
        return SwapFactory(**people | changes, organization=self.organization)

    def crew(self, shift=None):
        rows = Signup.objects.filter(shift=shift or self.shift, status="confirmed")
        return set(rows.values_list("membership_id", flat=True))

    def check_counts(self):
        for shift in Shift.objects.all():
            assert shift.confirmed == len(self.crew(shift)), shift.status


def outcome(verb, **words):
    try:
        return verb(at=NOON, **words).status
    except Refusal as refusal:
        return refusal.code


@pytest.mark.parametrize("turn", range(3))
def test_two_yeses_at_once_hand_the_place_on_once(turn):
    board = Board()
    swap = board.swap()
    said = all_at_once(6, lambda number: outcome(swaps.accept, swap=swap, by=board.julio))
    assert said == ["accepted"] * 6
    board.check_counts()
    assert board.julio.pk in board.crew()
    assert board.rosa.pk not in board.crew()
    assert Signup.objects.get(pk=board.own.pk).version == 2  # written once


@pytest.mark.parametrize("turn", range(4))
@pytest.mark.parametrize("leaver", ["herself", "by_the_coordinator"])
def test_a_yes_while_the_place_is_given_up_leaves_one_owner_or_none(leaver, turn):
    board = Board()
    swap, by = board.swap(), board.rosa if leaver == "herself" else board.coordinator

    def press(number):
        if number % 2:
            return outcome(swaps.accept, swap=swap, by=board.julio)
        return outcome(signups.withdraw, signup=board.own, by=by)

    said = all_at_once(4, press)

    board.check_counts()
    assert board.rosa.pk not in board.crew()
    came = board.julio.pk in board.crew()
    assert ("accepted" in said) is came
    assert ("withdrawn" in said) is not came, said


@pytest.mark.parametrize("turn", range(4))
def test_two_exchanges_across_each_other_never_wait_for_each_other_for_good(turn):
    board = Board()
    there = ShiftFactory(organization=board.organization, starts_at=board.shift.starts_at + 2 * DAY)
    SignupFactory(shift=there, membership=board.julio, organization=board.organization)
    one = board.swap(wanted=there)
    other = board.swap(asked_by=board.julio, asked=board.rosa, shift=there, wanted=board.shift)

    def press(number):
        if number % 2:
            return outcome(swaps.accept, swap=one, by=board.julio)
        return outcome(swaps.accept, swap=other, by=board.rosa)

    said = all_at_once(6, press)

    board.check_counts()
    assert set(said) == {"accepted", "no_place"}, said
    assert board.rosa.pk in board.crew(there)
    assert board.julio.pk in board.crew()


@pytest.mark.parametrize("turn", range(4))
def test_whoever_takes_a_place_while_signing_up_elsewhere_is_booked_once(turn):
    board = Board()
    swap = board.swap()
    near = ShiftFactory(organization=board.organization, starts_at=board.shift.starts_at)

    def press(number):
        if number % 2:
            return outcome(swaps.accept, swap=swap, by=board.julio)
        return outcome(signups.sign_up, shift=near, by=board.julio)

    said = all_at_once(2, press)

    board.check_counts()
    assert (board.julio.pk in board.crew()) + (board.julio.pk in board.crew(near)) == 1, said
