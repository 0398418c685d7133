"""The figures of periods by unit and field, over millions of dossiers: those of `tally`, sooner."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from latewatch.domain.expiry import end_of_day
from latewatch.domain.period import Period
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.identities import refuse_carry_over
from latewatch.domain.tally.placing import Left, place
from latewatch.domain.tally.rule import CountingRule
from latewatch.domain.tally.table import NO_LABEL, add, instant_of
from latewatch.figures.asked import Asked, counts_for_good, worth_placing
from latewatch.figures.counting import NAMED, Cell, Table, count
from latewatch.figures.moments import Mask, day_of
from latewatch.figures.rows import Rows
from latewatch.jobs.figures.columns import Alone, Columns
from latewatch.jobs.figures.units import Units
from latewatch.jobs.office import Office
from latewatch.store.movable import codes_of


@dataclass(slots=True)
class Counted:
    """One period's figures by unit and field, and what its table remarks on."""

    period: Period
    as_of: datetime
    rows: dict[Cell, Counts] = field(default_factory=dict)
    left: Counter[Left] = field(default_factory=Counter)
    assumed: int = 0
    unlike: list[int] = field(default_factory=list)  # ids whose carry-over does not fit


def counts_by(office: Office, period: Period, rule: CountingRule, now: datetime) -> dict[Cell, Counts]:
    """Count all stored dossiers for `period` by the names of unit and field. Raises TallyError."""
    return count_periods(office, [period], rule, now)[0].rows


def count_periods(
    office: Office, periods: Sequence[Period], rule: CountingRule, now: datetime
) -> list[Counted]:
    """Count several periods in one go. Raises TallyError where one carries over what was not pending."""
    asked = [_Asked(period, rule, now) for period in periods]
    with office.store.reading() as connection:
        columns = Columns(office, connection)
        units = Units(office, columns.names)
        rows = columns.rows(lambda some: _worth(some, asked), _since(asked))
        tables = [count(rows, each.now_asked, each.before_asked, units.answers_due) for each in asked]
        names = units.labels(), units.fields()
        found = [_counted(each, table, *names) for each, table in zip(asked, tables, strict=True)]
        for alone in columns.alone():
            for each, counted in zip(asked, found, strict=True):
                _add(counted, alone, each)
        for counted in found:
            _check(counted, connection)
    return found


@dataclass(frozen=True)
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


def _worth(rows: Rows, asked: Sequence[_Asked]) -> Mask:
    """Tell which rows one of the tables may count."""
    found = worth_placing(rows, asked[0].now_asked)
    for each in asked[1:]:
        found |= worth_placing(rows, each.now_asked)
    return found


def _since(asked: Sequence[_Asked]) -> date | None:
    """Return the day before which nothing had ended that is counted; None where there is no such day."""
    if any(counts_for_good(each.rule) for each in asked):
        return None
    return min(day_of(min(each.now_asked.first, each.now_asked.as_of_day)) for each in asked)


def _counted(asked: _Asked, table: Table, units: Sequence[str], fields: Sequence[str]) -> Counted:
    rows = table.named(units, fields)
    return Counted(asked.period, asked.as_of, rows, table.left, table.assumed, table.unlike)


def _add(counted: Counted, alone: Alone, asked: _Asked) -> None:
    """Place one dossier by itself."""
    placing = place(alone.case, asked.period, asked.as_of, asked.rule)
    was = place(alone.case, *asked.before, asked.rule).figures
    if placing.figures:
        name = alone.case.unit or NO_LABEL, alone.case.dossier.field or NO_LABEL
        add(counted.rows.setdefault(name, Counts()), placing)
    counted.assumed += placing.is_assumed
    counted.left.update([placing.left] if placing.left else [])
    if ("carried" in placing.figures) != ("within" in was or "overdue" in was):
        counted.unlike.append(alone.id)


def _check(counted: Counted, connection: Connection) -> None:
    if counted.unlike:
        refuse_carry_over(codes_of(connection, counted.unlike[:NAMED]).values())
