"""The pages of reports: told by forms without JavaScript, from the dark street to the answer."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import ReceiptConflict
from audit.models import Entry as Line
from incidents.actions import desk as at_desk
from incidents.models import Report
from incidents.telltales import found_in
from tests.factories import SectorFactory
from tests.incidents.factories import CategoryFactory, GroupFactory, ReportFactory

NOBODY = "6f0b2e0c-3b1e-4b9e-9d0e-0d8f2a4c7e11"
SEEN = {"text": "Dos personas se golpean", "confidentiality": "reserved"}


@pytest.fixture
def at(desk):
    """`at(volunteer, "own", report)`: the address of a page at one's own door."""

    def address(member, name, row=None):
        return reverse(f"incidents:{name}", args=[member.organization.code, *([row.pk] if row else [])])

    return address


@pytest.fixture
def draft():
    """What the last page of the form holds: `draft(text="...")`."""

    def typed(**words):
        fresh = {"id": uuid4(), "photo_id": uuid4(), "occurred_at": "2026-01-31T21:30"}
        return {"type": "VID-05", "step": "tell", "called": "1"} | fresh | SEEN | words

    return typed


@pytest.fixture
def send(browsing, at, volunteer, fight, draft):
    """Send the last page of the form as the volunteer."""

    def post(**words):
        return browsing(volunteer).post(at(volunteer, "new"), draft(**words))

    return post


def hidden(html, name):
    """What a page carries along unseen under a name."""
    return re.findall(rf'name="{name}" value="([^"]*)"', html) + re.findall(
        rf'name="{name}" id="[^"]*" value="([^"]*)"', html
    )


# -- the whole story ------------------------------------------------------------------------------


def test_a_report_goes_from_the_street_to_its_answer_by_forms_alone(
    browsing, at, volunteer, reviewer, fight, draft
):
    street, desk = browsing(volunteer), browsing(reviewer)
    assert "?group=CON" in street.get(at(volunteer, "new")).content.decode()
    assert "?type=VID-05" in street.get(at(volunteer, "new"), {"group": "CON"}).content.decode()
    assert 'name="has_weapon"' in street.get(at(volunteer, "new"), {"type": "VID-05"}).content.decode()
    page = street.post(at(volunteer, "new"), {"type": "VID-05", "step": "seen", "is_in_progress": "on"})
    key, moment = hidden(page.content.decode(), "id")[0], page.context["form"]["occurred_at"].value()
    marked = {"is_in_progress": "on", "block": "H", "lot": "12", "reference": "frente al colegio"}
    sent = street.post(at(volunteer, "new"), draft(id=key, occurred_at=moment, **marked), follow=True)
    assert "Deshacer" in sent.content.decode()

    report = Report.objects.get()
    assert (str(report.pk), report.severity, report.block, report.status) == (key, 4, "H", "received")
    assert (report.confidentiality, report.patrol_id) == ("reserved", None)
    queue = desk.get(at(reviewer, "queue")).content.decode()
    assert f'href="{report.pk}/"' in queue
    assert "frente al colegio" in queue

    for verb, words in [
        ("triage", {"category": "VID-05", "is_in_progress": "on", "has_weapon": "on"}),
        ("assign", {"member": reviewer.pk}),
        ("verify", {}),
        ("start_work", {}),
        ("note", {"text": "Llamé a la base"}),
        ("answer", {"text": "Un sereno va en camino"}),
        ("resolve", {"answer": "Quedó en calma"}),
        ("reopen", {}),
    ]:
        version = Report.objects.get().version
        done = desk.post(at(reviewer, verb, report), {"version": version} | words)
        assert done.status_code == 302, verb
    report.refresh_from_db()
    assert (report.status, report.severity, report.holder_id) == ("triaged", 5, reviewer.pk)

    read = street.get(at(volunteer, "own", report)).content.decode()
    assert "Un sereno va en camino" in read
    assert "Quedó en calma" in read
    assert "Llamé a la base" not in read
    assert reviewer.alias not in read
    street.post(at(volunteer, "correct", report), {"text": "Eran tres"})
    street.post(at(volunteer, "retract", report), {"text": ""})
    seen = desk.get(at(reviewer, "report", report)).content.decode()
    assert seen.index("Eran tres") < seen.index("Dos personas se golpean")
    assert volunteer.alias not in seen


def test_the_first_page_shows_twelve_kinds_at_most_and_the_second_the_types_of_one(browsing, at, volunteer):
    CategoryFactory()
    page = browsing(volunteer).get(at(volunteer, "new"))
    assert len(page.context["groups"]) == 1
    assert page.context["types"] == []


