"""A month as Ronda proposes it: unpredictable, where people can, and nothing published by itself."""

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from accounts.roles import Role
from audit.models import Entry
from patrols.actions import availability, proposals, roles
from patrols.actions.drawing import Window
from patrols.actions.wishes import Wish
from patrols.models import LIMA, Proposal, Shift, ShiftRole
from patrols.queries import patterns
from patrols.states import CrewRole
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from tests.factories import (
    NOON,
    MembershipFactory,
    PriorityPointFactory,
    SectorFactory,
    ShiftFactory,
    SignupFactory,
)
from tests.patrols.factories_calendar import ProposalFactory, ProposedNightFactory, ShiftRoleFactory

EVENINGS = Window(frozenset(range(7)), time(18), time(23, 30))
FEBRUARY = date(2030, 2, 1)
PUBLISHED_AT = NOON + timedelta(minutes=1)
TOO_LATE_FOR_ANY = datetime(2030, 2, 27, 12, tzinfo=LIMA)


@pytest.fixture
def sector(organization):
    return SectorFactory(district__ubigeo=organization.ubigeo)


@pytest.fixture
def wish(sector):
    def make(**words):
        plain = {
            "month": FEBRUARY,
            "per_week": 2,
            "windows": [EVENINGS],
            "duration": timedelta(hours=3),
            "sectors": [sector],
            "kind": "neighbor_round",
            "capacity": 6,
            "minimum_crew": 2,
            "meeting_point": "Parque central",
        }
        return Wish(**plain | words)

    return make


@pytest.fixture
def proposal(coordinator, wish):
    return proposals.propose(by=coordinator, wish=wish(), at=NOON, seed=7)


def nights_of(proposal):
    return list(Shift.objects.filter(proposed__proposal=proposal).order_by("starts_at"))


def local(shift):
    return shift.starts_at.astimezone(LIMA)


def test_it_proposes_so_many_drafts_a_week_inside_the_windows(proposal):
    nights = nights_of(proposal)
    assert proposal.unplaced == 0
    assert {shift.status for shift in nights} == {"draft"}
    weeks = Counter(shift.service_date.isocalendar().week for shift in nights)
    assert weeks == {5: 1, 6: 2, 7: 2, 8: 2, 9: 1}  # February begins on a Friday and ends on a Thursday
    for shift in nights:
        assert time(18) <= local(shift).time()
        assert shift.ends_at <= datetime.combine(local(shift).date(), time(23, 30), LIMA)
        assert shift.ends_at - shift.starts_at == timedelta(hours=3)


def test_the_members_see_none_of_it(proposal, volunteer):
    assert not Shift.objects.visible_to(volunteer).exists()
    assert not Proposal.objects.visible_to(volunteer).exists()


def test_with_the_same_seed_it_is_the_same_month_and_without_nobody_knows(coordinator, wish):
    def month(seed):
        proposal = proposals.propose(by=coordinator, wish=wish(per_week=4), at=NOON, seed=seed)
        found = [shift.starts_at for shift in nights_of(proposal)]
        proposals.discard(proposal=proposal, by=coordinator)
        return found

    assert month(1) == month(1)
    assert len({tuple(month(None)) for _time in range(4)}) == 4


@pytest.mark.parametrize("seed", range(6))
def test_no_weekday_hour_comes_three_times_with_what_is_planned_and_was_walked(
    seed, organization, coordinator, wish
):
    for week in (1, 2):  # two Fridays at nine in January
        starts_at = datetime(2030, 1, 4 + 7 * week, 21, tzinfo=LIMA)
        ShiftFactory(organization=organization, starts_at=starts_at, service_date=starts_at.date())
    proposals.propose(by=coordinator, wish=wish(per_week=7), at=NOON, seed=seed)
    starts = list(Shift.objects.values_list("starts_at", flat=True))
    assert patterns.repeated(starts) == {}
    assert (4, 21) not in {
        patterns.slot_of(shift.starts_at) for shift in Shift.objects.filter(status="draft")
    }


