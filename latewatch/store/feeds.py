"""What the sources delivered: last batches, rejected rows, names nobody knows. For `check` and banners."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from latewatch.store import schema


@dataclass(frozen=True, slots=True)
class Feed:
    """One batch of a source: taken, or failed with its problem."""

    source: str
    origin: str
    taken_at: datetime
    rejected: int
    warnings: list[str]
    problem: str


def newest_batches(connection: Connection, source: str) -> list[Feed]:
    """Return the files `source` delivered in its newest run."""
    table = schema.batch.c
    done = (table.source == source) & (table.state == "done")
    newest_run = select(func.max(table.taken_at)).where(done).scalar_subquery()
    return _feeds(connection, done & (table.taken_at == newest_run))


def failures(connection: Connection, source: str) -> list[Feed]:
    """Return what could not be read of `source` and still cannot."""
    table = schema.batch.c
    return _feeds(connection, (table.source == source) & (table.state == "failed"))


def _feeds(connection: Connection, which: ColumnElement[bool]) -> list[Feed]:
    rows = connection.execute(select(schema.batch).where(which).order_by(schema.batch.c.id)).mappings()
    return [Feed(**{name: row[name] for name in Feed.__slots__}) for row in rows]


def data_from(connection: Connection, sources: list[str]) -> datetime | None:
    """Return when the source that has been silent longest last delivered; None where one never did."""
    table = schema.batch.c
    statement = (
        select(table.source, func.max(table.taken_at))
        .where(table.source.in_(sources), table.state == "done")
        .group_by(table.source)
    )
    times = [taken_at for _, taken_at in connection.execute(statement)]
    return min(times) if len(times) == len(sources) and times else None


def rejections(connection: Connection, source: str) -> list[Mapping[str, Any]]:
    """Return the rejected rows of the files that `source` delivered in its newest run."""
    batch, rejection = schema.batch, schema.rejection
    done = (batch.c.source == source) & (batch.c.state == "done")
    newest_run = select(func.max(batch.c.taken_at)).where(done).scalar_subquery()
    newest = select(batch.c.id).where(done, batch.c.taken_at == newest_run)
    statement: Select[Any] = (
        select(*(rejection.c[name] for name in ("file", "sheet", "row", "column", "reason")))
        .where(rejection.c.batch_id.in_(newest))
        .order_by(rejection.c.id)
    )
    return [dict(row) for row in connection.execute(statement).mappings()]


def reported_units(connection: Connection) -> list[tuple[str, str, int]]:
    """Return the pairs of resolving unit and department the dossiers name, with the number of each."""
    table = schema.dossier.c
    names = (table.resolving_unit, table.department)
    statement = select(*names, func.count()).group_by(*names).order_by(func.count().desc(), *names)
    return [(unit, department, number) for unit, department, number in connection.execute(statement)]


def without_due_date(connection: Connection) -> list[tuple[str, str, int]]:
    """Return procedure, reason and number of the dossiers for which no due date could be computed."""
    made, dossier = schema.assessment, schema.dossier
    statement = (
        select(dossier.c.procedure, made.c.problem, func.count())
        .join(made, made.c.dossier_id == dossier.c.id)
        .where(made.c.problem != "")
        .group_by(dossier.c.procedure, made.c.problem)
        .order_by(func.count().desc(), dossier.c.procedure)
    )
    return [(procedure, problem, number) for procedure, problem, number in connection.execute(statement)]
