"""Every verb asks for itself who acts and whose rows they are: no door may be the only one that does.

Each is called past the doors: by somebody of another board with every right there, who finds nothing,
and by somebody of the board itself, on the very row it is about, who has no right (any more).
"""

from datetime import date, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from accounts.actors import SystemActor
from accounts.roles import Role
from patrols.actions import (
    attendance,
    certificates,
    duty,
    equipment,
    handovers,
    objections,
    occurrences,
    proposals,
    roles,
    series,
    signups,
    suspensions,
    swaps,
    tracks,
    visits,
)
from patrols.models import DutyTurn, EquipmentItem, Objection
from rules.refusals import NotAllowed, NotFound
from tests.factories import (
    NOON,
    CrewMemberFactory,
    MembershipFactory,
    OrganizationFactory,
    PatrolFactory,
    PriorityPointFactory,
    ShiftFactory,
    SignupFactory,
)
from tests.patrols.factories_around import EquipmentItemFactory, HandoverItemFactory, LoanFactory
from tests.patrols.factories_calendar import (
    ProposalFactory,
    ProposedNightFactory,
    SuspensionFactory,
    SwapFactory,
)
from tests.patrols.factories_safety import DutyTurnFactory
from tests.patrols.factories_series import SeriesFactory
from tests.patrols.factories_visits import TrackFactory, VisitFactory

EVERYTHING = frozenset({Role.COORDINATOR, Role.PATROL_LEADER, Role.VOLUNTEER})


@pytest.fixture
def house(organization):
    """A board with a crew on the street. `own(by)` puts somebody into that crew, `ours` owns rows."""
    ours = {"organization": organization}
    patrol = PatrolFactory(**ours, status="active", started_at=NOON)
    over = PatrolFactory(**ours, status="closed", started_at=NOON, ended_at=NOON + timedelta(hours=2))

    def crew_of(outing, member):
        if member.organization_id != organization.pk:
            member = MembershipFactory(**ours, roles={Role.VOLUNTEER})
        return CrewMemberFactory(patrol=outing, membership=member, attendance="present", **ours)

    return SimpleNamespace(
        ours=ours, patrol=patrol, over=over, crew_of=crew_of, fellow=MembershipFactory(**ours)
    )


def objection_of(house):
    row = house.crew_of(house.over, MembershipFactory(**house.ours, roles={Role.VOLUNTEER}))
    facts = {"claims": "late", "reason_code": "was_there", "at": NOON}
    return Objection.objects.create(patrol=house.over, crew_member=row, **facts, **house.ours)


def swap_of(house, by, asked=True):
    """A question to whoever acts, or one that they asked."""
    if by.organization_id != house.ours["organization"].pk:
        return SwapFactory(**house.ours)
    return SwapFactory(**house.ours, **{"asked" if asked else "asked_by": by})


def _lend(house, by):
    house.crew_of(house.patrol, by)
    equipment.lend(item=EquipmentItemFactory(**house.ours), by=by, at=NOON, patrol=house.patrol)


def _lend_to_one(house, by):
    equipment.lend(item=EquipmentItemFactory(**house.ours), by=by, at=NOON, member=house.fellow)


def _take_back(house, by):
    house.crew_of(house.patrol, by)
    equipment.take_back(loan=LoanFactory(patrol=house.patrol, **house.ours), by=by, at=NOON)


def _find(house, by):
    equipment.find_again(item=EquipmentItemFactory(condition="lost", **house.ours), by=by, at=NOON)


def _object(house, by):
    row = house.crew_of(house.over, by)
    objections.object_to(crew_member=row, by=by, at=NOON, claims="late", reason_code="was_there")


def _ask_swap(house, by):
    shift = ShiftFactory(**house.ours)
    if by.organization_id == house.ours["organization"].pk:
        SignupFactory(shift=shift, membership=by, **house.ours)
    swaps.ask(shift=shift, fellow=house.fellow, by=by, at=NOON)


