"""What whoever reports may do, and where a report goes."""

from dataclasses import asdict
from datetime import timedelta
from uuid import uuid4

import h3
import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError

from accounts.roles import Role
from audit.models import Entry as Line
from audit.sealed import reveal
from incidents.actions import desk as at_desk
from incidents.actions import photos, reports
from incidents.actions.seen import Place, Seen, Toggles
from incidents.models import Entry, Move, Photo, Report
from notifications.models import Notice
from places.models import District
from rules.refusals import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import (
    NOON,
    CrewMemberFactory,
    DistrictFactory,
    EmergencyLineFactory,
    MembershipFactory,
    OrganizationFactory,
    PatrolFactory,
    SectorFactory,
)
from tests.incidents.factories import CategoryFactory, ReportFactory, municipality

SECOND = timedelta(seconds=1)
HERE = Place(lat=-12.03, lon=-77.01, accuracy_m=8, block="B", lot="4", reference="frente al mercado")


def seen(**words):
    return Seen(**{"occurred_at": NOON, "text": "Dos personas se golpean"} | words)


@pytest.fixture
def file(desk, fight, volunteer):
    """File a report: `file()`, `file(category="EXT-01", place=HERE)`."""

    def send(**words):
        known = {"report_id": uuid4(), "by": volunteer, "at": NOON, "category": fight.code, "seen": seen()}
        return reports.file(**known | words)

    return send


def around(lat, lon, half=0.05):
    """A square district or sector."""
    west, south, east, north = lon - half, lat - half, lon + half, lat + half
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    boundary = {"type": "Polygon", "coordinates": [ring]}
    box = {"west": west, "south": south, "east": east, "north": north}
    return box | {"boundary": boundary, "boundary_digest": f"{lat}{lon}{half}"}


# -- sending


def test_a_report_arrives_at_the_desk_of_its_district(file, desk, volunteer):
    report = file(place=HERE)

    report.refresh_from_db()
    assert (report.organization, report.status, report.version) == (desk, "received", 1)
    assert (report.lat, report.lon, report.block, report.reference) == (-12.03, -77.01, "B", HERE.reference)
    assert (report.h3_9, report.h3_7) == tuple(h3.latlng_to_cell(-12.03, -77.01, size) for size in (9, 7))
    assert list(report.moves.values_list("version", "verb", "status", "by")) == [
        (1, "file", "received", None)
    ]


def test_severity_comes_from_the_type_and_the_four_questions(file):
    assert file().severity == 3
    assert file(seen=seen(toggles=Toggles(has_weapon=True))).severity == 5


def test_a_report_is_reserved_unless_told_otherwise(file, volunteer, coordinator):
    report = Report.objects.get(pk=file().pk)

    assert report.confidentiality == "reserved"
    assert str(volunteer.pk) not in str(Report.objects.filter(pk=report.pk).values())
    assert reveal(report, "reporter", by=coordinator, reason_code="test") == str(volunteer.pk)


def test_a_report_is_found_by_whoever_sent_it_and_by_nobody_else(file, volunteer, organization, coordinator):
    report = file()
    other = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})

    assert list(Report.own.all().visible_to(volunteer)) == [report]
    assert not Report.own.all().visible_to(other).exists()
    assert not Report.own.all().visible_to(coordinator).exists()
    assert not Report.objects.all().visible_to(volunteer).exists()


def test_a_named_report_does_not_give_away_who_wrote_the_reserved_ones(file, volunteer):
    named, reserved = file(confidentiality="named"), file()

    assert named.reporter_tag != reserved.reporter_tag
    assert set(Report.own.all().visible_to(volunteer)) == {named, reserved}


def test_the_record_knows_whoever_reported_by_a_tag_of_that_one_report(file, volunteer):
    first, second = file(), file()
    reports.correct(report=first, by=volunteer, at=NOON, text="Eran tres")

    actors = {
        report.pk: set(Line.objects.filter(subject_id=str(report.pk)).values_list("actor", flat=True))
        for report in (first, second)
    }
    assert [len(tags) for tags in actors.values()] == [1, 1]
    assert actors[first.pk] != actors[second.pk]
    assert all(tag.startswith("tag:") for tags in actors.values() for tag in tags)


@pytest.mark.parametrize("confidentiality", ["anonymous", "open", ""])
def test_a_member_reports_reserved_or_named(file, confidentiality):
    with pytest.raises(Invalid) as refusal:
        file(confidentiality=confidentiality)
    assert list(refusal.value.fields) == ["confidentiality"]


def test_only_a_named_report_keeps_its_patrol(file, volunteer, organization):
    patrol = PatrolFactory(organization=organization)
    CrewMemberFactory(patrol=patrol, membership=volunteer, organization=organization, attendance="present")

    assert file(confidentiality="named", patrol=patrol).patrol == patrol
    assert file(patrol=patrol).patrol is None


def test_the_database_refuses_a_reserved_report_that_names_its_patrol(organization):
    with pytest.raises(IntegrityError, match="report_tells_its_patrol_only_if_named"):
        ReportFactory(patrol=PatrolFactory(organization=organization))


