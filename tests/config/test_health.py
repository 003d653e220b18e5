"""The house says part by part how it is, and never why in words that are not its own."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from config import parts
from notifications.models import Notice
from phone.models import Quarantined

NAMES = {"database", "broker", "limits", "migrations", "triggers", "notices"}


def test_a_well_house_is_ready_and_names_each_part(client):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "parts": dict.fromkeys(NAMES, "well")}


@pytest.mark.parametrize("name", ["REDIS_URL", "LIMITS_URL"])
def test_a_server_that_does_not_answer_is_named_without_its_address(client, settings, name):
    setattr(settings, name, "redis://:secret-word@127.0.0.1:1/0")
    answer = client.get("/readyz")
    part = {"REDIS_URL": "broker", "LIMITS_URL": "limits"}[name]
    assert answer.status_code == 503
    assert answer.json()["ready"] is False
    assert {who for who, how in answer.json()["parts"].items() if how != "well"} == {part}
    assert "secret-word" not in answer.content.decode()


def test_a_broken_database_is_503_and_its_complaint_stays_inside(client, monkeypatch):
    def refuse():
        raise OperationalError("password of ronda@10.0.0.1 is wrong")

    broken = [parts.Part("database", refuse, "Start it.")]
    monkeypatch.setattr(parts, "READY", broken)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "parts": {"database": "cannot be asked"}}


def test_a_migration_that_was_not_applied_is_missed(client):
    MigrationRecorder(connection).record_unapplied("accounts", "0001_initial")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["migrations"] == "1 not applied"


def test_a_lost_trigger_is_missed(client, monkeypatch):
    monkeypatch.setattr("audit.triggers.missing", lambda: ["audit_entry_refuses_update"])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["triggers"] == "1 missing"


def test_a_notice_long_overdue_means_that_nobody_sends(client):
    _notice_due(minutes_ago=20)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["notices"] == "the oldest due one has waited 20 minutes"


def test_a_notice_just_due_is_no_reason_to_worry(client):
    _notice_due(minutes_ago=5)
    assert client.get("/readyz").status_code == 200


def test_the_doctor_says_what_to_do_next_and_ends_with_an_error(capsys, monkeypatch):
    monkeypatch.setattr("audit.triggers.missing", lambda: ["one", "two"])
    with pytest.raises(SystemExit):
        call_command("doctor")
    said = capsys.readouterr().out
    assert "WRONG  triggers: 2 missing. Run `python manage.py migrate`" in said
    assert "well   database" in said


def test_the_doctor_is_content_with_a_prepared_house(prepared, capsys):
    call_command("doctor")
    assert "Everything is well." in capsys.readouterr().out


def test_the_doctor_says_how_much_of_what_phones_sent_waits_for_a_person(prepared, capsys):
    for reviewed_at in (None, None, timezone.now()):
        Quarantined.objects.create(digest=uuid4().hex, received_at=timezone.now(), reviewed_at=reviewed_at)
    with pytest.raises(SystemExit):
        call_command("doctor")
    assert "WRONG  phones: 2 wait for a person" in capsys.readouterr().out


@pytest.fixture
def prepared():
    (settings.STATIC_ROOT / "staticfiles.json").write_text("{}")
    call_command("messages", "compile")


def _notice_due(minutes_ago):
    now = timezone.now()
    Notice.objects.create(
        pk=uuid4(),
        organization_id=uuid4(),
        recipient_id=uuid4(),
        kind="trial",
        subject_id=uuid4(),
        occasion="trial",
        channel="inbox",
        dedupe_key="trial",
        due_at=now - timedelta(minutes=minutes_ago),
        expires_at=now + timedelta(hours=1),
    )
