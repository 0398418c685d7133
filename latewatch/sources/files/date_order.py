"""Whether a column of text dates writes the day or the month first: decided from all its cells, never one."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from latewatch.domain.record import DateOrder
from latewatch.sources.files.grid import Cell

FEW = 3  # cells: fewer are slips of a hand, no habit of an export
MIXED = 0.10  # of the cells that show an order: below it the others are slips
MONTH_FIRST = 0.25  # of all text dates: about 60 % show it where an export writes so
SPLIT = 5  # cells of either kind: dates Excel made from text end at the 12th by chance 1 time in 100
_START = re.compile(r"(\d{1,2}) ?[/.-] ?(\d{1,2}) ?[/.-]?")
START = 7  # characters in which day and month stand


@dataclass(slots=True)
class Seen:
    """What one column showed: beginnings of its text dates with their number, and its real dates."""

    starts: Counter[str] = field(default_factory=Counter)
    real: int = 0
    real_after_12: int = 0

    def look(self, column: Sequence[Cell]) -> None:
        """Look at some cells of the column, all at once: there may be a million."""
        self.starts.update([cell[:START] for cell in column if type(cell) is str])
        days = [cell.day for cell in column if isinstance(cell, date)]
        self.real += len(days)
        self.real_after_12 += sum(day > 12 for day in days)

    def add(self, other: "Seen") -> None:
        self.starts.update(other.starts)
        self.real += other.real
        self.real_after_12 += other.real_after_12


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a column is read. `doubt` says why cells that could be either are not; `note` is for a person.

    `is_real_doubtful`: its real dates are not believed either.
    """

    order: DateOrder = DateOrder.DAY_FIRST
    doubt: str = ""
    note: str = ""
    is_real_doubtful: bool = False


PLAIN = Verdict()


def decide(seen: Seen, wanted: DateOrder | None) -> Verdict:
    """Decide how a column is read; `wanted` is what the profile says, and then nothing is guessed."""
    if wanted:
        return Verdict(wanted)
    counts = _counts(seen.starts)
    day, month = counts["day"], counts["month"]
    shown, dates = day + month, day + month + counts["either"]
    if min(day, month) >= FEW and min(day, month) >= MIXED * shown:
        return Verdict(doubt=_MIXED.format(day=_example(seen, "day"), month=_example(seen, "month")))
    if _was_swapped(seen, day, month, counts["either"]):
        return Verdict(doubt=_SWAPPED.format(number=seen.real, text=day), is_real_doubtful=True)
    if month >= FEW and month > day and month >= MONTH_FIRST * dates:
        return Verdict(DateOrder.MONTH_FIRST, note=_MONTH_FIRST.format(number=month))
    if month and not day:
        return Verdict(note=_HINT.format(number=month))
    return PLAIN


_MIXED = (
    "cột có ô ghi ngày trước ({day}) và ô ghi tháng trước ({month}), không rõ ô này ghi kiểu nào; hãy xuất "
    "lại cả cột theo ngày/tháng/năm"
)
_SWAPPED = (
    "cột có {number} ô là ngày thật của Excel đều không quá ngày 12, còn {text} ô có ngày lớn hơn 12 vẫn là "
    "chữ: Excel đã đảo ngày với tháng khi mở tệp; hãy xuất lại, không mở và lưu bằng Excel"
)
_MONTH_FIRST = "được đọc theo tháng/ngày/năm: {number} ô chỉ có thể là như vậy, hầu như không ô nào ngược lại"
_HINT = (
    "{number} ô ghi tháng trước ngày và không ô nào có ngày lớn hơn 12: các ngày khác của cột có thể bị đảo "
    "ngày với tháng; hãy kiểm tra cách xuất ngày"
)


def _counts(starts: Mapping[str, int]) -> dict[str, int]:
    counts = {"day": 0, "month": 0, "either": 0, "none": 0}
    for start, number in starts.items():
        counts[_shows(start)] += number
    return counts


def _shows(start: str) -> str:
    """Tell what can only stand first: the day, the month, either; or that this begins no such date."""
    match = _START.match(start.lstrip())
    if match is None:
        return "none"
    first, second = int(match[1]), int(match[2])
    if first > 12 >= second:
        return "day"
    return "month" if second > 12 >= first else "either"


def _was_swapped(seen: Seen, day: int, month: int, either: int) -> bool:
    """Tell whether a spreadsheet program read what it could as month/day, and left the rest as text."""
    return seen.real >= SPLIT <= day and not (seen.real_after_12 or month or either)


def _example(seen: Seen, kind: str) -> str:
    """Return the beginning of a date that shows `kind`, as the column writes it."""
    start = next(start for start in seen.starts if _shows(start) == kind)
    match = _START.match(start.lstrip())
    return f"{match[0] if match else start}…"


def is_doubtful(cell: Cell, verdict: Verdict) -> bool:
    """Tell whether the cell is one of those the column's verdict leaves open."""
    if not verdict.doubt:
        return False
    if isinstance(cell, date):
        return verdict.is_real_doubtful and cell.day != cell.month
    return isinstance(cell, str) and _shows(cell[:START]) in ("month", "either") and not _is_same(cell)


def _is_same(text: str) -> bool:
    """Tell whether day and month are the same number, so that their order does not matter."""
    match = _START.match(text.lstrip())
    return match is not None and int(match[1]) == int(match[2])
