"""Who must file which report by when: Thông tư 09/2026/TT-BTP, Điều 9, 10 and 11. Pure.

Monthly (1, 2; 4, 5; 7, 8; 10, 11), quarterly (I, III), half-yearly and yearly. Units file by the 20th, those
who sum up by the 23rd of the period's last month; periods end on the 14th (NĐ 09/2019/NĐ-CP, Điều 12).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from latewatch.domain.period import Cutoff, Period, Span, period_of
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import CalendarGap

MONTHS = (1, 2, 4, 5, 7, 8, 10, 11)
QUARTERS = (3, 9)  # I and III, by their last month
TOLD_LATE = 10  # days after its date in which a report that was not closed is told


class FilingLevel(StrEnum):
    """Who files: a unit, or who sums up its units' reports."""

    UNIT = "unit"
    PROVINCE = "province"
    MINISTRY = "ministry"


DUE_DAY = {FilingLevel.UNIT: 20, FilingLevel.PROVINCE: 23, FilingLevel.MINISTRY: 23}
FORM = {FilingLevel.UNIT: "07a", FilingLevel.PROVINCE: "07b", FilingLevel.MINISTRY: "07c"}
RECEIVER = {
    FilingLevel.UNIT: "cơ quan tổng hợp (UBND cấp tỉnh; bộ, cơ quan ngang bộ)",
    FilingLevel.PROVINCE: "Bộ Tư pháp",
    FilingLevel.MINISTRY: "Bộ Tư pháp",
}


@dataclass(frozen=True, slots=True)
class Filing:
    """One report: how long its period is, its name on the command line, the form, the last day to file it."""

    span: Span
    name: str
    period: Period
    form: str
    due_on: date

    @property
    def option(self) -> str:
        """Return how a command asks for its period: `--month 2026-10`."""
        return f"--{self.span} {self.name}"


def filings(year: int, level: FilingLevel) -> list[Filing]:
    """Return the reports of a year in the order of their dates, not moved for days of rest."""
    spans = [(Span.MONTH, month) for month in MONTHS] + [(Span.QUARTER, month) for month in QUARTERS]
    spans += [(Span.HALF, 6), (Span.YEAR, 12)]
    return sorted((_filing(year, month, span, level) for span, month in spans), key=lambda each: each.due_on)


def _filing(year: int, month: int, span: Span, level: FilingLevel) -> Filing:
    names = {
        Span.MONTH: f"{year}-{month:02}",
        Span.QUARTER: f"{year}-Q{month // 3}",
        Span.HALF: f"{year}-H{month // 6}",
        Span.YEAR: f"{year}",
    }
    period = period_of(year, month, span, Cutoff.FIFTEENTH)
    return Filing(span, names[span], period, FORM[level], date(year, month, DUE_DAY[level]))


def last_day(filing: Filing, calendar: WorkCalendar, *, moves: bool) -> date:
    """Return the last day to file on: moved to the next working day where `moves`, else as it is written.

    Beyond the calendar it is as it is written.
    """
    try:
        return calendar.add(filing.due_on, 0) if moves else filing.due_on
    except CalendarGap:
        return filing.due_on


def working_days_left(today: date, due_on: date, calendar: WorkCalendar) -> int | None:
    """Return how many working days there are after `today` up to `due_on`; None beyond the calendar."""
    try:
        return calendar.count(today, due_on)
    except CalendarGap:
        return None


def to_tell(
    today: date, level: FilingLevel, calendar: WorkCalendar, *, days: int, moves: bool
) -> Iterator[tuple[Filing, date]]:
    """Yield the reports to remind of with their last day: from `days` working days before it on.

    None before its period has ended, and none that was due more than `TOLD_LATE` days ago. 0 days: none.
    """
    if not days:
        return
    for filing in (*filings(today.year - 1, level), *filings(today.year, level)):
        due_on = last_day(filing, calendar, moves=moves)
        left = working_days_left(today, due_on, calendar)
        is_near = left is not None and left <= days and (today - due_on).days <= TOLD_LATE
        if is_near and today > filing.period.last:
            yield filing, due_on


def sending_day(period: Period, day: int, calendar: WorkCalendar) -> date:
    """Return when the report of `period` leaves: on the first such day after its end, a working one."""
    month = period.last.replace(day=day)
    wanted = month if month > period.last else _next_month(period.last).replace(day=day)
    try:
        return calendar.add(wanted, 0)
    except CalendarGap:
        return wanted


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)
