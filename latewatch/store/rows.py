"""Many rows of one table at once, straight through the driver; values are converted as their types ask."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import cache
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect, Table

PAGE = 5_000  # rows handed to the driver in one call


def _kin(value: Any) -> str:
    """Encode what is derived from a date or moment, which the encoder knows by their own types only."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")


_json = msgspec.json.Encoder(enc_hook=_kin)
Convert = Callable[[Any], Any]


def to_text(value: Any) -> str:
    """Return `value` as JSON: letters as they are, moments in ISO 8601 with their offset."""
    return _json.encode(value).decode()


def to_lines(values: Iterable[Any]) -> list[str]:
    """Return each of `values` as `to_text` does: no text in JSON breaks a line."""
    return _json.encode_lines(values).decode().split("\n")[:-1]


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[list[Any]]
) -> None:
    """Insert `rows`, each with the values of the columns `names` in that order."""
    _execute(connection, _insertion(connection, table, names), table, tuple(names), rows)


def _insertion(connection: Connection, table: Table, names: Sequence[str]) -> str:
    columns = ", ".join(_quoted(connection, table, names))
    marks = ", ".join([_mark(connection)] * len(names))
    return f"INSERT INTO {table.name} ({columns}) VALUES ({marks})"  # noqa: S608  names of the schema


def insert_columns(
    connection: Connection, table: Table, names: Sequence[str], columns: Sequence[Iterable[Any]]
) -> None:
    """Insert rows that are given as the columns `names`: of many rows the fastest way."""
    converted = list(columns)
    for at, convert in _converts(connection.dialect, table, tuple(names)):
        converted[at] = [None if value is None else convert(value) for value in converted[at]]
    connection.exec_driver_sql(_insertion(connection, table, names), list(zip(*converted, strict=True)))


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
