"""What a change of the calendar can move: read in narrow pages, and written back in columns."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    bindparam,
    case,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from latewatch.clock import at_midnight
from latewatch.domain.dossier import Status
from latewatch.store import schema

PAGE = 50_000
NOTHING = -1  # stands for a moment that is not known: plain numbers come out of the driver fastest
_BOTH = schema.assessment.join(schema.dossier, schema.dossier.c.id == schema.assessment.c.dossier_id)
_WAITING = (Status.SUPPLEMENT.value, Status.SUSPENDED.value)


class _Seconds(GenericFunction[int]):
    """Seconds since 1970 of a moment, or of the beginning of a date in UTC; fractions are dropped."""

    type = BigInteger()
    inherit_cache = True
    name = "latewatch_seconds"


@compiles(_Seconds, "sqlite")
def _seconds_sqlite(element: _Seconds, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(strftime('%s', {compiler.process(element.clauses, **options)}) AS INTEGER)"


@compiles(_Seconds, "postgresql")
def _seconds_postgresql(element: _Seconds, compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(floor(extract(epoch FROM {compiler.process(element.clauses, **options)})) AS BIGINT)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which dossiers a change can touch: what was worked differs from `first` to `last`, nowhere else.

    `now` to `soon` are the days in which a dossier is due soon. Only what was decided by `rules` is asked
    for: the rest is decided anew anyway. `no_calendar` begins the problem of what lies beyond the calendar.
    Names of procedures are long, and read only where `with_procedures` asks for them.
    """

    first: date
    last: date
    now: date
    soon: date
    rules: str
    no_calendar: str
    with_procedures: bool


class Movable(NamedTuple):
    """One row: seconds since 1970 where it says a moment or a day, NOTHING where there is none."""

    id: int
    received: int
    processed: int
    due: int
    computed: int  # of its day, in UTC
    limit: str | None
    resolving_unit: str
    department: str
    source: str
    procedure_code: str
    procedure: str
    status: str
    standing: str
    basis: str
    is_special: int  # interrupted, awaiting something, or without a calendar


def movable(connection: Connection, window: Window, page: int = PAGE) -> Iterator[Sequence[Movable]]:
    """Yield what a change can touch, in pages by number.

    No page is open while the caller has it, so that it may write. Nothing is left out whose due date, lapse
    or standing the change could move: a due date depends on the days from receipt to itself alone.
    """
    statement = _narrow(window).where(*_reach(window)).order_by(schema.assessment.c.dossier_id).limit(page)
    after = bindparam("after", type_=BigInteger)
    statement = statement.where(schema.assessment.c.dossier_id > after)
    last = 0
    while rows := connection.execute(statement, {"after": last}).all():
        yield rows  # type: ignore[misc]  # a row has the names of Movable, in its order
        last = rows[-1][0]
        if len(rows) < page:
            return


def _narrow(window: Window) -> Select[Any]:
    made, dossier = schema.assessment.c, schema.dossier.c
    code, name = dossier.procedure_code, dossier.procedure
    waits = or_(
        dossier.suspensions.is_not(null()),
        made.waiting_since.is_not(None),
        made.problem.startswith(window.no_calendar, autoescape=True),
        dossier.status.in_(_WAITING),
    )
    return select(
        made.dossier_id.label("id"),
        _seconds(dossier.received_at).label("received"),
        _seconds(dossier.processed_at).label("processed"),
        _seconds(made.due_at).label("due"),
        _seconds(made.computed_on).label("computed"),
        made.time_limit.label("limit"),
        dossier.resolving_unit,
        dossier.department,
        dossier.source,
        code if window.with_procedures else literal("").label("procedure_code"),
        name if window.with_procedures else literal("").label("procedure"),
        dossier.status,
        made.standing,
        made.basis,
        case((waits, 1), else_=0).label("is_special"),
    ).select_from(_BOTH)


def _seconds(column: ColumnElement[Any]) -> ColumnElement[int]:
    return func.coalesce(_Seconds(column), NOTHING)


def _reach(window: Window) -> list[ColumnElement[bool]]:
    made, dossier = schema.assessment.c, schema.dossier.c
    begin, end = at_midnight(window.first), at_midnight(window.last + timedelta(days=1))
    spans = (dossier.received_at < end) & or_(
        made.computed_on >= window.first, made.waiting_since >= begin, made.lapses_on >= window.first
    )
    touched = [spans, made.problem.startswith(window.no_calendar, autoescape=True)]
    if window.now <= window.last and window.first <= window.soon:
        today, after = at_midnight(window.now), at_midnight(window.soon + timedelta(days=1))
        touched.append((made.due_at >= today) & (made.due_at < after))
    return [*_fresh(window.rules), or_(*touched)]


def _fresh(rules: str) -> list[ColumnElement[bool]]:
    made = schema.assessment.c
    return [made.rules == rules, made.dossier_version == schema.dossier.c.version]


def count_undecided(connection: Connection, rules: str) -> int:
    """Return how many dossiers wait to be decided anew, whatever the calendar."""
    fresh = select(func.count()).select_from(_BOTH).where(*_fresh(rules)).scalar_subquery()
    every = select(func.count()).select_from(schema.dossier).scalar_subquery()
    number: int = connection.execute(select(every - fresh)).scalar_one()
    return number


def codes_of(connection: Connection, ids: Sequence[int]) -> Mapping[int, str]:
    table = schema.dossier.c
    found = connection.execute(select(table.id, table.code).where(table.id.in_(ids)))
    return {number: code for number, code in found}  # noqa: C416  a row is no pair of types to mypy


def write_moved(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write the other columns of `rows` into the assessment of the dossier `of_dossier` names."""
    if rows:
        table = schema.assessment
        statement = update(table).where(table.c.dossier_id == bindparam("of_dossier"))
        connection.execute(statement, rows)


def write_changes(connection: Connection, rows: Sequence[tuple[int, str, str]], at: datetime) -> None:
    """Keep that dossiers stand differently: number, before, after."""
    if rows:
        changes = [{"dossier_id": i, "before": before, "after": after, "at": at} for i, before, after in rows]
        connection.execute(insert(schema.standing_change), changes)
