"""A table for one period: cases placed, counted by row, checked; the dossiers behind a cell. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from latewatch.domain.dossier import Channel
from latewatch.domain.expiry import end_of_day
from latewatch.domain.names import fold
from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally.counts import COLUMNS, Counts
from latewatch.domain.tally.identities import NAMED, check_carry_over, check_dossiers, check_rows
from latewatch.domain.tally.layout import Equation
from latewatch.domain.tally.official_forms import FORM_07A
from latewatch.domain.tally.placing import Left, Placing, place
from latewatch.domain.tally.rates import Rate, named_rates
from latewatch.domain.tally.rule import CountingRule

NO_LABEL = "(không ghi)"
TOTAL = "TỔNG CỘNG"
CHANNEL_LABELS = {
    Channel.ONLINE_FULL: "Trực tuyến toàn trình",
    Channel.ONLINE_PARTIAL: "Trực tuyến một phần",
    Channel.POSTAL: "Qua dịch vụ bưu chính",
    Channel.DIRECT: "Trực tiếp",
}
Label = Callable[[Case], str]
Place = Callable[[Case, Period, datetime, CountingRule], Placing]
Spread = Callable[[Case, Period, datetime, CountingRule], Iterable[tuple[str, Placing]]]
"""What a dossier adds to which rows: one, or as many as it has stages."""


@dataclass(slots=True)
class Tally:
    """A table for one period: rows by label, their total, the rates, and remarks a reader needs."""

    period: Period
    as_of: datetime
    rows: dict[str, Counts]
    total: Counts
    rates: list[Rate]
    notes: list[str] = field(default_factory=list)
    rule: CountingRule = field(default_factory=CountingRule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a table is made of cases: what each adds to which row, what a row holds, which sums must hold.

    Rows named in `first` come in that order, the others after them by name. `is_main`: it counts by standing,
    so that it has rates, and what it carries over was pending before.
    """

    spread: Spread
    row: type[Counts] = Counts
    equations: Sequence[Equation] = ()
    first: Sequence[str] = ()
    is_main: bool = False


def spread_by(label: Label, placed: Place = place) -> Spread:
    """Return the spread that places each dossier in the one row `label` names."""
    return lambda case, period, as_of, rule: ((label(case) or NO_LABEL, placed(case, period, as_of, rule)),)


def main_plan(label: Label, first: Sequence[str] = (), equations: Sequence[Equation] = ()) -> Plan:
    """Return how the tables are made that count by standing."""
    held = equations or FORM_07A.equations
    return Plan(spread=spread_by(label), equations=held, first=first, is_main=True)


def tally(
    cases: Iterable[Case],
    period: Period,
    *,
    label: Label,
    rule: CountingRule,
    now: datetime,
    first: Sequence[str] = (),
) -> Tally:
    """Count `cases` for `period` by `label`, as of the end of its last day, or `now` while it runs.

    Raises TallyError where an identity of the form does not hold.
    """
    return tabulate(cases, main_plan(label, first), period, rule=rule, now=now)


def tabulate(
    cases: Iterable[Case], plan: Plan, period: Period, *, rule: CountingRule, now: datetime
) -> Tally:
    """Count `cases` for `period` as `plan` says. Raises TallyError where an identity does not hold."""
    counting = _Counting(plan, period, rule, now)
    for case in cases:
        counting.count(case)
    return counting.result()


def tabulate_all(
    cases: Iterable[Case], wanted: Sequence[tuple[Plan, Period]], *, rule: CountingRule, now: datetime
) -> list[Tally]:
    """Count `cases` once for several tables. Raises TallyError where an identity does not hold."""
    countings = [_Counting(plan, period, rule, now) for plan, period in wanted]
    for case in cases:
        dossier = case.dossier
        first_seen = dossier.received_at and min(dossier.received_at, dossier.submitted_at or _END)
        for each in countings:
            if not first_seen or first_seen.date() <= each.period.last:  # else it is none of the period's
                each.count(case)
    return [each.result() for each in countings]


def tally_of(
    plan: Plan,
    period: Period,
    rows: dict[str, Counts],
    left: Counter[Left],
    assumed: int,
    *,
    rule: CountingRule,
    now: datetime,
) -> Tally:
    """Make the table of figures that were counted already, its carry-over held to what was pending.

    Raises TallyError where another identity does not hold.
    """
    counting = _Counting(plan, period, rule, now)
    counting.rows, counting.left, counting.assumed = rows, left, assumed
    return counting.result()


_END = datetime.max.replace(tzinfo=UTC)


