"""What only real concurrency can show: many people, each with their own connection.

On PostgreSQL the row lock and the conditional UPDATE decide, on SQLite the immediate transaction.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from threading import Barrier
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.roles import Role
from audit.models import Entry
from patrols.actions import patrols, shifts, signups
from patrols.models import CrewMember, Move, Patrol, Shift, Signup
from rules.refusals import Conflict, Refusal
from tests.crowds import headers_of, session_of
from tests.factories import NOON, MembershipFactory, OrganizationFactory, ShiftFactory, SignupFactory
from tests.patrols.factories_joining import newcomer, on_the_way
from tests.races import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

PLACES, PEOPLE, HANDS = 25, 1000, 200
HOUR = timedelta(hours=1)


def neighbors(organization, count):
    return MembershipFactory.create_batch(count, organization=organization, roles={Role.VOLUNTEER})


def count(status, **filters):
    return Signup.objects.filter(status=status, **filters).count()


def test_1000_people_sign_up_at_once_over_http_and_25_get_a_place(crowd_server):
    organization = OrganizationFactory()
    shift = ShiftFactory(
        organization=organization,
        capacity=PLACES,
        starts_at=timezone.now() + 48 * HOUR,
        ends_at=timezone.now() + 51 * HOUR,
    )
    keys = [session_of(member) for member in neighbors(organization, PEOPLE)]
    together = Barrier(HANDS)  # as many at once, again and again, while the others wait behind them
    door = f"/api/v1/{organization.code}/shifts/{shift.pk}/signups/"

    def press(key):
        with closing(HTTPConnection(crowd_server, timeout=120)) as line:
            line.connect()
            together.wait(timeout=60)
            line.request("POST", door, json.dumps({"id": str(uuid4())}), headers_of(key))
            answer = line.getresponse()
            return answer.status, json.loads(answer.read()).get("status")

    with ThreadPoolExecutor(HANDS) as crowd:
        answers = list(crowd.map(press, keys))

    assert sorted(set(answers)) == [(201, "confirmed"), (201, "waitlisted")]
    assert answers.count((201, "confirmed")) == PLACES
    assert (count("confirmed"), count("waitlisted")) == (PLACES, PEOPLE - PLACES)
    shift.refresh_from_db()
    assert shift.places_taken == PLACES
    assert Entry.objects.filter(action__startswith="signup.").count() == PEOPLE


def test_one_press_sent_many_times_at_once_is_one_signup():
    organization = OrganizationFactory()
    shift = ShiftFactory(organization=organization)
    (rosa,) = neighbors(organization, 1)

    rows = all_at_once(8, lambda number: signups.sign_up(shift=shift, by=rosa, at=NOON).pk)

    assert len(set(rows)) == 1
    shift.refresh_from_db()
    assert (shift.places_taken, Entry.objects.count()) == (1, 1)


def test_a_person_who_takes_two_shifts_of_one_hour_at_once_gets_one():
    organization = OrganizationFactory()
    nights = ShiftFactory.create_batch(6, organization=organization)
    (rosa,) = neighbors(organization, 1)

    def press(number):
        try:
            return signups.sign_up(shift=nights[number], by=rosa, at=NOON).status
        except Conflict as refusal:
            return refusal.code

    assert sorted(all_at_once(6, press)) == ["confirmed", *["overlap"] * 5]


def test_a_shift_that_moves_while_its_crew_signs_up_there_books_nobody_twice():
    organization = OrganizationFactory()
    coordinator = MembershipFactory(organization=organization)
    there = ShiftFactory.create_batch(4, organization=organization)
    (rosa,) = neighbors(organization, 1)
    moving = []
    for day in range(1, 5):
        starts_at = there[0].starts_at + day * 24 * HOUR
        moving.append(ShiftFactory(organization=organization, starts_at=starts_at))
        SignupFactory(organization=organization, shift=moving[-1], membership=rosa)
    hours = {"starts_at": there[0].starts_at, "ends_at": there[0].ends_at}

    def press(number):
        try:
            if number < 4:
                return shifts.change(shift=moving[number], by=coordinator, at=NOON, **hours).status
            return signups.sign_up(shift=there[number - 4], by=rosa, at=NOON).status
        except Conflict as refusal:
            return refusal.code

    outcomes = all_at_once(8, press)
    assert outcomes.count("overlap") == 7, outcomes
    mine = Signup.objects.filter(membership=rosa, status="confirmed")
    assert mine.filter(shift__starts_at=there[0].starts_at).count() == 1


def test_a_freed_place_is_offered_once():
    organization = OrganizationFactory()
    shift = ShiftFactory(organization=organization, capacity=4)
    going = SignupFactory.create_batch(4, shift=shift, organization=organization)
    for place in range(6):
        SignupFactory(
            shift=shift,
            organization=organization,
            status="waitlisted",
            waiting_since=NOON + place * HOUR,
        )
    newcomers, later = neighbors(organization, 4), NOON + 10 * HOUR

    def press(number):
        if number < 4:
            leaver = going[number]
            return signups.withdraw(signup=leaver, by=leaver.membership, at=later).status
        return signups.sign_up(shift=shift, by=newcomers[number - 4], at=later).status

    outcomes = all_at_once(8, press)

    assert outcomes == ["withdrawn"] * 4 + ["waitlisted"] * 4
    offered = Signup.objects.filter(status="offered").order_by("waiting_since")
    assert [signup.waiting_since for signup in offered] == [NOON + place * HOUR for place in range(4)]
    shift.refresh_from_db()
    assert (shift.places_taken, shift.places_offered, count("waitlisted")) == (4, 4, 6)
    assert Entry.objects.filter(action="signup.offered").count() == 4


def test_an_offer_answered_twice_at_once_is_answered_once():
    organization = OrganizationFactory()
    shift = ShiftFactory(organization=organization, capacity=2)
    offer = SignupFactory(shift=shift, organization=organization, status="offered")
    verbs = [signups.accept_offer, signups.decline_offer, signups.withdraw]

    def press(number):
        try:
            return verbs[number % 3](signup=offer, by=offer.membership, at=NOON).status
        except Refusal as refusal:
            return refusal.code

    all_at_once(6, press)

    offer.refresh_from_db()
    shift.refresh_from_db()
    assert shift.places_taken == (1 if offer.status == "confirmed" else 0)
    assert (shift.confirmed, shift.places_offered) == (count("confirmed"), count("offered"))


def test_when_eight_people_open_the_briefing_there_is_one_patrol():
    organization = OrganizationFactory()
    shift = ShiftFactory(organization=organization, capacity=8)
    crew = [row.membership for row in SignupFactory.create_batch(8, shift=shift, organization=organization)]

    found = all_at_once(
        8, lambda number: patrols.open_briefing(shift=shift, by=crew[number], at=shift.starts_at).pk
    )

    assert set(found) == {Patrol.objects.get().pk}
    assert CrewMember.objects.count() == 8
    assert Move.objects.count() == Entry.objects.count() == 1


def test_a_place_given_up_while_others_sign_up_is_never_sold_twice():
    organization = OrganizationFactory()
    shift = ShiftFactory(organization=organization, capacity=3)
    going = SignupFactory.create_batch(3, shift=shift, organization=organization)
    comers = neighbors(organization, 9)

    def press(number):
        if number < 3:
            signups.withdraw(signup=going[number], by=going[number].membership, at=NOON)
        else:
            signups.sign_up(shift=shift, by=comers[number - 3], at=NOON)

    all_at_once(12, press)

    shift = Shift.objects.get()
    assert (shift.confirmed, shift.places_offered) == (count("confirmed"), count("offered"))
    assert shift.places_taken == 3


def test_two_newcomers_who_press_at_once_leave_a_place_for_whoever_leads():
    organization = OrganizationFactory()
    decider = MembershipFactory(organization=organization)
    shift = ShiftFactory(organization=organization, capacity=3)
    (neighbor,) = neighbors(organization, 1)
    signups.sign_up(shift=shift, by=neighbor, at=NOON)
    new = [newcomer(organization) for _one in range(4)]
    for member in new:
        on_the_way(member, decider, status="approved", approved_at=NOON, approved_by=decider)

    outcomes = all_at_once(4, lambda number: signups.sign_up(shift=shift, by=new[number], at=NOON).status)

    assert sorted(outcomes) == ["confirmed", *["waitlisted"] * 3]
    shift.refresh_from_db()
    assert (shift.places_taken, shift.places_free) == (2, 1)
