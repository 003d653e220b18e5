"""A phone may send the same write many times; it happens once."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import receipts
from accounts.models import Organization, Receipt, ReceiptConflict
from audit.sealed import reveal
from rules.refusals import Conflict, Gone, IllegalMove
from tests.factories import NOON, MembershipFactory
from tests.races import all_at_once

BODY = b'{"text": "Luz apagada"}'


@pytest.fixture
def send(volunteer):
    """Send one write; every run of the verb leaves a mark in `send.ran`."""

    def write(key, body=BODY, kind="log_entry", by=volunteer, **options):
        def do():
            write.ran.append(body)
            return {"number": len(write.ran)}

        return receipts.once(key=key, kind=kind, body=body, by=by, do=do, **options)

    write.ran = []
    return write


def test_the_first_write_happens_and_says_201(send):
    assert send(uuid4()) == (201, {"number": 1})


def test_the_same_write_again_gets_the_stored_answer_and_happens_once(send):
    key = uuid4()
    send(key)

    assert send(key) == (200, {"number": 1})
    assert send.ran == [BODY]


@pytest.mark.parametrize(("number", "statements"), [(1, 0), (7, 1)], ids=["as foreseen", "otherwise"])
def test_what_came_of_it_is_kept_whatever_was_foreseen(send, number, statements):
    key = uuid4()
    with CaptureQueriesContext(connection) as asked:
        assert send(key, foreseen={"number": number}) == (201, {"number": 1})
    assert sum(query["sql"].startswith("UPDATE") for query in asked) == statements
    assert send(key) == (200, {"number": 1})


def test_a_refused_write_is_not_kept_as_it_was_foreseen(send, volunteer):
    key = uuid4()

    def refuse():
        raise IllegalMove

    with pytest.raises(IllegalMove):
        receipts.once(key=key, kind="log_entry", body=BODY, by=volunteer, do=refuse, foreseen={"number": 1})
    assert not Receipt.objects.exists()


def test_without_a_number_each_write_happens(send):
    assert [send(None)[0], send(None)[0]] == [201, 201]
    assert Receipt.objects.count() == 0


def test_a_refused_write_leaves_no_receipt_and_may_be_sent_again(send, volunteer):
    key = uuid4()

    def refuse():
        raise IllegalMove

    with pytest.raises(IllegalMove):
        receipts.once(key=key, kind="log_entry", body=BODY, by=volunteer, do=refuse)

    assert send(key) == (201, {"number": 1})


@pytest.mark.parametrize("change", [{"body": b"{}"}, {"kind": "signup"}])
def test_the_same_number_for_something_else_is_refused_and_kept_for_review(send, change):
    key = uuid4()
    send(key)

    for _ in range(2):
        with pytest.raises(Conflict) as refusal:
            send(key, **change)
        assert refusal.value.code == "id_reused"

    assert len(send.ran) == 1
    assert ReceiptConflict.objects.filter(receipt_id=key).count() == 1


def test_what_is_kept_for_review_is_sealed(send, organization, coordinator):
    key = uuid4()
    send(key)
    with pytest.raises(Conflict):
        send(key, body='{"text": "Ñusta"}'.encode())

    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM accounts_receiptconflict")
        assert "text" not in cursor.fetchone()[0]
    text = reveal(ReceiptConflict.objects.get(), "body", by=coordinator, reason_code="review")
    assert text.encode("latin-1").decode() == '{"text": "Ñusta"}'


def test_another_persons_number_is_refused_without_telling_what_it_was(send, organization):
    key = uuid4()
    send(key)
    for other in (MembershipFactory(organization=organization), MembershipFactory()):
        with pytest.raises(Conflict) as refusal:
            send(key, by=other)
        assert refusal.value.code == "id_reused"

    assert len(send.ran) == 1


def test_what_was_erased_stays_gone_and_its_answer_with_it(send):
    key = uuid4()
    send(key)
    receipts.forget(keys=[key], at=NOON)

    with pytest.raises(Gone):
        send(key)
    assert Receipt.objects.get(pk=key).answer is None


def test_strangers_do_not_learn_that_something_was_erased(send, stranger):
    key = uuid4()
    send(key)
    receipts.forget(keys=[key], at=NOON)

    with pytest.raises(Conflict):
        send(key, by=stranger)


def test_a_receipt_names_nobody(send, volunteer):
    send(uuid4())
    row = Receipt.objects.values().get()

    assert str(volunteer.pk) not in str(row)
    assert str(volunteer.user_id) not in str(row)


@pytest.mark.django_db(transaction=True)
def test_forty_copies_at_once_happen_once():
    volunteer, key = MembershipFactory(roles={"volunteer"}), uuid4()

    def do():
        Organization.objects.create(kind="ngo", name="hecho")
        return {"done": True}

    def press(_):
        return receipts.once(key=key, kind="log_entry", body=BODY, by=volunteer, do=do)

    answers = all_at_once(40, press)

    assert sorted(status for status, _ in answers) == [200] * 39 + [201]
    assert {str(answer) for _, answer in answers} == {"{'done': True}"}
    assert Organization.objects.filter(name="hecho").count() == 1


# -- many at once -----------------------------------------------------------------------------------


@pytest.fixture
def send_all(volunteer):
    """Send many writes; every run of the verb leaves a mark in `send_all.ran`."""
    author = receipts.Author(volunteer.organization_id, receipts.author_tag(volunteer))

    def write(*keys, body=BODY):
        def do():
            write.ran.append(keys)
            return [{"number": number} for number, _key in enumerate(keys)]

        return receipts.all_once(kind="log_entry", bodies=[(key, body) for key in keys], by=author, do=do)

    write.ran = []
    return write


def test_new_writes_happen_together_and_each_is_answered_as_before_when_it_comes_again(send, send_all):
    keys = [uuid4() for _ in range(3)]
    answers = send_all(*keys)

    assert answers == [{"number": 0}, {"number": 1}, {"number": 2}]
    assert [send(key) for key in keys] == [(200, answer) for answer in answers]
    assert send.ran == []


def test_of_writes_together_none_happens_if_one_came_before(send, send_all):
    before, new = uuid4(), uuid4()
    send(before)
    for keys in ([new, before], [new, new]):
        with pytest.raises(receipts.NotAllNew):
            send_all(*keys)

    assert send_all.ran == []
    assert list(Receipt.objects.values_list("pk", flat=True)) == [before]


def test_of_writes_together_none_happens_if_their_verb_refuses(volunteer):
    author = receipts.Author(volunteer.organization_id, receipts.author_tag(volunteer))

    def refuse():
        raise IllegalMove

    with pytest.raises(IllegalMove):
        receipts.all_once(kind="log_entry", bodies=[(uuid4(), BODY)], by=author, do=refuse)
    assert Receipt.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_of_forty_batches_with_the_same_numbers_in_any_order_one_happens():
    volunteer, keys = MembershipFactory(roles={"volunteer"}), [uuid4() for _ in range(100)]
    author = receipts.Author(volunteer.organization_id, receipts.author_tag(volunteer))

    def do():
        Organization.objects.create(kind="ngo", name="hecho")
        return [{"done": True}] * len(keys)

    def press(number):
        mine = keys if number % 2 else keys[::-1]
        try:
            receipts.all_once(kind="log_entry", bodies=[(key, BODY) for key in mine], by=author, do=do)
        except receipts.NotAllNew:
            return "not new"
        return "done"

    answers = all_at_once(40, press)

    assert sorted(answers) == ["done"] + ["not new"] * 39
    assert Organization.objects.filter(name="hecho").count() == 1
