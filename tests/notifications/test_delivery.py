"""Keeping promises: what is due is asked once more, told once, and tried again when it fails."""

from datetime import timedelta

import pytest

from notifications import actions, queries
from notifications.actions import leases
from notifications.actions.delivery import pause
from notifications.models import Attempt, InboxItem, Notice
from notifications.states import NOTICE
from rules.refusals import IllegalMove
from tests.notifications.world import DAY, HOUR

MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """What `kill -9` looks like from inside: nothing catches it, nothing cleans up."""


def one(channel="inbox"):
    return Notice.objects.get(channel=channel)


def codes():
    return list(Attempt.objects.order_by("pk").values_list("outcome", flat=True))


def test_a_due_notice_reaches_the_inbox_and_the_mailbox(world):
    person = world.person()
    outing = world.outing(person)
    world.tick()
    item = InboxItem.objects.get()
    assert (item.recipient_id, item.title, item.body) == (person, "Tienes una ronda", "Versión 1")
    assert item.path == f"/o/AAAA2222/{outing.id}/"
    assert item.read_at is None
    assert world.mailbox == [(one("email").pk, person, "Tienes una ronda")]
    assert {notice.state for notice in Notice.objects.all()} == {"sent"}
    assert {notice.sent_at for notice in Notice.objects.all()} == {world.clock()}


def test_a_notice_is_not_sent_before_it_is_due(world):
    world.outing(world.person(), starts_at=world.clock() + DAY + MINUTE)
    world.tick()
    assert not InboxItem.objects.exists()
    world.clock.move(MINUTE)
    world.tick()
    assert InboxItem.objects.count() == 1


def test_what_is_no_longer_true_is_not_said(world):
    outing = world.outing(world.person())
    world.plan()
    outing.is_on = False
    world.deliver()
    assert one().state == "superseded"
    assert set(codes()) == {"not_true_now"}
    assert not InboxItem.objects.exists()
    assert not world.mailbox


def test_a_notice_that_comes_too_late_expires(world):
    world.outing(world.person())
    world.plan()
    world.clock.move(DAY + HOUR)
    assert world.deliver() == 0
    actions.tidy(now=world.clock())
    assert {notice.state for notice in Notice.objects.all()} == {"expired"}
    assert not InboxItem.objects.exists()


def test_a_notice_that_expires_while_its_batch_is_served_is_not_sent(world):
    outing = world.outing(world.person(), world.person())
    world.plan()
    last_moment = outing.starts_at + HOUR
    world.before_saying = lambda notice: setattr(world.clock, "now", last_moment)
    world.deliver()
    assert InboxItem.objects.count() == 1
    assert "too_late" in codes()


def test_whoever_left_is_told_nothing(world):
    person = world.person()
    world.outing(person)
    world.plan()
    del world.people[person]
    world.deliver()
    assert set(codes()) == {"person_gone"}
    assert not InboxItem.objects.exists()


def test_without_an_address_the_inbox_still_works(world):
    world.outing(world.person(email=""))
    world.tick()
    assert (one("inbox").state, one("email").state) == ("sent", "superseded")
    assert InboxItem.objects.count() == 1
    assert "no_address" in codes()


def test_whoever_turned_email_off_gets_none(world, volunteer):
    person = world.person()
    volunteer.pk = person
    actions.choose_channel(channel="email", is_on=False, by=volunteer)
    world.outing(person)
    world.tick()
    assert not world.mailbox
    assert "turned_off" in codes()
    assert InboxItem.objects.count() == 1


def test_words_are_made_in_the_reader_s_language(world):
    from django.utils.translation import get_language

    heard = []
    world.before_saying = lambda notice: heard.append(get_language())
    world.outing(world.person(language="en"), starts_at=world.clock() + DAY)
    world.outing(world.person(language="qu"), starts_at=world.clock() + DAY - MINUTE)
    world.tick()
    assert set(heard) == {"en", "qu"}


def test_the_inbox_comes_first_so_that_a_dead_mail_server_hides_nothing(world):
    world.outing(world.person())
    world.plan()
    Notice.objects.filter(channel="inbox").delete()

    def down(*_):
        raise ConnectionRefusedError

    world.deliver(channels={"email": down})
    assert InboxItem.objects.count() == 1
    assert one("email").state == "pending"


