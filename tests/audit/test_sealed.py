"""What is sealed opens only in its place, with its key, and on record."""

import copy
import json
import pickle
import uuid

import pytest
from django.core import serializers
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.db import connection, models, transaction
from django.test.utils import isolate_apps
from rest_framework.serializers import ModelSerializer

from accounts.actors import SystemActor
from audit.models import Entry
from audit.sealed import SealBroken, SealedField, blind_tag, reveal

WHY = {"by": SystemActor("test"), "reason_code": "call_guardian"}


@pytest.fixture
def guardian_model():
    """A model with sealed fields and its table, for one test."""
    with isolate_apps("tests"):

        class Guardian(models.Model):
            id = models.UUIDField(primary_key=True, default=uuid.uuid4)
            organization_id = models.UUIDField(null=True)
            name = SealedField()
            phone = SealedField(null=True)

            class Meta:
                app_label = "tests"

            def __str__(self):
                return str(self.pk)

        with connection.cursor() as cursor:
            uuid_column = connection.ops.connection.data_types["UUIDField"]
            cursor.execute(
                f"CREATE TEMPORARY TABLE tests_guardian (id {uuid_column} PRIMARY KEY,"
                f" organization_id {uuid_column}, name text NOT NULL, phone text)"
            )
        yield Guardian


@pytest.fixture
def guardian(guardian_model, organization):
    row = guardian_model(name="Rosa Quispe", phone="987654321", organization_id=organization.pk)
    row.save()
    return guardian_model.objects.get()


def stored(column="name"):
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, phone FROM tests_guardian")
        return dict(zip(("name", "phone"), cursor.fetchone(), strict=True))[column]


def test_the_database_never_holds_the_text(guardian):
    assert "Rosa" not in stored()
    assert stored() != stored("phone")


def test_the_same_text_never_looks_the_same_twice(guardian):
    before = stored()
    guardian.name = "Rosa Quispe"
    guardian.save()
    assert stored() != before


def test_revealing_gives_the_text_and_leaves_a_line(guardian, organization):
    assert reveal(guardian, "name", **WHY) == "Rosa Quispe"

    entry = Entry.objects.get()
    assert (entry.action, entry.actor) == ("guardian.read", "job:test")
    assert (entry.organization_id, entry.subject_id) == (organization.pk, str(guardian.pk))
    assert entry.facts == {"reason_code": "call_guardian", "field": "name"}


def test_each_revealing_leaves_its_own_line(guardian):
    reveal(guardian, "name", **WHY)
    reveal(guardian, "name", **WHY)
    assert Entry.objects.count() == 2


@pytest.mark.parametrize("reason", ["", "x", "Because she asked me to", "ñandu"])
def test_without_the_code_of_a_reason_nothing_opens(guardian, reason):
    with pytest.raises(ValueError, match="code of its reason"):
        reveal(guardian, "name", by=SystemActor("test"), reason_code=reason)


@pytest.mark.parametrize("moment", ["assigned", "saved", "loaded"])
def test_ordinary_access_never_shows_the_text(guardian_model, guardian, moment):
    row = guardian
    if moment != "loaded":
        row = guardian_model(name="Rosa Quispe")
    if moment == "saved":
        row.save()
    shown = [str(row.name), repr(row.name), f"{row.name}", repr(vars(row))]
    assert not [text for text in shown if "Rosa" in text]
    assert str(copy.deepcopy(row.name)) == "<sealed>"
    for leave in (json.dumps, pickle.dumps):
        with pytest.raises(TypeError):
            leave(row.name)
    with pytest.raises(FieldError):
        serializers.serialize("json", [row])


def test_a_serializer_that_names_the_field_shows_nothing(guardian_model, guardian):
    class Out(ModelSerializer):
        class Meta:
            model = guardian_model
            fields = ["name", "phone"]

    assert dict(Out(guardian).data) == {"name": "<sealed>", "phone": "<sealed>"}


def test_values_and_deferred_loading_stay_sealed(guardian_model, guardian):
    assert str(guardian_model.objects.values_list("name", flat=True).get()) == "<sealed>"
    deferred = guardian_model.objects.defer("name").get()
    assert str(deferred.name) == "<sealed>"
    assert reveal(deferred, "name", **WHY) == "Rosa Quispe"


@pytest.mark.parametrize("lookup", ["name", "name__exact", "name__contains", "name__in", "name__lower"])
def test_the_text_cannot_be_searched(guardian_model, lookup):
    with pytest.raises(FieldError):
        guardian_model.objects.filter(**{lookup: "Rosa Quispe"}).exists()


