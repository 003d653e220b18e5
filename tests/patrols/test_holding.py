"""Nobody goes alone: short nights are held, let go again, and whoever was told hears what is true last."""

from datetime import timedelta

import pytest

from accounts.actors import SystemActor
from accounts.roles import Role
from audit.models import Entry
from config import chores
from config.kinds import DIRECTORY, KINDS
from notifications import actions as notifications
from notifications.models import InboxItem
from patrols.actions import attendance, holding, patrols, shifts, signups, suspensions
from patrols.models import CrewMember, Joining, Patrol, Shift, Signup
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed
from tests.factories import (
    NOON,
    CrewMemberFactory,
    MembershipFactory,
    PatrolFactory,
    ShiftFactory,
    SignupFactory,
)
from tests.patrols.factories_joining import on_the_way

CREW = SystemActor("crew")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def rosa(organization):
    return MembershipFactory(organization=organization, roles={Role.VOLUNTEER})


@pytest.fixture
def juan(organization):
    return MembershipFactory(organization=organization, roles={Role.VOLUNTEER})


@pytest.fixture
def make_new(coordinator):
    """Make somebody who is approved, but whose first three patrols are still to come."""

    def make(member):
        Joining.objects.filter(membership=member).delete()
        return on_the_way(member, coordinator, status="approved", approved_at=NOON, approved_by=coordinator)

    return make


@pytest.fixture
def lonely(shift, rosa):
    """A night of two for which only one person signed up."""
    signups.sign_up(shift=shift, by=rosa, at=NOON)
    return shift


def tick(now):
    """What the clock does: its chores, then the messages."""
    chores.run(("hold", "forgotten"), now=now)
    notifications.plan(kinds=KINDS, now=now)
    notifications.tidy(now=now)
    while notifications.deliver(kinds=KINDS, directory=DIRECTORY, clock=lambda: now):
        pass


def heard(member):
    items = InboxItem.objects.filter(recipient_id=member.pk).order_by("created_at", "pk")
    return list(items.values_list("kind", flat=True))


def is_held(shift):
    return Shift.objects.get(pk=shift.pk).held_at is not None


def test_a_night_still_short_45_minutes_before_is_held_and_all_are_told(lonely, rosa, coordinator):
    for before in (2 * HOUR, HOUR, 46 * MINUTE):
        tick(lonely.starts_at - before)
    assert not is_held(lonely)
    for before in (45, 30, 10):
        tick(lonely.starts_at - before * MINUTE)

    assert is_held(lonely)
    assert heard(rosa) == ["reminder_2h", "crew_held", "not_tonight"]
    assert heard(coordinator)[-1] == "not_tonight"
    assert Entry.objects.get(action="shift.held").actor == "job:crew"


def test_a_crew_that_loses_somebody_in_the_last_hour_hears_it_once(shift, crew):
    tick(shift.starts_at - 2 * HOUR)
    signup = Signup.objects.get(shift=shift, membership=crew[0])
    signups.withdraw(signup=signup, by=crew[0], at=shift.starts_at - 55 * MINUTE)
    for before in (54, 50):
        tick(shift.starts_at - before * MINUTE)
    assert heard(crew[1]) == ["reminder_2h", "crew_held"]


def test_whoever_is_excused_at_the_briefing_counts_no_more(shift, crew, coordinator):
    patrol = patrols.open_briefing(shift=shift, by=crew[0], at=shift.starts_at - 55 * MINUTE)
    expected = CrewMember.objects.get(patrol=patrol, membership=crew[1])
    attendance.excuse(crew_member=expected, by=coordinator, at=shift.starts_at - 50 * MINUTE)
    for before in (49, 44):
        tick(shift.starts_at - before * MINUTE)

    assert is_held(shift)
    assert sorted(heard(crew[0])) == ["crew_held", "not_tonight", "reminder_2h"]
    assert heard(crew[1]) == ["taken_off"]


def test_whoever_was_excused_by_mistake_signs_up_again_and_is_expected(shift, crew, coordinator):
    patrol = patrols.open_briefing(shift=shift, by=crew[0], at=shift.starts_at - 55 * MINUTE)
    expected = CrewMember.objects.get(patrol=patrol, membership=crew[1])
    attendance.excuse(crew_member=expected, by=coordinator, at=shift.starts_at - 50 * MINUTE)
    signups.sign_up(shift=shift, by=crew[1], at=shift.starts_at - 49 * MINUTE)
    expected.refresh_from_db()
    assert expected.attendance == "expected"


