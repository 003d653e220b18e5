"""Planning the nights."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from accounts.roles import Role
from audit.models import Entry
from notifications.models import Notice
from patrols import queries
from patrols.actions import shifts, signups
from patrols.models import Patrol, Shift, Signup
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound, Stale
from tests.factories import (
    NOON,
    CrewMemberFactory,
    MembershipFactory,
    PatrolFactory,
    SectorFactory,
    ShiftFactory,
    SignupFactory,
)

HOUR = timedelta(hours=1)
LIMA = ZoneInfo("America/Lima")


@pytest.fixture
def plan(coordinator):
    """Plan a shift that works, except for what the test breaks."""
    sector = SectorFactory(district__ubigeo=coordinator.ubigeo)

    def press(**broken):
        words = {
            "by": coordinator,
            "sector": sector,
            "kind": "neighbor_round",
            "starts_at": NOON + 9 * HOUR,
            "ends_at": NOON + 12 * HOUR,
            "meeting_point": "Parque central",
            "capacity": 6,
            "minimum_crew": 2,
            "at": NOON,
        }
        return shifts.plan(**words | broken)

    return press


def test_a_plan_is_a_draft_until_it_is_published(plan, coordinator):
    draft = plan()
    assert (draft.status, draft.version) == ("draft", 1)
    assert plan(publish=True).status == "open"

    assert shifts.publish(shift=draft, by=coordinator, at=NOON).status == "open"
    assert list(Entry.objects.order_by("pk").values_list("action", flat=True)) == [
        "shift.planned",
        "shift.planned",
        "shift.published",
    ]


@pytest.mark.parametrize(
    ("broken", "fields"),
    [
        ({"ends_at": NOON + 9 * HOUR}, ["ends_at"]),
        ({"ends_at": NOON + 8 * HOUR}, ["ends_at"]),
        ({"ends_at": NOON + 21 * HOUR + timedelta(seconds=1)}, ["ends_at"]),
        ({"starts_at": NOON}, ["starts_at"]),
        ({"starts_at": NOON - HOUR}, ["ends_at", "starts_at"]),
        ({"capacity": 1}, ["capacity"]),
        ({"capacity": 501}, ["capacity"]),
        ({"minimum_crew": 1}, ["minimum_crew"]),
        ({"minimum_crew": 7}, ["capacity"]),
        ({"kind": "municipal_patrol"}, ["kind"]),
        ({"kind": "integrated_patrol"}, ["kind"]),
        ({"meeting_point": "  "}, ["meeting_point"]),
        ({"meeting_point": "x" * 201}, ["meeting_point"]),
    ],
)
def test_a_plan_that_cannot_work_is_refused_by_field(broken, fields, plan):
    with pytest.raises(Invalid) as refused:
        plan(**broken)
    assert sorted(refused.value.fields) == fields
    assert not Shift.objects.exists()


def test_a_plan_at_its_limits_works(plan):
    assert plan(ends_at=NOON + 21 * HOUR, capacity=500, minimum_crew=2).pk
    assert plan(capacity=2, kind="school_protection").pk


def test_a_plan_borrows_no_sector_of_another_district(plan):
    with pytest.raises(NotFound):
        plan(sector=SectorFactory(district__ubigeo="150101"))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COORDINATOR}))
def test_only_a_coordinator_plans(role, plan, organization):
    with pytest.raises(NotAllowed):
        plan(by=MembershipFactory(organization=organization, roles={role}))


@pytest.mark.parametrize(
    ("starts", "night"),
    [
        (datetime(2030, 1, 4, 21, 0, tzinfo=LIMA), date(2030, 1, 4)),
        (datetime(2030, 1, 5, 0, 0, tzinfo=LIMA), date(2030, 1, 4)),
        (datetime(2030, 1, 5, 5, 59, 59, tzinfo=LIMA), date(2030, 1, 4)),
        (datetime(2030, 1, 5, 6, 0, tzinfo=LIMA), date(2030, 1, 5)),
        (datetime(2030, 2, 1, 2, 0, tzinfo=LIMA), date(2030, 1, 31)),
    ],
)
def test_what_starts_after_midnight_belongs_to_the_night_before(starts, night, plan):
    shift = plan(starts_at=starts, ends_at=starts + 2 * HOUR)
    assert shift.service_date == night


def test_moving_a_shift_moves_its_date_of_service(plan, coordinator):
    starts = datetime(2030, 1, 5, 1, 0, tzinfo=LIMA)
    shift = shifts.change(shift=plan(), by=coordinator, at=NOON, starts_at=starts, ends_at=starts + 2 * HOUR)
    assert shift.service_date == date(2030, 1, 4)


# -- every state and every verb, against the tests' own table

MOVES = {
    ("draft", "publish"): "open",
    ("draft", "change"): "draft",
    ("open", "change"): "open",
    ("closed", "change"): "closed",
    ("open", "close"): "closed",
    ("closed", "reopen"): "open",
    ("draft", "cancel"): "cancelled",
    ("open", "cancel"): "cancelled",
    ("closed", "cancel"): "cancelled",
}
VERBS = {
    "publish": lambda shift, by: shifts.publish(shift=shift, by=by, at=NOON),
    "change": lambda shift, by: shifts.change(shift=shift, by=by, at=NOON, capacity=9),
    "close": lambda shift, by: shifts.close(shift=shift, by=by, at=NOON),
    "reopen": lambda shift, by: shifts.reopen(shift=shift, by=by, at=NOON),
    "cancel": lambda shift, by: shifts.cancel(shift=shift, by=by, at=NOON, reason="Lluvia"),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", ["draft", "open", "closed", "cancelled"])
def test_every_move_of_a_shift_is_legal_or_refused(status, verb, organization, coordinator):
    shift = ShiftFactory(organization=organization, status=status)

    if (status, verb) in MOVES:
        moved = VERBS[verb](shift, coordinator)
        assert (moved.status, moved.version) == (MOVES[status, verb], 2)
        assert Entry.objects.count() == 1
    else:
        with pytest.raises(IllegalMove):
            VERBS[verb](shift, coordinator)
        assert Entry.objects.count() == 0


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_finds_no_shift_and_a_neighbor_may_not(verb, organization, stranger, volunteer):
    shift = ShiftFactory(organization=organization)
    with pytest.raises(NotFound):
        VERBS[verb](shift, stranger)
    with pytest.raises(NotAllowed):
        VERBS[verb](shift, volunteer)


# -- changing


def test_a_stale_change_is_refused(shift, coordinator):
    shifts.change(shift=shift, by=coordinator, at=NOON, expected_version=1, capacity=9)
    with pytest.raises(Stale):
        shifts.change(shift=shift, by=coordinator, at=NOON, expected_version=1, capacity=5)


def test_a_change_that_changes_nothing_leaves_no_trace(shift, coordinator):
    same = shifts.change(shift=shift, by=coordinator, at=NOON, capacity=2, kind="neighbor_round")
    assert (same.version, Entry.objects.count(), Notice.objects.count()) == (1, 0, 0)


@pytest.mark.parametrize("field", ["status", "places_taken", "organization", "version"])
def test_what_has_a_verb_of_its_own_is_not_changed_this_way(field, shift, coordinator):
    with pytest.raises(TypeError):
        shifts.change(shift=shift, by=coordinator, at=NOON, **{field: 1})


def test_places_that_are_taken_cannot_be_planned_away(shift, crew, coordinator):
    SignupFactory(shift=shift, organization=shift.organization, status="waitlisted")
    Shift.objects.filter(pk=shift.pk).update(capacity=3)
    SignupFactory(shift=Shift.objects.get(pk=shift.pk), organization=shift.organization)
    with pytest.raises(Invalid) as refused:
        shifts.change(shift=shift, by=coordinator, at=NOON, capacity=2)
    assert list(refused.value.fields) == ["capacity"]


def test_new_places_are_offered_to_the_line(shift, crew, coordinator):
    line = [
        SignupFactory(
            shift=shift,
            organization=shift.organization,
            status="waitlisted",
            waiting_since=NOON + place * HOUR,
        )
        for place in range(3)
    ]

    shifts.change(shift=shift, by=coordinator, at=NOON, capacity=4)

    for signup in line:
        signup.refresh_from_db()
    assert [signup.status for signup in line] == ["offered", "offered", "waitlisted"]


def test_a_moved_shift_asks_again_who_comes_and_no_offer_outlives_its_start(shift, crew, coordinator):
    going = Signup.objects.filter(shift=shift).first()
    signups.confirm_attending(signup=going, by=going.membership, at=NOON)
    offered = SignupFactory(
        shift=ShiftFactory(organization=shift.organization),
        organization=shift.organization,
        status="offered",
    )

    shifts.change(shift=shift, by=coordinator, at=NOON, starts_at=shift.starts_at + HOUR / 2)
    shifts.change(
        shift=offered.shift, by=coordinator, at=NOON, starts_at=NOON + HOUR, ends_at=NOON + 3 * HOUR
    )

    for signup in (going, offered):
        signup.refresh_from_db()
    assert going.attending_confirmed_at is None
    assert offered.offer_expires_at == NOON + HOUR


@pytest.mark.parametrize(("hours", "is_free"), [(0, False), (-2, False), (13, True), (-13, True), (2, False)])
def test_a_shift_is_not_moved_to_hours_at_which_its_crew_goes_out_elsewhere(
    hours, is_free, shift, crew, coordinator
):
    elsewhere = ShiftFactory(organization=shift.organization, starts_at=shift.starts_at + 24 * HOUR)
    for member in crew:
        SignupFactory(organization=shift.organization, shift=elsewhere, membership=member)
    starts_at = elsewhere.starts_at + hours * HOUR
    moved = {"starts_at": starts_at, "ends_at": starts_at + 3 * HOUR}
    if is_free:
        assert shifts.change(shift=shift, by=coordinator, at=NOON, **moved).starts_at == starts_at
        return
    with pytest.raises(Conflict) as refused:
        shifts.change(shift=shift, by=coordinator, at=NOON, **moved)
    assert refused.value.code == "overlap"
    assert str(refused.value.detail).startswith("2 ")
    shift.refresh_from_db()
    assert shift.starts_at == NOON + timedelta(days=3, hours=9)
    assert not Notice.objects.exists()


@pytest.mark.parametrize("standing", ["waitlisted", "withdrawn"])
def test_who_only_waits_or_has_left_keeps_no_shift_from_moving(standing, shift, crew, coordinator):
    elsewhere = ShiftFactory(organization=shift.organization, starts_at=shift.starts_at + 24 * HOUR)
    waits = {"waiting_since": NOON} if standing == "waitlisted" else {}
    SignupFactory(
        organization=shift.organization, shift=elsewhere, membership=crew[0], status=standing, **waits
    )
    moved = {"starts_at": elsewhere.starts_at, "ends_at": elsewhere.ends_at}
    assert shifts.change(shift=shift, by=coordinator, at=NOON, **moved).ends_at == elsewhere.ends_at


def test_what_leaves_the_hours_alone_asks_nobody_again(shift, crew, coordinator):
    """Two nights that clash from before must not keep a coordinator from mending the rest."""
    twin = ShiftFactory(organization=shift.organization, starts_at=shift.starts_at)
    SignupFactory(organization=shift.organization, shift=twin, membership=crew[0])
    changed = shifts.change(shift=shift, by=coordinator, at=NOON, meeting_point="La otra losa")
    assert changed.meeting_point == "La otra losa"


@pytest.mark.parametrize("verb", ["publish", "change", "reopen"])
def test_a_shift_that_has_begun_is_not_planned_any_more(verb, organization, coordinator):
    status = {"publish": "draft", "change": "open", "reopen": "closed"}[verb]
    shift = ShiftFactory(organization=organization, status=status, starts_at=NOON)
    with pytest.raises(Conflict) as refused:
        VERBS[verb](shift, coordinator)
    assert refused.value.code == "begun"


def test_a_shift_whose_crew_is_meeting_is_not_changed(patrol_that_is, coordinator):
    with pytest.raises(Conflict) as refused:
        VERBS["change"](patrol_that_is("briefing").shift, coordinator)
    assert refused.value.code == "briefing_open"


# -- calling off


def test_a_cancelled_shift_keeps_its_signups_and_says_why(shift, crew, coordinator):
    cancelled = shifts.cancel(shift=shift, by=coordinator, at=NOON, reason=" Lluvia ")

    assert (cancelled.status, cancelled.cancel_reason, cancelled.plan_version) == (
        "cancelled",
        "Lluvia",
        2,
    )
    assert Signup.objects.filter(shift=shift, status="confirmed").count() == 2


def test_cancelling_needs_a_reason_and_nothing_of_it_reaches_the_trail(shift, coordinator):
    with pytest.raises(Invalid) as refused:
        shifts.cancel(shift=shift, by=coordinator, at=NOON, reason=" ")
    assert list(refused.value.fields) == ["reason"]
    shifts.cancel(shift=shift, by=coordinator, at=NOON, reason="Balacera")
    assert "Balacera" not in str(list(Entry.objects.values()))


def test_a_shift_that_is_over_is_not_called_off(shift, coordinator):
    with pytest.raises(Conflict) as refused:
        shifts.cancel(shift=shift, by=coordinator, at=shift.ends_at, reason="Tarde")
    assert refused.value.code == "over"


@pytest.mark.parametrize("status", ["active", "paused", "debrief", "closed", "missed"])
def test_a_shift_whose_crew_went_out_is_not_called_off(status, patrol_that_is, coordinator):
    patrol = patrol_that_is(status)
    with pytest.raises(IllegalMove):
        shifts.cancel(shift=patrol.shift, by=coordinator, at=NOON, reason="Tarde")
    patrol.shift.refresh_from_db()
    assert patrol.shift.status == "open"


def test_calling_off_a_shift_takes_its_open_briefing_along(patrol_that_is, coordinator):
    patrol = patrol_that_is("briefing")
    shifts.cancel(shift=patrol.shift, by=coordinator, at=NOON, reason="Lluvia")
    assert Patrol.objects.get().status == "cancelled"


def test_a_draft_is_thrown_away_in_silence(organization, coordinator):
    shifts.cancel(
        shift=ShiftFactory(organization=organization, status="draft"),
        by=coordinator,
        at=NOON,
        reason="Ya no",
    )
    assert not Notice.objects.exists()


# -- the database itself

IMPOSSIBLE_SHIFTS = [
    {"status": "lost"},
    {"kind": "party"},
    {"places_taken": 3},
    {"places_offered": 1},
    {"minimum_crew": 1},
    {"capacity": 1},
    {"ends_at": NOON},
    {"occurrence_on": date(2030, 1, 4)},
]


@pytest.mark.parametrize("broken", IMPOSSIBLE_SHIFTS, ids=str)
def test_the_database_refuses_an_impossible_shift(broken, shift):
    with pytest.raises(IntegrityError), transaction.atomic():
        Shift.objects.filter(pk=shift.pk).update(**broken)


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "lost"},
        {"status": "offered"},
        {"status": "waitlisted"},
        {"confirmed_at": None},
        {"offer_expires_at": NOON},
    ],
    ids=str,
)
def test_the_database_refuses_an_impossible_signup(broken, shift):
    signup = SignupFactory(shift=shift, organization=shift.organization)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signup.objects.filter(pk=signup.pk).update(**broken)


@pytest.mark.parametrize(
    "broken",
    [
        {"status": "lost"},
        {"status": "briefing"},
        {"status": "debrief"},
        {"started_at": None},
        {"ended_at": NOON},
        {"leader": None},
        {"mood": 6},
        {"status": "aborted_for_safety", "ended_at": NOON + 99 * HOUR},
        {"status": "debrief", "ended_at": NOON - 99 * HOUR},
    ],
    ids=str,
)
def test_the_database_refuses_an_impossible_patrol(broken, patrol_that_is):
    patrol = patrol_that_is("active")
    with pytest.raises(IntegrityError), transaction.atomic():
        Patrol.objects.filter(pk=patrol.pk).update(**broken)


# -- the week and its numbers


def test_the_week_holds_the_nights_from_monday_to_sunday(organization, volunteer):
    for day in (6, 7, 13, 14):
        ShiftFactory(organization=organization, service_date=date(2030, 1, day))
    ShiftFactory(organization=organization, service_date=date(2030, 1, 8), status="draft")

    week = queries.week_of(volunteer, date(2030, 1, 7))

    assert sorted(shift.service_date.day for shift in week) == [7, 13]


def test_the_next_shift_is_the_first_one_is_confirmed_for(organization, volunteer):
    for hours, status in ((5, "waitlisted"), (9, "confirmed"), (7, "confirmed"), (3, "withdrawn")):
        shift = ShiftFactory(organization=organization, starts_at=NOON + hours * HOUR)
        SignupFactory(shift=shift, membership=volunteer, organization=organization, status=status)

    assert queries.next_of(volunteer, NOON).starts_at == NOON + 7 * HOUR
    starts = [shift.starts_at - NOON for shift in queries.upcoming_of(volunteer, NOON)]
    assert starts == [5 * HOUR, 7 * HOUR, 9 * HOUR]


def test_a_week_counts_who_was_there_and_for_how_long(organization, volunteer):
    shift = ShiftFactory(organization=organization, service_date=date(2030, 1, 13))
    patrol = PatrolFactory(
        organization=organization,
        shift=shift,
        status="reviewed",
        safety_reason="weather",
        started_at=NOON,
        ended_at=NOON + 3 * HOUR,
    )
    here = {"patrol": patrol, "organization": organization}
    CrewMemberFactory(**here, membership=volunteer, attendance="late", present_since=NOON + HOUR)
    CrewMemberFactory(**here, attendance="present", present_since=NOON - HOUR / 2)
    CrewMemberFactory(**here, attendance="no_show")
    CrewMemberFactory(**here, attendance="excused")
    PatrolFactory(
        organization=organization,
        status="missed",
        leader=None,
        shift=ShiftFactory(organization=organization, service_date=date(2030, 1, 7)),
    )
    ShiftFactory(organization=organization, service_date=date(2030, 1, 9), status="cancelled")
    monday = date(2030, 1, 7)

    assert queries.board_week(organization.pk, monday) == queries.BoardWeek(
        patrols=1, aborted=1, missed=1, cancelled=1, hours=3.0, person_hours=5.0, people=2
    )
    assert queries.own_weeks(monday)[volunteer.pk] == queries.OwnWeek(patrols=1, hours=2.0)
    assert queries.board_week(organization.pk, date(2030, 1, 14)) == queries.BoardWeek()


def test_short_shifts_are_those_with_fewer_people_than_may_go(organization):
    def night(people, **fields):
        shift = ShiftFactory(organization=organization, starts_at=NOON + 5 * HOUR, **fields)
        SignupFactory.create_batch(people, shift=shift, organization=organization)
        SignupFactory(shift=shift, organization=organization, status="offered")
        return shift.pk

    short = {night(1), night(2, minimum_crew=3), night(0, status="closed")}
    night(2)
    night(0, status="draft")
    night(0, status="cancelled")

    found = queries.short_shifts(Shift.objects.all(), NOON, NOON + 6 * HOUR)

    assert {shift.pk for shift in found} == short
    assert not queries.short_shifts(Shift.objects.all(), NOON, NOON + 4 * HOUR).exists()
