"""What only real concurrency can show: several deliverers and planners at once."""

from collections import Counter
from threading import Lock

import pytest
from django.db import transaction

from notifications import actions, queries
from notifications.models import Attempt, InboxItem, Notice
from tests.notifications.world import World
from tests.races import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

CREW = 8
PEOPLE = 200


@pytest.fixture
def world():
    """By the database's clock, like the real one."""
    return World(clock=queries.database_now)


@pytest.fixture
def outing(world):
    return world.outing(*[world.person() for _ in range(PEOPLE)], starts_at=world.clock())


def promise_all(world, outing):
    with transaction.atomic():
        actions.promise(world.wanted("called_off", outing, person) for person in outing.crew)
    outing.is_on = False


def test_eight_deliverers_at_once_send_each_of_two_hundred_notices_once(world, outing):
    promise_all(world, outing)
    posted, lock = Counter(), Lock()

    def post(notice_id, contact, message):
        with lock:
            posted[notice_id] += 1

    def work(number):
        while world.deliver(limit=10, channels={"inbox": post, "email": post}):
            pass

    all_at_once(CREW, work)

    assert set(posted.values()) == {1}
    assert len(posted) == 2 * PEOPLE
    assert set(Notice.objects.values_list("state", "attempts")) == {("sent", 1)}
    assert InboxItem.objects.count() == PEOPLE
    assert set(Attempt.objects.values_list("outcome", flat=True)) == {"sent"}


def test_eight_planners_at_once_make_one_set_of_promises(world, outing):
    outing.starts_at += 2 * actions.promises.HORIZON / 3
    all_at_once(CREW, lambda number: world.plan())
    assert Notice.objects.count() == 2 * PEOPLE