def test_whoever_is_excused_once_the_night_has_begun_keeps_what_they_signed(shift, crew, coordinator):
    patrol = patrols.open_briefing(shift=shift, by=crew[0], at=shift.starts_at - 55 * MINUTE)
    expected = CrewMember.objects.get(patrol=patrol, membership=crew[1])
    attendance.excuse(crew_member=expected, by=coordinator, at=shift.starts_at)
    assert Signup.objects.get(membership=crew[1]).status == "confirmed"


def test_a_full_crew_is_not_held(shift, crew):
    tick(shift.starts_at - 40 * MINUTE)
    assert not is_held(shift)


def test_a_short_night_over_whose_beginning_the_clock_slept_is_held_when_it_wakes(lonely, rosa):
    tick(lonely.starts_at + 5 * MINUTE)
    assert is_held(lonely)
    assert heard(rosa) == ["not_tonight"]


def test_a_night_that_is_over_is_not_held(lonely):
    tick(lonely.ends_at)
    assert not is_held(lonely)


def test_a_held_night_that_becomes_complete_is_let_go_and_the_last_word_is_true(lonely, rosa, juan):
    tick(lonely.starts_at - 45 * MINUTE)
    signups.sign_up(shift=lonely, by=juan, at=lonely.starts_at - 30 * MINUTE)
    tick(lonely.starts_at - 29 * MINUTE)

    assert not is_held(lonely)
    assert heard(rosa) == ["not_tonight", "crew_complete"]
    assert Entry.objects.filter(action="shift.released").count() == 1


def test_whoever_signs_up_for_a_held_night_hears_that_it_is_held(shift, rosa, juan):
    Shift.objects.filter(pk=shift.pk).update(minimum_crew=3, capacity=4)
    signups.sign_up(shift=shift, by=rosa, at=NOON)
    tick(shift.starts_at - 45 * MINUTE)
    signups.sign_up(shift=shift, by=juan, at=shift.starts_at - 40 * MINUTE)
    tick(shift.starts_at - 39 * MINUTE)

    assert heard(juan) == ["not_tonight"]


def test_a_night_that_loses_somebody_again_is_held_again(shift, crew, rosa):
    signup = Signup.objects.get(shift=shift, membership=crew[0])
    tick(shift.starts_at - 45 * MINUTE)
    signups.withdraw(signup=signup, by=crew[0], at=shift.starts_at - 20 * MINUTE)
    tick(shift.starts_at - 20 * MINUTE)
    assert is_held(shift)
    signups.sign_up(shift=shift, by=rosa, at=shift.starts_at - 15 * MINUTE)
    tick(shift.starts_at - 14 * MINUTE)
    signups.withdraw(
        signup=Signup.objects.get(shift=shift, membership=rosa), by=rosa, at=shift.starts_at - 10 * MINUTE
    )
    tick(shift.starts_at - 9 * MINUTE)

    assert is_held(shift)
    assert heard(crew[1])[-1] == "not_tonight"
    assert heard(crew[1]).count("not_tonight") == 2


def test_a_newcomer_without_anybody_to_lead_is_held_back(shift, crew, make_new):
    make_new(crew[0])
    tick(shift.starts_at - 40 * MINUTE)
    assert is_held(shift)


def test_a_newcomer_beside_a_leader_goes(shift, rosa, make_new):
    leader = MembershipFactory(organization=shift.organization, roles={Role.PATROL_LEADER})
    for member in (rosa, leader):
        SignupFactory(shift=shift, organization=shift.organization, membership=member)
    make_new(rosa)
    tick(shift.starts_at - 40 * MINUTE)
    assert not is_held(shift)


def test_planners_hear_that_nobody_may_lead_a_newcomer(shift, crew, coordinator, make_new):
    make_new(crew[0])
    tick(shift.starts_at - 3 * HOUR)
    item = InboxItem.objects.get(recipient_id=coordinator.pk)
    assert (item.kind, item.title) == ("crew_short", "Una ronda no tiene quien la dirija")


def test_nobody_opens_the_briefing_of_a_held_night(lonely, rosa):
    holding.hold(by=CREW, at=lonely.starts_at - 45 * MINUTE)
    with pytest.raises(Conflict) as refused:
        patrols.open_briefing(shift=lonely, by=rosa, at=lonely.starts_at - 40 * MINUTE)
    assert refused.value.code == "held"


