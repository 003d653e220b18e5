"""Reports beside their patrol: for the district's desk alone, and only those that may stand there."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.roles import Role
from incidents.queries.outings import reports_of_patrol, turn_of
from tests.factories import NOON, MembershipFactory, PatrolFactory, SectorFactory
from tests.incidents.factories import CategoryFactory, ReportFactory, municipality

HOUR = timedelta(hours=1)


@pytest.fixture
def patrol(organization):
    return PatrolFactory(
        organization=organization, status="closed", started_at=NOON - 3 * HOUR, ended_at=NOON - HOUR
    )


@pytest.fixture
def named(desk, patrol):
    """`named(sensitivity=1)`: a report sent with a name from the patrol."""

    def send(**words):
        about = {"organization": desk, "patrol": patrol, "confidentiality": "named"}
        return ReportFactory(**about | words)

    return send


def piece(member, patrol):
    return reverse("incidents:patrol-reports", args=[member.organization.code, patrol.pk])


def test_the_desk_reads_what_sector_and_turn_and_no_more(browsing, named, patrol, reviewer):
    sector = SectorFactory(name="Las Flores")
    report = named(
        sector=sector, street="Jirón Zarumilla", lat=-12.03456, lon=-77.01234, text="Dos se golpean"
    )
    html = browsing(reviewer).get(piece(reviewer, patrol), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in html
    assert str(report.pk) in html
    assert "Las Flores" in html
    for word in ("Zarumilla", "12.03", "Dos se golpean", "11:55", report.reporter_alias):
        assert word not in html


def test_what_is_restricted_confidential_or_of_no_patrol_does_not_stand_there(
    desk, named, patrol, reviewer, chief
):
    shown = named()
    named(sensitivity=1)
    named(sensitivity=2)
    ReportFactory(organization=desk)
    for member in (reviewer, chief):
        found = reports_of_patrol(membership=member, patrol_id=patrol.pk)
        assert [one.report.pk for one in found] == [shown.pk]


def test_nobody_but_the_districts_desk_gets_it(browsing, named, patrol, coordinator, volunteer, stranger):
    named()
    elsewhere = MembershipFactory(organization=municipality("150110"), roles={Role.REVIEWER})
    for member, status in ((coordinator, 403), (volunteer, 403), (stranger, 403), (elsewhere, 404)):
        assert browsing(member).get(piece(member, patrol)).status_code == status
        assert reports_of_patrol(membership=member, patrol_id=patrol.pk) == []


def test_asked_for_by_itself_it_is_a_whole_page(browsing, named, patrol, reviewer):
    named(category=CategoryFactory(name_en="Street fight"))
    html = browsing(reviewer).get(piece(reviewer, patrol)).content.decode()
    assert "<html" in html


@pytest.mark.parametrize(
    ("hour", "turn"), [(6, "Morning"), (13, "Morning"), (14, "Afternoon"), (22, "Night"), (5, "Night")]
)
def test_an_hour_is_told_as_its_turn(hour, turn):
    moment = NOON + timedelta(hours=hour - 12)
    with override("en"):
        assert str(turn_of(moment)).startswith(turn)
