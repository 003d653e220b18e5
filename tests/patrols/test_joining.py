"""The way to the first patrol, by the verbs: who answers, who decides, what must not be missing."""

from datetime import date, timedelta

import pytest

from accounts.actors import SystemActor
from accounts.models import Membership
from accounts.roles import Role
from audit.models import Entry
from patrols.actions import joining, qualifications, signups, vouchers
from patrols.models import Joining, Qualification, Voucher
from patrols.queries import joining as queries
from patrols.states import CURRENT_CODE, QualificationKind, SuspensionReason
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from tests.factories import (
    NOON,
    CrewMemberFactory,
    JoiningFactory,
    MembershipFactory,
    OrganizationFactory,
    PatrolFactory,
    PoliceStationFactory,
    QualificationFactory,
    ShiftFactory,
    SignupFactory,
)
from tests.patrols.factories_joining import TODAY, newcomer, on_the_way
from tests.races import all_at_once


@pytest.fixture
def newcomer_(organization):
    return newcomer(organization)


@pytest.fixture
def neighbors(organization):
    return MembershipFactory.create_batch(2, organization=organization, roles={Role.VOLUNTEER})


@pytest.fixture
def station(organization):
    return PoliceStationFactory(district__ubigeo=organization.ubigeo)


@pytest.fixture
def chief(organization):
    municipality = OrganizationFactory(kind="municipality", ubigeo=organization.ubigeo)
    return MembershipFactory(organization=municipality, roles={Role.SECURITY_CHIEF})


def state_of(member):
    return Joining.objects.get(membership=member).status


def vouch(member, by):
    return vouchers.vouch(member=member, by=by, at=NOON)


def endorse(member, by, of_age_on=TODAY):
    return joining.endorse(member=member, of_age_on=of_age_on, by=by, at=NOON)


def check(member, by, station, on=TODAY):
    return joining.record_check(member=member, police_station=station, checked_on=on, by=by, at=NOON)


def train(member, by, kind=QualificationKind.PATROL_TRAINING, until=None):
    return qualifications.record(
        member=member, kind=kind, valid_from=TODAY, valid_until=until, by=by, at=NOON
    )


def approve(member, by):
    return joining.approve(member=member, by=by, at=NOON)


def suspend(member, by):
    return joining.suspend(member=member, reason=SuspensionReason.AWAY, by=by, at=NOON)


def reinstate(member, by):
    return joining.reinstate(member=member, by=by, at=NOON)


def test_the_whole_way_leads_to_the_first_patrol(newcomer_, neighbors, coordinator, station):
    for neighbor in neighbors:
        vouch(newcomer_, neighbor)
    assert state_of(newcomer_) == "invited"
    endorse(newcomer_, coordinator)
    assert state_of(newcomer_) == "vouched"
    check(newcomer_, coordinator, station)
    assert state_of(newcomer_) == "checked"
    train(newcomer_, coordinator)
    joining.sign_code(by=newcomer_, version=CURRENT_CODE, at=NOON)
    approve(newcomer_, coordinator)
    row = Joining.objects.get(membership=newcomer_)
    assert (row.status, row.approved_by, row.approved_at) == ("approved", coordinator, NOON)
    assert not row.is_taken_over
    codes = set(Entry.objects.filter(subject_id=str(row.pk)).values_list("action", flat=True))
    assert codes == {
        f"joining.{what}" for what in ("vouched", "endorsed", "checked", "code_signed", "approved")
    }


def test_two_neighbors_are_not_enough_without_the_coordinator(newcomer_, neighbors, coordinator, station):
    for neighbor in neighbors:
        vouch(newcomer_, neighbor)
    with pytest.raises(IllegalMove):
        check(newcomer_, coordinator, station)


def test_the_coordinator_is_not_one_of_the_two(newcomer_, neighbors, coordinator):
    endorse(newcomer_, coordinator)
    vouch(newcomer_, neighbors[0])
    with pytest.raises(Conflict) as refused:
        vouch(newcomer_, coordinator)
    assert refused.value.code == "endorsed"
    assert state_of(newcomer_) == "invited"