def test_narrow_windows_leave_nights_unplaced_rather_than_make_a_pattern(coordinator, wish):
    fridays = Window(frozenset({4}), time(21), time(0))
    proposal = proposals.propose(by=coordinator, wish=wish(windows=[fridays], per_week=1), at=NOON, seed=1)
    assert len(nights_of(proposal)) == 2
    assert proposal.unplaced == 2


def test_it_favors_the_hours_at_which_enough_people_can(organization, coordinator, wish):
    for _person in range(4):
        member = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
        availability.tell_week(by=member, slots={(1, "evening"), (1, "night"), (3, "evening"), (3, "night")})
    found = Counter()
    for seed in range(8):
        proposal = proposals.propose(by=coordinator, wish=wish(), at=NOON, seed=seed)
        found += Counter(local(shift).weekday() for shift in nights_of(proposal))
        proposals.discard(proposal=proposal, by=coordinator)
    assert found[1] + found[3] > sum(found.values()) / 2


def test_each_night_says_how_many_can_and_nobody_knows_before_anybody_said(proposal):
    assert {night.fit for night in proposal.nights.all()} == {"unknown"}


def test_a_night_that_stands_already_counts_and_its_day_stays_free(organization, coordinator, wish):
    starts_at = datetime(2030, 2, 6, 20, tzinfo=LIMA)
    ShiftFactory(organization=organization, starts_at=starts_at, service_date=starts_at.date())
    proposal = proposals.propose(by=coordinator, wish=wish(), at=NOON, seed=3)
    week = [shift for shift in nights_of(proposal) if shift.service_date.isocalendar().week == 6]
    assert len(week) == 1
    assert week[0].service_date != date(2030, 2, 6)


def test_only_days_to_come_are_proposed(coordinator, wish):
    at = datetime(2030, 2, 20, 12, tzinfo=LIMA)
    proposal = proposals.propose(by=coordinator, wish=wish(per_week=7), at=at, seed=1)
    assert min(shift.starts_at for shift in nights_of(proposal)) > at


def test_without_a_meeting_point_it_takes_points_of_the_sector(organization, coordinator, wish, sector):
    names = {PriorityPointFactory(organization=organization, sector=sector).name for _point in range(3)}
    proposal = proposals.propose(by=coordinator, wish=wish(meeting_point="", per_week=5), at=NOON, seed=1)
    assert {shift.meeting_point for shift in nights_of(proposal)} <= names


def test_it_sends_nobody_to_a_point_that_was_retired(organization, coordinator, wish, sector):
    kept, _retired = (
        PriorityPointFactory(organization=organization, sector=sector, name=name, retired_at=retired_at)
        for name, retired_at in (("Paradero", None), ("Quiosco", NOON))
    )
    proposal = proposals.propose(by=coordinator, wish=wish(meeting_point="", per_week=5), at=NOON, seed=1)
    assert {shift.meeting_point for shift in nights_of(proposal)} == {kept.name}


def test_it_sends_nobody_to_another_boards_points_or_to_another_sector(
    organization, coordinator, wish, sector
):
    PriorityPointFactory(sector=sector)
    PriorityPointFactory(organization=organization, sector=SectorFactory(district=sector.district))
    with pytest.raises(Invalid) as refused:
        proposals.propose(by=coordinator, wish=wish(meeting_point=""), at=NOON)
    assert set(refused.value.fields) == {"meeting_point"}


def wrong(**words):
    return pytest.param(words, next(iter(words)), id=next(iter(words)))


