"""The pages of programs: who may open which, what a tap does, what a refusal leaves on the page."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from audit.models import Entry
from programs.models import Attendance, Cohort, Consent, Enrollment, Guardian, Participant, Program, Session
from tests.factories import NOON
from tests.programs.factories import (
    CohortFactory,
    ConsentFactory,
    EnrollmentFactory,
    GuardianFactory,
    ParticipantFactory,
    SessionFactory,
)

pytestmark = pytest.mark.usefixtures("at_noon")
HOUR = timedelta(hours=1)
ROSA = {
    "given_names": "Rosa María",
    "family_names": "Quispe Ñahui",
    "birth_on": "29/02/2016",
    "document_kind": "dni",
    "document": "76543210",
    "phone": "",
    "language": "qu",
}
ELENA = {
    "guardian_full_name": "Elena Ñahui",
    "guardian_relationship": "mother",
    "guardian_phone": "912345678",
    "guardian_document": "",
}
SECRETS = ("María", "Quispe", "76543210", "Elena", "912345678", "29/02/2016")


def in_english(browser):
    browser.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return browser


@pytest.fixture
def desk(browsing, coordinator):
    return in_english(browsing(coordinator))


@pytest.fixture
def page(ngo):
    return lambda name, *args: reverse(f"programs:{name}", args=[ngo.code, *args])


def seat(cohort, status="enrolled", minor=False, **words):
    person = ParticipantFactory(organization=cohort.organization, minor=minor)
    ours = {"cohort": cohort, "organization": cohort.organization, "participant": person}
    return EnrollmentFactory(status=status, **ours, **words)


def text_of(response):
    return response.content.decode()


def said(response):
    return [str(message) for message in response.context["messages"]]


# -- planning


def test_an_empty_home_teaches_what_a_program_is(desk, page):
    assert "A program is what you offer" in text_of(desk.get(page("home")))


def test_a_program_a_cohort_and_its_sessions_are_planned_by_hand(desk, page, facilitator):
    key = str(uuid4())
    words = {"id": key, "name": "Fútbol", "age_from": 10, "age_to": 17, "description": ""}
    assert desk.post(page("new-program"), words)["Location"] == page("program", key)
    run = str(uuid4())
    words = {"id": run, "name": "Enero", "starts_on": "2030-01-01", "ends_on": "2030-03-31", "capacity": 9}
    assert desk.post(page("new-cohort", key), words)["Location"] == page("cohort", run)
    words = {"id": str(uuid4()), "starts_on": "2030-01-07", "starts_time": "16:00", "ends_time": "18:00"}
    words |= {"place": "Losa", "facilitator": str(facilitator.pk), "weeks": 3}
    assert desk.post(page("new-session", run), words).status_code == 302
    assert desk.post(page("new-session", run), words).status_code == 302  # the second tap
    assert Session.objects.count() == 3
    assert desk.post(page("open-cohort", run), follow=True).status_code == 200
    assert Cohort.objects.get().status == "open"


@pytest.mark.parametrize(
    ("route", "wrong", "field"),
    [
        ("new-program", {"age_to": 3}, "age_to"),
        ("new-program", {"age_to": 10**9}, "age_to"),
        ("new-program", {"name": "a\x00b"}, "name"),
    ],
)
def test_a_program_that_makes_no_sense_comes_back_with_its_sentence(desk, page, route, wrong, field):
    words = {"id": str(uuid4()), "name": "Fútbol", "age_from": 10, "age_to": 17} | wrong
    response = desk.post(page(route), words)
    assert response.status_code == 422
    assert response.context["form"].errors[field]
    assert not Program.objects.exists()


def test_a_plan_changed_meanwhile_is_not_written_over(desk, page, cohort):
    words = {"name": "x", "starts_on": "2029-12-01", "ends_on": "2030-06-30", "capacity": 3, "version": 1}
    assert desk.post(page("change-cohort", cohort.pk), words).status_code == 302
    again = desk.post(page("change-cohort", cohort.pk), words | {"name": "y"})
    assert again.status_code == 422
    assert Cohort.objects.get().name == "x"


def test_a_session_is_moved_and_called_off(desk, page, session):
    words = {"starts_on": "2030-01-08", "starts_time": "10:00", "ends_time": "12:00", "place": "Otra losa"}
    words |= {"facilitator": str(session.facilitator_id), "version": 1}
    assert desk.post(page("change-session", session.pk), words).status_code == 302
    desk.post(page("call-off", session.pk))
    session.refresh_from_db()
    assert (session.place, session.status) == ("Otra losa", "called_off")


def test_the_list_of_cohorts_is_filtered(desk, page, cohort):
    CohortFactory(organization=cohort.organization, status="finished", name="La de antes")
    assert "La de antes" not in text_of(desk.get(page("home")))
    assert "La de antes" in text_of(desk.get(page("home") + "?status=finished"))
    assert "No cohort fits" in text_of(desk.get(page("home") + f"?program={uuid4()}"))
    for nonsense in ("?status=lost", "?program=x", "?page=x", "?page=99999999999999999999"):
        assert desk.get(page("home") + nonsense).status_code == 200


# -- a cohort


def test_a_cohort_shows_its_seats_and_who_lacks_what(desk, page, cohort):
    seat(cohort, minor=True), seat(cohort, "offered")
    line = seat(cohort, "waitlisted")
    response = desk.get(page("cohort", cohort.pk))
    assert response.context["seats"] == ["missing", "offered"]
    assert [one.enrollment.pk for one in response.context["people"].waiting] == [line.pk]
    assert "1 enrolled person has no consent" in text_of(response)


@pytest.mark.parametrize(
    ("status", "capacity", "minor", "step"),
    [
        ("applied", 2, False, "offer"),
        ("under_review", 2, False, "offer"),
        ("applied", 1, False, "wait"),
        ("waitlisted", 1, False, ""),
        ("offered", 2, False, "accept"),
        ("offered", 2, True, ""),
        ("enrolled", 2, False, ""),
    ],
)
def test_the_next_step_is_one_tap_away(desk, page, ngo, status, capacity, minor, step):
    cohort = CohortFactory(organization=ngo, capacity=capacity)
    if capacity == 1:
        seat(cohort)
    one = seat(cohort, status, minor)
    people = desk.get(page("cohort", cohort.pk)).context["people"].by_status[status]
    assert next(person.next_step for person in people if person.enrollment.pk == one.pk) == step


@pytest.mark.parametrize(
    ("before", "verb", "after"),
    [
        ("applied", "review", "under_review"),
        ("applied", "offer", "offered"),
        ("offered", "accept", "enrolled"),
        ("offered", "decline", "withdrawn"),
        ("enrolled", "withdraw", "withdrawn"),
    ],
)
def test_a_tap_takes_the_step_and_a_second_tap_says_nothing_bad(desk, page, cohort, before, verb, after):
    one = seat(cohort, before)
    desk.post(page(verb, one.pk))
    again = desk.post(page(verb, one.pk), follow=True)
    one.refresh_from_db()
    assert one.status == after
    assert [message.level_tag for message in again.context["messages"] if message.level_tag == "error"] == []


def test_a_full_cohort_says_so(desk, page, ngo):
    cohort = CohortFactory(organization=ngo, capacity=1)
    seat(cohort)
    response = desk.post(page("offer", seat(cohort, "applied").pk), follow=True)
    assert said(response) == ["Every seat is taken. They can wait in line."]


def test_staff_say_why_they_end_it(desk, page, cohort):
    one = seat(cohort)
    assert desk.get(page("drop", one.pk)).status_code == 200
    assert desk.post(page("drop", one.pk), {"reason_code": ""}).status_code == 422
    assert desk.post(page("drop", one.pk), {"reason_code": "moved"}).status_code == 302
    one.refresh_from_db()
    assert (one.status, one.end_reason) == ("dropped", "moved")


def test_a_cohort_costs_the_same_for_one_person_and_for_ten(desk, page, ngo):
    cohort = CohortFactory(organization=ngo, capacity=20)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(page("cohort", cohort.pk)).status_code == 200
        return len(queries)

    seat(cohort)
    SessionFactory(cohort=cohort, organization=ngo)
    for_one = cost()
    for _ in range(9):
        seat(cohort, minor=True)
        SessionFactory(cohort=cohort, organization=ngo)
    assert cost() == for_one


def test_a_cohort_is_finished_by_hand(desk, page, ngo):
    cohort = CohortFactory(organization=ngo, status="running")
    one = seat(cohort)
    desk.post(page("finish-cohort", cohort.pk))
    one.refresh_from_db()
    assert one.status == "completed"


# -- the sheet


def marks(*pairs, **words):
    return {f"mark-{one.pk}": state for one, state in pairs} | words


@pytest.fixture
def teaching(browsing, facilitator):
    return in_english(browsing(facilitator))


@pytest.fixture
def two(session):
    return [seat(session.cohort), seat(session.cohort)]


def test_a_sheet_shows_a_first_name_and_an_initial_and_is_not_kept_by_the_browser(
    teaching, page, session, two
):
    response = teaching.get(page("sheet", session.pk))
    assert response["Cache-Control"] == "private, no-store"
    assert "Rosa María Q." in text_of(response)  # two alike: all given names
    assert [
        word for word in ("Quispe", "2008", str(two[0].participant_id)) if word in text_of(response)
    ] == []
    assert Entry.objects.filter(action="session.read").count() == 1


def test_marks_are_saved_and_the_list_is_handed_in_when_all_are_there(teaching, page, session, two):
    door = page("sheet", session.pk)
    response = teaching.post(door, marks((two[0], "present"), submit="1"), follow=True)
    assert said(response) == ["Somebody is not marked yet."]
    assert (response.context["marked"], response.context["expected"]) == (1, 2)

    response = teaching.post(door, marks((two[1], "late"), submit="1"), follow=True)
    assert said(response) == ["Handed in. Thank you."]
    assert sorted(Attendance.objects.values_list("state", flat=True)) == ["late", "present"]
    session.refresh_from_db()
    assert session.status == "submitted"


def test_handing_in_twice_says_nothing_bad(teaching, page, session, two):
    everything = marks((two[0], "present"), (two[1], "late"), submit="1")
    teaching.post(page("sheet", session.pk), everything)
    teaching.get(page("sheet", session.pk))
    assert said(teaching.post(page("sheet", session.pk), everything, follow=True)) == []


def test_a_mark_is_put_right_until_the_list_is_accepted(teaching, desk, page, session, two):
    door = page("sheet", session.pk)
    teaching.post(door, marks((two[0], "present"), (two[1], "absent"), submit="1"))
    teaching.post(door, marks((two[1], "excused")))
    desk.post(page("accept-list", session.pk))
    late = teaching.post(door, marks((two[1], "present")), follow=True)
    assert Attendance.objects.get(enrollment=two[1]).state == "excused"
    assert late.context["may_mark"] is False


def test_a_tap_is_kept_in_passing(teaching, page, session, two):
    tap = teaching.post(page("sheet", session.pk), marks((two[0], "present")), headers={"HX-Request": "true"})
    assert (tap.status_code, Attendance.objects.count()) == (204, 1)


def test_somebody_without_consent_stands_on_the_sheet_and_is_not_marked(teaching, page, session):
    minor = seat(session.cohort, minor=True)
    response = teaching.get(page("sheet", session.pk))
    assert "No consent: they cannot take part today" in text_of(response)
    assert f"mark-{minor.pk}" not in text_of(response)
    response = teaching.post(page("sheet", session.pk), marks((minor, "present")), follow=True)
    assert said(response) == ["1 person was left out: no consent, or no seat any more."]
    assert not Attendance.objects.exists()


@pytest.mark.parametrize(
    "words", [{"mark-x": "present"}, {f"mark-{uuid4()}": "present"}, {"mark-": ""}, {}, {"submit": "1"}]
)
def test_nonsense_on_a_sheet_writes_nothing(teaching, page, session, two, words):
    assert teaching.post(page("sheet", session.pk), words).status_code == 302
    assert not Attendance.objects.exists()


def test_a_mark_nobody_knows_is_refused(teaching, page, session, two):
    response = teaching.post(page("sheet", session.pk), marks((two[0], "asleep")), follow=True)
    assert said(response) == ["Choose one from the list."]


def test_a_list_is_not_open_the_day_before(teaching, page, session, two, at_noon):
    at_noon.move_to(NOON - 24 * HOUR)
    response = teaching.get(page("sheet", session.pk))
    assert response.context["may_mark"] is False
    assert "The list opens half an hour before the session." in text_of(response)


def test_a_facilitator_finds_what_waits_and_no_cohort_page_with_people(teaching, page, session, two):
    response = teaching.get(page("home"))
    assert [one.pk for one in response.context["lists"]] == [session.pk]
    response = teaching.get(page("cohort", session.cohort_id))
    assert response.context["people"] is None
    assert "R. Q." not in text_of(response)


@pytest.mark.parametrize("route", ["find", "register", "new-program"])
def test_a_facilitator_opens_no_page_about_people_or_plans(teaching, page, session, route):
    assert teaching.get(page(route)).status_code == 403


# -- people


def test_somebody_is_registered_with_a_guardian_and_put_down_in_one_go(desk, page, cohort):
    words = ROSA | ELENA | {"id": str(uuid4())}
    response = desk.post(page("register-for", cohort.pk), words)
    person = Participant.objects.get()
    assert response["Location"] == page("participant", person.pk)
    assert (person.initials, person.birth_year) == ("R. Q.", 2016)
    assert Enrollment.objects.get().participant == person
    assert Guardian.objects.get().relationship == "mother"
    assert desk.post(page("register-for", cohort.pk), words).status_code == 302  # the second tap
    assert Participant.objects.count() == 1


@pytest.mark.parametrize("written", ["29/02/2016", "29-02-2016", "29.02.2016", "29022016", "2016-02-29"])
def test_a_birthday_is_read_as_people_write_it(desk, page, written):
    desk.post(page("register"), ROSA | ELENA | {"id": str(uuid4()), "birth_on": written})
    assert Participant.objects.get().birth_year == 2016


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"birth_on": "30/02/2016"}, "birth_on"),
        ({"birth_on": "02/29/2016"}, "birth_on"),
        ({"birth_on": "01/01/0001"}, "birth_on"),
        ({"given_names": ""}, "given_names"),
        ({"document": "12"}, "document"),
        (dict.fromkeys(ELENA, ""), "guardian_full_name"),
        ({"guardian_phone": "x"}, "guardian_phone"),
        ({"guardian_relationship": ""}, "guardian_relationship"),
    ],
)
def test_a_registration_that_lacks_something_comes_back_with_what_was_typed(desk, page, wrong, field):
    response = desk.post(page("register"), ROSA | ELENA | {"id": str(uuid4())} | wrong)
    assert response.status_code == 422
    assert response.context["form"].errors[field]
    assert not Participant.objects.exists()


def test_a_document_known_already_is_said_on_top(desk, page):
    desk.post(page("register"), ROSA | ELENA | {"id": str(uuid4())})
    again = desk.post(page("register"), ROSA | ELENA | {"id": str(uuid4())})
    assert "Somebody with this document is registered already." in text_of(again)


def test_somebody_found_is_put_down(desk, page, cohort):
    desk.post(page("register"), ROSA | ELENA | {"id": str(uuid4())})
    person = Participant.objects.get()
    response = desk.post(page("find-for", cohort.pk), {"name": "quispe", "document": ""})
    assert [one.pk for one in response.context["people"]] == [person.pk]
    desk.post(page("put-down", cohort.pk), {"participant": str(person.pk)})
    assert Enrollment.objects.get().participant_id == person.pk
    for nobody in ("", "x", "\x00"):
        assert desk.post(page("put-down", cohort.pk), {"participant": nobody}).status_code == 302
    assert desk.post(page("put-down", cohort.pk), {"participant": str(uuid4())}).status_code == 404


def test_a_search_without_words_lists_nobody(desk, page, ngo):
    ParticipantFactory(organization=ngo)
    response = desk.post(page("find"), {"name": " ", "document": ""})
    assert response.status_code == 422
    assert response.context["people"] is None


def test_names_stand_nowhere_until_somebody_says_why(desk, page, cohort):
    desk.post(page("register-for", cohort.pk), ROSA | ELENA | {"id": str(uuid4())})
    person = Participant.objects.get()
    for door in (page("participant", person.pk), page("cohort", cohort.pk), page("home")):
        shown = text_of(desk.get(door))
        assert [word for word in SECRETS if word in shown] == [], door
    assert desk.post(page("names", person.pk), {"reason_code": ""}).status_code == 422
    opened = desk.post(page("names", person.pk), {"reason_code": "call_guardian"})
    assert opened["Cache-Control"] == "private, no-store"
    assert [word for word in SECRETS[:-1] if word not in text_of(opened)] == []
    entry = Entry.objects.get(action="participant.read")
    assert entry.facts["reason_code"] == "call_guardian"


def test_what_was_written_down_is_put_right(desk, page):
    desk.post(page("register"), ROSA | ELENA | {"id": str(uuid4())})
    person = Participant.objects.get()
    form = desk.post(page("names", person.pk), {"reason_code": "correct_data"}).context["person_form"]
    assert form.initial["given_names"] == "Rosa María"
    right = ROSA | {"given_names": "Rosalía", "version": 1}
    assert desk.post(page("correct", person.pk), right).status_code == 302
    stale = desk.post(page("correct", person.pk), right)
    assert stale.status_code == 422
    assert "Somebody changed this" in text_of(stale)


def test_a_consent_is_asked_for_answered_and_taken_back(desk, page, ngo):
    guardian = GuardianFactory(organization=ngo)
    person = guardian.participant
    desk.post(page("ask-consent", person.pk), {"kind": "participation"})
    consent = Consent.objects.get()
    nobody = desk.post(page("give-consent", consent.pk), {"is_assented": "on", "valid_until": ""})
    assert nobody.status_code == 422
    assert nobody.context["answer_form"].errors["guardian"]
    words = {"guardian": str(guardian.pk), "is_assented": "on", "valid_until": "2030-06-30"}
    assert desk.post(page("give-consent", consent.pk), words).status_code == 302
    permit = desk.get(page("participant", person.pk)).context["permits"][0]
    assert permit.standing == consent
    desk.post(page("withdraw-consent", consent.pk))
    consent.refresh_from_db()
    assert consent.status == "withdrawn"


def test_a_no_is_written_down(desk, page, ngo):
    consent = ConsentFactory(organization=ngo, status="requested")
    desk.post(page("refuse-consent", consent.pk))
    consent.refresh_from_db()
    assert consent.status == "refused"


def test_one_more_guardian_is_added_on_the_page(desk, page, ngo):
    person = ParticipantFactory(organization=ngo)
    assert desk.post(page("add-guardian", person.pk), ELENA).status_code == 302
    empty = desk.post(page("add-guardian", person.pk), dict.fromkeys(ELENA, ""))
    assert empty.status_code == 422
    assert empty.context["guardian_form"].errors["guardian_full_name"]


def test_a_consent_for_nothing_we_know_is_refused(desk, page, ngo):
    person = ParticipantFactory(organization=ngo)
    response = desk.post(page("ask-consent", person.pk), {"kind": "lottery"}, follow=True)
    assert said(response) == ["Choose one from the list."]