def test_a_coordinator_who_answered_as_a_neighbor_leaves_it_to_another(newcomer_, coordinator):
    vouch(newcomer_, coordinator)
    with pytest.raises(Conflict) as refused:
        endorse(newcomer_, coordinator)
    assert refused.value.code == "vouched"


def test_a_coordinator_who_took_that_word_back_may_speak_for_them(newcomer_, coordinator):
    vouchers.withdraw(voucher=vouch(newcomer_, coordinator), by=coordinator, at=NOON)
    assert endorse(newcomer_, coordinator).endorsed_by == coordinator


def test_one_neighbor_twice_counts_once(newcomer_, neighbors, coordinator):
    endorse(newcomer_, coordinator)
    first = vouch(newcomer_, neighbors[0])
    assert vouch(newcomer_, neighbors[0]).pk == first.pk
    assert state_of(newcomer_) == "invited"


def test_nobody_answers_for_themselves(newcomer_):
    with pytest.raises(Conflict) as refused:
        vouch(newcomer_, newcomer_)
    assert refused.value.code == "oneself"


def test_whoever_lost_the_right_gives_no_word_and_takes_none_back(newcomer_, neighbors):
    given = vouch(newcomer_, neighbors[0])
    gone = MembershipFactory(organization=newcomer_.organization, roles=frozenset())
    JoiningFactory(membership=gone, organization=gone.organization)
    with pytest.raises(NotAllowed):
        vouch(newcomer_, gone)
    Voucher.objects.filter(pk=given.pk).update(by=gone)
    with pytest.raises(NotAllowed):
        vouchers.withdraw(voucher=given, by=gone, at=NOON)


@pytest.mark.parametrize("roles", [frozenset(), {Role.REVIEWER}], ids=["nobody", "desk"])
def test_only_whoever_patrols_goes_the_way(organization, roles):
    somebody = newcomer(organization, roles=roles)
    with pytest.raises(NotAllowed):
        joining.sign_code(by=somebody, version=CURRENT_CODE, at=NOON)
    with pytest.raises(NotAllowed):
        joining.practise(by=somebody, at=NOON)


def test_who_is_on_the_way_answers_for_nobody(newcomer_, organization):
    with pytest.raises(Conflict) as refused:
        vouch(newcomer_, newcomer(organization))
    assert refused.value.code == "not_approved"


def test_who_is_suspended_answers_for_nobody(newcomer_, neighbors, coordinator):
    joining.suspend(member=neighbors[0], reason=SuspensionReason.ALCOHOL, by=coordinator, at=NOON)
    with pytest.raises(Conflict):
        vouch(newcomer_, neighbors[0])


def test_strangers_can_do_nothing_about_a_newcomer(newcomer_, stranger, station):
    for attempt in (
        lambda: vouch(newcomer_, stranger),
        lambda: endorse(newcomer_, stranger),
        lambda: check(newcomer_, stranger, station),
        lambda: train(newcomer_, stranger),
        lambda: approve(newcomer_, stranger),
        lambda: suspend(newcomer_, stranger),
        lambda: reinstate(newcomer_, stranger),
    ):
        with pytest.raises((NotFound, NotAllowed)):
            attempt()
    assert not Joining.objects.filter(membership=newcomer_).exists()


