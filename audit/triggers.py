"""Triggers that make the trail append-only in the database itself, whoever is connected.

`manage.py migrate` puts them back each time it has run: rebuilding a table, which is how SQLite
changes one, drops its triggers without a word.
"""

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("audit_entry", "audit_seal")
REFUSAL = "the audit trail is append-only"

# SQLite's INSERT OR REPLACE deletes the row in its way without firing a delete trigger.
TAKEN = {
    "audit_entry": "SELECT 1 FROM audit_entry WHERE id = NEW.id",
    "audit_seal": "SELECT 1 FROM audit_seal WHERE id = NEW.id OR entry_id = NEW.entry_id"
    " OR (organization_id = NEW.organization_id AND number = NEW.number)",
}
POSTGRES_BODY = f"BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END"
POSTGRES_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $${POSTGRES_BODY}$$"
)
# 'A': fires always, also in a session that plays a replica to escape ordinary triggers.
POSTGRES_FOUND = """
SELECT tgname FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE tgenabled = 'A' AND proname = 'audit_refuse' AND prosrc = %s AND pg_table_is_visible(tgrelid)"""
SQLITE_FOUND = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"


def _sqlite_wanted() -> dict[str, str]:
    """Each trigger by name, with the SQL that makes it."""
    wanted = {}
    for table in TABLES:
        for event in ("UPDATE", "DELETE"):
            name = f"{table}_refuses_{event.lower()}"
            wanted[name] = (
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            )
        name = f"{table}_refuses_replace"
        wanted[name] = (
            f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS ({TAKEN[table]})"
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        )
    return wanted


def _postgres_wanted() -> dict[str, str]:
    """Each trigger by name, with the SQL that makes it: one per table and event, per statement."""
    wanted = {}
    for table in TABLES:
        for event in ("UPDATE", "DELETE", "TRUNCATE"):
            name = f"{table}_refuses_{event.lower()}"
            wanted[name] = (
                f"DROP TRIGGER IF EXISTS {name} ON {table};"
                f"CREATE TRIGGER {name} BEFORE {event} ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse();"
                f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}"
            )
    return wanted


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return _postgres_wanted() if connection.vendor == "postgresql" else _sqlite_wanted()


def _standing(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of the triggers that stand and say what they should."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FOUND, [POSTGRES_BODY])
            return {name for (name,) in cursor.fetchall()}
        cursor.execute(SQLITE_FOUND)
        wanted = _sqlite_wanted()
        return {name for name, sql in cursor.fetchall() if wanted.get(name) == sql}


def missing(using: str = DEFAULT_DB_ALIAS) -> list[str]:
    """Name the triggers that are not there, are switched off or were altered."""
    connection = connections[using]
    return sorted(set(_wanted(connection)) - _standing(connection))


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put back whatever is missing. Takes no lock when nothing is."""
    connection = connections[using]
    absent = missing(using)
    if not absent or not set(TABLES) <= set(connection.introspection.table_names()):
        return
    wanted = _wanted(connection)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(POSTGRES_FUNCTION)
        for name in absent:
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
            cursor.execute(wanted[name])


def lift(using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the triggers away: for a test that empties or falsifies the tables, and for retention."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name in _wanted(connection):
            table = name.partition("_refuses_")[0]
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