def test_what_is_no_group_and_no_type_leads_back_to_the_first_page(browsing, at, volunteer, fight):
    street = browsing(volunteer)
    for asked in ({"group": "XXX"}, {"type": "ZZZ-99"}, {"type": "' OR 1"}):
        assert street.get(at(volunteer, "new"), asked).context["group"] is None
    assert street.post(at(volunteer, "new"), {"type": "ZZZ-99"}).status_code == 302


# -- calling first --------------------------------------------------------------------------------


def test_what_is_gravest_shows_the_numbers_before_any_question(browsing, at, volunteer):
    CategoryFactory(code="EME-03", severity=5, call_lines="fire")
    page = browsing(volunteer).get(at(volunteer, "new"), {"type": "EME-03"})
    assert "call-first" in page.content.decode()
    assert "has_weapon" not in page.content.decode()
    asked = browsing(volunteer).get(at(volunteer, "new"), {"type": "EME-03", "called": "1"})
    assert "has_weapon" in asked.content.decode()


def test_when_it_turns_out_gravest_the_call_comes_first_and_the_draft_waits(browsing, at, volunteer, fight):
    marked = {"type": "VID-05", "step": "seen", "has_weapon": "on", "text": "Ya escribí"}
    page = browsing(volunteer).post(at(volunteer, "new"), marked).content.decode()
    assert 'class="stack call-first"' in page
    assert hidden(page, "has_weapon") == ["on"]
    assert hidden(page, "text") == ["Ya escribí"]
    assert not Report.objects.exists()
    on = browsing(volunteer).post(at(volunteer, "new"), marked | {"called": "1"}).content.decode()
    assert "Ya escribí" in on
    assert hidden(on, "has_weapon") == ["on"]


def test_changing_what_was_marked_keeps_what_was_typed(send):
    page = send(step="back", reference="junto al mercado").content.decode()
    assert hidden(page, "reference") == ["junto al mercado"]
    assert not Report.objects.exists()


def test_a_district_without_a_desk_shows_the_numbers_to_call(browsing, at, volunteer, desk, fight):
    desk.delete()
    page = browsing(volunteer).get(at(volunteer, "new"))
    assert "incidents/no_desk.html" in [one.name for one in page.templates]


# -- what must not be kept ------------------------------------------------------------------------


def test_of_what_is_discreet_only_the_neighborhood_is_kept_without_consent(
    send, extortion, organization, photo
):
    sector = SectorFactory(district__ubigeo=organization.ubigeo)
    picture = SimpleUploadedFile("a.jpg", photo(), "image/jpeg")
    words = {"sector": sector.pk, "block": "H", "reference": "bodega", "lat": "-12.0", "lon": "-77.0"}
    assert send(type="EXT-01", photo=picture, **words).status_code == 302
    report = Report.objects.get()
    assert (report.block, report.reference, report.lat, report.h3_9) == ("", "", None, "")
    assert report.sector == sector
    assert not report.photos.exists()


def test_consent_is_asked_before_place_and_photo_and_opens_them(browsing, at, volunteer, extortion):
    step = {"type": "EXT-01", "step": "seen", "called": "1"}
    asked = browsing(volunteer).get(at(volunteer, "new"), {"type": "EXT-01", "called": "1"})
    assert 'name="has_consent"' in asked.content.decode()
    without = browsing(volunteer).post(at(volunteer, "new"), step).content.decode()
    assert 'name="photo"' not in without
    assert 'name="block"' not in without
    assert 'name="sector"' in without
    agreed = browsing(volunteer).post(at(volunteer, "new"), step | {"has_consent": "on"}).content.decode()
    assert 'name="photo"' in agreed
    assert hidden(agreed, "has_consent") == ["on"]


def test_with_consent_the_place_of_what_is_discreet_is_kept(send, extortion):
    assert send(type="EXT-01", has_consent="on", block="H").status_code == 302
    assert Report.objects.get().block == "H"


def test_numbers_of_people_in_the_text_are_asked_about_once(send):
    first = send(text="Placa ABC-123, llamen al 987 654 321")
    assert (first.status_code, Report.objects.count()) == (422, 0)
    assert "Placa ABC-123, llamen al 987 654 321" in first.content.decode()
    assert send(text="Placa ABC-123, llamen al 987 654 321", sure="1").status_code == 302


