"""Overview: a month held against others, its units ranked, and what its report shows besides."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection

from latewatch.domain.integrity.finding import Severity
from latewatch.domain.period import Cutoff, Period
from latewatch.domain.tally.comparison import Comparison, Month, shown_months
from latewatch.domain.tally.overview import (
    Overview,
    by_field_and_unit,
    days_late_plan,
    due_next_plan,
    field_and_unit,
    field_unit_plan,
    numbers_due,
)
from latewatch.domain.tally.ranking import Standard, latest, ranked
from latewatch.domain.tally.rule import CountingRule
from latewatch.domain.tally.table import Tally, tabulate_all
from latewatch.jobs.figures.counts import Counting
from latewatch.jobs.figures.naming import ByLabel, ByUnit
from latewatch.jobs.figures.tables import tables
from latewatch.jobs.office import Office
from latewatch.jobs.tally import Form, cases_in, counting_rule, plan_of
from latewatch.store.findings import open_counts

MOST_PROCEDURES = 5


def overview(office: Office, month: Month, now: datetime, rule: CountingRule | None = None) -> Overview:
    """Return what the report of a month shows: all of it from what is known now, as one instant knows it.

    Raises TallyError where an identity does not hold.
    """
    rule, cutoff = rule or counting_rule(office), office.settings.counting.period
    period, following = month.period(cutoff), month.moved(1).period(cutoff)
    by_unit, standard = plan_of(office, Form.BY_UNIT), standard_of(office)
    periods = [*_compared_with(month, cutoff), Period(now.date(), now.date(), "Hôm nay")]
    plans = [
        plan_of(office, Form.BY_PROCEDURE),
        days_late_plan(),
        plan_of(office, Form.BY_STAGE),
        plan_of(office, Form.LETTERS),
        due_next_plan(following),
    ]
    with office.store.reading() as connection:
        counting = Counting(office, connection, rule, now)
        *compared, today = tables(counting, by_unit, ByUnit(), periods)
        (cells,) = tables(counting, field_unit_plan(), ByLabel(field_and_unit), [period])
        cases = cases_in(connection, office, period, now, rule)
        others = tabulate_all(cases, [(plan, period) for plan in plans], rule=rule, now=now)
        findings = _findings(connection)
    comparison = _compared(compared)
    procedures, days_late, stages, letters, due = others
    return Overview(
        comparison=comparison,
        today=today,
        standard=standard,
        units=ranked(comparison.month.rows, standard),
        procedures=latest(procedures.rows, standard.min_volume, MOST_PROCEDURES),
        cells=by_field_and_unit(cells),
        days_late=days_late.rows,
        stages=stages,
        letters=letters,
        next_period=following,
        due_next=numbers_due(due),
        busy_from=office.settings.reports.busy_from,
        doubts=[*comparison.month.notes, *findings],
    )


def standard_of(office: Office) -> Standard:
    """Return what the units of this office are held against."""
    settings = office.settings
    target = settings.reports.target_percent
    own = {each.name: each.target_percent for each in settings.units if each.target_percent is not None}
    return Standard(
        levels={each.name: each.level for each in settings.units if each.level},
        targets={name: Decimal(str(percent)) for name, percent in own.items()},
        target=None if target is None else Decimal(str(target)),
        min_volume=settings.reports.min_volume,
    )


def _compared_with(month: Month, cutoff: Cutoff) -> list[Period]:
    """Return the twelve months, the month of last year, and both years up to it."""
    last_year = month.moved(-12)
    months = [each.period(cutoff) for each in shown_months(month)]
    return [*months, last_year.period(cutoff), month.year_until(cutoff), last_year.year_until(cutoff)]


def _compared(tables: list[Tally]) -> Comparison:
    *trend, last_year, year, last_year_until = tables
    return Comparison(trend=trend, last_year=last_year, year=year, last_year_until=last_year_until)


def _findings(connection: Connection) -> list[str]:
    grave = sum(number for _, severity, number in open_counts(connection) if severity is Severity.HIGH)
    return [f"{grave} dấu hiệu mức cao chưa làm rõ (latewatch findings)."] if grave else []
