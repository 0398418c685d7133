"""Many rows of one table at once, straight through the driver; values are converted as their types ask."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import islice
from typing import Any

import msgspec
from sqlalchemy import Connection, Dialect, Insert, Table, Update, bindparam, insert, update
from sqlalchemy.sql.compiler import SQLCompiler

PAGE = 5_000  # rows handed to the driver in one call

_encoder = msgspec.json.Encoder()
Convert = Callable[[Any], Any]


def to_text(value: Any) -> str:
    """Return `value` as JSON: letters as they are, moments in ISO 8601 with their offset."""
    return _encoder.encode(value).decode()


def insert_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert `rows`, each with the values of the columns `names` in that order."""
    statement = insert(table).values({name: bindparam(f"{name}_") for name in names})
    _execute(connection, statement, table, tuple(names), rows)


def update_rows(
    connection: Connection, table: Table, names: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Set the columns `names` of the rows whose id is the last value of each of `rows`."""
    statement = update(table).where(table.c.id == bindparam("id_"))
    statement = statement.values({name: bindparam(f"{name}_") for name in names})
    _execute(connection, statement, table, (*names, "id"), rows)


def _execute(
    connection: Connection,
    statement: Insert | Update,
    table: Table,
    names: tuple[str, ...],
    rows: Iterable[Sequence[Any]],
) -> None:
    """Run `statement` for every row, in pages; an empty one is no statement at all."""
    compiled = statement.compile(dialect=connection.dialect)
    converts = _converts(connection.dialect, table, names)
    arranged = _arrangement(compiled, names)
    remaining = iter(rows)
    while page := list(islice(remaining, PAGE)):
        for at, convert in converts:
            for row in page:
                row[at] = convert(row[at])  # type: ignore[index]  # rows are lists, made for this call
        connection.exec_driver_sql(str(compiled), [arranged(row) for row in page])


def _arrangement(compiled: SQLCompiler, names: tuple[str, ...]) -> Callable[[Sequence[Any]], Any]:
    """Return how the driver wants a row: by position in the statement's own order, or by name."""
    keys = [f"{name}_" for name in names]
    if not compiled.positional:
        return lambda row: dict(zip(keys, row, strict=True))
    assert compiled.positiontup is not None  # noqa: S101  a positional statement has one
    order = [keys.index(name) for name in compiled.positiontup]
    if order == list(range(len(keys))):
        return tuple
    return lambda row: tuple(row[at] for at in order)


@cache
def _converts(dialect: Dialect, table: Table, names: tuple[str, ...]) -> list[tuple[int, Convert]]:
    """Return position and conversion of the columns whose values the driver does not take as they are."""
    found = ((at, table.c[name].type.dialect_impl(dialect)) for at, name in enumerate(names))
    return [(at, convert) for at, kind in found if (convert := kind.bind_processor(dialect))]
