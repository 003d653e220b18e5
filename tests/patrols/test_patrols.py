"""From the briefing to the coordinator's reading."""

from datetime import timedelta

import h3
import pytest

from accounts.actors import SystemActor
from accounts.roles import Role
from audit.models import Entry
from notifications.models import Notice
from patrols.actions import log, patrols
from patrols.actions.moves import Stamp
from patrols.models import CrewMember, LogEntry, Move, Patrol
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from tests.factories import NOON, MembershipFactory, ShiftFactory, SignupFactory

JOB = SystemActor("missed")
HOUR = timedelta(hours=1)
STATES = [
    "planned",
    "briefing",
    "active",
    "paused",
    "debrief",
    "closed",
    "reviewed",
    "cancelled",
    "aborted_for_safety",
    "missed",
]
# The life of a patrol as DESIGN tells it: the tests' own copy, never the product's table.
MOVES = {
    ("briefing", "start"): "active",
    ("active", "pause"): "paused",
    ("paused", "resume"): "active",
    ("active", "finish"): "debrief",
    ("paused", "finish"): "debrief",
    ("debrief", "close"): "closed",
    ("closed", "review"): "reviewed",
    ("aborted_for_safety", "review"): "reviewed",
    ("active", "abort_for_safety"): "aborted_for_safety",
    ("paused", "abort_for_safety"): "aborted_for_safety",
    ("planned", "cancel"): "cancelled",
    ("briefing", "cancel"): "cancelled",
    ("briefing", "add_entry"): "briefing",
    ("active", "add_entry"): "active",
    ("paused", "add_entry"): "paused",
    ("debrief", "add_entry"): "debrief",
    # Written while they were out, received after: kept whatever happened meanwhile.
    ("briefing", "add_late_entry"): "briefing",
    ("active", "add_late_entry"): "active",
    ("paused", "add_late_entry"): "paused",
    ("debrief", "add_late_entry"): "debrief",
    ("closed", "add_late_entry"): "closed",
    ("reviewed", "add_late_entry"): "reviewed",
    ("aborted_for_safety", "add_late_entry"): "aborted_for_safety",
}


def verbs(patrol, crew, coordinator):
    """Every verb as somebody who may would call it."""
    at = patrol.shift.starts_at + 2 * HOUR
    step = {"patrol": patrol, "by": crew[0], "at": at}
    return {
        "start": lambda: patrols.start(**step),
        "pause": lambda: patrols.pause(**step),
        "resume": lambda: patrols.resume(**step),
        "finish": lambda: patrols.finish(**step),
        "close": lambda: patrols.close(**step, summary="Sin novedad", mood=4),
        "abort_for_safety": lambda: patrols.abort_for_safety(**step, reason_code="danger"),
        "cancel": lambda: patrols.cancel(**step, reason="Lluvia"),
        "review": lambda: patrols.review(**step | {"by": coordinator}),
        "add_entry": lambda: log.add_entry(**step, text="Poste sin luz").patrol,
        "add_late_entry": lambda: log.add_entry(**step, text="Poste sin luz", captured_at=at - HOUR).patrol,
    }


@pytest.mark.parametrize(
    "verb",
    [
        *["start", "pause", "resume", "finish", "close", "abort_for_safety", "cancel", "review"],
        *["add_entry", "add_late_entry"],
    ],
)
@pytest.mark.parametrize("status", STATES)
def test_every_move_of_a_patrol_is_legal_or_refused(status, verb, patrol_that_is, crew, coordinator):
    patrol = patrol_that_is(status)
    press = verbs(patrol, crew, coordinator)[verb]

    if (status, verb) in MOVES:
        press()
        patrol.refresh_from_db()
        assert patrol.status == MOVES[status, verb]
        assert Entry.objects.filter(subject_type__in=["patrols.Patrol", "patrols.LogEntry"]).count() == 1
    else:
        with pytest.raises(IllegalMove):
            press()
        patrol.refresh_from_db()
        assert (patrol.status, Entry.objects.count(), Move.objects.count()) == (status, 0, 0)


