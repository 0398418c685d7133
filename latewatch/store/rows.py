"""Many rows of one table at once, straight through the driver; values are converted as their types ask."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Dialect, Select, Table

from latewatch.packed import NEVER, Lines, Moments, Same
from latewatch.store.schema import sqlite_instant, sqlite_moment

PAGE = 5_000  # rows handed to the driver in one call


Convert = Callable[[Any], Any]


def driver_rows(connection: Connection, statement: Select[Any], **values: Any) -> Sequence[Sequence[Any]]:
    """Return the rows as the driver gives them, unconverted: of very many the fastest way."""
    with connection.execute(statement, values) as result:
        rows: Sequence[Sequence[Any]] = result.cursor.fetchall()
    return rows


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[list[Any]]
) -> None:
    """Insert `rows`, each with the values of the columns `names` in that order."""
    marks = [_mark(connection)] * len(names)
    _execute(connection, _insertion(connection, table, names, marks), table, tuple(names), rows)


def _insertion(connection: Connection, table: Table, names: Sequence[str], marks: Sequence[str]) -> str:
    columns = ", ".join(_quoted(connection, table, names))
    return f"INSERT INTO {table.name} ({columns}) VALUES ({', '.join(marks)})"  # noqa: S608  names of the schema


def insert_columns(
    connection: Connection, table: Table, names: Sequence[str], columns: Sequence[Iterable[Any]]
) -> None:
    """Insert rows that are given as the columns `names`: of many rows the fastest way."""
    converts = dict(_converts(connection.dialect, table, tuple(names)))
    marks, given = [], []
    for at, column in enumerate(columns):
        mark, values = _bound(connection, column, converts.get(at))
        marks.append(mark)
        given += [] if values is None else [values]
    statement = _insertion(connection, table, names, marks)
    connection.exec_driver_sql(statement, list(zip(*given, strict=True)))


def _bound(
    connection: Connection, column: Iterable[Any], convert: Convert | None
) -> tuple[str, Iterable[Any] | None]:
    """Return what stands for a value of `column` in the statement, and the values that are handed over."""
    if isinstance(column, Same) and column.value in _LITERALS:
        return _LITERALS[column.value], None
    if isinstance(column, Lines) and connection.dialect.name == "sqlite":
        return "CAST(? AS TEXT)", column.encoded  # SQLite keeps texts in UTF-8, as these are
    return _mark(connection), column if convert is None else _converted(column, convert)


_LITERALS = {None: "NULL", "": "''"}


def _converted(column: Iterable[Any], convert: Convert) -> list[Any]:
    if isinstance(column, Moments) and convert is sqlite_moment:
        return [None if seconds == NEVER else sqlite_instant(seconds) for seconds in column.seconds]
    return [None if value is None else convert(value) for value in column]


def update_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[list[Any]]
) -> None:
    """Set the columns `names` of the rows whose id is the last value of each of `rows`."""
    mark = _mark(connection)
    changes = ", ".join(f"{name} = {mark}" for name in _quoted(connection, table, names))
    statement = f"UPDATE {table.name} SET {changes} WHERE id = {mark}"  # noqa: S608  likewise
    _execute(connection, statement, table, (*names, "id"), rows)


def _quoted(connection: Connection, table: Table, names: Sequence[str]) -> list[str]:
    quote = connection.dialect.identifier_preparer.format_column
    return [quote(table.c[name]) for name in names]


def _mark(connection: Connection) -> str:
    """Return what stands for a value in the driver's own SQL."""
    return "?" if connection.dialect.paramstyle == "qmark" else "%s"


def _execute(
    connection: Connection, statement: str, table: Table, names: tuple[str, ...], rows: Iterable[list[Any]]
) -> None:
    """Run `statement` for every row, in pages. No rows are no statement at all."""
    converts = _converts(connection.dialect, table, names)
    remaining = iter(rows)
    while page := list(islice(remaining, PAGE)):
        for at, convert in converts:
            for row in page:
                if row[at] is not None:
                    row[at] = convert(row[at])
        connection.exec_driver_sql(statement, list(map(tuple, page)))


@cache
def _converts(dialect: Dialect, table: Table, names: tuple[str, ...]) -> list[tuple[int, Convert]]:
    """Return position and conversion of the columns whose values the driver does not take as they are."""
    found = ((at, table.c[name].type.dialect_impl(dialect)) for at, name in enumerate(names))
    return [(at, convert) for at, kind in found if (convert := kind.bind_processor(dialect))]
