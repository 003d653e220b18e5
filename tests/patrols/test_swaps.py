"""Swaps: a place handed to one named member, or exchanged for one of theirs. Only a yes moves anything."""

from datetime import timedelta

import pytest

from accounts.actors import SystemActor
from accounts.roles import Role
from audit.models import Entry
from notifications.models import Notice
from patrols import notices
from patrols.actions import house, roles, shifts, signups, suspensions, swaps
from patrols.models import CrewMember, Joining, Shift, Signup, Swap
from patrols.queries import swaps as waiting
from patrols.states import CrewRole, StayHomeReason
from patrols.states.swaps import SWAP
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound, Refusal
from tests.factories import (
    NOON,
    CrewMemberFactory,
    MembershipFactory,
    OrganizationFactory,
    PatrolFactory,
    QualificationFactory,
    ShiftFactory,
    SignupFactory,
)
from tests.patrols.factories_calendar import SwapFactory
from tests.patrols.factories_joining import on_the_way

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SAYS = {kind.code: kind.say for kind in notices.KINDS}


@pytest.fixture
def shift(organization):
    """A night on Friday, full."""
    return ShiftFactory(organization=organization, capacity=2)


@pytest.fixture
def rosa(shift):
    """Goes out on Friday, and cannot."""
    SignupFactory(shift=shift, organization=shift.organization)
    return SignupFactory(shift=shift, organization=shift.organization).membership


@pytest.fixture
def julio(organization):
    return MembershipFactory(organization=organization, roles={Role.VOLUNTEER})


@pytest.fixture
def sunday(shift, julio):
    """Julio's night, two days later."""
    night = ShiftFactory(organization=shift.organization, starts_at=shift.starts_at + 2 * DAY)
    SignupFactory(shift=night, membership=julio, organization=shift.organization)
    return night


def ask(shift, rosa, julio, at=NOON, **more):
    return swaps.ask(shift=shift, fellow=julio, by=rosa, at=at, **more)


def stands(shift, member):
    signup = Signup.objects.filter(shift=shift, membership=member).first()
    return signup.status if signup else ""


def refused(verb, **words):
    with pytest.raises(Refusal) as refusal:
        verb(**words)
    return refusal.value.code


def said(code, at=NOON + HOUR):
    found = [(one.recipient_id, SAYS[code](one, at)) for one in Notice.objects.filter(kind=code)]
    return {(recipient, message.title) for recipient, message in found if message}


def test_asking_moves_nothing_and_a_yes_hands_the_place_on(shift, rosa, julio):
    swap = ask(shift, rosa, julio)
    assert (stands(shift, rosa), stands(shift, julio)) == ("confirmed", "")

    swaps.accept(swap=swap, by=julio, at=NOON + HOUR)

    assert (stands(shift, rosa), stands(shift, julio)) == ("withdrawn", "confirmed")
    before = (shift.capacity, shift.minimum_crew)
    shift.refresh_from_db()
    assert (shift.places_taken, shift.places_offered, shift.confirmed) == (2, 0, 2)
    assert (shift.capacity, shift.minimum_crew) == before
    actions = list(Entry.objects.values_list("action", flat=True))
    assert actions == ["swap.asked", "signup.handed_on", "signup.taken_over", "swap.accepted"]


def test_an_exchange_moves_both_nights_or_none(shift, rosa, julio, sunday):
    swap = ask(shift, rosa, julio, wanted=sunday)
    swaps.accept(swap=swap, by=julio, at=NOON + HOUR)
    assert (stands(shift, rosa), stands(shift, julio)) == ("withdrawn", "confirmed")
    assert (stands(sunday, rosa), stands(sunday, julio)) == ("confirmed", "withdrawn")


def test_nights_of_the_same_hours_can_be_exchanged(shift, rosa, julio):
    there = ShiftFactory(organization=shift.organization, starts_at=shift.starts_at)
    SignupFactory(shift=there, membership=julio, organization=shift.organization)
    swaps.accept(swap=ask(shift, rosa, julio, wanted=there), by=julio, at=NOON)
    assert (stands(shift, julio), stands(there, rosa)) == ("confirmed", "confirmed")


