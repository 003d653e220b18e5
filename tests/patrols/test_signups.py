"""Signing up, leaving, waiting and being offered a place."""

from datetime import timedelta

import pytest

from accounts.actors import SystemActor
from accounts.roles import Role
from audit.models import Entry
from notifications.models import Notice
from patrols.actions import signups
from patrols.models import Shift, Signup
from rules.refusals import Conflict, IllegalMove, NotAllowed, NotFound
from tests.factories import (
    NOON,
    CrewMemberFactory,
    MembershipFactory,
    PatrolFactory,
    ShiftFactory,
    SignupFactory,
)

JOB = SystemActor("offers")


def neighbors(organization, count):
    return MembershipFactory.create_batch(count, organization=organization, roles={Role.VOLUNTEER})


def taken(shift):
    """The places taken, after checking that both counts are what the signups say."""
    now = Shift.objects.get(pk=shift.pk)
    signups = list(Signup.objects.filter(shift=shift).values_list("status", flat=True))
    assert (now.confirmed, now.places_offered) == (signups.count("confirmed"), signups.count("offered"))
    return now.places_taken


def states(shift):
    return sorted(Signup.objects.filter(shift=shift).values_list("status", flat=True))


@pytest.fixture
def shift(organization):
    return ShiftFactory(organization=organization, capacity=2)


@pytest.fixture
def full(shift):
    """A shift whose two places are taken."""
    SignupFactory.create_batch(2, shift=shift, organization=shift.organization)
    return shift


def confirmed_of(shift):
    return Signup.objects.filter(shift=shift, status="confirmed").order_by("pk")


def test_whoever_signs_up_takes_a_place_while_there_are_some(shift, volunteer):
    signup = signups.sign_up(shift=shift, by=volunteer, at=NOON)

    assert (signup.status, signup.confirmed_at, taken(shift)) == ("confirmed", NOON, 1)
    entry = Entry.objects.get()
    assert (entry.action, entry.subject_id) == ("signup.confirmed", str(signup.pk))


def test_whoever_comes_to_a_full_shift_waits_in_line(full, volunteer):
    signup = signups.sign_up(shift=full, by=volunteer, at=NOON)

    assert (signup.status, signup.waiting_since, taken(full)) == ("waitlisted", NOON, 2)


@pytest.mark.parametrize("status", ["confirmed", "waitlisted", "offered"])
def test_signing_up_twice_changes_nothing(status, shift, volunteer):
    first = SignupFactory(shift=shift, membership=volunteer, organization=shift.organization, status=status)
    before = taken(shift)

    again = signups.sign_up(shift=shift, by=volunteer, at=NOON)

    assert (again.pk, again.status, again.version) == (first.pk, status, 1)
    assert (taken(shift), Entry.objects.count()) == (before, 0)


@pytest.mark.parametrize("status", ["draft", "closed", "cancelled"])
def test_nobody_signs_up_for_a_shift_that_is_not_open(status, organization, volunteer):
    with pytest.raises(IllegalMove):
        signups.sign_up(shift=ShiftFactory(organization=organization, status=status), by=volunteer, at=NOON)


def test_nobody_signs_up_for_a_shift_that_has_begun(shift, volunteer):
    with pytest.raises(Conflict) as refused:
        signups.sign_up(shift=shift, by=volunteer, at=shift.starts_at)
    assert refused.value.code == "begun"


def test_nobody_signs_up_for_another_boards_shift(shift, stranger):
    with pytest.raises(NotFound):
        signups.sign_up(shift=shift, by=stranger, at=NOON)


def test_the_municipality_does_not_sign_up(shift):
    chief = MembershipFactory(organization=shift.organization, roles={Role.SECURITY_CHIEF})
    with pytest.raises(NotAllowed):
        signups.sign_up(shift=shift, by=chief, at=NOON)


