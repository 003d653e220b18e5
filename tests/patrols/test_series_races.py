"""Series under real concurrency: no night twice, no signup lost, nobody left behind in silence.

Each round begins with a series of its own, and many are needed: a lost lock shows only when two meet
in the middle. On PostgreSQL the rows decide, on SQLite the immediate transaction.
"""

from datetime import date, time, timedelta

import pytest

from accounts.actors import SystemActor
from accounts.roles import Role
from audit.models import Entry
from notifications.models import Notice
from patrols.actions import occurrences, series, shifts, signups
from patrols.models import Series, Shift, Signup
from tests.factories import NOON, MembershipFactory, SectorFactory, ShiftFactory, SignupFactory
from tests.races import together

pytestmark = pytest.mark.django_db(transaction=True)

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
FRIDAY = date(2030, 1, 4)
CLOCK = SystemActor("series")
ROUNDS = 5


@pytest.fixture
def plan(coordinator):
    """Begin a series: every Friday from ten at night to two in the morning, four nights ahead."""

    def begin(**changed):
        words = {
            "by": coordinator,
            "at": NOON,
            "rule": "FREQ=WEEKLY;BYDAY=FR",
            "starts_on": date(2030, 1, 1),
            "starts_time": time(22),
            "ends_time": time(2),
            "meeting_point": "Parque central",
            "capacity": 6,
        }
        sector = changed.get("sector") or SectorFactory(district__ubigeo=coordinator.ubigeo)
        return series.plan(**words | changed | {"sector": sector})

    return begin


@pytest.fixture
def neighbors(organization):
    return lambda count=4: MembershipFactory.create_batch(
        count, organization=organization, roles={Role.VOLUNTEER}
    )


def generate(at):
    return lambda: occurrences.generate(by=CLOCK, at=at)


def sign_up(night, member):
    return lambda: signups.sign_up(shift=night, by=member, at=NOON)


def nights(of):
    return list(Shift.objects.filter(series=of).exclude(status="cancelled").order_by("occurrence_on"))


def days(of):
    return [night.occurrence_on for night in nights(of)]


def planned(of):
    keys = [str(key) for key in Shift.objects.filter(series=of).values_list("pk", flat=True)]
    return Entry.objects.filter(action="shift.planned", subject_id__in=keys).count()


def check_nobody_is_left_behind(member, night, said):
    """Whoever got a place either still has it on a night that takes place, or was told it does not."""
    row = Signup.objects.filter(membership=member, shift=night).select_related("shift").first()
    assert (row is not None) == (said == "done"), said
    if row is None:
        return
    shift = row.shift
    assert (row.status, shift.places_taken) == ("confirmed", shift.signups.filter(status="confirmed").count())
    if shift.status == "cancelled":
        assert Notice.objects.filter(kind="shift_cancelled", recipient_id=member.pk, subject_id=shift.pk)


def test_workers_who_write_the_same_nights_at_once_write_each_once(plan):
    for _round in range(ROUNDS):
        mine = plan()
        together(*[generate(NOON + 3 * WEEK)] * 4)
        assert days(mine) == [FRIDAY + week * WEEK for week in range(7)]
        assert planned(mine) == 7  # and none is on record that was not written
        assert Entry.objects.filter(action="series.generated", subject_id=str(mine.pk)).count() == 2
        Series.objects.update(due_on=None)


def test_whoever_signs_up_while_that_night_and_the_following_change_goes_along_with_them(
    plan, coordinator, neighbors
):
    for _round in range(ROUNDS):
        mine, people = plan(), neighbors()
        ahead = nights(mine)

        def split(mine=mine):
            series.change_from(
                series=mine, by=coordinator, at=NOON, occurrence_on=FRIDAY + WEEK, starts_time=time(20)
            )

        said = together(split, *map(sign_up, ahead, people))
        assert said == ["done"] * 5
        following = Series.objects.get(follows=mine)
        assert (days(mine), days(following)) == ([FRIDAY], [FRIDAY + week * WEEK for week in (1, 2, 3)])
        for night, one, of in zip(ahead, people, [mine, *[following] * 3], strict=True):
            check_nobody_is_left_behind(one, night, "done")
            now = Signup.objects.get(membership=one).shift
            assert (now, now.series, now.starts_at) == (night, of, of.hours_on(night.occurrence_on)[0])