def test_a_no_leaves_everything_and_nobody_asks_the_same_again(shift, rosa, julio):
    swap = ask(shift, rosa, julio)
    swaps.decline(swap=swap, by=julio, at=NOON + HOUR)
    assert (stands(shift, rosa), stands(shift, julio)) == ("confirmed", "")
    assert refused(swaps.ask, shift=shift, fellow=julio, by=rosa, at=NOON + HOUR) == "said_no"
    assert refused(swaps.accept, swap=swap, by=julio, at=NOON + HOUR) == "illegal_move"


def test_one_person_is_asked_at_a_time_and_asking_can_be_taken_back(shift, rosa, julio, organization):
    other = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    swap = ask(shift, rosa, julio)
    assert refused(swaps.ask, shift=shift, fellow=other, by=rosa, at=NOON) == "asked_already"
    swaps.cancel(swap=swap, by=rosa, at=NOON)
    assert refused(swaps.accept, swap=swap, by=julio, at=NOON) == "illegal_move"
    assert ask(shift, rosa, other).status == "asked"


def test_what_was_asked_of_another_night_or_by_another_person_stands_in_nobodys_way(
    shift, rosa, julio, sunday, organization
):
    other = shift.signups.exclude(membership=rosa).get().membership
    swaps.decline(swap=ask(shift, rosa, julio), by=julio, at=NOON)
    assert ask(shift, other, julio).status == "asked"
    assert ask(shift, rosa, other).status == "asked"
    SignupFactory(shift=sunday, membership=rosa, organization=organization)
    assert ask(sunday, rosa, other).status == "asked"


@pytest.mark.parametrize("verb", [swaps.accept, swaps.decline])
def test_only_whoever_was_asked_answers(verb, shift, rosa, julio, coordinator):
    swap = ask(shift, rosa, julio)
    for somebody in (rosa, coordinator):
        with pytest.raises(NotAllowed):
            verb(swap=swap, by=somebody, at=NOON)
    with pytest.raises(NotAllowed):
        swaps.cancel(swap=swap, by=julio, at=NOON)


def test_whoever_takes_the_place_stands_by_every_rule(shift, rosa, julio, organization):
    near = ShiftFactory(organization=organization, starts_at=shift.ends_at + 2 * HOUR)
    SignupFactory(shift=near, membership=julio, organization=organization)
    swap = ask(shift, rosa, julio)
    assert refused(swaps.accept, swap=swap, by=julio, at=NOON) == "no_rest"
    assert (stands(shift, rosa), stands(shift, julio)) == ("confirmed", "")


def test_who_asked_stands_by_them_too_and_learns_of_the_others_nothing(shift, rosa, julio, sunday):
    swap = ask(shift, rosa, julio, wanted=sunday)
    near = ShiftFactory(organization=shift.organization, starts_at=sunday.ends_at + 2 * HOUR)
    SignupFactory(shift=near, membership=rosa, organization=shift.organization)
    assert refused(swaps.accept, swap=swap, by=julio, at=NOON) == "other_cannot"
    assert {stands(shift, rosa), stands(sunday, julio)} == {"confirmed"}
    assert (stands(shift, julio), stands(sunday, rosa)) == ("", "")


def test_asking_for_a_night_one_may_not_have_is_refused_at_once(shift, rosa, julio, sunday, organization):
    near = ShiftFactory(organization=organization, starts_at=sunday.ends_at + 2 * HOUR)
    SignupFactory(shift=near, membership=rosa, organization=organization)
    assert refused(swaps.ask, shift=shift, fellow=julio, by=rosa, at=NOON, wanted=sunday) == "no_rest"


def test_asking_never_tells_whether_the_other_is_on_a_night(shift, rosa, julio, sunday, organization):
    empty = ShiftFactory(organization=organization, starts_at=shift.starts_at + 4 * DAY)
    swap = ask(shift, rosa, julio, wanted=empty)
    assert swap.status == "asked"
    assert refused(swaps.accept, swap=swap, by=julio, at=NOON) == "no_place"
    assert stands(shift, rosa) == "confirmed"


