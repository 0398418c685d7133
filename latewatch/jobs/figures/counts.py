"""The figures of periods by unit and field, over millions of dossiers: those of `tally`, sooner."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic

from sqlalchemy import Connection

from latewatch.domain.expiry import end_of_day
from latewatch.domain.period import Period
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.identities import refuse_carry_over
from latewatch.domain.tally.placing import Left, place
from latewatch.domain.tally.rule import CountingRule
from latewatch.domain.tally.table import add, instant_of
from latewatch.figures.asked import Asked, counts_for_good, worth_placing
from latewatch.figures.counting import NAMED, Cells, Name, count, rows_of
from latewatch.figures.moments import day_of
from latewatch.jobs.figures.columns import Alone, Columns
from latewatch.jobs.figures.naming import ByUnitAndField, Naming
from latewatch.jobs.figures.units import Units
from latewatch.jobs.office import Office
from latewatch.store.movable import codes_of


@dataclass(slots=True)
class Counted(Generic[Name]):
    """One period's figures by row, and what its table remarks on."""

    period: Period
    as_of: datetime
    rows: dict[Name, Counts]
    left: Counter[Left]
    assumed: int
    unlike: list[int]  # ids of which (8) is not the (13) of the period before


def counts_by(
    office: Office, period: Period, rule: CountingRule, now: datetime
) -> dict[tuple[str, str], Counts]:
    """Count all stored dossiers for `period` by the names of unit and field. Raises TallyError."""
    return count_periods(office, [period], rule, now, ByUnitAndField())[0].rows


def count_periods(
    office: Office,
    periods: Sequence[Period],
    rule: CountingRule,
    now: datetime,
    naming: Naming[Name],
) -> list[Counted[Name]]:
    """Count several periods in one go. Quicker than one after the other: what they share is read once.

    Raises TallyError where a period carries over what was not pending before.
    """
    with office.store.reading() as connection:
        return Counting(office, connection, rule, now).count(periods, naming)


@dataclass(frozen=True, slots=True)
class Counting:
    """Counting by one rule what one transaction sees, as it is known at one instant."""

    office: Office
    connection: Connection
    rule: CountingRule
    now: datetime

    def count(self, periods: Sequence[Period], naming: Naming[Name]) -> list[Counted[Name]]:
        """Count several periods in one go. Raises TallyError likewise."""
        columns = Columns(self.office, self.connection)
        asked = [_Asked(period, self.rule, self.now) for period in periods]
        found = _in_columns(self.office, columns, asked, naming)
        for alone in columns.alone():
            for each, counted in zip(asked, found, strict=True):
                _add(counted, alone, each, naming)
        for counted in found:
            if counted.unlike:
                refuse_carry_over(codes_of(self.connection, counted.unlike[:NAMED]).values())
        return found


@dataclass(frozen=True, slots=True)
class _Asked:
    """A period that is asked for, and the day before it, whose pending dossiers it carries over."""

    period: Period
    rule: CountingRule
    now: datetime

    @property
    def as_of(self) -> datetime:
        return instant_of(self.period, self.now)

    @property
    def before(self) -> tuple[Period, datetime]:
        day = self.period.first - timedelta(days=1)
        return Period(day, day, ""), min(self.now, end_of_day(day, self.now.tzinfo))

    @property
    def now_asked(self) -> Asked:
        return Asked.of(self.period, self.as_of, self.rule)

    @property
    def before_asked(self) -> Asked:
        return Asked.of(*self.before, self.rule)


def _in_columns(
    office: Office, columns: Columns, asked: Sequence[_Asked], naming: Naming[Name]
) -> list[Counted[Name]]:
    """Count all that has its place in columns; what is told alone is known after it."""
    units, every = Units(office, columns.names), Asked.all_of([each.now_asked for each in asked])
    since = None if counts_for_good(every.rule) else day_of(every.since)
    told = columns.rows(lambda some: worth_placing(some, every), since)
    cells = Cells(told)
    tables = [count(told, cells, each.now_asked, each.before_asked, units.answers_due) for each in asked]
    named = rows_of(tables, cells.named(naming.numbered(units)))
    return [
        Counted(each.period, each.as_of, rows, table.left, table.assumed, table.unlike)
        for each, table, rows in zip(asked, tables, named, strict=True)
    ]


def _add(counted: Counted[Name], alone: Alone, asked: _Asked, naming: Naming[Name]) -> None:
    """Place one dossier by itself."""
    placing = place(alone.case, asked.period, asked.as_of, asked.rule)
    was = place(alone.case, *asked.before, asked.rule).figures
    if placing.figures:
        add(counted.rows.setdefault(naming.of(alone.case), Counts()), placing)
    counted.assumed += placing.is_assumed
    counted.left.update([placing.left] if placing.left else [])
    if ("carried" in placing.figures) != ("within" in was or "overdue" in was):
        counted.unlike.append(alone.id)
