"""The demo is the same each time, and what it leaves is what the verbs leave."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.apps import apps
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import AutoField, BigAutoField, Max
from django.utils import timezone

from accounts.models import Device, Membership, Organization
from accounts.roles import DEVICE_ROLES
from audit.models import Entry
from audit.sealed import SealedField
from config.demo import life, people
from incidents.models import Photo, Report
from notifications.models import Notice
from patrols.models import LIMA, LogEntry, Move, Patrol, Series, SeriesException, Shift, Signup
from patrols.queries.holidays import holiday_on
from places.models import PriorityPoint
from programs.models import Cohort, Consent, Enrollment, Session
from programs.states import HOLDS_A_SEAT
from tests.demo.conftest import DAY

# What is drawn by the system for safety's sake, and so differs each time.
SECRET = {
    "accounts.User.password": "a hash with its own salt",
    "accounts.Invitation.code_hash": "of a code that nobody can guess",
    "accounts.Device.secret_hash": "of a secret that nobody kept",
    "accounts.Device.pin_hash": "a hash with its own salt",
    "incidents.Report.reporter_alias": "drawn anew for each report, so that it leads to nobody",
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


def written_at(hour, settings, folder, seed=20):
    """What a demo of today, written at that hour, holds; afterwards it is gone."""
    settings.MEDIA_ROOT = folder / f"media-{hour}-{seed}"  # photos are files: no rollback takes them back
    with time_machine.travel(datetime(2030, 3, 6, hour, 17, tzinfo=LIMA)):
        try:
            with transaction.atomic():
                life.write(seed=seed, day=life.day_of(timezone.now()))
                found = dump()
                raise Undone
        except Undone:
            return found


def test_the_same_seed_and_day_give_the_same_rows_at_any_hour(short, settings, tmp_path):
    morning, evening = written_at(9, settings, tmp_path), written_at(22, settings, tmp_path)
    assert morning.keys() == evening.keys()
    for table, rows in morning.items():
        assert evening[table] == rows, table
    assert len(morning["patrols.Move"]) > 20
    assert written_at(9, settings, tmp_path, seed=21)["patrols.Shift"] != morning["patrols.Shift"]


def nothing_is_later_than_its_morning():
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


def three_boards_a_municipality_and_an_ngo_are_there():
    kinds = sorted(Organization.objects.values_list("kind", flat=True))
    assert kinds == ["board", "board", "board", "municipality", "ngo"]
    for board in Organization.objects.filter(kind="board"):
        patrollers = [
            one
            for one in Membership.objects.filter(organization=board).exclude(joining__status="invited")
            if one.roles & DEVICE_ROLES
        ]
        assert len(patrollers) == 12
        assert PriorityPoint.objects.filter(organization=board).count() == 4
        assert Shift.objects.filter(organization=board, service_date__lt=DAY).exists()
        tonight = Shift.objects.get(organization=board, service_date=DAY)
        assert (tonight.status, Patrol.objects.filter(shift=tonight).count()) == ("open", 0)
        assert tonight.confirmed >= 2


def reports_stand_in_every_lane_and_nothing_but_the_seal_says_whose_they_are():
    reports = Report.objects.all()
    assert reports.count() == 50
    assert {"received", "triaged", "resolved"} <= set(reports.values_list("status", flat=True))
    assert {one.organization.kind for one in reports.select_related("organization")} == {"municipality"}
    assert 0 < reports.filter(confidentiality="named").count() < 25
    assert not reports.filter(confidentiality="reserved", patrol__isnull=False).exists()
    for report in reports:
        steps = list(report.moves.order_by("pk").values_list("version", flat=True))
        assert steps == list(range(1, report.version + 1))
        assert Entry.objects.filter(action__startswith="report.", subject_id=str(report.pk)).count() == len(
            steps
        )
        assert report.occurred_at < report.received_at
    for photo in Photo.objects.all():
        assert default_storage.exists(photo.name)


def two_cohorts_run_with_seats_lists_and_consents_of_every_kind():
    running = Cohort.objects.filter(status="running")
    assert running.count() == 2
    for cohort in running:
        held = cohort.enrollments.filter(status__in=HOLDS_A_SEAT).count()
        assert (cohort.seats_taken, held) == (cohort.capacity, cohort.capacity)
        assert cohort.enrollments.filter(status="waitlisted").exists()
        assert cohort.sessions.filter(status="accepted").exists()
    today = Session.objects.get(cohort__name="Panadería, grupo 2", starts_at__date=DAY)
    assert today.status == "open"
    assert {"given", "requested", "refused"} <= set(Consent.objects.values_list("status", flat=True))
    for seat in Enrollment.objects.filter(status="enrolled").select_related("participant"):
        was_there = seat.participant.consents.filter(kind="participation").exclude(answered_at=None)
        assert was_there.exists() or not seat.participant.is_minor(timezone.localdate(seat.enrolled_at))


def every_patrol_has_its_moves_and_every_move_its_line_in_the_trail():
    walked = Patrol.objects.exclude(status="missed")
    assert walked.count() > 3
    for patrol in walked:
        verbs = list(patrol.moves.order_by("pk").values_list("verb", flat=True))
        assert verbs[0] == "open_briefing"
        assert Entry.objects.filter(subject_id=str(patrol.pk)).count() == len(verbs)
        assert len({move.at for move in patrol.moves.all()}) == len(verbs)
    assert call_command("verify_audit") is None


def the_first_board_has_nights_that_come_every_week():
    school, late = Series.objects.order_by("starts_time")
    board = late.organization
    assert {late.kind, school.kind} == {"mixed_round", "school_protection"}
    assert (school.organization, board.name) == (board, people.BOARDS[0])
    nights = Shift.objects.filter(series__in=[late, school], status="open", service_date__gt=DAY)
    assert nights.count() >= 8
    for night in nights.filter(series=late):
        begins, ends = night.starts_at.astimezone(LIMA), night.ends_at.astimezone(LIMA)
        assert (begins.hour, ends.hour, ends.date() - begins.date()) == (22, 2, timedelta(days=1))
    assert Signup.objects.filter(shift__in=nights, status="confirmed").count() >= 3
    different = {one.kind: one for one in SeriesException.objects.filter(series=late)}
    assert different.keys() == {"skipped", "kept"}
    assert holiday_on(different["kept"].occurrence_on)
    skipped = Shift.objects.get(series=late, occurrence_on=different["skipped"].occurrence_on)
    assert skipped.status == "cancelled"


def test_what_the_verbs_left_is_whole(demo):
    """One demo for all of these: writing it is what takes the time."""
    the_first_board_has_nights_that_come_every_week()
    nothing_is_later_than_its_morning()
    three_boards_a_municipality_and_an_ngo_are_there()
    every_patrol_has_its_moves_and_every_move_its_line_in_the_trail()
    reports_stand_in_every_lane_and_nothing_but_the_seal_says_whose_they_are()
    two_cohorts_run_with_seats_lists_and_consents_of_every_kind()


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