def test_volunteers_decide_about_nobody(newcomer_, volunteer, station):
    for attempt in (
        lambda: endorse(newcomer_, volunteer),
        lambda: check(newcomer_, volunteer, station),
        lambda: train(newcomer_, volunteer),
        lambda: approve(newcomer_, volunteer),
        lambda: suspend(newcomer_, volunteer),
        lambda: reinstate(newcomer_, volunteer),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_a_word_taken_back_sends_the_newcomer_back(newcomer_, neighbors, coordinator, station):
    given = [vouch(newcomer_, neighbor) for neighbor in neighbors]
    endorse(newcomer_, coordinator)
    check(newcomer_, coordinator, station)
    vouchers.withdraw(voucher=given[0], by=neighbors[0], at=NOON)
    assert state_of(newcomer_) == "invited"


def test_a_third_word_holds_when_one_is_taken_back(newcomer_, neighbors, coordinator, organization):
    third = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    given = [vouch(newcomer_, neighbor) for neighbor in (*neighbors, third)]
    endorse(newcomer_, coordinator)
    vouchers.withdraw(voucher=given[0], by=neighbors[0], at=NOON)
    assert state_of(newcomer_) == "vouched"


def test_an_earlier_check_counts_when_the_words_are_complete_again(
    newcomer_, neighbors, coordinator, station
):
    given = [vouch(newcomer_, neighbor) for neighbor in neighbors]
    endorse(newcomer_, coordinator)
    check(newcomer_, coordinator, station)
    vouchers.withdraw(voucher=given[0], by=neighbors[0], at=NOON)
    vouch(newcomer_, neighbors[0])
    assert state_of(newcomer_) == "checked"


def test_nobody_takes_back_anothers_word(newcomer_, neighbors):
    given = vouch(newcomer_, neighbors[0])
    with pytest.raises(NotFound):
        vouchers.withdraw(voucher=given, by=neighbors[1], at=NOON)


def test_after_the_approval_no_word_is_taken_back(newcomer_, neighbors, coordinator, station):
    given = [vouch(newcomer_, neighbor) for neighbor in neighbors]
    endorse(newcomer_, coordinator)
    check(newcomer_, coordinator, station)
    train(newcomer_, coordinator)
    joining.sign_code(by=newcomer_, version=CURRENT_CODE, at=NOON)
    approve(newcomer_, coordinator)
    with pytest.raises(IllegalMove):
        vouchers.withdraw(voucher=given[0], by=neighbors[0], at=NOON)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"code_of_conduct_version": None, "code_signed_at": None}, "not_signed"),
        ({"checked_on": TODAY - timedelta(days=800)}, "check_too_old"),
        ({"of_age_on": TODAY + timedelta(days=1)}, "under_age"),
    ],
)
def test_nobody_is_approved_with_something_missing(newcomer_, coordinator, facts, code):
    on_the_way(newcomer_, coordinator, **facts)
    with pytest.raises(Conflict) as refused:
        approve(newcomer_, coordinator)
    assert refused.value.code == code
    assert state_of(newcomer_) == "checked"


def test_nobody_is_approved_untrained(newcomer_, coordinator):
    on_the_way(newcomer_, coordinator)
    training = Qualification.objects.get(membership=newcomer_)
    qualifications.revoke(qualification=training, by=coordinator, at=NOON)
    with pytest.raises(Conflict) as refused:
        approve(newcomer_, coordinator)
    assert refused.value.code == "not_trained"


def test_of_an_adult_no_birth_date_is_kept(newcomer_, coordinator):
    row = endorse(newcomer_, coordinator, of_age_on=date(1999, 5, 17))
    assert row.of_age_on == TODAY


def test_of_a_minor_the_day_they_turn_18_is_kept(newcomer_, coordinator):
    assert endorse(newcomer_, coordinator, of_age_on=date(2031, 3, 2)).of_age_on == date(2031, 3, 2)


@pytest.mark.parametrize("on", [TODAY + timedelta(days=1), TODAY - timedelta(days=731)])
def test_a_police_check_is_not_to_come_and_not_too_old(newcomer_, coordinator, station, on):
    on_the_way(newcomer_, coordinator, status="vouched")
    with pytest.raises(Invalid) as refused:
        check(newcomer_, coordinator, station, on=on)
    assert set(refused.value.fields) == {"checked_on"}


def test_a_police_check_is_of_the_boards_district(newcomer_, coordinator):
    on_the_way(newcomer_, coordinator, status="vouched")
    with pytest.raises(NotFound):
        check(newcomer_, coordinator, PoliceStationFactory(district__ubigeo="150110"))


def test_only_the_code_as_it_reads_now_is_signed(newcomer_):
    with pytest.raises(Conflict) as refused:
        joining.sign_code(by=newcomer_, version=CURRENT_CODE + 1, at=NOON)
    assert refused.value.code == "another_version"


