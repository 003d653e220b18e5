"""Who was there, what that rests on, putting it right, and saying that it is wrong."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.roles import Role
from audit.models import Entry
from patrols.actions import attendance, log, objections, patrols
from patrols.models import Correction, CrewMember, Objection
from patrols.queries.attendance import evidence_of
from patrols.queries.weeks import monday_of, own_weeks
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed
from tests.factories import CrewMemberFactory, MembershipFactory

MINUTE = timedelta(minutes=1)
HOUR = 60 * MINUTE


def place(patrol, member):
    return CrewMember.objects.get(patrol=patrol, membership=member)


@pytest.fixture
def third(organization):
    """Somebody who comes along to let others go home."""
    return MembershipFactory(organization=organization, roles={Role.VOLUNTEER})


@pytest.fixture
def out(patrol_that_is, third, organization):
    """Three on the street."""
    patrol = patrol_that_is("active")
    CrewMemberFactory(patrol=patrol, organization=organization, membership=third, attendance="present")
    return patrol


def at_the_page(browsing, member, name, row, at, method="get", **typed):
    address = reverse(f"patrols:{name}", args=[member.organization.code, row.pk])
    with time_machine.travel(at, tick=False):
        return getattr(browsing(member), method)(address, typed)


def hours_of(patrol, member):
    return own_weeks(monday_of(patrol.shift.service_date), [member.pk])[member.pk].hours


# -- what it rests on -----------------------------------------------------------------------------


def test_evidence_says_who_said_it_and_what_else_there_is(patrol_that_is, crew):
    leader, mate = crew
    patrol = patrol_that_is("briefing", present=0)
    start = patrol.shift.starts_at
    patrols.check_in(patrol=patrol, by=leader, at=start)
    patrols.check_in(patrol=patrol, by=leader, at=start + 12 * MINUTE, member=mate)
    patrol.crew.update(pledged_at=start, pledged_by=leader)
    patrols.start(patrol=patrol, by=leader, at=start + 12 * MINUTE)
    log.add_entry(patrol=patrol, by=leader, at=start + HOUR, text="Poste sin luz")

    own, said = evidence_of(patrol, [place(patrol, leader), place(patrol, mate)])

    assert (own.came.at, own.is_by_another, own.signs, own.last_sign_at) == (start, False, 1, start + HOUR)
    assert (said.member.attendance, said.is_by_another, said.signs) == ("late", True, 0)


def test_the_coordinator_reads_what_each_attendance_rests_on(browsing, patrol_that_is, crew, coordinator):
    patrol = patrol_that_is("briefing", present=0)
    start = patrol.shift.starts_at
    for member in crew:
        patrols.check_in(patrol=patrol, by=member, at=start + 3 * MINUTE)
    page = at_the_page(browsing, coordinator, "patrol", patrol, start + HOUR).content.decode()
    assert page.count("Llegó a las 21:03") == 2


# -- going home early -----------------------------------------------------------------------------


def test_whoever_taps_that_they_go_home_is_sent_home_and_the_page_says_what_is_legal(browsing, out, crew):
    at = out.started_at + HOUR
    assert "I go home" not in (page := at_the_page(browsing, crew[1], "outing", out, at).content.decode())
    assert "Me voy antes" in page

    went = at_the_page(browsing, crew[1], "leave-early", out, at, "post")

    assert went.url.endswith("/mine/")
    assert place(out, crew[1]).left_at == at
    again = at_the_page(browsing, crew[1], "leave-early", out, at + MINUTE, "post")
    assert again.url.endswith("/mine/")
    assert place(out, crew[1]).left_at == at


def test_nobody_is_left_alone_at_the_page_either(browsing, patrol_that_is, crew):
    patrol = patrol_that_is("active")
    at = patrol.started_at + HOUR
    assert "quedaría a solas" in at_the_page(browsing, crew[1], "outing", patrol, at).content.decode()
    at_the_page(browsing, crew[1], "leave-early", patrol, at, "post")
    assert place(patrol, crew[1]).attendance == "present"


def test_whoever_comes_back_was_there_since_they_first_came(out, crew):
    at = out.started_at
    CrewMember.objects.filter(membership=crew[1]).update(present_since=at)
    attendance.leave(patrol=out, by=crew[1], at=at + HOUR)
    patrols.check_in(patrol=out, by=crew[1], at=at + HOUR + MINUTE)
    back = place(out, crew[1])
    assert (back.attendance, back.present_since, back.left_at) == ("present", at, None)


def test_the_leader_says_for_somebody_without_a_phone_that_they_came_and_went(browsing, out, crew):
    somebody = place(out, crew[1])
    CrewMember.objects.filter(pk=somebody.pk).update(attendance="expected")
    at = out.shift.starts_at + 5 * MINUTE
    assert "Ya está aquí" in at_the_page(browsing, crew[0], "attendance", somebody, at).content.decode()
    at_the_page(browsing, crew[0], "arrived", somebody, at, "post")
    assert place(out, crew[1]).attendance == "present"
    at_the_page(browsing, crew[0], "went-home", somebody, at + HOUR, "post")
    assert place(out, crew[1]).attendance == "left_early"


def test_a_mate_reads_nobody_elses_evidence(browsing, out, crew):
    at = out.started_at + MINUTE
    assert at_the_page(browsing, crew[1], "attendance", place(out, crew[0]), at).status_code == 404
    assert at_the_page(browsing, crew[1], "attendance", place(out, crew[1]), at).status_code == 200


# -- excusing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["briefing", "active", "paused", "debrief", "closed", "reviewed"])
def test_somebody_who_told_us_is_excused_at_any_time_and_it_is_on_record(
    status, patrol_that_is, crew, coordinator
):
    patrol = patrol_that_is(status, present=1)
    for _tap in range(2):
        attendance.excuse(crew_member=place(patrol, crew[1]), by=coordinator, at=patrol.shift.ends_at)
    assert place(patrol, crew[1]).attendance == "excused"
    assert Correction.objects.get().reason_code == "told_us"


def test_whoever_is_with_the_crew_is_not_excused(out, crew):
    with pytest.raises(Conflict) as refused:
        attendance.excuse(crew_member=place(out, crew[1]), by=crew[0], at=out.shift.ends_at)
    assert refused.value.code == "on_patrol"


@pytest.mark.parametrize("status", ["planned", "cancelled", "missed"])
def test_a_night_that_did_not_take_place_excuses_nobody(status, patrol_that_is, crew, coordinator):
    patrol = patrol_that_is(status, present=0)
    with pytest.raises(IllegalMove):
        attendance.excuse(crew_member=place(patrol, crew[1]), by=coordinator, at=patrol.shift.ends_at)


def test_the_excused_still_read_their_own_attendance(browsing, patrol_that_is, crew, coordinator):
    patrol = patrol_that_is("closed", present=1)
    somebody = attendance.excuse(crew_member=place(patrol, crew[1]), by=coordinator, at=patrol.shift.ends_at)
    page = at_the_page(browsing, crew[1], "attendance", somebody, patrol.shift.ends_at)
    assert page.status_code == 200


# -- putting it right -----------------------------------------------------------------------------


def correct(patrol, member, by, **words):
    words = {
        "attendance": "present",
        "reason_code": "phone_failed",
        "at": patrol.shift.ends_at + HOUR,
    } | words
    return attendance.correct(crew_member=place(patrol, member), by=by, **words)


def test_nobody_puts_their_own_attendance_right_while_somebody_else_can(
    patrol_that_is, crew, coordinator, organization
):
    patrol = patrol_that_is("closed", present=0)
    with pytest.raises(NotAllowed):
        correct(patrol, crew[0], crew[0])
    mine = CrewMemberFactory(patrol=patrol, organization=organization, membership=coordinator)
    attendance.correct(
        crew_member=mine,
        by=coordinator,
        at=patrol.shift.ends_at,
        attendance="present",
        reason_code="wrong_tap",
    )
    MembershipFactory(organization=organization, roles={Role.COORDINATOR})
    with pytest.raises(NotAllowed):
        correct(patrol, coordinator, coordinator, attendance="no_show")


def test_the_leader_corrects_until_the_coordinator_has_read_it(patrol_that_is, crew, coordinator):
    patrol = patrol_that_is("reviewed", present=1)
    with pytest.raises(NotAllowed):
        correct(patrol, crew[1], crew[0])
    assert correct(patrol, crew[1], coordinator).attendance == "present"


def test_who_came_late_or_left_early_did_so_at_a_moment_and_the_hours_follow(
    patrol_that_is, crew, coordinator
):
    patrol = patrol_that_is("closed")
    with pytest.raises(Invalid) as refused:
        correct(patrol, crew[1], coordinator, attendance="left_early")
    assert set(refused.value.fields) == {"moment"}
    with pytest.raises(Invalid):
        correct(patrol, crew[1], coordinator, attendance="left_early", moment=patrol.ended_at + MINUTE)

    correct(patrol, crew[1], coordinator, attendance="left_early", moment=patrol.started_at + HOUR)
    assert hours_of(patrol, crew[1]) == 1.0
    correct(patrol, crew[1], coordinator, attendance="late", moment=patrol.started_at + HOUR / 2)
    assert hours_of(patrol, crew[1]) == 1.5
    correct(patrol, crew[1], coordinator)
    assert hours_of(patrol, crew[1]) == 2.0
    assert Correction.objects.count() == 3
    assert Correction.objects.filter(was="left_early", was_moment=patrol.started_at + HOUR).exists()


def test_a_coordinator_corrects_at_the_page_by_the_clock_of_the_night(
    browsing, patrol_that_is, crew, coordinator
):
    patrol = patrol_that_is("closed")
    somebody, later = place(patrol, crew[1]), patrol.shift.ends_at + HOUR
    wrong = at_the_page(
        browsing,
        coordinator,
        "correct-attendance",
        somebody,
        later,
        "post",
        attendance="late",
        time="",
        reason_code="",
    )
    assert wrong.status_code == 422
    typed = {"attendance": "late", "time": "21:40", "reason_code": "seen_by_crew"}
    at_the_page(browsing, coordinator, "correct-attendance", somebody, later, "post", **typed)

    change = Correction.objects.get()
    assert (change.was, change.became) == ("present", "late")
    assert change.became_moment == patrol.shift.starts_at + 40 * MINUTE
    page = at_the_page(browsing, crew[1], "attendance", somebody, later).content.decode()
    assert "Presente" in page
    assert coordinator.alias in page


# -- saying that it is wrong ----------------------------------------------------------------------


def objecting(patrol, member, **words):
    words = {"claims": "present", "reason_code": "phone_failed", "at": patrol.shift.ends_at + HOUR} | words
    return objections.object_to(crew_member=place(patrol, member), by=member, **words)


def test_a_member_says_that_it_is_wrong_and_the_coordinator_puts_it_right(
    browsing, patrol_that_is, crew, coordinator
):
    patrol = patrol_that_is("closed", present=1)
    somebody, later = place(patrol, crew[1]), patrol.shift.ends_at + HOUR
    typed = {"claims": "present", "reason_code": "phone_failed"}
    at_the_page(browsing, crew[1], "object", somebody, later, "post", **typed)
    assert Objection.objects.get().status == "open"
    with time_machine.travel(later, tick=False):
        finished = browsing(coordinator).get(reverse("patrols:finished", args=[patrol.organization.code]))
    assert "Preguntan por su asistencia" in finished.content.decode()

    correct(patrol, crew[1], coordinator)

    assert Objection.objects.get().status == "upheld"
    said = Entry.objects.filter(action__startswith="attendance.").order_by("pk")
    assert list(said.values_list("action", flat=True)) == [
        *["attendance.objected", "attendance.answered", "attendance.corrected"]
    ]


def test_the_coordinator_may_answer_that_it_stays(browsing, patrol_that_is, crew, coordinator):
    patrol = patrol_that_is("closed", present=1)
    said = objecting(patrol, crew[1])
    later = patrol.shift.ends_at + 2 * HOUR
    at_the_page(browsing, coordinator, "keep-attendance", place(patrol, crew[1]), later, "post")
    said.refresh_from_db()
    assert (said.status, said.answered_by) == ("kept", coordinator)
    with pytest.raises(IllegalMove):
        objections.keep(objection=said, by=coordinator, at=later)


def test_one_says_it_once_and_for_oneself_and_not_what_stands_there(patrol_that_is, crew, coordinator):
    patrol = patrol_that_is("closed", present=1)
    with pytest.raises(NotAllowed):
        objections.object_to(
            crew_member=place(patrol, crew[0]),
            by=crew[1],
            at=patrol.shift.ends_at,
            claims="late",
            reason_code="told_us",
        )
    with pytest.raises(Invalid) as refused:
        objecting(patrol, crew[0], claims="present", reason_code="porque sí")
    assert set(refused.value.fields) == {"claims", "reason_code"}
    objecting(patrol, crew[1])
    with pytest.raises(Conflict):
        objecting(patrol, crew[1], claims="late")


# -- the same by the JSON door --------------------------------------------------------------------


def test_attendance_is_read_put_right_and_asked_about_by_the_api(as_, url, patrol_that_is, crew, coordinator):
    patrol = patrol_that_is("closed", present=1)
    somebody = place(patrol, crew[1])
    with time_machine.travel(patrol.shift.ends_at + HOUR, tick=False):
        mine = as_(crew[1]).get(url("attendance-list")).json()["results"]
        assert [(one["id"], one["attendance"]) for one in mine] == [(str(somebody.pk), "expected")]
        assert len(as_(coordinator).get(url("attendance-list")).json()["results"]) == 2
        claim = {"claims": "present", "reason_code": "phone_failed"}
        said = as_(crew[1]).post(url("attendance-objection", somebody), claim, format="json")
        assert said.json()["objection"]["status"] == "open"
        change = {"attendance": "present", "reason_code": "seen_by_crew"}
        assert (
            as_(crew[1]).post(url("attendance-correct", somebody), change, format="json").status_code == 403
        )
        done = as_(coordinator).post(url("attendance-correct", somebody), change, format="json").json()
    assert (done["attendance"], done["objection"]["status"]) == ("present", "upheld")
    assert [(one["was"], one["became"], one["by"]) for one in done["corrections"]] == [
        ("expected", "present", coordinator.alias)
    ]


def test_going_home_early_by_the_api_and_a_missing_moment_is_named(as_, url, out, crew, coordinator):
    with time_machine.travel(out.started_at + HOUR, tick=False):
        assert as_(crew[1]).post(url("patrol-leave", out), {}, format="json").json()["present"] == 2
        refused = as_(crew[0]).post(url("patrol-leave", out), {}, format="json")
        assert (refused.status_code, refused.json()["code"]) == (409, "leaves_one_alone")
        patrols.finish(patrol=out, by=crew[0], at=out.started_at + HOUR)
        change = {"attendance": "late", "reason_code": "seen_by_crew"}
        wrong = as_(coordinator).post(url("attendance-correct", place(out, crew[0])), change, format="json")
    assert (wrong.status_code, [one["field"] for one in wrong.json()["errors"]]) == (400, ["moment"])
