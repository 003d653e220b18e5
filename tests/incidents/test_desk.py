"""What the municipality does with a report, and what happens when two do it at once."""

from datetime import timedelta
from itertools import product

import pytest

from accounts.roles import Role
from audit.models import Entry as Line
from incidents.actions import desk as at_desk
from incidents.actions import reports
from incidents.models import Assignment, Entry, Report
from rules.refusals import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from tests.factories import NOON, MembershipFactory
from tests.incidents.factories import CategoryFactory, ReportFactory

LATER = NOON + timedelta(minutes=3)
# The tests' own table: what leads where. What is not here must be refused.
MOVES = {
    ("received", "triage"): "triaged",
    ("received", "assign"): "received",
    ("received", "note"): "received",
    ("received", "mark_duplicate"): "duplicate",
    ("triaged", "triage"): "triaged",
    ("triaged", "verify"): "verified",
    ("triaged", "assign"): "triaged",
    ("triaged", "note"): "triaged",
    ("triaged", "answer"): "triaged",
    ("triaged", "dismiss"): "unfounded",
    ("triaged", "mark_duplicate"): "duplicate",
    ("verified", "start_work"): "in_progress",
    ("verified", "resolve"): "resolved",
    ("verified", "assign"): "verified",
    ("verified", "note"): "verified",
    ("verified", "answer"): "verified",
    ("verified", "dismiss"): "unfounded",
    ("verified", "mark_duplicate"): "duplicate",
    ("in_progress", "resolve"): "resolved",
    ("in_progress", "assign"): "in_progress",
    ("in_progress", "note"): "in_progress",
    ("in_progress", "answer"): "in_progress",
    ("in_progress", "dismiss"): "unfounded",
    ("in_progress", "mark_duplicate"): "duplicate",
    ("resolved", "reopen"): "triaged",
    ("resolved", "note"): "resolved",
    ("resolved", "answer"): "resolved",
    ("unfounded", "reopen"): "triaged",
    ("unfounded", "note"): "unfounded",
    ("unfounded", "answer"): "unfounded",
    ("duplicate", "reopen"): "triaged",
    ("duplicate", "note"): "duplicate",
    ("duplicate", "answer"): "duplicate",
}
STATUSES = ["received", "triaged", "verified", "in_progress", "resolved", "unfounded", "duplicate"]
VERBS = sorted({verb for _status, verb in MOVES})
TEXTS = {"note": {"text": "Llamé a la base"}, "answer": {"text": "Gracias, ya vamos"}}


@pytest.fixture
def other():
    return ReportFactory()


@pytest.fixture
def do(reviewer, colleague, other):
    """Let the reviewer do something to a report they looked at: `do("verify", report)`."""

    def act(verb, report, *, by=reviewer, at=LATER, expected_version=None, **words):
        needed = TEXTS.get(verb, {})
        needed |= {"to": colleague} if verb == "assign" else {}
        needed |= {"of": other} if verb == "mark_duplicate" else {}
        version = report.version if expected_version is None else expected_version
        return getattr(at_desk, verb)(report=report, by=by, at=at, expected_version=version, **needed | words)

    return act


def report_that_is(status, **fields):
    extra = {"duplicate_of": ReportFactory()} if status == "duplicate" else {}
    return ReportFactory(status=status, **extra | fields)


@pytest.mark.parametrize(("status", "verb"), list(product(STATUSES, VERBS)))
def test_each_verb_leads_where_the_table_says_and_nowhere_else(do, status, verb):
    report = report_that_is(status)
    to = MOVES.get((status, verb))
    if to is None:
        with pytest.raises(IllegalMove):
            do(verb, report)
        to, version = status, 1
    else:
        do(verb, report)
        version = 2

    report.refresh_from_db()
    assert (report.status, report.version) == (to, version)
    assert report.moves.count() == version - 1


@pytest.mark.parametrize("verb", VERBS)
def test_each_step_is_on_record_with_whoever_took_it(do, reviewer, verb):
    status = next(status for status, name in MOVES if name == verb)
    report = report_that_is(status)
    do(verb, report)

    line = Line.objects.filter(subject_id=str(report.pk)).latest("pk")
    assert (line.actor, line.organization_id) == (f"member:{reviewer.pk}", reviewer.organization_id)
    move = report.moves.get()
    assert (move.verb, move.version, move.by) == (verb, 2, reviewer)


@pytest.mark.parametrize("verb", VERBS)
def test_a_stale_write_is_refused_with_what_changed(do, reviewer, colleague, verb):
    report = report_that_is(next(status for status, name in MOVES if name == verb))
    do("note", report, by=colleague)

    with pytest.raises(Conflict) as refusal:
        do(verb, report, expected_version=1)

    assert refusal.value.code == "stale"
    assert refusal.value.facts["version"] == 2
    assert refusal.value.facts["changes"] == [
        {
            "version": 2,
            "verb": "note",
            "status": report.status,
            "fields": [],
            "by": colleague.alias,
            "at": "2030-01-01T17:03:00Z",
        }
    ]
    report.refresh_from_db()
    assert report.version == 2