def _leave(house, by):
    house.crew_of(house.patrol, by)
    attendance.leave(patrol=house.patrol, by=by, at=NOON)


def _arrive(house, by):
    house.crew_of(house.patrol, by)
    point = PriorityPointFactory(**house.ours)
    visits.arrive(patrol=house.patrol, point=point, by=by, at=NOON, method="manual", reason_code="no_gps")


def _leave_point(house, by):
    house.crew_of(house.patrol, by)
    visits.leave(visit=VisitFactory(patrol=house.patrol, **house.ours), by=by, at=NOON)


def _correct(house, by):
    row = house.crew_of(house.over, MembershipFactory(**house.ours, roles={Role.VOLUNTEER}))
    facts = {"attendance": "late", "reason_code": "told_us"}
    attendance.correct(crew_member=row, by=by, at=NOON, **facts)


def _skip_point(house, by):
    house.crew_of(house.patrol, by)
    visits.skip(
        patrol=house.patrol, point=PriorityPointFactory(**house.ours), by=by, at=NOON, reason_code="danger"
    )


def _allow_track(house, by):
    house.crew_of(house.patrol, by)
    tracks.allow(patrol=house.patrol, by=by, at=NOON)


def _add_points(house, by):
    TrackFactory(patrol=house.patrol, membership=house.crew_of(house.patrol, by).membership, **house.ours)
    tracks.add_points(patrol=house.patrol, by=by, at=NOON, points=[])


def _of_series(verb, **words):
    return lambda house, by: verb(series=SeriesFactory(**house.ours), by=by, at=NOON, **words)


def _sign_up_of(house, by):
    signups.sign_up(shift=ShiftFactory(**house.ours), by=by, at=NOON)


