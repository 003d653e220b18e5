"""What only real concurrency can show: phones that repeat themselves, a desk where two are equally quick.

On PostgreSQL the row lock decides, on SQLite the immediate transaction.
"""

from uuid import uuid4

import pytest

from accounts.actors import SystemActor
from accounts.models import Receipt
from accounts.roles import Role
from incidents import pictures
from incidents.actions import desk as at_desk
from incidents.actions import photos, reports, telling
from incidents.models import Assignment, Entry, Move, Photo, Report
from incidents.pictures import Picture
from notifications.models import Notice
from tests.factories import NOON, MembershipFactory
from tests.incidents.factories import ReportFactory
from tests.races import all_at_once, outcome

pytestmark = pytest.mark.django_db(transaction=True)
COPIES = 40


@pytest.fixture
def reviewers(desk):
    return MembershipFactory.create_batch(12, organization=desk, roles={Role.REVIEWER})


def test_forty_copies_of_one_report_over_http_are_one_report(as_, url, volunteer, fight, desk):
    words = {
        "id": str(uuid4()),
        "category": fight.code,
        "occurred_at": NOON.isoformat(),
        "text": "Dos personas se golpean",
    }
    address = url(volunteer, "own-report-list")

    answers = all_at_once(COPIES, lambda _: as_(volunteer).post(address, words))

    assert sorted(answer.status_code for answer in answers) == [200] * (COPIES - 1) + [201]
    assert {answer.content for answer in answers} == {answers[0].content}
    assert (Report.objects.count(), Move.objects.count(), Receipt.objects.count()) == (1, 1, 1)


def test_of_many_who_move_the_same_version_exactly_one_wins(reviewers):
    report = ReportFactory()

    def press(number):
        member = reviewers[number]
        return outcome(lambda: at_desk.triage(report=report, by=member, at=NOON, expected_version=1))

    answers = all_at_once(len(reviewers), press)

    assert sorted(answers) == ["done"] + ["stale"] * (len(reviewers) - 1)
    report.refresh_from_db()
    assert (report.version, report.moves.count()) == (2, 1)


def test_of_many_who_take_a_report_one_holds_it(reviewers):
    report = ReportFactory()

    def press(number):
        member = reviewers[number]
        return outcome(
            lambda: at_desk.assign(report=report, by=member, at=NOON, expected_version=1, to=member)
        )

    answers = all_at_once(len(reviewers), press)

    assert answers.count("done") == 1
    report.refresh_from_db()
    assert report.holder == reviewers[answers.index("done")]
    assert Assignment.objects.get(ended_at=None).holder == report.holder


def test_notes_written_at_once_are_all_kept_in_one_history(reviewers):
    """Without a version to look at, everybody's note counts, and each is a version of its own."""
    report = ReportFactory()

    def press(number):
        member = reviewers[number]
        return outcome(
            lambda: at_desk.note(report=report, by=member, at=NOON, expected_version=None, text="Lo vi")
        )

    assert set(all_at_once(len(reviewers), press)) == {"done"}
    assert Entry.objects.count() == len(reviewers)
    versions = report.moves.order_by("version").values_list("version", flat=True)
    assert list(versions) == list(range(2, len(reviewers) + 2))


@pytest.mark.parametrize("_time", range(6))
def test_taking_back_and_reading_at_once_leave_a_whole_report_or_none(volunteer, reviewer, _time):
    report = ReportFactory(by=volunteer)

    def press(number):
        if number:
            return outcome(lambda: reports.undo(report=report, by=volunteer, at=NOON))
        return outcome(lambda: at_desk.triage(report=report, by=reviewer, at=NOON, expected_version=1))

    read, undone = all_at_once(2, press)

    assert (read, undone) in {("done", "too_late"), ("not_found", "done")}
    assert Report.objects.count() == Move.objects.count() == (read == "done")


def test_copies_of_one_photo_are_one_photo_and_one_file(volunteer, monkeypatch, settings):
    monkeypatch.setattr(pictures, "redraw", lambda raw: Picture(b"\xff\xd8" + raw, 64, 48))
    report, key = ReportFactory(by=volunteer), uuid4()

    def press(_):
        return photos.attach(report=report, by=volunteer, at=NOON, photo_id=key, raw=b"pixels")

    answers = all_at_once(20, press)

    assert sorted(status for status, _answer in answers) == [200] * 19 + [201]
    assert Photo.objects.count() == 1
    assert len(list(settings.MEDIA_ROOT.rglob("*.jpg"))) == 1


def test_a_seventh_photo_does_not_slip_in_beside_the_sixth(volunteer, monkeypatch, settings):
    monkeypatch.setattr(pictures, "redraw", lambda raw: Picture(b"\xff\xd8" + raw, 64, 48))
    report = ReportFactory(by=volunteer)

    def press(number):
        raw = b"%d" % number
        return outcome(lambda: photos.attach(report=report, by=volunteer, at=NOON, photo_id=uuid4(), raw=raw))

    answers = all_at_once(12, press)

    assert sorted(answers) == ["done"] * 6 + ["enough_photos"] * 6
    assert Photo.objects.count() == len(list(settings.MEDIA_ROOT.rglob("*.jpg"))) == 6


def test_a_photo_beside_the_undo_of_its_report_leaves_nothing_behind(volunteer, monkeypatch, settings):
    monkeypatch.setattr(pictures, "redraw", lambda raw: Picture(b"\xff\xd8" + raw, 64, 48))
    report = ReportFactory(by=volunteer)

    def press(number):
        if number:
            return outcome(lambda: reports.undo(report=report, by=volunteer, at=NOON))
        return outcome(
            lambda: photos.attach(report=report, by=volunteer, at=NOON, photo_id=uuid4(), raw=b"x")
        )

    assert all_at_once(2, press)[1] == "done"
    assert not Photo.objects.exists()
    assert list(settings.MEDIA_ROOT.rglob("*.jpg")) == []


def test_two_clocks_tell_news_once(volunteer):
    ReportFactory.create_batch(5, by=volunteer, has_news=True)

    def press(number):
        return telling.tell_reporters(by=SystemActor("news"), at=NOON.replace(microsecond=number * 1000))

    assert sorted(all_at_once(8, press)) == [0] * 7 + [1]
    assert Notice.objects.filter(channel="inbox").count() == 1


def test_two_reports_are_not_each_others_duplicate(reviewers):
    pair = [ReportFactory(status="triaged"), ReportFactory(status="triaged")]

    def press(number):
        report, other = pair[number], pair[1 - number]
        return outcome(
            lambda: at_desk.mark_duplicate(
                report=report, by=reviewers[number], at=NOON, expected_version=1, of=other
            )
        )

    answers = all_at_once(2, press)

    assert answers.count("done") == 1
    assert Report.objects.filter(status="duplicate").count() == 1