def test_what_changed_names_the_reporter_by_the_name_of_this_report_only(do, volunteer):
    report = ReportFactory(by=volunteer)
    reports.correct(report=report, by=volunteer, at=NOON, text="Eran tres")
    with pytest.raises(Conflict) as refusal:
        do("triage", report, expected_version=1)
    (change,) = refusal.value.facts["changes"]
    assert (change["by"], change["fields"]) == ("Molle 123", [])


def test_triage_puts_the_type_and_the_questions_right(do):
    CategoryFactory(code="PAT-01", severity=4, sensitivity=1)
    report = ReportFactory()
    do("triage", report, category="PAT-01", is_in_progress=True)

    report.refresh_from_db()
    assert (report.category.code, report.severity, report.sensitivity) == ("PAT-01", 5, 1)
    assert report.triaged_at == LATER
    assert report.moves.get().changed == [
        "category",
        "is_in_progress",
        "sensitivity",
        "severity",
        "triaged_at",
    ]


def test_triage_knows_only_types_that_exist(do):
    with pytest.raises(Invalid) as refusal:
        do("triage", ReportFactory(), category="XXX-99")
    assert list(refusal.value.fields) == ["category"]


def test_whoever_finds_a_report_to_be_confidential_goes_on_holding_it(do, reviewer, colleague, extortion):
    report = ReportFactory()
    do("triage", report, category=extortion.code)

    report.refresh_from_db()
    assert report.holder == reviewer
    assert Report.objects.all().visible_to(reviewer).exists()
    assert report not in Report.objects.all().visible_to(colleague)


# -- who sees what


def test_a_confidential_report_is_seen_by_its_holder_and_the_chief(reviewer, colleague, chief, extortion):
    report = ReportFactory(category=extortion)
    held = ReportFactory(category=extortion, holder=reviewer)

    assert set(Report.objects.all().visible_to(chief)) == {report, held}
    assert set(Report.objects.all().visible_to(reviewer)) == {held}
    assert not Report.objects.all().visible_to(colleague).exists()


@pytest.mark.parametrize("verb", VERBS)
def test_nobody_touches_a_confidential_report_they_may_not_see(do, colleague, extortion, verb):
    report = ReportFactory(
        category=extortion,
        status=next(status for status, name in MOVES if name == verb and status != "duplicate"),
    )
    with pytest.raises(NotFound):
        do(verb, report)


@pytest.mark.parametrize("verb", VERBS)
def test_strangers_and_volunteers_touch_nothing(do, volunteer, verb):
    report = report_that_is(next(status for status, name in MOVES if name == verb))
    stranger = MembershipFactory(
        organization__kind="municipality", organization__ubigeo="150110", roles={Role.SECURITY_CHIEF}
    )
    with pytest.raises(NotFound):
        do(verb, report, by=stranger)
    with pytest.raises(NotAllowed):
        do(verb, report, by=volunteer)


def test_next_verbs_are_those_of_the_table_for_the_desk_and_none_for_others(reviewer, volunteer, stranger):
    report = ReportFactory(status="verified")
    assert set(report.next_verbs(reviewer)) == {verb for status, verb in MOVES if status == "verified"}
    assert report.next_verbs(volunteer) == report.next_verbs(stranger) == []


def test_reading_a_report_is_on_record(reviewer):
    report = ReportFactory()
    at_desk.read(report=report, by=reviewer)
    line = Line.objects.get()
    assert (line.action, line.subject_id, line.actor) == (
        "report.read",
        str(report.pk),
        f"member:{reviewer.pk}",
    )


# -- holding


def test_the_history_of_holders_is_kept(do, reviewer, colleague):
    report = ReportFactory()
    do("assign", report, to=colleague)
    report.refresh_from_db()
    do("assign", report, to=reviewer, at=LATER + timedelta(minutes=1))

    rows = Assignment.objects.order_by("assigned_at").values_list("holder", "by", "assigned_at", "ended_at")
    assert list(rows) == [
        (colleague.pk, reviewer.pk, LATER, LATER + timedelta(minutes=1)),
        (reviewer.pk, reviewer.pk, LATER + timedelta(minutes=1), None),
    ]


def test_a_report_is_given_only_to_somebody_of_the_desk(do, desk, reviewer, volunteer):
    officer = MembershipFactory(organization=desk, roles={Role.PRIVACY_OFFICER})
    gone = MembershipFactory(organization=desk, roles={Role.REVIEWER}, left_on=NOON.date())
    for somebody in (officer, gone):
        with pytest.raises(Invalid) as refusal:
            do("assign", ReportFactory(), to=somebody)
        assert list(refusal.value.fields) == ["member"]
    with pytest.raises(NotFound):
        do("assign", ReportFactory(), to=volunteer)