@pytest.mark.parametrize(
    ("minutes", "attendance"), [(-5, "present"), (0, "present"), (9, "present"), (10, "late"), (40, "late")]
)
@pytest.mark.parametrize("status", ["briefing", "active", "paused"])
def test_whoever_arrives_ten_minutes_after_the_planned_start_is_late(
    status, minutes, attendance, patrol_that_is, crew
):
    patrol = patrol_that_is(status, present=1)
    at = patrol.shift.starts_at + timedelta(minutes=minutes)

    patrols.check_in(patrol=patrol, by=crew[1], at=at)

    member = CrewMember.objects.get(patrol=patrol, membership=crew[1])
    assert (member.attendance, member.present_since) == (attendance, at)


@pytest.mark.parametrize("status", sorted(set(STATES) - {"briefing", "active", "paused"}))
def test_nobody_arrives_when_there_is_no_crew_to_join(status, patrol_that_is, crew):
    with pytest.raises(IllegalMove):
        patrols.check_in(patrol=patrol_that_is(status, present=0), by=crew[1], at=NOON)


def test_the_leader_checks_in_somebody_without_a_phone_and_nobody_else_does(patrol_that_is, crew):
    patrol = patrol_that_is("briefing", present=0)
    leader, neighbor = crew

    with pytest.raises(NotAllowed):
        patrols.check_in(patrol=patrol, by=neighbor, member=leader, at=NOON)
    patrols.check_in(patrol=patrol, by=leader, member=neighbor, at=NOON)

    assert CrewMember.objects.get(membership=neighbor).attendance == "present"


def test_a_briefing_writes_down_the_confirmed_crew_and_who_opened_it(shift, crew):
    SignupFactory(shift=shift, organization=shift.organization, status="waitlisted")
    stamp = Stamp(device_at=NOON, lat=-12.03, lon=-77.01, accuracy_m=8)

    patrol = patrols.open_briefing(shift=shift, by=crew[1], at=shift.starts_at - HOUR, stamp=stamp)

    assert (patrol.status, patrol.leader, patrol.briefed_at) == (
        "briefing",
        crew[1],
        shift.starts_at - HOUR,
    )
    assert set(patrol.crew.values_list("membership", "attendance")) == {
        (member.pk, "expected") for member in crew
    }
    move = Move.objects.get()
    assert (move.verb, move.status, move.by, move.at) == (
        "open_briefing",
        "briefing",
        crew[1],
        shift.starts_at - HOUR,
    )
    assert (move.device_at, move.lat, move.lon, move.accuracy_m) == (NOON, -12.03, -77.01, 8)


def test_opening_the_briefing_twice_is_the_same_briefing(shift, crew):
    soon = shift.starts_at - HOUR / 2
    first = patrols.open_briefing(shift=shift, by=crew[0], at=soon)
    second = patrols.open_briefing(shift=shift, by=crew[1], at=soon)

    assert (first.pk, second.leader) == (second.pk, crew[0])
    assert (Move.objects.count(), Entry.objects.count()) == (1, 1)


@pytest.mark.parametrize("late", [-HOUR - timedelta(seconds=1), 3 * HOUR])
def test_a_briefing_opens_from_an_hour_before_until_the_end(late, shift, crew):
    with pytest.raises(Conflict) as refused:
        patrols.open_briefing(shift=shift, by=crew[0], at=shift.starts_at + late)
    assert refused.value.code == "too_early"


def test_only_the_confirmed_crew_opens_the_briefing(shift, crew, coordinator):
    waiting = SignupFactory(shift=shift, organization=shift.organization, status="waitlisted").membership
    for somebody in (waiting, coordinator):
        with pytest.raises(NotAllowed):
            patrols.open_briefing(shift=shift, by=somebody, at=shift.starts_at)


@pytest.mark.parametrize("status", ["active", "closed", "missed", "cancelled"])
def test_a_shift_has_one_patrol_and_no_second_briefing(status, patrol_that_is, crew):
    patrol = patrol_that_is(status)
    with pytest.raises(IllegalMove):
        patrols.open_briefing(shift=patrol.shift, by=crew[0], at=patrol.shift.starts_at)


def test_a_coordinator_who_signed_up_runs_the_patrol_like_anybody(shift, coordinator):
    SignupFactory(shift=shift, membership=coordinator, organization=shift.organization)

    patrol = patrols.open_briefing(shift=shift, by=coordinator, at=shift.starts_at)

    assert patrol.leader == coordinator