@pytest.mark.parametrize(
    ("begins", "ends", "clash"),
    [(-13, -10, False), (-3, 1, True), (1, 2, True), (2, 9, True), (13, 15, False)],
)
def test_nobody_is_in_two_places_at_once(begins, ends, clash, shift, volunteer):
    hour = timedelta(hours=1)
    other = ShiftFactory(
        organization=shift.organization,
        starts_at=shift.starts_at + begins * hour,
        ends_at=shift.starts_at + ends * hour,
    )
    SignupFactory(shift=other, membership=volunteer, organization=shift.organization)

    if clash:
        with pytest.raises(Conflict) as refused:
            signups.sign_up(shift=shift, by=volunteer, at=NOON)
        assert refused.value.code == "overlap"
    else:
        assert signups.sign_up(shift=shift, by=volunteer, at=NOON).status == "confirmed"


@pytest.mark.parametrize(
    ("there", "here"), [("waitlisted", "open"), ("withdrawn", "open"), ("confirmed", "cancelled")]
)
def test_only_a_confirmed_place_in_a_living_shift_keeps_somebody_busy(there, here, shift, volunteer):
    other = ShiftFactory(organization=shift.organization, status=here)
    SignupFactory(shift=other, membership=volunteer, organization=shift.organization, status=there)

    assert signups.sign_up(shift=shift, by=volunteer, at=NOON).status == "confirmed"


def test_a_freed_place_is_offered_to_who_waited_longest_until_a_deadline(full):
    line = neighbors(full.organization, 2)
    waiting = [
        signups.sign_up(shift=full, by=neighbor, at=NOON + timedelta(minutes=place))
        for place, neighbor in enumerate(line)
    ]
    leaver = confirmed_of(full)[0]

    signups.withdraw(signup=leaver, by=leaver.membership, at=NOON + timedelta(hours=1))

    for signup in waiting:
        signup.refresh_from_db()
    assert [signup.status for signup in waiting] == ["offered", "waitlisted"]
    assert waiting[0].offer_expires_at == NOON + timedelta(hours=3)
    assert taken(full) == 2
    notice = Notice.objects.get(kind="place_offered", channel="inbox")
    assert (notice.recipient_id, notice.subject_id) == (line[0].pk, full.pk)


def test_an_offer_never_outlives_the_start(full, volunteer):
    signups.sign_up(shift=full, by=volunteer, at=NOON)
    leaver = confirmed_of(full)[0]

    signups.withdraw(signup=leaver, by=leaver.membership, at=full.starts_at - timedelta(minutes=20))

    assert Signup.objects.get(membership=volunteer).offer_expires_at == full.starts_at


def test_somebody_new_does_not_overtake_the_line(full, volunteer):
    waiting = signups.sign_up(shift=full, by=volunteer, at=NOON)
    leaver = confirmed_of(full)[0]
    signups.withdraw(signup=leaver, by=leaver.membership, at=NOON)
    (newcomer,) = neighbors(full.organization, 1)

    assert signups.sign_up(shift=full, by=newcomer, at=NOON).status == "waitlisted"
    waiting.refresh_from_db()
    assert waiting.status == "offered"


def test_a_place_that_was_free_while_the_line_was_busy_elsewhere_goes_to_the_line_first(shift):
    """The first in line could not be asked; once free again, they come before a newcomer."""
    patient, newcomer = neighbors(shift.organization, 2)
    SignupFactory(shift=shift, membership=patient, organization=shift.organization, status="waitlisted")
    SignupFactory(shift=shift, organization=shift.organization)

    assert signups.sign_up(shift=shift, by=newcomer, at=NOON).status == "waitlisted"
    assert Signup.objects.get(membership=patient).status == "offered"


