"""The record of a citizen's arrest: who may write one, who reads it, and what is never kept."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Membership
from accounts.queries import contacts
from accounts.roles import Role
from audit.models import Entry as Line
from config.kinds import KINDS
from incidents.actions import arrests
from incidents.actions.arrests import Told
from incidents.models import CitizenArrestEntry, CitizenArrestReport
from notifications import actions as notifications
from notifications.models import InboxItem, Notice
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound, Stale
from tests.factories import (
    NOON,
    CrewMemberFactory,
    EmergencyLineFactory,
    MembershipFactory,
    OrganizationFactory,
    PatrolFactory,
)
from tests.incidents.factories import ArrestFactory, municipality

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SEEN = "Rompió la luna de un auto y sacó una mochila"
UNIT = "Comisaría de Santa Elizabeth"


@pytest.fixture
def patrol(organization, volunteer):
    """A patrol on the street, with the volunteer in its crew."""
    out = PatrolFactory(organization=organization, status="active", started_at=NOON - 2 * HOUR)
    CrewMemberFactory(organization=organization, patrol=out, membership=volunteer, attendance="present")
    return out


@pytest.fixture
def told():
    """`told(unit="...")`: what a crew says."""

    def say(**words):
        said = {
            "caught_at": NOON - 30 * MINUTE,
            "seen": SEEN,
            "has_injuries": False,
            "was_force_used": False,
            "handed_over_at": NOON - 15 * MINUTE,
            "unit": UNIT,
        }
        return Told(**said | words)

    return say


@pytest.fixture
def record(desk, patrol, volunteer, told):
    """Write one down: `record()`, `record(by=coordinator)`, `record(seen="...")`."""

    def write(by=volunteer, at=NOON, of=patrol, **words):
        return arrests.record(report_id=uuid4(), by=by, at=at, patrol=of, told=told(**words))

    return write


def lines(action):
    return list(Line.objects.filter(action=action).values_list("actor", flat=True))


def put(row, **fields):
    type(row).objects.filter(pk=row.pk).update(**fields)
    row.refresh_from_db()


# -- writing one


def test_the_record_belongs_to_the_districts_desk_and_is_on_record(record, desk, volunteer):
    report = record()
    assert (report.organization_id, report.status, report.author_id) == (desk.pk, "sent", volunteer.pk)
    assert lines("arrest.recorded") == [volunteer.audit_id]


def test_what_was_written_lies_sealed_and_the_trail_repeats_none_of_it(record, desk, reviewer):
    arrests.correct(report=record(), by=CitizenArrestReport.objects.get().author, at=NOON, text="Dos lunas")
    arrests.review(
        report=CitizenArrestReport.objects.get(), by=reviewer, at=NOON, expected_version=None, note="Conforme"
    )
    with connection.cursor() as cursor:
        said = ""
        for table in ("incidents_citizenarrestreport", "incidents_citizenarrestentry", "audit_entry"):
            cursor.execute(f"SELECT * FROM {table}")  # noqa: S608  # our own names
            said += str(cursor.fetchall())
    for word in ("Rompió", "Elizabeth", "lunas", "Conforme"):
        assert word not in said


def test_moments_are_kept_to_the_minute(record):
    report = record(caught_at=NOON - timedelta(minutes=30, seconds=-17))
    report.refresh_from_db()
    assert report.caught_at == NOON - 30 * MINUTE
    assert report.minutes_held == 15


def test_there_is_no_column_for_who_was_held():
    """The planted wish: whoever adds one must change this test, and read the law first."""
    columns = {field.name for field in CitizenArrestReport._meta.get_fields()}
    assert columns == {
        *("id", "organization", "patrol", "author", "caught_at", "seen", "handed_over_at", "unit"),
        *("has_injuries", "was_force_used", "status", "sent_at", "corrected_at", "reviewed_at"),
        *("reviewed_by", "version", "entries", "witnesses", "can_police_reach_witnesses"),
    }


def test_it_may_be_written_before_the_police_came(record):
    report = record(unit="", handed_over_at=None)
    report.refresh_from_db()
    assert (report.unit, report.handed_over_at, report.minutes_held) == (None, None, None)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"seen": "  "}, "seen"),
        ({"seen": "x" * 1001}, "seen"),
        ({"seen": "Su DNI es 45678912"}, "seen"),
        ({"seen": "Su celular es 987 654 321"}, "seen"),
        ({"unit": "x" * 121}, "unit"),
        ({"unit": "Suboficial, 987654321"}, "unit"),
        ({"unit": ""}, "unit"),
        ({"handed_over_at": None}, "handed_over_at"),
        ({"handed_over_at": NOON - HOUR}, "handed_over_at"),
        ({"handed_over_at": NOON + HOUR}, "handed_over_at"),
        ({"caught_at": NOON + HOUR, "handed_over_at": None, "unit": ""}, "caught_at"),
        ({"witnesses": -1}, "witnesses"),
        ({"witnesses": 100, "can_police_reach_witnesses": True}, "witnesses"),
        ({"can_police_reach_witnesses": True}, "witnesses"),
        ({"witnesses": 2}, "can_police_reach_witnesses"),
    ],
)
def test_what_is_wrong_names_its_field_and_writes_nothing(record, words, field):
    with pytest.raises(Invalid) as refusal:
        record(**words)
    assert list(refusal.value.fields) == [field]
    assert not CitizenArrestReport.objects.exists()
    assert lines("arrest.recorded") == []


@pytest.mark.parametrize(
    ("said", "kept"),
    [((2, True), (2, True)), ((1, False), (1, False)), ((0, None), (0, None)), ((0, True), (0, None))],
)
def test_of_witnesses_their_number_is_kept_and_whether_the_police_reach_them(record, said, kept):
    witnesses, reached = said
    report = record(witnesses=witnesses, can_police_reach_witnesses=reached)
    report.refresh_from_db()
    assert (report.witnesses, report.can_police_reach_witnesses) == kept


def test_the_database_refuses_witnesses_of_whom_nothing_is_said(desk):
    with (
        pytest.raises(IntegrityError, match="arrest_with_witnesses_says_who_reaches_them"),
        transaction.atomic(),
    ):
        ArrestFactory(witnesses=2)


def test_the_database_refuses_a_handover_to_nobody(desk):
    with pytest.raises(IntegrityError, match="arrest_handed_over_names_the_unit"), transaction.atomic():
        ArrestFactory(unit=None)


# -- who may write one


def test_the_coordinator_writes_for_the_crew(record, coordinator):
    assert record(by=coordinator).author_id == coordinator.pk


@pytest.mark.parametrize("attendance", ["expected", "excused", "no_show"])
def test_who_did_not_walk_cannot_write_one(record, patrol, organization, attendance):
    neighbor = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    CrewMemberFactory(organization=organization, patrol=patrol, membership=neighbor, attendance=attendance)
    with pytest.raises(Invalid) as refusal:
        record(by=neighbor)
    assert list(refusal.value.fields) == ["patrol"]


def test_who_walked_on_another_patrol_writes_none_of_this_one(record, organization):
    elsewhere = CrewMemberFactory(organization=organization, attendance="present")
    with pytest.raises(Invalid):
        record(by=elsewhere.membership)


@pytest.mark.parametrize("attendance", ["present", "late", "left_early"])
def test_whoever_walked_may_write_one(record, patrol, organization, attendance):
    neighbor = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    CrewMemberFactory(organization=organization, patrol=patrol, membership=neighbor, attendance=attendance)
    assert record(by=neighbor).author_id == neighbor.pk


def test_somebody_of_another_board_finds_no_such_patrol(record, stranger):
    with pytest.raises(NotFound):
        record(by=stranger)


def test_the_desk_writes_none(record, reviewer):
    with pytest.raises((NotAllowed, NotFound)):
        record(by=reviewer)


@pytest.mark.parametrize(
    ("status", "ended", "may"),
    [
        ("paused", None, True),
        ("debrief", MINUTE, True),
        ("closed", 23 * HOUR, True),
        ("aborted_for_safety", HOUR, True),
        ("closed", 24 * HOUR, False),
        ("reviewed", 48 * HOUR, False),
    ],
)
def test_only_of_a_patrol_that_is_out_or_came_home_within_a_day(record, patrol, status, ended, may):
    ended_at = NOON - ended if ended else None
    began = (ended_at or NOON) - 2 * HOUR
    reason = "danger" if status == "aborted_for_safety" else ""
    put(patrol, status=status, started_at=began, ended_at=ended_at, safety_reason=reason)
    if may:
        assert record().status == "sent"
        return
    with pytest.raises(Conflict) as refusal:
        record()
    assert refusal.value.code == "patrol_is_over"


def test_nobody_writes_one_of_a_patrol_that_has_not_begun(record, patrol):
    put(patrol, status="briefing", started_at=None)
    with pytest.raises(Conflict):
        record()


def test_where_no_municipality_joined_the_lines_to_call_are_told(patrol, volunteer, told):
    EmergencyLineFactory(code="police", number="105")
    with pytest.raises(Conflict) as refusal:
        arrests.record(report_id=uuid4(), by=volunteer, at=NOON, patrol=patrol, told=told())
    assert refusal.value.code == "no_desk"
    assert [line["number"] for line in refusal.value.facts["lines"]] == ["105"]


# -- the municipality hears at once


def tick(now):
    notifications.plan(kinds=KINDS, now=now)
    while notifications.deliver(kinds=KINDS, directory=contacts, clock=lambda: now):
        pass


def heard(member):
    return InboxItem.objects.filter(recipient_id=member.pk, kind="arrest_sent").count()


@pytest.fixture
def staff(reviewer, colleague, chief):
    for member in (reviewer, colleague, chief):
        member.user.language = "en"
        member.user.email = f"{member.alias.replace(' ', '')}@example.pe"
        member.user.save()
    return [reviewer, colleague, chief]


def test_the_whole_desk_hears_at_once_and_the_message_says_nothing_of_it(record, staff, volunteer, stranger):
    elsewhere = MembershipFactory(organization=municipality("150110"), roles={Role.REVIEWER})
    record()
    tick(NOON)
    assert [heard(member) for member in [*staff, volunteer, stranger, elsewhere]] == [1, 1, 1, 0, 0, 0]
    item = InboxItem.objects.get(recipient_id=staff[0].pk)
    assert item.title == "Something must be read at once"
    assert item.path == f"/o/{staff[0].organization.code}/citizen-arrests/"
    said = " ".join(f"{message.subject} {message.body}" for message in mail.outbox)
    assert len(mail.outbox) == 3
    for word in ("arrest", "luna", "Elizabeth", volunteer.alias):
        assert word not in said.replace("/citizen-arrests/", "")


def test_planning_again_promises_nothing_twice(record, staff):
    record()
    tick(NOON)
    tick(NOON + MINUTE)
    assert [heard(member) for member in staff] == [1, 1, 1]


def test_a_lost_promise_heals(record, staff):
    record()
    Notice.objects.all().delete()
    tick(NOON + MINUTE)
    assert [heard(member) for member in staff] == [1, 1, 1]


def test_what_was_read_before_it_was_sent_out_is_not_told(record, staff):
    report = record()
    arrests.review(report=report, by=staff[0], at=NOON, expected_version=1, note="Conforme")
    tick(NOON + MINUTE)
    assert [heard(member) for member in staff] == [0, 0, 0]


def test_what_is_added_brings_it_back_and_is_told_again(record, staff, volunteer):
    report = record()
    tick(NOON)
    arrests.review(report=report, by=staff[0], at=NOON + MINUTE, expected_version=1, note="Conforme")
    moved = arrests.correct(report=report, by=volunteer, at=NOON + 2 * MINUTE, text="Hubo un herido")
    tick(NOON + 2 * MINUTE)
    assert (moved.status, moved.reviewed_at, moved.reviewed_by) == ("sent", None, None)
    assert [heard(member) for member in staff] == [2, 2, 2]
    kinds = CitizenArrestEntry.objects.order_by("at").values_list("kind", flat=True)
    assert list(kinds) == ["review", "correction"]


# -- reading and reviewing


def test_opening_one_is_one_line_on_record(record, reviewer, volunteer):
    report = record()
    arrests.correct(report=report, by=volunteer, at=NOON, text="Eran dos")
    page = arrests.read(report=CitizenArrestReport.objects.get(), by=reviewer)
    assert (page.seen, page.unit, [text for _entry, text in page.entries]) == (SEEN, UNIT, ["Eran dos"])
    assert lines("citizenarrestreport.read") == [reviewer.audit_id]


def test_what_was_added_to_another_record_is_not_opened_with_it(record, reviewer, volunteer):
    report, other = record(), record()
    arrests.correct(report=other, by=volunteer, at=NOON, text="Eran dos")
    assert arrests.read(report=report, by=reviewer).entries == []


def test_reviewing_says_by_whom_and_keeps_the_note(record, reviewer):
    report = arrests.review(report=record(), by=reviewer, at=NOON, expected_version=1, note="Conforme")
    assert (report.status, report.reviewed_by_id, report.version) == ("reviewed", reviewer.pk, 2)
    assert lines("arrest.reviewed") == [reviewer.audit_id]


def test_a_second_reading_is_refused_and_so_is_one_of_an_older_version(record, reviewer, colleague):
    report = record()
    arrests.review(report=report, by=reviewer, at=NOON, expected_version=1, note="Conforme")
    with pytest.raises(Stale) as refusal:
        arrests.review(report=report, by=colleague, at=NOON, expected_version=1, note="También")
    assert refusal.value.code == "stale"
    with pytest.raises(IllegalMove):
        arrests.review(report=report, by=colleague, at=NOON, expected_version=2, note="También")
    assert CitizenArrestEntry.objects.count() == 1


def test_the_reading_keeps_nobodys_number_either(record, reviewer):
    with pytest.raises(Invalid) as refusal:
        arrests.review(report=record(), by=reviewer, at=NOON, expected_version=1, note="DNI 45678912")
    assert list(refusal.value.fields) == ["note"]


@pytest.fixture
def others(organization, coordinator, stranger):
    """Everybody who has no business with it."""
    return [
        MembershipFactory(organization=organization, roles={Role.VOLUNTEER}),
        coordinator,
        stranger,
        MembershipFactory(organization=municipality("150110"), roles={Role.REVIEWER}),
        MembershipFactory(organization=municipality("150110"), roles={Role.SECURITY_CHIEF}),
        MembershipFactory(
            organization=OrganizationFactory(kind="ngo", ubigeo=""), roles={Role.PROGRAM_COORDINATOR}
        ),
    ]


def test_nobody_else_sees_one_opens_one_reviews_one_or_adds_to_one(record, volunteer, others):
    report = record()
    for member in [*others, volunteer]:
        assert not CitizenArrestReport.objects.visible_to(member).exists()
        assert not CitizenArrestEntry.objects.visible_to(member).exists()
        with pytest.raises((NotFound, NotAllowed)):
            arrests.read(report=report, by=member)
        with pytest.raises((NotFound, NotAllowed)):
            arrests.review(report=report, by=member, at=NOON, expected_version=1, note="Conforme")
    for member in others:
        assert not CitizenArrestReport.own.visible_to(member).exists()
        with pytest.raises((NotFound, NotAllowed)):
            arrests.correct(report=report, by=member, at=NOON, text="Otra cosa")
    assert lines("citizenarrestreport.read") == []


def test_the_privacy_officer_of_the_desk_reads_and_reviews_none(record, desk):
    officer = MembershipFactory(organization=desk, roles={Role.PRIVACY_OFFICER})
    report = record()
    assert not CitizenArrestReport.objects.visible_to(officer).exists()
    with pytest.raises(NotAllowed):
        arrests.read(report=report, by=officer)
    with pytest.raises(NotAllowed):
        arrests.review(report=report, by=officer, at=NOON, expected_version=1, note="Conforme")


def test_whoever_lost_the_right_writes_none_and_adds_nothing_to_their_own(record, volunteer):
    report = record()
    volunteer.roles = frozenset()
    volunteer.save()
    gone = Membership.objects.get(pk=volunteer.pk)
    with pytest.raises(NotAllowed):
        record(by=gone)
    with pytest.raises(NotAllowed):
        arrests.correct(report=report, by=gone, at=NOON, text="Otra cosa")


# -- the JSON door


@pytest.fixture
def body(patrol):
    return {
        "id": str(uuid4()),
        "patrol": str(patrol.pk),
        "caught_at": (NOON - 30 * MINUTE).isoformat(),
        "seen": SEEN,
        "handed_over_at": (NOON - 15 * MINUTE).isoformat(),
        "unit": UNIT,
        "has_injuries": True,
        "was_force_used": False,
    }


def test_a_phone_sends_one_once_and_gets_back_nothing_that_was_written(
    at_noon, as_, url, desk, volunteer, body
):
    there = url(volunteer, "own-arrest-list")
    first, again = (as_(volunteer).post(there, body, format="json") for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.json()["status"] == "sent"
    assert SEEN not in first.content.decode()
    assert CitizenArrestReport.objects.count() == 1
    other = as_(volunteer).post(there, body | {"seen": "Otra cosa"}, format="json")
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")


def test_the_json_door_takes_witnesses_as_a_number_and_an_answer(
    at_noon, as_, url, desk, volunteer, reviewer, body
):
    there = url(volunteer, "own-arrest-list")
    half = as_(volunteer).post(there, body | {"witnesses": 2}, format="json")
    assert [error["field"] for error in half.json()["errors"]] == ["can_police_reach_witnesses"]
    said = {"witnesses": 2, "can_police_reach_witnesses": False}
    assert as_(volunteer).post(there, body | said, format="json").status_code == 201
    one = as_(reviewer).get(url(reviewer, "arrest-detail", CitizenArrestReport.objects.get())).json()
    assert {name: one[name] for name in said} == said


@pytest.mark.parametrize("name", ["caught_at", "seen", "patrol", "has_injuries", "was_force_used"])
def test_what_is_left_out_is_named(at_noon, as_, url, desk, volunteer, body, name):
    del body[name]
    answer = as_(volunteer).post(url(volunteer, "own-arrest-list"), body, format="json")
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [name]


def test_a_field_for_who_was_held_does_not_exist(at_noon, as_, url, desk, volunteer, body):
    for name in ("name", "document", "photo", "suspect", "face"):
        answer = as_(volunteer).post(url(volunteer, "own-arrest-list"), body | {name: "x"}, format="json")
        assert [error["field"] for error in answer.json()["errors"]] == [name]


def test_the_desk_opens_and_reviews_by_json(at_noon, as_, url, record, reviewer, volunteer):
    report = record()
    one = as_(reviewer).get(url(reviewer, "arrest-detail", report))
    assert (one.json()["seen"], one.json()["unit"], one["Cache-Control"]) == (SEEN, UNIT, "private, no-store")
    words = {"version": 1, "note": "La comisaría confirma"}
    done = as_(reviewer).post(url(reviewer, "arrest-review", report), words, format="json")
    assert (done.status_code, done.json()["status"]) == (200, "reviewed")
    late = as_(reviewer).post(url(reviewer, "arrest-review", report), words, format="json")
    assert (late.status_code, late.json()["code"]) == (412, "stale")
    own = as_(volunteer).get(url(volunteer, "own-arrest-detail", report))
    assert own.json()["status"] == "reviewed"


def test_the_list_of_the_desk_opens_nothing(at_noon, as_, url, record, reviewer):
    record()
    listed = as_(reviewer).get(url(reviewer, "arrest-list"))
    assert [row["status"] for row in listed.json()["results"]] == ["sent"]
    assert SEEN not in listed.content.decode()
    assert lines("citizenarrestreport.read") == []


def test_strangers_get_404_at_the_json_door(at_noon, as_, url, record, others, volunteer):
    report = record()
    for member in others:
        for name in ("own-arrest-detail", "arrest-detail"):
            assert as_(member).get(url(member, name, report)).status_code in {403, 404}
    assert as_(volunteer).get(url(volunteer, "arrest-detail", report)).status_code == 403


# -- the pages


@pytest.fixture
def at():
    def address(member, name, row=None):
        return reverse(f"incidents:{name}", args=[member.organization.code, *([row.pk] if row else [])])

    return address


@pytest.fixture
def typed(patrol):
    """What the form holds: `typed(unit="")`."""

    def fill(**words):
        return {
            "id": str(uuid4()),
            "patrol": str(patrol.pk),
            "caught_at": "2030-01-01T11:30",
            "seen": SEEN,
            "unit": UNIT,
            "handed_over_at": "2030-01-01T11:45",
            "has_injuries": "no",
            "was_force_used": "no",
            "witnesses": "0",
        } | words

    return fill


def test_the_call_and_the_law_stand_before_the_form(at_noon, browsing, at, desk, patrol, volunteer):
    EmergencyLineFactory(code="police", number="105")
    html = browsing(volunteer).get(at(volunteer, "own-arrests")).content.decode()
    call, law, form = html.index("tel:105"), html.index("29372"), html.index('name="seen"')
    assert call < law < form
    assert 'type="file"' not in html


def test_from_the_street_to_the_reading_by_forms_alone(
    at_noon, browsing, at, typed, desk, volunteer, reviewer
):
    sent = browsing(volunteer).post(at(volunteer, "own-arrests"), typed())
    report = CitizenArrestReport.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, at(volunteer, "own-arrest", report))
    assert browsing(volunteer).get(sent["Location"])["Cache-Control"] == "private, no-store"
    own = browsing(volunteer).get(sent["Location"]).content.decode()
    assert SEEN not in own

    queue = browsing(reviewer).get(at(reviewer, "queue")).content.decode()
    assert at(reviewer, "arrest", report) in queue
    page = browsing(reviewer).get(at(reviewer, "arrest", report))
    assert SEEN in page.content.decode()
    assert page["Cache-Control"] == "private, no-store"

    added = browsing(volunteer).post(at(volunteer, "correct-arrest", report), {"text": "Eran dos"})
    assert added.status_code == 302
    late = browsing(reviewer).post(at(reviewer, "review-arrest", report), {"version": 1, "note": "Conforme"})
    assert late.status_code == 409
    assert "Conforme" in late.content.decode()
    done = browsing(reviewer).post(at(reviewer, "review-arrest", report), {"version": 2, "note": "Conforme"})
    assert done["Location"] == at(reviewer, "queue")
    assert at(reviewer, "arrest", report) not in browsing(reviewer).get(done["Location"]).content.decode()
    assert at(reviewer, "arrest", report) in browsing(reviewer).get(at(reviewer, "arrests")).content.decode()


@pytest.mark.parametrize(("answer", "words"), [("yes", "la policía sabe"), ("no", "la policía no sabe")])
def test_the_form_asks_how_many_saw_it_and_the_desk_reads_it(
    at_noon, browsing, at, typed, desk, volunteer, reviewer, answer, words
):
    told = typed(witnesses="3", can_police_reach_witnesses=answer)
    assert browsing(volunteer).post(at(volunteer, "own-arrests"), told).status_code == 302
    report = CitizenArrestReport.objects.get()
    assert (report.witnesses, report.can_police_reach_witnesses) == (3, answer == "yes")
    html = browsing(reviewer).get(at(reviewer, "arrest", report)).content.decode()
    assert f"3 · {words}" in html


@pytest.mark.parametrize(
    ("words", "field"),
    [({"witnesses": ""}, "witnesses"), ({"witnesses": "100"}, "witnesses"), ({"witnesses": "1"}, "can_")],
)
def test_the_form_refuses_half_an_answer_about_witnesses(
    at_noon, browsing, at, typed, desk, volunteer, words, field
):
    answer = browsing(volunteer).post(at(volunteer, "own-arrests"), typed(**words))
    assert answer.status_code == 422
    assert any(name.startswith(field) for name in answer.context["form"].errors)
    assert not CitizenArrestReport.objects.exists()


def test_two_taps_send_one(at_noon, browsing, at, typed, desk, volunteer):
    words = typed()
    for _ in range(2):
        assert browsing(volunteer).post(at(volunteer, "own-arrests"), words).status_code == 302
    assert CitizenArrestReport.objects.count() == 1


def test_it_can_be_said_that_the_police_have_not_come(at_noon, browsing, at, typed, desk, volunteer):
    words = typed(unit="", handed_over_at="", is_not_handed_over="on")
    answer = browsing(volunteer).post(at(volunteer, "own-arrests"), words, follow=True)
    assert CitizenArrestReport.objects.get().handed_over_at is None
    assert "call" in answer.content.decode() or "llama" in answer.content.decode().lower()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ({"seen": ""}, "seen"),
        ({"seen": "Su DNI es 45678912"}, "seen"),
        ({"unit": ""}, "unit"),
        ({"handed_over_at": ""}, "handed_over_at"),
        ({"handed_over_at": "2030-01-01T10:00"}, "handed_over_at"),
        ({"caught_at": "nunca"}, "caught_at"),
        ({"caught_at": "0001-01-01T00:00"}, "caught_at"),
        ({"has_injuries": ""}, "has_injuries"),
        ({"was_force_used": "quizá"}, "was_force_used"),
        ({"patrol": str(uuid4())}, "patrol"),
        ({"patrol": "x"}, "patrol"),
        ({"id": "x"}, "id"),
    ],
)
def test_wrong_input_keeps_what_was_typed(at_noon, browsing, at, typed, desk, volunteer, words, name):
    answer = browsing(volunteer).post(at(volunteer, "own-arrests"), typed(**words))
    assert answer.status_code == 422
    assert name in answer.context["form"].errors
    if name != "seen":
        assert SEEN in answer.content.decode()
    assert not CitizenArrestReport.objects.exists()


def test_without_a_patrol_the_page_still_says_whom_to_call(at_noon, browsing, at, desk, volunteer):
    EmergencyLineFactory(code="police", number="105")
    html = browsing(volunteer).get(at(volunteer, "own-arrests")).content.decode()
    assert "tel:105" in html
    assert 'name="seen"' not in html


def test_without_a_desk_the_page_shows_the_lines(at_noon, browsing, at, patrol, volunteer, typed):
    EmergencyLineFactory(code="police", number="105")
    html = browsing(volunteer).get(at(volunteer, "own-arrests")).content.decode()
    assert "tel:105" in html
    assert 'name="seen"' not in html
    assert browsing(volunteer).post(at(volunteer, "own-arrests"), typed()).status_code == 422


def test_an_unread_one_costs_the_queue_the_same_for_one_and_for_ten(at_noon, browsing, at, desk, reviewer):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert browsing(reviewer).get(at(reviewer, "queue")).status_code == 200
        return len(queries)

    ArrestFactory(organization=desk)
    for_one = cost()
    for _ in range(9):
        ArrestFactory(organization=desk)
    assert cost() == for_one
