"""Boundaries enter whole or not at all, and each wrong feature is named."""

import pytest
from django.core.management import CommandError, call_command

from accounts.actors import SystemActor
from audit.models import Entry
from places import actions, boundaries
from places.models import District, PriorityPoint, Sector
from places.queries import cells
from rules.refusals import Invalid, NotAllowed
from tests.factories import DistrictFactory, SectorFactory
from tests.places.geojson import RIMAC, SJL, SURCO, collection, feature, polygon, square

OPERATOR = SystemActor("operator")
BOW_TIE = [[-77.01, -12.03], [-77.0, -12.02], [-77.0, -12.03], [-77.01, -12.02], [-77.01, -12.03]]


@pytest.fixture(autouse=True)
def districts():
    DistrictFactory(ubigeo=SJL)
    DistrictFactory(ubigeo=RIMAC, name="Rímac", lat=-12.0422, lon=-77.0269)
    DistrictFactory(ubigeo=SURCO, name="Santiago de Surco", lat=-12.145, lon=-77.005)


def import_file(tmp_path, content, **options):
    path = tmp_path / "territory.geojson"
    path.write_bytes(content)
    call_command("import_territory", str(path), **options)


def refusal(tmp_path, content, **options):
    """The sentences of a refused import, checked to have left nothing behind."""
    with pytest.raises(CommandError) as refused:
        import_file(tmp_path, content, **options)
    assert not District.objects.exclude(boundary=None).exists()
    assert not Sector.objects.exists()
    assert not Entry.objects.exists()
    assert refused.value.returncode != 0
    *lines, last = str(refused.value).splitlines()
    assert last == "No se importó nada." or last == "Nothing was imported."
    return lines


def test_a_boundary_comes_with_its_box_and_a_line_in_the_trail(tmp_path):
    import_file(tmp_path, collection(feature()))

    district = District.objects.get(ubigeo=SJL)
    assert district.boundary == polygon()
    assert district.box == pytest.approx((-77.02, -12.0397, -77.0, -12.0197))
    entry = Entry.objects.get()
    assert (entry.action, entry.subject_id) == ("district.boundary_imported", SJL)
    assert (entry.actor, entry.facts) == ("job:operator", {"digest": district.boundary_digest})


def test_importing_the_same_file_again_writes_nothing(tmp_path):
    for _ in range(2):
        import_file(tmp_path, collection(feature(), feature(RIMAC)))
    assert Entry.objects.count() == 2


def test_several_polygons_and_holes_are_welcome(tmp_path):
    hole = square(half=0.002)
    island = [square(-77.05, -12.0297, half=0.001)]
    geometry = {"type": "MultiPolygon", "coordinates": [[square(), hole], island]}
    import_file(tmp_path, collection(feature(geometry=geometry)))
    assert District.objects.get(ubigeo=SJL).west == pytest.approx(-77.051)


def test_a_byte_order_mark_and_a_named_wgs84_do_no_harm(tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    import_file(tmp_path, b"\xef\xbb\xbf" + collection(feature(), crs=crs))
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"[]",
        b'"text"',
        b'{"type": "Feature"}',
        b'{"type": "FeatureCollection"}',
        b'{"type": "FeatureCollection", "features": {}}',
        collection(),
        collection(feature(), crs={"type": "name", "properties": {"name": "EPSG:32718"}}),
        collection(feature(), crs="EPSG:32718"),
        collection(feature(geometry=polygon([[float("nan"), -12.0], *square()]))),
        collection(feature()).replace(b"-77.02", b"9" * 5000),
    ],
)
def test_a_file_that_is_no_territory_is_refused_whole(tmp_path, content):
    (line,) = refusal(tmp_path, content)
    assert line.startswith("file: ")


def test_a_file_too_large_is_refused_without_being_parsed(tmp_path, monkeypatch):
    monkeypatch.setattr(boundaries, "MOST_BYTES", 100)
    (line,) = refusal(tmp_path, b" " * 101)
    assert "64 MB" in line


def test_too_many_features_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(boundaries, "MOST_FEATURES", 1)
    assert len(refusal(tmp_path, collection(feature(), feature(RIMAC)))) == 1


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_territory", str(tmp_path / "none.geojson"))


def wrong_geometry(kind, coordinates):
    return feature(geometry={"type": kind, "coordinates": coordinates})