def test_somebody_elses_patrol_cannot_be_borrowed(file, organization):
    with pytest.raises(Invalid):
        file(confidentiality="named", patrol=PatrolFactory(organization=organization))
    with pytest.raises(NotFound):
        file(confidentiality="named", patrol=PatrolFactory())


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.PRIVACY_OFFICER])
def test_the_desk_does_not_report_to_itself(file, desk, role):
    with pytest.raises(NotAllowed):
        file(by=MembershipFactory(organization=desk, roles={role}))


def test_a_number_that_was_used_is_not_used_again(file):
    report = file()
    with pytest.raises(Conflict) as refusal:
        file(report_id=report.pk)
    assert refusal.value.code == "id_reused"


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"category": "XXX-99"}, "category"),
        ({"seen": seen(text="a" * 501)}, "text"),
        ({"seen": seen(behavior="looking_foreign")}, "behavior"),
    ],
)
def test_what_is_wrong_is_named(file, words, field):
    with pytest.raises(Invalid) as refusal:
        file(**words)
    assert list(refusal.value.fields) == [field]
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ({"lat": 91, "lon": 0}, ["lat"]),
        ({"lat": float("nan"), "lon": 0}, ["lat"]),
        ({"lat": -12}, ["lon"]),
        ({"accuracy_m": -1}, ["accuracy_m"]),
        ({"lat": -12, "lon": 181, "block": "x" * 21}, ["lon", "block"]),
    ],
)
def test_a_place_off_the_earth_is_refused(words, fields):
    with pytest.raises(Invalid) as refusal:
        Place(**words)
    assert list(refusal.value.fields) == fields


def test_unusual_behavior_says_what_was_done(file):
    CategoryFactory(code="CON-01", severity=2, asks_behavior=True)
    with pytest.raises(Invalid) as refusal:
        file(category="CON-01")
    assert list(refusal.value.fields) == ["behavior"]
    assert file(category="CON-01", seen=seen(behavior="trying_doors")).behavior == "trying_doors"


def test_a_type_that_says_nothing_asks_for_words(file):
    CategoryFactory(code="OTR-01", asks_text=True)
    with pytest.raises(Invalid):
        file(category="OTR-01", seen=seen(text="  "))


# -- where it goes


@pytest.fixture
def neighbors():
    """The district next door, with its outline."""
    DistrictFactory(ubigeo="150132", **around(-12.0, -77.0))
    return DistrictFactory(ubigeo="150110", name="Comas", **around(-11.8, -77.0))


def test_a_report_goes_to_the_desk_of_the_district_where_it_happened(file, neighbors):
    theirs = municipality("150110")
    report = file(place=Place(lat=-11.8, lon=-77.0))
    assert (report.organization_id, report.ubigeo, report.outside_district) == (theirs.pk, "150110", False)


def test_where_no_desk_is_it_goes_to_the_boards_own_and_says_so(file, desk, neighbors):
    report = file(place=Place(lat=-11.8, lon=-77.0))
    assert (report.organization_id, report.ubigeo, report.outside_district) == (desk.pk, "150110", True)


def test_outside_every_district_we_know_it_goes_to_the_boards_own(file, desk, neighbors):
    report = file(place=Place(lat=-20.0, lon=-80.0))
    assert (report.organization_id, report.ubigeo, report.outside_district) == (desk.pk, "", True)


def test_where_no_outline_is_known_nobody_claims_it_was_outside(file, desk):
    DistrictFactory(ubigeo="150132")
    assert not file(place=HERE).outside_district
    assert not file().outside_district


def test_a_report_knows_its_sector(file, neighbors):
    sector = SectorFactory(district=District.objects.get(pk="150132"), **around(-12.0, -77.0, 0.01))
    assert file(place=Place(lat=-12.0, lon=-77.0)).sector == sector
    assert file(place=Place(lat=-12.04, lon=-77.0)).sector is None


def test_without_a_point_a_report_is_in_the_sector_it_was_said_to_be(file, neighbors):
    ours = SectorFactory(district=District.objects.get(pk="150132"), **around(-12.0, -77.0, 0.01))
    theirs = SectorFactory(district=neighbors)
    assert file(sector=ours).sector == ours
    assert file(sector=ours, place=Place(lat=-12.04, lon=-77.0)).sector == ours
    with pytest.raises(Invalid) as refusal:
        file(sector=theirs)
    assert list(refusal.value.fields) == ["sector"]


def test_what_would_be_a_phones_signature_is_rounded_off(file):
    where = Place(lat=-12.0367519000123, lon=-76.9987643000456, accuracy_m=7.123456789)
    report = file(place=where, seen=seen(occurred_at=NOON + timedelta(seconds=42, microseconds=123456)))
    assert (report.lat, report.lon, report.accuracy_m) == (-12.03675, -76.99876, 7)
    assert report.occurred_at == NOON


