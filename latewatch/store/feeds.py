"""What the sources delivered: last batches, rejected rows, names nobody knows. For `check` and banners."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, RowMapping, func, select

from latewatch.domain.arrivals import Arrived
from latewatch.domain.record import Rejected
from latewatch.store import schema
from latewatch.store.outcomes import rejected_in

RECENT = timedelta(days=7)
ARRIVED = (
    *("origin", "taken_at", "seen_at", "sha256", "fields", "layouts"),
    *("read", "new", "rejected", "unknown"),
)
REMEMBERED = 200  # batches of a source that say what is usual of it


@dataclass(frozen=True, slots=True)
class Feed:
    """One batch of a source: taken, or failed with its problem."""

    id: int
    source: str
    origin: str
    taken_at: datetime
    rejected: int
    warnings: list[str]
    problem: str


def newest_batches(connection: Connection, source: str) -> list[Feed]:
    """Return the newest batch of each file that `source` delivered in the week up to its newest run."""
    return _feeds(connection, schema.batch.c.id.in_(_newest(connection, source)))


def _newest(connection: Connection, source: str) -> list[int]:
    """Name the newest batch of each file; one of longer ago is history, or the file has another name now."""
    table = schema.batch.c
    done = (table.source == source) & (table.state == "done")
    newest_run = connection.execute(select(func.max(table.taken_at)).where(done)).scalar()
    if newest_run is None:
        return []
    recent = done & (table.taken_at >= newest_run - RECENT)
    return list(connection.execute(select(func.max(table.id)).where(recent).group_by(table.origin)).scalars())


def failures(connection: Connection, source: str) -> list[Feed]:
    """Return what could not be read of `source` and still cannot."""
    table = schema.batch.c
    return _feeds(connection, (table.source == source) & (table.state == "failed"))


def _feeds(connection: Connection, which: ColumnElement[bool]) -> list[Feed]:
    rows = connection.execute(select(schema.batch).where(which).order_by(schema.batch.c.id)).mappings()
    return [Feed(**{name: row[name] for name in Feed.__slots__}) for row in rows]


@dataclass(frozen=True, slots=True)
class Run:
    """A file, or a run over an interface: running while it is unfinished, done, or undone since."""

    id: int
    origin: str
    state: str
    taken_at: datetime
    read: int
    new: int
    changed: int
    unchanged: int
    rejected: int


def last_run(connection: Connection, source: str) -> list[Run]:
    """Return the batches of the newest run of `source` that brought anything, in their order.

    A run that was interrupted is the newest one until it is gone on with.
    """
    table = schema.batch.c
    mine = (table.source == source) & table.state.in_(("running", "done", "undone")) & table.undoes.is_(None)
    newest = select(table.taken_at).where(mine).order_by(table.id.desc()).limit(1).scalar_subquery()
    columns = [table[name] for name in Run.__slots__]
    found = select(*columns).where(mine, table.taken_at == newest).order_by(table.id)
    return [Run(*row) for row in connection.execute(found)]


def arrivals(connection: Connection, source: str) -> list[Arrived]:
    """Return the newest files of `source`, or runs over its interface, oldest first.

    None that was undone, and none that corrects rows of another: it is no new export. Their `strange`
    headings are all there were, where they are known: the caller knows which are mapped.
    """
    table = schema.batch.c
    columns = [table[name] for name in ARRIVED]
    taken = (
        (table.source == source) & (table.state == "done") & table.undoes.is_(None) & table.corrects.is_(None)
    )
    found = select(*columns, table.awaited.is_not(None).label("awaits")).where(taken)
    found = found.order_by(table.id.desc()).limit(REMEMBERED)
    return [_arrived(row) for row in connection.execute(found).mappings()][::-1]


def _arrived(row: RowMapping) -> Arrived:
    values = dict(row)
    layouts = values.pop("layouts")
    values["fields"] = frozenset(values["fields"])
    values["strange"] = frozenset().union(*layouts) if layouts else None
    values["unknown"] = values["unknown"] or {}
    return Arrived(**values)


def corrected(connection: Connection, source: str) -> set[int]:
    """Return the batches of `source` whose rejected rows came back corrected."""
    table = schema.batch.c
    came_back = (table.source == source) & (table.state == "done") & table.corrects.is_not(None)
    return set(connection.execute(select(table.corrects).where(came_back)).scalars())


def rejections(connection: Connection, source: str) -> list[Rejected]:
    """Return the rejected rows of the newest batches, but for those that came back corrected.

    One that several files repeat stands once.
    """
    table = schema.rejection.c
    batches = {*_newest(connection, source)} - corrected(connection, source)
    statement = select(schema.rejection).where(table.batch_id.in_(batches))
    rows = connection.execute(statement.order_by(table.batch_id, table.id)).mappings()
    found = {
        (repr(sorted(each.raw.items())), each.column, each.reason): each for each in map(rejected_in, rows)
    }
    return list(found.values())


def reported_units(connection: Connection) -> list[tuple[str, str, int]]:
    """Return the pairs of resolving unit and department the dossiers name, with the number of each."""
    table = schema.dossier.c
    names = (table.resolving_unit, table.department)
    statement = select(*names, func.count()).group_by(*names).order_by(func.count().desc(), *names)
    return [(unit, department, number) for unit, department, number in connection.execute(statement)]


@dataclass(frozen=True, slots=True)
class Undecided:
    """A procedure of whose dossiers `dossiers` have no due date, for one reason."""

    procedure_code: str
    procedure: str
    problem: str
    dossiers: int


def without_due_date(connection: Connection) -> list[Undecided]:
    """Return the procedures, and why for how many of their dossiers no due date could be computed."""
    made, dossier = schema.assessment, schema.dossier
    names = (dossier.c.procedure_code, dossier.c.procedure, made.c.problem)
    statement = (
        select(*names, func.count())
        .join(made, made.c.dossier_id == dossier.c.id)
        .where(made.c.problem != "")
        .group_by(*names)
        .order_by(func.count().desc(), *names)
    )
    return [Undecided(*row) for row in connection.execute(statement)]
