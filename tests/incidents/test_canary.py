"""The canary of docs/decisions/0012: a reporter, a place and a text nobody could mistake travel the whole
way over HTTP, and are then looked for in every table, log line, broker key, notice, mail and file.

Two neighbors live through the same story, one after the other. What the rows of both have in common is how
the house works; whatever else leads from one's report to that one is a breach. Joins are made by equal
values, over as many rows as it takes, not by words alone.
"""

import io
import logging
import re
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
import redis
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone
from PIL import Image

from accounts import receipts
from accounts.actors import BlindActor
from accounts.models import Membership
from accounts.queries import contacts
from accounts.roles import Role
from audit import actions as audit
from config import chores, requests, tasks
from config.kinds import KINDS
from incidents import pictures
from incidents.actions import moves, reports
from incidents.actions.seen import Place
from incidents.models import Report
from incidents.queries import promises
from notifications import actions as notifications
from notifications.kinds import Wanted
from tests.factories import (
    CrewMemberFactory,
    MembershipFactory,
    PatrolFactory,
    SectorFactory,
    ShiftFactory,
)
from tests.incidents.factories import CategoryFactory

pytestmark = pytest.mark.django_db(transaction=True)

# -- what is planted

TEXTS = ("zangolotino", "anacoluto", "escarapela", "perogrullo", "mentecato", "otrosuceso", "sealedact")
PLACES = ("Sinforosa", "Zarumilla", "QX7")
DIGITS = ("12.0367", "76.9987", "0367519", "9987643")
CAMERA = ("RosaPhone", "Exif")
KEPT_IN = {"incidents_report", "incidents_entry"}
# Where somebody stood on patrol is theirs to note; the same fix on a report must not look the same.
WALKED_IN = KEPT_IN | {"patrols_logentry", "patrols_move"}


class Neighbor:
    """A volunteer, and every word that stands for them."""

    def __init__(self, organization, name, alias, lat, lon):
        self.where = {"lat": lat, "lon": lon, "accuracy_m": 7 + lat / 100}
        self.member = MembershipFactory(organization=organization, roles={Role.VOLUNTEER}, alias=alias)
        user = self.member.user
        user.full_name, user.username = f"{name} Quispecondor", f"{name}.qc"
        user.phone = "+5194455566" + str(len(name))
        user.email = f"{name}@example.pe".lower()
        user.save()
        self.client = Client()
        self.client.force_login(user)
        self.home = f"/api/v1/{organization.code}"
        self.reserved: list[str] = []
        ids = (self.member.pk, user.pk)
        self.words = [user.full_name, user.username, user.phone, user.email, alias]
        self.words += [form for each in ids for form in (str(each), each.hex)]

    def post(self, address, words, **more):
        return self.client.post(f"{self.home}/{address}", words, content_type="application/json", **more)


@pytest.fixture
def house(organization, desk):
    """A board with a shift and a patrol, its desk with two reviewers, and what can be reported."""
    sector = SectorFactory(district__ubigeo=organization.ubigeo)
    soon = timezone.now() + timedelta(hours=1)
    shift = ShiftFactory(organization=organization, sector=sector, starts_at=soon, service_date=soon.date())
    CategoryFactory(severity=4)
    staff = [MembershipFactory(organization=desk, roles={Role.REVIEWER}) for _ in range(2)]
    for number, member in enumerate(staff):
        member.user.email = f"mesa{number}@example.pe"
        member.user.save()
    return shift, staff


# -- the story


def tick():
    """What the alarm clock does; its rings lie in the broker."""
    tasks.tick.apply_async()
    tasks.do_chores.apply_async()
    now = timezone.now()
    chores.run(["news", "seal"], now=now)
    notifications.plan(kinds=KINDS, now=now)
    while notifications.deliver(kinds=KINDS, directory=contacts, clock=timezone.now):
        pass


