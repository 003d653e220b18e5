"""The rules of signing up: rest, the board's hours, the district's switch, roles, the coordinator's word."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from audit.models import Entry
from notifications.models import Notice
from patrols import notices
from patrols.actions import checkers, house, patrols, roles, shifts, signups, suspensions
from patrols.actions.moves import Stamp
from patrols.models import Joining, Qualification, Shift, ShiftRole, Signup
from patrols.states import CrewRole, StayHomeReason
from rules.refusals import Conflict, Invalid, NotAllowed, NotFound, Stale
from tests.factories import (
    NOON,
    MembershipFactory,
    OrganizationFactory,
    QualificationFactory,
    ShiftFactory,
    SignupFactory,
)
from tests.patrols.factories_calendar import ShiftRoleFactory

HOUR = timedelta(hours=1)


@pytest.fixture
def shift(organization):
    return ShiftFactory(organization=organization, capacity=4)


@pytest.fixture
def chief(organization):
    municipality = OrganizationFactory(kind="municipality", ubigeo=organization.ubigeo)
    return MembershipFactory(organization=municipality, roles={Role.SECURITY_CHIEF})


def elsewhere(shift, member, *, begins, lasts=3 * HOUR):
    """A confirmed night of the same member."""
    other = ShiftFactory(organization=shift.organization, starts_at=begins, ends_at=begins + lasts)
    SignupFactory(shift=other, membership=member, organization=shift.organization)


def refused(verb, **words):
    with pytest.raises(Conflict) as refusal:
        verb(**words)
    return refusal.value.code


def suspend(chief, shift, **changes):
    hours = {"starts_at": shift.starts_at - HOUR, "ends_at": shift.ends_at + HOUR}
    return suspensions.suspend(
        **{"by": chief, "reason": StayHomeReason.THREAT, "at": NOON, **hours, **changes}
    )


@pytest.mark.parametrize("begins", [timedelta(hours=-12), timedelta(hours=12)])
def test_whoever_went_out_rests_ten_hours_before_the_next_night_and_after_it(begins, shift, volunteer):
    elsewhere(shift, volunteer, begins=shift.starts_at + begins)
    assert refused(signups.sign_up, shift=shift, by=volunteer, at=NOON) == "no_rest"


def test_a_board_decides_how_long_its_people_rest(shift, volunteer, coordinator):
    elsewhere(shift, volunteer, begins=shift.starts_at - 12 * HOUR)
    house.set_rules(by=coordinator, at=NOON, rest_hours=8)
    assert signups.sign_up(shift=shift, by=volunteer, at=NOON).status == "confirmed"


def test_rules_out_of_range_name_their_field(coordinator):
    with pytest.raises(Invalid) as refusal:
        house.set_rules(by=coordinator, at=NOON, rest_hours=49, answer_minutes=5)
    assert set(refusal.value.fields) == {"rest_hours", "answer_minutes"}


def test_only_a_coordinator_sets_the_rules_and_not_over_somebody_elses_change(coordinator, volunteer):
    with pytest.raises(NotAllowed):
        house.set_rules(by=volunteer, at=NOON, rest_hours=8)
    house.set_rules(by=coordinator, at=NOON, rest_hours=8)
    with pytest.raises(Stale):
        house.set_rules(by=coordinator, at=NOON, expected_version=1, rest_hours=9)


def test_the_list_opens_and_closes_when_the_board_says(shift, volunteer, coordinator):
    house.set_rules(by=coordinator, at=NOON, opens_days_before=2, closes_hours_before=3)
    assert refused(signups.sign_up, shift=shift, by=volunteer, at=NOON) == "not_yet_open"
    late = shift.starts_at - 2 * HOUR
    assert refused(signups.sign_up, shift=shift, by=volunteer, at=late) == "closed_window"
    in_time = shift.starts_at - 4 * HOUR
    assert signups.sign_up(shift=shift, by=volunteer, at=in_time).status == "confirmed"


def test_a_suspended_district_signs_nobody_up_and_opens_no_briefing(shift, volunteer, chief):
    comes = SignupFactory(shift=shift, organization=shift.organization)
    suspension = suspend(chief, shift)
    assert refused(signups.sign_up, shift=shift, by=volunteer, at=NOON) == "patrols_suspended"
    briefing = {"shift": shift, "by": comes.membership, "at": shift.starts_at}
    assert refused(patrols.open_briefing, **briefing) == "patrols_suspended"

    suspensions.lift(suspension=suspension, by=chief, at=NOON + HOUR)
    assert signups.sign_up(shift=shift, by=volunteer, at=NOON + HOUR).status == "confirmed"
    assert patrols.open_briefing(**briefing).status == "briefing"


def test_nobody_starts_while_suspended_although_the_crew_had_met_already(patrol_that_is, chief):
    patrol = patrol_that_is("briefing")
    start = {"patrol": patrol, "by": patrol.leader, "at": patrol.shift.starts_at}
    suspension = suspend(chief, patrol.shift, starts_at=patrol.shift.starts_at - HOUR / 4)
    assert refused(patrols.start, **start) == "patrols_suspended"

    suspensions.lift(suspension=suspension, by=chief, at=NOON + HOUR)
    assert patrols.start(**start).status == "active"


def test_nobody_starts_early_out_of_a_suspension_that_ends_before_the_hour(patrol_that_is, chief):
    patrol = patrol_that_is("briefing")
    early = patrol.shift.starts_at - HOUR / 2
    suspend(chief, patrol.shift, ends_at=patrol.shift.starts_at - HOUR / 4)
    assert refused(patrols.start, patrol=patrol, by=patrol.leader, at=early) == "patrols_suspended"
    assert patrols.start(patrol=patrol, by=patrol.leader, at=patrol.shift.starts_at).status == "active"


def test_what_started_without_signal_before_the_suspension_was_declared_is_kept(patrol_that_is, chief):
    patrol = patrol_that_is("briefing")
    went_at = patrol.shift.starts_at
    suspend(chief, patrol.shift, at=went_at + HOUR / 2, starts_at=went_at + HOUR / 2)
    before = Stamp(happened_at=went_at)
    started = patrols.start(patrol=patrol, by=patrol.leader, at=went_at + HOUR, stamp=before)
    assert (started.status, started.started_at) == ("active", went_at)


def test_a_clock_set_back_behind_the_suspension_starts_nothing(patrol_that_is, chief):
    patrol = patrol_that_is("briefing")
    suspend(chief, patrol.shift)
    back = {"at": patrol.shift.starts_at, "stamp": Stamp(device_at=NOON - HOUR)}
    assert refused(patrols.start, patrol=patrol, by=patrol.leader, **back) == "patrols_suspended"


def test_a_crew_on_the_street_is_told_to_come_home(shift, chief):
    SignupFactory(shift=shift, organization=shift.organization)
    out = shift.starts_at + HOUR
    suspend(chief, shift, at=out, ends_at=out + 24 * HOUR)
    say = next(kind.say for kind in notices.KINDS if kind.code == "patrols_suspended")
    notice = Notice.objects.filter(kind="patrols_suspended").first()
    assert say(notice, out).title == "Rondas suspendidas: vuelvan a casa"
    assert say(notice, NOON).title != say(notice, out).title
    assert say(notice, shift.ends_at) is None


def test_a_suspension_is_told_to_whoever_is_in_and_so_is_its_end(shift, chief):
    comes = SignupFactory(shift=shift, organization=shift.organization)
    abroad = SignupFactory(organization=OrganizationFactory(ubigeo="150110"))
    suspensions.lift(suspension=suspend(chief, shift), by=chief, at=NOON + HOUR)

    told = set(Notice.objects.values_list("recipient_id", "kind"))
    assert {(comes.membership_id, "patrols_suspended"), (comes.membership_id, "patrols_resumed")} <= told
    assert abroad.membership_id not in {recipient for recipient, _kind in told}


def test_only_the_chief_suspends_and_only_a_neighbor_district_goes_on(shift, volunteer, coordinator, chief):
    with pytest.raises(NotAllowed):
        suspend(coordinator, shift)
    far = MembershipFactory(
        organization=OrganizationFactory(kind="municipality", ubigeo="150110"), roles={Role.SECURITY_CHIEF}
    )
    suspension = suspend(far, shift)
    assert signups.sign_up(shift=shift, by=volunteer, at=NOON).status == "confirmed"
    with pytest.raises(NotFound):
        suspensions.lift(suspension=suspension, by=chief, at=NOON)


def test_places_are_kept_for_the_roles_that_lack_people(shift, coordinator):
    roles.set_roles(shift=shift, by=coordinator, at=NOON, wishes=[roles.Wish(CrewRole.RADIO, 1, 2)])
    radio = ShiftRole.objects.get()
    people = MembershipFactory.create_batch(5, organization=shift.organization, roles={Role.VOLUNTEER})

    plain = [signups.sign_up(shift=shift, by=one, at=NOON).status for one in people[:4]]
    operator = signups.sign_up(shift=shift, by=people[4], at=NOON, role=radio)

    assert plain == ["confirmed"] * 3 + ["waitlisted"]
    assert (operator.status, operator.role_id) == ("confirmed", radio.pk)
    night = Shift.objects.get(pk=shift.pk)
    assert (night.places_taken, night.places_kept, ShiftRole.objects.get().taken) == (4, 0, 1)


def test_a_place_given_back_in_a_role_waits_for_somebody_in_that_role(shift, coordinator, volunteer):
    roles.set_roles(shift=shift, by=coordinator, at=NOON, wishes=[roles.Wish(CrewRole.RADIO, 1, 1)])
    signup = signups.sign_up(shift=shift, by=volunteer, at=NOON, role=ShiftRole.objects.get())
    signups.withdraw(signup=signup, by=volunteer, at=NOON)

    night = Shift.objects.get(pk=shift.pk)
    assert (night.places_taken, night.places_kept, ShiftRole.objects.get().taken) == (0, 1, 0)


def test_a_role_that_somebody_took_is_not_taken_away(shift, coordinator, volunteer):
    roles.set_roles(shift=shift, by=coordinator, at=NOON, wishes=[roles.Wish(CrewRole.RADIO, 1, 1)])
    signups.sign_up(shift=shift, by=volunteer, at=NOON, role=ShiftRole.objects.get())
    with pytest.raises(Conflict) as refusal:
        roles.set_roles(shift=shift, by=coordinator, at=NOON, wishes=[])
    assert refusal.value.code == "role_taken"


def test_the_roles_of_another_night_and_whoever_has_one_stay(shift, coordinator):
    other = ShiftRoleFactory(organization=shift.organization)
    signup = SignupFactory(shift=other.shift, organization=shift.organization, role=other)
    for wishes in ([roles.Wish(CrewRole.FIRST_AID, 1, 1)], []):
        roles.set_roles(shift=shift, by=coordinator, at=NOON, wishes=wishes)
    signup.refresh_from_db()
    assert signup.role == ShiftRole.objects.get() == other


def test_another_shifts_role_is_not_found(shift, volunteer, coordinator):
    other = ShiftFactory(organization=shift.organization, starts_at=shift.starts_at + 72 * HOUR)
    roles.set_roles(shift=other, by=coordinator, at=NOON, wishes=[roles.Wish(CrewRole.RADIO, 1, 1)])
    with pytest.raises(NotFound):
        signups.sign_up(shift=shift, by=volunteer, at=NOON, role=ShiftRole.objects.get())


def test_a_coordinator_puts_somebody_down_who_is_told(shift, coordinator, volunteer):
    signup = signups.place(shift=shift, member=volunteer, by=coordinator, at=NOON)

    assert signup.status == "confirmed"
    assert Entry.objects.get().action == "signup.placed"
    assert Notice.objects.filter(kind="placed", recipient_id=volunteer.pk).exists()


def test_whoever_was_offered_a_place_in_a_role_is_put_down_in_it_or_not_at_all(shift, coordinator, volunteer):
    SignupFactory.create_batch(3, shift=shift, organization=shift.organization)
    roles.set_roles(shift=shift, by=coordinator, at=NOON, wishes=[roles.Wish(CrewRole.RADIO, 1, 1)])
    radio = ShiftRole.objects.get()
    first = MembershipFactory(organization=shift.organization, roles={Role.VOLUNTEER})
    taken = signups.sign_up(shift=shift, by=first, at=NOON, role=radio)
    signups.sign_up(shift=shift, by=volunteer, at=NOON, role=radio)
    signups.withdraw(signup=taken, by=first, at=NOON)

    words = {"shift": shift, "member": volunteer, "by": coordinator, "at": NOON}
    assert refused(signups.place, **words) == "full"
    assert Signup.objects.get(membership=volunteer).status == "offered"
    placed = signups.place(**words, role=radio)
    assert (placed.status, placed.role) == ("confirmed", radio)


def test_a_coordinator_puts_nobody_down_against_the_rules(shift, coordinator, volunteer):
    words = {"shift": shift, "member": volunteer, "by": coordinator, "at": NOON}
    SignupFactory.create_batch(4, shift=shift, organization=shift.organization)
    assert refused(signups.place, **words) == "full"
    Shift.objects.filter(pk=shift.pk).update(capacity=9)
    elsewhere(shift, volunteer, begins=shift.starts_at - 5 * HOUR)
    assert refused(signups.place, **words) == "no_rest"
    with pytest.raises(NotAllowed):
        signups.place(**words | {"by": volunteer})


def test_whoever_waits_and_cannot_come_holds_nobody_up(shift, volunteer):
    going = SignupFactory.create_batch(4, shift=shift, organization=shift.organization)
    tired = SignupFactory(
        shift=shift, organization=shift.organization, status="waitlisted", membership=volunteer
    )
    later = {"status": "waitlisted", "waiting_since": NOON + HOUR}
    behind = SignupFactory(shift=shift, organization=shift.organization, **later)
    elsewhere(shift, volunteer, begins=shift.starts_at - 5 * HOUR)

    signups.withdraw(signup=going[0], by=going[0].membership, at=NOON + 2 * HOUR)

    statuses = dict(Signup.objects.values_list("pk", "status"))
    assert (statuses[tired.pk], statuses[behind.pk]) == ("waitlisted", "offered")


def test_whoever_leaves_late_may_and_the_coordinator_hears_at_once(shift, coordinator):
    on_time, late = SignupFactory.create_batch(2, shift=shift, organization=shift.organization)
    signups.withdraw(signup=on_time, by=on_time.membership, at=shift.starts_at - 12 * HOUR)
    left = signups.withdraw(signup=late, by=late.membership, at=shift.starts_at - 11 * HOUR)

    on_time.refresh_from_db()
    assert (left.status, left.left_late, on_time.left_late) == ("withdrawn", True, False)
    told = Notice.objects.filter(kind="left_late").values_list("recipient_id", flat=True)
    assert set(told) == {coordinator.pk}


def test_an_offer_lasts_as_long_as_the_board_says(shift, coordinator):
    house.set_rules(by=coordinator, at=NOON, answer_minutes=30)
    going = SignupFactory.create_batch(4, shift=shift, organization=shift.organization)
    waits = SignupFactory(shift=shift, organization=shift.organization, status="waitlisted")
    signups.withdraw(signup=going[0], by=going[0].membership, at=NOON)
    waits.refresh_from_db()
    assert waits.offer_expires_at == NOON + timedelta(minutes=30)


def test_a_moved_night_lets_its_crew_rest(shift, volunteer, coordinator):
    SignupFactory(shift=shift, membership=volunteer, organization=shift.organization)
    elsewhere(shift, volunteer, begins=shift.starts_at - 24 * HOUR)
    moved = {"starts_at": shift.starts_at - 12 * HOUR, "ends_at": shift.ends_at - 12 * HOUR}
    assert refused(shifts.change, shift=shift, by=coordinator, at=NOON, **moved) == "no_rest"


def test_a_planner_sees_who_cannot_come_and_why_in_two_queries_for_any_number(shift):
    people = MembershipFactory.create_batch(6, organization=shift.organization, roles={Role.VOLUNTEER})
    elsewhere(shift, people[0], begins=shift.starts_at + HOUR)
    elsewhere(shift, people[1], begins=shift.starts_at - 5 * HOUR)
    SignupFactory(shift=shift, membership=people[2], organization=shift.organization)
    shift.refresh_from_db()

    with CaptureQueriesContext(connection) as queries:
        reasons = checkers.why_not(shift=shift, members=people, at=NOON)

    codes = [[refusal.code for refusal in reasons[one.pk]] for one in people]
    assert codes == [["overlap"], ["no_rest"], ["already_in"], [], [], []]
    assert len(queries) == 2
    assert {code for each in codes for code in each} <= set(checkers.OF_OTHERS)


def test_only_the_approved_and_of_age_go_out(shift, organization):
    newcomer = MembershipFactory(organization=organization, roles={Role.VOLUNTEER}, joining_row=False)
    young = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    Joining.objects.filter(membership=young).update(of_age_on=shift.service_date + timedelta(days=1))
    assert refused(signups.sign_up, shift=shift, by=newcomer, at=NOON) == "not_approved"
    assert refused(signups.sign_up, shift=shift, by=young, at=NOON) == "under_age"


def test_whoever_leads_has_a_training_that_counts_on_that_night(shift, coordinator, volunteer):
    roles.set_roles(shift=shift, by=coordinator, at=NOON, wishes=[roles.Wish(CrewRole.LEADER, 1, 1)])
    words = {"shift": shift, "by": volunteer, "at": NOON, "role": ShiftRole.objects.get()}
    night = shift.service_date
    training = QualificationFactory(
        membership=volunteer,
        organization=shift.organization,
        kind="patrol_leader",
        valid_from=night - timedelta(days=90),
        valid_until=night - timedelta(days=1),
    )
    assert refused(signups.sign_up, **words) == "not_qualified"
    Qualification.objects.filter(pk=training.pk).update(valid_until=night)
    assert signups.sign_up(**words).status == "confirmed"


def test_who_signed_an_older_code_of_conduct_has_some_days_and_then_signs_before_signing_up(
    shift, volunteer, coordinator, monkeypatch
):
    Joining.objects.filter(membership=volunteer).update(code_of_conduct_version=0)
    assert refused(signups.sign_up, shift=shift, by=volunteer, at=NOON) == "not_signed"
    why = checkers.why_not(shift=shift, members=[volunteer], at=NOON)[volunteer.pk]
    assert [one.code for one in why] == ["not_signed"]

    monkeypatch.setattr(checkers.people, "SIGN_UNTIL", NOON.date())

    assert signups.sign_up(shift=shift, by=volunteer, at=NOON).status == "confirmed"


def test_whoever_was_taken_over_before_the_first_code_is_asked_with_the_next(shift, volunteer):
    Joining.objects.filter(membership=volunteer).update(code_of_conduct_version=None, code_signed_at=None)

    assert signups.sign_up(shift=shift, by=volunteer, at=NOON).status == "confirmed"
