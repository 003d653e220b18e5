"""`docs/examples/phone.py`, the client one reads to write another: it works, against a live server."""

import importlib.util
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO
from pathlib import Path
from threading import Thread
from uuid import uuid4

import pytest
from django.utils import timezone
from PIL import Image

from accounts.actions import people
from accounts.roles import Role
from incidents.models import Photo, Report
from patrols.models import LogEntry
from phone.models import Clock, Quarantined
from tests.factories import CrewMemberFactory, MembershipFactory, OrganizationFactory, PatrolFactory
from tests.incidents.factories import CategoryFactory, municipality

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLE = Path(__file__).resolve().parents[2] / "docs/examples/phone.py"
PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def example():
    spec = importlib.util.spec_from_file_location("example_phone", EXAMPLE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def rosa():
    """A volunteer on the street, with a password."""
    organization = OrganizationFactory()
    municipality(organization.ubigeo)
    CategoryFactory()
    member = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    member.user.set_password(PASSWORD)
    member.user.save()
    return member


@pytest.fixture
def patrol(rosa):
    row = PatrolFactory(
        organization=rosa.organization, leader=rosa, status="active", started_at=timezone.now()
    )
    CrewMemberFactory(organization=rosa.organization, patrol=row, membership=rosa, attendance="present")
    return row


@pytest.fixture
def phone(example, live_server, rosa, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1"]
    return example.Phone(live_server.url, rosa.organization.code, tmp_path / "outbox.json")


@pytest.fixture
def picture(tmp_path):
    raw = BytesIO()
    Image.new("RGB", (640, 480), "navy").save(raw, "JPEG")
    (tmp_path / "esquina.jpg").write_bytes(raw.getvalue())
    return tmp_path / "esquina.jpg"


def test_a_night_is_captured_without_signal_sent_and_told_back(phone, example, rosa, patrol, picture):
    line = phone.capture("patrol.log_entry", {"patrol": str(patrol.pk), "text": "Poste sin luz"})
    report = phone.capture("report.filed", {"category": "VID-05", "text": "Dos se pelean"}, photos=[picture])
    reborn = example.Phone(phone.site, rosa.organization.code, phone.file)  # it was switched off
    assert reborn.sign_in(rosa.user.username, PASSWORD)

    assert reborn.sync() == []

    assert LogEntry.objects.get(pk=line).text == "Poste sin luz"
    assert Report.objects.get(pk=report).text == "Dos se pelean"
    assert str(Photo.objects.get().report_id) == report
    assert (reborn.waiting, reborn.photos) == ([], [])
    (snapshot,) = reborn.changes()
    assert [row["id"] for row in snapshot["patrols"]] == [str(patrol.pk)]
    assert [row["id"] for row in snapshot["reports"]] == [report]
    assert not reborn.changes()[0]["is_snapshot"]
    assert Clock.objects.get().membership == rosa


def test_what_is_refused_stays_and_what_cannot_be_read_is_kept_by_the_server(phone, rosa, patrol):
    phone.sign_in(rosa.user.username, PASSWORD)
    step = phone.capture("patrol.move", {"patrol": str(patrol.pk), "verb": "resume"})
    phone.capture("poem.written", {"text": "Noche de luna"})

    ((envelope, answer),) = phone.sync()

    assert (envelope["id"], answer["code"]) == (step, "illegal_move")
    assert [one["id"] for one in phone.waiting] == [step]
    assert Quarantined.objects.count() == 1


def test_a_whole_nights_log_goes_in_hundreds_and_twice_is_once(phone, rosa, patrol):
    phone.sign_in(rosa.user.username, PASSWORD)
    for number in range(130):
        phone.capture("patrol.log_entry", {"patrol": str(patrol.pk), "text": f"Cuadra {number}"})
    before = phone.file.read_text()
    assert phone.sync() == []
    phone.waiting = json.loads(before)["waiting"]  # it died before it could write that all was sent

    assert phone.sync() == []
    assert LogEntry.objects.count() == 130


def test_an_enrolled_phone_signs_in_with_its_pin_and_sends_as_itself(phone, rosa, patrol):
    coordinator = MembershipFactory(organization=rosa.organization)
    _, code = people.invite_again(membership=rosa, by=coordinator, at=timezone.now())
    door = f"{phone.site}/api/v1/device-enrollment"
    enrolled = phone.ask("POST", door, {"code": code, "pin": "274916"})[1]

    assert phone.sign_in_by_device(enrolled["device"], "274916")
    phone.capture("patrol.log_entry", {"patrol": str(patrol.pk), "text": "Poste sin luz"})

    assert phone.sync() == []
    assert str(Clock.objects.get().device_id) == phone.device


def test_a_page_with_status_200_is_no_success(example, tmp_path):
    class Portal(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<html>Welcome to the WiFi of the mall</html>")

        def log_message(self, *words):
            pass

    with HTTPServer(("127.0.0.1", 0), Portal) as portal:
        Thread(target=portal.serve_forever, daemon=True).start()
        phone = example.Phone(f"http://127.0.0.1:{portal.server_port}", "ABCDEFGH", tmp_path / "o.json")
        phone.capture("patrol.log_entry", {"patrol": str(uuid4()), "text": "Poste sin luz"})
        with pytest.raises(example.NotTaken):
            phone.sync()
        portal.shutdown()

    assert len(json.loads(phone.file.read_text())["waiting"]) == 1


def test_the_example_stays_short_and_needs_nothing_installed():
    text = EXAMPLE.read_text()
    assert len(text.splitlines()) <= 120
    assert "import requests" not in text
