"""Reporting periods. Pure."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Cutoff(StrEnum):
    """Where a reporting month begins and ends."""

    FIFTEENTH = "15-14"  # Nghị định 09/2019/NĐ-CP, Điều 12
    CALENDAR = "calendar"


class Span(StrEnum):
    """How long a period is; the value counts its months in `MONTHS`."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


MONTHS = {Span.MONTH: 1, Span.QUARTER: 3, Span.HALF: 6, Span.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Period:
    """A reporting period, both days included, and the heading the official form gives it."""

    first: date
    last: date
    title: str

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and self.first <= day <= self.last


def period_of(year: int, month: int, span: Span, cutoff: Cutoff) -> Period:
    """Return the period of `span` that holds the reporting month `month` of `year`.

    With the 15-14 cut-off a month runs from the 15th of the month before to the 14th; a quarter from the
    15th of the month before it to the 14th of its last month; half year and year likewise. Raises ValueError.
    """
    length = MONTHS[span]
    index = (month - 1) // length
    first_month = date(year, index * length + 1, 1)
    after = _next_month(date(year, (index + 1) * length, 1))
    title = _title(span, year, month, index)
    if cutoff is Cutoff.CALENDAR:
        return Period(first_month, after - timedelta(days=1), title)
    before = (first_month - timedelta(days=1)).replace(day=15)
    return Period(before, (after - timedelta(days=1)).replace(day=14), title)


_NAME = re.compile(
    r"(?P<year>20\d{2})(?:-(?:(?P<month>0?[1-9]|1[0-2])|[Qq](?P<quarter>[1-4])|[Hh](?P<half>[12])))?"
)


def span_of(name: str) -> Span:
    """Return what a name tells of: `2026-10`, `2026-Q4`, `2026-H1` or `2026`. Raises ValueError."""
    return _read(name)[0]


def named_period(name: str, cutoff: Cutoff) -> Period:
    """Return the period of a name: `2026-10`, `2026-Q4`, `2026-H1` or `2026`. Raises ValueError."""
    span, year, month = _read(name)
    return period_of(year, month, span, cutoff)


def _read(name: str) -> tuple[Span, int, int]:
    match = _NAME.fullmatch(name.strip())
    if match is None:
        raise ValueError(f"“{name}” không phải kỳ báo cáo; ví dụ: 2026-10, 2026-Q4, 2026-H1, 2026")
    year = int(match["year"])
    for span, text in (
        (Span.MONTH, match["month"]),
        (Span.QUARTER, match["quarter"]),
        (Span.HALF, match["half"]),
    ):
        if text:
            return span, year, (int(text) - 1) * MONTHS[span] + 1
    return Span.YEAR, year, 1


def between(first: date, last: date) -> Period:
    """Return the period of any two days, both included. Raises ValueError where they are backwards."""
    if last < first:
        raise ValueError(f"từ ngày {first:%d/%m/%Y} đến ngày {last:%d/%m/%Y} là ngược")
    return Period(first, last, "Theo ngày chọn")


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _title(span: Span, year: int, month: int, index: int) -> str:
    if span is Span.MONTH:
        return f"Tháng {month} năm {year}"
    if span is Span.QUARTER:
        return f"Quý {('I', 'II', 'III', 'IV')[index]} năm {year}"
    if span is Span.HALF:
        return f"06 tháng {('đầu', 'cuối')[index]} năm {year}"
    return f"Năm {year}"