def test_nobody_starts_on_a_held_night(patrol_that_is, crew, shift):
    patrol = patrol_that_is("briefing")
    Shift.objects.filter(pk=shift.pk).update(held_at=NOON)
    with pytest.raises(Conflict) as refused:
        patrols.start(patrol=patrol, by=crew[0], at=shift.starts_at)
    assert refused.value.code == "held"


def test_a_crew_that_is_out_already_is_not_held(shift, crew, patrol_that_is):
    patrol_that_is("active")
    Shift.objects.filter(pk=shift.pk).update(places_taken=1)
    assert holding.hold(by=CREW, at=shift.starts_at - 40 * MINUTE) == 0


def test_holding_twice_holds_once(lonely):
    at = lonely.starts_at - 40 * MINUTE
    assert [holding.hold(by=CREW, at=at), holding.hold(by=CREW, at=at + MINUTE)] == [1, 0]


def test_another_hour_is_another_chance(lonely, coordinator):
    holding.hold(by=CREW, at=lonely.starts_at - 40 * MINUTE)
    shifts.change(
        shift=lonely,
        by=coordinator,
        at=lonely.starts_at - 30 * MINUTE,
        starts_at=lonely.starts_at + 20 * HOUR,
        ends_at=lonely.ends_at + 20 * HOUR,
    )
    assert not is_held(lonely)


def said_to(member, kind):
    return InboxItem.objects.get(recipient_id=member.pk, kind=kind).body


def test_the_end_of_a_suspension_calls_nobody_out_on_a_held_night(lonely, rosa, reviewer):
    chief = MembershipFactory(organization=reviewer.organization, roles={Role.SECURITY_CHIEF})
    begins = lonely.starts_at
    hours = {"starts_at": begins - HOUR, "ends_at": begins + 5 * HOUR}
    suspension = suspensions.suspend(by=chief, **hours, reason="unrest", at=begins - 3 * HOUR)
    for before in (3 * HOUR, 45 * MINUTE):
        tick(begins - before)
    suspensions.lift(suspension=suspension, by=chief, at=begins - 20 * MINUTE)
    tick(begins - 20 * MINUTE)
    assert heard(rosa) == ["patrols_suspended", "not_tonight"]


def test_what_changes_about_a_held_night_calls_nobody_out(lonely, rosa, coordinator):
    tick(lonely.starts_at - 45 * MINUTE)
    at = lonely.starts_at - 30 * MINUTE
    shifts.change(shift=lonely, by=coordinator, at=at, meeting_point="Otro parque")
    tick(lonely.starts_at - 29 * MINUTE)
    assert said_to(rosa, "shift_changed").startswith("Falta gente: no salgas todavía.")


def test_whoever_is_put_down_for_a_held_night_is_not_called_out(lonely, juan, coordinator):
    Shift.objects.filter(pk=lonely.pk).update(minimum_crew=3, capacity=4)
    tick(lonely.starts_at - 45 * MINUTE)
    signups.place(shift=lonely, member=juan, by=coordinator, at=lonely.starts_at - 30 * MINUTE)
    tick(lonely.starts_at - 29 * MINUTE)
    assert said_to(juan, "placed").startswith("Falta gente: no salgas todavía.")


def test_no_word_of_a_held_night_names_a_person_or_a_place(lonely, rosa, coordinator):
    tick(lonely.starts_at - 45 * MINUTE)
    said = " ".join(f"{one.title} {one.body}" for one in InboxItem.objects.all())
    for private in (rosa.alias, rosa.user.full_name, lonely.meeting_point, lonely.sector.name):
        assert private not in said
    assert "Hoy no se sale" in said


# -- whoever was told that nobody goes out hears that somebody does


def tell(now):
    """Only the messages: the clock's chores come at another beat."""
    notifications.plan(kinds=KINDS, now=now)
    while notifications.deliver(kinds=KINDS, directory=DIRECTORY, clock=lambda: now):
        pass


