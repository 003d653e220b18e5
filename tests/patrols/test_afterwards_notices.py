"""What is told after an outing: what did not come back, and an attendance that somebody calls wrong."""

from datetime import datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import Role
from notifications.models import InboxItem, Notice
from patrols.actions import attendance, equipment, objections
from patrols.models import LIMA
from patrols.notices import KINDS
from tests.factories import CrewMemberFactory, MembershipFactory, PatrolFactory, ShiftFactory
from tests.patrols.factories_around import EquipmentItemFactory, LoanFactory
from tests.patrols.told import DAY, HOUR, MINUTE, deliver, heard, last, speaks_english, tick


@pytest.fixture
def elena(coordinator):
    return speaks_english(coordinator)


@pytest.fixture
def walked(patrol_that_is, crew):
    """A patrol that is over, and its crew of two: the first led it."""
    for member in crew:
        speaks_english(member)
    return patrol_that_is("closed")


@pytest.fixture
def morning(walked):
    """Nine o'clock in Lima on the day after."""
    return datetime.combine(walked.shift.service_date + DAY, time(9), LIMA)


def lent(patrol, by, **facts):
    return LoanFactory(organization=patrol.organization, patrol=patrol, out_by=by, **facts)


def bring_back(loan, by, at, **how):
    return equipment.take_back(loan=loan, by=by, at=at, **how)


# -- equipment ---------------------------------------------------------------------------------------


def test_whoever_led_and_whoever_took_it_are_asked_at_nine_the_next_morning(walked, crew, elena, morning):
    leader, mate = crew
    lent(walked, mate)
    tick(morning - MINUTE)
    assert (heard(leader), heard(mate)) == ([], [])
    tick(morning)
    assert heard(leader) == heard(mate) == ["not_back"]
    assert heard(elena) == []
    assert last(mate).title == "Equipment is still with you"
    assert last(mate).path == f"/o/{walked.organization.code}/mine/"


def test_a_night_that_ends_after_midnight_is_asked_about_that_same_morning(patrol_that_is, crew, shift):
    starts = datetime.combine(shift.service_date, time(23), LIMA)
    type(shift).objects.filter(pk=shift.pk).update(starts_at=starts, ends_at=starts + 2 * HOUR)
    shift.refresh_from_db()
    lent(patrol_that_is("closed"), crew[0])
    tick(starts + 10 * HOUR - MINUTE)
    assert heard(crew[0]) == []
    tick(starts + 10 * HOUR)
    assert heard(crew[0]) == ["not_back"]


def test_all_a_crew_has_is_one_message_and_it_is_said_once(walked, crew, morning):
    for _thing in range(3):
        lent(walked, crew[0])
    for hours in range(5):
        tick(morning + hours * HOUR)
    assert heard(crew[0]) == ["not_back"]
    assert last(crew[0]).body.startswith("3 things you took along")


@pytest.mark.parametrize(
    "how", [{}, {"condition": "damaged"}, {"condition": "lost", "loss_reason": "stolen"}]
)
def test_what_came_back_or_was_written_off_meanwhile_is_asked_of_nobody(how, walked, crew, elena, morning):
    loan = lent(walked, crew[0])
    tick(morning - HOUR)
    assert Notice.objects.filter(kind="not_back", recipient_id=crew[0].pk).exists()
    bring_back(loan, elena, morning - HOUR, **how)
    tick(morning)
    tick(morning + 3 * DAY)
    assert (heard(crew[0]), heard(elena)) == ([], [])


def test_the_coordinator_hears_three_days_later_and_not_before(walked, crew, elena, morning):
    loan = lent(walked, crew[0])
    tick(morning)
    tick(morning + 3 * DAY - MINUTE)
    assert heard(elena) == []
    tick(morning + 3 * DAY)
    assert heard(elena) == ["still_out"]
    assert last(elena).path == f"/o/{walked.organization.code}/equipment/"
    bring_back(loan, elena, morning + 3 * DAY)
    tick(morning + 4 * DAY)
    assert heard(elena) == ["still_out"]


def test_as_long_as_a_crew_is_together_nobody_asks_for_what_it_has(patrol_that_is, crew):
    patrol = patrol_that_is("debrief")
    lent(patrol, crew[0])
    tick(patrol.shift.ends_at + 2 * DAY)
    assert heard(crew[0]) == []


def test_what_one_person_has_is_asked_for_after_a_month(organization, crew, elena):
    loan = LoanFactory(organization=organization, patrol=None, membership=crew[1], out_by=elena)
    tick(loan.out_at + 29 * DAY)
    assert heard(crew[1]) == []
    tick(loan.out_at + 31 * DAY)
    assert (heard(crew[1]), heard(elena)) == (["not_back"], [])
    tick(loan.out_at + 34 * DAY)
    assert heard(elena) == ["still_out"]


