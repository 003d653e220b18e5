"""The desk lives with its alarms: news by themselves, drills apart, and what became of each."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from patrols.actions import alarms
from patrols.models import Alarm
from tests.factories import MembershipFactory, OrganizationFactory
from tests.patrols.factories_safety import AlarmFactory, AlarmStepFactory

POLL = {"HX-Request": "true"}


def address(name, member, *keys):
    return reverse(f"patrols:{name}", args=[member.organization.code, *keys])


def page(night, browsing, member, minutes=40, query="", **headers):
    with time_machine.travel(night.at(minutes), tick=False):
        return browsing(member).get(address("alarms", member) + query, headers=headers)


def mark_of(answer):
    return re.search(r"seen=(\w+)", answer.content.decode())[1]


def sos(night, minutes=10, **options):
    return alarms.raise_sos(
        patrol=night.patrol, by=options.pop("by", night.mate), at=night.at(minutes), **options
    )


def ended(night, minutes, **options):
    """An alarm that somebody closed ten minutes later."""
    return AlarmFactory(
        organization=night.patrol.organization,
        patrol=night.patrol,
        status="resolved",
        raised_at=night.at(minutes),
        resolved_at=night.at(minutes + 10),
        reason=options.pop("reason", "help_came"),
        **options,
    )


# -- open ones -------------------------------------------------------------------------------------


def test_a_page_that_asks_again_is_sent_nothing_until_something_changed(night, browsing):
    first = page(night, browsing, night.watcher)
    seen = f"?seen={mark_of(first)}"
    assert page(night, browsing, night.watcher, 41, seen, **POLL).status_code == 204
    sos(night, 41)
    answer = page(night, browsing, night.watcher, 42, seen, **POLL)
    assert (answer.status_code, "Una ronda pide ayuda" in answer.content.decode()) == (200, True)
    mark = f"?seen={mark_of(answer)}"
    alarms.acknowledge(alarm=night.alarm, by=night.coordinator, at=night.at(43))
    assert page(night, browsing, night.watcher, 44, mark, **POLL).status_code == 200


def test_whoever_opens_the_page_is_always_shown_it(night, browsing):
    seen = f"?seen={mark_of(page(night, browsing, night.watcher))}"
    assert page(night, browsing, night.watcher, 41, seen).status_code == 200


def test_the_page_looks_again_by_itself_and_without_javascript_loads_anew(night, browsing):
    said = page(night, browsing, night.watcher).content.decode()
    assert 'hx-trigger="every 15s"' in said
    assert '<noscript><meta http-equiv="refresh" content="30"></noscript>' in said


def test_the_title_counts_real_alarms_and_no_drills(night, browsing):
    sos(night, by=night.leader, is_drill=True)
    assert "<title>Alarmas" in page(night, browsing, night.watcher).content.decode()
    sos(night)
    assert "<title>(1) Alarmas" in page(night, browsing, night.watcher).content.decode()


def test_a_drill_says_so_and_stands_below_what_is_real(night, browsing):
    sos(night, by=night.leader, is_drill=True)
    patrol = night.patrol
    silence = {"kind": "overdue", "raised_by": None, "raised_at": night.at(5)}
    AlarmFactory(organization=patrol.organization, patrol=patrol, **silence)
    said = page(night, browsing, night.watcher).content.decode()
    assert said.index("Sin noticias") < said.index("SIMULACRO")
    assert said.count("alarm-drill") == 1


def test_who_was_told_and_who_saw_it_stands_beside_it(night, browsing):
    alarm = sos(night, 10)
    alarms.acknowledge(alarm=alarm, by=night.watcher, at=night.at(12))
    said = page(night, browsing, night.watcher).content.decode()
    assert night.leader.alias in said
    assert "Lo viste a las" in said
    assert "alarm-seen" not in said
    assert f"alarms/{alarm.pk}/seen/" not in said
    assert f"alarms/{alarm.pk}/seen/" in page(night, browsing, night.coordinator).content.decode()


def test_ten_open_alarms_cost_the_same_queries_as_one(night, browsing):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            page(night, browsing, night.watcher)
        return len(queries)

    AlarmStepFactory(alarm=sos(night), organization=night.patrol.organization)
    page(night, browsing, night.watcher)
    one = cost()
    for alarm in AlarmFactory.create_batch(9, organization=night.patrol.organization):
        AlarmStepFactory(alarm=alarm, organization=night.patrol.organization)
    assert cost() == one


# -- the leader, from the street -------------------------------------------------------------------


def test_the_leader_says_from_the_street_that_they_saw_it_and_nothing_waits_for_it(night, browsing):
    alarm = sos(night, 10)
    with time_machine.travel(night.at(10), tick=False):
        answer = browsing(night.leader).post(address("alarm-seen", night.leader, alarm.pk))
    assert answer.headers["Location"] == address("outing", night.leader, night.patrol.pk)
    alarm = Alarm.objects.get(pk=alarm.pk)
    assert alarm.status == "raised"
    assert alarm.next_step_at == night.at(11)
    assert alarm.steps.get(member=night.leader).acknowledged_at == night.at(10)


def test_of_the_crew_only_who_was_told_says_that_they_saw_it(night, browsing, volunteer, stranger):
    alarm = sos(night, 10)
    with time_machine.travel(night.at(10), tick=False):
        assert browsing(night.mate).post(address("alarm-seen", night.mate, alarm.pk)).status_code == 403
        for member in (volunteer, stranger):
            assert browsing(member).post(address("alarm-seen", member, alarm.pk)).status_code == 404


# -- past ones -------------------------------------------------------------------------------------


def test_what_is_over_says_who_was_told_who_saw_it_and_how_it_ended(night, browsing):
    alarm = ended(
        night,
        10,
        acknowledged_at=night.at(12),
        acknowledged_by=night.watcher,
        resolved_by=night.coordinator,
        lat=-12.01,
        lon=-77.02,
    )
    AlarmStepFactory(
        alarm=alarm, member=night.watcher, organization=alarm.organization, acknowledged_at=night.at(12)
    )
    ended(night, 60, is_drill=True, reason="drill_over")
    said = browsing(night.watcher).get(address("past-alarms", night.watcher)).content.decode()
    for words in ("Llegó ayuda", night.coordinator.alias, night.watcher.alias, "SIMULACRO"):
        assert words in said
    assert "12.01" not in said
    assert said.index("SIMULACRO") < said.index("Llegó ayuda")


def test_once_it_is_over_the_municipality_does_not_read_who_walked(night, browsing):
    """While it is open somebody must know whom to call; afterwards a page of all crews would be left."""
    alarm = ended(night, 10, reason="late_check_in", resolved_by=night.mate)
    AlarmStepFactory(alarm=alarm, member=night.leader, organization=alarm.organization, rung="leader")

    def told_to(member):
        said = browsing(member).get(address("past-alarms", member)).content.decode()
        return [one.alias in said for one in (night.leader, night.mate)]

    assert told_to(night.watcher) == [False, False]
    assert told_to(night.coordinator) == [True, True]


def test_past_alarms_are_paged_without_losing_those_of_one_moment(night, browsing):
    for _number in range(30):
        ended(night, 10)
    door, here = browsing(night.watcher), address("past-alarms", night.watcher)
    first = door.get(here)
    older = first.context["older"]
    second = door.get(older)
    keys = [one.alarm.pk for answer in (first, second) for one in answer.context["rows"]]
    assert (len(keys), len(set(keys))) == (30, 30)
    assert second.context["older"] == ""
    for wrong in ("no-key", str(night.patrol.pk)):
        assert door.get(here, {"before": wrong}).status_code == 404


def test_open_alarms_are_not_among_the_past_ones_and_an_empty_list_teaches(night, browsing):
    sos(night)
    said = browsing(night.watcher).get(address("past-alarms", night.watcher)).content.decode()
    assert "Todavía no terminó ninguna alarma" in said


@pytest.mark.parametrize("name", ["alarms", "past-alarms"])
def test_other_desks_boards_and_volunteers_see_nothing_of_it(name, night, browsing):
    alarm = ended(night, 10)
    sos(night)
    elsewhere = OrganizationFactory(kind="municipality", ubigeo="150110")
    far = MembershipFactory(organization=elsewhere, roles={Role.REVIEWER})
    other = MembershipFactory(organization=OrganizationFactory(ubigeo=night.patrol.organization.ubigeo))
    for member in (far, other):
        said = browsing(member).get(address(name, member)).content.decode()
        assert alarm.organization.name not in said
    assert browsing(night.mate).get(address(name, night.mate)).status_code == 403


def test_an_alarm_that_is_over_is_not_seen_again(night, browsing):
    alarm = ended(night, 10)
    with time_machine.travel(night.at(30), tick=False):
        answer = browsing(night.watcher).post(address("alarm-seen", night.watcher, alarm.pk), follow=True)
    assert "notice-error" in answer.content.decode()
    assert Alarm.objects.get(pk=alarm.pk).acknowledged_at is None
    assert timedelta(minutes=10) == alarm.resolved_at - alarm.raised_at


def test_the_street_page_offers_the_leader_to_say_that_they_saw_it_until_they_did(night, browsing):
    alarm = sos(night, 10)
    seen = f"alarms/{alarm.pk}/seen/"

    def street(member):
        with time_machine.travel(night.at(11), tick=False):
            return browsing(member).get(address("outing", member, night.patrol.pk)).content.decode()

    assert seen in street(night.leader)
    assert seen not in street(night.mate)
    alarms.acknowledge(alarm=alarm, by=night.leader, at=night.at(11))
    assert seen not in street(night.leader)
