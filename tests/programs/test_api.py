"""The JSON door: what each resource looks like, who gets in, what is refused and how."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ReceiptConflict
from audit.models import Entry
from programs.models import Attendance, Cohort, Consent, Enrollment, Guardian, Participant, Program, Session
from tests.factories import NOON
from tests.programs.factories import (
    CohortFactory,
    ConsentFactory,
    EnrollmentFactory,
    GuardianFactory,
    ParticipantFactory,
)

HOUR = timedelta(hours=1)
ROSA = {
    "given_names": "Rosa María",
    "family_names": "Quispe Ñahui",
    "birth_on": "2016-02-29",
    "document_kind": "dni",
    "document": "76543210",
    "phone": "987654321",
    "language": "qu",
}
ELENA = {"full_name": "Elena Ñahui", "relationship": "mother", "phone": "912345678"}
pytestmark = pytest.mark.usefixtures("at_noon")


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


def post(client, address, words=None, **headers):
    return client.post(address, words if words is not None else {}, headers=headers)


def refused(response):
    """A refusal as (status, code, the fields it names)."""
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, body["code"], sorted(error["field"] for error in body.get("errors", []))


@pytest.fixture
def desk(as_, coordinator):
    return as_(coordinator)


def registered(desk, url, **words):
    body = ROSA | {"id": str(uuid4()), "guardian": ELENA} | words
    return post(desk, url("participant-list"), body)


# -- the whole way, as a script would go


def test_from_a_program_to_a_list_that_stands(desk, url, as_, facilitator):
    program, cohort, session, seat = (str(uuid4()) for _ in range(4))
    words = {"id": program, "name": "Fútbol", "age_from": 10, "age_to": 17}
    assert post(desk, url("program-list"), words).status_code == 201
    words = {"id": cohort, "program": program, "name": "Enero", "capacity": 1}
    words |= {"starts_on": "2030-01-01", "ends_on": "2030-03-31"}
    assert post(desk, url("cohort-list"), words).status_code == 201
    run = Cohort.objects.get()
    assert post(desk, url("cohort-open-up", run)).json()["status"] == "open"
    words = {"id": session, "cohort": cohort, "facilitator": str(facilitator.pk), "place": "Local comunal"}
    words |= {"starts_at": iso(NOON), "ends_at": iso(NOON + 2 * HOUR)}
    assert post(desk, url("session-list"), words).status_code == 201

    person = registered(desk, url).json()["id"]
    put_down = post(desk, url("cohort-enrollments", run), {"id": seat, "participant": person})
    assert (put_down.status_code, put_down.json()["consent"]) == (201, "missing")
    enrollment = Enrollment.objects.get()
    assert post(desk, url("enrollment-offer", enrollment)).json()["status"] == "offered"
    assert refused(post(desk, url("enrollment-accept", enrollment))) == (409, "consent_missing", [])

    words = {"id": str(uuid4()), "kind": "participation"}
    post(desk, url("participant-consents", Participant.objects.get()), words)
    yes = {"guardian": str(Guardian.objects.get().pk), "is_assented": True}
    assert post(desk, url("consent-give", Consent.objects.get()), yes).json()["valid_until"] == "2031-01-01"
    assert post(desk, url("enrollment-accept", enrollment)).json()["consent"] == "given"

    teaching, row = as_(facilitator), Session.objects.get()
    sheet = teaching.get(url("session-attendance", row)).json()
    assert [line["name"] for line in sheet["lines"]] == ["Rosa Q."]
    marks = {"marks": [{"enrollment": seat, "state": "late", "captured_at": "2030-01-01T11:59:00-05:00"}]}
    assert post(teaching, url("session-attendance", row), marks).json()["left_out"] == []
    assert post(teaching, url("session-submit", row)).json()["status"] == "submitted"
    assert post(desk, url("session-accept", row)).json()["status"] == "accepted"
    assert Attendance.objects.get().state == "late"


# -- what it looks like


def test_a_cohort_looks_like_this(desk, url, cohort):
    EnrollmentFactory(cohort=cohort, organization=cohort.organization)
    response = desk.get(url("cohort-detail", cohort))
    assert response.json() == {
        "id": str(cohort.pk),
        "program": str(cohort.program_id),
        "program_name": cohort.program.name,
        "name": cohort.name,
        "status": "open",
        "starts_on": "2029-12-01",
        "ends_on": "2030-06-30",
        "capacity": 2,
        "seats_taken": 1,
        "seats_free": 1,
        "version": 1,
    }
    assert response["ETag"] == '"1"'


def test_an_enrollment_looks_like_this(desk, url, cohort):
    person = ParticipantFactory(organization=cohort.organization, minor=True)
    one = EnrollmentFactory(cohort=cohort, participant=person, organization=cohort.organization)
    assert desk.get(url("cohort-enrollments", cohort)).json()["results"] == [
        {
            "id": str(one.pk),
            "cohort": str(cohort.pk),
            "participant": str(person.pk),
            "initials": "R. Q.",
            "birth_year": 2015,
            "consent": "missing",
            "status": "enrolled",
            "applied_at": iso(one.applied_at),
            "waiting_since": None,
            "offered_at": None,
            "enrolled_at": iso(one.enrolled_at),
            "ended_at": None,
            "end_reason": "",
            "version": 1,
        }
    ]


def test_a_session_looks_like_this(as_, facilitator, url, session):
    assert as_(facilitator).get(url("session-detail", session)).json() == {
        "id": str(session.pk),
        "cohort": str(session.cohort_id),
        "cohort_name": session.cohort.name,
        "program_name": session.cohort.program.name,
        "facilitator": str(facilitator.pk),
        "is_mine": True,
        "starts_at": iso(NOON),
        "ends_at": iso(NOON + 2 * HOUR),
        "place": "Local comunal",
        "status": "open",
        "submitted_at": None,
        "accepted_at": None,
        "version": 1,
    }


def test_a_sheet_looks_like_this(as_, facilitator, url, session):
    ours = {"organization": session.organization}
    person = ParticipantFactory(minor=True, **ours)
    one = EnrollmentFactory(cohort=session.cohort, participant=person, **ours)
    assert as_(facilitator).get(url("session-attendance", session)).json() == {
        "session": str(session.pk),
        "status": "open",
        "version": 1,
        "lines": [
            {
                "enrollment": str(one.pk),
                "name": "Rosa Q.",
                "is_minor": True,
                "is_cleared": False,
                "state": "",
            }
        ],
    }


def test_a_consent_looks_like_this(desk, url, ngo):
    consent = ConsentFactory(organization=ngo)
    assert desk.get(url("consent-detail", consent)).json() == {
        "id": str(consent.pk),
        "participant": str(consent.participant_id),
        "kind": "participation",
        "status": "given",
        "for_minor": True,
        "guardian": str(consent.guardian_id),
        "is_assented": True,
        "valid_until": "2031-01-01",
        "requested_at": iso(NOON),
        "answered_at": iso(NOON),
        "ended_at": None,
        "version": 1,
    }


# -- people: found by their words, opened for a reason, listed nowhere


def test_whoever_is_registered_comes_back_without_a_name(desk, url):
    response = registered(desk, url)
    assert response.status_code == 201
    body = response.json()
    assert body == {
        "id": body["id"],
        "initials": "R. Q.",
        "birth_year": 2016,
        "is_minor": True,
        "document_kind": "dni",
        "language": "qu",
        "registered_at": iso(NOON),
        "version": 1,
    }


def test_there_is_no_list_of_participants_or_enrollments(desk, url, ngo):
    ParticipantFactory(organization=ngo)
    for name in ("participants", "enrollments", "consents", "guardians"):
        assert desk.get(f"/api/v1/{ngo.code}/{name}/").status_code in {404, 405}


def test_somebody_is_found_by_words_sent_in_the_body(desk, url):
    key = registered(desk, url).json()["id"]
    found = post(desk, url("participant-search"), {"name": "ñahui rosa"})
    assert [row["id"] for row in found.json()] == [key]
    assert post(desk, url("participant-search"), {"name": "nadie"}).json() == []
    assert refused(post(desk, url("participant-search"), {"name": "12"})) == (400, "invalid", ["name"])
    assert refused(post(desk, url("participant-search") + "?name=rosa", {})) == (400, "invalid", ["name"])


def test_names_are_opened_for_a_reason(desk, url):
    registered(desk, url)
    person = Participant.objects.get()
    response = post(desk, url("participant-names", person), {"reason_code": "call_guardian"})
    assert response["Cache-Control"] == "private, no-store"
    assert response.json() == {
        "given_names": "Rosa María",
        "family_names": "Quispe Ñahui",
        "birth_on": "2016-02-29",
        "document": "76543210",
        "phone": "987654321",
        "guardians": [
            {"id": str(Guardian.objects.get().pk), "relationship": "mother", "document": ""}
            | {name: ELENA[name] for name in ("full_name", "phone")}
        ],
    }
    assert refused(post(desk, url("participant-names", person), {})) == (400, "invalid", ["reason_code"])
    assert Entry.objects.filter(action="participant.read").count() == 1


def test_all_of_a_person_is_put_right(desk, url):
    registered(desk, url)
    person = Participant.objects.get()
    right = ROSA | {"given_names": "Rosalía"}
    changed = desk.put(url("participant-detail", person), right, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed["ETag"]) == (200, '"2"')
    stale = desk.put(url("participant-detail", person), right, headers={"If-Match": '"1"'})
    assert refused(stale) == (412, "stale", [])


def test_one_more_guardian_is_written_down_and_shown_without_a_name(desk, url, ngo):
    person = GuardianFactory(organization=ngo).participant
    words = {"id": str(uuid4()), "full_name": "Juan Huamán", "relationship": "father", "phone": "912345678"}
    assert post(desk, url("participant-guardians", person), words).status_code == 201
    assert post(desk, url("participant-guardians", person), words).status_code == 200
    shown = desk.get(url("participant-guardians", person)).json()
    assert {row["relationship"] for row in shown} == {"mother", "father"}
    assert "Huam" not in json.dumps(shown)


NAMES = ("Rosa", "Quispe", "76543210", "987654321", "Elena", "912345678", "2016-02-29")


def test_no_list_and_no_row_shows_a_name(desk, url, cohort, session):
    key = registered(desk, url).json()["id"]
    person = Participant.objects.get()
    EnrollmentFactory(cohort=cohort, participant=person, organization=cohort.organization)
    pages = [url("participant-detail", person), url("cohort-enrollments", cohort), url("session-list")]
    pages += [url("participant-guardians", person), url("participant-consents", person), url("cohort-list")]
    for page in pages:
        shown = desk.get(page).content.decode()
        assert [name for name in NAMES if name in shown] == [], page
    assert key


def test_a_facilitator_reads_the_sheet_and_nothing_else_of_anybody(as_, facilitator, url, session):
    ours = {"organization": session.organization}
    consent = ConsentFactory(**ours)
    one = EnrollmentFactory(cohort=session.cohort, participant=consent.participant, **ours)
    person, teaching = consent.participant, as_(facilitator)

    sheet = json.dumps(teaching.get(url("session-attendance", session)).json())
    assert "Rosa Q." in sheet
    assert [word for word in ("Quispe", "María", "2015", str(person.pk)) if word in sheet] == []
    for name, row in (
        ("participant-detail", person),
        ("participant-guardians", person),
        ("participant-consents", person),
        ("consent-detail", consent),
        ("enrollment-detail", one),
        ("cohort-enrollments", session.cohort),
    ):
        assert teaching.get(url(name, row)).status_code == 403, name
    assert post(teaching, url("participant-search"), {"name": "rosa"}).status_code == 403
    assert post(teaching, url("participant-names", person), {"reason_code": "emergency"}).status_code == 403


def test_a_facilitator_finds_no_session_of_a_colleague(as_, colleague, url, session):
    for name in ("session-detail", "session-attendance"):
        assert as_(colleague).get(url(name, session)).status_code == 404
    assert as_(colleague).get(url("session-list")).json()["results"] == []
    assert as_(colleague).get(url("cohort-list")).json()["results"] == []


# -- sent twice


def test_sent_again_nothing_happens_twice(desk, url):
    key = str(uuid4())
    first, again = registered(desk, url, id=key), registered(desk, url, id=key)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Participant.objects.count() == 1


def test_another_body_under_the_same_number_is_refused_and_kept_sealed(desk, url):
    key = str(uuid4())
    registered(desk, url, id=key)
    assert refused(registered(desk, url, id=key, given_names="Otra")) == (409, "id_reused", [])
    assert str(ReceiptConflict.objects.get().body) == "<sealed>"


@pytest.mark.parametrize("name", ["program-list", "cohort-list", "session-list"])
def test_planning_sent_again_happens_once(desk, url, cohort, facilitator, name):
    words = {
        "program-list": {"name": "Fútbol", "age_from": 10, "age_to": 17},
        "cohort-list": {
            "program": str(cohort.program_id),
            "name": "x",
            "capacity": 3,
            "starts_on": "2030-01-01",
            "ends_on": "2030-02-01",
        },
        "session-list": {
            "cohort": str(cohort.pk),
            "facilitator": str(facilitator.pk),
            "starts_at": iso(NOON),
            "ends_at": iso(NOON + HOUR),
            "place": "x",
        },
    }[name] | {"id": str(uuid4())}
    codes = [post(desk, url(name), words).status_code for _ in range(2)]
    assert codes == [201, 200]
    model = {"program-list": Program, "cohort-list": Cohort, "session-list": Session}[name]
    assert model.objects.filter(pk=words["id"]).count() == 1


# -- versions


def test_a_verb_told_of_an_older_version_is_refused(desk, url, cohort):
    one = EnrollmentFactory(cohort=cohort, organization=cohort.organization, status="applied")
    assert post(desk, url("enrollment-review", one), **{"If-Match": '"1"'})["ETag"] == '"2"'
    assert refused(post(desk, url("enrollment-offer", one), **{"If-Match": '"1"'})) == (412, "stale", [])
    assert refused(post(desk, url("enrollment-offer", one), **{"If-Match": "x"})) == (
        400,
        "invalid",
        ["If-Match"],
    )


def test_a_list_marked_meanwhile_is_stale(as_, facilitator, url, session):
    one = EnrollmentFactory(cohort=session.cohort, organization=session.organization)
    marks = {"marks": [{"enrollment": str(one.pk), "state": "present"}]}
    door = url("session-attendance", session)
    assert post(as_(facilitator), door, marks, **{"If-Match": '"1"'})["ETag"] == '"2"'
    assert refused(post(as_(facilitator), door, marks, **{"If-Match": '"1"'})) == (412, "stale", [])


def test_a_consent_missing_meanwhile_leaves_one_out_and_writes_the_others(as_, facilitator, url, session):
    ours = {"organization": session.organization}
    minor = EnrollmentFactory(
        cohort=session.cohort, participant=ParticipantFactory(minor=True, **ours), **ours
    )
    other = EnrollmentFactory(cohort=session.cohort, **ours)
    marks = [{"enrollment": str(one.pk), "state": "present"} for one in (minor, other)]
    response = post(as_(facilitator), url("session-attendance", session), {"marks": marks})
    assert response.json()["left_out"] == [{"enrollment": str(minor.pk), "code": "consent_missing"}]
    assert Attendance.objects.get().enrollment_id == other.pk


# -- lists


@pytest.mark.parametrize(
    ("name", "query", "found"),
    [
        ("cohort-list", "status=open", 1),
        ("cohort-list", "status=finished", 0),
        ("cohort-list", "program={program}", 1),
        ("cohort-list", "program={cohort}", 0),
        ("session-list", "cohort={cohort}", 1),
        ("session-list", "status=submitted", 0),
        ("session-list", "from=2030-01-01T17:00:00Z", 1),
        ("session-list", "to=2030-01-01T17:00:00Z", 0),
    ],
)
def test_lists_are_filtered(desk, url, session, name, query, found):
    keys = {"cohort": session.cohort_id, "program": session.cohort.program_id}
    rows = desk.get(url(name) + "?" + query.format(**keys)).json()["results"]
    assert len(rows) == found


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [
        ("program-list", "name=x", "name"),
        ("cohort-list", "status=lost", "status"),
        ("cohort-list", "program=x", "program"),
        ("session-list", "from=0001-01-01T00:00:00%2B14:00", "from"),
        ("session-list", "to=yesterday", "to"),
        ("session-list", "cursor=garbage", "cursor"),
        ("session-list", "page_size=0", "page_size"),
    ],
)
def test_a_query_we_do_not_understand_is_refused_by_name(desk, url, session, name, query, field):
    assert refused(desk.get(url(name) + "?" + query)) == (400, "invalid", [field])


def test_the_people_of_a_cohort_are_paged_and_filtered(desk, url, ngo):
    cohort = CohortFactory(organization=ngo, capacity=9)
    for hours in (3, 1, 2):
        EnrollmentFactory(cohort=cohort, organization=ngo, applied_at=NOON + hours * HOUR)
    EnrollmentFactory(cohort=cohort, organization=ngo, status="rejected")
    door = url("cohort-enrollments", cohort)
    first = desk.get(door + "?status=enrolled&page_size=2").json()
    second = desk.get(first["next"]).json()
    moments = [row["applied_at"] for row in first["results"] + second["results"]]
    assert moments == [iso(NOON + hours * HOUR) for hours in (1, 2, 3)]


def test_the_people_of_a_cohort_cost_the_same_for_one_and_for_ten(desk, url, ngo):
    cohort = CohortFactory(organization=ngo, capacity=20)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(url("cohort-enrollments", cohort)).status_code == 200
        return len(queries)

    EnrollmentFactory(cohort=cohort, organization=ngo)
    cost()
    for_one = cost()
    for _ in range(9):
        person = ConsentFactory(organization=ngo).participant
        EnrollmentFactory(cohort=cohort, organization=ngo, participant=person)
    assert cost() == for_one


# -- bad input


BAD = [
    ("program-list", {"age_from": 10**30}, "age_from"),
    ("program-list", {"name": "a\x00b"}, "name"),
    ("program-list", {"name": "\ud800"}, "name"),
    ("program-list", {"colour": "red"}, "colour"),
    ("cohort-list", {"capacity": 0}, "capacity"),
    ("cohort-list", {"starts_on": "0000-00-00"}, "starts_on"),
    ("cohort-list", {"starts_on": "0001-01-01"}, "starts_on"),
    ("cohort-list", {"program": str(uuid4())}, "program"),
    ("session-list", {"starts_at": "9999-12-31T23:59:59Z"}, "starts_at"),
    ("session-list", {"facilitator": str(uuid4())}, "facilitator"),
    ("session-list", {"cohort": str(uuid4())}, "cohort"),
    ("participant-list", {"birth_on": "0001-01-01"}, "birth_on"),
    ("participant-list", {"birth_on": "9999-12-31"}, "birth_on"),
    ("participant-list", {"given_names": "\udfff"}, "given_names"),
    ("participant-list", {"given_names": "😀"}, "given_names"),
    ("participant-list", {"guardian": {"full_name": "x"}}, "guardian.phone"),
    ("participant-list", {"guardian": "x"}, "guardian.non_field_errors"),
    ("participant-list", {"guardian": None}, "guardian"),
    ("participant-list", {"language": ["es"]}, "language"),
]


@pytest.mark.parametrize(("name", "wrong", "field"), BAD)
def test_bad_input_is_refused_by_field_and_writes_nothing(desk, url, cohort, facilitator, name, wrong, field):
    right = {
        "program-list": {"name": "Fútbol", "age_from": 10, "age_to": 17},
        "cohort-list": {"program": str(cohort.program_id), "name": "x", "capacity": 3}
        | {"starts_on": "2030-01-01", "ends_on": "2030-02-01"},
        "session-list": {"cohort": str(cohort.pk), "facilitator": str(facilitator.pk), "place": "x"}
        | {"starts_at": iso(NOON), "ends_at": iso(NOON + HOUR)},
        "participant-list": ROSA | {"guardian": ELENA},
    }[name]
    before = Entry.objects.count()
    body = json.dumps(right | {"id": str(uuid4())} | wrong)
    response = desk.post(url(name), body, content_type="application/json")
    status, code, fields = refused(response)
    assert (status, code) == (400, "invalid")
    assert field in fields
    assert Entry.objects.count() == before


@pytest.mark.parametrize(
    ("marks", "field"),
    [
        ([], "marks"),
        ("x", "marks"),
        ([{"enrollment": "x", "state": "present"}], "marks.0.enrollment"),
        ([{"enrollment": str(uuid4()), "state": "present"}], "marks.0.enrollment"),
        ([{"enrollment": str(uuid4()), "state": "gone"}], "marks.0.state"),
        ([{"enrollment": str(uuid4()), "state": "late", "captured_at": "x"}], "marks.0.captured_at"),
        ([{"enrollment": str(uuid4()), "state": "late", "name": "Rosa"}], "marks.0.name"),
    ],
)
def test_marks_that_are_none_are_refused_by_place(as_, facilitator, url, session, marks, field):
    status, code, fields = refused(
        post(as_(facilitator), url("session-attendance", session), {"marks": marks})
    )
    assert (status, code) == (400, "invalid")
    assert field in fields


def test_201_marks_are_too_many(as_, facilitator, url, session):
    marks = [{"enrollment": str(uuid4()), "state": "late"}] * 201
    answer = post(as_(facilitator), url("session-attendance", session), {"marks": marks})
    assert refused(answer) == (400, "invalid", ["marks"])


def test_a_phone_clock_out_of_its_mind_is_kept_as_near_as_can_be(as_, facilitator, url, session):
    one = EnrollmentFactory(cohort=session.cohort, organization=session.organization)
    marks = [{"enrollment": str(one.pk), "state": "late", "captured_at": "9999-12-31T23:59:59Z"}]
    assert post(as_(facilitator), url("session-attendance", session), {"marks": marks}).status_code == 200
    assert Attendance.objects.get().captured_at.year == 2100


def test_a_consent_given_by_somebody_elses_guardian_is_refused(desk, url, ngo):
    consent = ConsentFactory(organization=ngo, status="requested")
    for guardian in (GuardianFactory(organization=ngo), GuardianFactory()):
        answer = post(desk, url("consent-give", consent), {"guardian": str(guardian.pk), "is_assented": True})
        assert refused(answer) == (400, "invalid", ["guardian"])


# -- the canary: a planted girl stands nowhere in the clear


def test_no_table_and_no_log_line_holds_a_planted_name(desk, url, as_, facilitator, session, caplog, capfd):
    key = str(uuid4())
    registered(desk, url, id=key)
    registered(desk, url, id=key, given_names="Rosalinda")  # kept aside, for review
    person = Participant.objects.get()
    words = {"id": str(uuid4()), "participant": key}
    post(desk, url("cohort-enrollments", session.cohort), words)
    post(desk, url("participant-search"), {"name": "Quispe"})
    post(desk, url("participant-search"), {"document": "76543210"})
    post(desk, url("participant-names", person), {"reason_code": "emergency"})
    post(desk, url("participant-list"), ROSA | {"id": "x", "given_names": ["Rosa"]})  # refused
    Enrollment.objects.update(status="enrolled", enrolled_at=NOON)
    assert "Rosa Q." in as_(facilitator).get(url("session-attendance", session)).content.decode()

    with connection.cursor() as cursor:
        tables = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            tables += [str(row) for row in cursor.fetchall()]
    said = caplog.text + "".join(capfd.readouterr())
    assert any(key in row for row in tables), "an empty walk proves nothing"
    assert "request_finished" in said, "an empty log proves nothing"
    planted = ("Rosa", "rosa", "Quispe", "quispe", *NAMES)
    assert [word for word in planted if word in said or any(word in row for row in tables)] == []