@pytest.mark.parametrize("reason", ["busy", "left"])
def test_whoever_cannot_come_does_not_hold_up_the_line(reason, full):
    first, second = neighbors(full.organization, 2)
    signups.sign_up(shift=full, by=first, at=NOON)
    signups.sign_up(shift=full, by=second, at=NOON + timedelta(minutes=1))
    if reason == "busy":
        SignupFactory(
            shift=ShiftFactory(organization=full.organization),
            membership=first,
            organization=full.organization,
        )
    else:
        first.left_on = NOON.date()
        first.save()
    leaver = confirmed_of(full)[0]

    signups.withdraw(signup=leaver, by=leaver.membership, at=NOON)

    assert Signup.objects.get(shift=full, membership=first).status == "waitlisted"
    assert Signup.objects.get(membership=second).status == "offered"


def test_an_accepted_offer_is_a_place(full, volunteer):
    signups.sign_up(shift=full, by=volunteer, at=NOON)
    leaver = confirmed_of(full)[0]
    signups.withdraw(signup=leaver, by=leaver.membership, at=NOON)
    offer = Signup.objects.get(membership=volunteer)

    accepted = signups.accept_offer(signup=offer, by=volunteer, at=NOON + timedelta(hours=1))

    assert (accepted.status, accepted.offer_expires_at, taken(full)) == ("confirmed", None, 2)


def test_an_offer_that_ran_out_cannot_be_accepted(full, volunteer):
    signups.sign_up(shift=full, by=volunteer, at=NOON)
    leaver = confirmed_of(full)[0]
    signups.withdraw(signup=leaver, by=leaver.membership, at=NOON)

    with pytest.raises(Conflict) as refused:
        signups.accept_offer(
            signup=Signup.objects.get(membership=volunteer),
            by=volunteer,
            at=NOON + timedelta(hours=2),
        )
    assert refused.value.code == "offer_over"


@pytest.mark.parametrize("ending", ["decline", "lapse", "withdraw"])
def test_an_offer_not_taken_goes_to_the_next(ending, full):
    first, second = neighbors(full.organization, 2)
    signups.sign_up(shift=full, by=first, at=NOON)
    signups.sign_up(shift=full, by=second, at=NOON + timedelta(minutes=1))
    leaver = confirmed_of(full)[0]
    signups.withdraw(signup=leaver, by=leaver.membership, at=NOON)
    offer = Signup.objects.get(membership=first)
    later = NOON + timedelta(hours=2)

    if ending == "decline":
        signups.decline_offer(signup=offer, by=first, at=later)
    elif ending == "withdraw":
        signups.withdraw(signup=offer, by=first, at=later)
    else:
        assert signups.lapse_offers(by=JOB, at=later) == 1

    assert states(full) == sorted(
        ["confirmed", "withdrawn" if ending == "withdraw" else "declined", "offered", "withdrawn"]
    )
    assert Signup.objects.get(membership=second).status == "offered"
    assert taken(full) == 2


def test_an_offer_still_open_does_not_lapse(full, volunteer):
    SignupFactory(shift=full, membership=volunteer, organization=full.organization, status="waitlisted")
    leaver = confirmed_of(full)[0]
    signups.withdraw(signup=leaver, by=leaver.membership, at=NOON)

    assert signups.lapse_offers(by=JOB, at=NOON + timedelta(minutes=119)) == 0
    assert Signup.objects.get(membership=volunteer).status == "offered"


def test_whoever_left_may_come_back_at_the_end_of_the_line(full):
    leaver = confirmed_of(full)[0]
    (patient,) = neighbors(full.organization, 1)
    signups.sign_up(shift=full, by=patient, at=NOON)
    signups.withdraw(signup=leaver, by=leaver.membership, at=NOON)

    back = signups.sign_up(shift=full, by=leaver.membership, at=NOON + timedelta(minutes=5))

    assert (back.pk, back.status) == (leaver.pk, "waitlisted")
    assert back.waiting_since == NOON + timedelta(minutes=5)


def test_the_coordinator_withdraws_somebody_but_answers_no_offer_for_them(full, coordinator):
    signup = confirmed_of(full)[0]
    assert signups.withdraw(signup=signup, by=coordinator, at=NOON).status == "withdrawn"

    offered = SignupFactory(
        shift=ShiftFactory(organization=full.organization),
        organization=full.organization,
        status="offered",
    )
    for answer in (signups.accept_offer, signups.decline_offer, signups.confirm_attending):
        with pytest.raises(NotAllowed):
            answer(signup=offered, by=coordinator, at=NOON)