def test_whoever_makes_a_held_night_complete_and_was_told_to_stay_hears_that_it_goes_out(lonely, rosa, juan):
    tick(lonely.starts_at - 45 * MINUTE)
    signups.sign_up(shift=lonely, by=juan, at=lonely.starts_at - 30 * MINUTE)
    tell(lonely.starts_at - 30 * MINUTE)
    assert heard(juan) == ["not_tonight"]
    for before in (29, 28):
        tick(lonely.starts_at - before * MINUTE)

    assert heard(juan) == heard(rosa) == ["not_tonight", "crew_complete"]


def test_whoever_plans_hears_that_a_held_night_goes_out_after_all(lonely, juan, coordinator):
    tick(lonely.starts_at - 45 * MINUTE)
    signups.sign_up(shift=lonely, by=juan, at=lonely.starts_at - 30 * MINUTE)
    for before in (29, 28):
        tick(lonely.starts_at - before * MINUTE)

    assert heard(coordinator)[-2:] == ["not_tonight", "crew_complete"]
    item = InboxItem.objects.get(recipient_id=coordinator.pk, kind="crew_complete")
    assert item.title == "Sí se sale hoy"


def test_whoever_left_a_held_night_is_not_told_that_it_goes_out(lonely, rosa, juan, volunteer):
    tick(lonely.starts_at - 45 * MINUTE)
    at = lonely.starts_at - 30 * MINUTE
    signups.withdraw(signup=Signup.objects.get(membership=rosa), by=rosa, at=at)
    for member in (juan, volunteer):
        signups.sign_up(shift=lonely, by=member, at=at)
    tick(lonely.starts_at - 29 * MINUTE)

    assert not is_held(lonely)
    assert heard(rosa) == ["not_tonight"]


@pytest.mark.parametrize("before", [HOUR + 55 * MINUTE, 50 * MINUTE])
def test_newcomers_without_a_leader_are_told_not_to_go_out_until_one_comes(shift, crew, make_new, before):
    Shift.objects.filter(pk=shift.pk).update(capacity=4)
    make_new(crew[0])
    for hours in (2, 1):
        if hours * HOUR > before:
            tick(shift.starts_at - hours * HOUR)
    assert "Falta gente: no salgas todavía." in said_to(crew[1], "reminder_2h")
    assert heard(crew[1]) == ["reminder_2h", "crew_held"][: 1 if before > HOUR else 2]

    leader = MembershipFactory(organization=shift.organization, roles={Role.PATROL_LEADER})
    signups.sign_up(shift=shift, by=leader, at=shift.starts_at - before)
    for after in (1, 2, 10):
        tick(shift.starts_at - before + after * MINUTE)
    assert heard(crew[1])[-1] == "crew_complete"
    assert heard(leader) == []


def test_a_crew_held_for_want_of_a_leader_hears_that_one_comes(shift, crew, make_new):
    Shift.objects.filter(pk=shift.pk).update(capacity=4)
    make_new(crew[0])
    tick(shift.starts_at - 45 * MINUTE)
    leader = MembershipFactory(organization=shift.organization, roles={Role.PATROL_LEADER})
    signups.sign_up(shift=shift, by=leader, at=shift.starts_at - 30 * MINUTE)
    for before in (29, 28):
        tick(shift.starts_at - before * MINUTE)

    assert not is_held(shift)
    assert [heard(member) for member in crew] == [["not_tonight", "crew_complete"]] * 2


def test_a_held_crew_hears_that_fewer_are_enough(shift, crew, coordinator):
    Shift.objects.filter(pk=shift.pk).update(capacity=4, minimum_crew=3)
    tick(shift.starts_at - 45 * MINUTE)
    shifts.change(shift=shift, by=coordinator, at=shift.starts_at - 30 * MINUTE, minimum_crew=2)
    tick(shift.starts_at - 29 * MINUTE)

    assert [heard(member) for member in crew] == [["not_tonight", "crew_complete"]] * 2


def test_each_time_a_held_night_is_let_go_its_crew_hears_it(shift, crew, make_new):
    Shift.objects.filter(pk=shift.pk).update(capacity=4)
    make_new(crew[0])
    tick(shift.starts_at - 45 * MINUTE)
    leader = MembershipFactory(organization=shift.organization, roles={Role.PATROL_LEADER})
    for before in (40, 30):
        signup = signups.sign_up(shift=shift, by=leader, at=shift.starts_at - before * MINUTE)
        tick(shift.starts_at - (before - 1) * MINUTE)
        signups.withdraw(signup=signup, by=leader, at=shift.starts_at - (before - 2) * MINUTE)
        tick(shift.starts_at - (before - 3) * MINUTE)

    assert heard(crew[1]) == ["not_tonight", "crew_complete"] * 2 + ["not_tonight"]