def test_no_label_and_no_name_is_in_the_messages(walked, crew, elena, morning):
    item = EquipmentItemFactory(organization=walked.organization, label="CH-77")
    lent(walked, crew[0], item=item)
    tick(morning)
    tick(morning + 3 * DAY)
    for told in InboxItem.objects.all():
        assert "CH-77" not in f"{told.title} {told.body}"
        assert not any(member.alias in f"{told.title} {told.body}" for member in crew)


# -- objections --------------------------------------------------------------------------------------


def object_to(patrol, member, at):
    one = patrol.crew.get(membership=member)
    return objections.object_to(crew_member=one, by=member, at=at, claims="late", reason_code="phone_failed")


def test_everybody_who_may_answer_hears_but_whoever_said_it(walked, crew, elena, morning):
    other = MembershipFactory(organization=walked.organization, roles={Role.COORDINATOR})
    object_to(walked, crew[1], morning)
    deliver(morning)
    assert heard(elena) == heard(other) == ["attendance_objected"]
    assert (heard(crew[0]), heard(crew[1])) == ([], [])
    place = walked.crew.get(membership=crew[1])
    assert last(elena).path == f"/o/{walked.organization.code}/crew/{place.pk}/"


def test_a_coordinator_who_says_it_of_themselves_is_judged_by_the_other(walked, elena, morning):
    other = MembershipFactory(organization=walked.organization, roles={Role.COORDINATOR})
    CrewMemberFactory(patrol=walked, membership=elena, organization=walked.organization, attendance="present")
    object_to(walked, elena, morning)
    deliver(morning)
    assert (heard(elena), heard(other)) == ([], ["attendance_objected"])


@pytest.mark.parametrize("answer", ["kept", "upheld", "otherwise"])
def test_the_answer_reaches_whoever_asked(answer, walked, crew, elena, morning):
    objection = object_to(walked, crew[1], morning)
    deliver(morning)
    later = morning + HOUR
    if answer == "kept":
        objections.keep(objection=objection, by=elena, at=later)
    else:
        says = "late" if answer == "upheld" else "excused"
        attendance.correct(
            crew_member=objection.crew_member,
            by=elena,
            at=later,
            attendance=says,
            reason_code="phone_failed",
            moment=walked.shift.starts_at + 20 * MINUTE if says == "late" else None,
        )
    tick(later)
    assert heard(crew[1]) == ["attendance_answered"]
    assert ("was put right" in last(crew[1]).body) == (answer == "upheld")


def test_what_was_answered_before_it_was_told_is_told_to_nobody(walked, crew, elena, morning):
    other = MembershipFactory(organization=walked.organization, roles={Role.COORDINATOR})
    objection = object_to(walked, crew[1], morning)
    objections.keep(objection=objection, by=elena, at=morning)
    tick(morning)
    assert (heard(elena), heard(other)) == ([], [])


def test_lost_promises_about_objections_heal(walked, crew, elena, morning):
    objection = object_to(walked, crew[1], morning)
    Notice.objects.all().delete()
    tick(morning)
    objections.keep(objection=objection, by=elena, at=morning + HOUR)
    Notice.objects.filter(kind="attendance_answered").delete()
    tick(morning + HOUR)
    assert (heard(elena), heard(crew[1])) == (["attendance_objected"], ["attendance_answered"])


def test_many_cost_the_clock_as_many_questions_as_one(walked, crew, elena, morning, organization):
    codes = {"not_back", "still_out", "attendance_objected", "attendance_answered"}
    mine = [kind for kind in KINDS if kind.code in codes]

    def questions():
        with CaptureQueriesContext(connection) as asked:
            found = [wanted for kind in mine for wanted in kind.wanted(morning, morning + 4 * DAY)]
        return len(asked), len(found)

    lent(walked, crew[0])
    object_to(walked, crew[0], morning)
    one = questions()
    for _thing in range(4):
        lent(PatrolFactory(shift=ShiftFactory(organization=organization), status="cancelled"), crew[0])
    object_to(walked, crew[1], morning)
    many = questions()
    assert many[0] == one[0]
    assert many[1] > one[1]


def test_messages_are_kept_for_a_week_at_most(walked, crew, morning):
    object_to(walked, crew[1], morning)
    assert {notice.expires_at - notice.due_at for notice in Notice.objects.all()} <= {timedelta(days=7)}