def test_without_any_desk_it_is_refused_with_the_lines_to_call(fight):
    EmergencyLineFactory(code="police", number="105")
    lonely = MembershipFactory(organization=OrganizationFactory(ubigeo="070101"), roles={Role.VOLUNTEER})
    with pytest.raises(Conflict) as refusal:
        reports.file(report_id=uuid4(), by=lonely, at=NOON, category=fight.code, seen=seen())
    assert refusal.value.code == "no_desk"
    assert refusal.value.facts["lines"] == [{"code": "police", "number": "105", "name": "Policía"}]


# -- what is discreet


def test_of_what_is_discreet_only_the_neighborhood_is_kept(file, extortion):
    report = file(category=extortion.code, place=HERE)
    report.refresh_from_db()
    assert report.h3_7
    kept = asdict(HERE).keys() | {"h3_9"}
    assert {getattr(report, name) for name in kept} == {None, ""}


def test_with_consent_the_place_is_kept(file, extortion):
    report = file(category=extortion.code, place=HERE, seen=seen(has_consent=True))
    assert (report.lat, report.reference) == (HERE.lat, HERE.reference)


# -- taking it back


def test_within_a_minute_a_report_is_taken_back_and_nothing_stays(file, volunteer, photo, reviewer):
    report = file(seen=seen(toggles=Toggles(has_weapon=True)), place=HERE)
    photos.attach(report=report, by=volunteer, at=NOON, photo_id=uuid4(), raw=photo())
    name = Photo.objects.get().name
    assert default_storage.exists(name)

    reports.undo(report=report, by=volunteer, at=NOON + 59 * SECOND)

    assert not Report.objects.exists()
    assert not Photo.objects.exists()
    assert not Move.objects.exists()
    assert set(Notice.objects.values_list("state", flat=True)) == {"superseded"}


@pytest.mark.django_db(transaction=True)
def test_the_files_of_an_undone_report_are_erased(file, volunteer, photo):
    report = file()
    photos.attach(report=report, by=volunteer, at=NOON, photo_id=uuid4(), raw=photo())
    name = Photo.objects.get().name
    reports.undo(report=report, by=volunteer, at=NOON)
    assert not default_storage.exists(name)


def test_after_a_minute_it_stays(file, volunteer):
    report = file()
    with pytest.raises(Conflict) as refusal:
        reports.undo(report=report, by=volunteer, at=NOON + 60 * SECOND)
    assert refusal.value.code == "too_late"
    assert Report.objects.exists()


@pytest.mark.parametrize("verb", ["triage", "note"])
def test_once_the_desk_touched_it_it_stays(file, volunteer, reviewer, verb):
    report = file()
    words = {"text": "Ya lo vi"} if verb == "note" else {}
    getattr(at_desk, verb)(report=report, by=reviewer, at=NOON, expected_version=1, **words)
    with pytest.raises(Conflict):
        reports.undo(report=report, by=volunteer, at=NOON + SECOND)


# -- adding to it


def test_a_correction_is_added_and_shown_first(file, volunteer):
    report = file()
    urgent = file(seen=seen(toggles=Toggles(has_weapon=True)))
    reports.correct(report=report, by=volunteer, at=NOON + SECOND, text=" Eran tres ")

    report.refresh_from_db()
    assert (report.text, report.version, report.spoke_at) == ("Dos personas se golpean", 2, NOON + SECOND)
    assert list(Entry.objects.values_list("kind", "text", "author")) == [("correction", "Eran tres", None)]
    assert list(Report.objects.order_by("-rank")) == [report, urgent]


def test_a_retraction_deletes_nothing(file, volunteer):
    report = file()
    reports.retract(report=report, by=volunteer, at=NOON + SECOND)

    report.refresh_from_db()
    assert (report.status, report.retracted_at) == ("received", NOON + SECOND)
    assert report.text
    with pytest.raises(Conflict) as refusal:
        reports.retract(report=report, by=volunteer, at=NOON + 2 * SECOND)
    assert refusal.value.code == "retracted"


@pytest.mark.parametrize("status", ["triaged", "resolved"])
def test_whoever_reported_may_add_something_at_any_time(volunteer, status):
    report = ReportFactory(by=volunteer, status=status)
    reports.correct(report=report, by=volunteer, at=NOON + timedelta(days=2), text="Volvieron")
    report.refresh_from_db()
    assert (report.status, report.version) == (status, 2)


@pytest.mark.parametrize("verb", ["undo", "correct", "retract"])
def test_nobody_else_speaks_for_whoever_reported(file, organization, coordinator, reviewer, verb):
    report = file()
    words = {"text": "No fue así"} if verb == "correct" else {}
    for somebody in (coordinator, reviewer):
        with pytest.raises(NotFound if somebody == coordinator else (NotFound, NotAllowed)):
            getattr(reports, verb)(report=report, by=somebody, at=NOON, **words)


@pytest.mark.parametrize("text", ["", "  ", "a" * 501])
def test_a_correction_says_something_short(file, volunteer, text):
    with pytest.raises(Invalid) as refusal:
        reports.correct(report=file(), by=volunteer, at=NOON, text=text)
    assert list(refusal.value.fields) == ["text"]
