"""A table for one period: cases placed, counted by label, checked; the dossiers behind a cell. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from latewatch.domain.dossier import Channel
from latewatch.domain.expiry import end_of_day
from latewatch.domain.names import fold
from latewatch.domain.period import Period
from latewatch.domain.standing import Case
from latewatch.domain.tally.counts import COLUMNS, Counts
from latewatch.domain.tally.identities import check_carry_over, check_rows
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

    Rows whose labels are in `first` come in that order, the others after them by name. Raises TallyError
    where an identity of the form does not hold.
    """
    as_of = instant_of(period, now)
    day = period.first - timedelta(days=1)
    before, before_at = Period(day, day, ""), min(now, end_of_day(day, now.tzinfo))
    rows: dict[str, Counts] = {}
    left: Counter[Left] = Counter()
    assumed, carried, pending = 0, set(), set()
    for case in cases:
        placing = place(case, period, as_of, rule)
        add(rows.setdefault(label(case) or NO_LABEL, Counts()), placing)
        assumed += placing.is_assumed
        left.update([placing.left] if placing.left else [])
        carried.update([case.dossier.code] if "carried" in placing.figures else [])
        was = place(case, before, before_at, rule).figures
        pending.update([case.dossier.code] if "within" in was or "overdue" in was else [])
    total = Counts()
    for row in rows.values():
        total.add(row)
    shown = {name: rows[name] for name in ordered(rows, first) if not rows[name].is_blank}
    result = Tally(period, as_of, shown, total, named_rates(total), [], rule)
    result.notes = [*_unfinished(result, now), *_notes(left, assumed, rule)]
    check_rows(shown, total)
    check_carry_over(carried, pending)
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
    """One cell of a table: a row's label, or TOTAL, and a column (`c12`, or the name of a figure)."""

    label: str
    column: str

    @property
    def figures(self) -> tuple[str, ...]:
        return COLUMNS.get(self.column, (self.column,))


def behind(
    cases: Iterable[Case], cell: Cell, period: Period, *, label: Label, rule: CountingRule, now: datetime
) -> Iterator[Case]:
    """Yield exactly the dossiers that `cell` counts in the table `tally` makes of the same cases."""
    as_of, wanted = instant_of(period, now), set(cell.figures)
    for case in cases:
        is_of_row = cell.label in (TOTAL, label(case) or NO_LABEL)
        if is_of_row and wanted.intersection(place(case, period, as_of, rule).figures):
            yield case


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
    as_of = instant_of(period, now)
    for case in cases:
        ours, theirs = (place(case, period, as_of, rule).figures for rule in (one, other))
        if set(ours) != set(theirs):
            yield Differing(
                case,
                label(case) or NO_LABEL,
                tuple(name for name in ours if name not in theirs),
                tuple(name for name in theirs if name not in ours),
            )
