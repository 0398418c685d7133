"""What is behind the figures: the dossiers of a cell, and those two rules count differently."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from latewatch.domain.names import fold
from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally.columns import Column
from latewatch.domain.tally.forms import LAYOUTS
from latewatch.domain.tally.found import Found, found
from latewatch.domain.tally.layout import Form, Layout
from latewatch.domain.tally.rule import CountingRule
from latewatch.domain.tally.table import TOTAL, Cell, Differing, Plan, behind_in, compared_in, instant_of
from latewatch.domain.tally.why import deciding_choices, explained
from latewatch.errors import TallyError
from latewatch.jobs.office import Office
from latewatch.jobs.tally import plan_of, stored_cases


@dataclass(frozen=True, slots=True)
class Behind:
    """The dossiers behind one cell, by code. `count` is what the cell says: the sum of their `times`."""

    row: str
    column: Column
    rule: CountingRule
    as_of: datetime
    dossiers: list[Found]

    @property
    def count(self) -> int:
        return sum(each.times for each in self.dossiers)


def behind_cell(  # noqa: PLR0917  a cell of a table
    office: Office, period: Period, form: Form, now: datetime, cell: str, rule: CountingRule
) -> Behind:
    """Return exactly the dossiers that `cell` (`Đất đai:c12`) counts. Raises TallyError for no cell."""
    label, column = _parsed(cell, LAYOUTS[form])
    plan, as_of = plan_of(office, form), instant_of(period, now)
    with stored_cases(office, period, now, rule) as stored:
        cases = list(stored)
    row = _row(label, cases, plan, LAYOUTS[form], period, as_of, rule)
    is_section = row in (section.numeral for section in LAYOUTS[form].sections)
    wanted = Cell(row, column.key, column.of, column.less, is_section=is_section)
    times: Counter[int] = Counter()
    known: dict[int, Case] = {}
    for case in behind_in(cases, plan, wanted, period, rule=rule, now=now):
        times[id(case)] += 1
        known[id(case)] = case
    dossiers = [found(case, times[key], period, as_of, rule) for key, case in known.items()]
    return Behind(row, column, rule, as_of, sorted(dossiers, key=lambda each: each.code))


def _parsed(cell: str, layout: Layout) -> tuple[str, Column]:
    label, _, key = cell.rpartition(":")
    column = layout.column(key) if label.strip() else None
    if column is None:
        keys = ", ".join(each.key for each in layout.columns if isinstance(each, Column))
        raise TallyError(
            f"“{cell}” không phải một ô của biểu {layout.form}; viết DÒNG:CỘT, ví dụ "
            f"“{TOTAL}:{layout.columns[0].key}”. Các cột: {keys}."
        )
    return label.strip(), column


def _row(  # noqa: PLR0917  a row of a table
    label: str,
    cases: Iterable[Case],
    plan: Plan,
    layout: Layout,
    period: Period,
    as_of: datetime,
    rule: CountingRule,
) -> str:
    """Return the name of the row that is meant, as the table writes it. Raises TallyError."""
    rows = {name for case in cases for name, _ in plan.spread(case, period, as_of, rule)}
    names = (TOTAL, *(section.numeral for section in layout.sections), *sorted(rows))
    row = next((each for each in names if _key(each) == _key(label)), None)
    if row is None:
        raise TallyError(f"Bảng của kỳ này không có dòng “{label}”; có: {', '.join(names[:30])}.")
    return row


def _key(name: str) -> str:
    return re.sub(r"\s*\.\s*", ".", fold(name)).strip(".")


@dataclass(frozen=True, slots=True)
class Moved:
    """A dossier that two rules count differently: its row, where each has it, and which choices made it."""

    code: str
    row: str
    one: tuple[str, ...]
    other: tuple[str, ...]
    choices: tuple[str, ...]
    why: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What one rule counts otherwise than the other, dossier by dossier."""

    one: CountingRule
    other: CountingRule
    moved: list[Moved]


def compare_rules(  # noqa: PLR0917  a table and two rules
    office: Office, period: Period, form: Form, now: datetime, one: CountingRule, other: CountingRule
) -> Comparison:
    """Return the dossiers that make the two tables differ, by code."""
    plan, as_of = plan_of(office, form), instant_of(period, now)
    with stored_cases(office, period, now, one, other) as cases:
        differing = list(compared_in(cases, plan, period, one, other, now=now))

    def moved(each: Differing) -> Moved:
        def outcome(rule: CountingRule) -> Mapping[str, Counter[str]]:
            placed = plan.spread(each.case, period, as_of, rule)
            return {name: Counter(placing.figures) for name, placing in placed if name == each.label}

        choices = deciding_choices(one, other, outcome)
        return Moved(
            code=each.case.dossier.code,
            row=each.label,
            one=_columns(LAYOUTS[form], each.only_one),
            other=_columns(LAYOUTS[form], each.only_other),
            choices=tuple(choices),
            why=explained(each.case, choices, one, other, as_of),
        )

    rows = [moved(each) for each in differing]
    return Comparison(one, other, sorted(rows, key=lambda each: (each.code, each.row)))


_BESIDE = {
    "due_in_period": "đến hạn trong kỳ",
    "due_and_on_time": "đến hạn và đúng hạn trong kỳ",
    "late_with_letter": "quá hạn đã có thư xin lỗi",
    "overdue_with_letter": "đang quá hạn đã có thư xin lỗi",
}


def _columns(layout: Layout, figures: tuple[str, ...]) -> tuple[str, ...]:
    """Name the columns that figures add to, and what stands in none but in a rate."""
    columns = [
        f"({each.number}) {each.headings[-1].lower()}" for each in layout.leaves if each.times(figures) > 0
    ]
    shown = {name for each in layout.leaves for name in each.of}
    return (*columns, *(_BESIDE[name] for name in figures if name in _BESIDE and name not in shown))
