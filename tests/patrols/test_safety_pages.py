"""The crew's own line on the street page, and the same by the sync door."""

import time_machine
from django.urls import reverse

from patrols.models import Alarm, DutyTurn, SafetyCheck


def page(night, browsing, name="outing", method="get"):
    address = reverse(f"patrols:{name}", args=[night.patrol.organization.code, night.patrol.pk])
    with time_machine.travel(night.at(10), tick=False):
        return getattr(browsing(night.mate), method)(address)


def test_we_are_well_is_one_tap(night, browsing):
    assert page(night, browsing, "well", "post").status_code == 302
    assert SafetyCheck.objects.get().member == night.mate


def test_a_call_for_help_is_sent_and_shown_until_somebody_saw_it(night, browsing):
    page(night, browsing, "help", "post")
    assert Alarm.objects.get().raised_by == night.mate
    assert "Nadie lo vio todavía" in page(night, browsing).content.decode()


def test_the_page_says_who_answers_and_when_nobody_does(night, browsing):
    assert night.watcher.alias in page(night, browsing).content.decode()
    DutyTurn.objects.all().delete()
    assert night.watcher.alias not in page(night, browsing).content.decode()
