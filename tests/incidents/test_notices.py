"""What people are told of reports: the desk at once of what is grave, whoever reported that there is news.

Rows are planned and delivered by the real engine; only the clock is the test's.
"""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SystemActor
from accounts.queries import contacts
from accounts.roles import Role
from config import chores
from config.kinds import KINDS
from incidents.actions import desk as at_desk
from incidents.actions import reports, telling
from incidents.actions.seen import Seen, Toggles
from incidents.models import Report
from notifications import actions as notifications
from notifications.models import InboxItem, Notice
from rules.refusals import NotAllowed
from tests.factories import NOON, MembershipFactory
from tests.incidents.factories import ReportFactory

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NEWS = SystemActor("news")
WEAPON = Toggles(has_weapon=True)


def english(member):
    member.user.language = "en"
    member.user.save()
    return member


def tick(now):
    """What the alarm clock does."""
    chores.run(["news"], now=now)
    notifications.plan(kinds=KINDS, now=now)
    notifications.tidy(now=now)
    while notifications.deliver(kinds=KINDS, directory=contacts, clock=lambda: now):
        pass


def heard(member):
    """What somebody was told, in order: the kinds."""
    items = InboxItem.objects.filter(recipient_id=member.pk, kind__startswith="report_")
    return [item.kind for item in items.order_by("created_at", "pk")]


@pytest.fixture
def rosa(volunteer):
    volunteer.user.email = "rosa@example.pe"
    return english(volunteer)


@pytest.fixture
def file(desk, fight, rosa):
    def send(toggles=WEAPON, category=fight, at=NOON):
        return reports.file(
            report_id=uuid4(),
            by=rosa,
            at=at,
            category=category.code,
            seen=Seen(occurred_at=at, text="Balacera en el parque", toggles=toggles),
        )

    return send


@pytest.fixture
def do(reviewer):
    def act(verb, report, at=NOON + MINUTE, **words):
        report.refresh_from_db()
        return getattr(at_desk, verb)(
            report=report, by=reviewer, at=at, expected_version=report.version, **words
        )

    return act


# -- the desk


def test_the_desk_hears_at_once_of_what_is_grave(file, reviewer, colleague, chief, stranger):
    for member in (reviewer, colleague, chief, stranger):
        english(member)
    file()
    tick(NOON)

    assert [heard(member) for member in (reviewer, colleague, chief)] == [["report_received"]] * 3
    assert heard(stranger) == []
    item = InboxItem.objects.get(recipient_id=reviewer.pk)
    assert (item.title, item.body) == (
        "A serious report came in",
        "Severity 5. Nobody has read it yet.",
    )
    assert item.path == f"/o/{reviewer.organization.code}/reports/"


def test_what_is_not_grave_waits_in_the_queue(file, reviewer):
    file(toggles=Toggles())
    tick(NOON)
    assert heard(reviewer) == []


def test_of_what_is_confidential_only_whoever_hands_it_out_hears(file, reviewer, chief, extortion):
    file(category=extortion)
    tick(NOON)
    assert (heard(reviewer), heard(chief)) == ([], ["report_received"])


@pytest.mark.parametrize("then", ["triage", "undo"])
def test_what_was_read_or_taken_back_is_not_told_any_more(file, do, rosa, reviewer, then):
    report = file()
    if then == "undo":
        reports.undo(report=report, by=rosa, at=NOON)
    else:
        do("triage", report)
    tick(NOON + MINUTE)
    assert heard(reviewer) == []


def test_a_promise_that_was_lost_heals(file, reviewer):
    file()
    Notice.objects.all().delete()
    tick(NOON + HOUR)
    assert heard(reviewer) == ["report_received"]


def test_whoever_gets_a_report_hears_of_it_and_whoever_took_it_does_not(file, do, reviewer, colleague):
    report = file(toggles=Toggles())
    do("assign", report, to=colleague)
    tick(NOON + MINUTE)
    assert (heard(colleague), heard(reviewer)) == (["report_assigned"], [])

    do("assign", report, at=NOON + 2 * MINUTE, to=reviewer)
    tick(NOON + 2 * MINUTE)
    assert heard(reviewer) == []


def test_what_is_somebody_elses_meanwhile_is_not_told(file, do, chief, colleague, reviewer):
    report = file(toggles=Toggles())
    do("assign", report, to=colleague)
    do("assign", report, to=chief)
    tick(NOON + MINUTE)
    assert (heard(colleague), heard(chief)) == ([], ["report_assigned"])


# -- whoever reported