@pytest.mark.parametrize(
    ("words", "field"),
    [
        wrong(month=date(2029, 11, 1)),
        wrong(month=date(2032, 2, 1)),
        wrong(month=date(2030, 2, 2)),
        wrong(month=date(9999, 12, 31), windows=[Window(frozenset({0}), time(22), time(2))]),
        wrong(per_week=0),
        wrong(per_week=8),
        wrong(duration=timedelta(minutes=10)),
        wrong(duration=timedelta(hours=9)),
        wrong(windows=[]),
        wrong(windows=[Window(frozenset(range(7)), time(20), time(21))]),
        wrong(sectors=[]),
        wrong(meeting_point=""),
    ],
)
def test_what_cannot_be_proposed_is_refused_by_its_field(words, field, coordinator, wish):
    with pytest.raises(Invalid) as refused:
        proposals.propose(by=coordinator, wish=wish(**words), at=NOON)
    assert field in refused.value.fields
    assert not Shift.objects.exists()


@pytest.mark.parametrize("at", [NOON, TOO_LATE_FOR_ANY], ids=["a whole month", "no night"])
def test_a_volunteer_may_not_and_a_stranger_cannot_borrow_a_sector(volunteer, coordinator, wish, at):
    with pytest.raises(NotAllowed):
        proposals.propose(by=volunteer, wish=wish(per_week=1), at=at)
    elsewhere = SectorFactory(district__ubigeo="150110")
    with pytest.raises(NotFound):
        proposals.propose(by=coordinator, wish=wish(per_week=1, sectors=[elsewhere]), at=at)


def test_one_proposal_at_a_time_for_a_month(proposal, coordinator, wish):
    with pytest.raises(Conflict):
        proposals.propose(by=coordinator, wish=wish(), at=NOON)
    proposals.discard(proposal=proposal, by=coordinator)
    assert not Shift.objects.exists()
    proposals.propose(by=coordinator, wish=wish(), at=NOON)


def test_another_boards_proposal_or_another_month_stands_in_nobodys_way(coordinator, wish):
    ProposalFactory(month=FEBRUARY)
    ProposalFactory(month=date(2030, 3, 1), organization=coordinator.organization)
    assert proposals.propose(by=coordinator, wish=wish(), at=NOON).status == "open"


# -- looking through it


def test_a_night_is_drawn_again_within_its_week(proposal, coordinator):
    night = proposal.nights.order_by("shift__starts_at")[1]
    before = night.shift.starts_at
    again = proposals.redraw(night=night, by=coordinator, at=NOON, seed=5)
    assert again.shift.starts_at != before
    assert again.shift.service_date.isocalendar().week == local(night.shift).isocalendar().week
    assert again.shift.status == "draft"


def test_a_night_is_dropped_for_good(proposal, coordinator):
    night = proposal.nights.first()
    proposals.drop(night=night, by=coordinator)
    assert not Shift.objects.filter(pk=night.shift_id).exists()
    with pytest.raises(NotFound):
        proposals.drop(night=night, by=coordinator)


def test_drafts_that_were_given_roles_go_with_their_roles(proposal, coordinator):
    for night in proposal.nights.all():
        leads = [roles.Wish(CrewRole.LEADER, 1, 1)]
        roles.set_roles(shift=night.shift, by=coordinator, at=NOON, wishes=leads)
    other = ShiftRoleFactory(organization=coordinator.organization)
    proposals.drop(night=proposal.nights.first(), by=coordinator)
    proposals.discard(proposal=proposal, by=coordinator)
    assert nights_of(proposal) == []
    assert ShiftRole.objects.get() == other


def test_publishing_publishes_every_draft_that_is_left_once(proposal, coordinator):
    proposals.drop(night=proposal.nights.first(), by=coordinator)
    proposals.publish(proposal=proposal, by=coordinator, at=PUBLISHED_AT)
    entries = Entry.objects.count()
    again = proposals.publish(proposal=proposal, by=coordinator, at=PUBLISHED_AT)
    assert {shift.status for shift in nights_of(proposal)} == {"open"}
    assert (again.status, Entry.objects.count()) == ("published", entries)
    with pytest.raises(IllegalMove):
        proposals.discard(proposal=again, by=coordinator)