def test_of_what_is_discreet_no_number_of_anybody_is_sent_at_all(send, extortion):
    page = send(type="EXT-01", text="El número es 987654321", sure="1")
    assert (page.status_code, Report.objects.count()) == (422, 0)
    assert 'name="sure"' not in page.content.decode()


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("mi numero es 987654321", 1),
        ("+51 987-654-321", 1),
        ("DNI 45678912", 1),
        ("moto ABC-123", 1),
        ("moto 4567-AB no es placa", 0),
        ("eran 3 personas a las 21:30 en la Mz H Lt 12", 0),
        ("ABC123 y 45678912", 2),
    ],
)
def test_a_text_that_gives_somebody_away_is_recognized(text, kinds):
    assert len(found_in(text)) == kinds


def test_unusual_behavior_asks_for_what_was_done_and_keeps_the_marks(browsing, at, volunteer):
    CategoryFactory(code="CON-01", severity=2, asks_behavior=True, map_policy="hide")
    street = browsing(volunteer)
    page = street.post(at(volunteer, "new"), {"type": "CON-01", "step": "seen", "is_in_progress": "on"})
    assert page.status_code == 422
    assert page.context["form"].errors.keys() == {"behavior"}
    assert "checked" in page.content.decode()


# -- taps -----------------------------------------------------------------------------------------


def test_two_taps_send_one_report_with_one_photo(send, photo):
    words = {"id": uuid4(), "photo_id": uuid4()}
    for _tap in range(2):
        sent = send(photo=SimpleUploadedFile("a.jpg", photo(), "image/jpeg"), **words)
        assert sent.status_code == 302
    assert Report.objects.get().photos.count() == 1
    assert not ReceiptConflict.objects.exists()


def test_coming_back_to_the_sent_page_with_other_words_asks_before_it_sends_again(send):
    key = uuid4()
    send(id=key)
    page = send(id=key, text="Otra cosa")
    assert page.status_code == 409
    fresh = hidden(page.content.decode(), "id")[0]
    assert fresh != str(key)
    assert "Otra cosa" in page.content.decode()
    assert send(id=fresh, text="Otra cosa").status_code == 302
    assert Report.objects.count() == 2


def test_undo_leaves_nothing_and_the_same_page_can_be_sent_again(browsing, at, send, volunteer):
    key = uuid4()
    send(id=key)
    undone = browsing(volunteer).post(at(volunteer, "undo", Report.objects.get()))
    assert undone["Location"] == at(volunteer, "mine")
    assert not Report.objects.exists()
    page = send(id=key)
    assert page.status_code == 409
    assert send(id=hidden(page.content.decode(), "id")[0]).status_code == 302


def test_after_a_minute_undo_says_that_it_is_too_late(browsing, at, volunteer):
    report = ReportFactory(by=volunteer, received_at=timezone.now() - timedelta(minutes=2))
    page = browsing(volunteer).post(at(volunteer, "undo", report), follow=True).content.decode()
    assert "retract" in page
    assert Report.objects.exists()


def test_a_photo_that_is_none_does_not_lose_the_report(send):
    page = send(photo=SimpleUploadedFile("a.jpg", b"no photo", "image/jpeg"))
    assert page.status_code == 302
    assert Report.objects.get().photos.count() == 0


def test_a_photo_is_added_later_and_a_broken_one_is_refused_at_its_field(browsing, at, volunteer, photo):
    report = ReportFactory(by=volunteer, received_at=timezone.now())
    street = browsing(volunteer)
    good = {"id": uuid4(), "photo": SimpleUploadedFile("a.jpg", photo(), "image/jpeg")}
    assert street.post(at(volunteer, "add-photo", report), good).status_code == 302
    bad = {"id": uuid4(), "photo": SimpleUploadedFile("a.jpg", b"x", "image/jpeg")}
    page = street.post(at(volunteer, "add-photo", report), bad)
    assert (page.status_code, page.context["photo_form"].errors.keys()) == (422, {"photo"})
    assert report.photos.count() == 1


# -- wrong input ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("text", "x" * 501),
        ("text", "a\x00b"),
        ("block", "x" * 21),
        ("lat", "91"),
        ("lat", "nan"),
        ("lon", "1e400"),
        ("accuracy_m", "-1"),
        ("id", "x"),
        ("photo_id", ""),
        ("occurred_at", "nunca"),
        ("occurred_at", "0001-01-01T00:00"),
        ("occurred_at", "9999-12-31T23:59"),
        ("sector", "x"),
        ("sector", NOBODY),
        ("confidentiality", "anonymous"),
        ("confidentiality", ""),
    ],
)
def test_wrong_input_names_its_field_and_keeps_the_words(send, name, value):
    place = {"lat": "-12", "lon": "-77", "reference": "junto al mercado"}
    page = send(**place | {name: value})
    assert page.status_code == 422
    assert name in page.context["form"].errors
    assert "junto al mercado" in page.content.decode()
    assert not Report.objects.exists()


