"""Registering young people and their guardians, finding them, opening their names."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection

from audit.models import Entry
from programs.actions import participants
from programs.actions.reading import Person, Responsible
from programs.models import Guardian, NameToken, Participant
from programs.models.people import SEALED
from rules.refusals import Conflict, Invalid, NotAllowed, NotFound, Stale
from tests.factories import NOON
from tests.programs.factories import GuardianFactory, ParticipantFactory

ROSA = Person(
    given_names="Rosa  María",
    family_names="Quispe Ñahui",
    birth_on=date(2016, 2, 29),
    document_kind="dni",
    document="7654 3210",
    phone="+51 987 654 321",
    language="qu",
)
ELENA = Responsible(full_name="Elena Ñahui", relationship="mother", phone="912345678", document="41234567")
SECRETS = ("Rosa", "rosa", "Quispe", "76543210", "987654321", "2016-02-29", "Elena", "912345678", "41234567")


def register(by, person=ROSA, guardian=ELENA, **words):
    return participants.register(by=by, at=NOON, person=person, guardian=guardian, **words)


def wrong(error):
    return sorted(error.value.fields)


@pytest.fixture
def rosa(coordinator):
    return register(coordinator)


def test_only_what_a_list_needs_stays_readable(rosa):
    row = Participant.objects.get()
    assert (row.initials, row.birth_year, row.adult_from, row.language) == (
        "R. Q.",
        2016,
        date(2034, 3, 1),
        "qu",
    )
    assert [str(getattr(row, name)) for name in SEALED] == ["<sealed>"] * 5


def test_no_table_holds_a_name_a_document_or_a_phone_in_the_clear(rosa):
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            rows += [str(row) for row in cursor.fetchall()]
    assert any(str(rosa.initials) in row for row in rows), "an empty walk proves nothing"
    assert [word for word in SECRETS if any(word in row for row in rows)] == []


def test_nobody_under_18_is_registered_without_somebody_who_answers_for_them(coordinator):
    with pytest.raises(Invalid) as error:
        register(coordinator, guardian=None)
    assert wrong(error) == ["guardian"]
    assert not Participant.objects.exists()


def test_a_grown_up_needs_no_guardian(coordinator):
    register(coordinator, replace(ROSA, birth_on=date(2011, 12, 31)), guardian=None)
    assert not Guardian.objects.exists()


@pytest.mark.parametrize(
    ("born", "adult_from"),
    [
        (date(2012, 1, 1), date(2030, 2, 1)),
        (date(2011, 12, 1), date(2030, 1, 1)),
        (date(2011, 12, 31), date(2030, 1, 1)),
    ],
)
def test_whoever_turns_18_counts_as_grown_up_from_the_next_month_on(coordinator, born, adult_from):
    assert register(coordinator, replace(ROSA, birth_on=born)).adult_from == adult_from


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ({"given_names": "  "}, ["given_names"]),
        ({"family_names": "123"}, ["family_names"]),
        ({"given_names": "x" * 81}, ["given_names"]),
        ({"birth_on": date(2031, 1, 1)}, ["birth_on"]),
        ({"birth_on": date(1900, 1, 1)}, ["birth_on"]),
        ({"document": "123"}, ["document"]),
        ({"document_kind": "none"}, ["document_kind"]),
        ({"document_kind": "library"}, ["document_kind"]),
        ({"phone": "call me"}, ["phone"]),
        ({"language": "fr"}, ["language"]),
        ({"given_names": "", "phone": "1"}, ["given_names", "phone"]),
    ],
)
def test_a_person_that_cannot_be_is_refused_by_field(coordinator, words, fields):
    with pytest.raises(Invalid) as error:
        register(coordinator, replace(ROSA, **words))
    assert wrong(error) == fields


@pytest.mark.parametrize(
    ("words", "fields"),
    [
        ({"full_name": ""}, ["guardian_full_name"]),
        ({"phone": ""}, ["guardian_phone"]),
        ({"relationship": "boss"}, ["guardian_relationship"]),
        ({"document": "x" * 21}, ["guardian_document"]),
    ],
)
def test_a_guardian_that_cannot_be_is_refused_by_field_and_nobody_is_registered(coordinator, words, fields):
    with pytest.raises(Invalid) as error:
        register(coordinator, guardian=replace(ELENA, **words))
    assert wrong(error) == fields
    assert not Participant.objects.exists()


def test_nobody_is_registered_twice_under_one_document(rosa, coordinator, stranger):
    with pytest.raises(Conflict) as error:
        register(coordinator, replace(ROSA, given_names="Otra", document="76543210"))
    assert error.value.code == "registered"
    assert Participant.objects.count() == 1
    register(stranger)  # another organization knows nothing of it
    assert Participant.objects.count() == 2


# -- finding


@pytest.mark.parametrize(
    "words",
    [
        {"name": "quispe"},
        {"name": "NAHUI rosa"},
        {"name": "María"},
        {"document": "76543210"},
        {"document": "7654-3210", "name": "rosa"},
    ],
)
def test_somebody_is_found_by_exact_words_or_document(rosa, coordinator, words):
    register(coordinator, Person("Luis", "Quispe Soto", date(2010, 1, 1)), guardian=None)
    found = participants.find(by=coordinator, **words)
    assert rosa.pk in {one.pk for one in found}


@pytest.mark.parametrize(
    "words", [{"name": "quis"}, {"name": "rosa soto"}, {"document": "7654321"}, {"name": "elena"}]
)
def test_nobody_is_found_by_half_a_word(rosa, coordinator, words):
    assert participants.find(by=coordinator, **words) == []


def test_a_search_stays_within_the_organization(rosa, stranger):
    assert participants.find(by=stranger, name="quispe") == []


@pytest.mark.parametrize("name", ["", "  ", "123", "--"])
def test_there_is_no_list_of_everybody(rosa, coordinator, name):
    with pytest.raises(Invalid) as error:
        participants.find(by=coordinator, name=name)
    assert wrong(error) == ["name"]


def test_a_search_goes_on_record_without_its_words(rosa, coordinator):
    participants.find(by=coordinator, name="quispe")
    entry = Entry.objects.get(action="participant.searched")
    assert entry.facts == {"found": 1}


def test_the_same_word_has_another_tag_in_another_organization(rosa, stranger):
    register(stranger)
    tokens = list(NameToken.objects.values_list("token", flat=True))
    assert len(tokens) == len(set(tokens)) == 8


# -- opening


def test_names_are_opened_for_a_reason_and_on_record(rosa, coordinator):
    opened = participants.open_names(participant=rosa, by=coordinator, reason_code="call_guardian")

    assert (opened.full_name, opened.birth_on) == ("Rosa María Quispe Ñahui", date(2016, 2, 29))
    assert (opened.document, opened.phone) == ("76543210", "+51987654321")
    assert [(one.full_name, one.phone) for one in opened.guardians] == [("Elena Ñahui", "912345678")]
    entry = Entry.objects.get(action="participant.read")
    assert entry.subject_id == str(rosa.pk)
    assert (entry.facts["reason_code"], entry.facts["count"]) == ("call_guardian", 8)
    assert entry.facts["fields"] == [
        "guardian.document",
        "guardian.full_name",
        "guardian.phone",
        "participant.birth_on",
        "participant.document",
        "participant.family_names",
        "participant.given_names",
        "participant.phone",
    ]


@pytest.mark.parametrize("reason", ["", "curious", "take_attendance"])
def test_without_a_reason_nothing_opens(rosa, coordinator, reason):
    with pytest.raises(Invalid):
        participants.open_names(participant=rosa, by=coordinator, reason_code=reason)
    assert not Entry.objects.filter(action="participant.read").exists()


def test_facilitators_and_strangers_open_find_and_register_nothing(rosa, facilitator, stranger):
    with pytest.raises(NotAllowed):
        participants.open_names(participant=rosa, by=facilitator, reason_code="emergency")
    with pytest.raises(NotFound):
        participants.open_names(participant=rosa, by=stranger, reason_code="emergency")
    with pytest.raises(NotAllowed):
        participants.find(by=facilitator, name="rosa")
    with pytest.raises(NotAllowed):
        register(facilitator)
    for model in (Participant, Guardian, NameToken):
        assert not model.objects.visible_to(facilitator).exists()
        assert not model.objects.visible_to(stranger).exists()


# -- putting right


def test_a_corrected_name_is_found_and_the_old_one_is_not(rosa, coordinator):
    right = replace(ROSA, given_names="Rosalía", document_kind="none", document="")
    again = participants.correct(participant=rosa, by=coordinator, at=NOON, person=right, expected_version=1)

    assert (again.version, again.document_tag) == (2, "")
    assert [one.pk for one in participants.find(by=coordinator, name="rosalia")] == [rosa.pk]
    assert participants.find(by=coordinator, name="maria") == []
    opened = participants.open_names(participant=again, by=coordinator, reason_code="correct_data")
    assert (opened.given_names, opened.document) == ("Rosalía", "")


def test_a_stale_correction_is_refused(rosa, coordinator):
    with pytest.raises(Stale):
        participants.correct(participant=rosa, by=coordinator, at=NOON, person=ROSA, expected_version=2)


def test_a_second_guardian_is_written_down(coordinator, ngo):
    person = GuardianFactory(organization=ngo).participant
    participants.add_guardian(participant=person, by=coordinator, at=NOON, guardian=ELENA)
    assert person.guardians.count() == 2


def test_nobody_adds_a_guardian_to_a_stranger(coordinator):
    with pytest.raises(NotFound):
        participants.add_guardian(participant=ParticipantFactory(), by=coordinator, at=NOON, guardian=ELENA)