def photo():
    exif = Image.Exif()
    exif[0x010F] = "RosaPhone"
    exif[0x8825] = {1: "S", 2: (12.0, 3.0, 7.77), 3: "W", 4: (76.0, 59.0, 55.5)}
    file = BytesIO()
    Image.new("RGB", (64, 48), "red").save(file, "JPEG", exif=exif.tobytes())
    return SimpleUploadedFile("Sinforosa.jpg", file.getvalue(), "image/jpeg")


def said(neighbor, text, **words):
    return (
        neighbor.where
        | {
            "id": str(uuid4()),
            "category": "VID-05",
            "occurred_at": timezone.now().isoformat(),
            "text": f"El {text} rompió la reja",
            "street": "Jirón Zarumilla",
            "block": "QX7",
            "reference": "frente a la botica Sinforosa",
        }
        | words
    )


def patrol_of(neighbor, shift):
    """They are out with a crew, at the very place of the report."""
    began = timezone.now() - timedelta(hours=2)
    out = ShiftFactory(
        organization=shift.organization, sector=shift.sector, starts_at=began, service_date=began.date()
    )
    patrol = PatrolFactory(organization=shift.organization, shift=out, status="active", started_at=began)
    CrewMemberFactory(
        organization=shift.organization, patrol=patrol, membership=neighbor.member, attendance="present"
    )
    return patrol


def live(neighbor, house):
    """Sign up, walk, report, be answered, correct, retract; report again and take it back."""
    shift, (reviewer, colleague) = house
    patrol = patrol_of(neighbor, shift)
    neighbor.post(f"shifts/{shift.pk}/signups/", {"id": str(uuid4())})
    line = {"id": str(uuid4()), "captured_at": timezone.now().isoformat(), "text": "Todo bien"}
    assert neighbor.post(f"patrols/{patrol.pk}/log/", line | neighbor.where).status_code == 201
    assert neighbor.post(f"patrols/{patrol.pk}/pause/", neighbor.where).status_code == 200

    words = said(neighbor, "zangolotino", patrol=str(patrol.pk))
    sent = neighbor.post("my-reports/", words)
    assert sent.status_code == 201, sent.content
    neighbor.reserved.append(words["id"])
    key, mine = words["id"], f"my-reports/{words['id']}"
    picture = {"id": str(uuid4()), "photo": photo()}
    assert neighbor.client.post(f"{neighbor.home}/{mine}/photos/", picture).status_code == 201
    neighbor.reserved.append(picture["id"])

    # Sent again with other words, under a number used elsewhere, broken, and with what nobody declared.
    assert neighbor.post("my-reports/", said(neighbor, "otrosuceso", id=key)).status_code == 409
    assert neighbor.post(f"patrols/{patrol.pk}/log/", line | {"id": key}).status_code in {409, 400}
    assert neighbor.post("my-reports/", '{"text": "zangolotino').status_code == 400
    assert (
        neighbor.post("my-reports/", said(neighbor, "mentecato", suspect="el Sinforosa")).status_code == 400
    )
    # Something else, elsewhere, with their name: it must not give away the other.
    lat, lon = neighbor.where["lat"] + 0.01, neighbor.where["lon"] + 0.01
    elsewhere = {"lat": lat, "lon": lon, "street": "", "reference": "", "block": ""}
    named = said(neighbor, "mentecato", confidentiality="named", patrol=str(patrol.pk), **elsewhere)
    assert neighbor.post("my-reports/", named).status_code == 201

    # And somebody was caught in the act on the same patrol: that record names its author, no report does.
    caught = {
        "id": str(uuid4()),
        "patrol": str(patrol.pk),
        "caught_at": timezone.now().isoformat(),
        "seen": "sealedact",
        "has_injuries": False,
        "was_force_used": False,
    }
    assert neighbor.post("my-citizen-arrests/", caught).status_code == 201

    at_desk(reviewer, colleague, key)
    tick()
    record_at_desk(reviewer, caught["id"])  # once told: a notice that came too late says so, as others do
    assert neighbor.post(f"{mine}/correct/", {"text": "Eran dos, anacoluto"}).status_code == 200
    assert neighbor.post(f"{mine}/retract/", {"text": "escarapela"}).status_code == 200
    for address in ("my-reports/", f"{mine}/", f"my-photos/{picture['id']}/", "inbox/"):
        assert neighbor.client.get(f"{neighbor.home}/{address}").status_code == 200, address

    again = said(neighbor, "mentecato")
    assert neighbor.post("my-reports/", again).status_code == 201
    neighbor.reserved.append(again["id"])
    assert neighbor.post(f"my-reports/{again['id']}/undo/", {}).status_code == 204
    assert neighbor.post("my-reports/", again).status_code == 410
    tick()