@pytest.mark.parametrize("present", [0, 1])
def test_nobody_goes_out_alone(present, patrol_that_is, crew):
    with pytest.raises(Conflict) as refused:
        patrols.start(patrol=patrol_that_is("briefing", present=present), by=crew[0], at=NOON)
    assert refused.value.code == "crew_short"


def test_a_shift_that_wants_three_waits_for_the_third(patrol_that_is, crew, shift):
    shift.minimum_crew, shift.capacity = 3, 3
    shift.save()
    with pytest.raises(Conflict):
        patrols.start(patrol=patrol_that_is("briefing"), by=crew[0], at=NOON)


@pytest.mark.parametrize("verb", ["start", "pause", "close", "abort_for_safety", "add_entry", "cancel"])
def test_a_neighbor_who_is_not_of_the_crew_runs_nothing(verb, patrol_that_is, volunteer, coordinator):
    status = next(state for state, name in MOVES if name == verb)
    press = verbs(patrol_that_is(status), [volunteer], coordinator)[verb]

    with pytest.raises(NotAllowed):
        press()


@pytest.mark.parametrize("verb", ["start", "pause", "close", "abort_for_safety", "add_entry", "review"])
def test_a_stranger_finds_no_patrol(verb, patrol_that_is, stranger):
    status = next(state for state, name in MOVES if name == verb)
    with pytest.raises(NotFound):
        verbs(patrol_that_is(status), [stranger], stranger)[verb]()


def test_closing_notes_who_never_came(patrol_that_is, crew):
    patrol = patrol_that_is("debrief", present=1)

    closed = patrols.close(patrol=patrol, by=crew[0], at=patrol.ended_at, summary=" Sin novedad ", mood=5)

    assert (closed.summary, closed.mood) == ("Sin novedad", 5)
    assert CrewMember.objects.get(membership=crew[1]).attendance == "no_show"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"summary": " "}, "summary"),
        ({"summary": "x" * 1001}, "summary"),
        ({"summary": "Bien", "mood": 0}, "mood"),
        ({"summary": "Bien", "mood": 6}, "mood"),
    ],
)
def test_a_debrief_that_says_nothing_is_refused(words, field, patrol_that_is, crew):
    with pytest.raises(Invalid) as refused:
        patrols.close(patrol=patrol_that_is("debrief"), by=crew[0], at=NOON, **words)
    assert list(refused.value.fields) == [field]


def test_breaking_off_needs_a_reason_from_the_list(patrol_that_is, crew):
    patrol = patrol_that_is("active")
    at = patrol.started_at + HOUR
    with pytest.raises(Invalid):
        patrols.abort_for_safety(patrol=patrol, by=crew[0], at=at, reason_code="bored")

    aborted = patrols.abort_for_safety(patrol=patrol, by=crew[0], at=at, reason_code="threat")

    assert (aborted.status, aborted.safety_reason, aborted.ended_at) == ("aborted_for_safety", "threat", at)


def test_nobody_reads_their_own_outing_while_somebody_else_could(patrol_that_is, crew, coordinator):
    crew[0].roles = {Role.COORDINATOR}
    crew[0].save()
    walked = patrol_that_is("closed")
    crew[0].has_second_factor = True

    with pytest.raises(Conflict) as refused:
        patrols.review(patrol=walked, by=crew[0], at=NOON)
    assert refused.value.code == "own_patrol"
    assert patrols.review(patrol=walked, by=coordinator, at=NOON, note="Gracias").status == "reviewed"


def test_the_only_coordinator_may_read_their_own_outing(patrol_that_is, crew):
    crew[0].roles = {Role.COORDINATOR}
    crew[0].save()
    crew[0].has_second_factor = True

    assert patrols.review(patrol=patrol_that_is("closed"), by=crew[0], at=NOON).status == "reviewed"


def test_calling_off_at_the_meeting_point_cancels_the_shift_and_tells_everybody(patrol_that_is, crew):
    patrol = patrol_that_is("briefing")

    patrols.cancel(patrol=patrol, by=crew[0], at=NOON, reason="Lluvia fuerte")

    patrol.shift.refresh_from_db()
    assert (patrol.shift.status, patrol.shift.cancel_reason) == ("cancelled", "Lluvia fuerte")
    told = Notice.objects.filter(kind="shift_cancelled", channel="inbox")
    assert set(told.values_list("recipient_id", flat=True)) == {member.pk for member in crew}


