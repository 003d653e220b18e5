"""The JSON door: what each resource looks like, who gets in, what is refused and how."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Receipt, ReceiptConflict
from audit.models import Entry as Line
from incidents.models import Photo, Report
from incidents.models.records import OfOwnReportQuerySet
from incidents.models.reports import OwnReportQuerySet
from tests.factories import NOON, EmergencyLineFactory, MembershipFactory, OrganizationFactory
from tests.incidents.factories import CategoryFactory, EntryFactory, MoveFactory, PhotoFactory, ReportFactory

MINUTE = timedelta(minutes=1)


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


def refused(response):
    """A refusal as (status, code, the fields it names)."""
    body = response.json()
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, body["code"], sorted(error["field"] for error in body.get("errors", []))


@pytest.fixture
def words(fight, desk):
    return {
        "id": str(uuid4()),
        "category": fight.code,
        "occurred_at": iso(NOON - MINUTE),
        "text": "Dos personas se golpean",
        "is_someone_hurt": True,
        "lat": -12.03,
        "lon": -77.01,
        "accuracy_m": 8,
        "block": "B",
        "lot": "4",
        "reference": "frente al mercado",
    }


def file_of(raw, name="foto.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, raw, kind)


# -- whoever reports


def test_sending_a_report_answers_that_it_arrived_and_no_more(at_noon, as_, url, volunteer, words):
    response = as_(volunteer).post(url(volunteer, "own-report-list"), words)

    assert response.status_code == 201
    assert response.json() == {"id": words["id"], "status": "received", "version": 1}
    assert response["ETag"] == '"1"'
    report = Report.objects.get()
    assert (report.severity, report.reference, report.occurred_at) == (5, "frente al mercado", NOON - MINUTE)


def test_sent_again_the_same_report_is_answered_the_same(at_noon, as_, url, volunteer, words):
    client, address = as_(volunteer), url(volunteer, "own-report-list")
    first, again = client.post(address, words), client.post(address, words)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Report.objects.count() == 1


def test_the_same_number_with_other_words_is_refused_and_both_are_kept(at_noon, as_, url, volunteer, words):
    client, address = as_(volunteer), url(volunteer, "own-report-list")
    client.post(address, words)

    response = client.post(address, words | {"text": "Otra cosa"})

    assert refused(response) == (409, "id_reused", [])
    assert ReceiptConflict.objects.count() == 1
    assert Report.objects.get().text == "Dos personas se golpean"


def test_an_undone_report_stays_gone(at_noon, as_, url, volunteer, words):
    client, address = as_(volunteer), url(volunteer, "own-report-list")
    client.post(address, words)
    report = Report.objects.get()

    assert client.post(url(volunteer, "own-report-undo", report)).status_code == 204
    assert refused(client.post(address, words)) == (410, "gone", [])
    assert client.get(url(volunteer, "own-report-detail", report)).status_code == 404


def test_ones_own_report_looks_like_this(at_noon, as_, url, volunteer, reviewer):
    report = ReportFactory(by=volunteer, received_at=NOON - MINUTE, answered_at=NOON)
    EntryFactory(report=report, author=reviewer)
    EntryFactory(report=report, author=reviewer, kind="note", text="Llamé a la base")
    photo = PhotoFactory(report=report)

    response = as_(volunteer).get(url(volunteer, "own-report-detail", report))

    assert response.json() == {
        "id": str(report.pk),
        "category": "VID-05",
        "category_version": 1,
        "category_name": "Pelea callejera",
        "group": "CON",
        "desk": "Municipalidad",
        "status": "received",
        "confidentiality": "reserved",
        "text": "Dos personas se golpean",
        "occurred_at": iso(report.occurred_at),
        "received_at": iso(report.received_at),
        "answered_at": iso(NOON),
        "closed_at": None,
        "retracted_at": None,
        "entries": [{"kind": "answer", "text": "Gracias, ya vamos", "at": iso(NOON)}],
        "photos": [{"id": str(photo.pk), "width": 640, "height": 480, "size": 1000, "added_at": iso(NOON)}],
        "verbs": ["correct", "retract"],
        "version": 1,
    }
    assert response["ETag"] == '"1"'


def test_correcting_and_retracting_are_told_back(at_noon, as_, url, volunteer):
    report = ReportFactory(by=volunteer)
    client = as_(volunteer)
    client.post(url(volunteer, "own-report-correct", report), {"text": "Eran tres"})
    at_noon.shift(60)
    response = client.post(url(volunteer, "own-report-retract", report), {})

    body = response.json()
    assert [(entry["kind"], entry["text"]) for entry in body["entries"]] == [
        ("correction", "Eran tres"),
        ("retraction", ""),
    ]
    assert (body["retracted_at"], body["version"]) == (iso(NOON + MINUTE), 3)
    assert refused(client.post(url(volunteer, "own-report-retract", report), {}))[:2] == (409, "retracted")


def test_where_no_desk_is_the_answer_names_the_lines_to_call(as_, url, fight, words):
    EmergencyLineFactory(code="police", number="105")
    lonely = MembershipFactory(organization=OrganizationFactory(ubigeo="070101"), roles={"volunteer"})

    response = as_(lonely).post(url(lonely, "own-report-list"), words | {"lat": None, "lon": None})

    assert refused(response) == (409, "no_desk", [])
    assert response.json()["lines"] == [{"code": "police", "number": "105", "name": "Policía"}]
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"severity": 5}, ["severity"]),
        ({"reporter": "yo"}, ["reporter"]),
        ({"category": "XXX-99"}, ["category"]),
        ({"category": "a\x00"}, ["category"]),
        ({"category": None}, ["category"]),
        ({"id": "not-a-key"}, ["id"]),
        ({"text": "a" * 501}, ["text"]),
        ({"text": "a\x00b"}, ["text"]),
        ({"text": ["a"]}, ["text"]),
        ({"reference": "a" * 201}, ["reference"]),
        ({"lat": 91}, ["lat"]),
        ({"lat": "Infinity"}, ["lat"]),
        ({"lat": None}, ["lat"]),
        ({"accuracy_m": -1}, ["accuracy_m"]),
        ({"occurred_at": "yesterday"}, ["occurred_at"]),
        ({"occurred_at": None}, ["occurred_at"]),
        ({"confidentiality": "anonymous"}, ["confidentiality"]),
        ({"behavior": "looking_foreign"}, ["behavior"]),
        ({"is_in_progress": "perhaps"}, ["is_in_progress"]),
        ({"patrol": str(uuid4())}, ["patrol"]),
        ({"sector": str(uuid4())}, ["sector"]),
    ],
)
def test_what_cannot_be_read_is_named_and_nothing_is_kept(as_, url, volunteer, words, wrong, fields):
    body = json.dumps(words | wrong)
    client = as_(volunteer)
    response = client.post(url(volunteer, "own-report-list"), body, content_type="application/json")

    assert refused(response) == (400, "invalid", fields)
    assert not Report.objects.exists()
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b'"text"', b"\xff\xfe", b'{"text": "\\ud800"}', b"[" * 100_000, b'{"lat": Infinity}'],
)
def test_what_is_no_report_at_all_is_refused(as_, url, volunteer, desk, body):
    client = as_(volunteer)
    client.raise_request_exception = False
    response = client.post(url(volunteer, "own-report-list"), body, content_type="application/json")
    assert response.status_code == 400
    assert not Report.objects.exists()


def test_half_a_character_is_refused(as_, url, volunteer, words):
    body = json.dumps(words | {"text": "mitad \ud800"})
    client = as_(volunteer)
    response = client.post(url(volunteer, "own-report-list"), body, content_type="application/json")
    assert refused(response) == (400, "invalid", ["text"])


@pytest.mark.parametrize("moment", ["0001-01-02T00:00:00Z", "9999-12-30T00:00:00Z"])
def test_a_phones_wrong_clock_refuses_nothing(as_, url, volunteer, words, moment):
    response = as_(volunteer).post(url(volunteer, "own-report-list"), words | {"occurred_at": moment})
    assert response.status_code == 201


def test_another_persons_report_does_not_exist(as_, url, volunteer, organization, coordinator, reviewer):
    report = ReportFactory(by=volunteer)
    neighbor = MembershipFactory(organization=organization, roles={"volunteer"})
    for member in (neighbor, coordinator):
        client = as_(member)
        assert client.get(url(member, "own-report-list")).json()["results"] == []
        for name in ("own-report-detail", "own-report-undo", "own-report-correct", "own-report-retract"):
            address = url(member, name, report)
            response = client.get(address) if name.endswith("detail") else client.post(address, {})
            assert response.status_code == 404, name
    assert as_(reviewer).get(url(reviewer, "own-report-list")).status_code == 403


def test_a_filter_of_ones_own_reports_taken_away_would_be_seen(as_, url, volunteer, stranger, monkeypatch):
    """The planted breach: without their filters, a stranger would find the report and its photo."""
    photo = PhotoFactory(report__by=volunteer)
    address = url(stranger, "own-report-detail", photo.report)
    assert as_(stranger).get(address).status_code == 404
    monkeypatch.setattr(OwnReportQuerySet, "visible_to", lambda self, membership: self)
    assert as_(stranger).get(address).status_code == 200
    assert Photo.own.all().visible_to(stranger).exists()
    monkeypatch.undo()
    monkeypatch.setattr(OfOwnReportQuerySet, "visible_to", lambda self, membership: self)
    assert Photo.own.all().visible_to(stranger).exists()


# -- photos


def test_a_photo_is_sent_once_and_shown_to_its_sender_and_the_desk(as_, url, volunteer, reviewer, photo):
    report = ReportFactory(by=volunteer)
    client, key, raw = as_(volunteer), str(uuid4()), photo(800, 600)
    address = url(volunteer, "own-report-attach", report)

    first = client.post(address, {"id": key, "photo": file_of(raw)}, format="multipart")
    again = client.post(address, {"id": key, "photo": file_of(raw)}, format="multipart")

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"id": key, "version": 2}
    kept = Photo.objects.get()
    assert (kept.width, kept.height) == (800, 600)
    for member, name in ((volunteer, "own-photo-detail"), (reviewer, "photo-detail")):
        response = as_(member).get(url(member, name, kept))
        assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
        assert response["Cache-Control"] == "private, no-store"
        assert len(response.content) == kept.size


def test_other_bytes_under_the_number_of_a_photo_are_refused(as_, url, volunteer, photo):
    report = ReportFactory(by=volunteer)
    client, key = as_(volunteer), str(uuid4())
    address = url(volunteer, "own-report-attach", report)
    client.post(address, {"id": key, "photo": file_of(photo())}, format="multipart")

    response = client.post(address, {"id": key, "photo": file_of(photo(color="blue"))}, format="multipart")

    assert refused(response) == (409, "id_reused", [])
    conflict = ReceiptConflict.objects.get()
    assert conflict.body is None
    assert len(conflict.digest) == 64
    assert Photo.objects.count() == 1


def test_nobody_else_sees_a_photo(as_, url, volunteer, coordinator, stranger, colleague, extortion):
    shown = PhotoFactory(report__by=volunteer)
    hidden = PhotoFactory(report__category=extortion)
    for member in (coordinator, stranger):
        assert as_(member).get(url(member, "own-photo-detail", shown)).status_code == 404
    assert as_(colleague).get(url(colleague, "photo-detail", hidden)).status_code == 404
    assert as_(volunteer).get(url(volunteer, "photo-detail", shown)).status_code == 403


def test_a_photo_whose_file_is_gone_is_not_found(as_, url, reviewer):
    assert as_(reviewer).get(url(reviewer, "photo-detail", PhotoFactory())).status_code == 404


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ({}, ["id", "photo"]),
        ({"id": "x"}, ["id", "photo"]),
        ({"id": str(uuid4()), "photo": "text"}, ["photo"]),
        ({"id": str(uuid4()), "extra": "1"}, ["extra"]),
    ],
)
def test_what_is_no_photo_is_named(as_, url, volunteer, words, fields):
    address = url(volunteer, "own-report-attach", ReportFactory(by=volunteer))
    assert refused(as_(volunteer).post(address, words, format="multipart")) == (400, "invalid", fields)


def test_a_body_that_says_it_is_too_big_is_not_read(as_, url, volunteer):
    address = url(volunteer, "own-report-attach", ReportFactory(by=volunteer))
    response = as_(volunteer).post(
        address, {"id": str(uuid4()), "photo": file_of(b"x" * 11_000_000)}, format="multipart"
    )
    assert refused(response) == (400, "invalid", ["photo"])


# -- the desk


def test_a_row_of_the_queue_looks_like_this(at_noon, as_, url, reviewer, volunteer):
    report = ReportFactory(
        by=volunteer, lat=-12.03, lon=-77.01, h3_9="898e62c0097ffff", holder=reviewer, spoke_at=NOON
    )
    (row,) = as_(reviewer).get(url(reviewer, "report-list")).json()["results"]
    lat, lon = row.pop("lat"), row.pop("lon")
    assert abs(lat + 12.03) < 1
    assert (lat, lon) != (-12.03, -77.01)
    assert row == {
        "id": str(report.pk),
        "category": "VID-05",
        "category_version": 1,
        "category_name": "Pelea callejera",
        "group": "CON",
        "severity": 3,
        "sensitivity": 0,
        "status": "received",
        "confidentiality": "reserved",
        "occurred_at": iso(report.occurred_at),
        "received_at": iso(NOON),
        "sector": None,
        "sector_name": "",
        "outside_district": False,
        "holder": str(reviewer.pk),
        "holder_alias": reviewer.alias,
        "photo_count": 0,
        "has_addition": True,
        "is_retracted": False,
        "version": 1,
    }


def test_a_report_at_its_desk_looks_like_this_and_reading_it_is_on_record(
    at_noon, as_, url, reviewer, volunteer
):
    report = ReportFactory(by=volunteer, lat=-12.03, lon=-77.01, h3_9="898e62c0097ffff", block="B")

    response = as_(reviewer).get(url(reviewer, "report-detail", report))

    body = response.json()
    assert response["ETag"] == '"1"'
    assert (body["lat"], body["lon"], body["block"]) == (-12.03, -77.01, "B")
    assert body["text"] == "Dos personas se golpean"
    assert (body["reporter_alias"], body["patrol"]) == ("Molle 123", None)
    assert body["verbs"] == ["triage", "assign", "mark_duplicate", "note"] or set(body["verbs"]) == {
        "triage", "assign", "mark_duplicate", "note",
    }  # fmt: skip
    line = Line.objects.get()
    assert (line.action, line.actor) == ("report.read", f"member:{reviewer.pk}")
    said = json.dumps(body)
    for secret in (volunteer.pk, volunteer.user_id, volunteer.alias, volunteer.organization_id):
        assert str(secret) not in said


def test_listing_is_not_reading(as_, url, reviewer):
    ReportFactory()
    response = as_(reviewer).get(url(reviewer, "report-list"))
    assert "golpean" not in response.content.decode()
    assert not Line.objects.exists()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", "grave old new"),
        ("order=received", "new old grave"),
        ("lane=new", "grave old"),
        ("lane=mine", "new"),
        ("status=triaged", "new"),
        ("severity_min=4", "grave"),
        ("group=PAT", "grave"),
        ("group=ZZZ", ""),
        ("holder=me", "new"),
        ("holder=nobody", "grave old"),
        ("from=2030-01-01T17:00:00Z", "old new"),
        ("to=2030-01-01T17:00:00Z", "grave"),
        ("page_size=1", "grave"),
    ],
)
def test_the_queue_is_narrowed_in_the_address(as_, url, reviewer, query, found):
    robbery = CategoryFactory(code="PAT-01", group__code="PAT", severity=4)
    reports = {
        "old": ReportFactory(),
        "new": ReportFactory(received_at=NOON + MINUTE, status="triaged", holder=reviewer, severity=2),
        "grave": ReportFactory(category=robbery, received_at=NOON - MINUTE),
    }
    response = as_(reviewer).get(f"{url(reviewer, 'report-list')}?{query}")
    names = {str(report.pk): name for name, report in reports.items()}
    assert [names[row["id"]] for row in response.json()["results"]] == found.split()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("lane=secret", "lane"),
        ("status=open", "status"),
        ("severity_min=6", "severity_min"),
        ("severity_min=NaN", "severity_min"),
        ("sector=x", "sector"),
        ("holder=somebody", "holder"),
        ("from=yesterday", "from"),
        ("from=0001-01-01T00:00:00%2B14:00", "from"),
        ("to=9999-12-31T23:59:59-14:00", "to"),
        ("order=text", "order"),
        ("text=pelea", "text"),
        ("cursor=x", "cursor"),
    ],
)
def test_a_filter_that_is_not_understood_is_named(as_, url, reviewer, query, field):
    response = as_(reviewer).get(f"{url(reviewer, 'report-list')}?{query}")
    assert refused(response) == (400, "invalid", [field])


def test_the_queue_is_paged_by_cursor_to_its_end(as_, url, reviewer):
    reports = [ReportFactory(received_at=NOON + number * MINUTE) for number in range(5)]
    client, address, seen = as_(reviewer), f"{url(reviewer, 'report-list')}?page_size=2", []
    while address:
        body = client.get(address).json()
        seen += [row["id"] for row in body["results"]]
        address = body["next"]
    assert seen == [str(report.pk) for report in reports[::-1]]


def test_the_whole_life_of_a_report_over_http(as_, url, reviewer, colleague, volunteer):
    report = ReportFactory(by=volunteer)
    other = ReportFactory()
    client = as_(reviewer)
    steps = [
        ("triage", {"is_in_progress": True}, "triaged"),
        ("verify", {}, "verified"),
        ("assign", {"member": str(colleague.pk)}, "verified"),
        ("start-work", {}, "in_progress"),
        ("note", {"text": "Llamé a la base"}, "in_progress"),
        ("answer", {"text": "Gracias, ya vamos"}, "in_progress"),
        ("resolve", {"answer": "Se calmaron"}, "resolved"),
        ("reopen", {}, "triaged"),
        ("dismiss", {}, "unfounded"),
        ("reopen", {}, "triaged"),
        ("mark-duplicate", {"of": str(other.pk)}, "duplicate"),
    ]
    for version, (verb, words, status) in enumerate(steps, start=1):
        address = url(reviewer, f"report-{verb}", report)
        response = client.post(address, words | {"version": version})
        assert response.status_code == 200, (verb, response.content)
        assert (response.json()["status"], response.json()["version"]) == (status, version + 1)

    said = client.get(url(reviewer, "report-entries", report)).json()["results"]
    assert [(entry["kind"], entry["by"]) for entry in said] == [
        ("note", reviewer.alias),
        ("answer", reviewer.alias),
        ("answer", reviewer.alias),
    ]
    moves = client.get(url(reviewer, "report-moves", report)).json()["results"]
    assert [move["verb"] for move in moves] == [verb.replace("-", "_") for verb, _words, _status in steps]


@pytest.mark.parametrize("name", ["report-entries", "report-moves"])
def test_no_part_of_a_report_is_read_without_a_line_on_record(as_, url, reviewer, name):
    """The list gives every key away: whoever read only what the reporter added would leave no trace."""
    report = EntryFactory(kind="correction", author=None).report
    assert as_(reviewer).get(url(reviewer, name, report)).status_code == 200

    line = Line.objects.get(subject_id=report.pk)
    assert (line.action, line.actor) == ("report.read", f"member:{reviewer.pk}")


def test_a_stale_write_says_what_changed(as_, url, reviewer, colleague):
    report = ReportFactory()
    as_(colleague).post(url(colleague, "report-triage", report), {"version": 1, "has_weapon": True})

    response = as_(reviewer).post(url(reviewer, "report-note", report), {"version": 1, "text": "Lo veo"})

    assert refused(response) == (409, "stale", [])
    body = response.json()
    assert body["version"] == 2
    (change,) = body["changes"]
    assert (change["verb"], change["status"], change["by"]) == ("triage", "triaged", colleague.alias)
    assert {"has_weapon", "severity"} <= set(change["fields"])


@pytest.mark.parametrize(
    ("verb", "words", "fields"),
    [
        ("triage", {}, ["version"]),
        ("triage", {"version": 0}, ["version"]),
        ("triage", {"version": 10**30}, ["version"]),
        ("triage", {"version": "one"}, ["version"]),
        ("triage", {"version": 1, "severity": 1}, ["severity"]),
        ("triage", {"version": 1, "category": "XXX-99"}, ["category"]),
        ("assign", {"version": 1}, ["member"]),
        ("assign", {"version": 1, "member": str(uuid4())}, ["member"]),
        ("mark-duplicate", {"version": 1, "of": str(uuid4())}, ["of"]),
        ("note", {"version": 1, "text": " "}, ["text"]),
        ("note", {"version": 1, "text": "a\x00"}, ["text"]),
        ("note", {"version": 1, "text": "a" * 1001}, ["text"]),
        ("contact", {}, ["reason_code"]),
        ("contact", {"reason_code": "Because I want to"}, ["reason_code"]),
    ],
)
def test_a_step_that_cannot_be_read_is_named(as_, url, reviewer, verb, words, fields):
    report = ReportFactory()
    response = as_(reviewer).post(url(reviewer, f"report-{verb}", report), words)
    assert refused(response) == (400, "invalid", fields)
    report.refresh_from_db()
    assert report.version == 1


def test_a_confidential_report_is_in_nobodys_list_but_its_holders_and_the_chiefs(
    as_, url, reviewer, colleague, chief, extortion
):
    report = ReportFactory(category=extortion, holder=reviewer)
    for member, count in ((reviewer, 1), (chief, 1), (colleague, 0)):
        client = as_(member)
        assert len(client.get(url(member, "report-list")).json()["results"]) == count
        status = 200 if count else 404
        for name in ("report-detail", "report-entries", "report-moves"):
            assert client.get(url(member, name, report)).status_code == status


def test_whom_to_call_is_told_to_the_holder_of_a_named_report(as_, url, reviewer, volunteer):
    named = ReportFactory(by=volunteer, confidentiality="named", holder=reviewer)
    reserved = ReportFactory(by=volunteer, holder=reviewer)
    client, why = as_(reviewer), {"reason_code": "call_back"}

    response = client.post(url(reviewer, "report-contact", named), why)

    assert response.json() == {
        "alias": volunteer.alias,
        "full_name": volunteer.user.full_name,
        "phone": "",
    }
    assert response["Cache-Control"] == "private, no-store"
    assert refused(client.post(url(reviewer, "report-contact", reserved), why))[:2] == (403, "not_allowed")


# -- what can be reported


def test_a_type_of_incident_looks_like_this(at_noon, as_, url, volunteer, fight):
    CategoryFactory(code="VID-01", valid_until=NOON.date())
    assert as_(volunteer).get(url(volunteer, "category-list")).json()["results"] == [
        {
            "id": str(fight.pk),
            "code": "VID-05",
            "version": 1,
            "group": "CON",
            "group_name": "Convivencia y orden",
            "name": "Pelea callejera",
            "severity": 3,
            "call_lines": ["serenazgo"],
            "referral": "",
            "sensitivity": 0,
            "map_policy": "blur",
            "is_discreet": False,
            "asks_behavior": False,
            "asks_text": False,
        }
    ]


def test_a_line_of_the_history_looks_like_this(at_noon, as_, url, reviewer):
    move = MoveFactory(changed=["severity"])
    response = as_(reviewer).get(url(reviewer, "report-moves", move.report))
    assert response.json()["results"] == [
        {
            "version": 1,
            "verb": "file",
            "status": "received",
            "fields_changed": ["severity"],
            "by": "Molle 123",
            "at": iso(NOON),
        }
    ]