def test_a_failed_notice_waits_in_its_row_longer_each_time(world):
    world.outing(world.person())
    world.plan()

    def down(*_):
        raise ConnectionRefusedError

    waits = []
    for _ in range(5):
        world.deliver(channels={"inbox": lambda *_: None, "email": down})
        notice = one("email")
        waits.append((notice.due_at - world.clock()) / MINUTE)
        assert (notice.state, notice.lease_token, notice.leased_until) == ("pending", None, None)
        world.clock.now = notice.due_at
    assert all(least <= wait <= least * 1.2 for wait, least in zip(waits, [1, 5, 15, 60, 60], strict=True))
    assert codes().count("ConnectionRefusedError") == 5


def test_pauses_grow_are_capped_and_differ():
    assert [pause(n, chance=lambda: 0) / MINUTE for n in (1, 2, 3, 4, 5, 40)] == [1, 5, 15, 60, 60, 60]
    assert pause(1, chance=lambda: 1) == timedelta(seconds=72)


def test_after_a_failure_the_message_still_arrives(world):
    world.outing(world.person())
    world.plan()

    def down(*_):
        raise ConnectionRefusedError

    world.deliver(channels={"inbox": lambda *_: None, "email": down})
    world.clock.now = one("email").due_at
    world.deliver()
    assert one("email").state == "sent"
    assert len(world.mailbox) == 1


def test_a_notice_that_keeps_failing_is_dead_in_the_end(world):
    world.outing(world.person(), starts_at=world.clock() + DAY)
    world.plan()
    Notice.objects.update(expires_at=world.clock() + 30 * DAY)

    def down(*_):
        raise ConnectionRefusedError

    for _ in range(20):
        world.deliver(channels={"inbox": lambda *_: None, "email": down})
        world.clock.now = one("email").due_at
    assert (one("email").state, one("email").attempts) == ("dead", leases.MOST_ATTEMPTS)
    assert codes().count("ConnectionRefusedError") == leases.MOST_ATTEMPTS


def test_a_failure_with_no_time_left_to_try_again_expires(world):
    outing = world.outing(world.person())
    world.plan()
    world.clock.now = outing.starts_at + HOUR - timedelta(seconds=30)

    def down(*_):
        raise ConnectionRefusedError

    world.deliver(channels={"inbox": lambda *_: None, "email": down})
    assert one("email").state == "expired"


def test_a_kind_that_cannot_find_words_stops_nobody_else(world):
    mute, heard = world.outing(world.person()), world.outing(world.person())

    def stumble(notice):
        if notice.subject_id == mute.id:
            raise KeyError("rosa.quispe@example.pe")

    world.before_saying = stumble
    world.tick()
    assert InboxItem.objects.get().subject_id == heard.id
    assert codes().count("KeyError") == 2
    assert not any("rosa" in code for code in codes())


def test_kinds_this_worker_does_not_know_are_left_for_those_who_do(world):
    world.outing(world.person())
    world.plan()
    world.kinds = world.kinds[1:]
    assert world.deliver() == 0
    assert one().state == "pending"


def test_killed_before_the_message_left_it_is_delivered_later(world):
    world.outing(world.person())
    world.plan()

    def die(notice):
        raise Killed

    world.before_saying = die
    with pytest.raises(Killed):
        world.deliver()
    assert one().state == "leased"
    world.before_saying = lambda notice: None
    world.tick()
    assert not InboxItem.objects.exists()  # the lease still stands
    world.clock.move(leases.LEASE)
    world.tick()
    assert InboxItem.objects.count() == 1
    assert len(world.mailbox) == 1
    assert "started" in codes()  # the operator sees the try that never ended


def test_killed_after_the_message_left_it_is_repeated_at_most_once_under_the_same_id(world):
    world.outing(world.person())
    world.plan()

    def post_and_die(*message):
        world.post(*message)
        raise Killed

    with pytest.raises(Killed):
        world.deliver(channels={"inbox": lambda *_: None, "email": post_and_die})
    world.clock.move(leases.LEASE)
    world.tick()
    world.tick()
    assert InboxItem.objects.count() == 1
    assert [notice for notice, *_ in world.mailbox] == [one("email").pk] * 2
    assert one("email").state == "sent"


