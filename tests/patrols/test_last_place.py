"""The last place of a crew in which somebody is new waits for somebody who may lead."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from config import chores
from patrols.actions import candidates, checkers, joining, requests, roles, shifts, signups, swaps
from patrols.models import Shift, Signup
from patrols.queries import holding
from patrols.states import CrewRole
from rules.refusals import Conflict
from tests.factories import (
    NOON,
    CrewMemberFactory,
    MembershipFactory,
    PatrolFactory,
    QualificationFactory,
    ShiftFactory,
)
from tests.patrols.factories_joining import newcomer, on_the_way
from tests.patrols.told import HOUR


@pytest.fixture
def shift(organization):
    return ShiftFactory(organization=organization, capacity=3, minimum_crew=2)


def neighbor(organization, role=Role.VOLUNTEER):
    """Somebody who went out before anybody counted."""
    return MembershipFactory(organization=organization, roles={role})


def approved_lately(organization):
    """Somebody whose first three patrols are all ahead."""
    decider = MembershipFactory(organization=organization)
    member = newcomer(organization)
    on_the_way(member, decider, status="approved", approved_at=NOON, approved_by=decider)
    return member


@pytest.fixture
def rosa(organization):
    return approved_lately(organization)


@pytest.fixture
def others(organization):
    """Two who went out often, and may not lead."""
    return [neighbor(organization) for _one in range(2)]


@pytest.fixture
def leader(organization):
    return neighbor(organization, Role.PATROL_LEADER)


def sign_up(shift, *members, **more):
    return [signups.sign_up(shift=shift, by=member, at=NOON, **more).status for member in members]


def refused(verb, **words):
    with pytest.raises(Conflict) as refusal:
        verb(**words)
    return refusal.value.code


def test_a_newcomer_waits_for_the_last_place_of_a_crew_without_a_leader(shift, others, rosa, leader):
    assert sign_up(shift, *others, rosa) == ["confirmed", "confirmed", "waitlisted"]
    shift.refresh_from_db()
    assert (shift.places_taken, shift.places_free) == (2, 1)
    assert sign_up(shift, leader) == ["confirmed"]


def test_whoever_waits_reads_why(shift, others, rosa, browsing, at_noon):
    sign_up(shift, *others, rosa)
    page = browsing(rosa).get(f"/o/{shift.organization.code}/mine/").content.decode()
    assert "espera a alguien que pueda liderar" in page


def test_by_the_page_and_by_json_the_newcomer_waits_too(shift, others, rosa, browsing, as_, url, at_noon):
    sign_up(shift, *others)
    assert (
        browsing(rosa).post(f"/o/{shift.organization.code}/mine/shifts/{shift.pk}/sign-up/").status_code
        == 302
    )
    again = as_(rosa).post(url("shift-signups", shift), {"id": str(uuid4())}, format="json")
    assert again.json()["status"] == "waitlisted"


def test_any_other_place_is_a_newcomers_too(shift, others, rosa):
    assert sign_up(shift, rosa, others[0]) == ["confirmed", "confirmed"]


def test_with_a_newcomer_on_the_list_the_last_place_waits_for_a_leader_whoever_asks(
    shift, others, rosa, leader
):
    assert sign_up(shift, rosa, *others) == ["confirmed", "confirmed", "waitlisted"]
    assert holding.is_unled(shift)
    assert sign_up(shift, leader) == ["confirmed"]
    assert not holding.is_unled(shift)


def test_a_crew_that_is_led_takes_a_newcomer_as_its_last(shift, others, rosa, leader):
    assert sign_up(shift, leader, others[0], rosa) == ["confirmed"] * 3


def test_a_crew_without_newcomers_fills_up_without_a_leader(shift, others, organization):
    assert sign_up(shift, *others, neighbor(organization)) == ["confirmed"] * 3


def test_whoever_may_lead_takes_it_although_they_are_new_themselves(shift, others, rosa, organization):
    QualificationFactory(membership=rosa, organization=organization, kind="patrol_leader")
    assert sign_up(shift, *others, rosa) == ["confirmed"] * 3


def test_a_leader_whose_training_runs_out_before_the_night_leads_nobody(shift, others, rosa, leader):
    leader.qualifications.update(valid_until=shift.service_date.replace(year=2029))
    assert sign_up(shift, leader, others[0], rosa) == ["confirmed", "confirmed", "waitlisted"]


def test_after_three_patrols_to_the_end_nobody_is_new(shift, others, rosa):
    for day in range(3):
        walked = ShiftFactory(organization=shift.organization, starts_at=NOON - (48 + 24 * day) * HOUR)
        patrol = PatrolFactory(
            shift=walked,
            organization=shift.organization,
            status="closed",
            started_at=walked.starts_at,
            ended_at=walked.ends_at,
        )
        CrewMemberFactory(
            patrol=patrol, membership=rosa, organization=shift.organization, attendance="present"
        )
    assert sign_up(shift, *others, rosa) == ["confirmed"] * 3


def test_a_place_kept_for_who_leads_says_it_already(shift, others, rosa, coordinator, leader):
    wish = roles.Wish(CrewRole.LEADER, 1, 1)
    roles.set_roles(shift=shift, by=coordinator, at=NOON, wishes=[wish])
    assert sign_up(shift, others[0], rosa, others[1]) == ["confirmed", "confirmed", "waitlisted"]
    shift.refresh_from_db()
    assert (shift.places_taken, shift.places_free, shift.places_kept) == (2, 0, 1)
    assert sign_up(shift, leader, role=shift.roles.get()) == ["confirmed"]


def test_a_newcomer_in_a_role_does_not_take_the_place_a_leader_could_have(shift, others, rosa, coordinator):
    wish = roles.Wish(CrewRole.OBSERVER, 1, 1)
    roles.set_roles(shift=shift, by=coordinator, at=NOON, wishes=[wish])
    assert sign_up(shift, others[0]) == ["confirmed"]
    assert sign_up(shift, rosa, role=shift.roles.get()) == ["confirmed"]  # the kept one: one is left
    assert sign_up(shift, others[1]) == ["waitlisted"]


def test_the_coordinator_cannot_put_a_newcomer_there_and_reads_why(shift, others, rosa, coordinator):
    sign_up(shift, *others)
    assert refused(signups.place, shift=shift, member=rosa, by=coordinator, at=NOON) == "no_leader"
    shift.refresh_from_db()
    (found,) = (one for one in candidates.of(shift=shift, at=NOON) if one.member == rosa)
    assert found.reasons == (checkers.OF_OTHERS["no_leader"],)


def test_whoever_is_asked_to_come_is_told_the_same(shift, others, rosa, coordinator):
    (request,) = requests.ask(shift=shift, members=[rosa], by=coordinator, at=NOON)
    sign_up(shift, *others)
    Shift.objects.filter(pk=shift.pk).update(minimum_crew=3)
    request.crew_wanted = 3
    request.save()
    assert refused(requests.accept, request=request, by=rosa, at=NOON) == "no_leader"
    assert not Signup.objects.filter(membership=rosa).exists()


def test_a_place_freed_by_the_leader_is_offered_to_no_newcomer(shift, others, rosa, leader, organization):
    sign_up(shift, leader, *others)
    assert sign_up(shift, rosa) == ["waitlisted"]
    signup = Signup.objects.get(shift=shift, membership=leader)
    signups.withdraw(signup=signup, by=leader, at=NOON)
    assert Signup.objects.get(shift=shift, membership=rosa).status == "waitlisted"
    second = neighbor(organization, Role.PATROL_LEADER)
    assert sign_up(shift, second) == ["confirmed"]


def test_an_offer_is_not_taken_up_once_its_crew_lost_its_leader(shift, others, rosa, leader, organization):
    sign_up(shift, leader, *others)
    sign_up(shift, rosa)
    places = {one.membership_id: one for one in Signup.objects.filter(shift=shift)}
    signups.withdraw(signup=places[others[0].pk], by=others[0], at=NOON)
    offer = Signup.objects.get(shift=shift, membership=rosa)
    assert offer.status == "offered"
    leader.qualifications.update(revoked_at=NOON)  # two come, and one offered: three of three
    assert refused(signups.accept_offer, signup=offer, by=rosa, at=NOON) == "no_leader"
    shift.refresh_from_db()
    assert (shift.places_taken, shift.places_offered) == (3, 1)


def test_two_places_freed_at_once_are_not_both_offered_past_the_leaders(
    shift, others, rosa, organization, coordinator
):
    third = neighbor(organization)
    fourth = neighbor(organization)
    sign_up(shift, *others, third)
    sign_up(shift, rosa)
    signups.sign_up(shift=shift, by=fourth, at=NOON + HOUR)
    changed = Shift.objects.get(pk=shift.pk)
    shifts.change(shift=changed, by=coordinator, at=NOON, capacity=5)
    status = dict(Signup.objects.filter(shift=shift).values_list("membership_id", "status"))
    assert (status[rosa.pk], status[fourth.pk]) == ("offered", "waitlisted")


def test_whoever_waits_longer_is_asked_first_and_the_last_place_still_waits(
    shift, others, rosa, organization, leader
):
    sign_up(shift, *others)
    assert sign_up(shift, rosa) == ["waitlisted"]
    Shift.objects.filter(pk=shift.pk).update(capacity=4)  # a place more, nobody has passed it on yet
    late = neighbor(organization)
    assert sign_up(shift, late) == ["waitlisted"]
    status = dict(Signup.objects.filter(shift=shift).values_list("membership_id", "status"))
    assert status[rosa.pk] == "offered"
    assert sign_up(shift, leader) == ["confirmed"]


def test_whoever_waits_is_offered_the_place_once_somebody_leads(shift, others, rosa, leader):
    sign_up(shift, *others, rosa)
    chores.run(["line"], now=NOON)
    assert Signup.objects.get(shift=shift, membership=rosa).status == "waitlisted"
    swap = swaps.ask(shift=shift, fellow=leader, by=others[0], at=NOON)
    swaps.accept(swap=swap, by=leader, at=NOON)
    for _ring in range(2):
        chores.run(["line"], now=NOON)
    assert Signup.objects.get(shift=shift, membership=rosa).status == "offered"


def test_it_asks_no_more_questions_than_any_other_sign_up(organization, others, rosa, leader):
    def questions(shift, member):
        with CaptureQueriesContext(connection) as asked:
            sign_up(shift, member)
        return len(asked)

    wide, narrow = (
        ShiftFactory(organization=organization, capacity=9, starts_at=NOON + hours * HOUR)
        for hours in (72, 144)
    )
    for night in (wide, narrow):
        sign_up(night, leader)
    Shift.objects.filter(pk=narrow.pk).update(capacity=2)
    assert questions(narrow, rosa) == questions(wide, rosa)


def test_a_suspended_leader_leads_nobody(shift, others, rosa, leader, coordinator):
    sign_up(shift, leader, others[0])
    joining.suspend(member=leader, reason="away", by=coordinator, at=NOON)
    assert sign_up(shift, rosa) == ["waitlisted"]
