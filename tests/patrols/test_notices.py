"""What people are told, and that it is true when they hear it.

Rows are planned and delivered by the real engine; only the clock is the test's.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SystemActor
from accounts.queries import contacts
from accounts.roles import Role
from notifications import actions as notifications
from notifications.models import InboxItem, Notice
from patrols.actions import shifts, signups
from patrols.models import Signup
from patrols.notices import KINDS
from tests.factories import (
    NOON,
    CrewMemberFactory,
    MembershipFactory,
    PatrolFactory,
    ShiftFactory,
    SignupFactory,
)

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
MISSING = "People are missing: do not go out yet."


def neighbor(organization, **fields):
    member = MembershipFactory(organization=organization, roles={Role.VOLUNTEER}, **fields)
    return speaks_english(member)


def speaks_english(member):
    member.user.language = "en"
    member.user.save()
    return member


@pytest.fixture
def rosa(organization):
    return neighbor(organization)


@pytest.fixture
def juan(organization):
    return neighbor(organization)


@pytest.fixture
def elena(coordinator):
    return speaks_english(coordinator)


@pytest.fixture
def going(shift, rosa, juan):
    """A shift with its two people."""
    for member in (rosa, juan):
        signups.sign_up(shift=shift, by=member, at=NOON)
    return shift


def tick(now):
    """What the alarm clock does."""
    notifications.plan(kinds=KINDS, now=now)
    notifications.tidy(now=now)
    while notifications.deliver(kinds=KINDS, directory=contacts, clock=lambda: now):
        pass


def heard(member):
    """What somebody was told, in order: the kinds."""
    return [
        item.kind for item in InboxItem.objects.filter(recipient_id=member.pk).order_by("created_at", "pk")
    ]


def last(member):
    return InboxItem.objects.filter(recipient_id=member.pk).order_by("created_at").last()


def own(shift, member):
    return Signup.objects.get(shift=shift, membership=member)


def test_everybody_is_reminded_a_day_and_two_hours_before_once(going, rosa, juan, elena):
    for before in (25 * HOUR, 24 * HOUR, 23 * HOUR, 2 * HOUR, HOUR, 30 * MINUTE):
        tick(going.starts_at - before)

    assert heard(rosa) == heard(juan) == ["reminder_24h", "reminder_2h"]
    assert heard(elena) == []
    item = last(rosa)
    assert (item.title, item.body) == (
        "Your patrol starts soon",
        "At 21:00. Open Ronda to see where you meet.",
    )
    assert item.path == f"/o/{going.organization.code}/mine/"


def test_nobody_is_reminded_of_what_they_signed_up_for_a_moment_ago(shift, rosa, juan):
    signups.sign_up(shift=shift, by=juan, at=NOON)
    signups.sign_up(shift=shift, by=rosa, at=shift.starts_at - 20 * HOUR)
    tick(shift.starts_at - 20 * HOUR)
    assert heard(rosa) == []
    tick(shift.starts_at - 2 * HOUR)
    assert heard(rosa) == ["reminder_2h"]


def test_when_people_are_missing_the_reminder_says_so(shift, rosa):
    signups.sign_up(shift=shift, by=rosa, at=NOON)
    tick(shift.starts_at - 24 * HOUR)
    assert last(rosa).body.startswith(MISSING)
    tick(shift.starts_at - 2 * HOUR)
    assert last(rosa).body == MISSING


@pytest.mark.parametrize("ending", ["withdrawn", "cancelled", "moved"])
def test_a_reminder_that_is_no_longer_true_is_never_sent(ending, going, rosa, elena):
    tick(going.starts_at - 30 * HOUR)
    now = going.starts_at - 29 * HOUR
    if ending == "withdrawn":
        signups.withdraw(signup=own(going, rosa), by=rosa, at=now)
    elif ending == "cancelled":
        shifts.cancel(shift=going, by=elena, at=now, reason="Lluvia")
    else:
        later = {"starts_at": going.starts_at + 48 * HOUR, "ends_at": going.ends_at + 48 * HOUR}
        shifts.change(shift=going, by=elena, at=now, **later)

    tick(going.starts_at - 24 * HOUR)

    assert (
        heard(rosa)
        == {
            "withdrawn": [],
            "cancelled": ["shift_cancelled"],
            "moved": ["shift_changed"],
        }[ending]
    )


def test_a_moved_shift_is_a_new_promise_with_its_own_reminders(going, rosa, elena):
    tick(going.starts_at - 24 * HOUR)
    later = {"starts_at": going.starts_at + 48 * HOUR, "ends_at": going.ends_at + 48 * HOUR}
    moved = shifts.change(shift=going, by=elena, at=going.starts_at - 23 * HOUR, **later)

    for before in (70 * HOUR, 24 * HOUR, 2 * HOUR):
        tick(moved.starts_at - before)

    assert heard(rosa) == ["reminder_24h", "shift_changed", "reminder_24h", "reminder_2h"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"meeting_point": "Otra esquina"}, True),
        ({"kind": "mixed_round"}, True),
        ({"capacity": 9}, False),
        ({"minimum_crew": 2}, False),
    ],
)
def test_only_a_changed_promise_is_told(words, told, going, rosa, elena):
    shifts.change(shift=going, by=elena, at=NOON + HOUR, **words)
    tick(NOON + HOUR)
    assert heard(rosa) == (["shift_changed"] if told else [])
    if told:
        assert "esquina" not in last(rosa).title + last(rosa).body + last(rosa).path


def test_whoever_waits_hears_of_changes_too_and_whoever_left_does_not(going, rosa, juan, elena):
    waiting = neighbor(going.organization)
    signups.sign_up(shift=going, by=waiting, at=NOON)
    signups.withdraw(signup=own(going, juan), by=juan, at=NOON + MINUTE)

    shifts.cancel(shift=going, by=elena, at=NOON + HOUR, reason="Lluvia")
    tick(NOON + HOUR)

    assert heard(rosa) == heard(waiting) == ["shift_cancelled"]
    assert heard(juan) == []


def test_whoever_signs_up_after_a_change_is_not_told_of_it(shift, rosa, juan, elena):
    signups.sign_up(shift=shift, by=juan, at=NOON)
    shifts.change(shift=shift, by=elena, at=NOON + HOUR, meeting_point="Otra esquina")
    signups.sign_up(shift=shift, by=rosa, at=NOON + 2 * HOUR)
    tick(NOON + 2 * HOUR)

    assert (heard(rosa), heard(juan)) == ([], ["shift_changed"])


def test_a_free_place_is_offered_with_its_deadline(going, rosa, juan):
    waiting = neighbor(going.organization)
    signups.sign_up(shift=going, by=waiting, at=NOON)
    signups.withdraw(signup=own(going, rosa), by=rosa, at=NOON + HOUR)
    tick(NOON + HOUR)

    assert heard(waiting) == ["place_offered"]
    assert last(waiting).body == "Answer before Tuesday 01/01 15:00, or it goes to the next in line."


def test_an_offer_that_ran_out_is_not_told_late(going, rosa):
    waiting = neighbor(going.organization)
    signups.sign_up(shift=going, by=waiting, at=NOON)
    signups.withdraw(signup=own(going, rosa), by=rosa, at=NOON)
    signups.lapse_offers(by=SystemActor("offers"), at=NOON + 2 * HOUR)
    tick(NOON + 2 * HOUR)
    assert heard(waiting) == []


def test_whoever_is_taken_off_by_the_coordinator_is_told(going, rosa, elena):
    signups.withdraw(signup=own(going, rosa), by=elena, at=NOON)
    tick(NOON)
    assert heard(rosa) == ["taken_off"]


@pytest.mark.parametrize("then", ["nothing", "moved", "cancelled"])
def test_whoever_is_taken_off_hears_the_hour_they_knew_whatever_happens_next(then, going, rosa, elena):
    signups.withdraw(signup=own(going, rosa), by=elena, at=NOON)
    if then == "moved":
        later = {"starts_at": going.starts_at + 20 * HOUR, "ends_at": going.ends_at + 20 * HOUR}
        shifts.change(shift=going, by=elena, at=NOON, **later)
    if then == "cancelled":
        shifts.cancel(shift=going, by=elena, at=NOON, reason="Lluvia")
    tick(NOON + MINUTE)

    assert heard(rosa) == ["taken_off"]
    assert last(rosa).body.startswith("You no longer have a place on Friday 04/01 at 21:00.")


def test_whoever_is_in_again_does_not_hear_that_they_were_taken_off(going, rosa, elena):
    signups.withdraw(signup=own(going, rosa), by=elena, at=NOON)
    signups.sign_up(shift=going, by=rosa, at=NOON)
    tick(NOON + MINUTE)
    assert heard(rosa) == []


def test_planners_hear_of_a_short_crew_a_day_three_hours_and_one_hour_before(shift, rosa, elena, volunteer):
    signups.sign_up(shift=shift, by=rosa, at=NOON)
    for before in (25 * HOUR, 24 * HOUR, 20 * HOUR, 4 * HOUR, 3 * HOUR, 2 * HOUR, HOUR, 50 * MINUTE):
        tick(shift.starts_at - before)

    assert heard(elena) == ["crew_short", "crew_short", "crew_short"]
    assert heard(volunteer) == []
    first = InboxItem.objects.filter(recipient_id=elena.pk).first()
    assert first.path == f"/o/{shift.organization.code}/shifts/{shift.pk}/fill/"


def test_planners_hear_nothing_of_a_full_crew(going, elena):
    for before in (24 * HOUR, 3 * HOUR):
        tick(going.starts_at - before)
    assert heard(elena) == []


def test_a_crew_that_shrinks_after_the_reminder_is_told_not_to_go(going, rosa, juan):
    tick(going.starts_at - 2 * HOUR)
    signups.withdraw(signup=own(going, juan), by=juan, at=going.starts_at - HOUR)
    tick(going.starts_at - HOUR)

    assert heard(rosa) == ["reminder_2h", "crew_held"]
    assert last(rosa).body == MISSING


def test_a_crew_that_is_complete_after_all_hears_that_too(going, rosa, juan):
    """The last message each volunteer receives is true."""
    pedro = neighbor(going.organization)
    tick(going.starts_at - 2 * HOUR)
    signups.withdraw(signup=own(going, juan), by=juan, at=going.starts_at - 90 * MINUTE)
    tick(going.starts_at - 90 * MINUTE)
    signups.sign_up(shift=going, by=pedro, at=going.starts_at - HOUR)
    for before in (HOUR, 40 * MINUTE, 10 * MINUTE):
        tick(going.starts_at - before)

    assert heard(rosa) == ["reminder_2h", "crew_held", "crew_complete"]
    assert heard(pedro) == []


def test_a_crew_still_short_one_hour_before_is_told_once_more(shift, rosa):
    signups.sign_up(shift=shift, by=rosa, at=NOON)
    for before in (2 * HOUR, HOUR, 45 * MINUTE, 20 * MINUTE):
        tick(shift.starts_at - before)
    assert heard(rosa) == ["reminder_2h", "crew_held"]


@pytest.mark.parametrize(
    "verb", ["change", "cancel", "offer"], ids=["a change", "a cancellation", "an offer"]
)
def test_a_promise_that_was_lost_heals(verb, going, rosa, juan, elena):
    waiting = neighbor(going.organization)
    signups.sign_up(shift=going, by=waiting, at=NOON)
    if verb == "change":
        shifts.change(shift=going, by=elena, at=NOON, meeting_point="Otra esquina")
    elif verb == "cancel":
        shifts.cancel(shift=going, by=elena, at=NOON, reason="Lluvia")
    else:
        signups.withdraw(signup=own(going, rosa), by=rosa, at=NOON)
    Notice.objects.all().delete()

    tick(NOON + HOUR)

    listener = waiting if verb == "offer" else juan
    assert len(heard(listener)) == 1


def test_a_verb_and_the_planner_promise_the_same_thing_once(going, rosa, juan, elena):
    shifts.change(shift=going, by=elena, at=NOON, meeting_point="Otra esquina")
    before = Notice.objects.count()
    notifications.plan(kinds=KINDS, now=NOON)
    assert Notice.objects.count() == before


def walked(organization, member, started_at, hours):
    shift = ShiftFactory(organization=organization, starts_at=started_at, service_date=started_at.date())
    patrol = PatrolFactory(
        organization=organization,
        shift=shift,
        status="closed",
        started_at=started_at,
        ended_at=started_at + hours * HOUR,
    )
    CrewMemberFactory(organization=organization, patrol=patrol, membership=member, attendance="present")


MONDAY_EIGHT = NOON + timedelta(days=6) - 4 * HOUR  # Monday 7 January 2030, 08:00 in Lima


def test_on_monday_at_eight_each_person_hears_about_the_own_week(organization, rosa, juan):
    walked(organization, rosa, NOON + 8 * HOUR, 2)
    walked(organization, rosa, NOON + 32 * HOUR, 1.5)
    walked(organization, juan, NOON - timedelta(days=7), 2)  # the week before
    next_night = ShiftFactory(organization=organization, starts_at=NOON + timedelta(days=8, hours=8))
    next_night.service_date = (NOON + timedelta(days=8)).date()
    next_night.save()
    SignupFactory(shift=next_night, membership=juan, organization=organization)

    tick(MONDAY_EIGHT - MINUTE)
    assert heard(rosa) == heard(juan) == []
    tick(MONDAY_EIGHT)
    tick(MONDAY_EIGHT + HOUR)

    assert heard(rosa) == heard(juan) == ["week_own"]
    assert last(rosa).body == "You went out 2 times, 3.5 hours. Thank you."
    assert last(juan).body == "Your next patrol: Wednesday 09/01 at 20:00."
    assert last(rosa).path == f"/o/{organization.code}/summary/2030-W1/"


def test_on_monday_the_coordinator_hears_about_the_boards_week(organization, rosa, juan, elena, stranger):
    walked(organization, rosa, NOON + 8 * HOUR, 2)
    walked(organization, juan, NOON + 32 * HOUR, 1.5)
    ShiftFactory(organization=organization, status="cancelled", starts_at=NOON + 50 * HOUR)

    tick(MONDAY_EIGHT)

    assert heard(elena) == ["week_board"]
    assert heard(stranger) == []
    assert last(elena).body == ("2 patrols, 3.5 hours on the street, people who went out: 2. Called off: 1.")


def test_a_board_that_stayed_at_home_is_told_so_in_words(organization, elena):
    ShiftFactory(organization=organization, status="cancelled", starts_at=NOON + 50 * HOUR)
    tick(MONDAY_EIGHT)
    assert last(elena).body == "No patrol went out last week. Called off: 1."
    assert last(elena).path == f"/o/{organization.code}/summary/2030-W1/"


def test_planning_costs_the_same_for_one_shift_and_for_ten(organization, elena):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            for kind in KINDS:
                list(kind.wanted(NOON, NOON + 48 * HOUR))
        return len(queries)

    def night():
        shift = ShiftFactory(organization=organization, starts_at=NOON + HOUR, capacity=2, status="open")
        SignupFactory(shift=shift, organization=organization)
        SignupFactory(shift=shift, organization=organization, status="offered")

    night()
    for_one = cost()
    for _ in range(9):
        night()

    assert cost() == for_one


def test_no_message_names_a_person_or_a_place(going, rosa, juan, elena):
    rosa.user.full_name = "Rosa Quispe"
    rosa.user.save()
    signups.withdraw(signup=own(going, juan), by=juan, at=NOON)
    for before in (24 * HOUR, 3 * HOUR, 2 * HOUR, 40 * MINUTE):
        tick(going.starts_at - before)
    shifts.cancel(shift=going, by=elena, at=going.starts_at - 30 * MINUTE, reason="Balacera en el parque")
    tick(going.starts_at - 30 * MINUTE)

    said = " ".join(f"{item.title} {item.body} {item.path}" for item in InboxItem.objects.all())
    secrets = [
        "Quispe",
        rosa.alias,
        juan.alias,
        "Parque central",
        "Balacera",
        going.sector.name,
        going.organization.name,
    ]
    assert InboxItem.objects.count() >= 6
    assert [word for word in secrets if word in said] == []
