"""The few facts that say where a dossier is counted, of very many, as the database writes them."""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal,
    select,
    text,
    type_coerce,
)

from latewatch.store import schema
from latewatch.store.figures.pages import parts_of
from latewatch.store.rows import driver_rows

PORTION = 20_000  # rows read at once
_DOSSIER, _MADE, _LETTER = schema.dossier.c, schema.assessment.c, schema.letter.c
# Spelt out, so that SQLite uses the index of the letters in force: it does not look into parameters.
_IN_FORCE = text("(letter.state <> 'cancelled' OR letter.sent_on IS NOT NULL)")
_IS_ALIVE = text("letter.state <> 'cancelled'")
_PATTERN = "YYYY-MM-DD HH24:MI:SS.US"


def in_range(connection: Connection, first: int, last: int, rules: str) -> Iterator[Sequence[Any]]:
    """Yield the dossiers with ids from `first` to `last` in portions, by id.

    The columns are those of `figures.packing.COLUMNS`; fresh is what was decided by `rules` since it changed.
    """
    number = _DOSSIER.id
    span = (number >= bindparam("first", type_=BigInteger)) & (number <= bindparam("last", type_=BigInteger))
    statement = _narrow(connection.dialect.name).where(span).order_by(number).limit(PORTION)
    while rows := driver_rows(connection, statement, first=first, last=last, rules=rules):
        yield rows
        first = rows[-1][0] + 1
        if len(rows) < PORTION:
            return


def with_ids(connection: Connection, ids: Sequence[int], rules: str) -> Iterator[Sequence[Any]]:
    """Yield the dossiers `ids` likewise; ids of none are passed over."""
    wanted = _narrow(connection.dialect.name).where(_DOSSIER.id.in_(bindparam("ids", expanding=True)))
    for part in parts_of(ids):
        rows = driver_rows(connection, wanted.order_by(_DOSSIER.id), ids=list(part), rules=rules)
        if rows:
            yield rows


@cache
def _narrow(dialect: str) -> Select[Any]:
    """Return the statement; the moments come out as text, which is many times faster than as moments."""
    is_sqlite = dialect == "sqlite"
    at, on = (_plain, _plain) if is_sqlite else (_moment_text, _day_text)
    is_fresh = (_MADE.rules == bindparam("rules")) & (_MADE.dossier_version == _DOSSIER.version)
    sent = case((_IS_ALIVE, _LETTER.sent_on))
    revised = case((_IS_ALIVE & _LETTER.sent_on.is_not(None), _LETTER.new_date))
    letters = (_LETTER.dossier_id == _DOSSIER.id) & _IN_FORCE
    return (
        select(
            _DOSSIER.id,
            _DOSSIER.resolving_unit,
            _DOSSIER.department,
            _DOSSIER.field,
            *(at(_DOSSIER[name]) for name in ("received_at", "submitted_at", "processed_at", "returned_at")),
            _DOSSIER.status,
            _DOSSIER.channel,
            case((is_fresh, 1), else_=0),
            at(_MADE.due_at),
            _MADE.basis,
            on(_MADE.computed_on),
            on(_MADE.promised_on),
            case((_MADE.waiting_since.is_not(None), 1), else_=0),
            case((_MADE.runs_on, 1), else_=0),
            on(sent),
            on(revised),
        )
        .select_from(schema.dossier)
        .outerjoin(schema.assessment, _MADE.dossier_id == _DOSSIER.id)
        .outerjoin(schema.letter, letters)
    )


def _plain(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return type_coerce(column, Text)


def _moment_text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return func.to_char(func.timezone("UTC", column), literal(_PATTERN), type_=Text)


def _day_text(column: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(column, Text)
