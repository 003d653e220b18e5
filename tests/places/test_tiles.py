"""The map's background comes through us: bounded, checked, kept, and telling the server of nobody."""

import contextlib
import os
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils import timezone

from places import tiles

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 40
WEBP = b"RIFF\x10\x00\x00\x00WEBPVP8 "
JPEG = b"\xff\xd8\xff\xe0" + b"x" * 10


class TileServer(ThreadingHTTPServer):
    """A tile server that answers what a test tells it to and remembers what it was asked."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Answers)
        self.asked, self.body, self.status, self.headers, self.pause = [], PNG, 200, {}, None

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/{{z}}/{{x}}/{{y}}.png?key=secret"


class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append((self.path, dict(self.headers)))
        if self.server.pause:
            self.server.pause.wait(10)
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):  # the reader may have hung up
            self.wfile.write(self.server.body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(settings, tmp_path):
    server = TileServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.MAP_TILE_URL, settings.RONDA_HOME = server.url, tmp_path
    yield server
    if server.pause:
        server.pause.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def tile(browsing, volunteer):
    browser = browsing(volunteer)

    def get(z=14, x=4683, y=8752, **headers):
        place = reverse("places:tile", args=[volunteer.organization.code, z, x, y])
        return browser.get(place, headers=headers)

    return get


def kept(tmp_path):
    return list((tmp_path / "tiles").iterdir()) if (tmp_path / "tiles").exists() else []


def test_a_tile_comes_through_us(server, tile):
    answer = tile()
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, PNG, "image/png")
    assert answer["Cache-Control"] == "private, max-age=86400"
    assert server.asked[0][0] == "/14/4683/8752.png?key=secret"


def test_a_tile_is_fetched_once_and_kept(server, tile, tmp_path):
    assert [tile().content for _ in range(3)] == [PNG] * 3
    assert len(server.asked) == 1
    assert len(kept(tmp_path)) == 1


def test_the_server_learns_nothing_of_the_reader(server, tile):
    tile(
        **{
            "User-Agent": "My phone",
            "Accept-Language": "qu",
            "Referer": "https://ronda.example/o/ABC/",
            "X-Forwarded-For": "190.1.2.3",
        }
    )
    _, headers = server.asked[0]
    assert set(headers) == {"Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"}
    assert headers["User-Agent"].startswith("Ronda/")
    assert headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize(("image", "name"), [(JPEG, "image/jpeg"), (WEBP, "image/webp")])
def test_jpeg_and_webp_are_named_by_what_they_are(server, tile, image, name):
    server.body, server.headers = image, {"Content-Type": "text/html"}
    assert tile()["Content-Type"] == name


@pytest.mark.parametrize(
    "body",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html>", b"RIFF\x10\x00\x00\x00WAVE", b"GIF89a"],
)
def test_what_is_no_picture_of_ours_is_not_shown_nor_kept(server, tile, tmp_path, body):
    server.body, server.headers = body, {"Content-Type": "image/png"}
    assert tile().status_code == 502
    assert kept(tmp_path) == []


def test_a_tile_too_large_is_not_shown_nor_kept(server, tile, tmp_path):
    server.body = PNG + b"x" * tiles.MOST_BYTES
    assert tile().status_code == 502
    assert kept(tmp_path) == []


@pytest.mark.parametrize("status", [204, 302, 404, 500])
def test_a_server_that_fails_shows_no_tile(server, tile, tmp_path, status):
    server.status, server.headers = status, {"Location": f"http://127.0.0.1:{server.server_port}/else.png"}
    if status == 204:
        server.body = b""
    assert tile().status_code == 502
    assert [path for path, _ in server.asked] == ["/14/4683/8752.png?key=secret"]


def test_a_server_that_does_not_answer_is_not_waited_for(server, tile, monkeypatch):
    monkeypatch.setattr(tiles, "PATIENCE_SECONDS", 0.1)
    server.pause = threading.Event()
    assert tile().status_code == 502


def test_a_server_that_is_not_there_shows_no_tile(server, tile, settings):
    settings.MAP_TILE_URL = "http://127.0.0.1:9/{z}/{x}/{y}.png"
    assert tile().status_code == 502


def test_an_old_tile_is_fetched_again_and_serves_when_the_server_fails(server, tile, tmp_path):
    tile()
    old = (timezone.now() - tiles.FRESH - timedelta(minutes=1)).timestamp()
    os.utime(kept(tmp_path)[0], (old, old))
    server.status = 500
    assert tile().content == PNG
    server.status, server.body = 200, JPEG
    assert tile().content == JPEG


def test_the_store_never_holds_more_than_its_slots(server, tile, tmp_path, monkeypatch):
    monkeypatch.setattr(tiles, "SLOTS", 3)
    for x in range(12):
        server.body = PNG + bytes([x])
        assert tile(x=x).content == PNG + bytes([x])
    assert len(kept(tmp_path)) <= 3
    server.body = PNG + bytes([99])
    assert {tile(x=x).content for x in range(12)} <= {PNG + bytes([x]) for x in (*range(12), 99)}


def test_two_squares_in_one_slot_are_never_mixed_up(server, tile, monkeypatch):
    monkeypatch.setattr(tiles, "SLOTS", 1)
    tile(x=1)
    server.body = JPEG
    assert tile(x=2).content == JPEG


@pytest.mark.parametrize(("z", "x", "y"), [(20, 0, 0), (0, 1, 0), (3, 8, 0), (3, 0, 8), (99999999, 0, 0)])
def test_a_square_that_is_not_on_the_map_is_not_asked_for(server, tile, z, x, y):
    assert tile(z, x, y).status_code == 404
    assert server.asked == []


def test_without_a_tile_server_there_are_no_tiles(tile, settings):
    settings.MAP_TILE_URL = ""
    assert tile().status_code == 404


def test_strangers_and_the_signed_out_get_no_tiles(server, browsing, client, volunteer, stranger):
    address = reverse("places:tile", args=[volunteer.organization.code, 1, 0, 0])
    assert browsing(stranger).get(address).status_code == 404
    assert client.get(address).status_code == 302
    assert server.asked == []


@pytest.mark.parametrize("template", ["file:///etc/passwd?{z}{x}{y}", "https://t.example/{z}/{x}.png", "x"])
def test_a_template_that_is_no_tile_address_is_a_clear_error(template, tmp_path):
    with pytest.raises(ImproperlyConfigured, match="MAP_TILE_URL"):
        tiles.Store(template, tmp_path)