def at_desk(reviewer, colleague, key):
    """List, read, triage, give it away, write to whoever reported; one write comes too late."""
    home = f"/api/v1/{reviewer.organization.code}"
    first, second = Client(), Client()
    first.force_login(reviewer.user)
    second.force_login(colleague.user)
    assert first.get(f"{home}/reports/?lane=new").status_code == 200
    assert first.get(f"{home}/reports/{key}/").status_code == 200
    steps = [
        (first, "triage", {"has_weapon": True}),
        (first, "assign", {"member": str(colleague.pk)}),
        (second, "verify", {}),
        (second, "note", {"text": "perogrullo"}),
        (second, "answer", {"text": "Vamos hacia la botica Sinforosa, perogrullo"}),
    ]
    for version, (client, verb, words) in enumerate(steps, start=2):
        address = f"{home}/reports/{key}/{verb}/"
        answer = client.post(address, words | {"version": version}, content_type="application/json")
        assert answer.status_code == 200, (verb, answer.content)
    late = first.post(f"{home}/reports/{key}/reopen/", {"version": 2}, content_type="application/json")
    assert late.status_code == 409


def record_at_desk(reviewer, key):
    """Open the record of an arrest, and say what is done about it."""
    client, there = Client(), f"/api/v1/{reviewer.organization.code}/citizen-arrests/{key}/"
    client.force_login(reviewer.user)
    assert client.get(there).json()["seen"] == "sealedact"
    words = {"version": 1, "note": "sealedact"}
    assert client.post(f"{there}review/", words, content_type="application/json").status_code == 200


# -- the walk

PERSONAL = {"accounts_user", "accounts_membership"}


UUID = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})")
INSIDE = re.compile(r"[0-9a-f]{32,}|-?\d+\.\d{5,}|\d{13,}")


class Row:
    """One row of one table as it lies there: what it says, and every value that may be found elsewhere too,
    also those inside a cell of JSON or of several words."""

    def __init__(self, table, values):
        self.table = table
        cells = [plain(value) for value in values if value is not None]
        self.text = "\n".join(cells)
        self.values = {*cells, *INSIDE.findall(self.text)}

    def holds(self, words):
        return [word for word in words if word in self.text]


def plain(value):
    """A cell as text that is the same on both databases; ids without their dashes."""
    if isinstance(value, bytes | memoryview):
        return bytes(value).decode("latin-1")
    if isinstance(value, datetime):
        value = value.replace(tzinfo=None)
    return UUID.sub(r"\1\2\3\4\5", str(value))


def every_row():
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  # the database's own names
            yield from (Row(table, values) for values in cursor.fetchall())


SHARED_BY_MANY = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:00)?|8[0-9a-f]{14}")


def tells(value):
    """Whether two rows that share this value are joined by it: not by a flag, a code or a small number, a
    day or a minute, or a cell of the map, in which a few hundred people live."""
    return len(value) >= 8 and not SHARED_BY_MANY.fullmatch(value)


def joined(rows, start, ignoring):
    """Every row that can be reached from these over equal values other than the ones to be ignored, and
    the way there."""
    by_value: dict[str, list[Row]] = {}
    for row in rows:
        for value in row.values:
            by_value.setdefault(value, []).append(row)
    ways = {row: row.table for row in start}
    waiting = list(start)
    while waiting:
        row = waiting.pop(0)
        for value in filter(tells, row.values - ignoring):
            for other in by_value[value]:
                if other not in ways:
                    ways[other] = f"{ways[row]} ={value[:40]}= {other.table}"
                    waiting.append(other)
    return ways


