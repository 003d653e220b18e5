"""Several people at one newcomer's way at the same moment: no word, no decision and no place is lost.

Each round begins with another newcomer, and many are needed: a lost lock shows only when two meet in
the middle. On PostgreSQL the way's row decides, on SQLite the immediate transaction.
"""

import pytest

from accounts.actions import members
from accounts.actors import SystemActor
from accounts.roles import Role
from audit.models import Entry
from patrols.actions import joining, qualifications, signups, vouchers
from patrols.models import Joining, Qualification, Shift, Signup, Voucher
from patrols.queries.joining import standing_vouchers
from patrols.states import SuspensionReason
from tests.factories import NOON, MembershipFactory, PoliceStationFactory, ShiftFactory, SignupFactory
from tests.patrols.factories_joining import TODAY, newcomer, on_the_way
from tests.races import together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 8


@pytest.fixture
def neighbors(organization):
    return MembershipFactory.create_batch(3, organization=organization, roles={Role.VOLUNTEER})


def vouch(member, by):
    return lambda: vouchers.vouch(member=member, by=by, at=NOON)


def take_back(member, by):
    word = Voucher.objects.get(joining__membership=member, by=by)
    return lambda: vouchers.withdraw(voucher=word, by=by, at=NOON)


def endorse(member, by):
    return lambda: joining.endorse(member=member, of_age_on=TODAY, by=by, at=NOON)


def approve(member, by):
    return lambda: joining.approve(member=member, by=by, at=NOON)


def suspend(member, by):
    return lambda: joining.suspend(member=member, reason=SuspensionReason.AWAY, by=by, at=NOON)


def practise(member):
    return lambda: joining.practise(by=member, at=NOON)


def end(member, by):
    return lambda: members.end(by=by, membership=member, at=NOON)


def way_of(member):
    return Joining.objects.get(membership=member)


def trail(row):
    """What went on record about a row, in its order."""
    entries = Entry.objects.filter(subject_id=str(row.pk)).order_by("pk")
    return [entry.action.partition(".")[2] for entry in entries]


def with_all_words(member, neighbors, coordinator):
    """Whoever lacks only the approval, with exactly as many words as it needs."""
    way = on_the_way(member, coordinator)
    for neighbor in neighbors[:2]:
        Voucher.objects.create(joining=way, by=neighbor, organization=way.organization, given_at=NOON)
    return way


def test_every_word_said_at_once_counts_and_the_last_one_moves_the_newcomer_on(
    organization, neighbors, coordinator
):
    for _round in range(ROUNDS):
        rosa = newcomer(organization)
        said = together(*(vouch(rosa, neighbor) for neighbor in neighbors), endorse(rosa, coordinator))
        way = way_of(rosa)
        assert said == ["done"] * 4
        assert standing_vouchers(way).count() == 3
        assert (way.status, way.endorsed_by) == ("vouched", coordinator)
        assert way.version == 1 + len(trail(way)) == 5


def test_one_neighbor_who_presses_many_times_at_once_said_one_word(organization, neighbors, coordinator):
    for _round in range(ROUNDS):
        rosa = newcomer(organization)
        endorse(rosa, coordinator)()
        assert together(*[vouch(rosa, neighbors[0])] * 6) == ["done"] * 6
        way = way_of(rosa)
        assert standing_vouchers(way).count() == 1
        assert (way.status, trail(way)) == ("invited", ["endorsed", "vouched"])


def test_who_speaks_as_coordinator_and_as_neighbor_at_once_is_heard_once(organization, coordinator):
    for _round in range(ROUNDS):
        rosa = newcomer(organization)
        said = together(endorse(rosa, coordinator), vouch(rosa, coordinator))
        way = way_of(rosa)
        assert sorted(said) in (["done", "vouched"], ["done", "endorsed"]), said
        assert (way.endorsed_by is None) == way.vouchers.exists()


def test_a_word_taken_back_while_another_is_given_leaves_what_the_words_say(
    organization, neighbors, coordinator
):
    for _round in range(ROUNDS):
        rosa = newcomer(organization)
        on_the_way(rosa, coordinator, status="invited")
        vouch(rosa, neighbors[0])()
        said = together(take_back(rosa, neighbors[0]), vouch(rosa, neighbors[1]), vouch(rosa, neighbors[2]))
        way = way_of(rosa)
        assert said == ["done"] * 3
        assert standing_vouchers(way).count() == 2
        assert way.status == "checked"