def test_a_sector_of_another_district_is_none_to_choose(send):
    page = send(sector=SectorFactory(district__ubigeo="150110").pk)
    assert page.context["form"].errors.keys() == {"sector"}


def test_a_named_report_tells_its_patrol_and_a_reserved_one_does_not(send):
    assert send(confidentiality="named").status_code == 302
    assert Report.objects.get().confidentiality == "named"


# -- the desk -------------------------------------------------------------------------------------


def test_a_stale_write_is_refused_says_what_happened_and_keeps_the_words(
    browsing, at, reviewer, colleague, fight
):
    report = ReportFactory(status="triaged")
    at_desk.verify(report=report, by=colleague, at=timezone.now(), expected_version=1)
    page = browsing(reviewer).post(at(reviewer, "answer", report), {"version": 1, "text": "Ya vamos"})
    html = page.content.decode()
    assert page.status_code == 409
    assert colleague.alias in html
    assert html.count("Ya vamos") == 2  # in the notice and in the form
    assert not report.entries.exists()
    assert page.context["refused"]["answer"]["version"].value() == "2"
    again = browsing(reviewer).post(at(reviewer, "answer", report), {"version": 2, "text": "Ya vamos"})
    assert again.status_code == 302
    assert report.entries.get().text == "Ya vamos"


def test_a_step_that_is_over_is_refused_in_words(browsing, at, reviewer):
    report = ReportFactory(status="resolved")
    page = browsing(reviewer).post(at(reviewer, "resolve", report), {"version": 1, "answer": "Listo"})
    assert page.status_code == 409
    assert page.context["is_gone"]
    assert "Listo" in page.content.decode()


@pytest.mark.parametrize(
    ("verb", "words", "wrong"),
    [
        ("answer", {"text": ""}, "text"),
        ("answer", {"text": "x" * 1001}, "text"),
        ("note", {"text": "a\x00b"}, "text"),
        ("assign", {"member": "x"}, "member"),
        ("assign", {"member": NOBODY}, "member"),
        ("mark_duplicate", {"of": NOBODY}, "of"),
        ("triage", {"category": "ZZZ-99"}, "category"),
        ("verify", {"version": ""}, "version"),
        ("verify", {"version": "9" * 30}, "version"),
    ],
)
def test_a_wrong_step_names_its_field(browsing, at, reviewer, verb, words, wrong):
    report = ReportFactory(status="triaged")
    page = browsing(reviewer).post(at(reviewer, verb, report), {"version": 1} | words)
    assert page.status_code == 422
    assert page.context["refused"][verb].errors.keys() == {wrong}


def test_a_duplicate_is_chosen_among_those_of_the_same_kind_and_day(browsing, at, reviewer):
    first, second = ReportFactory(), ReportFactory()
    far = ReportFactory(occurred_at=first.occurred_at - timedelta(days=3))
    page = browsing(reviewer).get(at(reviewer, "report", second))
    assert page.context["alike"] == [first]
    assert far not in page.context["alike"]
    done = browsing(reviewer).post(at(reviewer, "mark_duplicate", second), {"version": 1, "of": first.pk})
    assert done.status_code == 302
    second.refresh_from_db()
    assert second.duplicate_of == first


def test_confidential_ones_are_nowhere_for_a_reviewer(browsing, at, reviewer, chief, extortion):
    report = ReportFactory(category=extortion, lat=-12.0, lon=-77.0)
    desk = browsing(reviewer)
    assert extortion.name_es not in desk.get(at(reviewer, "queue"), {"lane": "all"}).content.decode()
    assert desk.get(at(reviewer, "pins"), {"lane": "all"}).json()["features"] == []
    assert desk.get(at(reviewer, "report", report)).status_code == 404
    assert desk.post(at(reviewer, "triage", report), {"version": 1}).status_code == 404
    assert extortion.name_es in browsing(chief).get(at(chief, "queue")).content.decode()
    version = Report.objects.get().version
    browsing(chief).post(at(chief, "assign", report), {"version": version, "member": reviewer.pk})
    assert desk.get(at(reviewer, "report", report)).status_code == 200


def test_opening_a_report_goes_on_record(browsing, at, reviewer):
    report = ReportFactory()
    browsing(reviewer).get(at(reviewer, "report", report))
    assert Line.objects.filter(subject_id=report.pk, action="report.read").count() == 1


def test_no_browser_keeps_what_somebody_reported(browsing, at, volunteer):
    """Whoever takes a phone that has locked itself presses the back button."""
    report = ReportFactory(by=volunteer)
    for page in (at(volunteer, "mine"), at(volunteer, "own", report)):
        assert browsing(volunteer).get(page).headers["Cache-Control"] == "private, no-store"