def test_two_who_change_that_night_and_the_following_at_once_split_the_series_once(plan, coordinator):
    for _round in range(ROUNDS):
        mine = plan()

        def split(capacity, mine=mine):
            return lambda: series.change_from(
                series=mine, by=coordinator, at=NOON, occurrence_on=FRIDAY + WEEK, capacity=capacity
            )

        said = together(split(7), split(8), split(9))
        assert sorted(said) == ["done", "invalid", "invalid"]
        following = Series.objects.get(follows=mine)
        assert [night.capacity for night in nights(following)] == [following.capacity] * 3
        assert days(mine) == [FRIDAY]


def test_whoever_signs_up_while_the_series_moves_to_other_days_keeps_the_night_or_is_refused(
    plan, coordinator, neighbors
):
    for _round in range(ROUNDS):
        mine, people = plan(), neighbors()
        ahead = nights(mine)

        def to_saturdays(mine=mine):
            series.change(series=mine, by=coordinator, at=NOON, rule="FREQ=WEEKLY;BYDAY=SA")

        said = together(*map(sign_up, ahead, people), to_saturdays)
        kept = [night.occurrence_on for night, what in zip(ahead, said, strict=False) if what == "done"]
        assert said[-1] == "done"
        assert set(said) <= {"done", "illegal_move"}
        assert days(mine) == sorted([*kept, *(FRIDAY + DAY + week * WEEK for week in range(4))])
        for night, one, what in zip(ahead, people, said, strict=False):
            check_nobody_is_left_behind(one, night, what)


def test_whoever_signs_up_while_the_series_ends_keeps_the_night_or_is_refused(plan, coordinator, neighbors):
    for _round in range(ROUNDS):
        mine, people = plan(), neighbors()
        ahead = nights(mine)

        def end(mine=mine):
            series.end(series=mine, by=coordinator, at=NOON)

        said = together(*map(sign_up, ahead, people), end, generate(NOON + WEEK))
        kept = [night.occurrence_on for night, what in zip(ahead, said, strict=False) if what == "done"]
        assert said[-2:] == ["done"] * 2
        assert days(mine) == kept
        for night, one, what in zip(ahead, people, said, strict=False):
            check_nobody_is_left_behind(one, night, what)


def test_whoever_signs_up_while_that_night_is_left_out_is_told_or_refused(plan, coordinator, neighbors):
    for _round in range(ROUNDS):
        mine, people = plan(), neighbors(3)
        night = nights(mine)[1]

        def skip(mine=mine):
            occurrences.skip(
                series=mine, by=coordinator, at=NOON, occurrence_on=FRIDAY + WEEK, reason="crew_rests"
            )

        said = together(skip, *(sign_up(night, one) for one in people), generate(NOON + WEEK))
        assert (said[0], FRIDAY + WEEK in days(mine)) == ("done", False)
        for one, what in zip(people, said[1:], strict=False):
            check_nobody_is_left_behind(one, night, what)


def test_a_night_left_out_while_it_is_written_does_not_take_place(plan, coordinator):
    for _round in range(ROUNDS):
        mine, late = plan(), FRIDAY + 4 * WEEK

        def skip(mine=mine, late=late):
            occurrences.skip(series=mine, by=coordinator, at=NOON, occurrence_on=late, reason="crew_rests")

        assert together(generate(NOON + WEEK), skip, generate(NOON + WEEK)) == ["done"] * 3
        assert late not in days(mine)
        Series.objects.update(due_on=None)