FRIDAY = date(2030, 1, 4)
VERBS = {
    "equipment.retire": lambda house, by: equipment.retire(
        item=EquipmentItemFactory(**house.ours), by=by, at=NOON
    ),
    "equipment.lend to a crew": _lend,
    "equipment.lend to one": _lend_to_one,
    "equipment.take_back": _take_back,
    "equipment.find_again": _find,
    "handovers.resolve": lambda house, by: handovers.resolve(
        item=HandoverItemFactory(**house.ours), by=by, at=NOON
    ),
    "objections.object_to": _object,
    "objections.keep": lambda house, by: objections.keep(objection=objection_of(house), by=by, at=NOON),
    "swaps.ask": _ask_swap,
    "swaps.accept": lambda house, by: swaps.accept(swap=swap_of(house, by), by=by, at=NOON),
    "swaps.decline": lambda house, by: swaps.decline(swap=swap_of(house, by), by=by, at=NOON),
    "swaps.cancel": lambda house, by: swaps.cancel(swap=swap_of(house, by, asked=False), by=by, at=NOON),
    "attendance.leave": _leave,
    "attendance.correct": _correct,
    "visits.leave": _leave_point,
    "visits.arrive": _arrive,
    "visits.skip": _skip_point,
    "tracks.allow": _allow_track,
    "tracks.add_points": _add_points,
    "tracks.withdraw": lambda house, by: tracks.withdraw(patrol=house.patrol, by=by),
    "proposals.discard": lambda house, by: proposals.discard(proposal=ProposalFactory(**house.ours), by=by),
    "proposals.publish": lambda house, by: proposals.publish(
        proposal=ProposalFactory(**house.ours), by=by, at=NOON
    ),
    "proposals.redraw": lambda house, by: proposals.redraw(
        night=ProposedNightFactory(**house.ours), by=by, at=NOON
    ),
    "proposals.drop": lambda house, by: proposals.drop(night=ProposedNightFactory(**house.ours), by=by),
    "series.change": _of_series(series.change, capacity=7),
    "series.change_from": _of_series(
        series.change_from, occurrence_on=FRIDAY + timedelta(weeks=1), capacity=7
    ),
    "series.end": _of_series(series.end),
    "occurrences.skip": _of_series(occurrences.skip, occurrence_on=FRIDAY, reason="other"),
    "occurrences.restore": _of_series(occurrences.restore, occurrence_on=FRIDAY),
    "occurrences.keep": _of_series(occurrences.keep, occurrence_on=FRIDAY),
    "roles.set_roles": lambda house, by: roles.set_roles(
        shift=ShiftFactory(**house.ours), by=by, at=NOON, wishes=[]
    ),
    "signups.sign_up": _sign_up_of,
}
# What is about whoever acts, and about no other row.
OF_ONESELF = {
    "certificates.ask": lambda house, by: certificates.ask(
        by=by, at=NOON, from_on=NOON.date() - timedelta(days=9), to_on=NOON.date()
    ),
    "equipment.register": lambda house, by: equipment.register(by=by, at=NOON, kind="vest", label="CH-1"),
    "duty.begin_now": lambda house, by: duty.begin_now(by=by, at=NOON),
    "duty.plan": lambda house, by: duty.plan(
        by=by,
        member=MembershipFactory(organization=by.organization, roles={Role.REVIEWER}),
        starts_at=NOON,
        ends_at=NOON + timedelta(hours=8),
        at=NOON,
    ),
    "suspensions.suspend": lambda house, by: suspensions.suspend(
        by=by, starts_at=NOON, ends_at=NOON + timedelta(days=1), reason="operation", at=NOON
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_stranger_with_every_right_elsewhere_finds_nothing(verb, house):
    stranger = MembershipFactory(roles=EVERYTHING)
    with pytest.raises(NotFound):
        VERBS[verb](house, stranger)


@pytest.mark.parametrize("verb", VERBS | OF_ONESELF)
def test_whoever_lost_the_right_does_nothing_even_with_their_own(verb, house):
    nobody = MembershipFactory(**house.ours, roles=frozenset())
    with pytest.raises(NotAllowed):
        (VERBS | OF_ONESELF)[verb](house, nobody)


@pytest.mark.parametrize("verb", [swaps.lapse, tracks.forget], ids=["swaps.lapse", "tracks.forget"])
def test_a_job_of_ours_does_nothing_that_is_another_jobs(verb):
    with pytest.raises(NotAllowed):
        verb(by=SystemActor("news"), at=NOON)


def test_the_desks_of_two_districts_lift_and_plan_nothing_for_each_other():
    desk, other = (OrganizationFactory(kind="municipality", ubigeo=ubigeo) for ubigeo in ("150132", "150110"))
    chief = MembershipFactory(organization=other, roles={Role.SECURITY_CHIEF, Role.REVIEWER})
    turn = DutyTurnFactory(organization=desk, starts_at=NOON, ends_at=NOON + timedelta(hours=8))
    suspension = SuspensionFactory(organization=desk)
    for act in (
        lambda: suspensions.lift(suspension=suspension, by=chief, at=NOON),
        lambda: duty.end(turn=turn, by=chief, at=NOON),
        lambda: duty.plan(
            by=chief,
            member=turn.member,
            starts_at=NOON + timedelta(days=1),
            ends_at=NOON + timedelta(days=1, hours=8),
            at=NOON,
        ),
    ):
        with pytest.raises(NotFound):
            act()


def test_nobody_answers_what_was_said_of_themselves_while_another_can(house, coordinator):
    objection = objection_of(house)
    objection.crew_member.membership = coordinator
    objection.crew_member.save()
    with pytest.raises(NotAllowed):
        objections.keep(objection=objection, by=coordinator, at=NOON)


def test_what_is_gone_is_not_found(house, coordinator):
    gone = EquipmentItem(pk=uuid4(), organization_id=coordinator.organization_id)
    with pytest.raises(NotFound):
        equipment.retire(item=gone, by=coordinator, at=NOON)
    with pytest.raises(NotFound):
        duty.end(turn=DutyTurn(pk=uuid4()), by=coordinator, at=NOON)