def test_giving_it_to_whoever_holds_it_is_a_conflict(do, colleague):
    report = ReportFactory(holder=colleague)
    with pytest.raises(Conflict) as refusal:
        do("assign", report, to=colleague)
    assert refusal.value.code == "already_held"


def test_whoever_starts_work_holds_it_if_nobody_does(do, reviewer, colleague):
    free, held = ReportFactory(status="verified"), ReportFactory(status="verified", holder=colleague)
    assert do("start_work", free).holder == reviewer
    assert do("start_work", held).holder == colleague


# -- writing


def test_an_answer_is_kept_and_a_note_stays_at_the_desk(do, reviewer, volunteer):
    report = ReportFactory(by=volunteer, status="triaged")
    do("answer", report)
    report.refresh_from_db()
    do("note", report)

    assert report.answered_at == LATER
    assert set(Entry.objects.all().visible_to(reviewer).values_list("kind", flat=True)) == {"answer", "note"}
    assert list(Entry.own.all().visible_to(volunteer).values_list("kind", flat=True)) == ["answer"]


@pytest.mark.parametrize("verb", ["answer", "note"])
@pytest.mark.parametrize("text", ["", "  ", "a" * 1001])
def test_what_is_written_says_something_short(do, verb, text):
    with pytest.raises(Invalid) as refusal:
        do(verb, ReportFactory(status="triaged"), text=text)
    assert list(refusal.value.fields) == ["text"]


@pytest.mark.parametrize("verb", ["resolve", "dismiss", "mark_duplicate"])
def test_closing_may_carry_a_word_to_whoever_reported(do, verb):
    report = ReportFactory(status="verified")
    do(verb, report, answer="Se reparó la luz")

    report.refresh_from_db()
    assert (report.closed_at, report.answered_at) == (LATER, LATER)
    assert list(Entry.objects.values_list("kind", "text")) == [("answer", "Se reparó la luz")]


def test_reopening_clears_the_end(do):
    report = report_that_is("duplicate")
    do("reopen", report)
    report.refresh_from_db()
    assert (report.status, report.closed_at, report.duplicate_of) == ("triaged", None, None)


def test_what_the_reporter_added_is_dealt_with_by_the_desks_next_step(do, volunteer):
    report = ReportFactory(by=volunteer)
    first = report.rank
    reports.correct(report=report, by=volunteer, at=NOON, text="Eran tres")
    report.refresh_from_db()
    assert report.rank > first
    do("triage", report)
    report.refresh_from_db()
    assert (report.spoke_at, report.rank) == (None, first)


# -- duplicates


@pytest.mark.parametrize("wrong", ["itself", "a duplicate", "a confidential one"])
def test_a_duplicate_names_another_report_that_is_none_itself(do, extortion, wrong):
    report = ReportFactory(status="triaged")
    of = {
        "itself": lambda: report,
        "a duplicate": lambda: report_that_is("duplicate"),
        "a confidential one": lambda: ReportFactory(category=extortion),
    }[wrong]()
    with pytest.raises(Invalid) as refusal:
        do("mark_duplicate", report, of=of)
    assert list(refusal.value.fields) == ["of"]


def test_what_others_are_duplicates_of_is_no_duplicate(do):
    report = ReportFactory(status="triaged")
    report_that_is("duplicate", duplicate_of=report)
    with pytest.raises(Conflict) as refusal:
        do("mark_duplicate", report)
    assert refusal.value.code == "has_duplicates"


# -- who reported


def test_whoever_holds_a_named_report_may_call_its_sender_and_that_is_on_record(reviewer, volunteer):
    volunteer.user.full_name, volunteer.user.phone = "Rosa Quispe", "+51 999"
    volunteer.user.save()
    report = ReportFactory(by=volunteer, confidentiality="named", holder=reviewer, status="triaged")

    found = at_desk.contact(report=report, by=reviewer, at=NOON, reason_code="call_back")

    assert (found.full_name, found.phone) == ("Rosa Quispe", "+51 999")
    line = Line.objects.get()
    assert (line.action, line.facts) == ("report.read", {"reason_code": "call_back", "field": "reporter"})


def test_nobody_opens_a_reserved_report_and_only_its_holder_a_named_one(
    reviewer, colleague, chief, volunteer
):
    reserved = ReportFactory(by=volunteer, holder=reviewer)
    named = ReportFactory(by=volunteer, confidentiality="named", holder=reviewer)
    for report, somebody in ((reserved, reviewer), (reserved, chief), (named, colleague), (named, chief)):
        with pytest.raises(NotAllowed):
            at_desk.contact(report=report, by=somebody, at=NOON, reason_code="call_back")
    assert not Line.objects.exists()
