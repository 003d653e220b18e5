"""What is told on the way to the first patrol: to whom, once, and only while it is true."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from notifications.models import InboxItem, Notice
from patrols.actions import joining, qualifications, vouchers
from patrols.models import Joining, Qualification
from patrols.notices import KINDS
from patrols.states import CURRENT_CODE, QualificationKind, SuspensionReason
from tests.factories import NOON, MembershipFactory, OrganizationFactory, PoliceStationFactory
from tests.patrols.factories_joining import TODAY, newcomer, on_the_way
from tests.patrols.told import MINUTE, deliver, heard, last, speaks_english, tick


@pytest.fixture
def rosa(organization):
    return speaks_english(newcomer(organization))


@pytest.fixture
def juan(neighbors):
    """Somebody who goes out already."""
    return speaks_english(neighbors[0])


@pytest.fixture
def elena(coordinator):
    return speaks_english(coordinator)


@pytest.fixture
def neighbors(organization):
    return MembershipFactory.create_batch(2, organization=organization, roles={Role.VOLUNTEER})


@pytest.fixture
def station(organization):
    return PoliceStationFactory(district__ubigeo=organization.ubigeo)


def vouched_by_all(rosa, neighbors, elena, at=NOON):
    for neighbor in neighbors:
        vouchers.vouch(member=rosa, by=neighbor, at=at)
    joining.endorse(member=rosa, of_age_on=TODAY, by=elena, at=at)


def check(rosa, elena, station, at=NOON):
    joining.record_check(member=rosa, police_station=station, checked_on=TODAY, by=elena, at=at)


def train(rosa, elena, at=NOON):
    kind = QualificationKind.PATROL_TRAINING
    qualifications.record(member=rosa, kind=kind, valid_from=TODAY, valid_until=None, by=elena, at=at)


def test_each_step_is_told_to_whoever_must_take_the_next(rosa, neighbors, elena, station):
    vouchers.vouch(member=rosa, by=neighbors[0], at=NOON)
    tick()
    assert (heard(rosa), heard(elena)) == ([], [])
    vouchers.vouch(member=rosa, by=neighbors[1], at=NOON)
    tick()
    assert heard(elena) == ["newcomer_word"]
    joining.endorse(member=rosa, of_age_on=TODAY, by=elena, at=NOON + MINUTE)
    tick(NOON + 2 * MINUTE)
    assert heard(elena)[1:] == ["newcomer_check"]
    assert heard(rosa) == ["code_to_sign", "training_missing"]
    check(rosa, elena, station)
    train(rosa, elena)
    tick(NOON + 3 * MINUTE)
    assert heard(elena)[2:] == []
    joining.sign_code(by=rosa, version=CURRENT_CODE, at=NOON + 3 * MINUTE)
    tick(NOON + 4 * MINUTE)
    assert heard(elena)[2:] == ["newcomer_ready"]
    joining.approve(member=rosa, by=elena, at=NOON + 5 * MINUTE)
    tick(NOON + 6 * MINUTE)
    assert heard(rosa)[2:] == ["may_go_out"]
    assert [heard(neighbor) for neighbor in neighbors] == [[], []]


def test_whoever_is_approved_reads_that_the_first_three_patrols_go_with_a_leader(rosa, elena):
    on_the_way(rosa, elena)
    joining.approve(member=rosa, by=elena, at=NOON)
    deliver()
    item = last(rosa)
    assert item.title == "You may go out now"
    assert item.body == "Your first three patrols go with a leader. Choose a night."
    assert item.path == f"/o/{rosa.organization.code}/mine/"


def test_nothing_is_told_twice_however_often_the_clock_rings(rosa, neighbors, elena, station):
    vouched_by_all(rosa, neighbors, elena)
    check(rosa, elena, station)
    train(rosa, elena)
    joining.sign_code(by=rosa, version=CURRENT_CODE, at=NOON)
    for hours in range(4):
        tick(NOON + timedelta(hours=hours))
    assert heard(elena) == ["newcomer_ready"]
    joining.approve(member=rosa, by=elena, at=NOON + timedelta(hours=4))
    for hours in range(4, 8):
        tick(NOON + timedelta(hours=hours))
    assert heard(rosa).count("may_go_out") == 1


def test_what_is_done_meanwhile_is_told_to_nobody(rosa, neighbors, elena, station):
    vouched_by_all(rosa, neighbors, elena)
    assert Notice.objects.filter(kind="newcomer_check", recipient_id=elena.pk).exists()
    check(rosa, elena, station)
    train(rosa, elena)
    joining.sign_code(by=rosa, version=CURRENT_CODE, at=NOON)
    joining.approve(member=rosa, by=elena, at=NOON)
    deliver()
    assert heard(elena) == []
    assert heard(rosa) == ["may_go_out"]


def test_a_lost_promise_heals(rosa, neighbors, elena):
    vouched_by_all(rosa, neighbors, elena)
    Notice.objects.all().delete()
    tick()
    assert heard(elena) == ["newcomer_check"]


def test_a_word_taken_back_and_given_again_is_a_new_occasion(rosa, neighbors, elena):
    vouched_by_all(rosa, neighbors, elena)
    deliver()
    voucher = rosa.joining.vouchers.get(by=neighbors[0])
    vouchers.withdraw(voucher=voucher, by=neighbors[0], at=NOON + MINUTE)
    vouchers.vouch(member=rosa, by=neighbors[0], at=NOON + 2 * MINUTE)
    tick(NOON + 3 * MINUTE)
    assert heard(elena) == ["newcomer_check", "newcomer_check"]


def test_a_coordinator_who_answered_as_a_neighbor_is_not_asked_for_the_other_word(rosa, neighbors, elena):
    other = MembershipFactory(organization=elena.organization, roles={Role.COORDINATOR})
    for member in (elena, neighbors[0]):
        vouchers.vouch(member=rosa, by=member, at=NOON)
    tick()
    assert (heard(elena), heard(other)) == ([], ["newcomer_word"])


def test_of_the_only_coordinator_the_municipality_hears(organization):
    founded = newcomer(organization, roles={Role.COORDINATOR})
    municipality = OrganizationFactory(kind="municipality", ubigeo=organization.ubigeo)
    chief = MembershipFactory(organization=municipality, roles={Role.SECURITY_CHIEF})
    elsewhere = OrganizationFactory(kind="municipality", ubigeo="150142")
    stranger = MembershipFactory(organization=elsewhere, roles={Role.SECURITY_CHIEF})
    on_the_way(founded, chief)
    tick()
    assert (heard(founded), heard(chief), heard(stranger)) == ([], ["newcomer_ready"], [])
    address = f"/o/{municipality.code}/people/{founded.pk}/way/"
    assert last(chief).path == address


def test_a_coordinator_who_stops_being_one_is_not_told(rosa, neighbors, elena):
    vouched_by_all(rosa, neighbors, elena)
    elena.roles = {Role.VOLUNTEER}
    elena.save()
    deliver()
    assert heard(elena) == []


def test_nobody_hears_of_a_newcomer_who_left(rosa, neighbors, elena):
    vouched_by_all(rosa, neighbors, elena)
    rosa.left_on = TODAY
    rosa.save()
    tick()
    assert (heard(rosa), heard(elena)) == ([], [])


def test_a_training_that_ran_out_or_a_check_too_old_makes_nobody_ready(rosa, elena):
    on_the_way(rosa, elena, checked_on=TODAY - timedelta(days=731))
    other = newcomer(elena.organization)
    on_the_way(other, elena)
    Qualification.objects.filter(membership=other).update(valid_until=TODAY - timedelta(days=1))
    tick()
    assert "newcomer_ready" not in heard(elena)


def test_whoever_is_suspended_and_comes_back_hears_both_and_never_why(juan, elena):
    joining.suspend(member=juan, reason=SuspensionReason.ALCOHOL, by=elena, at=NOON)
    tick()
    assert heard(juan) == ["stands_aside"]
    assert last(juan).body == "Your places pass to others. Your coordinator can say why, and until when."
    joining.reinstate(member=juan, by=elena, at=NOON + 2 * MINUTE)
    tick(NOON + 3 * MINUTE)
    assert heard(juan) == ["stands_aside", "may_go_again"]


def test_the_last_word_is_true_when_both_come_before_anything_is_sent(juan, elena):
    joining.suspend(member=juan, reason=SuspensionReason.AWAY, by=elena, at=NOON)
    joining.reinstate(member=juan, by=elena, at=NOON)
    joining.suspend(member=juan, reason=SuspensionReason.AWAY, by=elena, at=NOON + MINUTE)
    tick(NOON + 2 * MINUTE)
    assert heard(juan) == ["stands_aside"]


def test_no_message_about_somebody_says_who(rosa, neighbors, elena, station):
    vouchers.vouch(member=rosa, by=neighbors[0], at=NOON)
    vouchers.vouch(member=rosa, by=neighbors[1], at=NOON)
    tick()
    joining.endorse(member=rosa, of_age_on=TODAY, by=elena, at=NOON)
    tick()
    for item in InboxItem.objects.filter(recipient_id=elena.pk):
        assert rosa.alias not in f"{item.title} {item.body}"


def test_whoever_was_taken_over_is_not_told_that_they_may_go_out(juan):
    Joining.objects.filter(membership=juan).update(approved_at=NOON)
    tick()
    assert heard(juan) == []


def test_ten_newcomers_cost_the_clock_as_many_questions_as_one(organization, elena):
    mine = [kind for kind in KINDS if kind.code.startswith("newcomer_")]

    def questions():
        with CaptureQueriesContext(connection) as asked:
            found = [wanted for kind in mine for wanted in kind.wanted(NOON, NOON)]
        return len(asked), len(found)

    on_the_way(newcomer(organization), elena)
    one, _ = questions()
    for _ in range(9):
        on_the_way(newcomer(organization), elena)
    assert questions() == (one, 10)
