"""Programs, their cohorts and their sessions: planned, changed, begun, finished."""

from datetime import date, timedelta

import pytest

from audit.models import Entry
from programs.actions import cohorts, programs, sessions
from programs.models import Cohort, Enrollment, Program, Session
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound, Stale
from tests.factories import NOON, MembershipFactory
from tests.programs.factories import (
    AttendanceFactory,
    CohortFactory,
    EnrollmentFactory,
    ProgramFactory,
    SessionFactory,
)

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
RUN = {"name": "Marzo 2030", "starts_on": date(2030, 1, 1), "ends_on": date(2030, 3, 31), "capacity": 20}


def plan_session(cohort, by, facilitator, **words):
    words = {"starts_at": NOON, "ends_at": NOON + 2 * HOUR, "place": "Local comunal"} | words
    return sessions.plan(cohort=cohort, by=by, at=NOON, facilitator=facilitator, **words)


def wrong(error):
    return sorted(error.value.fields)


def test_a_program_is_planned_for_people_of_some_ages(coordinator):
    program = programs.plan(by=coordinator, at=NOON, name=" Fútbol ", age_from=10, age_to=17)

    assert (program.name, program.organization_id) == ("Fútbol", coordinator.organization_id)
    assert Entry.objects.get().action == "program.planned"


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ({"name": "  "}, ["name"]),
        ({"age_from": 2}, ["age_from"]),
        ({"age_from": 18, "age_to": 17}, ["age_to"]),
        ({"description": "x" * 1001}, ["description"]),
    ],
)
def test_a_program_that_makes_no_sense_is_refused_by_field(coordinator, words, fields):
    words = {"name": "Fútbol", "age_from": 10, "age_to": 17} | words
    with pytest.raises(Invalid) as error:
        programs.plan(by=coordinator, at=NOON, **words)
    assert wrong(error) == fields


def test_a_program_is_changed_by_whoever_read_it_last(coordinator):
    program = ProgramFactory(organization=coordinator.organization)
    changed = programs.change(program=program, by=coordinator, at=NOON, age_to=18, expected_version=1)
    assert (changed.age_to, changed.version) == (18, 2)
    with pytest.raises(Stale):
        programs.change(program=program, by=coordinator, at=NOON, age_to=20, expected_version=1)


def test_saving_a_plan_as_it_was_changes_nothing(coordinator, session):
    cohort, program = session.cohort, session.cohort.program
    programs.change(program=program, by=coordinator, at=NOON, name=f" {program.name} ")
    cohorts.change(cohort=cohort, by=coordinator, at=NOON, capacity=cohort.capacity)
    sessions.change(session=session, by=coordinator, at=NOON, place=session.place)
    assert not Entry.objects.exists()
    assert [model.objects.get().version for model in (Program, Cohort, Session)] == [1, 1, 1]


def test_a_facilitator_plans_nothing(facilitator, cohort):
    with pytest.raises(NotAllowed):
        programs.plan(by=facilitator, at=NOON, name="Fútbol", age_from=10, age_to=17)
    with pytest.raises(NotAllowed):
        cohorts.plan(program=cohort.program, by=facilitator, at=NOON, **RUN)
    with pytest.raises(NotAllowed):
        plan_session(cohort, facilitator, facilitator)


def test_a_stranger_changes_nothing(stranger, cohort, session):
    for verb, rows in (
        (programs.change, {"program": cohort.program, "name": "x"}),
        (cohorts.change, {"cohort": cohort, "name": "x"}),
        (cohorts.begin, {"cohort": cohort}),
        (sessions.change, {"session": session, "place": "x"}),
        (sessions.call_off, {"session": session}),
    ):
        with pytest.raises(NotFound):
            verb(by=stranger, at=NOON, **rows)
    with pytest.raises(NotFound):
        cohorts.plan(program=cohort.program, by=stranger, at=NOON, **RUN)


def test_a_cohort_lives_from_draft_to_finished(coordinator):
    program = ProgramFactory(organization=coordinator.organization)
    cohort = cohorts.plan(program=program, by=coordinator, at=NOON, **RUN)
    lived = [cohort.status]
    for verb in (cohorts.open_up, cohorts.begin, cohorts.finish):
        cohort = verb(cohort=cohort, by=coordinator, at=NOON)
        lived.append(cohort.status)

    assert lived == ["draft", "open", "running", "finished"]
    assert (cohort.version, Entry.objects.count()) == (4, 4)


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        ("draft", cohorts.begin),
        ("draft", cohorts.finish),
        ("open", cohorts.open_up),
        ("open", cohorts.finish),
        ("running", cohorts.begin),
        ("finished", cohorts.begin),
        ("finished", cohorts.finish),
    ],
)
def test_a_cohort_skips_no_step(coordinator, ngo, status, verb):
    cohort = CohortFactory(organization=ngo, status=status)
    with pytest.raises(IllegalMove):
        verb(cohort=cohort, by=coordinator, at=NOON)


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ({"name": ""}, ["name"]),
        ({"capacity": 0}, ["capacity"]),
        ({"capacity": 201}, ["capacity"]),
        ({"ends_on": date(2029, 12, 31)}, ["ends_on"]),
        ({"ends_on": date(2032, 1, 3)}, ["ends_on"]),
        ({"starts_on": date(1999, 12, 31)}, ["ends_on", "starts_on"]),
    ],
)
def test_a_cohort_that_cannot_be_is_refused_by_field(coordinator, words, fields):
    program = ProgramFactory(organization=coordinator.organization)
    with pytest.raises(Invalid) as error:
        cohorts.plan(program=program, by=coordinator, at=NOON, **RUN | words)
    assert wrong(error) == fields


