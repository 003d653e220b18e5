"""An evening played at the real doors of a running demo, twice in one day."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils.timezone import now

from audit.models import Entry
from config.demo.cast import PARTS
from incidents.models import Report
from patrols.models import LIMA, CrewMember, LogEntry, Patrol, Signup
from tests.house import free_port

on_a_server = pytest.mark.django_db(transaction=True)


@on_a_server
def test_an_evening_goes_from_the_plan_to_the_answer_and_may_be_played_twice(
    live_server, settled, settings, capsys
):
    settings.SITE_URL = live_server.url
    with time_machine.travel(datetime(2030, 3, 9, 19, 0, tzinfo=LIMA)):  # their phones are enrolled by then
        call_command("simulate_night", minutes=0, seed=7)
        call_command("simulate_night", minutes=0)

    told = [line for line in capsys.readouterr().out.splitlines() if line[2:3] == ":"]
    assert len(told) == 2 * 23
    assert Patrol.objects.filter(status="reviewed").count() == 2
    assert Report.objects.count() == 4
    answered = Report.objects.exclude(answered_at=None)
    assert sorted(answered.values_list("status", flat=True)) == ["resolved", "resolved"]
    assert all(report.occurred_at < report.received_at for report in Report.objects.all())
    assert LogEntry.objects.count() == 4
    assert Entry.objects.filter(action="report.read").count() == 2 * 6


@on_a_server
def test_an_evening_may_be_played_at_any_hour_with_whoever_has_slept(live_server, demo, settings):
    settings.SITE_URL = live_server.url
    walked = Patrol.objects.filter(status="reviewed").count()
    for moment in ((6, 12, 0), (6, 23, 50), (7, 1, 0), (7, 5, 0)):
        with time_machine.travel(datetime(2030, 3, *moment, tzinfo=LIMA)):
            call_command("simulate_night", minutes=0, seed=7)
            walked += 1
            assert Patrol.objects.filter(status="reviewed").count() == walked
            last = Patrol.objects.filter(status="reviewed").latest("started_at")
            assert CrewMember.objects.filter(patrol=last).count() >= 2


@on_a_server
def test_those_of_the_demos_page_are_on_the_street_although_they_go_out_tonight(live_server, demo, settings):
    settings.SITE_URL = live_server.url
    names = {part.full_name for part in PARTS if part.key in ("volunteer", "leader")}
    with time_machine.travel(datetime(2030, 3, 6, 13, 0, tzinfo=LIMA)):
        tonight = Signup.objects.filter(shift__starts_at__range=(now(), now() + timedelta(hours=10)))
        assert tonight.filter(status="confirmed", membership__user__full_name__in=names).exists()
        call_command("simulate_night", minutes=0, seed=7, until=0.45)
    out = Patrol.objects.get(status="active")
    assert names <= set(out.crew.values_list("membership__user__full_name", flat=True))


@on_a_server
def test_without_a_running_demo_it_says_so(settled, settings):
    settings.SITE_URL = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(CommandError, match="make start"):
        call_command("simulate_night", minutes=0)
    assert not Patrol.objects.exists()


def test_it_is_played_in_a_demo_only():
    with pytest.raises(CommandError, match="not a demo"):
        call_command("simulate_night", minutes=0)


def test_it_needs_people_to_play_it(demo_settings):
    with pytest.raises(CommandError, match="seed_demo"):
        call_command("simulate_night", minutes=0)