def test_nobody_is_approved_on_a_word_that_is_taken_back_at_that_moment(organization, neighbors, coordinator):
    for _round in range(ROUNDS):
        rosa = newcomer(organization)
        with_all_words(rosa, neighbors, coordinator)
        said = together(approve(rosa, coordinator), take_back(rosa, neighbors[0]))
        way = way_of(rosa)
        now = (said, way.status, standing_vouchers(way).count())
        assert now in (
            (["done", "illegal_move"], "approved", 2),
            (["illegal_move", "done"], "invited", 1),
        )


def test_nobody_is_approved_after_the_training_was_taken_back(organization, neighbors, coordinator):
    for _round in range(ROUNDS):
        rosa = newcomer(organization)
        way = with_all_words(rosa, neighbors, coordinator)
        training = Qualification.objects.get(membership=rosa)

        def revoke(training=training):
            qualifications.revoke(qualification=training, by=coordinator, at=NOON)

        said = together(approve(rosa, coordinator), revoke)
        order = list(
            Entry.objects.filter(subject_id__in=[str(way.pk), str(training.pk)])
            .order_by("pk")
            .values_list("action", flat=True)
        )
        assert (said, order, way_of(rosa).status) in (
            (["done"] * 2, ["joining.approved", "qualification.revoked"], "approved"),
            (["not_trained", "done"], ["qualification.revoked"], "checked"),
        )


def test_an_approval_a_suspension_and_a_goodbye_at_once_are_each_kept_or_refused(
    organization, neighbors, coordinator
):
    for _round in range(ROUNDS):
        rosa = newcomer(organization)
        with_all_words(rosa, neighbors, coordinator)
        decisions = approve(rosa, coordinator), suspend(rosa, coordinator)
        said = together(*decisions, practise(rosa), end(rosa, coordinator))
        rosa.refresh_from_db()
        assert (said.pop(), rosa.left_on) == ("done", TODAY)
        way = way_of(rosa)
        decided = [step for step in trail(way) if step != "practised"]
        assert (said, way.status, decided) in (
            (["done", "done", "done"], "suspended", ["approved", "suspended"]),
            (["done", "illegal_move", "done"], "approved", ["approved"]),
        )
        assert way.practised_at == NOON
        assert way.version == 1 + len(trail(way))


def test_a_suspension_is_not_lost_under_steps_that_are_noted_at_that_moment(organization, coordinator):
    station = PoliceStationFactory(district__ubigeo=organization.ubigeo)
    for _round in range(ROUNDS):
        rosa = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})

        def check(rosa=rosa):
            joining.record_check(
                member=rosa, police_station=station, checked_on=TODAY, by=coordinator, at=NOON
            )

        said = together(check, practise(rosa), suspend(rosa, coordinator), practise(rosa))
        way = way_of(rosa)
        assert said == ["done"] * 4
        assert (way.status, way.checked_on, way.practised_at) == ("suspended", TODAY, NOON)
        assert sorted(trail(way)) == ["checked", "practised", "suspended"]


def test_whoever_is_stopped_or_leaves_while_signing_up_holds_no_place_after_the_next_tick(
    organization, coordinator
):
    for turn in range(ROUNDS):
        rosa = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
        shift = ShiftFactory(organization=organization, capacity=2)
        SignupFactory(shift=shift, organization=organization, status="waitlisted", waiting_since=NOON)

        def sign_up(rosa=rosa, shift=shift):
            signups.sign_up(shift=shift, by=rosa, at=NOON)

        stopped = (suspend, end)[turn % 2](rosa, coordinator)
        together(sign_up, stopped, sign_up)
        signups.release(by=SystemActor("release"), at=NOON)
        rosa.refresh_from_db()
        assert rosa.left_on or way_of(rosa).status == "suspended"
        assert not Signup.objects.filter(membership=rosa, status__in=["confirmed", "offered"]).exists()
    for shift in Shift.objects.all():
        held = Signup.objects.filter(shift=shift, status__in=["confirmed", "offered"])
        assert shift.places_taken == held.count()
