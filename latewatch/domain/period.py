"""Reporting periods. Pure."""

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