@pytest.mark.parametrize(
    "wrong",
    {
        "no feature": "text",
        "another type": {"type": "Point"},
        "no properties": {"type": "Feature", "properties": None, "geometry": polygon()},
        "no geometry": {"type": "Feature", "properties": {"ubigeo": RIMAC}, "geometry": None},
        "a line": wrong_geometry("LineString", square()),
        "no coordinates": wrong_geometry("Polygon", None),
        "no rings": wrong_geometry("Polygon", []),
        "no polygons": wrong_geometry("MultiPolygon", []),
        "an empty polygon": wrong_geometry("MultiPolygon", [[square()], []]),
        "rings one level off": wrong_geometry("MultiPolygon", [square()]),
        "a ring of three": feature(geometry=polygon(square()[:3])),
        "an open ring": feature(geometry=polygon(square()[:4])),
        "crossing itself": feature(geometry=polygon(BOW_TIE)),
        "no area": feature(geometry=polygon([[-77.0, -12.0]] * 4)),
        "a hole outside": feature(geometry=polygon(square(), square(-77.2, -12.0297, 0.001))),
        "overlapping parts": wrong_geometry("MultiPolygon", [[square()], [square(half=0.005)]]),
        "heights": feature(geometry=polygon([[*position, 0] for position in square()])),
        "a coordinate of text": feature(geometry=polygon([["-77", -12], *square()[1:]])),
        "a coordinate of truth": feature(geometry=polygon([[True, -12], *square()[1:]])),
        "off the Earth": feature(geometry=polygon(square(-190.0))),
        "infinite": feature(geometry=polygon([[1e400, -12.0], *square()])),
        "swapped": feature(geometry=polygon(square(-12.0297, -77.01))),
        "another city": feature(geometry=polygon(square(-71.5, -16.4))),
        "a district nobody knows": feature("990101"),
        "a number for a code": feature(70101),
        "a short code": feature("70101"),
        "no code": {"type": "Feature", "properties": {}, "geometry": polygon()},
        "Arabic digits": feature("١٥٠١٣٢"),
    }.items(),
    ids=lambda wrong: wrong[0],
)
def test_a_wrong_feature_is_named_and_nothing_is_imported(tmp_path, wrong):
    content = collection(feature(SURCO), wrong[1]).replace(b"Infinity", b"1e400")
    (line,) = refusal(tmp_path, content)
    assert "2" in line.split(":")[0]


def test_every_wrong_feature_is_named_with_its_code(tmp_path):
    lines = refusal(
        tmp_path,
        collection(feature(SURCO), feature(SURCO), feature("990101"), feature(SJL, polygon(BOW_TIE))),
    )
    assert [line.split(":")[0][-10:] for line in lines] == ["2 (150140)", "3 (990101)", "4 (150132)"]
    assert "Self-intersection" in lines[2]


@pytest.mark.parametrize("options", [{}, {"sectors": True}])
def test_an_import_that_fails_half_way_leaves_nothing(tmp_path, monkeypatch, options):
    written = []

    def fail_at_the_second(**line):
        written.append(line)
        if len(written) == 2:
            raise RuntimeError("the disk is full")

    monkeypatch.setattr(actions, "record", fail_at_the_second)
    with pytest.raises(RuntimeError):
        import_file(tmp_path, collection(sector("A"), sector("B", ubigeo=RIMAC)), **options)

    assert len(written) == 2
    assert not District.objects.exclude(boundary=None).exists()
    assert not Sector.objects.exists()


@pytest.mark.parametrize("verb", [actions.import_districts, actions.import_sectors])
def test_only_the_operator_imports(verb):
    with pytest.raises(NotAllowed):
        verb(geojson=collection(feature()), by=SystemActor("offers"))


def test_no_member_imports(coordinator):
    with pytest.raises(NotAllowed):
        actions.import_districts(geojson=collection(feature()), by=coordinator)


def sector(code="A", **properties):
    return feature(**({"code": code, "name": "Canto Rey"} | properties))


def test_sectors_come_by_the_same_command(tmp_path):
    import_file(tmp_path, collection(sector(), sector(kind="police"), sector("B")), sectors=True)

    assert {(row.kind, row.code) for row in Sector.objects.all()} == {
        ("municipal", "A"),
        ("police", "A"),
        ("municipal", "B"),
    }
    assert Entry.objects.filter(action="sector.boundary_imported").count() == 3


def test_a_known_sector_keeps_its_key_and_gets_its_new_name_and_boundary(tmp_path):
    known = SectorFactory(district_id=SJL, code="A", name="Antes")
    import_file(tmp_path, collection(sector()), sectors=True)
    known.refresh_from_db()
    assert (known.name, known.boundary) == ("Canto Rey", polygon())
    assert Sector.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": ""},
        {"code": "x" * 21},
        {"name": ""},
        {"name": "x" * 81},
        {"name": 7},
        {"name": "a\x00b"},
        {"kind": "postal"},
        {"ubigeo": "990101"},
    ],
    ids=str,
)
def test_a_wrong_sector_is_named_and_nothing_is_imported(tmp_path, wrong):
    lines = refusal(tmp_path, collection(sector("B"), sector(**wrong)), sectors=True)
    assert len(lines) == 1


def test_a_sector_twice_in_a_file_is_refused(tmp_path):
    with pytest.raises(Invalid):
        actions.import_sectors(geojson=collection(sector(), sector(kind="municipal")), by=OPERATOR)


def test_a_priority_point_is_marked_with_its_cells_and_on_record(organization):
    sector = SectorFactory()
    point = actions.mark_point(
        by=OPERATOR, organization_id=organization.pk, sector=sector, name=" Losa ", lat=-12.02, lon=-77.0
    )
    assert (point.name, point.h3_7, point.h3_9) == ("Losa", *reversed(cells(-12.02, -77.0)))
    assert Entry.objects.get(action="priority_point.marked").organization_id == organization.pk


@pytest.mark.parametrize(
    ("field", "wrong"),
    [("name", ""), ("name", "x" * 81), ("lat", float("nan")), ("lat", 91.0), ("lon", 181.0)],
)
def test_a_point_without_a_name_or_off_the_earth_is_refused(organization, field, wrong):
    words = {"name": "Losa", "lat": -12.02, "lon": -77.0} | {field: wrong}
    with pytest.raises(Invalid):
        actions.mark_point(by=OPERATOR, organization_id=organization.pk, sector=SectorFactory(), **words)
    assert not PriorityPoint.objects.exists()
