"""Photos from phones: each once, of one's own reports, and never thrown away before they are kept."""

import hashlib
from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from PIL import Image

from accounts import receipts
from incidents.models import Photo
from tests.incidents.factories import CategoryFactory, municipality
from tests.phone.conftest import envelope


@pytest.fixture(autouse=True)
def desk(organization, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    CategoryFactory()
    return municipality(organization.ubigeo)


@pytest.fixture
def filed(send, volunteer):
    """A report that arrived."""
    sent = envelope("report.filed", {"category": "VID-05", "text": "Dos se pelean"})
    assert send(volunteer, sent)[0]["status"] == 201
    return sent["id"]


@pytest.fixture
def put(as_):
    """`put(member, report, raw)`: the answer of the door."""

    def ask(member, report, raw, key=None, kind="image/jpeg", **headers):
        door = reverse("phone-api:media", args=[member.organization.code, key or uuid4()])
        headers = {"X-Report": str(report)} | headers
        return as_(member).generic("PUT", door, raw, content_type=kind, headers=headers)

    return ask


def photo(color="red", form="JPEG"):
    file = BytesIO()
    Image.new("RGB", (64, 48), color).save(file, form)
    return file.getvalue()


def test_a_photo_is_kept_once_and_echoed_by_its_hash(put, volunteer, filed):
    raw, key = photo(), uuid4()

    first, again = put(volunteer, filed, raw, key), put(volunteer, filed, raw, key)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == {
        "id": str(key),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "status": 201,
        "is_kept": True,
        "result": {"id": str(key), "version": 2},
    }
    assert again.json() == first.json() | {"status": 200}
    assert str(Photo.objects.get().report_id) == filed


def test_a_photo_that_comes_before_its_report_is_left_with_the_phone_until_the_report_is_here(
    put, send, volunteer
):
    sent, raw, key = envelope("report.filed", {"category": "VID-05"}), photo(), uuid4()

    early = put(volunteer, sent["id"], raw, key)
    send(volunteer, sent)
    later = put(volunteer, sent["id"], raw, key)

    assert (early.status_code, early.json()["code"], "sha256" in early.json()) == (404, "report_first", False)
    assert later.status_code == 201


def test_another_photo_under_the_same_id_is_refused(put, volunteer, filed):
    key = uuid4()
    assert [put(volunteer, filed, photo(color), key).status_code for color in ("red", "blue")] == [201, 409]


def test_nobody_adds_to_somebody_elses_report(put, volunteer, filed, crew, facilitator):
    for member in (crew[0], facilitator):
        response = put(member, filed, photo())
        assert (response.status_code, response.json()["code"]) == (404, "report_first")


def test_a_photo_of_what_was_erased_stays_gone(put, volunteer, filed):
    key = uuid4()
    put(volunteer, filed, photo(), key)
    receipts.forget(keys=[key], at="2030-01-01T00:00:00Z")
    assert put(volunteer, filed, photo(), key).status_code == 410


@pytest.mark.parametrize("raw", [b"", b"no picture", photo()[:200], b"\x00" * 4096])
def test_what_is_no_photo_is_refused_naming_it(raw, put, volunteer, filed):
    response = put(volunteer, filed, raw)
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "photo")
    assert Photo.objects.count() == 0


def test_too_big_a_photo_is_refused_before_it_is_read(put, volunteer, filed):
    response = put(volunteer, filed, b"x" * (10 * 1024 * 1024 + 1))
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "photo")


@pytest.mark.parametrize("header", ["", "7", "x" * 36, "\u00f1" * 36])
def test_a_photo_of_no_report_names_the_header(header, put, volunteer, filed):
    response = put(volunteer, header, photo())
    assert (response.status_code, response.json()["errors"][0]["field"]) == (400, "X-Report")


def test_only_pictures_are_taken(put, volunteer, filed):
    assert put(volunteer, filed, b"{}", kind="application/json").status_code == 415