def test_a_name_is_opened_by_its_holder_alone_and_on_record(browsing, at, volunteer, reviewer, colleague):
    report = ReportFactory(by=volunteer, confidentiality="named", holder=reviewer)
    asked = {"reason_code": "call_back"}
    shown = browsing(reviewer).post(at(reviewer, "contact", report), asked)
    assert volunteer.user.full_name in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    assert browsing(colleague).post(at(colleague, "contact", report), asked).status_code == 403
    assert (
        volunteer.user.full_name
        not in browsing(reviewer).get(at(reviewer, "report", report)).content.decode()
    )


def test_the_map_shows_a_place_some_blocks_or_nothing(browsing, at, reviewer):
    where = {"lat": -12.0461, "lon": -77.0305, "h3_9": "898e62c3177ffff"}
    exact = ReportFactory(category=CategoryFactory(code="CON-03", map_policy="exact"), **where)
    blurred = ReportFactory(category=CategoryFactory(code="VID-05"), **where)
    ReportFactory(category=CategoryFactory(code="OTR-01", map_policy="hide"), **where)
    answer = browsing(reviewer).get(at(reviewer, "pins"))
    assert answer["Content-Type"] == "application/geo+json"
    shown = {one["id"]: one["geometry"]["coordinates"] for one in answer.json()["features"]}
    assert shown[str(exact.pk)] == [-77.0305, -12.0461]
    assert shown.keys() == {str(exact.pk), str(blurred.pk)}
    assert shown[str(blurred.pk)] != [-77.0305, -12.0461]


def test_the_queue_is_narrowed_by_codes(browsing, at, reviewer, fight):
    noise = CategoryFactory(code="CON-03", severity=1)
    grave, slight = ReportFactory(category=fight), ReportFactory(category=noise)
    held = ReportFactory(category=fight, holder=reviewer, status="triaged")
    theft = ReportFactory(category=CategoryFactory(code="PAT-02", severity=2, group=GroupFactory(code="PAT")))

    def rows(**asked):
        page = browsing(reviewer).get(at(reviewer, "queue"), asked)
        return [row.report for row in page.context["rows"]]

    assert rows() == [grave, theft, slight]
    assert rows(severity="3") == [grave]
    assert rows(lane="mine") == [held]
    assert rows(lane="all", holder=reviewer.pk) == [held]
    assert rows(group="PAT") == [theft]
    assert rows(since="2099-01-01") == []
    assert rows(before="1") == []
    assert len(rows(lane="all")) == 4


@pytest.mark.parametrize(
    "asked",
    [
        *({name: "x"} for name in ("sector", "holder", "group", "severity", "since", "lane", "before")),
        *({"before": "9" * 40}, {"until": "9999-12-31"}, {"since": "0001-01-01"}),
    ],
)
def test_a_wrong_filter_narrows_nothing(browsing, at, reviewer, asked):
    ReportFactory()
    page = browsing(reviewer).get(at(reviewer, "queue"), asked)
    assert (page.status_code, len(page.context["rows"])) == (200, 1)
    assert browsing(reviewer).get(at(reviewer, "pins"), asked).status_code == 200


@pytest.mark.parametrize("lane", ["new", "mine", "closed", "all", "added"])
def test_an_empty_lane_says_how_reports_come_there(browsing, at, reviewer, lane):
    assert 'class="empty"' in browsing(reviewer).get(at(reviewer, "queue"), {"lane": lane}).content.decode()


def test_the_queue_costs_the_same_for_one_row_and_for_ten(browsing, at, reviewer):
    client = browsing(reviewer)
    costs = []
    for more in (1, 9):
        for _row in range(more):
            ReportFactory(holder=reviewer)
        client.get(at(reviewer, "queue"))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            client.get(at(reviewer, "queue"))
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_ones_own_reports_page_by_cursor(browsing, at, volunteer):
    for minute in range(26):
        ReportFactory(by=volunteer, received_at=timezone.now() - timedelta(minutes=minute))
    first = browsing(volunteer).get(at(volunteer, "mine"))
    assert len(first.context["rows"]) == 25
    assert len(browsing(volunteer).get(at(volunteer, "mine") + first.context["older"]).context["rows"]) == 1


def test_nobody_finds_the_report_of_somebody_else(browsing, at, volunteer, coordinator, reviewer):
    report = ReportFactory(by=volunteer)
    for member in (coordinator, reviewer):
        assert browsing(member).get(at(member, "own", report)).status_code in (403, 404)
    assert "VID-05" not in browsing(coordinator).get(at(coordinator, "mine")).content.decode()