def forms(keys):
    return [form for key in keys for form in (str(key), str(key).replace("-", ""))]


def breaches(rosa, juan):
    """Every way in which a table gives something away."""
    rows = list(every_row())
    found = [
        f"{row.table}: {word}"
        for row in rows
        for words, tables in ((TEXTS + PLACES, KEPT_IN), (DIGITS, WALKED_IN))
        if row.table not in tables and not ("log:" in row.text and words is DIGITS)
        for word in row.holds(words)
    ]
    about_rosas = [row for row in rows if row.holds(forms(rosa.reserved))]
    found += [f"{row.table} names the reporter" for row in about_rosas if row.holds(rosa.words)]
    about_juan = [row for row in rows if row.holds(forms(juan.reserved) + juan.words)]
    common = {value for row in about_juan for value in row.values}
    ways = joined(rows, about_rosas, common)
    return found + [f"joined: {way}" for row, way in ways.items() if row.holds(rosa.words)]


def said_elsewhere(rosa, logs):
    """Every way in which a log line, a broker key, a mail, an inbox or a file gives something away."""
    secrets = [*TEXTS, *PLACES, *DIGITS]
    about = forms(rosa.reserved)
    lines = [line for line in logs.getvalue().splitlines() if line]
    assert any("request_finished" in line for line in lines), "nothing was logged: that proves nothing"
    found = [f"log: {word}" for line in lines for word in [*secrets, *rosa.words] if word in line]
    found += [
        f"broker: {word}"
        for text in kept_by_the_brokers()
        for word in [*secrets, *rosa.words, *about]
        if word in text
    ]
    for message in mail.outbox:
        text = f"{message.subject} {message.body} {message.extra_headers}"
        to_rosa = about if rosa.member.user.email in message.to else []
        found += [f"mail: {word}" for word in [*secrets, *rosa.words[:3], *to_rosa] if word in text]
    for path in Path(settings.MEDIA_ROOT).rglob("*.*"):
        raw = path.read_bytes().decode("latin-1") + str(path.relative_to(settings.MEDIA_ROOT))
        found += [f"file: {word}" for word in [*CAMERA, *secrets, *rosa.words, *about] if word in raw]
    return found


READ = {"string": "get", "list": "lrange", "set": "smembers", "hash": "hgetall", "zset": "zrange"}


def kept_by_the_brokers():
    """Every key and value of both servers."""
    for address in (settings.REDIS_URL, settings.LIMITS_URL):
        server = redis.from_url(address)
        for key in server.scan_iter():
            kind = server.type(key).decode()
            whole = {"string": (), "list": (0, -1), "set": (), "hash": (), "zset": (0, -1)}[kind]
            read = getattr(server, READ[kind])
            yield f"{key!r} {read(key, *whole)!r}"


@pytest.fixture
def logs():
    """What the house writes down, in its own words, more than it would say in production."""
    root, lines = logging.getLogger(), io.StringIO()
    handler = logging.StreamHandler(lines)
    handler.setFormatter(next(h.formatter for h in root.handlers if h.get_name() == "out" or h.formatter))
    # Not what the test itself says: its factories and the painter of its photo.
    handler.addFilter(lambda line: not line.name.startswith(("factory", "PIL", "faker")))
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lines
    root.setLevel(level)
    root.removeHandler(handler)


@pytest.fixture
def told(organization, house, logs):
    """Let both live through it, and answer every breach."""

    def tell():
        juan = Neighbor(organization, "Juanisidro", "Chirigüe 7712", -12.0411203000789, -77.0023321000654)
        rosa = Neighbor(organization, "Rosaura", "Huerequeque 8431", -12.0367519000123, -76.9987643000456)
        live(juan, house)
        live(rosa, house)
        return breaches(rosa, juan) + said_elsewhere(rosa, logs)

    return tell


