"""A table by field or unit from packed columns: the one `tabulate` makes of the same dossiers, sooner."""

from datetime import datetime

from latewatch.domain.period import Period
from latewatch.domain.tally.rule import CountingRule
from latewatch.domain.tally.table import Label, Plan, Tally, tally_of
from latewatch.jobs.figures.columns import Columns
from latewatch.jobs.figures.counts import count_in
from latewatch.jobs.figures.naming import ByLabel
from latewatch.jobs.office import Office


def quick_tally(  # noqa: PLR0917  what a table is made of
    office: Office, plan: Plan, label: Label, period: Period, rule: CountingRule, now: datetime
) -> Tally | None:
    """Count for `plan`, whose rows `label` names by unit and field alone; None where pages tell of too few.

    Raises TallyError where an identity does not hold.
    """
    with office.store.reading() as connection:
        columns = Columns(office, connection)
        if not columns.is_quick:
            return None
        (counted,) = count_in(connection, columns, [period], rule, now, ByLabel(label))
    return tally_of(plan, period, counted.rows, counted.left, counted.assumed, rule=rule, now=now)
