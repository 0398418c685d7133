"""Which days are worked, and counting along them, against a calendar typed by hand and a plain loop."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import CALENDAR, moment

from latewatch.clock import VIETNAM
from latewatch.domain.hours import WorkHours
from latewatch.domain.worktime import (
    STANDARD_WEEK,
    CalendarNote,
    Confirmation,
    DayEntry,
    DayKind,
    WorkCalendar,
)
from latewatch.errors import CalendarGap

# Weekdays off and Saturdays worked as the announcements name them, day/month. Typed anew, not read from the
# files the program ships: one of the two being wrong shows here.
WEEKDAYS_OFF = {
    2021: "1/1 10/2 11/2 12/2 15/2 16/2 21/4 30/4 3/5 2/9 3/9",
    2022: "3/1 31/1 1/2 2/2 3/2 4/2 11/4 2/5 3/5 1/9 2/9",
    2023: "2/1 20/1 23/1 24/1 25/1 26/1 1/5 2/5 3/5 1/9 4/9",
    2024: "1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9",
    2025: "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9",
    2026: "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11",
    2027: "1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9 24/11",
}
SATURDAYS_WORKED = {2024: "4/5", 2025: "26/4", 2026: "10/1 22/8"}


def typed(table: dict[int, str]) -> set[date]:
    return {
        date(year, *reversed([int(part) for part in text.split("/")]))
        for year, row in table.items()
        for text in row.split()
    }


OFF, WORKED = typed(WEEKDAYS_OFF), typed(SATURDAYS_WORKED)
FIRST, LAST = date(2021, 1, 1), date(2027, 12, 31)
EVERY_DAY = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
LONGEST = 60

days = st.dates(FIRST, LAST)
early_days = st.dates(FIRST, date(2027, 6, 30))  # 60 working days and all of Tết still fit in the year
limits = st.integers(0, LONGEST)


def is_worked(day: date) -> bool:
    """The rule in one line: Monday to Friday, without the days off, with the Saturdays worked."""
    return day in WORKED or (day.isoweekday() <= 5 and day not in OFF)


def test_the_typed_table_is_well_typed() -> None:
    assert all(day.isoweekday() <= 5 for day in OFF)
    assert all(day.isoweekday() == 6 for day in WORKED)
    assert (len(OFF), len(WORKED)) == (83, 4)


def test_every_date_of_seven_years_is_worked_or_not_as_the_announcements_say() -> None:
    assert [day for day in EVERY_DAY if CALENDAR.is_working_day(day) != is_worked(day)] == []


def test_every_limit_from_every_date_ends_where_a_plain_loop_ends() -> None:
    """Each of 2 556 dates by each limit of 1 to 60 days, and the count back again."""
    wrong = []
    for start in EVERY_DAY:
        day, counted = start, 0
        while day < LAST and counted < LONGEST:
            day += timedelta(days=1)
            if is_worked(day):
                counted += 1
                if CALENDAR.add(start, counted) != day or CALENDAR.count(start, day) != counted:
                    wrong.append((start, counted, day))
        if counted < LONGEST:
            with pytest.raises(CalendarGap):
                CALENDAR.add(start, counted + 1)
    assert wrong == []


@pytest.mark.parametrize(
    ("received", "limit", "due"),
    [
        # an ordinary week
        pytest.param("2025-03-03", 1, "2025-03-04", id="receipt is day zero"),
        pytest.param("2025-03-07", 1, "2025-03-10", id="Friday to Monday"),
        pytest.param("2025-03-03", 5, "2025-03-10", id="five days are a week"),
        # received on a day of rest
        pytest.param("2025-03-08", 1, "2025-03-10", id="received on a Saturday"),
        pytest.param("2025-03-09", 1, "2025-03-10", id="received on a Sunday"),
        pytest.param("2025-04-30", 1, "2025-05-05", id="received on a holiday"),
        # swaps
        pytest.param("2025-04-25", 1, "2025-04-26", id="a swapped Saturday is worked"),
        pytest.param("2025-04-26", 1, "2025-04-28", id="received on a worked Saturday"),
        pytest.param("2025-04-29", 1, "2025-05-05", id="the swapped Friday is off"),
        pytest.param("2024-04-26", 1, "2024-05-02", id="2024: the swapped Monday is off"),
        pytest.param("2024-05-03", 1, "2024-05-04", id="2024: the Saturday after is worked"),
        pytest.param("2025-12-31", 1, "2026-01-05", id="2/1/2026 is swapped off"),
        pytest.param("2026-01-09", 1, "2026-01-10", id="10/1/2026 is worked"),
        pytest.param("2026-01-09", 2, "2026-01-12", id="and the Monday after it is the second day"),
        pytest.param("2026-08-21", 1, "2026-08-22", id="22/8/2026 is worked"),
        pytest.param("2026-08-28", 1, "2026-09-03", id="31/8/2026 is swapped off before Quốc khánh"),
        # days in lieu
        pytest.param("2022-12-30", 1, "2023-01-03", id="1/1 on a Sunday is made up on Monday"),
        pytest.param("2021-12-31", 1, "2022-01-04", id="1/1 on a Saturday is made up on Monday"),
        pytest.param("2023-04-28", 1, "2023-05-04", id="Giỗ Tổ on the Saturday before 30/4"),
        pytest.param("2026-04-24", 1, "2026-04-28", id="Giỗ Tổ 2026 on a Sunday"),
        # Tết
        pytest.param("2026-02-13", 1, "2026-02-23", id="the day before Tết Bính Ngọ"),
        pytest.param("2026-02-13", 5, "2026-02-27", id="a week across Tết Bính Ngọ"),
        pytest.param("2021-02-09", 1, "2021-02-17", id="Tết Tân Sửu with two days in lieu"),
        pytest.param("2027-02-03", 1, "2027-02-11", id="Tết Đinh Mùi, expected"),
        # a new holiday
        pytest.param("2026-11-23", 1, "2026-11-25", id="24/11 is off from 2026"),
        pytest.param("2025-11-21", 1, "2025-11-24", id="and was worked before"),
    ],
)  # fmt: skip
def test_a_limit_of_working_days(received: str, limit: int, due: str) -> None:
    start, end = date.fromisoformat(received), date.fromisoformat(due)
    assert CALENDAR.add(start, limit) == end
    assert CALENDAR.count(start, end) == limit
    assert CALENDAR.count(start, end - timedelta(days=1)) == limit - 1


@pytest.mark.parametrize(
    ("start", "forward", "back"),
    [
        pytest.param("2026-11-12", "2026-11-12", "2026-11-12", id="a working day is its own"),
        pytest.param("2026-11-14", "2026-11-16", "2026-11-13", id="a Saturday"),
        pytest.param("2026-11-15", "2026-11-16", "2026-11-13", id="a Sunday"),
        pytest.param("2026-02-18", "2026-02-23", "2026-02-13", id="in Tết"),
        pytest.param("2026-08-22", "2026-08-22", "2026-08-22", id="a worked Saturday is its own"),
    ],
)
def test_zero_days_is_the_day_itself_or_the_nearest_worked_one(start: str, forward: str, back: str) -> None:
    assert CALENDAR.add(date.fromisoformat(start), 0) == date.fromisoformat(forward)
    assert CALENDAR.back(date.fromisoformat(start), 0) == date.fromisoformat(back)


@pytest.mark.parametrize(
    ("start", "end", "count"),
    [
        ("2026-11-12", "2026-11-12", 0),
        ("2026-11-12", "2026-11-13", 1),
        ("2026-11-13", "2026-11-15", 0),
        ("2026-11-13", "2026-11-16", 1),
        ("2026-11-16", "2026-11-13", -1),
        ("2026-02-13", "2026-02-22", 0),
        ("2026-02-27", "2026-02-13", -5),
    ],
)
def test_count_leaves_out_the_first_day_and_keeps_the_last(start: str, end: str, count: int) -> None:
    assert CALENDAR.count(date.fromisoformat(start), date.fromisoformat(end)) == count


@settings(deadline=None)
@given(st.dates(date(2021, 1, 4), date(2027, 6, 30)), st.integers(1, LONGEST))
def test_back_undoes_add(start: date, limit: int) -> None:
    due = CALENDAR.add(start, limit)
    assert CALENDAR.back(due, limit) == CALENDAR.back(start, 0)
    assert CALENDAR.add(due, 0) == due


@settings(deadline=None)
@given(early_days, early_days, limits)
def test_later_receipt_is_never_due_earlier(one: date, other: date, limit: int) -> None:
    earlier, later = sorted((one, other))
    assert CALENDAR.add(earlier, limit) <= CALENDAR.add(later, limit)


@settings(deadline=None)
@given(early_days, st.integers(1, LONGEST))
def test_a_longer_limit_is_due_later(start: date, limit: int) -> None:
    assert CALENDAR.add(start, 0) <= CALENDAR.add(start, limit) < CALENDAR.add(start, limit + 1)


@settings(deadline=None, max_examples=60)
@given(early_days, st.integers(1, LONGEST), days)
def test_another_day_off_never_brings_a_due_date_forward(start: date, limit: int, extra: date) -> None:
    entry = DayEntry(extra, DayKind.HOLIDAY, "Ngày nghỉ thêm", "thông báo ví dụ")
    entries = {**CALENDAR.entries, extra: entry}
    stricter = WorkCalendar(range(2021, 2028), entries.values(), "thử")
    assert stricter.add(start, limit) >= CALENDAR.add(start, limit)


@settings(deadline=None)
@given(days, days, days)
def test_counts_add_up(one: date, two: date, three: date) -> None:
    assert CALENDAR.count(one, two) + CALENDAR.count(two, three) == CALENDAR.count(one, three)


@pytest.mark.parametrize(
    ("question", "year"),
    [
        pytest.param(lambda: CALENDAR.is_working_day(date(2020, 12, 31)), 2020, id="a day too early"),
        pytest.param(lambda: CALENDAR.is_working_day(date(2028, 1, 1)), 2028, id="a day too late"),
        pytest.param(
            lambda: CALENDAR.add(date(2027, 12, 31), 1), 2028, id="the limit runs out of the last year"
        ),
        pytest.param(lambda: CALENDAR.add(date(2027, 12, 24), 6), 2028, id="one day too many"),
        pytest.param(lambda: CALENDAR.back(date(2021, 1, 4), 1), 2020, id="back out of the first year"),
        pytest.param(lambda: CALENDAR.back(date(2021, 1, 1), 0), 2020, id="the first day is a holiday"),
        pytest.param(lambda: CALENDAR.count(date(2026, 1, 1), date(2028, 3, 1)), 2028, id="count beyond"),
        pytest.param(lambda: CALENDAR.why(date(2031, 5, 5)), 2031, id="why beyond"),
    ],
)
def test_beyond_the_known_years_is_an_error_that_names_the_year_and_the_cure(
    question: Callable[[], object], year: int
) -> None:
    with pytest.raises(CalendarGap, match=rf"Chưa có lịch làm việc năm {year}.*Hãy thêm tệp {year}\.toml"):
        question()


def test_the_last_day_itself_is_still_known() -> None:
    assert CALENDAR.add(date(2027, 12, 24), 5) == LAST
    assert CALENDAR.add(LAST, 0) == LAST
    assert CALENDAR.back(date(2021, 1, 5), 1) == date(2021, 1, 4)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-11-12", "thứ Năm"),
        ("2026-11-14", "thứ Bảy, nghỉ hằng tuần"),
        ("2026-11-15", "Chủ nhật, nghỉ hằng tuần"),
        ("2026-02-16", "Nghỉ Tết Nguyên đán Bính Ngọ (TB 9441/TB-BNV)"),
        ("2026-01-10", "Làm bù cho ngày nghỉ 02/01/2026 (CV 12729/VPCP-KGVX)"),
        ("2026-04-26", "Giỗ Tổ Hùng Vương (BLLĐ 2019 Đ112.1e)"),
        ("2027-04-16", "Giỗ Tổ Hùng Vương (báo chí về lịch được phê duyệt ngày 02/10/2026, dự kiến)"),
    ],
)
def test_why_a_day_is_worked_or_not(day: str, why: str) -> None:
    assert CALENDAR.why(date.fromisoformat(day)) == why


def test_a_calendar_is_an_unbroken_run_of_years() -> None:
    for years in ((), (2026, 2028)):
        with pytest.raises(ValueError, match="unbroken run"):
            WorkCalendar(years, (), "thử")


def test_what_is_not_certain_is_told_apart() -> None:
    pending = DayEntry(
        date(2026, 11, 23), DayKind.SWAPPED_OFF, "Nghỉ hoán đổi", "đề xuất", Confirmation.PENDING
    )
    note = CalendarNote(2026, "đang chờ thông báo", "chưa có")
    calendar = WorkCalendar((2026,), (pending,), "thử", (note,))
    assert calendar.pending(2026) == [pending]
    assert calendar.pending(2027) == []
    assert calendar.unconfirmed_years == ()
    assert calendar.notes == (note,)
    assert calendar.why(pending.day) == "Nghỉ hoán đổi (đề xuất, chờ xác nhận)"


# Hours: worked minutes between moments, and the moment at which some have passed


def at(text: str) -> datetime:
    instant = moment(text)
    assert instant is not None
    return instant


SATURDAYS = WorkCalendar(
    range(2026, 2028), (), "thử", week=(*STANDARD_WEEK[:5], WorkHours.parse("07:30-11:30"), WorkHours())
)
THREE_A_DAY = WorkCalendar(
    range(2026, 2028),
    (),
    "thử",
    week=(*(WorkHours.parse("07:00-09:00,09:15-11:30,13:30-17:00"),) * 5, WorkHours(), WorkHours()),
)
AROUND_THE_CLOCK = WorkCalendar(
    range(2026, 2028), (), "thử", week=(WorkHours.parse("00:00-24:00"),) * 5 + (WorkHours(),) * 2
)


@pytest.mark.parametrize(
    ("calendar", "start", "minutes", "end"),
    [
        # within a day: 07:30-11:30, 13:00-17:00
        pytest.param(CALENDAR, "2026-03-02T08:00", 30, "2026-03-02T08:30", id="in the morning"),
        pytest.param(CALENDAR, "2026-03-02T11:00", 30, "2026-03-02T11:30", id="to the very lunch break"),
        pytest.param(CALENDAR, "2026-03-02T11:00", 31, "2026-03-02T13:01", id="a minute more: after lunch"),
        pytest.param(CALENDAR, "2026-03-02T11:30", 1, "2026-03-02T13:01", id="begun as lunch begins"),
        pytest.param(CALENDAR, "2026-03-02T07:30", 480, "2026-03-02T17:00", id="a whole day ends that day"),
        pytest.param(CALENDAR, "2026-03-02T07:30", 481, "2026-03-03T07:31", id="a minute more: the next day"),
        pytest.param(CALENDAR, "2026-03-02T09:30:59", 480, "2026-03-03T09:30", id="seconds are dropped"),
        # begun outside working time: from the next worked moment
        pytest.param(CALENDAR, "2026-03-02T06:00", 60, "2026-03-02T08:30", id="before opening"),
        pytest.param(CALENDAR, "2026-03-02T12:15", 60, "2026-03-02T14:00", id="in the lunch break"),
        pytest.param(CALENDAR, "2026-03-02T17:00", 60, "2026-03-03T08:30", id="at closing"),
        pytest.param(CALENDAR, "2026-03-02T20:00", 60, "2026-03-03T08:30", id="after closing"),
        pytest.param(CALENDAR, "2026-03-07T10:00", 60, "2026-03-09T08:30", id="on a Saturday"),
        pytest.param(CALENDAR, "2026-02-17T10:00", 60, "2026-02-23T08:30", id="in Tết"),
        pytest.param(CALENDAR, "2026-02-13T16:30", 60, "2026-02-23T08:00", id="half before Tết, half after"),
        pytest.param(CALENDAR, "2026-08-21T16:30", 60, "2026-08-22T08:00", id="a worked Saturday is worked"),
        # other weeks
        pytest.param(SATURDAYS, "2026-03-06T16:30", 60, "2026-03-07T08:00", id="a Saturday morning"),
        pytest.param(SATURDAYS, "2026-03-07T11:00", 60, "2026-03-09T08:00", id="and its noon"),
        pytest.param(THREE_A_DAY, "2026-03-02T08:30", 60, "2026-03-02T09:45", id="over a short break"),
        pytest.param(THREE_A_DAY, "2026-03-02T08:30", 30, "2026-03-02T09:00", id="to the short break"),
        pytest.param(AROUND_THE_CLOCK, "2026-03-02T23:00", 60, "2026-03-02T23:59:59", id="until 24:00"),
        pytest.param(AROUND_THE_CLOCK, "2026-03-02T23:00", 61, "2026-03-03T00:01", id="past midnight"),
        pytest.param(AROUND_THE_CLOCK, "2026-03-06T23:00", 61, "2026-03-09T00:01", id="over a weekend"),
    ],
)
def test_minutes_of_working_time(calendar: WorkCalendar, start: str, minutes: int, end: str) -> None:
    assert calendar.add_minutes(at(start), minutes) == at(end)
    assert calendar.count_minutes(at(start), at(end)) == minutes
    assert calendar.count_minutes(at(end), at(start)) == -minutes


@settings(deadline=None)
@given(
    st.sampled_from([CALENDAR, SATURDAYS, THREE_A_DAY, AROUND_THE_CLOCK]),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 6, 30), timezones=st.just(VIETNAM)),  # noqa: DTZ001
    st.integers(1, 9_999),
)
def test_counting_minutes_back_gives_what_was_added(
    calendar: WorkCalendar, start: datetime, minutes: int
) -> None:
    start = start.replace(second=0, microsecond=0)
    end = calendar.add_minutes(start, minutes)
    assert calendar.count_minutes(start, end) == minutes
    assert calendar.count_minutes(start, end - timedelta(minutes=1)) < minutes
    assert calendar.add_minutes(start, minutes + 1) > end


@pytest.mark.parametrize(
    ("question", "year"),
    [
        pytest.param(lambda: CALENDAR.add_minutes(at("2020-12-31T08:00"), 1), 2020, id="from before"),
        pytest.param(lambda: CALENDAR.add_minutes(at("2027-12-31T16:00"), 61), 2028, id="a minute too many"),
        pytest.param(lambda: CALENDAR.count_minutes(at("2027-12-31T16:00"), at("2028-01-03T08:00")), 2028, id="count beyond"),
    ],
)  # fmt: skip
def test_minutes_beyond_the_known_years_are_a_gap(question: Callable[[], object], year: int) -> None:
    with pytest.raises(CalendarGap, match=rf"Chưa có lịch làm việc năm {year}"):
        question()
    assert CALENDAR.add_minutes(at("2027-12-31T16:00"), 60) == at("2027-12-31T17:00")


# Entries with hours of their own


def entry(day: str, kind: DayKind, *, hours: str | None = None, like: int | None = None) -> DayEntry:
    own = None if hours is None else WorkHours.parse(hours)
    return DayEntry(date.fromisoformat(day), kind, "Ngày thử", "văn bản ví dụ", hours=own, like=like)


@pytest.mark.parametrize(
    ("special", "hours"),
    [
        pytest.param(entry("2026-03-04", DayKind.DAY_OFF), "", id="a day off"),
        pytest.param(entry("2026-03-04", DayKind.SHORTENED, hours="07:30-11:30"), "07:30-11:30", id="half a day"),
        pytest.param(entry("2026-03-07", DayKind.SWAPPED_WORKED), "07:30-11:30,13:00-17:00", id="a Saturday worked as Friday"),
        pytest.param(entry("2026-03-07", DayKind.DAY_WORKED, hours="08:00-10:00"), "08:00-10:00", id="with hours of its own"),
        pytest.param(entry("2026-03-07", DayKind.SWAPPED_WORKED, like=2), "07:30-11:30,13:00-17:00", id="as a Wednesday"),
    ],
)  # fmt: skip
def test_what_a_single_date_is_worked(special: DayEntry, hours: str) -> None:
    calendar = WorkCalendar([2026], [special], "thử")
    assert str(calendar.hours_on(special.day)) == hours
    assert calendar.is_working_day(special.day) is bool(hours)


def test_a_day_that_makes_up_for_a_weekday_is_a_whole_one_for_who_works_on_saturday_mornings() -> None:
    saturday, mornings = "2026-08-22", SATURDAYS.weeks[0].hours
    makes_up, worked = entry(saturday, DayKind.SWAPPED_WORKED), entry(saturday, DayKind.DAY_WORKED)
    no_fridays = (*mornings[:4], WorkHours(), *mornings[5:])
    made = [
        WorkCalendar([2026], [special], "thử", week=week)
        for special, week in ((makes_up, mornings), (worked, mornings), (makes_up, no_fridays))
    ]
    hours = [str(calendar.hours_on(makes_up.day)) for calendar in made]
    assert hours == ["07:30-11:30,13:00-17:00", "07:30-11:30", "07:30-11:30"]


@pytest.mark.parametrize(
    ("special", "problem"),
    [
        pytest.param(
            entry("2026-03-04", DayKind.SHORTENED, hours=""),
            "ngày 04/03/2026 là “shortened” mà không có giờ làm việc nào",
            id="shortened to nothing",
        ),
        pytest.param(
            entry("2026-03-07", DayKind.SWAPPED_WORKED, like=6),
            "ngày 07/03/2026 là “swapped worked”, như Chủ nhật, mà không có giờ làm việc nào",
            id="worked like a day of rest",
        ),
    ],
)
def test_a_worked_date_without_hours_is_refused_by_name(special: DayEntry, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        WorkCalendar([2026], [special], "thử")


def test_a_calendar_in_which_nothing_is_ever_worked_is_refused() -> None:
    with pytest.raises(ValueError, match="năm 2026 không có ngày làm việc nào; hãy đặt giờ làm việc"):
        WorkCalendar([2026], (), "thử", week=(WorkHours(),) * 7)
    everything = [
        DayEntry(date(2027, 1, 1) + timedelta(n), DayKind.DAY_OFF, "Nghỉ", "ví dụ") for n in range(365)
    ]
    with pytest.raises(ValueError, match="năm 2027 không có ngày làm việc nào"):
        WorkCalendar([2026, 2027], everything, "thử")
    WorkCalendar([2026, 2027], everything[:-1], "thử")  # one worked day a year is enough for an end
