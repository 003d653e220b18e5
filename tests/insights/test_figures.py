"""The open figures: counted once, a week after the month, never small, never told apart by comparing."""

import csv
import io
import random
from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.actors import SystemActor
from audit.models import Entry
from insights.actions import figures
from insights.models import Figure, Release
from patrols.models import LIMA
from rules.refusals import NotAllowed
from tests.factories import DistrictFactory
from tests.incidents.factories import ReportFactory, municipality
from tests.insights.world import category

HERE, THERE = "150132", "150110"
JOB = SystemActor("figures")
DAY = timedelta(days=1)
PUBLIC = Client()


def lima(year, month, day, hour=12):
    return datetime(year, month, day, hour, tzinfo=LIMA)


WINDOW_CLOSES = lima(2030, 2, 8, 0)  # of January


@pytest.fixture(autouse=True)
def _districts():
    DistrictFactory()
    DistrictFactory(ubigeo=THERE, name="Comas")


def reports(count, received_at, kind=None, ubigeo=HERE, **fields):
    rows = [
        ReportFactory(
            organization=municipality(), category=kind or category("CON-01"), received_at=received_at,
            ubigeo=ubigeo, **fields,
        )
        for _ in range(count)
    ]  # fmt: skip
    return rows[-1] if rows else None


def publish(at=WINDOW_CLOSES):
    return figures.publish(by=JOB, at=at)


def table(month="2030-01"):
    """What the file says of a month, as district and group to number."""
    text = PUBLIC.get(reverse("insights-public:figures-file")).content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    return {
        (row["district_code"], row["group_code"]): int(row["reports"])
        for row in rows
        if row["month"] == month
    }


def test_a_month_is_counted_by_district_and_group():
    reports(6, lima(2030, 1, 1, 0))
    reports(5, lima(2030, 1, 31, 23), category("PAT-01", "PAT"))
    reports(7, lima(2030, 1, 15), ubigeo=THERE)
    reports(9, lima(2030, 2, 1, 0))  # February
    publish()
    assert table() == {(HERE, "CON"): 6, (HERE, "PAT"): 5, (THERE, "CON"): 7}
    assert table("2030-02") == {}


def test_small_groups_stand_together_and_small_districts_are_not_told():
    reports(9, lima(2030, 1, 3))
    reports(4, lima(2030, 1, 3), category("PAT-01", "PAT"))
    reports(3, lima(2030, 1, 3), category("INF-01", "INF"))
    reports(4, lima(2030, 1, 3), ubigeo=THERE)
    publish()
    assert table() == {(HERE, "CON"): 9, (HERE, ""): 7}


def test_confidential_reports_and_those_that_were_none_are_in_no_figure():
    reports(5, lima(2030, 1, 3))
    reports(5, lima(2030, 1, 3), category("FAM-01", "FAM", sensitivity=2))
    first = reports(1, lima(2030, 1, 3), category("PAT-01", "PAT"))
    reports(5, lima(2030, 1, 3), status="unfounded")
    reports(5, lima(2030, 1, 3), status="duplicate", duplicate_of=first)
    reports(5, lima(2030, 1, 3), retracted_at=lima(2030, 1, 4))
    reports(5, lima(2030, 1, 3), ubigeo="")
    reports(5, lima(2030, 1, 3), ubigeo="999999")  # no district we know
    publish()
    assert table() == {(HERE, ""): 6}  # the one of PAT cannot stand alone


def test_nothing_is_told_before_the_month_is_a_week_old():
    reports(6, lima(2030, 1, 1))
    assert publish(WINDOW_CLOSES - timedelta(seconds=1)) == []
    assert table() == {}
    assert [release.month.month for release in publish()] == [1]


def test_every_month_that_is_due_is_counted_even_after_a_long_silence():
    reports(6, lima(2029, 11, 20))
    reports(6, lima(2030, 1, 2))
    assert [release.month.month for release in publish(lima(2030, 3, 1))] == [11, 12, 1]
    assert publish(lima(2030, 3, 1)) == []
    assert [release.month.month for release in publish(lima(2030, 3, 9))] == [2]


def test_without_a_report_there_is_nothing_to_publish():
    assert publish(lima(2031, 1, 1)) == []


def test_a_report_added_today_changes_nothing_until_its_window_closes():
    reports(6, lima(2030, 1, 10))
    publish()
    before = table()
    for at in (lima(2030, 2, 10), lima(2030, 2, 28), lima(2030, 3, 7, 23)):
        reports(1, lima(2030, 2, 9))
        publish(at)
        assert (table(), table("2030-02")) == (before, {})
    reports(3, lima(2030, 2, 9))
    publish(lima(2030, 3, 8, 0))
    assert (table(), table("2030-02")) == (before, {(HERE, "CON"): 6})