def test_a_volunteer_does_not_withdraw_a_neighbor(full, volunteer):
    with pytest.raises(NotAllowed):
        signups.withdraw(signup=confirmed_of(full)[0], by=volunteer, at=NOON)


def test_saying_i_am_coming_twice_keeps_the_first_moment(full):
    signup = confirmed_of(full)[0]
    signups.confirm_attending(signup=signup, by=signup.membership, at=NOON)
    signups.confirm_attending(signup=signup, by=signup.membership, at=NOON + timedelta(hours=1))

    signup.refresh_from_db()
    assert signup.attending_confirmed_at == NOON
    assert Entry.objects.filter(action="signup.attending").count() == 1


def test_nobody_leaves_a_shift_that_has_begun(full):
    signup = confirmed_of(full)[0]
    with pytest.raises(Conflict):
        signups.withdraw(signup=signup, by=signup.membership, at=full.starts_at)


def test_the_crew_follows_the_signups_while_the_briefing_is_open(full, volunteer):
    patrol = PatrolFactory(shift=full, organization=full.organization, status="briefing")
    leaver, stays = confirmed_of(full)
    for signup in (leaver, stays):
        CrewMemberFactory(patrol=patrol, membership=signup.membership, organization=full.organization)
    soon = full.starts_at - timedelta(minutes=30)

    signups.withdraw(signup=leaver, by=leaver.membership, at=soon)
    signups.sign_up(shift=full, by=volunteer, at=soon)

    assert dict(patrol.crew.values_list("membership", "attendance")) == {
        leaver.membership_id: "excused",
        stays.membership_id: "expected",
        volunteer.pk: "expected",
    }


def test_whoever_is_already_with_the_crew_cannot_withdraw(full):
    patrol = PatrolFactory(shift=full, organization=full.organization, status="briefing")
    signup = confirmed_of(full)[0]
    CrewMemberFactory(
        patrol=patrol,
        membership=signup.membership,
        organization=full.organization,
        attendance="present",
    )
    with pytest.raises(Conflict) as refused:
        signups.withdraw(signup=signup, by=signup.membership, at=NOON)
    assert refused.value.code == "on_patrol"


SIGNUP_VERBS = {
    "accept": lambda signup: signups.accept_offer(signup=signup, by=signup.membership, at=NOON),
    "decline": lambda signup: signups.decline_offer(signup=signup, by=signup.membership, at=NOON),
    "withdraw": lambda signup: signups.withdraw(signup=signup, by=signup.membership, at=NOON),
    "confirm_attending": lambda signup: signups.confirm_attending(
        signup=signup, by=signup.membership, at=NOON
    ),
}
SIGNUP_MOVES = {
    ("confirmed", "withdraw"): "withdrawn",
    ("confirmed", "confirm_attending"): "confirmed",
    ("waitlisted", "withdraw"): "withdrawn",
    ("offered", "accept"): "confirmed",
    ("offered", "decline"): "declined",
    ("offered", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("verb", SIGNUP_VERBS)
@pytest.mark.parametrize("status", ["confirmed", "waitlisted", "offered", "declined", "withdrawn"])
def test_every_move_of_a_signup_is_legal_or_refused(status, verb, shift):
    signup = SignupFactory(shift=shift, organization=shift.organization, status=status)

    if (status, verb) in SIGNUP_MOVES:
        assert SIGNUP_VERBS[verb](signup).status == SIGNUP_MOVES[status, verb]
        assert Entry.objects.count() == 1
    else:
        with pytest.raises(IllegalMove):
            SIGNUP_VERBS[verb](signup)
        assert Entry.objects.count() == 0
    assert taken(shift) <= 2
