"""The reporting calendar: Thông tư 09/2026/TT-BTP, Điều 9, 10, 11."""

from datetime import date

import pytest

from latewatch.calendars.load import load_calendars
from latewatch.domain.period import Cutoff, Span, period_of
from latewatch.domain.reporting import FilingLevel, filings, last_day, sending_day, to_tell

CALENDAR = load_calendars(None).office
UNIT = FilingLevel.UNIT


def test_the_reports_of_a_year() -> None:
    found = [(each.option, each.due_on) for each in filings(2026, UNIT)]
    assert found == [
        ("--month 2026-01", date(2026, 1, 20)),
        ("--month 2026-02", date(2026, 2, 20)),
        ("--quarter 2026-Q1", date(2026, 3, 20)),
        ("--month 2026-04", date(2026, 4, 20)),
        ("--month 2026-05", date(2026, 5, 20)),
        ("--half 2026-H1", date(2026, 6, 20)),
        ("--month 2026-07", date(2026, 7, 20)),
        ("--month 2026-08", date(2026, 8, 20)),
        ("--quarter 2026-Q3", date(2026, 9, 20)),
        ("--month 2026-10", date(2026, 10, 20)),
        ("--month 2026-11", date(2026, 11, 20)),
        ("--year 2026", date(2026, 12, 20)),
    ]


@pytest.mark.parametrize("level", [FilingLevel.PROVINCE, FilingLevel.MINISTRY])
def test_who_sums_up_files_by_the_23rd(level: FilingLevel) -> None:
    assert {each.due_on.day for each in filings(2026, level)} == {23}


def test_periods_end_on_the_14th() -> None:
    year = filings(2026, UNIT)[-1].period
    assert (year.first, year.last) == (date(2025, 12, 15), date(2026, 12, 14))
    quarter = next(each.period for each in filings(2026, UNIT) if each.name == "2026-Q3")
    assert (quarter.first, quarter.last) == (date(2026, 6, 15), date(2026, 9, 14))


def test_a_date_on_a_day_of_rest_moves_where_the_office_says_so() -> None:
    half = next(each for each in filings(2026, UNIT) if each.span is Span.HALF)  # 20/6/2026 is a Saturday
    assert last_day(half, CALENDAR, moves=False) == date(2026, 6, 20)
    assert last_day(half, CALENDAR, moves=True) == date(2026, 6, 22)


def told(today: date, days: int = 3) -> list[str]:
    return [each.name for each, _ in to_tell(today, UNIT, CALENDAR, days=days, moves=False)]


def test_reminders_begin_working_days_before_and_end_some_days_after() -> None:
    assert told(date(2026, 10, 14)) == []  # its last day: nothing can be closed yet
    assert told(date(2026, 10, 14), days=10) == []
    assert told(date(2026, 10, 15), days=2) == []
    assert told(date(2026, 10, 15)) == ["2026-10"]
    assert told(date(2026, 10, 20)) == ["2026-10"]
    assert told(date(2026, 10, 30)) == ["2026-10"]
    assert told(date(2026, 10, 31)) == []
    assert told(date(2026, 10, 20), days=0) == []


def test_the_report_of_the_year_before_is_told_in_january_too() -> None:
    assert told(date(2026, 12, 30)) == ["2026"]


@pytest.mark.parametrize(
    ("cutoff", "day", "leaves"),
    [
        (Cutoff.FIFTEENTH, 18, date(2026, 10, 19)),  # the 18th is a Sunday
        (Cutoff.FIFTEENTH, 14, date(2026, 11, 16)),  # the 14th is the last day itself, then a Saturday
        (Cutoff.CALENDAR, 18, date(2026, 11, 18)),
    ],
)
def test_reports_leave_on_the_first_such_day_after_the_period(cutoff: Cutoff, day: int, leaves: date) -> None:
    assert sending_day(period_of(2026, 10, Span.MONTH, cutoff), day, CALENDAR) == leaves


def test_a_year_ends_in_the_next_one() -> None:
    assert sending_day(period_of(2026, 12, Span.MONTH, Cutoff.CALENDAR), 18, CALENDAR) == date(2027, 1, 18)