def test_a_notice_that_kills_every_worker_is_given_up(world):
    world.outing(world.person())
    world.plan()
    Notice.objects.filter(channel="email").delete()

    def die(notice):
        raise Killed

    world.before_saying = die
    for _ in range(leases.MOST_ATTEMPTS):
        assert one().state == "pending"
        with pytest.raises(Killed):
            world.deliver()
        world.clock.move(leases.LEASE)
        actions.tidy(now=world.clock())
    assert one().state == "dead"


def test_workers_killed_over_and_over_lose_nothing_that_only_waited_in_their_batch(world):
    world.outing(world.person(), *[world.person() for _ in range(4)])
    world.plan()
    poison = Notice.objects.order_by("due_at", "pk").first().recipient_id

    def die(notice):
        if notice.recipient_id == poison:
            raise Killed

    world.before_saying = die
    for _ in range(3 * leases.MOST_ATTEMPTS):
        try:
            world.deliver()
        except Killed:
            world.clock.move(leases.LEASE)
            actions.tidy(now=world.clock())
    assert InboxItem.objects.count() == 4


def test_whoever_lost_the_lease_writes_nothing(world):
    world.outing(world.person(email=""))
    world.plan()
    (slow, *_) = leases.claim(kinds=["reminder"], now=world.clock(), limit=1)
    Notice.objects.exclude(pk=slow.pk).delete()
    stalled = leases.begin(slow, now=world.clock())
    world.clock.move(leases.LEASE)
    actions.tidy(now=world.clock())
    (quick,) = leases.claim(kinds=["reminder"], now=world.clock(), limit=1)
    assert quick.pk == slow.pk

    finish = {"verb": "finish", "outcome": "sent", "now": world.clock(), "due_at": slow.due_at}
    assert leases.begin(slow, now=world.clock()) is None
    assert not leases.settle(stalled, **finish)
    assert (Notice.objects.get().state, Notice.objects.get().attempts) == ("leased", 1)
    assert codes() == ["started"]

    ours = leases.begin(quick, now=world.clock())
    assert leases.settle(ours, **finish)
    assert not leases.settle(ours, **finish)
    assert codes() == ["started", "sent"]


def test_a_correction_waits_while_the_older_message_is_on_its_way(world):
    person = world.person()
    outing = world.outing(person)
    world.plan()
    held = leases.claim(kinds=["reminder"], now=world.clock(), limit=9)
    outing.is_on = False
    actions.supersede(kinds=["reminder"], subject_id=outing.id)
    actions.promise([world.wanted("called_off", outing, person)])
    assert world.deliver() == 0
    for notice in held:
        attempt = leases.begin(notice, now=world.clock())
        leases.settle(attempt, verb="finish", outcome="sent", now=world.clock(), due_at=notice.due_at)
    assert world.deliver() == 2
    assert InboxItem.objects.get().kind == "called_off"


def test_a_message_to_one_member_does_not_hold_up_another(world):
    first, second = world.person(), world.person()
    outing = world.outing(first)
    world.plan()
    leases.claim(kinds=["reminder"], now=world.clock(), limit=9)
    actions.promise([world.wanted("called_off", outing, second)])
    assert world.deliver() == 2


def test_the_oldest_due_notice_is_known_until_it_is_sent(world):
    world.outing(world.person())
    world.plan()
    due_at = world.clock()
    world.clock.move(HOUR)
    assert queries.oldest_due(world.clock()) == due_at
    world.deliver()
    assert queries.oldest_due(world.clock()) is None


MOVES = {
    "pending": {"lease": "leased", "supersede": "superseded", "expire": "expired"},
    "leased": {
        "finish": "sent",
        "retry": "pending",
        "lapse": "pending",
        "supersede": "superseded",
        "expire": "expired",
        "give_up": "dead",
    },
}


@pytest.mark.parametrize("state", ["pending", "leased", "sent", "superseded", "expired", "dead"])
@pytest.mark.parametrize("verb", ["lease", *MOVES["leased"]])
def test_a_notice_lives_as_told_and_not_otherwise(state, verb):
    target = MOVES.get(state, {}).get(verb)
    if target:
        assert NOTICE.move(state, verb) == target
    else:
        with pytest.raises(IllegalMove):
            NOTICE.move(state, verb)