def test_a_shift_that_ended_without_anybody_going_out_was_missed(shift, crew, patrol_that_is):
    abandoned = patrol_that_is("briefing", present=1)
    empty = ShiftFactory(organization=shift.organization)
    draft = ShiftFactory(organization=shift.organization, status="draft")
    later = ShiftFactory(organization=shift.organization, ends_at=shift.ends_at + HOUR)

    assert patrols.note_missed(by=JOB, at=shift.ends_at) == 2
    assert patrols.note_missed(by=JOB, at=shift.ends_at) == 0

    assert dict(Patrol.objects.values_list("shift", "status")) == {
        abandoned.shift_id: "missed",
        empty.pk: "missed",
    }
    assert not Patrol.objects.filter(shift__in=[draft, later]).exists()
    assert Entry.objects.filter(action="patrol.missed", actor="job:missed").count() == 2


def test_a_job_does_only_what_its_line_says(shift):
    with pytest.raises(NotAllowed):
        patrols.note_missed(by=SystemActor("retention"), at=shift.ends_at)


@pytest.mark.parametrize(
    ("place", "fields"),
    [
        ({"lat": 91, "lon": 0}, ["lat"]),
        ({"lat": 0, "lon": 181}, ["lon"]),
        ({"lat": float("nan"), "lon": 0}, ["lat"]),
        ({"lat": 1}, ["lon"]),
        ({"accuracy_m": -1}, ["accuracy_m"]),
    ],
)
def test_a_place_off_the_earth_is_refused(place, fields):
    with pytest.raises(Invalid) as refused:
        Stamp(**place)
    assert list(refused.value.fields) == fields


def test_a_line_of_the_log_knows_its_cells_and_both_clocks(patrol_that_is, crew):
    patrol = patrol_that_is("active")
    wrong_clock = NOON - timedelta(days=4000)

    entry = log.add_entry(
        patrol=patrol,
        by=crew[1],
        at=NOON,
        text="Poste sin luz",
        captured_at=wrong_clock,
        place=Stamp(lat=-12.03, lon=-77.01, accuracy_m=12),
    )

    assert (entry.captured_at, entry.recorded_at, entry.author) == (wrong_clock, NOON, crew[1])
    for cell, size, metres in ((entry.h3_9, 9, 250), (entry.h3_7, 7, 1600)):
        middle = h3.cell_to_latlng(cell)
        assert h3.get_resolution(cell) == size
        assert h3.great_circle_distance(middle, (-12.03, -77.01), unit="m") < metres


def test_a_line_written_in_the_debrief_and_received_after_it_is_kept_and_marked(patrol_that_is, crew):
    patrol = patrol_that_is("debrief")
    closed_at = patrol.ended_at + HOUR
    patrols.close(patrol=patrol, by=crew[0], at=closed_at, summary="Sin novedad")
    step = {"patrol": patrol, "by": crew[1], "at": closed_at + 8 * HOUR}

    late = log.add_entry(**step, text="Poste sin luz", captured_at=closed_at - timedelta(seconds=1))

    assert (late.is_late, late.captured_at < closed_at < late.recorded_at) == (True, True)
    with pytest.raises(IllegalMove):
        log.add_entry(**step, text="Desde mi casa", captured_at=closed_at)


def test_a_line_that_comes_while_the_crew_is_out_is_not_late(patrol_that_is, crew):
    patrol = patrol_that_is("paused")
    step = {"patrol": patrol, "by": crew[1], "at": NOON + 90 * HOUR}
    assert not log.add_entry(**step, text="Poste sin luz", captured_at=NOON + 80 * HOUR).is_late


def test_nothing_to_report_needs_no_words_but_a_note_does(patrol_that_is, crew):
    patrol = patrol_that_is("active")
    with pytest.raises(Invalid):
        log.add_entry(patrol=patrol, by=crew[0], at=NOON, text="  ")
    log.add_entry(patrol=patrol, by=crew[0], at=NOON, kind="nothing_to_report")
    assert LogEntry.objects.get().text == ""


def test_a_patroller_of_another_board_leaves_no_trace_here(patrol_that_is):
    visitor = MembershipFactory(roles={Role.VOLUNTEER})
    patrol = patrol_that_is("active")
    assert not Patrol.objects.visible_to(visitor).exists()
    with pytest.raises(NotFound):
        log.add_entry(patrol=patrol, by=visitor, at=NOON, text="Hola")