def test_whoever_only_waits_in_line_has_no_place_to_give(shift, rosa, julio, organization):
    full = ShiftFactory(organization=organization, starts_at=shift.starts_at + 4 * DAY)
    SignupFactory(shift=full, membership=julio, organization=organization, status="waitlisted")
    swap = ask(shift, rosa, julio, wanted=full)
    assert refused(swaps.accept, swap=swap, by=julio, at=NOON) == "no_place"


def test_who_asked_and_goes_out_no_more_gets_no_night_for_theirs(shift, rosa, julio, sunday):
    swap = ask(shift, rosa, julio, wanted=sunday)
    rosa.roles = frozenset()
    rosa.save()
    assert refused(swaps.accept, swap=swap, by=julio, at=NOON) == "other_cannot"
    assert stands(sunday, julio) == "confirmed"


def test_a_suspended_district_swaps_nothing(shift, rosa, julio, organization):
    municipality = OrganizationFactory(kind="municipality", ubigeo=organization.ubigeo)
    chief = MembershipFactory(organization=municipality, roles={Role.SECURITY_CHIEF})
    swap = ask(shift, rosa, julio)
    hours = {"starts_at": shift.starts_at, "ends_at": shift.ends_at}
    suspensions.suspend(by=chief, reason=StayHomeReason.THREAT, at=NOON, **hours)
    assert refused(swaps.accept, swap=swap, by=julio, at=NOON + HOUR) == "patrols_suspended"


def test_a_role_goes_only_to_whoever_is_trained_for_it(organization, coordinator, julio):
    night = ShiftFactory(organization=organization, capacity=3)
    wish = roles.Wish(CrewRole.FIRST_AID, 1, 1)
    roles.set_roles(shift=night, by=coordinator, at=NOON, wishes=[wish])
    role = night.roles.get()
    role.needs = "first_aid"
    role.save()
    rosa = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    QualificationFactory(membership=rosa, organization=organization, kind="first_aid")
    signups.sign_up(shift=night, by=rosa, at=NOON, role=role)

    swap = ask(night, rosa, julio)
    assert refused(swaps.accept, swap=swap, by=julio, at=NOON) == "not_qualified"
    QualificationFactory(membership=julio, organization=organization, kind="first_aid")
    swaps.accept(swap=swap, by=julio, at=NOON)
    role.refresh_from_db()
    assert (role.taken, Signup.objects.get(membership=julio).role_id) == (1, role.pk)
    night.refresh_from_db()
    assert (night.places_taken, night.places_kept) == (1, 0)


def test_newcomers_do_not_lose_the_only_one_who_may_lead_them(shift, organization, julio, coordinator):
    leader = SignupFactory(shift=shift, organization=organization).membership
    QualificationFactory(membership=leader, organization=organization, kind="patrol_leader")
    newcomer = SignupFactory(shift=shift, organization=organization).membership
    Joining.objects.filter(membership=newcomer).delete()
    on_the_way(newcomer, coordinator, status="approved", approved_at=NOON, approved_by=coordinator)
    swap = ask(shift, leader, julio)
    assert refused(swaps.accept, swap=swap, by=julio, at=NOON) == "no_leader"
    QualificationFactory(membership=julio, organization=organization, kind="patrol_leader")
    assert swaps.accept(swap=swap, by=julio, at=NOON).status == "accepted"


def test_it_runs_out_at_the_hour_until_which_one_may_leave_and_later_at_the_start(shift, rosa, julio):
    assert ask(shift, rosa, julio).expires_at == shift.starts_at - 12 * HOUR
    Swap.objects.all().delete()
    late = shift.starts_at - 3 * HOUR
    swap = ask(shift, rosa, julio, at=late)
    assert swap.expires_at == shift.starts_at
    swaps.accept(swap=swap, by=julio, at=late)
    assert not Signup.objects.get(shift=shift, membership=rosa).left_late  # somebody stands there


def test_the_board_decides_until_when(shift, rosa, julio, coordinator):
    house.set_rules(by=coordinator, at=NOON, withdraw_until_hours=24)
    assert ask(shift, rosa, julio).expires_at == shift.starts_at - 24 * HOUR