def test_seats_that_are_taken_are_not_planned_away(coordinator, cohort):
    EnrollmentFactory.create_batch(2, cohort=cohort, organization=cohort.organization)
    with pytest.raises(Invalid) as error:
        cohorts.change(cohort=cohort, by=coordinator, at=NOON, capacity=1)
    assert wrong(error) == ["capacity"]
    assert Cohort.objects.get().capacity == 2


def test_more_seats_go_to_those_who_wait(coordinator, cohort):
    EnrollmentFactory.create_batch(2, cohort=cohort, organization=cohort.organization)
    ours = {"cohort": cohort, "organization": cohort.organization, "status": "waitlisted"}
    late = EnrollmentFactory(**ours, waiting_since=NOON)
    early = EnrollmentFactory(**ours, waiting_since=NOON - HOUR)

    cohorts.change(cohort=cohort, by=coordinator, at=NOON, capacity=3)

    states = {one.pk: one.status for one in Enrollment.objects.all()}
    assert (states[early.pk], states[late.pk]) == ("offered", "waitlisted")
    assert Cohort.objects.get().seats_taken == 3


def test_finishing_completes_whoever_is_in_and_lets_nobody_wait(coordinator, ngo):
    cohort = CohortFactory(organization=ngo, status="running", capacity=5)
    before = ("enrolled", "offered", "waitlisted", "applied", "under_review", "dropped")
    for status in before:
        EnrollmentFactory(cohort=cohort, organization=ngo, status=status)

    cohorts.finish(cohort=cohort, by=coordinator, at=NOON)

    after = [one.status for one in Enrollment.objects.order_by("applied_at")]
    assert sorted(after) == ["completed", "dropped", "rejected", "rejected", "rejected", "rejected"]
    assert Enrollment.objects.filter(end_reason="cohort_over").count() == 4
    assert Cohort.objects.get().seats_taken == 1


def test_no_cohort_is_finished_while_a_list_waits(coordinator, ngo):
    cohort = CohortFactory(organization=ngo, status="running")
    SessionFactory(cohort=cohort, organization=ngo, starts_at=NOON - 3 * HOUR)
    with pytest.raises(Conflict) as error:
        cohorts.finish(cohort=cohort, by=coordinator, at=NOON)
    assert error.value.code == "lists_wait"


def test_sessions_are_planned_week_by_week(coordinator, cohort, facilitator):
    planned = plan_session(cohort, coordinator, facilitator, weeks=3)

    starts = [session.starts_at for session in Session.objects.order_by("starts_at")]
    assert starts == [NOON, NOON + WEEK, NOON + 2 * WEEK]
    assert [session.facilitator_id for session in planned] == [facilitator.pk] * 3


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ({"ends_at": NOON}, ["ends_at"]),
        ({"ends_at": NOON + 13 * HOUR}, ["ends_at"]),
        ({"starts_at": NOON - 60 * WEEK, "ends_at": NOON - 60 * WEEK + HOUR}, ["starts_at"]),
        ({"place": " "}, ["place"]),
        ({"weeks": 0}, ["weeks"]),
        ({"weeks": 40}, ["weeks"]),
    ],
)
def test_a_session_that_cannot_be_is_refused_whole(coordinator, cohort, facilitator, words, fields):
    with pytest.raises(Invalid) as error:
        plan_session(cohort, coordinator, facilitator, **words)
    assert wrong(error) == fields
    assert not Session.objects.exists()


def test_only_a_member_who_keeps_lists_leads_a_session(coordinator, cohort, facilitator):
    facilitator.left_on = date(2029, 12, 31)
    facilitator.save()
    with pytest.raises(Invalid) as error:
        plan_session(cohort, coordinator, facilitator)
    assert wrong(error) == ["facilitator"]
    with pytest.raises(NotFound):
        plan_session(cohort, coordinator, MembershipFactory())


def test_a_session_moves_until_somebody_is_marked(coordinator, session, colleague):
    moved = sessions.change(
        session=session, by=coordinator, at=NOON, starts_at=NOON + HOUR, facilitator=colleague
    )
    assert (moved.starts_at, moved.facilitator_id) == (NOON + HOUR, colleague.pk)

    AttendanceFactory(session=session, organization=session.organization)
    with pytest.raises(Conflict) as error:
        sessions.change(session=session, by=coordinator, at=NOON, starts_at=NOON)
    assert error.value.code == "marked"
    with pytest.raises(Conflict):
        sessions.call_off(session=session, by=coordinator, at=NOON)


def test_a_session_is_called_off(coordinator, session):
    assert sessions.call_off(session=session, by=coordinator, at=NOON).status == "called_off"
    with pytest.raises(IllegalMove):
        sessions.call_off(session=session, by=coordinator, at=NOON)


def test_no_cohort_is_moved_away_from_its_sessions(coordinator, session):
    with pytest.raises(Invalid) as error:
        cohorts.change(cohort=session.cohort, by=coordinator, at=NOON, starts_on=date(2030, 1, 2))
    assert wrong(error) == ["starts_on"]


def test_a_facilitator_sees_only_what_they_lead(session, facilitator, colleague, stranger, coordinator):
    for model in (Program, Cohort, Session):
        seen = [
            model.objects.visible_to(member).count()
            for member in (coordinator, facilitator, colleague, stranger)
        ]
        assert seen == [1, 1, 0, 0], model