def test_whoever_reported_hears_that_there_is_news_and_not_of_what(file, do, rosa, organization):
    report = file()
    do("triage", report)
    tick(NOON + 2 * MINUTE)

    assert heard(rosa) == ["report_news"]
    item = InboxItem.objects.get(recipient_id=rosa.pk)
    assert (item.title, item.body) == ("There is something new for you", "Open Ronda to read it.")
    assert item.path == f"/o/{organization.code}/mine/reports/"
    said = " ".join(str(value) for value in InboxItem.objects.filter(pk=item.pk).values().get().values())
    said += " ".join(
        str(value) for row in Notice.objects.filter(recipient_id=rosa.pk).values() for value in row.values()
    )
    for secret in (report.pk, report.pk.hex, report.reporter_tag, "Balacera", report.reporter_alias):
        assert str(secret) not in said


def test_news_is_told_once_however_much_happened(file, do, rosa):
    first, second = file(), file()
    for report in (first, second):
        do("triage", report)
    do("verify", first)
    for minutes in (1, 2, 3):
        tick(NOON + minutes * MINUTE)
    assert heard(rosa) == ["report_news"]

    do("answer", first, text="Ya vamos")
    tick(NOON + HOUR)
    assert heard(rosa) == ["report_news"] * 2


@pytest.mark.parametrize(("verb", "words"), [("note", {"text": "Llamé a la base"}), ("assign", {})])
def test_what_the_desk_does_among_itself_is_no_news(file, do, rosa, colleague, verb, words):
    report = file(toggles=Toggles())
    do(verb, report, **words | ({"to": colleague} if verb == "assign" else {}))
    tick(NOON + 2 * MINUTE)
    assert heard(rosa) == []


def test_what_one_did_oneself_is_no_news(file, rosa):
    reports.correct(report=file(), by=rosa, at=NOON, text="Eran tres")
    tick(NOON + 2 * MINUTE)
    assert heard(rosa) == []


def test_news_reaches_the_sender_of_a_named_report_too(rosa, do):
    report = ReportFactory(by=rosa, confidentiality="named")
    do("triage", report)
    tick(NOON + 2 * MINUTE)
    assert heard(rosa) == ["report_news"]


def test_nobody_else_hears_of_it(file, do, rosa, organization, coordinator, stranger):
    neighbor = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    do("triage", file())
    tick(NOON + 2 * MINUTE)
    assert heard(neighbor) == heard(coordinator) == heard(stranger) == []


def test_whoever_left_is_told_nothing_and_it_is_not_tried_again(file, do, rosa):
    report = file()
    rosa.left_on = NOON.date()
    rosa.save()
    do("triage", report)
    tick(NOON + 2 * MINUTE)
    assert heard(rosa) == []
    assert not Report.objects.filter(has_news=True).exists()


def test_of_an_anonymous_report_there_is_nobody_to_tell(do):
    report = ReportFactory(confidentiality="anonymous")
    do("triage", report)
    report.refresh_from_db()
    assert not report.has_news


def test_only_the_clock_tells_news(volunteer):
    with pytest.raises(NotAllowed):
        telling.tell_reporters(by=SystemActor("offers"), at=NOON)


def test_telling_costs_the_same_for_one_report_and_for_ten(rosa, organization):
    def cost():
        ReportFactory(by=rosa, has_news=True)
        with CaptureQueriesContext(connection) as caught:
            telling.tell_reporters(by=NEWS, at=NOON)
        return len(caught)

    for_one = cost()
    for _ in range(9):
        ReportFactory(by=MembershipFactory(organization=organization, roles={Role.VOLUNTEER}), has_news=True)
    assert cost() == for_one


def test_planning_costs_the_same_for_one_report_and_for_ten(reviewer, colleague):
    def cost():
        with CaptureQueriesContext(connection) as caught:
            for kind in KINDS:
                if kind.code.startswith("report_"):
                    list(kind.wanted(NOON, NOON + 48 * HOUR))
        return len(caught)

    def happen():
        report = ReportFactory(severity=5)
        at_desk.assign(report=report, by=reviewer, at=NOON, expected_version=1, to=colleague)

    happen()
    for_one = cost()
    for _ in range(9):
        happen()
    assert cost() == for_one


def test_no_mail_about_a_report_says_what_was_seen(file, do, rosa, reviewer):
    rosa.user.save()
    reviewer.user.email = "mesa@example.pe"
    reviewer.user.save()
    do("triage", file())
    file()
    tick(NOON + 2 * MINUTE)

    sent = " ".join(f"{message.subject} {message.body}" for message in mail.outbox)
    assert len(mail.outbox) == 2
    for secret in ("Balacera", "parque", "Pelea", "fight", rosa.alias, rosa.user.full_name):
        assert secret not in sent