def test_what_the_desk_decides_afterwards_changes_no_published_figure():
    last = reports(6, lima(2030, 1, 10))
    publish()
    before = table()
    last.status, last.triaged_at, last.closed_at = "unfounded", lima(2030, 2, 9), lima(2030, 2, 9)
    last.save()
    reports(1, lima(2030, 1, 20))  # as if one of January came in late
    assert publish(lima(2030, 2, 28)) == []
    assert table() == before


def test_no_two_published_tables_ever_differ_by_less_than_five():
    """Random months, looked at day by day: between any two looks, a cell is the same, or new and at
    least 5; the cells of a district come to its total, so nothing below 5 is left between them."""
    draw = random.Random(2030)  # noqa: S311
    kinds = [category("CON-01"), category("PAT-01", "PAT"), category("INF-01", "INF", sensitivity=1)]
    for month in (1, 2, 3):
        for ubigeo in (HERE, THERE):
            for kind in kinds:
                reports(draw.choice((0, 1, 3, 4, 5, 6, 8)), lima(2030, month, 10), kind, ubigeo=ubigeo)
    looks = []
    for day in range(0, 75, 5):
        publish(WINDOW_CLOSES + day * DAY)
        looks.append({(month, *key): count for month in ("2030-01", "2030-02", "2030-03")
                      for key, count in table(month).items()})  # fmt: skip
    assert len({len(look) for look in looks}) > 1, "the tables must grow for this to prove anything"
    for earlier in looks:
        for later in looks[looks.index(earlier):]:  # fmt: skip
            differences = [count - earlier.get(key, 0) for key, count in later.items()]
            assert all(change == 0 or change >= 5 for change in differences)
            assert earlier.keys() <= later.keys()
    assert all(count >= 5 for count in looks[-1].values())


def test_the_database_takes_no_small_figure():
    release = Release.objects.create(month=lima(2030, 1, 1).date(), counted_at=WINDOW_CLOSES)
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.create(release=release, district_id=HERE, count=4)


def test_a_month_is_released_once():
    reports(6, lima(2030, 1, 10))
    [release] = publish()
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(month=release.month, counted_at=WINDOW_CLOSES)
    assert Entry.objects.filter(action="figures.published", subject_id=str(release.pk)).count() == 1


def test_only_the_clocks_job_publishes():
    with pytest.raises(NotAllowed):
        figures.publish(by=SystemActor("missed"), at=WINDOW_CLOSES)


# -- the page and the file ------------------------------------------------------------------------


def page(**asked):
    return PUBLIC.get(reverse("insights-public:figures"), asked, headers={"Accept-Language": "en"})


def test_anybody_reads_the_figures_with_their_definition_and_caveat():
    reports(6, lima(2030, 1, 10))
    publish()
    said = page().content.decode()
    for words in ("San Juan de Lurigancho", "Group CON", "More neighbors reporting does not mean more crime",
                  "No number below 5", "This month was counted on"):  # fmt: skip
        assert words in said


def test_one_walks_from_month_to_month():
    for month in (1, 2, 3):
        reports(5 + month, lima(2030, month, 10))
    publish(lima(2030, 4, 9))
    newest, middle = page(), page(month="2030-02")
    assert (newest.context["release"].month.month, newest.context["after"]) == (3, None)
    assert middle.context["lines"][0].total == 7
    assert [middle.context[side].month for side in ("before", "after")] == [1, 3]


@pytest.mark.parametrize("month", ["", "x", "2030-13", "0000-00", "99999-01", "2030-01-01", "1999-01"])
def test_a_made_up_month_shows_the_newest(month):
    reports(6, lima(2030, 1, 10))
    publish()
    assert page(month=month).context["release"].month.month == 1


def test_without_a_release_the_page_says_when_there_will_be_one():
    response = page()
    assert response.status_code == 200
    assert "No month is published yet" in response.content.decode()
    assert table() == {}


def test_the_page_costs_the_same_for_one_district_and_for_ten():
    def cost():
        with CaptureQueriesContext(connection) as queries:
            page()
        return len(queries)

    reports(6, lima(2030, 1, 10))
    publish()
    for_one = cost()
    release = Release.objects.get()
    for number in range(9):
        district = DistrictFactory(ubigeo=f"15020{number}", name=f"Distrito {number}")
        Figure.objects.create(release=release, district=district, count=9)
    assert cost() == for_one


def test_no_cell_of_the_file_is_a_formula():
    reports(6, lima(2030, 1, 10), category("CON-01"))
    district = DistrictFactory()
    district.name = "=HYPERLINK(1)"
    district.save()
    publish()
    response = PUBLIC.get(reverse("insights-public:figures-file"))
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK(1)" in response.content.decode()
    assert ",=HYPERLINK" not in response.content.decode()