@pytest.mark.parametrize("verb", ["publish", "take_back", "discard"])
def test_what_is_done_to_one_proposal_leaves_the_nights_of_another(verb, proposal, coordinator):
    other = ProposedNightFactory(
        organization=coordinator.organization, proposal__month=date(2030, 3, 1)
    ).shift
    if verb == "take_back":
        proposals.publish(proposal=proposal, by=coordinator, at=PUBLISHED_AT)
        Shift.objects.filter(pk=other.pk).update(status="open")
        other.refresh_from_db()
    words = {"at": PUBLISHED_AT} if verb != "discard" else {}
    getattr(proposals, verb)(proposal=proposal, by=coordinator, **words)
    assert Shift.objects.get(pk=other.pk).status == other.status


def test_publishing_is_all_or_nothing(proposal, coordinator, monkeypatch):
    publish, done = proposals.shifts.publish, []

    def breaks(**words):
        done.append(words)
        if len(done) > 2:
            raise Conflict(code="broken")
        return publish(**words)

    monkeypatch.setattr(proposals.shifts, "publish", breaks)
    with pytest.raises(Conflict):
        proposals.publish(proposal=proposal, by=coordinator, at=PUBLISHED_AT)
    assert {shift.status for shift in nights_of(proposal)} == {"draft"}


def test_publishing_is_undone_while_nobody_has_signed_up(proposal, coordinator):
    proposals.publish(proposal=proposal, by=coordinator, at=PUBLISHED_AT)
    back = proposals.take_back(proposal=proposal, by=coordinator, at=PUBLISHED_AT + timedelta(minutes=5))
    assert back.status == "open"
    assert {shift.status for shift in nights_of(proposal)} == {"draft"}


def test_publishing_is_not_undone_later_nor_over_somebodys_head(proposal, coordinator, organization):
    proposals.publish(proposal=proposal, by=coordinator, at=PUBLISHED_AT)
    with pytest.raises(Conflict) as refused:
        proposals.take_back(proposal=proposal, by=coordinator, at=PUBLISHED_AT + timedelta(hours=1))
    assert refused.value.code == "too_late"
    SignupFactory(shift=nights_of(proposal)[0], organization=organization)
    with pytest.raises(Conflict) as refused:
        proposals.take_back(proposal=proposal, by=coordinator, at=PUBLISHED_AT)
    assert refused.value.code == "signed_up"


@pytest.mark.parametrize("verb", ["publish", "take_back", "discard"])
def test_a_stranger_finds_no_proposal_and_a_volunteer_may_not(verb, proposal, stranger, volunteer):
    words = {"at": NOON} if verb != "discard" else {}
    with pytest.raises(NotFound):
        getattr(proposals, verb)(proposal=proposal, by=stranger, **words)
    with pytest.raises(NotAllowed):
        getattr(proposals, verb)(proposal=proposal, by=volunteer, **words)


# -- patterns


def test_three_equal_weekday_hours_within_four_weeks_are_a_pattern(organization):
    fridays = [
        ShiftFactory(organization=organization, starts_at=datetime(2030, 1, day, 21, 10, tzinfo=LIMA))
        for day in (4, 11)
    ]
    assert patterns.pattern_of(fridays[0]) == 0
    third = ShiftFactory(organization=organization, starts_at=datetime(2030, 1, 18, 21, 40, tzinfo=LIMA))
    assert patterns.pattern_of(third) == 3


@pytest.mark.parametrize("words", [{"status": "cancelled"}, {"kind": "school_protection"}])
def test_what_was_called_off_and_school_hours_make_no_pattern(words, organization):
    for day in (4, 11, 18):
        starts_at = datetime(2030, 1, day, 21, tzinfo=LIMA)
        shift = ShiftFactory(organization=organization, starts_at=starts_at, **words)
    assert patterns.pattern_of(shift) == 0
    ShiftFactory(organization=organization, starts_at=shift.starts_at)
    assert patterns.pattern_of(Shift.objects.last()) == 0
