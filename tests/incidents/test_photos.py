"""Photos: what comes in, what stays, and what a file made to break us does."""

import hashlib
import struct
import subprocess
import sys
import zlib
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from accounts.models import Receipt
from incidents import pictures
from incidents.actions import photos, reports
from incidents.models import Photo
from rules.refusals import Conflict, Gone, Invalid, NotFound
from tests.factories import NOON
from tests.incidents.factories import PhotoFactory, ReportFactory

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def with_exif(draw, **options):
    """A photo that says where and with what it was taken."""
    exif = Image.Exif()
    exif[MAKE] = "RosaPhone"
    exif[GPS] = {1: "S", 2: (12.0, 3.0, 7.77), 3: "W", 4: (77.0, 1.0, 5.55)}
    return draw(exif=exif.tobytes(), comment=b"RosaPhone was here", **options)


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, pixels=None):
    """A black-and-white PNG that says it is this big, black all over: a few kilobytes for gigabytes."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    packed = zlib.compress(bytes(height * (1 + (width + 7) // 8)) if pixels is None else pixels, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def refusal_of(raw):
    with pytest.raises(Invalid) as refusal:
        pictures.redraw(raw)
    assert list(refusal.value.fields) == ["photo"]
    return str(refusal.value.fields["photo"])


# -- what stays of a photo


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_only_pixels_stay(photo, form):
    raw = photo(640, 480, form=form) if form != "JPEG" else with_exif(photo, width=640, height=480)
    picture = pictures.redraw(raw)

    image = Image.open(BytesIO(picture.jpeg))
    assert (image.format, image.size) == ("JPEG", (640, 480))
    assert (picture.width, picture.height) == (640, 480)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"RosaPhone" not in picture.jpeg


def test_the_planted_photo_does_say_where_it_was_taken(photo):
    """Or the test above would prove nothing."""
    raw = with_exif(photo)
    assert b"RosaPhone" in raw
    assert Image.open(BytesIO(raw)).getexif().get_ifd(GPS)


def test_a_photo_taken_sideways_stands_upright(photo):
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    picture = pictures.redraw(photo(400, 200, exif=exif.tobytes()))
    assert (picture.width, picture.height) == (200, 400)


@pytest.mark.parametrize(("width", "height", "kept"), [(4000, 3000, (2560, 1920)), (100, 5000, (51, 2560))])
def test_a_large_photo_is_made_smaller(photo, width, height, kept):
    picture = pictures.redraw(photo(width, height))
    assert (picture.width, picture.height) == kept


def test_what_can_be_seen_through_is_drawn_on_white(photo):
    picture = pictures.redraw(photo(form="PNG", mode="RGBA", color=(0, 0, 0, 0)))
    assert Image.open(BytesIO(picture.jpeg)).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "I;16", "LA"])
def test_every_kind_of_pixel_is_drawn(photo, mode):
    form = "JPEG" if mode == "CMYK" else "PNG"
    assert pictures.redraw(photo(form=form, mode=mode, color=1)).width == 64


# -- what is turned away


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"\xff\xd8\xff\xe0" + b"\x00" * 100,
        b"\x89PNG\r\n\x1a\n",
        b"GIF89a" + b"\x00" * 50,
    ],
)
def test_what_is_no_photo_is_turned_away(raw):
    assert refusal_of(raw)


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "PPM", "ICO"])
def test_kinds_of_pictures_we_do_not_take_are_turned_away(photo, form):
    assert "WebP" in refusal_of(photo(form=form))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_photo_that_did_not_arrive_whole_is_turned_away(form):
    noise = Image.effect_noise((300, 300), 80).convert("RGB")
    file = BytesIO()
    noise.save(file, form)
    assert refusal_of(file.getvalue()[: len(file.getvalue()) // 2])


def test_a_photo_of_more_than_25_million_pixels_is_turned_away(photo):
    assert "25" in refusal_of(photo(5001, 5000, form="PNG", mode="1", color=0))
    assert pictures.redraw(photo(5000, 5000, form="PNG", mode="1", color=0)).width == 2560


def test_a_photo_of_more_than_10_mb_is_turned_away_unread(monkeypatch):
    monkeypatch.setattr(pictures, "_run", None)
    assert "10" in refusal_of(b"\xff" * (pictures.MOST_BYTES + 1))


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (2**31 - 1, 1)])
def test_a_bomb_is_not_decoded(width, height):
    bomb = png(width, height, pixels=b"\0" * 1000)
    assert len(bomb) < 2000
    assert refusal_of(bomb)


def test_a_text_that_unpacks_to_gigabytes_is_not_unpacked(photo):
    raw = photo(form="PNG")
    comment = chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(200_000_000), 9))
    assert len(comment) < 300_000
    code, megabytes = memory_for(raw[:33] + comment + raw[33:])
    assert code != 0
    assert megabytes < 200


MEASURED = """
import resource, subprocess, sys
command = [sys.executable, "-I", sys.argv[1]]
done = subprocess.run(command, stdin=sys.stdin.buffer, capture_output=True, env={})
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def memory_for(raw):
    """How the child ends over this file, and the most memory it had, in MB."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, str(pictures.REDRAW)], input=raw, capture_output=True, check=True
    )
    code, kilobytes = done.stdout.split()
    return int(code), int(kilobytes) / 1024


@pytest.mark.parametrize(("form", "mode"), [("JPEG", "RGB"), ("PNG", "RGBA"), ("WEBP", "RGB")])
def test_the_largest_photo_we_take_fits_the_memory_it_gets(photo, form, mode):
    code, megabytes = memory_for(photo(5000, 5000, form=form, mode=mode))
    assert code == 0
    assert megabytes < 450


@pytest.mark.parametrize(("is_limited", "most"), [(True, 640), (False, 10_000)])
def test_without_its_own_check_of_the_size_the_child_still_gets_no_more_memory(
    monkeypatch, tmp_path, is_limited, most
):
    """A child that forgot to look at the size is stopped by its limit; without one it takes what it likes."""
    careless = pictures.REDRAW.read_text().replace("MOST_PIXELS = 25_000_000", "MOST_PIXELS = 10**12")
    if not is_limited:
        careless = careless.replace("    limit()\n", "")
    path = tmp_path / "careless.py"
    path.write_text(careless)
    monkeypatch.setattr(pictures, "REDRAW", path)

    code, megabytes = memory_for(png(26_000, 26_000))

    assert (code != 0) == is_limited
    assert megabytes < most
    assert (megabytes > 640) != is_limited


def test_a_file_that_takes_too_long_is_given_up(monkeypatch, tmp_path):
    endless = tmp_path / "endless.py"
    endless.write_text("while True: pass")
    monkeypatch.setattr(pictures, "REDRAW", endless)
    monkeypatch.setattr(pictures, "PATIENCE", 0.5)
    assert refusal_of(b"x")


def test_a_child_that_dies_is_a_photo_we_cannot_read(monkeypatch, tmp_path):
    dying = tmp_path / "dying.py"
    dying.write_text("import os; os.abort()")
    monkeypatch.setattr(pictures, "REDRAW", dying)
    assert refusal_of(b"x")


# -- keeping them


@pytest.fixture
def attach(volunteer):
    def send(report, raw, photo_id=None, by=volunteer):
        return photos.attach(report=report, by=by, at=NOON, photo_id=photo_id or uuid4(), raw=raw)

    return send


def files():
    try:
        return sorted(default_storage.listdir("photos")[1])
    except FileNotFoundError:
        return []


def test_a_photo_is_kept_once_under_a_name_that_says_nothing(attach, volunteer, photo):
    report, key, raw = ReportFactory(by=volunteer), uuid4(), photo()

    assert attach(report, raw, key) == (201, {"id": str(key), "version": 2})
    assert attach(report, raw, key) == (200, {"id": str(key), "version": 2})

    kept = Photo.objects.get()
    assert files() == [kept.name.removeprefix("photos/")]
    assert str(report.pk) not in kept.name
    assert kept.digest == hashlib.sha256(pictures.bytes_of(kept.name)).hexdigest()


def test_a_refused_photo_leaves_no_file(attach, volunteer, stranger, photo, extortion):
    discreet = ReportFactory(by=volunteer, category=extortion)
    with pytest.raises(Conflict) as refusal:
        attach(discreet, photo())
    assert refusal.value.code == "no_photos"
    with pytest.raises(NotFound):
        attach(ReportFactory(), photo())
    assert files() == []
    assert not Receipt.objects.exists()


def test_with_consent_a_photo_of_what_is_discreet_is_kept(attach, volunteer, photo, extortion):
    assert attach(ReportFactory(by=volunteer, category=extortion, has_consent=True), photo())[0] == 201


def test_six_photos_are_enough(attach, volunteer, photo):
    report = ReportFactory(by=volunteer)
    PhotoFactory.create_batch(6, report=report)
    with pytest.raises(Conflict) as refusal:
        attach(report, photo())
    assert refusal.value.code == "enough_photos"


def test_the_photo_of_an_undone_report_stays_gone(attach, volunteer, photo):
    report, key, raw = ReportFactory(by=volunteer), uuid4(), photo()
    attach(report, raw, key)
    reports.undo(report=report, by=volunteer, at=NOON)
    with pytest.raises(Gone):
        attach(report, raw, key)


def test_the_receipt_of_a_photo_is_joined_to_nobody_and_to_no_other(attach, volunteer, photo):
    report = ReportFactory(by=volunteer)
    attach(report, photo())
    attach(report, photo(color="blue"))

    first, second = Receipt.objects.all()
    assert first.author_tag != second.author_tag
    assert {first.organization_id, second.organization_id} == {report.organization_id}
