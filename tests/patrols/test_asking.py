"""Asking six to come along: the first yes takes the place."""

from datetime import date, datetime, timedelta

import pytest

from accounts.actors import SystemActor
from accounts.roles import Role
from notifications.models import Notice
from patrols import notices
from patrols.actions import availability, candidates, house, requests, signups
from patrols.models import LIMA, Request
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from tests.factories import NOON, MembershipFactory, ShiftFactory, SignupFactory
from tests.patrols.factories_calendar import RequestFactory

HOUR = timedelta(hours=1)
SAYS = {kind.code: kind.say for kind in notices.KINDS}


@pytest.fixture
def neighbors(organization):
    return MembershipFactory.create_batch(7, organization=organization, roles={Role.VOLUNTEER})


@pytest.fixture
def short(organization):
    """A night on Friday at nine in the evening with one of two people."""
    shift = ShiftFactory(organization=organization, capacity=4)
    SignupFactory(shift=shift, organization=organization)
    shift.refresh_from_db()
    return shift


@pytest.fixture
def asked(short, neighbors, coordinator):
    return requests.ask(shift=short, members=neighbors[:3], by=coordinator, at=NOON)


def said(code):
    found = []
    for notice in Notice.objects.filter(kind=code, channel="inbox"):
        message = SAYS[code](notice, NOON + HOUR)
        found += [(notice.recipient_id, message)] if message else []
    return found


def test_each_is_asked_once_and_told_when_without_place_or_names(asked, short, coordinator, neighbors):
    requests.ask(shift=short, members=neighbors[:3], by=coordinator, at=NOON + HOUR)
    assert Request.objects.count() == 3
    told = said("place_asked")
    assert {recipient for recipient, _message in told} == {one.pk for one in neighbors[:3]}
    for _recipient, message in told:
        words = f"{message.title} {message.body}"
        assert "21:00" in words
        assert not any(secret in words for secret in (short.meeting_point, short.sector.name))


def test_the_first_yes_takes_the_place_and_the_others_are_told(asked, short):
    signup = requests.accept(request=asked[0], by=asked[0].membership, at=NOON + HOUR)
    assert signup.status == "confirmed"
    with pytest.raises(Conflict) as refused:
        requests.accept(request=asked[1], by=asked[1].membership, at=NOON + HOUR)
    assert refused.value.code == "full"
    assert {one.status for one in Request.objects.exclude(pk=asked[0].pk)} == {"filled"}
    assert said("place_asked") == []
    assert {recipient for recipient, _ in said("place_filled")} == {one.membership_id for one in asked[1:]}


def test_saying_yes_twice_is_one_yes(asked):
    first = requests.accept(request=asked[0], by=asked[0].membership, at=NOON + HOUR)
    assert requests.accept(request=asked[0], by=asked[0].membership, at=NOON + HOUR) == first


def test_whoever_said_no_is_not_asked_again_for_that_night(asked, short, coordinator):
    requests.decline(request=asked[0], by=asked[0].membership, at=NOON + HOUR)
    with pytest.raises(Conflict) as refused:
        requests.ask(shift=short, members=[asked[0].membership], by=coordinator, at=NOON + HOUR)
    assert refused.value.code == "said_no"
    with pytest.raises(IllegalMove):
        requests.accept(request=asked[0], by=asked[0].membership, at=NOON + HOUR)


def test_a_request_runs_out_and_may_be_asked_anew(asked, short, coordinator):
    later = NOON + timedelta(hours=13)
    with pytest.raises(Conflict):
        requests.accept(request=asked[0], by=asked[0].membership, at=later)
    assert requests.lapse(by=SystemActor("requests"), at=later) == 3
    assert requests.lapse(by=SystemActor("requests"), at=later) == 0
    (again,) = requests.ask(shift=short, members=[asked[0].membership], by=coordinator, at=later)
    assert (again.pk, again.status) == (asked[0].pk, "asked")


def test_when_enough_sign_up_by_themselves_nobody_needs_to_answer(asked, short, neighbors):
    signups.sign_up(shift=short, by=neighbors[6], at=NOON + HOUR)
    assert requests.lapse(by=SystemActor("requests"), at=NOON + HOUR) == 3
    assert set(Request.objects.values_list("status", flat=True)) == {"filled"}


