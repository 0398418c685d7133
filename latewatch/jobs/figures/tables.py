"""Tables by field or unit from packed columns: those `tabulate` makes of the same dossiers, sooner."""

from collections.abc import Sequence

from latewatch.domain.period import Period
from latewatch.domain.tally.table import Plan, Tally, tally_of
from latewatch.jobs.figures.counts import Counting
from latewatch.jobs.figures.naming import Naming


def tables(counting: Counting, plan: Plan, naming: Naming[str], periods: Sequence[Period]) -> list[Tally]:
    """Return the tables of `plan`, which counts by standing, its rows named by `naming`.

    Raises TallyError where an identity does not hold.
    """
    rule, now = counting.rule, counting.now
    return [
        tally_of(plan, each.period, each.rows, each.left, each.assumed, rule=rule, now=now)
        for each in counting.count(periods, naming)
    ]