def test_whether_there_is_anything_can_be_asked(guardian_model, guardian):
    assert guardian_model.objects.filter(phone__isnull=False).exists()


def test_nothing_stays_nothing(guardian):
    guardian.phone = None
    guardian.save()
    guardian.refresh_from_db()
    assert guardian.phone is None
    assert reveal(guardian, "phone", **WHY) is None


def test_text_cannot_enter_past_its_row(guardian_model, guardian):
    with pytest.raises(FieldError), transaction.atomic():
        guardian_model.objects.update(name="Otra")
    with pytest.raises(TypeError):
        guardian.name = 7


@isolate_apps("tests")
def test_a_row_that_has_no_key_yet_cannot_be_bound_and_is_refused():
    class Numbered(models.Model):
        name = SealedField()

        class Meta:
            app_label = "tests"

        def __str__(self):
            return str(self.pk)

    with pytest.raises(FieldError, match="has its key"), transaction.atomic():
        Numbered(name="Otra").save()


def test_moved_to_another_row_it_does_not_open(guardian_model, guardian):
    other = guardian_model(name="Otra")
    other.save()
    guardian_model.objects.filter(pk=other.pk).update(name=guardian.name)
    other.refresh_from_db()
    with pytest.raises(SealBroken):
        reveal(other, "name", **WHY)


def test_moved_to_another_column_it_does_not_open(guardian_model, guardian):
    guardian_model.objects.update(phone=models.F("name"))
    guardian.refresh_from_db()
    with pytest.raises(SealBroken):
        reveal(guardian, "phone", **WHY)


@pytest.mark.parametrize("place", [0, 3, 12, 20, -3])
def test_changed_bytes_do_not_open(guardian, place):
    sealed = guardian.name
    swapped = "B" if sealed.ciphertext[place] != "B" else "C"
    characters = list(sealed.ciphertext)
    characters[place] = swapped
    sealed.ciphertext = "".join(characters)
    with pytest.raises(SealBroken):
        reveal(guardian, "name", **WHY)


@pytest.mark.parametrize("text", ["", "Rosa Quispe", "1:x:y", "1::", "é:é:é"])
def test_what_was_never_sealed_does_not_open(guardian, text):
    guardian.name.ciphertext = text
    with pytest.raises(SealBroken):
        reveal(guardian, "name", **WHY)


def test_another_key_does_not_open_it(guardian, settings):
    settings.SEAL_KEY = "f" * 64
    with pytest.raises(SealBroken):
        reveal(guardian, "name", **WHY)


def test_a_retired_key_still_opens_and_no_longer_seals(guardian, settings):
    old = stored("phone")
    settings.SEAL_KEY, settings.SEAL_KEYS_RETIRED = "f" * 64, [settings.SEAL_KEY]
    assert reveal(guardian, "phone", **WHY) == "987654321"

    guardian.phone = "912345678"
    guardian.save()

    assert stored("phone").split(":")[1] != old.split(":")[1]
    assert reveal(guardian, "phone", **WHY) == "912345678"


@pytest.mark.parametrize("key", ["", "short"])
def test_without_a_proper_key_nothing_is_sealed_or_tagged(guardian_model, settings, key):
    settings.SEAL_KEY = settings.TAG_KEY = key
    with pytest.raises(ImproperlyConfigured), transaction.atomic():
        guardian_model(name="Rosa").save()
    with pytest.raises(ImproperlyConfigured):
        blind_tag("receipt", "x")


def test_an_ordinary_or_unsaved_field_is_not_revealed(guardian, guardian_model):
    with pytest.raises(FieldError):
        reveal(guardian, "organization_id", **WHY)
    with pytest.raises(FieldError):
        reveal(guardian_model(name="Rosa"), "name", **WHY)
    assert not Entry.objects.exists()


def test_a_blind_tag_says_the_same_of_the_same_parts_only(settings):
    tag = blind_tag("receipt", "ab", "c")
    assert tag == blind_tag("receipt", "ab", "c")
    assert len(tag) == 64
    others = [blind_tag("receipt", "a", "bc"), blind_tag("receipt", "abc"), blind_tag("reporter", "ab", "c")]
    settings.TAG_KEY = "e" * 64
    others.append(blind_tag("receipt", "ab", "c"))
    assert tag not in others
    with pytest.raises(ValueError, match="nothing"):
        blind_tag()
