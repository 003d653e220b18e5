"""The demo is the same each time, and what it leaves is what the verbs leave."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import AutoField, BigAutoField, Max
from django.utils import timezone

from accounts.models import Device, Membership, Organization
from accounts.roles import DEVICE_ROLES
from audit.models import Entry
from audit.sealed import SealedField
from config.demo import life
from notifications.models import Notice
from patrols.models import LIMA, LogEntry, Move, Patrol, Shift, Signup
from places.models import PriorityPoint
from tests.demo.conftest import DAY

# What is drawn by the system for safety's sake, and so differs each time.
SECRET = {
    "accounts.User.password": "a hash with its own salt",
    "accounts.Invitation.code_hash": "of a code that nobody can guess",
    "accounts.Device.secret_hash": "of a secret that nobody kept",
    "accounts.Device.pin_hash": "a hash with its own salt",
}
OF_DJANGO = {"contenttypes", "auth"}


class Undone(Exception):
    """Takes a written demo back."""


def dump():
    """Every row of every table. Numbers that a sequence gave say only the order; sealed columns hold
    a nonce, so of them only whether there is something."""
    return {
        model._meta.label: list(map(repr, rows_of(model)))
        for model in apps.get_models()
        if model._meta.app_label not in OF_DJANGO
    }


def rows_of(model):
    fields = [
        field for field in model._meta.concrete_fields if f"{model._meta.label}.{field.name}" not in SECRET
    ]
    plain = [field for field in fields if not isinstance(field, SealedField | AutoField | BigAutoField)]
    sealed = [field for field in fields if isinstance(field, SealedField)]
    for row in model._default_manager.order_by("pk"):
        yield [
            *((field.name, getattr(row, field.attname)) for field in plain),
            *((field.name, getattr(row, field.attname) is not None) for field in sealed),
        ]


def written_at(hour, seed=20):
    """What a demo of today, written at that hour, holds; afterwards it is gone."""
    with time_machine.travel(datetime(2030, 3, 6, hour, 17, tzinfo=LIMA)):
        try:
            with transaction.atomic():
                life.write(seed=seed, day=life.day_of(timezone.now()))
                found = dump()
                raise Undone
        except Undone:
            return found


def test_the_same_seed_and_day_give_the_same_rows_at_any_hour(short):
    morning, evening = written_at(9), written_at(22)
    assert morning.keys() == evening.keys()
    for table, rows in morning.items():
        assert evening[table] == rows, table
    assert len(morning["patrols.Move"]) > 20
    assert written_at(9, seed=21)["patrols.Shift"] != morning["patrols.Shift"]


def test_nothing_in_it_is_later_than_its_morning(demo):
    morning = life.morning_of(DAY)
    for model, moment in (
        (Entry, "at"),
        (Move, "at"),
        (LogEntry, "recorded_at"),
        (Signup, "signed_up_at"),
        (Organization, "created_at"),
        (Device, "enrolled_at"),
        (Notice, "created_at"),
    ):
        latest = model.objects.aggregate(latest=Max(moment))["latest"]
        assert morning - timedelta(days=40) < latest <= morning, model


def test_three_boards_a_municipality_and_an_ngo_are_there(demo):
    kinds = sorted(Organization.objects.values_list("kind", flat=True))
    assert kinds == ["board", "board", "board", "municipality", "ngo"]
    for board in Organization.objects.filter(kind="board"):
        patrollers = [
            one for one in Membership.objects.filter(organization=board) if one.roles & DEVICE_ROLES
        ]
        assert len(patrollers) == 12
        assert PriorityPoint.objects.filter(organization=board).count() == 4
        assert Shift.objects.filter(organization=board, service_date__lt=DAY).exists()
        tonight = Shift.objects.get(organization=board, service_date=DAY)
        assert (tonight.status, Patrol.objects.filter(shift=tonight).count()) == ("open", 0)
        assert tonight.confirmed >= 2


def test_every_patrol_has_its_moves_and_every_move_its_line_in_the_trail(demo):
    walked = Patrol.objects.exclude(status="missed")
    assert walked.count() > 3
    for patrol in walked:
        verbs = list(patrol.moves.order_by("pk").values_list("verb", flat=True))
        assert verbs[0] == "open_briefing"
        assert Entry.objects.filter(subject_id=str(patrol.pk)).count() == len(verbs)
        assert len({move.at for move in patrol.moves.all()}) == len(verbs)
    assert call_command("verify_audit") is None


def test_a_demo_cannot_stop_in_the_future(short):
    with (
        time_machine.travel(datetime(2030, 3, 6, 5, tzinfo=LIMA)),
        pytest.raises(CommandError, match="future"),
    ):
        call_command("seed_demo", day=DAY)


def test_where_there_is_no_demo_none_is_written(short, settings):
    settings.RONDA_DEMO = False
    with pytest.raises(CommandError, match="RONDA_DEMO"):
        call_command("seed_demo")
    assert not Organization.objects.exists()


def test_a_second_start_leaves_the_demo_as_it_is(settled, capsys):
    call_command("seed_demo")
    assert not Shift.objects.exists()
    assert "/demo/" in capsys.readouterr().out
