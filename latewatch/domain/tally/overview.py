"""All that a month's report shows, and the plans of the tables made for it alone. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally.comparison import Comparison
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.found import found
from latewatch.domain.tally.placing import Placing, due_at, place
from latewatch.domain.tally.ranking import LateProcedure, Ranked, Standard
from latewatch.domain.tally.rule import CountingRule
from latewatch.domain.tally.table import NO_LABEL, Plan, Tally, main_plan

DAYS_LATE = {
    "dưới 1 ngày": 0,
    "1 ngày": 1,
    "2-3 ngày": 3,
    "4-5 ngày": 5,
    "6-10 ngày": 10,
    "11-20 ngày": 20,
    "trên 20 ngày": 10**6,
}
"""How late, in working days: each label with the most days in it."""
_BETWEEN = "\x1f"  # stands in no name: `tidy` drops it
_LATE = ("late", "overdue")


@dataclass(slots=True)
class DueCounts(Counts):
    """A row of what falls due after the period."""

    due_next: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """A month as its report shows it, and as of `today` what is overdue and waits.

    `doubts` says what the data leave open; `due_next` is by unit.
    """

    comparison: Comparison
    today: Tally
    standard: Standard
    units: Sequence[Ranked]
    procedures: Sequence[LateProcedure]
    cells: Mapping[tuple[str, str], Counts]
    days_late: Mapping[str, Counts]
    stages: Tally
    letters: Tally
    next_period: Period
    due_next: Mapping[str, int]
    busy_from: int
    doubts: Sequence[str]

    @property
    def month(self) -> Tally:
        return self.comparison.month

    @property
    def has_data(self) -> bool:
        return not self.month.total.is_blank


def field_unit_plan() -> Plan:
    """Return the plan of a table with a row for each field of each unit."""
    return main_plan(field_and_unit)


def field_and_unit(case: Case) -> str:
    """Name the row of a dossier in that table."""
    return _BETWEEN.join((case.dossier.field or NO_LABEL, case.unit or NO_LABEL))


def by_field_and_unit(tally: Tally) -> dict[tuple[str, str], Counts]:
    """Return the rows of that table by field and unit."""
    cells = {}
    for name, row in tally.rows.items():
        field, _, unit = name.partition(_BETWEEN)
        cells[field, unit] = row
    return cells


def days_late_plan() -> Plan:
    """Return the plan of a table with a row for each span of days late, of what the rule counts as late."""
    return Plan(spread=_days_late, first=tuple(DAYS_LATE))


def _days_late(
    case: Case, period: Period, as_of: datetime, rule: CountingRule
) -> Iterator[tuple[str, Placing]]:
    late = tuple(name for name in _LATE if name in place(case, period, as_of, rule).figures)
    if late:
        days = found(case, 1, period, as_of, rule).working_days_late
        yield next(label for label, most in DAYS_LATE.items() if days <= most), Placing(late)


def due_next_plan(following: Period) -> Plan:
    """Return the plan of a table by unit of what is pending and falls due in the period `following`."""

    def spread(
        case: Case, period: Period, as_of: datetime, rule: CountingRule
    ) -> Iterator[tuple[str, Placing]]:
        due = due_at(case, rule, as_of)
        is_next = due is not None and due.date() in following
        if is_next and "within" in place(case, period, as_of, rule).figures:
            yield case.unit or NO_LABEL, Placing(("due_next",))

    return Plan(spread=spread, row=DueCounts)


def numbers_due(tally: Tally) -> dict[str, int]:
    """Return how many fall due next by unit, the most first."""
    rows = {name: row.due_next for name, row in tally.rows.items() if isinstance(row, DueCounts)}
    return dict(sorted(rows.items(), key=lambda each: (-each[1], each[0])))
