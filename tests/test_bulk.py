"""Due dates of many at once: as WorkCalendar has them, and as numpy counts business days where it can."""

from datetime import date, datetime, timedelta

import numpy as np
import pytest
from worlds import CALENDAR

from latewatch.bulk import GAP, BulkCalendar, Moments
from latewatch.clock import VIETNAM, at_midnight
from latewatch.domain.expiry import due_moment
from latewatch.domain.hours import DAY, WorkHours
from latewatch.domain.limit import TimeLimit
from latewatch.domain.worktime import STANDARD_WEEK, DayEntry, DayKind, WorkCalendar
from latewatch.errors import CalendarGap

FIRST, LAST = CALENDAR.first, CALENDAR.last
EVERY_DAY = np.arange(FIRST.toordinal(), LAST.toordinal() + 1)
LONGEST = 60
EPOCH = date(1970, 1, 1).toordinal()

SWAPLESS = range(2021, 2024)  # no Saturday is worked: numpy can say it
MORNINGS = WorkCalendar(
    range(2021, 2028),
    [
        *CALENDAR.entries.values(),
        DayEntry(
            date(2026, 3, 4), DayKind.SHORTENED, "Nửa ngày", "ví dụ", hours=WorkHours.parse("07:30-11:30")
        ),
        DayEntry(date(2026, 3, 8), DayKind.DAY_WORKED, "Trực", "ví dụ", hours=WorkHours.parse("00:00-24:00")),
    ],
    "thử",
    week=(*STANDARD_WEEK[:5], WorkHours.parse("07:30-09:00,09:10-10:00,10:10-11:30"), WorkHours()),
)
CALENDARS = pytest.mark.parametrize("calendar", [CALENDAR, MORNINGS], ids=["nation", "Saturday mornings"])


def business_days() -> np.busdaycalendar:
    """The years without swaps as numpy knows a calendar: weekends, and days off."""
    off = [day for day in CALENDAR.entries if day.year in SWAPLESS and not CALENDAR.is_working_day(day)]
    return np.busdaycalendar(holidays=np.array(sorted(off), dtype="datetime64[D]"))


def test_no_weekend_day_is_worked_where_numpy_is_asked() -> None:
    worked = [day for day in CALENDAR.entries if day.weekday() >= 5 and CALENDAR.is_working_day(day)]
    assert {day.year for day in worked}.isdisjoint(SWAPLESS)


def test_every_limit_from_every_date_ends_where_numpy_ends() -> None:
    """Each of 1 095 dates by each limit of 1 to 60 days, as far as it ends within the years."""
    starts = np.arange(date(2021, 1, 1).toordinal(), date(2024, 1, 1).toordinal())
    dates = (starts - EPOCH).astype("datetime64[D]")
    bulk = BulkCalendar(CALENDAR)
    compared = 0
    for days in range(1, LONGEST + 1):
        theirs = np.busday_offset(dates, days, roll="backward", busdaycal=business_days())
        within = theirs < np.datetime64("2024-01-01")  # beyond, numpy knows no holidays
        ours = bulk.add(starts, np.full(len(starts), days))
        assert (ours[within] - EPOCH).tolist() == theirs[within].astype(int).tolist()
        compared += int(within.sum())
    assert compared > 63_000


def test_one_at_a_time_they_end_there_too() -> None:
    calendar = business_days()
    for number in range(0, 1_000, 3):
        day, days = date(2021, 1, 1) + timedelta(number), 1 + number % LONGEST
        theirs = np.busday_offset(np.datetime64(day), days, roll="backward", busdaycal=calendar)
        assert due_moment(at_midnight(day), TimeLimit(days), CALENDAR).date() == theirs.astype(object)


@CALENDARS
@pytest.mark.parametrize("days", [0, 1, 2, 5, 30, 60, 750])
def test_days_are_those_of_the_calendar_gaps_too(calendar: WorkCalendar, days: int) -> None:
    starts = np.concatenate([[EVERY_DAY[0] - 1], EVERY_DAY, [EVERY_DAY[-1] + 1]])
    ours = BulkCalendar(calendar).add(starts, np.full(len(starts), days))
    assert ours.tolist() == [_day_added(calendar, int(start), days) for start in starts]
    assert ours[0] == ours[-1] == GAP


def _day_added(calendar: WorkCalendar, start: int, days: int) -> int:
    try:
        return calendar.add(date.fromordinal(start), days).toordinal()
    except CalendarGap:
        return GAP


@CALENDARS
@pytest.mark.parametrize("amount", [1, 29, 30, 240, 241, 480, 2_400, 9_999])
def test_minutes_are_those_of_the_calendar_gaps_too(calendar: WorkCalendar, amount: int) -> None:
    """From every day, at a clock time that walks on by 7 minutes from day to day."""
    starts = np.concatenate([[EVERY_DAY[0] - 1], EVERY_DAY, [EVERY_DAY[-1] + 1]])
    clocks = np.arange(len(starts)) * 7 % DAY
    ours = BulkCalendar(calendar).add_minutes(Moments(starts, clocks), np.full(len(starts), amount))
    pairs = list(zip(ours.days.tolist(), ours.minutes.tolist(), strict=True))
    assert pairs == [
        _minutes_added(calendar, int(day), int(clock), amount)
        for day, clock in zip(starts, clocks, strict=True)
    ]
    assert pairs[0] == pairs[-1] == (GAP, 0)


def _minutes_added(calendar: WorkCalendar, day: int, clock: int, amount: int) -> tuple[int, int]:
    start = datetime.combine(date.fromordinal(day), datetime.min.time(), VIETNAM) + timedelta(minutes=clock)
    try:
        due = calendar.add_minutes(start, amount)
    except CalendarGap:
        return GAP, 0
    return due.toordinal(), DAY if due.second else due.hour * 60 + due.minute


def test_every_minute_of_a_day_is_asked_once() -> None:
    clocks = np.arange(DAY)
    for day in (date(2026, 3, 4), date(2026, 3, 7), date(2026, 3, 8)):
        starts = np.full(DAY, day.toordinal())
        ours = BulkCalendar(MORNINGS).add_minutes(Moments(starts, clocks), np.full(DAY, 45))
        expected = [_minutes_added(MORNINGS, day.toordinal(), int(clock), 45) for clock in clocks]
        assert list(zip(ours.days.tolist(), ours.minutes.tolist(), strict=True)) == expected


def test_a_day_worked_until_midnight_ends_at_24_00_of_its_own() -> None:
    sunday = date(2026, 3, 8).toordinal()
    ours = BulkCalendar(MORNINGS).add_minutes(
        Moments(np.array([sunday]), np.array([23 * 60])), np.array([60])
    )
    assert (ours.days.tolist(), ours.minutes.tolist()) == ([sunday], [DAY])


def test_amounts_may_differ_from_start_to_start() -> None:
    rng = np.random.default_rng(3)
    starts, amounts = rng.choice(EVERY_DAY, 5_000), rng.integers(0, 90, 5_000)
    ours = BulkCalendar(CALENDAR).add(starts, amounts)
    expected = [_day_added(CALENDAR, int(s), int(a)) for s, a in zip(starts, amounts, strict=True)]
    assert ours.tolist() == expected


def test_nothing_asked_is_nothing_answered() -> None:
    none = np.array([], dtype=np.int64)
    bulk = BulkCalendar(CALENDAR)
    assert bulk.add(none, none).tolist() == []
    assert bulk.add_minutes(Moments(none, none), none).days.tolist() == []
