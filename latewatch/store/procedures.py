"""The imported procedure catalogue, and the limits the dossiers themselves report.

Rows are added and marked as replaced, never changed: who said what when stays to be read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, func, insert, select, update

from latewatch.domain.amendment import Amendment
from latewatch.domain.catalogue import Procedure
from latewatch.domain.expiry import Ends
from latewatch.domain.limit import TimeLimit
from latewatch.domain.suspension import Effect
from latewatch.store import schema

FIELDS = tuple(field.name for field in fields(Procedure))
_EFFECTS = ("supplement", "financial", "consultation", "other")
_KEPT = schema.procedure.c


def imported(connection: Connection) -> tuple[Procedure, ...]:
    """Return the imported entries that count, by code, name and date of effect."""
    rows = connection.execute(select(schema.procedure).where(_KEPT.replaced_at.is_(None))).mappings()
    return tuple(sorted(map(_procedure, rows), key=lambda each: (each.code, each.name, each.starts_on)))


def amend(connection: Connection, amendments: Iterable[Amendment], author: str, at: datetime) -> None:
    """Carry out what a plan says: replaced entries are marked, new ones added with author and time."""
    made = list(amendments)
    for removed in (each for amendment in made for each in amendment.removed):
        connection.execute(update(schema.procedure).where(*_is(removed)).values(replaced_at=at))
    rows = [_row(each) | {"author": author, "added_at": at} for amendment in made for each in amendment.added]
    if rows:
        connection.execute(insert(schema.procedure), rows)


def history(connection: Connection, key: str) -> list[Mapping[str, Any]]:
    """Return every row ever kept of the code, or of the name, `key`; the oldest first."""
    statement = select(schema.procedure).where((_KEPT.code == key) | (_KEPT.name == key))
    return [dict(row) for row in connection.execute(statement.order_by(_KEPT.id)).mappings()]


def _is(procedure: Procedure) -> tuple[ColumnElement[bool], ...]:
    """Select the one entry of a procedure that begins on its day; entries of one never overlap."""
    return (
        _KEPT.replaced_at.is_(None),
        _KEPT.code == procedure.code,
        _KEPT.name == procedure.name,
        _KEPT.valid_from.is_not_distinct_from(procedure.valid_from),
    )


def _row(procedure: Procedure) -> dict[str, Any]:
    row = {name: getattr(procedure, name) for name in FIELDS}
    row["limit"] = str(procedure.limit) if procedure.limit else None
    for name in ("ends", *_EFFECTS):
        row[name] = row[name].value if row[name] else None
    return row


def _procedure(row: RowMapping) -> Procedure:
    own = {name: row[name] for name in FIELDS}
    own["limit"] = TimeLimit.parse(own["limit"]) if own["limit"] else None
    own["ends"] = Ends(own["ends"]) if own["ends"] else None
    for name in _EFFECTS:
        own[name] = Effect(own[name]) if own[name] else None
    return Procedure(**own)


@dataclass(frozen=True, slots=True)
class ReportedLimit:
    """What dossiers of one procedure that were received at one moment state as their limit."""

    code: str
    name: str
    field: str
    limit: TimeLimit
    received_at: datetime
    number: int


def reported_limits(connection: Connection) -> Iterator[ReportedLimit]:
    """Yield the limits the dossiers state, by procedure and moment of receipt."""
    table = schema.dossier.c
    names = (table.procedure_code, table.procedure, table.field, table.time_limit, table.received_at)
    statement = (
        select(*names, func.count())
        .where(table.time_limit.is_not(None), table.received_at.is_not(None))
        .group_by(*names)
        .order_by(*names)
    )
    limits: dict[str, TimeLimit] = {}
    for code, name, field, text, received_at, number in connection.execute(statement):
        limit = limits.get(text) or limits.setdefault(text, TimeLimit.parse(text))
        yield ReportedLimit(code, name, field, limit, received_at, number)