def test_nothing_but_the_seal_joins_a_reporter_to_a_reserved_report(told):
    assert sorted(set(told())) == []
    assert Report.objects.filter(text__contains="zangolotino").count() == 2
    assert len(mail.outbox) >= 4
    assert list(Path(settings.MEDIA_ROOT).rglob("*.jpg"))


# -- planted breaches: each must be seen


def an_audit_line_that_names_the_member(patch):
    patch.setattr(BlindActor, "audit_id", property(lambda self: self.membership.audit_id))


def a_receipt_under_the_tag_of_all_others(patch):
    patch.setattr(
        "incidents.api.mine.veiled",
        lambda member, *, key, kept_by: receipts.Author(kept_by, receipts.author_tag(member)),
    )


def a_conflict_under_the_tag_of_all_others(patch):
    def keep(receipt, *, kind, digest, body, by):
        receipts.ReceiptConflict.objects.create(
            organization_id=by.organization_id, receipt=receipt, kind=kind, author_tag=by.tag, digest=digest
        )

    patch.setattr(receipts, "_keep", keep)


def a_log_line_with_the_person(patch):
    plainly = requests.RouteLog.format_request
    patch.setattr(
        requests.RouteLog,
        "format_request",
        staticmethod(lambda request: f"{plainly(request)} {getattr(request, 'user', None)}"),
    )


def a_log_line_with_the_path(patch):
    patch.setattr(requests.RouteLog, "format_request", staticmethod(lambda request: f"{request.body[:400]}"))


def a_photo_as_it_came(patch):
    patch.setattr(pictures, "redraw", lambda raw: pictures.Picture(raw, 64, 48))


def a_notice_that_names_the_report(patch):
    def of_news(member: Membership, at):
        (report,) = Report.own.all().visible_to(member).filter(text__contains="zangolotino")
        to, until = (member.organization_id, member.pk), at + timedelta(minutes=1)
        return Wanted(promises.NEWS, *to, report.pk, 0, f"x{at}", at, until)

    patch.setattr(promises, "of_news", of_news)


def a_moment_on_both_sides(patch):
    """The report would keep when its sender was told: the very moment on the notice."""
    plainly = promises.of_news

    def of_news(member, at):
        Report.own.all().visible_to(member).update(answered_at=at)
        return plainly(member, at)

    patch.setattr(promises, "of_news", of_news)


def a_step_that_names_the_member(patch):
    plainly = moves.keep

    def keep(report, verb, *, by, at, changed):
        actor = by.membership if verb == "correct" else by
        return plainly(report, verb, by=actor, at=at, changed=changed)

    patch.setattr(moves, "keep", keep)


def a_reason_written_into_the_trail(patch):
    plainly = audit.record
    patch.setattr(
        audit, "record", lambda **words: plainly(**words, text=getattr(words["subject"], "text", "")[:40])
    )


def a_place_as_exact_as_the_phone_had_it(patch):
    patch.setattr(
        Place, "columns", lambda self: {"lat": self.lat, "lon": self.lon, "accuracy_m": self.accuracy_m}
    )


BREACHES = [
    an_audit_line_that_names_the_member,
    a_receipt_under_the_tag_of_all_others,
    a_conflict_under_the_tag_of_all_others,
    a_log_line_with_the_person,
    a_log_line_with_the_path,
    a_photo_as_it_came,
    a_notice_that_names_the_report,
    a_moment_on_both_sides,
    a_step_that_names_the_member,
    a_reason_written_into_the_trail,
    a_place_as_exact_as_the_phone_had_it,
]


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: breach.__name__)
def test_a_planted_breach_is_seen(breach, told, monkeypatch):
    breach(monkeypatch)
    assert told()


def test_a_reserved_report_that_would_keep_its_patrol_is_refused_by_the_database(told, monkeypatch):
    plainly = reports._hide_the_reporter

    def hide(report, by, confidentiality, patrol):
        plainly(report, by, confidentiality, patrol)
        report.patrol = patrol

    monkeypatch.setattr(reports, "_hide_the_reporter", hide)
    with pytest.raises(IntegrityError, match="report_tells_its_patrol_only_if_named"):
        told()
