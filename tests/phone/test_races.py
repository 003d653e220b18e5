"""What only real concurrency can show: phones that send the same thing many times at once."""

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import Receipt, ReceiptConflict
from accounts.roles import Role
from audit.models import Entry
from patrols.models import LogEntry
from phone.models import Quarantined
from tests.factories import CrewMemberFactory, MembershipFactory, OrganizationFactory, PatrolFactory
from tests.phone.conftest import note
from tests.races import all_at_once

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 40


@pytest.fixture
def street():
    """A patrol on the street, and somebody of its crew."""
    organization = OrganizationFactory()
    member = MembershipFactory(organization=organization, roles={Role.VOLUNTEER})
    patrol = PatrolFactory(organization=organization, status="active", started_at=timezone.now())
    CrewMemberFactory(organization=organization, patrol=patrol, membership=member, attendance="present")
    return patrol, member


def sender(member, *batches):
    """What each of the crowd does: send its batch, and give back the answers."""
    door = reverse("phone-api:sync", args=[member.organization.code])

    def press(number):
        client = APIClient()
        client.force_authenticate(type(member).objects.acting().get(pk=member.pk).user)
        response = client.post(door, batches[number % len(batches)])
        return [(answer["status"], answer.get("code")) for answer in response.json()]

    return press


def test_one_envelope_sent_forty_times_at_once_is_one_line(street):
    patrol, member = street

    answers = all_at_once(CROWD, sender(member, [note(patrol)]))

    assert sorted(answers) == [[(200, None)]] * (CROWD - 1) + [[(201, None)]]
    assert LogEntry.objects.count() == Receipt.objects.count() == 1
    assert Entry.objects.filter(action="log.added").count() == 1


def test_two_bodies_under_one_id_at_once_are_one_line_and_one_to_review(street):
    patrol, member = street
    first = note(patrol, "Poste sin luz")
    second = note(patrol, "Reja rota") | {"id": first["id"]}

    answers = all_at_once(CROWD, sender(member, [first], [second]))

    flat = [answer for (answer,) in answers]
    assert flat.count((201, None)) == 1
    assert flat.count((200, None)) == CROWD // 2 - 1
    assert flat.count((409, "id_reused")) == CROWD // 2
    assert LogEntry.objects.count() == ReceiptConflict.objects.count() == 1


def test_batches_that_overlap_in_opposite_orders_do_not_block_each_other(street):
    patrol, member = street
    batch = [note(patrol, f"línea {seq}", seq) for seq in range(8)]
    backwards = [one | {"seq": 100 - one["seq"]} for one in batch]

    answers = all_at_once(8, sender(member, batch, backwards))

    assert {status for answer in answers for status, _ in answer} == {200, 201}
    assert sum(status == 201 for answer in answers for status, _ in answer) == len(batch)
    assert LogEntry.objects.count() == len(batch)


def test_an_unreadable_envelope_sent_many_times_at_once_is_kept_once(street):
    patrol, member = street
    answers = all_at_once(8, sender(member, [note(patrol) | {"seq": "uno"}]))
    assert answers == [[(422, "invalid")]] * 8
    assert Quarantined.objects.count() == 1


def test_one_batch_sent_forty_times_at_once_is_one_night(street):
    patrol, member = street
    batch = [note(patrol, f"línea {seq}", seq) for seq in range(5)]

    answers = all_at_once(CROWD, sender(member, batch))

    assert sum(status == 201 for answer in answers for status, _ in answer) == len(batch)
    assert {status for answer in answers for status, _ in answer} == {200, 201}
    assert LogEntry.objects.count() == Receipt.objects.count() == len(batch)
    assert Entry.objects.filter(action="log.added").count() == len(batch)


def test_a_batch_and_its_lines_alone_at_once_are_one_night(street):
    patrol, member = street
    batch = [note(patrol, f"línea {seq}", seq) for seq in range(4)]
    other = [note(patrol, "Otra cosa", 9) | {"id": batch[2]["id"]}]

    answers = all_at_once(CROWD, sender(member, batch, batch[1:2], other, batch[3:]))

    flat = [status for answer in answers for status, _ in answer]
    assert (flat.count(201), set(flat)) == (4, {200, 201, 409})
    assert LogEntry.objects.count() == Receipt.objects.count() == 4
    assert ReceiptConflict.objects.count() == 1
