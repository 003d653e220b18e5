"""Statements asked all day long: their SQL is written once, and then only their values change.

Writing the SQL of a query costs Django some ten times what the database takes to answer it, and
a sign-up asks ten. Only what is asked with every request belongs here (decision 0015).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections, models, transaction
from django.db.models.expressions import Expression
from django.db.models.query import (
    FlatValuesListIterable,
    ModelIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.models.sql import InsertQuery, UpdateQuery

Row = TypeVar("Row")
KEY, WORD, NUMBER = models.UUIDField(), models.CharField(), models.IntegerField()
MOMENT, DAY = models.DateTimeField(), models.DateField()
# Django's own way is SQLite's OR IGNORE, which passes over a broken CHECK as well as a key that is there.
UNLESS_THERE = " ON CONFLICT DO NOTHING"


class Slot(Expression):
    """Where a value goes that is known only when the statement is asked. None matches nothing."""

    def __init__(self, name: str, kind: Any) -> None:
        super().__init__(output_field=kind)
        self.name, self.kind = name, kind

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def fill(self, values: dict[str, Any], connection: Any) -> Any:
        return self.kind.get_db_prep_save(values[self.name], connection=connection)


class _Written(NamedTuple):
    """What there is to know of a query before it is asked: its SQL and how its rows are read."""

    sql: str
    params: Sequence[Any]
    locks: bool
    read: Callable[[Iterable[Any], Any], Iterator[Any]]


class Statement(Generic[Row]):
    """A query as `write` builds it, with slots in it; called with their values, it gives its rows."""

    def __init__(self, write: Callable[[], "models.QuerySet[Any, Row]"]) -> None:
        self._write = write
        self._written: dict[str, _Written] = {}

    def __call__(self, **values: Any) -> list[Row]:
        connection = connections[DEFAULT_DB_ALIAS]
        sql, params, locks, read = self._written.get(connection.vendor) or self._write_down(connection)
        if not sql:
            return []
        if locks and not connection.in_atomic_block:
            raise transaction.TransactionManagementError("a lock outlives no transaction")
        with connection.cursor() as cursor:
            cursor.execute(sql, _filled(params, values, connection))
            found = cursor.fetchall()
        return list(read(found, connection))

    def first(self, **values: Any) -> Row | None:
        """The first row, or none. Give the query a limit if it may have many."""
        return next(iter(self(**values)), None)

    def _write_down(self, connection: Any) -> _Written:
        rows: Any = self._write()
        compiler = rows.query.get_compiler(connection=connection)
        compiler.using = connection.alias
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:  # nothing can match, whatever the values
            written = _Written("", (), locks=False, read=lambda found, connection: iter(()))
        else:
            written = _Written(sql, params, rows.query.select_for_update, _reader(rows, compiler))
        self._written[connection.vendor] = written
        return written


def _reader(rows: Any, compiler: Any) -> Callable[[Iterable[Any], Any], Iterator[Any]]:
    """How the rows of a query are read, as fixed as its columns are: converted, then made."""
    columns = [column for column, *_ in compiler.select[: compiler.col_count]]
    converters = list(compiler.get_converters(columns).items())
    make = _MAKERS[rows._iterable_class](rows, compiler)

    def read(found: Iterable[Any], connection: Any) -> Iterator[Any]:
        for row in map(list, found):
            for place, (steps, column) in converters:
                for step in steps:
                    row[place] = step(row[place], column, connection)
            yield make(row)

    return read


def _models(rows: Any, compiler: Any) -> Callable[[Any], Any]:
    """Instances, with what `select_related` and annotations bring, as `ModelIterable` makes them."""
    about, chosen = compiler.klass_info, compiler.select
    first, end = about["select_fields"][0], about["select_fields"][-1] + 1
    names = [column.target.attname for column, *_ in chosen[first:end]]
    related = get_related_populators(about, chosen, DEFAULT_DB_ALIAS)  # type: ignore[call-arg]
    annotated = list((compiler.annotation_col_map or {}).items())
    made = about["model"].from_db

    def make(row: Any) -> Any:
        instance = made(DEFAULT_DB_ALIAS, names, row[first:end])
        for one in related:
            one.populate(row, instance)
        for name, place in annotated:
            setattr(instance, name, row[place])
        return instance

    return make


_MAKERS: dict[Any, Callable[[Any, Any], Callable[[Any], Any]]] = {
    ModelIterable: _models,
    ValuesListIterable: lambda rows, compiler: lambda row: tuple(row[: compiler.col_count]),
    FlatValuesListIterable: lambda rows, compiler: itemgetter(0),
}


class Update:
    """A conditional UPDATE as `write` builds it: the rows, and what becomes of them. Says how many."""

    def __init__(self, write: Callable[[], tuple[models.QuerySet[Any], dict[str, Any]]]) -> None:
        self._write = write
        self._written: dict[str, tuple[str, Sequence[Any]]] = {}

    def __call__(self, **values: Any) -> int:
        connection = connections[DEFAULT_DB_ALIAS]
        sql, params = self._written.get(connection.vendor) or self._write_down(connection)
        return _run(sql, _filled(params, values, connection), connection)

    def each(self, many: Iterable[dict[str, Any]]) -> int:
        """Once with each of these values, in one go. Says how many rows changed in all."""
        connection = connections[DEFAULT_DB_ALIAS]
        sql, params = self._written.get(connection.vendor) or self._write_down(connection)
        with connection.cursor() as cursor:
            cursor.executemany(sql, [_filled(params, values, connection) for values in many])
            return int(cursor.rowcount)

    def _write_down(self, connection: Any) -> tuple[str, Sequence[Any]]:
        rows, changes = self._write()
        query = rows.query.chain(klass=UpdateQuery)
        query.add_update_values(changes)  # type: ignore[attr-defined]
        sql, params = query.get_compiler(connection=connection).as_sql()
        self._written[connection.vendor] = sql, params
        return sql, params


def insert(row: models.Model, *, unless_there: bool = False) -> bool:
    """Write a new row as it stands, and say whether it was written. A key the database would
    give it stays unknown."""
    connection = connections[DEFAULT_DB_ALIAS]
    columns, sql = _insertion(type(row), unless_there, connection.vendor)
    values = [column.bring(row, connection) for column in columns]
    row._state.adding, row._state.db = False, connection.alias
    return _run(sql, values, connection) == 1


def insert_all(rows: Sequence[models.Model], *, unless_there: bool = False) -> int:
    """Write new rows of one model as they stand, together, and say how many were written."""
    if len(rows) == 1:
        return int(insert(rows[0], unless_there=unless_there))
    connection, model = connections[DEFAULT_DB_ALIAS], type(rows[0])
    fields, written = _fields(model), 0
    at_once = connection.ops.bulk_batch_size(fields, rows)
    for first in range(0, len(rows), at_once):
        query = InsertQuery(model)
        query.insert_values(fields, list(rows[first : first + at_once]))
        ((sql, params),) = query.get_compiler(using=DEFAULT_DB_ALIAS).as_sql()
        written += _run(sql + UNLESS_THERE * unless_there, params, connection)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    return written


# What these hold goes to both databases as it is, where it is of just this type.
_AS_IT_IS: dict[type[Any], type] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.FloatField: float,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
}


class _Column(NamedTuple):
    """One column of new rows. A report has forty: asking each field costs more than the database takes to
    keep them, so what goes as it is, and what is empty, is not asked."""

    name: str
    field: "models.Field[Any, Any]"
    as_it_is: type
    may_be_empty: bool

    def bring(self, row: models.Model, connection: Any) -> Any:
        value = row.__dict__.get(self.name)
        if type(value) is self.as_it_is or (value is None and self.may_be_empty):
            return value
        value = self.field.pre_save(row, add=True)
        return None if value is None else self.field.get_db_prep_save(value, connection=connection)


def _column(field: "models.Field[Any, Any]") -> _Column:
    draws_its_own = type(field).pre_save is not models.Field.pre_save or field.has_default()
    return _Column(field.attname, field, _AS_IT_IS.get(type(field), _Column), not draws_its_own)


def _fields(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """What a new row brings with it: all but a key that the database will give it."""
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]


@lru_cache
def _insertion(
    model: type[models.Model],
    unless_there: bool,  # noqa: FBT001
    vendor: str,
) -> tuple[Sequence[_Column], str]:
    fields, query = _fields(model), InsertQuery(model)
    # Without a key: one drawn here in vain would make what is drawn next depend on what ran before.
    query.insert_values(fields, [model(**{model._meta.pk.attname: None})])
    ((sql, _),) = query.get_compiler(using=DEFAULT_DB_ALIAS).as_sql()
    return [_column(field) for field in fields], sql + UNLESS_THERE * unless_there


def _filled(params: Sequence[Any], values: dict[str, Any], connection: Any) -> tuple[Any, ...]:
    return tuple(param.fill(values, connection) if isinstance(param, Slot) else param for param in params)


def _run(sql: str, params: Sequence[Any], connection: Any) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)
