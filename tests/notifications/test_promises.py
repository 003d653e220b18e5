"""A promise is a row: written with the verb, once, and found again after any loss."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from notifications import actions, queries
from notifications.kinds import Kind
from notifications.models import InboxItem, Notice
from tests.notifications.world import DAY, HOUR


def states():
    return sorted(Notice.objects.values_list("channel", "state"))


def test_a_promise_is_one_row_for_each_channel(world):
    person = world.person()
    outing = world.outing(person)
    actions.promise([world.wanted("reminder", outing, person)])
    assert states() == [("email", "pending"), ("inbox", "pending")]


def test_the_same_occasion_promised_twice_is_one_promise(world):
    person = world.person()
    outing = world.outing(person)
    wanted = world.wanted("reminder", outing, person)
    actions.promise([wanted, wanted])
    actions.promise([wanted])
    assert Notice.objects.count() == 2


def test_the_same_occasion_for_two_people_is_two_promises(world):
    crew = [world.person(), world.person()]
    outing = world.outing(*crew)
    actions.promise(world.wanted("reminder", outing, person) for person in crew)
    assert Notice.objects.filter(channel="inbox").count() == 2


def test_a_promise_is_undone_with_the_verb_that_made_it(world):
    person = world.person()
    outing = world.outing(person)

    def verb():
        with transaction.atomic():
            actions.promise([world.wanted("reminder", outing, person)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        verb()
    assert not Notice.objects.exists()


def test_a_promise_that_would_expire_before_it_is_due_cannot_be_made(world):
    outing = world.outing(starts_at=world.clock() - DAY)
    with pytest.raises(ValueError, match="expires before it is due"):
        world.wanted("reminder", outing, world.person())


def test_a_promise_holds_no_text_and_no_name(world):
    person = world.person(email="rosa.quispe@example.pe")
    world.outing(person)
    world.plan()
    columns = str(list(Notice.objects.values()))
    assert "rosa.quispe" not in columns
    assert "ronda" not in columns


def test_planning_promises_what_falls_due_in_48_hours_and_no_more(world):
    person = world.person()
    soon = world.outing(person, starts_at=world.clock() + 3 * DAY)
    world.outing(person, starts_at=world.clock() + 3 * DAY + timedelta(seconds=1))
    world.plan()
    assert set(Notice.objects.values_list("subject_id", flat=True)) == {soon.id}


def test_planning_twice_changes_nothing(world):
    world.outing(world.person())
    world.plan()
    before = list(Notice.objects.order_by("pk").values())
    world.plan()
    assert list(Notice.objects.order_by("pk").values()) == before


def test_planning_again_writes_nothing(world):
    world.outing(*[world.person() for _ in range(3)])
    world.plan()
    with CaptureQueriesContext(
        connection,
    ) as queries_made:
        world.plan()
    assert not [one for one in queries_made if "INSERT" in one["sql"]]


def test_planning_does_not_promise_what_would_come_too_late(world):
    person = world.person()
    outing = world.outing(person, starts_at=world.clock() - 2 * HOUR)
    late = world.wanted("reminder", outing, person, due_at=outing.starts_at - DAY)
    kind = Kind("reminder", lambda now, until: [late], world.say_reminder)
    actions.plan(kinds=[kind], now=world.clock())
    assert not Notice.objects.exists()


def test_planning_costs_the_same_for_one_person_and_for_ten(world):
    def cost(outing):
        with CaptureQueriesContext(connection) as made:
            world.plan()
        world.outings.pop(outing.id)
        return len(made)

    for_one = cost(world.outing(world.person()))
    assert cost(world.outing(*[world.person() for _ in range(10)])) == for_one


def test_more_promises_than_fit_in_one_statement_are_all_made(world):
    world.outing(*[world.person() for _ in range(600)])
    world.plan()
    assert Notice.objects.count() == 1200


def test_a_broken_kind_does_not_silence_the_others(world):
    world.outing(world.person())

    def fall_over(now, until):
        raise LookupError("a secret name")

    broken = Kind("broken", fall_over, world.say_reminder)
    actions.plan(kinds=[broken, *world.kinds], now=world.clock())
    assert Notice.objects.filter(kind="reminder").exists()


def test_lost_notices_come_back_as_themselves_and_nothing_is_said_twice_in_the_inbox(world):
    world.outing(world.person())
    world.tick()
    was = set(Notice.objects.values_list("pk", flat=True))
    Notice.objects.all().delete()
    world.tick()
    assert set(Notice.objects.values_list("pk", flat=True)) == was
    assert InboxItem.objects.count() == 1
    # A mailbox that gets the same message again shows it once: it has the same Message-ID.
    assert len({notice for notice, *_ in world.mailbox}) == 1


def test_superseding_takes_back_what_is_pending_about_one_subject(world):
    person = world.person()
    off, still_on = world.outing(person), world.outing(person)
    world.plan()
    actions.supersede(kinds=["reminder"], subject_id=off.id)
    world.deliver()
    assert set(Notice.objects.filter(subject_id=off.id).values_list("state", flat=True)) == {"superseded"}
    assert InboxItem.objects.get().subject_id == still_on.id


def test_superseding_leaves_what_was_sent_as_it_is(world):
    outing = world.outing(world.person())
    world.tick()
    actions.supersede(kinds=["reminder"], subject_id=outing.id)
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}


def test_those_told_are_those_who_were_sent_something_or_may_be_getting_it_now(world):
    heard, hearing, waiting = world.person(), world.person(), world.person()
    outing = world.outing(heard)
    world.tick()
    actions.promise([world.wanted("reminder", outing, hearing)])
    actions.leases.claim(kinds=["reminder"], now=world.clock(), limit=5)
    actions.promise([world.wanted("reminder", outing, waiting)])
    assert queries.told(subject_id=outing.id, kinds=["reminder"]) == {heard, hearing}
    assert queries.told(subject_id=outing.id, kinds=["called_off"]) == set()


def test_whoever_was_told_is_known_though_the_notices_were_lost(world):
    person = world.person()
    outing = world.outing(person)
    world.tick()
    Notice.objects.all().delete()
    assert queries.told(subject_id=outing.id, kinds=["reminder"]) == {person}
