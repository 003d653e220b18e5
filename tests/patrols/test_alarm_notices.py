"""What leader, coordinator and desk read of an alarm, in the inbox and by e-mail: enough to act, and no
name and no place, for a locked screen shows it to whoever holds the phone."""

import pytest
from django.core import mail

from config.kinds import DIRECTORY, KINDS
from notifications import actions as notifications
from notifications.models import InboxItem
from patrols.actions import alarms, checks
from patrols.actions.moves import Stamp
from patrols.models import LIMA, SafetyCheck
from tests.factories import MembershipFactory


@pytest.fixture(autouse=True)
def _reachable(night):
    """Everybody has an address, and the desk's is on duty."""
    for member in (night.leader, night.mate, night.coordinator, night.watcher, night.chief):
        member.user.email = f"{member.user.username}@example.pe"
        member.user.phone = "+51987654321"
        member.user.save()


def deliver(night, minutes):
    now = night.at(minutes)
    while notifications.deliver(kinds=KINDS, directory=DIRECTORY, clock=lambda: now):
        pass


def read_by(member):
    """Title, text and where it leads, as it came to somebody last."""
    item = InboxItem.objects.filter(recipient_id=member.pk).latest("created_at", "pk")
    return item.title, item.body, item.path


def mailed_to(member):
    return [sent for sent in mail.outbox if sent.to == [member.user.email]]


def everything_said():
    said = [f"{item.title} {item.body} {item.path}" for item in InboxItem.objects.all()]
    return "\n".join([*said, *(f"{sent.subject} {sent.body}" for sent in mail.outbox)])


def secrets_of(night):
    """What may stand in none of it."""
    people = [night.leader, night.mate, night.coordinator, night.watcher, night.chief]
    shift = night.patrol.shift
    names = [word for one in people for word in (one.alias, one.user.full_name, one.user.phone)]
    return [*names, shift.sector.name, shift.meeting_point, night.patrol.organization.name, "-12.0", "-77.0"]


def quiet_since(night, minutes):
    checks.check(
        patrol=night.patrol,
        by=night.mate,
        at=night.at(minutes),
        battery_percent=12,
        stamp=Stamp(lat=-12.03, lon=-77.01, accuracy_m=8.0),
    )
    assert SafetyCheck.objects.exists()


def test_a_silence_says_since_when_and_how_much_battery_and_leads_where_one_acts(night):
    quiet_since(night, 5)
    for minutes in (35, 40, 45):
        night.tick(minutes)
        deliver(night, minutes)
    code, desk = night.patrol.organization.code, night.watcher.organization.code
    since = f"{night.at(5).astimezone(LIMA):%H:%M}"
    title, body, path = read_by(night.leader)
    assert title == "Tu ronda no da señales"
    assert body.startswith(f"Sin noticias desde {since}, batería 12 %.")
    assert "Estamos bien" in body
    assert path == f"/o/{code}/mine/patrols/{night.patrol.pk}/"
    for member, door in ((night.coordinator, f"/o/{code}/alarms/"), (night.watcher, f"/o/{desk}/alarms/")):
        assert read_by(member) == (
            "Una ronda no da señales",
            f"Sin noticias desde {since}, batería 12 %.",
            door,
        )


def test_an_sos_says_when_it_was_pressed_and_a_drill_that_it_is_one(night):
    alarms.raise_sos(patrol=night.patrol, by=night.leader, at=night.at(10), is_drill=True)
    deliver(night, 10)
    title, body, _path = read_by(night.coordinator)
    assert title.startswith("SIMULACRO")
    assert body.startswith("SIMULACRO, nadie está en peligro.")
    alarms.raise_sos(patrol=night.patrol, by=night.mate, at=night.at(15), happened_at=night.at(11))
    deliver(night, 15)
    title, body, _path = read_by(night.leader)
    assert title == "SOS de una ronda"
    pressed, arrived = (f"{night.at(minutes).astimezone(LIMA):%H:%M}" for minutes in (11, 15))
    assert pressed in body
    assert arrived in body


def test_each_hears_it_in_the_inbox_and_by_e_mail_once_and_how_it_ended(night):
    quiet_since(night, 5)
    for minutes in (35, 36, 40, 41):
        night.tick(minutes)
        deliver(night, minutes)
    assert [len(mailed_to(one)) for one in (night.leader, night.coordinator, night.watcher)] == [1, 1, 0]
    checks.check(patrol=night.patrol, by=night.mate, at=night.at(42))
    deliver(night, 42)
    for member in (night.leader, night.coordinator):
        assert read_by(member)[0] == "La alarma terminó"
        assert [sent.subject for sent in mailed_to(member)][1:] == ["La alarma terminó"]
    assert not InboxItem.objects.filter(recipient_id=night.watcher.pk).exists()


def test_no_name_and_no_place_is_in_any_of_it(night):
    quiet_since(night, 5)
    night.tick(45)
    deliver(night, 45)
    alarm = alarms.raise_sos(
        patrol=night.patrol, by=night.mate, at=night.at(50), stamp=Stamp(lat=-12.03, lon=-77.01)
    )
    for minutes in (51, 52, 53):
        night.tick(minutes)
        deliver(night, minutes)
    alarms.call_back(alarm=alarm, by=night.coordinator, at=night.at(54), is_well=True)
    alarms.resolve(alarm=alarm, by=night.coordinator, at=night.at(55), reason="help_came")
    deliver(night, 55)
    said = everything_said()
    assert said.count("SOS de una ronda") >= 8
    assert [secret for secret in secrets_of(night) if secret in said] == []


def test_what_is_no_longer_true_when_it_would_be_sent_is_not_sent(night):
    night.tick(30)
    checks.check(patrol=night.patrol, by=night.mate, at=night.at(31))
    deliver(night, 32)
    assert not InboxItem.objects.exists()
    assert not mail.outbox


def test_in_english_it_reads_as_well(night):
    member = MembershipFactory(organization=night.patrol.organization)
    member.user.language = "en"
    member.user.save()
    night.tick(35)
    deliver(night, 35)
    assert read_by(member)[0] == "A patrol gives no sign of life"


def test_that_all_is_well_is_not_the_last_word_while_the_crew_is_looked_for_again(night):
    """A message about the end that waited is overtaken by the next alarm."""
    for minutes in (30, 35):
        night.tick(minutes)
        deliver(night, minutes)
    checks.check(patrol=night.patrol, by=night.mate, at=night.at(36))
    night.tick(66)
    deliver(night, 66)
    assert [sent.subject for sent in mailed_to(night.leader)] == ["Tu ronda no da señales"] * 2
    assert read_by(night.coordinator)[0] == "La alarma terminó"  # not told of the second one yet
    checks.check(patrol=night.patrol, by=night.mate, at=night.at(67))
    deliver(night, 67)
    assert read_by(night.leader)[0] == "La alarma terminó"