def test_what_nobody_answered_is_closed_once_and_told_while_it_is_true(shift, rosa, julio):
    swap = ask(shift, rosa, julio)
    late = swap.expires_at
    assert refused(swaps.accept, swap=swap, by=julio, at=late) == "swap_over"
    assert swaps.lapse(by=SystemActor("swaps"), at=late) == 1
    assert swaps.lapse(by=SystemActor("swaps"), at=late) == 0
    swap.refresh_from_db()
    assert swap.status == "expired"
    assert said("swap_expired", late) == {(rosa.pk, "Nadie respondió a tu cambio")}
    signups.withdraw(signup=Signup.objects.get(shift=shift, membership=rosa), by=rosa, at=late)
    assert said("swap_expired", late) == set()


@pytest.mark.parametrize("ends", ["leaves", "taken_off", "called_off", "wanted_called_off"])
def test_a_swap_whose_place_or_night_is_gone_is_closed(ends, shift, rosa, julio, sunday, coordinator):
    swap = ask(shift, rosa, julio, wanted=sunday)
    own = Signup.objects.get(shift=shift, membership=rosa)
    {
        "leaves": lambda: signups.withdraw(signup=own, by=rosa, at=NOON),
        "taken_off": lambda: signups.withdraw(signup=own, by=coordinator, at=NOON),
        "called_off": lambda: shifts.cancel(shift=shift, by=coordinator, at=NOON, reason="Lluvia"),
        "wanted_called_off": lambda: shifts.cancel(shift=sunday, by=coordinator, at=NOON, reason="Lluvia"),
    }[ends]()
    assert said("swap_asked") == set() or ends == "wanted_called_off"
    assert refused(swaps.accept, swap=swap, by=julio, at=NOON) in {"no_place", "illegal_move"}
    assert swaps.lapse(by=SystemActor("swaps"), at=NOON) == 1
    swap.refresh_from_db()
    assert swap.status == "void"


def test_who_is_asked_hears_when_and_who_asked_hears_what_came_of_it(shift, rosa, julio, sunday):
    swap = ask(shift, rosa, julio, wanted=sunday)
    ((recipient, title),) = said("swap_asked")
    assert recipient == julio.pk
    assert "21:00" in title
    for notice in Notice.objects.filter(kind="swap_asked"):
        words = SAYS["swap_asked"](notice, NOON)
        assert not any(
            secret in f"{words.title} {words.body}"
            for secret in (rosa.alias, shift.sector.name, shift.meeting_point)
        )
    swaps.accept(swap=swap, by=julio, at=NOON)
    assert said("swap_asked") == set()
    assert said("swap_accepted") == {(rosa.pk, "Tu cambio está hecho")}
    assert list(waiting.of_endings(Swap.objects.all(), NOON + HOUR))  # the planner heals it


def test_a_no_is_told_to_who_asked(shift, rosa, julio):
    swaps.decline(swap=ask(shift, rosa, julio), by=julio, at=NOON)
    assert said("swap_declined") == {(rosa.pk, "No puede ir en tu lugar")}


def test_a_place_can_be_handed_on_while_the_crew_meets_but_not_from_the_street(shift, rosa, julio):
    at = shift.starts_at - HOUR / 2
    patrol = PatrolFactory(shift=shift, organization=shift.organization, leader=rosa, status="briefing")
    expected = CrewMemberFactory(
        patrol=patrol, membership=rosa, organization=shift.organization, attendance="expected"
    )
    swap = ask(shift, rosa, julio, at=at)
    patrol.status, patrol.started_at = "active", at
    patrol.save()
    assert refused(swaps.accept, swap=swap, by=julio, at=at) == "on_patrol"

    patrol.status, patrol.started_at = "briefing", None
    patrol.save()
    swaps.accept(swap=swap, by=julio, at=at)
    expected.refresh_from_db()
    assert expected.attendance == "excused"
    assert CrewMember.objects.get(patrol=patrol, membership=julio).attendance == "expected"


def test_whoever_stands_with_the_crew_already_hands_nothing_on(shift, rosa, julio):
    at = shift.starts_at - HOUR / 2
    patrol = PatrolFactory(shift=shift, organization=shift.organization, leader=rosa, status="briefing")
    CrewMemberFactory(patrol=patrol, membership=rosa, organization=shift.organization, attendance="present")
    swap = ask(shift, rosa, julio, at=at)
    assert refused(swaps.accept, swap=swap, by=julio, at=at) == "on_patrol"


