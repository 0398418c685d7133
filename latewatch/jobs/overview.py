"""Overview: a month held against others, its units ranked, and what its report shows besides."""

from datetime import datetime
from decimal import Decimal

from latewatch.domain.integrity.finding import Severity
from latewatch.domain.period import Period
from latewatch.domain.tally.comparison import Comparison, Month, shown_months
from latewatch.domain.tally.overview import (
    Overview,
    by_field_and_unit,
    days_late_plan,
    due_next_plan,
    field_unit_plan,
    numbers_due,
)
from latewatch.domain.tally.ranking import Standard, latest, ranked
from latewatch.domain.tally.rule import CountingRule
from latewatch.domain.tally.table import Plan, Tally, tabulate_all
from latewatch.jobs.office import Office
from latewatch.jobs.tally import Form, counting_rule, plan_of, stored_cases
from latewatch.store.findings import open_counts

MOST_PROCEDURES = 5


def compare_month(
    office: Office, month: Month, now: datetime, rule: CountingRule | None = None
) -> Comparison:
    """Count a month, the eleven before it, its like of last year, and both years up to it, by unit.

    All from what is known now. Raises TallyError where an identity does not hold.
    """
    rule = rule or counting_rule(office)
    return _compared(_tables(office, _compared_with(office, month), now, rule))


def overview(office: Office, month: Month, now: datetime, rule: CountingRule | None = None) -> Overview:
    """Return what the report of a month shows, read in one go. Raises TallyError likewise."""
    rule, cutoff = rule or counting_rule(office), office.settings.counting.period
    period, following = month.period(cutoff), month.moved(1).period(cutoff)
    compared = _compared_with(office, month)
    others = [
        plan_of(office, Form.BY_PROCEDURE),
        field_unit_plan(),
        days_late_plan(),
        plan_of(office, Form.BY_STAGE),
        plan_of(office, Form.LETTERS),
        due_next_plan(following),
    ]
    today = (plan_of(office, Form.BY_UNIT), Period(now.date(), now.date(), "Hôm nay"))
    tables = _tables(office, [*compared, *((plan, period) for plan in others), today], now, rule)
    comparison = _compared(tables[: len(compared)])
    procedures, cells, days_late, stages, letters, due, today_table = tables[len(compared) :]
    standard = standard_of(office)
    return Overview(
        comparison=comparison,
        today=today_table,
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
        doubts=[*comparison.month.notes, *_findings(office)],
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


def _compared_with(office: Office, month: Month) -> list[tuple[Plan, Period]]:
    cutoff, plan = office.settings.counting.period, plan_of(office, Form.BY_UNIT)
    last_year = month.moved(-12)
    periods = [each.period(cutoff) for each in shown_months(month)]
    periods += [last_year.period(cutoff), month.year_until(cutoff), last_year.year_until(cutoff)]
    return [(plan, period) for period in periods]


def _compared(tables: list[Tally]) -> Comparison:
    *trend, last_year, year, last_year_until = tables
    return Comparison(trend=trend, last_year=last_year, year=year, last_year_until=last_year_until)


def _tables(
    office: Office, wanted: list[tuple[Plan, Period]], now: datetime, rule: CountingRule
) -> list[Tally]:
    periods = [period for _, period in wanted]
    whole = Period(min(each.first for each in periods), max(each.last for each in periods), "")
    with stored_cases(office, whole, now, rule) as cases:
        return tabulate_all(cases, wanted, rule=rule, now=now)


def _findings(office: Office) -> list[str]:
    with office.store.reading() as connection:
        found = open_counts(connection)
    grave = sum(number for _, severity, number in found if severity is Severity.HIGH)
    return [f"{grave} dấu hiệu mức cao chưa làm rõ (latewatch findings)."] if grave else []