def test_nobody_decides_about_themselves(organization, coordinator):
    alone = newcomer(organization, roles={Role.COORDINATOR})
    for attempt in (
        lambda: endorse(alone, alone),
        lambda: train(alone, alone),
        lambda: approve(alone, alone),
        lambda: suspend(coordinator, coordinator),
        lambda: reinstate(coordinator, coordinator),
    ):
        with pytest.raises(NotAllowed):
            attempt()


def test_the_municipality_leads_a_first_coordinator_along(organization, chief, station):
    first = newcomer(organization, roles=frozenset({Role.COORDINATOR}))
    colleagues = [MembershipFactory(organization=chief.organization, roles={Role.REVIEWER}) for _ in range(2)]
    for colleague in colleagues:
        vouch(first, colleague)
    endorse(first, chief)
    check(first, chief, station)
    train(first, chief)
    joining.sign_code(by=first, version=CURRENT_CODE, at=NOON)
    approve(first, chief)
    assert state_of(first) == "approved"


def test_the_municipality_decides_about_no_volunteer(newcomer_, chief):
    with pytest.raises(NotFound):
        endorse(newcomer_, chief)


def test_another_districts_municipality_decides_about_nobody(organization):
    first = newcomer(organization, roles=frozenset({Role.COORDINATOR}))
    elsewhere = OrganizationFactory(kind="municipality", ubigeo="150110")
    with pytest.raises(NotFound):
        endorse(first, MembershipFactory(organization=elsewhere, roles={Role.SECURITY_CHIEF}))


def test_another_board_of_the_district_decides_about_no_coordinator(organization, stranger):
    first = newcomer(organization, roles=frozenset({Role.COORDINATOR}))
    assert stranger.ubigeo == first.ubigeo
    with pytest.raises(NotAllowed):
        endorse(first, stranger)


