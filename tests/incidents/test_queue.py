"""The desk's queue, its lanes, and one report whole."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import queries
from incidents.models import Report
from incidents.queries import Narrowing
from tests.factories import NOON, EmergencyLineFactory, SectorFactory
from tests.incidents.factories import (
    AssignmentFactory,
    CategoryFactory,
    EntryFactory,
    MoveFactory,
    PhotoFactory,
    ReportFactory,
)

HOUR = timedelta(hours=1)


def shown(member, **narrowing):
    return queries.queue(membership=member, narrowing=Narrowing(**narrowing)).reports


def test_the_gravest_comes_first_then_the_newest_and_what_the_reporter_added_above_all(reviewer):
    old = ReportFactory(severity=4)
    new = ReportFactory(severity=4, received_at=NOON + HOUR)
    grave = ReportFactory(severity=5, received_at=NOON - HOUR)
    added = ReportFactory(severity=1, spoke_at=NOON)
    assert shown(reviewer) == [added, grave, new, old]


def test_each_lane_counts_what_it_shows(reviewer, colleague, extortion):
    ReportFactory(spoke_at=NOON)
    ReportFactory(status="triaged", holder=reviewer)
    ReportFactory(status="verified", holder=colleague)
    ReportFactory(status="in_progress", holder=reviewer)
    ReportFactory(status="resolved", holder=reviewer)
    ReportFactory(category=extortion)  # confidential: not in lists of others

    lanes = queries.lanes(membership=reviewer)

    assert {lane.code: lane.count for lane in lanes} == {
        "new": 1, "added": 1, "mine": 2, "triaged": 1, "verified": 1, "in_progress": 1, "closed": None,
    }  # fmt: skip
    for lane in lanes:
        assert len(shown(reviewer, lane=lane.code)) == (lane.count or 1)  # what is closed is not counted


def test_the_queue_narrows_by_each_of_its_filters(reviewer):
    sector = SectorFactory(district__ubigeo="150132")
    robbery = CategoryFactory(code="PAT-01", group__code="PAT", severity=4)
    wanted = ReportFactory(
        category=robbery, sector=sector, holder=reviewer, status="verified", received_at=NOON + HOUR
    )
    ReportFactory()

    for narrowing in (
        {"status": "verified"},
        {"severity_min": 4},
        {"group": "PAT"},
        {"sector": sector.pk},
        {"holder": reviewer.pk},
        {"since": NOON + HOUR},
    ):
        assert shown(reviewer, **narrowing) == [wanted], narrowing
    assert wanted not in shown(reviewer, until=NOON + HOUR)
    assert shown(reviewer, lane="no such lane") == []


def test_the_queue_goes_on_where_it_stopped(reviewer):
    reports = [ReportFactory(received_at=NOON + number * HOUR) for number in range(30)]
    first = queries.queue(membership=reviewer)
    second = queries.queue(membership=reviewer, before=first.next)
    assert first.reports + second.reports == reports[::-1]
    assert second.next is None


def costs(ask):
    with CaptureQueriesContext(connection) as caught:
        ask()
    return len(caught)


def test_a_page_costs_the_same_for_one_report_and_for_ten(reviewer):
    def whole():
        for report in shown(reviewer):
            assert report.type_es
            assert report.holder_alias == reviewer.alias
            assert report.photo_count == 1
        queries.lanes(membership=reviewer)

    PhotoFactory(report__holder=reviewer)
    assert reviewer.permissions  # asked once, and remembered
    for_one = costs(whole)
    for _ in range(9):
        PhotoFactory(report__holder=reviewer)
    assert costs(whole) == for_one == 3


def drawn(**fields):
    """Where the queue draws a report like this."""
    return queries.drawn_at(queries.as_rows(Report.objects.filter(pk=ReportFactory(**fields).pk)).get())


def test_a_map_shows_a_report_as_its_type_allows(fight):
    where = {"lat": -12.03, "lon": -77.01, "h3_9": "898e62c0097ffff"}
    exact = CategoryFactory(code="CON-03", map_policy="exact")
    hidden = CategoryFactory(code="CON-06", map_policy="hide")

    assert drawn(category=exact, **where) == (-12.03, -77.01)
    assert drawn(category=hidden, **where) is None
    assert drawn(category=exact) is None
    lat, lon = drawn(category=fight, **where)
    assert (lat, lon) != (-12.03, -77.01)


def test_a_blurred_place_is_the_middle_of_its_cell(fight):
    import h3

    cell = h3.latlng_to_cell(-12.03, -77.01, 9)
    assert drawn(category=fight, lat=-12.03, lon=-77.01, h3_9=cell) == h3.cell_to_latlng(cell)


def test_one_report_comes_with_all_that_belongs_to_it(reviewer, colleague):
    EmergencyLineFactory(code="police", number="105")
    EmergencyLineFactory(code="medical", number="106")
    EmergencyLineFactory(code="fire", number="116")
    kind = CategoryFactory(code="TRA-01", call_lines="medical police")
    report = ReportFactory(category=kind, status="triaged")
    photo, note = PhotoFactory(report=report), EntryFactory(report=report, kind="note", author=reviewer)
    move, held = MoveFactory(report=report), AssignmentFactory(report=report, holder=colleague)

    page = queries.report_page(membership=reviewer, report_id=report.pk, at=NOON)

    assert (page.report, page.photos, page.entries) == (report, [photo], [note])
    assert (page.moves, page.assignments) == ([move], [held])
    assert [line.number for line in page.lines] == ["106", "105"]
    assert set(page.handlers) == {reviewer, colleague}
    assert "verify" in page.verbs


def test_a_report_one_may_not_see_has_no_page(reviewer, stranger, volunteer, extortion):
    report = ReportFactory(by=volunteer)
    assert queries.report_page(membership=stranger, report_id=report.pk, at=NOON) is None
    assert queries.report_page(membership=volunteer, report_id=report.pk, at=NOON) is None
    confidential = ReportFactory(category=extortion)
    assert queries.report_page(membership=reviewer, report_id=confidential.pk, at=NOON) is None


def test_ones_own_report_shows_answers_and_no_notes(volunteer, reviewer):
    report = ReportFactory(by=volunteer)
    answer = EntryFactory(report=report, author=reviewer)
    EntryFactory(report=report, author=reviewer, kind="note")

    mine = queries.own_report(membership=volunteer, report_id=report.pk, at=NOON)

    assert (mine.report, mine.entries) == (report, [answer])
    assert mine.verbs == ["undo", "correct", "retract"]
    late = queries.own_report(membership=volunteer, report_id=report.pk, at=NOON + HOUR)
    assert late.verbs == ["correct", "retract"]


def test_ones_own_reports_come_newest_first(volunteer, stranger):
    first, second = ReportFactory(by=volunteer), ReportFactory(by=volunteer, received_at=NOON + HOUR)
    ReportFactory()
    assert queries.own_reports(membership=volunteer) == [second, first]
    assert queries.own_reports(membership=volunteer, before=NOON + HOUR) == [first]
    assert queries.own_reports(membership=stranger) == []
    assert queries.own_report(membership=stranger, report_id=uuid4(), at=NOON) is None


def test_the_catalog_offers_what_is_valid_now_group_by_group(fight):
    CategoryFactory(code="VID-01", valid_until=NOON.date(), name_es="Antes")
    (group, kinds) = queries.catalog(at=NOON)[0]
    assert (group, kinds) == (fight.group, [fight])


@pytest.mark.parametrize("status", ["received", "resolved"])
def test_nobody_but_the_desk_has_a_queue(volunteer, coordinator, status):
    ReportFactory(by=volunteer, status=status)
    assert Report.objects.exists()
    assert shown(volunteer) == shown(coordinator) == []