def test_who_waits_in_line_may_take_it_and_who_was_offered_a_place_answers_that_first(shift, rosa, julio):
    waits = SignupFactory(
        shift=shift,
        membership=julio,
        organization=shift.organization,
        status="waitlisted",
        waiting_since=NOON,
    )
    swaps.accept(swap=ask(shift, rosa, julio), by=julio, at=NOON)
    waits.refresh_from_db()
    assert (waits.status, waits.waiting_since) == ("confirmed", None)


def test_who_has_a_place_or_is_offered_one_takes_no_second(organization, julio):
    for status in ("confirmed", "offered"):
        night = ShiftFactory(organization=organization, capacity=4)
        rosa = SignupFactory(shift=night, organization=organization).membership
        SignupFactory(shift=night, membership=julio, organization=organization, status=status)
        assert refused(swaps.accept, swap=ask(night, rosa, julio), by=julio, at=NOON) == "already_in"
        Signup.objects.filter(membership=julio).delete()


@pytest.mark.parametrize(
    ("part", "field"), [("self", "member"), ("coordinatorless", "member"), ("same", "wanted")]
)
def test_a_swap_is_between_two_people_who_go_out_and_two_nights(part, field, shift, rosa, julio):
    gone = MembershipFactory(organization=shift.organization, roles={Role.VOLUNTEER}, left_on=NOON.date())
    words = {"shift": shift, "by": rosa, "at": NOON, "fellow": julio}
    words |= {"self": {"fellow": rosa}, "coordinatorless": {"fellow": gone}, "same": {"wanted": shift}}[part]
    with pytest.raises(Invalid) as refusal:
        swaps.ask(**words)
    assert set(refusal.value.fields) == {field}


def test_without_a_place_there_is_nothing_to_hand_on(shift, rosa, julio, sunday):
    assert refused(swaps.ask, shift=shift, fellow=rosa, by=julio, at=NOON) == "no_place"


def test_a_night_of_another_board_is_not_found(shift, rosa, julio):
    for night, wanted in ((shift, ShiftFactory()), (ShiftFactory(), None)):
        with pytest.raises(NotFound):
            ask(night, rosa, julio, wanted=wanted)


def test_a_night_that_has_begun_is_not_swapped(shift, rosa, julio):
    assert refused(swaps.ask, shift=shift, fellow=julio, by=rosa, at=shift.starts_at) == "begun"


def test_nobody_asks_a_stranger_or_sees_the_swaps_of_others(shift, rosa, julio, coordinator, stranger):
    with pytest.raises(Refusal):
        ask(shift, rosa, stranger)
    swap = SwapFactory(shift=shift, organization=shift.organization, asked_by=rosa, asked=julio)
    for member, sees in ((rosa, True), (julio, True), (coordinator, True), (stranger, False)):
        assert Swap.objects.visible_to(member).filter(pk=swap.pk).exists() is sees
    uninvolved = MembershipFactory(organization=shift.organization, roles={Role.VOLUNTEER})
    assert not Swap.objects.visible_to(uninvolved).exists()


LIFE = {
    ("asked", "accept"): "accepted",
    ("asked", "decline"): "declined",
    ("asked", "cancel"): "cancelled",
    ("asked", "expire"): "expired",
    ("asked", "void"): "void",
}


@pytest.mark.parametrize("verb", ["accept", "decline", "cancel", "expire", "void"])
@pytest.mark.parametrize("status", ["asked", "accepted", "declined", "cancelled", "expired", "void"])
def test_the_life_of_a_swap(status, verb):
    if (status, verb) in LIFE:
        assert SWAP.move(status, verb) == LIFE[status, verb]
    else:
        with pytest.raises(IllegalMove):
            SWAP.move(status, verb)


def test_a_second_yes_changes_nothing(shift, rosa, julio):
    swap = ask(shift, rosa, julio)
    swaps.accept(swap=swap, by=julio, at=NOON)
    swaps.accept(swap=swap, by=julio, at=NOON + HOUR)
    assert Shift.objects.get(pk=shift.pk).places_taken == 2
    with pytest.raises(Conflict):
        swaps.ask(shift=shift, fellow=julio, by=rosa, at=NOON)