def test_a_worker_who_writes_nights_while_all_are_changed_writes_none_of_the_old_kind(plan, coordinator):
    for _round in range(ROUNDS):
        mine = plan()

        def to_saturdays(mine=mine):
            series.change(
                series=mine, by=coordinator, at=NOON, rule="FREQ=WEEKLY;BYDAY=SA", starts_time=time(20)
            )

        assert together(generate(NOON + 2 * WEEK), to_saturdays, generate(NOON + 2 * WEEK)) == ["done"] * 3
        occurrences.generate(by=CLOCK, at=NOON + 2 * WEEK)
        mine.refresh_from_db()
        assert days(mine) == [FRIDAY + DAY + week * WEEK for week in range(6)]
        assert {night.starts_at for night in nights(mine)} == {mine.hours_on(day)[0] for day in days(mine)}
        assert planned(mine) == 6
        Series.objects.update(due_on=None)


def test_a_night_changed_by_hand_while_all_are_changed_goes_its_own_way_or_is_changed_last(plan, coordinator):
    for _round in range(ROUNDS):
        mine = plan()
        one = nights(mine)[2]

        def by_hand(one=one):
            shifts.change(shift=one, by=coordinator, at=NOON, capacity=9)

        def all_of_them(mine=mine):
            series.change(series=mine, by=coordinator, at=NOON, capacity=8)

        assert together(by_hand, all_of_them) == ["done"] * 2
        assert [night.capacity for night in nights(mine)] == [8, 8, 9, 8]
        assert mine.exceptions.get().kind == "moved"


def test_two_coordinators_who_plan_the_same_hours_at_once_send_one_crew(plan, organization):
    another = MembershipFactory(organization=organization)
    for _round in range(ROUNDS):
        sector = SectorFactory(district__ubigeo=organization.ubigeo)
        said = together(
            lambda sector=sector: plan(sector=sector),
            lambda sector=sector: plan(sector=sector, by=another, starts_time=time(23)),
        )
        assert sorted(said) == ["done", "invalid"]
        assert Series.objects.filter(sector=sector).count() == 1


def test_offers_that_lapse_while_their_nights_are_split_off_wait_for_nobody_for_good(
    plan, coordinator, organization
):
    for _round in range(ROUNDS):
        mine = plan(rule="FREQ=DAILY", capacity=2, weeks_ahead=2)
        for night in nights(mine):
            offer = {"status": "offered", "offer_expires_at": NOON}
            SignupFactory(shift=night, organization=organization, **offer)

        def split(mine=mine):
            series.change_from(
                series=mine, by=coordinator, at=NOON, occurrence_on=FRIDAY, meeting_point="La posta"
            )

        def lapse():
            signups.lapse_offers(by=SystemActor("offers"), at=NOON)

        assert together(split, lapse, lapse) == ["done"] * 3
        assert not Signup.objects.filter(status="offered").exists()
        assert set(Shift.objects.values_list("places_taken", flat=True)) == {0}
        Series.objects.update(due_on=None)


def test_hours_of_a_series_and_of_other_nights_of_the_same_people_move_at_once(
    plan, coordinator, organization, neighbors
):
    for _round in range(ROUNDS):
        mine, people = (
            plan(rule="FREQ=DAILY", weeks_ahead=2),
            sorted(neighbors(6), key=lambda one: one.pk, reverse=True),
        )
        apart = [
            ShiftFactory(organization=organization, capacity=8, starts_at=NOON + days * DAY)
            for days in (90, 120)
        ]
        by_key = sorted(nights(mine), key=lambda night: night.pk)
        for one, night in zip(people, by_key, strict=False):
            for shift in (night, *apart):
                SignupFactory(shift=shift, membership=one, organization=organization)

        def move_all(mine=mine):
            series.change(series=mine, by=coordinator, at=NOON, starts_time=time(21))

        def move(there):
            for hours in range(1, 6):
                starts_at = there.starts_at - timedelta(hours=hours)
                shifts.change(shift=there, by=coordinator, at=NOON, starts_at=starts_at)

        assert together(move_all, *(lambda there=there: move(there) for there in apart)) == ["done"] * 3
        Series.objects.update(due_on=None)
