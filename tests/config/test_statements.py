"""Statements whose SQL is written once: every asking has its own values, and its own answer."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization
from accounts.roles import Role
from accounts.scoping import ScopedStatement
from patrols.models import Shift
from rules.statements import KEY, NUMBER, WORD, Slot, Statement, Update, insert, insert_all
from tests.factories import MembershipFactory, OrganizationFactory, ShiftFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def by_key():
    """Shifts with the organization they belong to and a column that is not theirs."""
    return Statement(
        lambda: (
            Shift.objects.filter(pk=Slot("key", KEY))
            .select_related("organization")
            .annotate(board_name=F("organization__name"))
        )
    )


def test_each_asking_is_answered_for_its_own_values(by_key):
    shifts = ShiftFactory.create_batch(3)
    assert [by_key(key=shift.pk) for shift in shifts] == [[shift] for shift in shifts]


def test_rows_come_with_what_the_query_brings_along(by_key):
    shift = ShiftFactory()
    by_key(key=ShiftFactory().pk)
    with CaptureQueriesContext(connection) as asked:
        found = by_key.first(key=shift.pk)
        assert found.organization.name == found.board_name == shift.organization.name
    assert len(asked) == 1
    assert found.starts_at == shift.starts_at


@pytest.mark.parametrize("flat", [True, False])
def test_values_come_as_the_query_gives_them(flat):
    names = ["starts_at"] if flat else ["starts_at", "organization__name"]
    rows = Shift.objects.values_list(*names, flat=flat)
    statement = Statement(lambda: rows.filter(pk=Slot("key", KEY)))
    for shift in ShiftFactory.create_batch(2):
        assert statement(key=shift.pk) == list(rows.filter(pk=shift.pk))


def test_the_sql_is_built_once():
    built = []
    statement = Statement(lambda: built.append(1) or Shift.objects.filter(pk=Slot("key", KEY)))
    for shift in ShiftFactory.create_batch(3):
        statement(key=shift.pk)
    assert built == [1]


def test_what_is_asked_without_a_value_matches_nothing(by_key):
    ShiftFactory()
    assert by_key(key=None) == []
    assert by_key.first(key=None) is None


def test_a_query_that_can_match_nothing_asks_nothing():
    never = Statement(lambda: Shift.objects.filter(pk=Slot("key", KEY), pk__in=[]))
    with CaptureQueriesContext(connection) as asked:
        assert [never(key=None), never(key=None)] == [[], []]
    assert len(asked) == 0


def test_a_value_is_never_part_of_the_sql():
    named = Statement(lambda: Organization.objects.filter(name=Slot("name", WORD)))
    trick = OrganizationFactory(name="' OR 1=1 --")
    OrganizationFactory()
    assert named(name="' OR 1=1 --") == [trick]


@pytest.mark.django_db(transaction=True)
def test_a_lock_outside_a_transaction_is_refused_every_time():
    locked = Statement(lambda: Shift.objects.select_for_update().filter(pk=Slot("key", KEY)))
    shift = ShiftFactory()
    with transaction.atomic():
        assert locked(key=shift.pk) == [shift]
    with pytest.raises(transaction.TransactionManagementError):
        locked(key=shift.pk)


def test_an_update_says_how_many_rows_it_changed():
    shift = ShiftFactory(capacity=5, places_taken=1)
    grow = Update(
        lambda: (
            Shift.objects.filter(pk=Slot("key", KEY), places_taken__lt=F("capacity")),
            {"places_taken": F("places_taken") + Slot("more", NUMBER)},
        )
    )
    assert grow(key=shift.pk, more=4) == 1
    assert grow(key=shift.pk, more=1) == 0
    shift.refresh_from_db()
    assert shift.places_taken == 5


def test_a_row_is_written_as_it_stands():
    organization = Organization(kind="ngo", name="Jóvenes")
    assert insert(organization)
    stored = Organization.objects.get(pk=organization.pk)
    assert [getattr(stored, field.attname) for field in Organization._meta.fields] == [
        getattr(organization, field.attname) for field in Organization._meta.fields
    ]
    organization.name = "Otra"
    organization.save()
    assert Organization.objects.get().name == "Otra"


def test_a_row_whose_key_is_there_is_refused_or_left_alone_as_asked():
    board = OrganizationFactory()
    twin = Organization(pk=board.pk, kind="ngo", name="Otra")
    assert insert(twin, unless_there=True) is False
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(twin)
    assert Organization.objects.get().name == board.name


@pytest.mark.parametrize("count", [1, 2])
def test_a_row_that_breaks_a_rule_is_refused_although_one_that_is_there_is_left_alone(count):
    """SQLite's own "or ignore" lets the row vanish without a word."""
    impossible = [ShiftFactory.build(organization=OrganizationFactory(), capacity=-1) for _ in range(count)]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all(impossible, unless_there=True)


def test_an_update_with_many_values_says_how_many_rows_it_changed_in_all():
    shifts = ShiftFactory.create_batch(3, capacity=9)
    name = Update(lambda: (Shift.objects.filter(pk=Slot("key", KEY)), {"capacity": Slot("new", NUMBER)}))
    absent = ShiftFactory.build().pk
    values = [{"key": key, "new": 10 + n} for n, key in enumerate([*(one.pk for one in shifts), absent])]
    assert name.each(values) == 3
    assert [Shift.objects.get(pk=shift.pk).capacity for shift in shifts] == [10, 11, 12]


@pytest.mark.parametrize("count", [1, 2, 400])
def test_rows_are_written_together_as_they_stand(count):
    organizations = [Organization(kind="ngo", name=f"Jóvenes {n}") for n in range(count)]
    assert insert_all(organizations) == count
    for ours in organizations[:: max(1, count // 3)]:
        stored = Organization.objects.get(pk=ours.pk)
        for field in Organization._meta.fields:
            assert getattr(stored, field.attname) == getattr(ours, field.attname)
        assert not ours._state.adding


def test_of_rows_written_together_those_whose_key_is_there_are_not_counted():
    board = OrganizationFactory()
    rows = [Organization(pk=board.pk, kind="ngo", name="Otra"), Organization(kind="ngo", name="Nueva")]
    assert insert_all(rows, unless_there=True) == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_all(rows)
    assert set(Organization.objects.values_list("name", flat=True)) == {board.name, "Nueva"}


def test_a_scoped_statement_shows_each_member_what_they_may_see():
    statement = ScopedStatement(lambda member: Shift.objects.visible_to(member).order_by("starts_at"))
    board, other = OrganizationFactory(), OrganizationFactory()
    draft = ShiftFactory(organization=board, status="draft")
    shift = ShiftFactory(organization=board, sector=draft.sector)
    elsewhere = ShiftFactory(organization=other, sector=draft.sector)
    for_planner = MembershipFactory(organization=board)
    for_volunteer = MembershipFactory(organization=board, roles=frozenset({Role.VOLUNTEER}))
    for_stranger = MembershipFactory(organization=other, roles=frozenset({Role.VOLUNTEER}))
    municipality = OrganizationFactory(kind="municipality")
    for_desk = MembershipFactory(organization=municipality, roles=frozenset({Role.SECURITY_CHIEF}))
    for member in (for_planner, for_volunteer, for_stranger, for_desk) * 2:
        assert statement(member) == list(Shift.objects.visible_to(member).order_by("starts_at"))
    assert set(statement(for_planner)) == {draft, shift}
    assert statement(for_volunteer) == [shift]
    assert statement(for_stranger) == [elsewhere]
    assert set(statement(for_desk)) == {shift, elsewhere}