def test_at_most_six_wait_for_an_answer(short, neighbors, coordinator):
    requests.ask(shift=short, members=neighbors[:6], by=coordinator, at=NOON)
    with pytest.raises(Conflict) as refused:
        requests.ask(shift=short, members=neighbors[6:], by=coordinator, at=NOON)
    assert refused.value.code == "six_asked"
    with pytest.raises(Invalid):
        requests.ask(shift=short, members=neighbors, by=coordinator, at=NOON)
    with pytest.raises(Invalid):
        requests.ask(shift=short, members=[], by=coordinator, at=NOON)


def test_a_yes_obeys_the_rules_of_every_sign_up(asked, organization):
    elsewhere = ShiftFactory(organization=organization)
    signups.sign_up(shift=elsewhere, by=asked[0].membership, at=NOON)
    with pytest.raises(Conflict) as refused:
        requests.accept(request=asked[0], by=asked[0].membership, at=NOON + HOUR)
    assert refused.value.code == "overlap"


@pytest.mark.parametrize(
    ("hours", "before"), [({"opens_days_before": 1}, 30), ({"closes_hours_before": 6}, 5)]
)
def test_whoever_the_coordinator_asked_says_yes_although_the_list_is_not_open(
    hours, before, short, coordinator, neighbors
):
    house.set_rules(by=coordinator, at=NOON, **hours)
    at = short.starts_at - before * HOUR
    with pytest.raises(Conflict):
        signups.sign_up(shift=short, by=neighbors[0], at=at)
    (asked,) = requests.ask(shift=short, members=neighbors[:1], by=coordinator, at=at)
    assert requests.accept(request=asked, by=neighbors[0], at=at).status == "confirmed"


def test_whoever_was_offered_a_place_meanwhile_takes_that_one_with_their_yes(asked, short, organization):
    member = asked[0].membership
    SignupFactory(shift=short, membership=member, organization=organization, status="offered")
    signup = requests.accept(request=asked[0], by=member, at=NOON + HOUR)
    short.refresh_from_db()
    assert (signup.status, short.places_taken, short.places_offered) == ("confirmed", 2, 0)


def test_nobody_answers_for_another_and_strangers_find_nothing(asked, neighbors, coordinator, stranger):
    for verb in (requests.accept, requests.decline):
        with pytest.raises(NotAllowed):
            verb(request=asked[0], by=neighbors[5], at=NOON)
        with pytest.raises(NotAllowed):
            verb(request=asked[0], by=coordinator, at=NOON)
        with pytest.raises(NotFound):
            verb(request=asked[0], by=stranger, at=NOON)


def test_who_was_asked_is_not_shown_to_the_others(asked, coordinator):
    assert list(Request.objects.visible_to(asked[0].membership)) == [asked[0]]
    assert Request.objects.visible_to(coordinator).count() == 3


def test_a_volunteer_asks_nobody_and_nobody_of_another_board_is_asked(
    short, neighbors, coordinator, stranger
):
    with pytest.raises(NotAllowed):
        requests.ask(shift=short, members=neighbors[:1], by=neighbors[0], at=NOON)
    with pytest.raises(NotFound):
        requests.ask(shift=short, members=[stranger], by=coordinator, at=NOON)
    with pytest.raises(NotFound):
        requests.ask(shift=short, members=neighbors[:1], by=stranger, at=NOON)


@pytest.mark.parametrize("status", ["draft", "closed", "cancelled"])
def test_nobody_is_asked_for_a_night_that_takes_nobody(status, organization, neighbors, coordinator):
    shift = ShiftFactory(organization=organization, status=status)
    with pytest.raises(IllegalMove):
        requests.ask(shift=shift, members=neighbors[:1], by=coordinator, at=NOON)