# -- fewer than planned


@pytest.fixture
def three(organization):
    """A briefing of a night for three, with two of them there, one of whom may lead."""
    leader = MembershipFactory(organization=organization, roles={Role.PATROL_LEADER})
    other = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    shift = ShiftFactory(organization=organization, minimum_crew=3, capacity=4)
    patrol = PatrolFactory(organization=organization, shift=shift, leader=leader, status="briefing")
    for member in (leader, other):
        CrewMemberFactory(organization=organization, patrol=patrol, membership=member, attendance="present")
    return patrol, leader, other


def test_a_leader_takes_out_fewer_with_a_reason_on_record(three):
    patrol, leader, _other = three
    at = patrol.shift.starts_at
    with pytest.raises(Conflict):
        patrols.start(patrol=patrol, by=leader, at=at)
    patrols.start(patrol=patrol, by=leader, at=at, override_reason="accompanied")

    assert Patrol.objects.get(pk=patrol.pk).override_reason == "accompanied"
    assert Entry.objects.get(action="patrol.overridden").facts["reason"] == "accompanied"


def test_only_who_may_lead_takes_out_fewer(three):
    patrol, _leader, other = three
    with pytest.raises(NotAllowed):
        patrols.start(patrol=patrol, by=other, at=patrol.shift.starts_at, override_reason="accompanied")


def test_no_reason_sends_anybody_out_alone(three):
    patrol, leader, other = three
    CrewMember.objects.filter(membership=other).update(attendance="expected")
    with pytest.raises(Conflict) as refused:
        patrols.start(patrol=patrol, by=leader, at=patrol.shift.starts_at, override_reason="rest_comes")
    assert refused.value.code == "crew_short"


def test_a_reason_that_is_on_no_list_is_refused(three):
    patrol, leader, _other = three
    with pytest.raises(Invalid) as refused:
        patrols.start(patrol=patrol, by=leader, at=patrol.shift.starts_at, override_reason="porque sí")
    assert set(refused.value.fields) == {"override_reason"}


def test_a_whole_crew_needs_no_reason_and_keeps_none(patrol_that_is, crew, shift):
    started = patrols.start(
        patrol=patrol_that_is("briefing"), by=crew[0], at=shift.starts_at, override_reason="short_round"
    )
    assert started.override_reason == ""


def test_newcomers_do_not_start_without_a_leader(patrol_that_is, crew, shift, make_new):
    make_new(crew[1])
    with pytest.raises(Conflict) as refused:
        patrols.start(patrol=patrol_that_is("briefing"), by=crew[0], at=shift.starts_at)
    assert refused.value.code == "no_leader"


# -- forgotten


@pytest.mark.parametrize("status", ["active", "paused", "debrief"])
def test_a_patrol_nobody_ended_is_closed_three_hours_later_marked_and_asked_about(
    status, patrol_that_is, crew, shift, coordinator
):
    patrol = patrol_that_is(status)
    tick(shift.ends_at + 2 * HOUR + 59 * MINUTE)
    assert Patrol.objects.get(pk=patrol.pk).status == status
    tick(shift.ends_at + 3 * HOUR)
    tick(shift.ends_at + 4 * HOUR)

    closed = Patrol.objects.get(pk=patrol.pk)
    assert (closed.status, closed.is_auto_closed) == ("closed", True)
    assert closed.ended_at == (shift.starts_at + 2 * HOUR if status == "debrief" else shift.ends_at)
    assert heard(crew[0]).count("patrol_forgotten") == heard(coordinator).count("patrol_forgotten") == 1


def test_the_clock_closes_no_patrol_that_was_ended(patrol_that_is, shift):
    patrol_that_is("closed")
    assert patrols.close_forgotten(by=SystemActor("forgotten"), at=shift.ends_at + 9 * HOUR) == 0


def test_a_patrol_the_clock_closed_takes_late_lines_but_no_second_end(patrol_that_is, crew, shift):
    patrol = patrol_that_is("active")
    at = shift.ends_at + 3 * HOUR
    patrols.close_forgotten(by=SystemActor("forgotten"), at=at)
    with pytest.raises(IllegalMove):
        patrols.finish(patrol=patrol, by=crew[0], at=at + MINUTE)