class _Counting:
    """A table in the making: its rows, and which dossiers stand behind what it is held to."""

    def __init__(self, plan: Plan, period: Period, rule: CountingRule, now: datetime) -> None:
        self.plan, self.period, self.rule, self.now = plan, period, rule, now
        self.as_of = instant_of(period, now)
        day = period.first - timedelta(days=1)
        self.before, self.before_at = Period(day, day, ""), min(now, end_of_day(day, now.tzinfo))
        self.rows: dict[str, Counts] = {}
        self.left: Counter[Left] = Counter()
        self.assumed = 0
        self.carried: set[str] = set()
        self.pending: set[str] = set()
        self.placed: dict[tuple[str, ...], list[str]] = {}

    def count(self, case: Case) -> None:
        code = case.dossier.code
        for name, placing in self.plan.spread(case, self.period, self.as_of, self.rule):
            add(self.rows.setdefault(name, self.plan.row()), placing)
            codes = self.placed.setdefault(placing.figures, [])
            codes.extend([code] if len(codes) < NAMED else [])
            self.assumed += placing.is_assumed
            self.left.update([placing.left] if placing.left else [])
            self.carried.update([code] if "carried" in placing.figures else [])
        if self.plan.is_main:
            was = place(case, self.before, self.before_at, self.rule).figures
            self.pending.update([code] if "within" in was or "overdue" in was else [])

    def result(self) -> Tally:
        """Return the table. Raises TallyError where an identity does not hold."""
        total = self.plan.row()
        for row in self.rows.values():
            total.add(row)
        check_dossiers(self.plan.equations, self.placed)
        check_rows(self.plan.equations, self.rows, total)
        check_carry_over(self.carried, self.pending)
        shown = [name for name in ordered(self.rows, self.plan.first) if not self.rows[name].is_blank]
        rows = {name: self.rows[name] for name in shown}
        rates = named_rates(total) if self.plan.is_main else []
        result = Tally(self.period, self.as_of, rows, total, rates, [], self.rule)
        result.notes = [*_unfinished(result, self.now), *_notes(self.left, self.assumed, self.rule)]
        return result


def instant_of(period: Period, now: datetime) -> datetime:
    """Return the instant a table of `period` shows: the end of its last day, or `now` while it runs."""
    return min(now, end_of_day(period.last, now.tzinfo))


def add(row: Counts, placing: Placing) -> None:
    for name in placing.figures:
        setattr(row, name, getattr(row, name) + 1)


def ordered(names: Iterable[str], first: Sequence[str] = ()) -> list[str]:
    """Return the labels in `first` in its order, the others after them by name."""
    places = {name: place for place, name in enumerate(first)}
    return sorted(names, key=lambda name: (places.get(name, len(places)), fold(name)))


def _unfinished(result: Tally, now: datetime) -> list[str]:
    if result.as_of == end_of_day(result.period.last, now.tzinfo):
        return []
    return [f"Kỳ chưa kết thúc: số liệu tính đến {result.as_of:%H:%M ngày %d/%m/%Y}."]


def _notes(left: Counter[Left], assumed: int, rule: CountingRule) -> list[str]:
    lines = {f"hồ sơ {reason}: không tính.": left[reason] for reason in Left}
    channel = CHANNEL_LABELS[rule.unknown_channel]
    lines[f"hồ sơ không ghi kênh nộp: tính vào cột “{channel}” (counting.unknown_channel)."] = assumed
    return [f"{count} {line}" for line, count in lines.items() if count]


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table: a row's name, a section's numeral, or TOTAL, and a column.

    A column is what it adds up and takes off; `c12` of form 07a, or the name of a figure, say that by
    themselves.
    """

    label: str
    column: str
    of: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    is_section: bool = False

    def is_of(self, name: str) -> bool:
        """Tell whether the row `name` is within this cell's row."""
        if self.is_section:
            return name.startswith(f"{self.label}. ")
        return self.label in (TOTAL, name)

    def times(self, figures: Sequence[str]) -> int:
        """Return how often a placing is counted in this cell."""
        taken = self.of or COLUMNS.get(self.column, (self.column,))
        return sum(figures.count(name) for name in taken) - sum(figures.count(name) for name in self.less)


def behind(
    cases: Iterable[Case], cell: Cell, period: Period, *, label: Label, rule: CountingRule, now: datetime
) -> Iterator[Case]:
    """Yield exactly the dossiers that `cell` counts in the table `tally` makes of the same cases."""
    return behind_in(cases, main_plan(label), cell, period, rule=rule, now=now)


def behind_in(
    cases: Iterable[Case], plan: Plan, cell: Cell, period: Period, *, rule: CountingRule, now: datetime
) -> Iterator[Case]:
    """Yield the dossiers `cell` counts in the table of `plan`, each as often as it is counted there."""
    as_of = instant_of(period, now)
    for case in cases:
        for name, placing in plan.spread(case, period, as_of, rule):
            if cell.is_of(name):
                yield from [case] * cell.times(placing.figures)


@dataclass(frozen=True, slots=True)
class Differing:
    """A dossier that two rules count differently: the figures only the one, and only the other, gives it."""

    case: Case
    label: str
    only_one: tuple[str, ...]
    only_other: tuple[str, ...]


def compared(
    cases: Iterable[Case],
    period: Period,
    one: CountingRule,
    other: CountingRule,
    *,
    label: Label,
    now: datetime,
) -> Iterator[Differing]:
    """Yield each dossier that makes the table by rule `one` differ from that by rule `other`."""
    return compared_in(cases, main_plan(label), period, one, other, now=now)


def compared_in(
    cases: Iterable[Case],
    plan: Plan,
    period: Period,
    one: CountingRule,
    other: CountingRule,
    *,
    now: datetime,
) -> Iterator[Differing]:
    """Yield each dossier, row by row, that makes the tables of `plan` by the two rules differ."""
    as_of = instant_of(period, now)
    for case in cases:
        ours, theirs = (_by_row(plan.spread(case, period, as_of, rule)) for rule in (one, other))
        for name in sorted(ours.keys() | theirs.keys()):
            only_one, only_other = ours[name] - theirs[name], theirs[name] - ours[name]
            if only_one or only_other:
                yield Differing(case, name, tuple(only_one.elements()), tuple(only_other.elements()))


def _by_row(placed: Iterable[tuple[str, Placing]]) -> dict[str, Counter[str]]:
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for name, placing in placed:
        rows[name].update(placing.figures)
    return rows