def test_one_who_goes_out_elsewhere_is_not_asked(short, neighbors, coordinator, organization):
    SignupFactory(
        shift=ShiftFactory(organization=organization), membership=neighbors[0], organization=organization
    )
    with pytest.raises(Conflict) as refused:
        requests.ask(shift=short, members=neighbors[:1], by=coordinator, at=NOON)
    assert refused.value.code == "cannot_come"


# -- who fits


def rank(shift):
    return [one.member for one in candidates.of(shift=shift, at=NOON) if one.is_eligible]


def test_who_can_comes_first_and_who_went_out_least(short, neighbors, organization):
    tired, fresh = neighbors[0], neighbors[1]
    for member in (tired, fresh):
        availability.tell_week(by=member, slots={(4, "night")})
    SignupFactory(
        shift=ShiftFactory(organization=organization, starts_at=short.starts_at - timedelta(days=7)),
        membership=tired,
        organization=organization,
    )
    assert rank(short)[:2] == [fresh, tired]


def test_a_leader_comes_first_where_the_crew_has_none(short, organization):
    leader = MembershipFactory(organization=organization, roles={Role.PATROL_LEADER})
    assert rank(short)[0] == leader


def test_an_exception_counts_more_than_the_week(short, neighbors):
    availability.tell_week(by=neighbors[0], slots={(4, "night")})
    availability.tell_day(
        by=neighbors[0], on=date(2030, 1, 4), parts={"night": False}, today=date(2030, 1, 1)
    )
    found = {one.member: one.can for one in candidates.of(shift=short, at=NOON)}
    assert found[neighbors[0]] is False
    assert found[neighbors[1]] is None


def test_each_who_cannot_has_a_reason(short, neighbors, organization, asked):
    SignupFactory(
        shift=ShiftFactory(organization=organization), membership=neighbors[3], organization=organization
    )
    found = {one.member: one for one in candidates.of(shift=short, at=NOON)}
    assert len(found[neighbors[3]].reasons) == 1
    assert not found[neighbors[0]].may_be_asked
    assert found[neighbors[4]].may_be_asked


def test_the_ranking_costs_the_same_for_two_and_for_seventy(short, organization, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def cost():
        with CaptureQueriesContext(connection) as queries:
            candidates.of(shift=short, at=NOON)
        return len(queries)

    before = cost()
    MembershipFactory.create_batch(30, organization=organization, roles={Role.VOLUNTEER})
    assert cost() == before


# -- saying when one can


def test_the_week_is_replaced_whole_and_is_ones_own(volunteer, coordinator, stranger, neighbors):
    from patrols.models import Availability

    availability.tell_week(by=volunteer, slots={(0, "night"), (4, "evening")})
    availability.tell_week(by=volunteer, slots={(4, "evening")})
    (row,) = Availability.objects.all()
    assert (row.weekday, row.part) == (4, "evening")
    assert list(Availability.objects.visible_to(coordinator)) == [row]
    for nobody in (stranger, neighbors[0]):
        assert not Availability.objects.visible_to(nobody).exists()


@pytest.mark.parametrize("slot", [(7, "night"), (-1, "night"), (0, "dawn")])
def test_a_part_that_does_not_exist_is_refused(slot, volunteer):
    with pytest.raises(Invalid):
        availability.tell_week(by=volunteer, slots={slot})


@pytest.mark.parametrize("on", [date(2029, 12, 31), date(2031, 6, 1)])
def test_a_day_behind_or_far_ahead_is_refused(on, volunteer):
    with pytest.raises(Invalid):
        availability.tell_day(by=volunteer, on=on, parts={"night": True}, today=date(2030, 1, 1))


def test_an_outing_past_midnight_is_of_the_night_before():
    from patrols.states.availability import parts_of

    starts = datetime(2030, 1, 5, 1, tzinfo=LIMA)
    assert parts_of(starts, starts + 2 * HOUR) == {"night"}
    evening = datetime(2030, 1, 4, 18, 30, tzinfo=LIMA)
    assert parts_of(evening, evening + 3 * HOUR) == {"evening"}
    assert parts_of(evening, evening + 4 * HOUR) == {"evening", "night"}


def test_a_request_row_shows_no_name(organization):
    assert "Picaflor" not in str(RequestFactory(organization=organization))
