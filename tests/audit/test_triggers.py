"""The database refuses to change the trail, whoever asks and however."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from audit import triggers
from audit.models import NOBODY, Entry, Seal
from tests.factories import NOON


@pytest.fixture
def entry():
    entry = Entry.objects.create(action="tested", subject_type="x.X", subject_id="1", actor="job:test")
    Seal.objects.create(number=1, entry_id=entry.pk, digest="0" * 64, sealed_at=NOON)
    return entry


def refused(sql, *values):
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)


def test_a_migrated_database_has_every_trigger():
    assert triggers.missing() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'other'",
        "UPDATE audit_seal SET number = 2",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_seal",
    ],
)
def test_a_line_cannot_be_changed_or_deleted(entry, statement):
    refused(statement)
    assert (Entry.objects.get().action, Seal.objects.get().number) == ("tested", 1)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("statement", ["TRUNCATE audit_entry", "TRUNCATE audit_seal"])
def test_the_tables_cannot_be_truncated(entry, statement):
    refused(statement)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's way around triggers")
def test_a_session_that_plays_a_replica_is_refused_too(entry):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    refused("DELETE FROM audit_entry")


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's way around delete triggers")
def test_a_line_cannot_be_replaced(entry):
    refused(
        "INSERT OR REPLACE INTO audit_entry (id, action, subject_type, subject_id, actor, facts, at)"
        " VALUES (%s, 'other', '', '', '', '{}', '')",
        entry.pk,
    )
    seal = "INSERT OR REPLACE INTO audit_seal (organization_id, number, entry_id, digest, sealed_at) "
    refused(seal + "VALUES (%s, 1, 99, '', '')", NOBODY.hex)
    refused(seal + "VALUES (%s, 9, %s, '', '')", NOBODY.hex, entry.pk)


def test_an_upsert_cannot_change_a_line(entry):
    refused(
        "INSERT INTO audit_entry (id, action, subject_type, subject_id, actor, facts, at)"
        " SELECT id, action, subject_type, subject_id, actor, facts, at FROM audit_entry WHERE true"
        " ON CONFLICT (id) DO UPDATE SET action = 'other'"
    )


def test_a_lifted_trigger_is_named_as_missing_and_comes_back():
    triggers.lift()
    assert "audit_entry_refuses_update" in triggers.missing()
    triggers.install()
    assert triggers.missing() == []


def test_a_trigger_that_was_altered_counts_as_missing():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_refuses_delete")
        else:
            cursor.execute("DROP TRIGGER audit_entry_refuses_delete")
            cursor.execute(
                "CREATE TRIGGER audit_entry_refuses_delete BEFORE DELETE ON audit_entry BEGIN SELECT 1; END"
            )
    assert triggers.missing() == ["audit_entry_refuses_delete"]
    triggers.install()
    assert triggers.missing() == []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the function is PostgreSQL's")
def test_a_hollowed_function_counts_as_missing():
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql"
            " AS $$BEGIN RETURN OLD; END$$"
        )
    assert len(triggers.missing()) == 6
    triggers.install()
    assert triggers.missing() == []


@pytest.mark.django_db(transaction=True)
def test_triggers_lost_in_a_table_rebuild_come_back_with_the_next_migrate():
    if connection.vendor == "sqlite":
        longer = models.CharField(max_length=61)
        longer.set_attributes_from_name("action")
        with connection.schema_editor() as editor:
            editor.alter_field(Entry, Entry._meta.get_field("action"), longer)
    else:
        triggers.lift()
    assert "audit_entry_refuses_update" in triggers.missing()

    call_command("migrate", verbosity=0)

    assert triggers.missing() == []


@pytest.mark.django_db(transaction=True)
def test_only_looking_at_the_plan_changes_nothing():
    triggers.lift()
    call_command("migrate", plan=True, verbosity=0)
    assert triggers.missing() != []
    triggers.install()


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_can_leave_lines_behind():
    Entry.objects.create(action="tested", subject_type="x.X", subject_id="1", actor="job:test")


def test_the_next_test_starts_empty_and_guarded():
    assert not Entry.objects.exists()
    assert triggers.missing() == []