def test_only_the_members_of_boards_are_led_along(organization, chief):
    ngo = OrganizationFactory(kind="ngo", ubigeo=organization.ubigeo)
    teacher = MembershipFactory(organization=ngo, roles={Role.PROGRAM_COORDINATOR})
    colleague = MembershipFactory(organization=chief.organization, roles={Role.REVIEWER})
    for attempt in (
        lambda: endorse(colleague, chief),
        lambda: endorse(teacher, chief),
        lambda: vouch(teacher, chief),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_the_municipality_answers_only_where_a_board_has_too_few(newcomer_, chief, coordinator, neighbors):
    with pytest.raises(Conflict) as refused:
        vouch(newcomer_, chief)
    assert refused.value.code == "board_can"


def test_the_municipality_answers_for_the_first_neighbors_of_a_young_board(newcomer_, chief, coordinator):
    vouch(newcomer_, chief)
    assert newcomer_.joining.vouchers.get().by == chief


def test_only_the_approved_members_of_the_board_itself_count_as_enough(newcomer_, chief, organization):
    neighbors = {"organization": organization, "roles": {Role.VOLUNTEER}}
    MembershipFactory.create_batch(3, roles={Role.VOLUNTEER})
    MembershipFactory.create_batch(3, **neighbors, left_on=TODAY)
    MembershipFactory.create_batch(3, **neighbors, joining_row=False)
    assert vouch(newcomer_, chief).by == chief


def test_a_suspended_member_is_not_approved_until_reinstated(volunteer, coordinator):
    joining.suspend(member=volunteer, reason=SuspensionReason.CONFRONTATION, by=coordinator, at=NOON)
    assert volunteer not in queries.is_approved(Membership.objects.all())
    joining.reinstate(member=volunteer, by=coordinator, at=NOON)
    assert volunteer in queries.is_approved(Membership.objects.all())


def test_only_approved_members_are_suspended(newcomer_, coordinator):
    with pytest.raises(IllegalMove):
        joining.suspend(member=newcomer_, reason=SuspensionReason.AWAY, by=coordinator, at=NOON)


@pytest.mark.parametrize("until", [None, TODAY + timedelta(days=1000)])
def test_a_leaders_training_runs_out_within_two_years(volunteer, coordinator, until):
    with pytest.raises(Invalid) as refused:
        train(volunteer, coordinator, kind=QualificationKind.PATROL_LEADER, until=until)
    assert set(refused.value.fields) == {"valid_until"}


def test_a_training_is_on_record_once(volunteer, coordinator):
    train(volunteer, coordinator)
    with pytest.raises(Conflict) as refused:
        train(volunteer, coordinator)
    assert refused.value.code == "recorded"


def test_a_leader_leads_until_the_training_runs_out(volunteer):
    QualificationFactory(
        membership=volunteer, organization=volunteer.organization, kind="patrol_leader", valid_until=TODAY
    )
    members = Membership.objects.all()
    assert volunteer in queries.leaders(members, TODAY)
    assert volunteer not in queries.leaders(members, TODAY + timedelta(days=1))


def test_a_suspended_leader_leads_nobody(organization, coordinator):
    leader = MembershipFactory(organization=organization, roles={Role.PATROL_LEADER})
    joining.suspend(member=leader, reason=SuspensionReason.ALCOHOL, by=coordinator, at=NOON)
    assert leader not in queries.leaders(Membership.objects.all(), TODAY)


def walked(member, times, attendance="present"):
    for _ in range(times):
        patrol = PatrolFactory(
            organization=member.organization,
            status="closed",
            started_at=NOON,
            ended_at=NOON + timedelta(hours=2),
        )
        CrewMemberFactory(
            organization=member.organization, patrol=patrol, membership=member, attendance=attendance
        )


@pytest.mark.parametrize(("times", "needs"), [(0, True), (2, True), (3, False), (4, False)])
def test_the_first_three_patrols_need_a_leader(newcomer_, coordinator, times, needs):
    on_the_way(newcomer_, coordinator, status="approved", approved_at=NOON, approved_by=coordinator)
    walked(newcomer_, times)
    assert (newcomer_ in queries.needs_a_leader(Membership.objects.all())) == needs


def test_a_patrol_somebody_missed_is_none_of_the_three(newcomer_, coordinator):
    walked(newcomer_, 2)
    walked(newcomer_, 2, attendance="no_show")
    assert newcomer_ in queries.needs_a_leader(Membership.objects.all())


def test_whoever_went_out_before_needs_no_leader_now(volunteer):
    assert volunteer not in queries.needs_a_leader(Membership.objects.all())


def test_a_crew_with_a_newcomer_needs_somebody_who_leads(newcomer_, volunteer, organization):
    leader = MembershipFactory(organization=organization, roles={Role.PATROL_LEADER})
    assert queries.newcomers_without_a_leader([newcomer_.pk, volunteer.pk], TODAY)
    assert not queries.newcomers_without_a_leader([newcomer_.pk, leader.pk], TODAY)


@pytest.mark.django_db(transaction=True)
def test_two_neighbors_who_answer_together_both_count(newcomer_, neighbors, coordinator):
    endorse(newcomer_, coordinator)
    all_at_once(2, lambda place: vouch(newcomer_, neighbors[place]))
    assert state_of(newcomer_) == "vouched"


@pytest.mark.django_db(transaction=True)
def test_two_first_steps_made_together_are_of_one_way(newcomer_, neighbors):
    all_at_once(2, lambda place: vouch(newcomer_, neighbors[place]))
    assert Joining.objects.get(membership=newcomer_).vouchers.count() == 2


def test_what_a_suspended_member_signed_up_for_passes_to_others(volunteer, coordinator, organization):
    shift = ShiftFactory(organization=organization)
    signup = SignupFactory(shift=shift, membership=volunteer, organization=organization)
    joining.suspend(member=volunteer, reason=SuspensionReason.AWAY, by=coordinator, at=NOON)
    signups.release(by=SystemActor("release"), at=NOON)
    signup.refresh_from_db()
    shift.refresh_from_db()
    assert (signup.status, shift.places_taken) == ("withdrawn", 0)
