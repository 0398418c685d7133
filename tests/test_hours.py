"""The hours of a day: how segments are read, what is refused, and the tables every count rests on."""

import re
from datetime import datetime, time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from latewatch.domain.hours import (
    DAY,
    END_OF_DAY,
    REST,
    WorkHours,
    clock_after,
    minute_of_day,
    parse_clock,
    show_clock,
    worked_before,
)

OFFICE = WorkHours.parse("07:30-11:30,13:00-17:00")


@st.composite
def any_hours(draw: st.DrawFn) -> WorkHours:
    """Up to four segments, some touching."""
    edges = sorted(draw(st.sets(st.integers(0, DAY), min_size=2, max_size=8)))
    pairs = list(zip(edges[::2], edges[1::2], strict=False))
    touching = draw(st.booleans())
    if touching and len(edges) > 2:
        pairs = list(pairwise(edges))
    return WorkHours(tuple(pairs))


# Reading


@pytest.mark.parametrize(
    ("text", "shown", "minutes"),
    [
        pytest.param("07:30-11:30,13:30-17:00", "07:30-11:30,13:30-17:00", 450, id="with a lunch break"),
        pytest.param("7:30-11:30", "07:30-11:30", 240, id="one digit for the hour"),
        pytest.param(" 07:30 - 11:30 , 13:00–17:00 ", "07:30-11:30,13:00-17:00", 480, id="spaces, a dash"),
        pytest.param("13:00-17:00,07:30-11:30", "07:30-11:30,13:00-17:00", 480, id="in any order"),
        pytest.param(
            "07:00-09:00,09:10-11:00,13:00-17:00", "07:00-09:00,09:10-11:00,13:00-17:00", 470, id="three"
        ),
        pytest.param("07:30-11:30,11:30-17:00", "07:30-11:30,11:30-17:00", 570, id="touching is no overlap"),
        pytest.param("00:00-24:00", "00:00-24:00", 1440, id="around the clock"),
        pytest.param("", "", 0, id="a day of rest"),
        pytest.param("07:30-11:30,", "07:30-11:30", 240, id="a comma too many"),
    ],
)
def test_hours_are_read_and_written(text: str, shown: str, minutes: int) -> None:
    hours = WorkHours.parse(text)
    assert (str(hours), hours.minutes) == (shown, minutes)
    assert WorkHours.parse(str(hours)) == hours


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(
            "07:30-11:30,11:00-17:00", "khoảng giờ 07:30-11:30 và 11:00-17:00 chồng nhau", id="overlapping"
        ),
        pytest.param("07:30-17:00,08:00-09:00", "07:30-17:00 và 08:00-09:00 chồng nhau", id="one in another"),
        pytest.param("07:30-11:30,07:30-11:30", "07:30-11:30 và 07:30-11:30 chồng nhau", id="the same twice"),
        pytest.param("11:30-07:30", "khoảng giờ 11:30-07:30 ngược: giờ kết thúc phải sau", id="reversed"),
        pytest.param("07:30-07:30", "khoảng giờ 07:30-07:30 ngược", id="empty"),
        pytest.param("22:00-06:00", "khoảng giờ 22:00-06:00 ngược", id="over midnight"),
        pytest.param("07:30-25:00", "“25:00” không phải giờ trong ngày (00:00 đến 24:00)", id="25:00"),
        pytest.param("07:60-11:30", "“07:60” không phải giờ trong ngày", id="07:60"),
        pytest.param("07:30-24:01", "“24:01” không phải giờ trong ngày", id="a minute past 24:00"),
        pytest.param("07:30", "“07:30” không phải khoảng giờ; viết dạng 07:30-11:30", id="no end"),
        pytest.param("7h30-11h30", "“7h30-11h30” không phải khoảng giờ", id="another notation"),
        pytest.param("07:30-11:30;13:00-17:00", "không phải khoảng giờ", id="a semicolon"),
        pytest.param("sáng", "“sáng” không phải khoảng giờ", id="a word"),
    ],
)
def test_impossible_hours_are_refused_by_name(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        WorkHours.parse(text)


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0), (" 15:00 ", 900), ("7:05", 425), ("24:00", 1440)])
def test_a_clock_time_is_a_minute_of_the_day(text: str, minute: int) -> None:
    assert parse_clock(text) == minute


@pytest.mark.parametrize("text", ["25:00", "07:60", "24:01", "3 giờ", "15", "", "-1:00", "3:00 PM"])
def test_what_is_no_clock_time_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=rf"“{re.escape(text)}” không phải giờ"):
        parse_clock(text)


def test_clock_times_are_shown_in_24_hours() -> None:
    assert [show_clock(m) for m in (0, 5, 720, 780, 1439, 1440)] == [
        "00:00",
        "00:05",
        "12:00",
        "13:00",
        "23:59",
        "24:00",
    ]


def test_the_last_second_of_a_day_is_24_00() -> None:
    """A limit that ends with its day ends at 24:00 (BLDS 2015, Điều 148.6), shown as 23:59:59."""
    day = datetime(2026, 3, 2)  # noqa: DTZ001  a minute of the day has no zone
    assert minute_of_day(datetime.combine(day, END_OF_DAY)) == DAY
    assert minute_of_day(datetime.combine(day, time(23, 59))) == DAY - 1
    assert minute_of_day(datetime.combine(day, time(7, 30, 59))) == 450


# The tables


def test_before_and_after_the_hours_nothing_is_worked() -> None:
    passed = worked_before(OFFICE)
    assert [passed[m] for m in (0, 450, 451, 690, 720, 780, 781, 1020, 1440)] == [
        0,
        0,
        1,
        240,
        240,
        240,
        241,
        480,
        480,
    ]


def test_the_end_of_a_segment_is_reached_before_the_next_opens() -> None:
    clocks = clock_after(OFFICE)
    assert [show_clock(clocks[n]) for n in (0, 1, 240, 241, 480)] == [
        "07:30",
        "07:31",
        "11:30",
        "13:01",
        "17:00",
    ]


def test_a_day_of_rest_has_no_minutes() -> None:
    assert set(worked_before(REST)) == {0}
    assert clock_after(REST) == [0]
    assert (REST.minutes, str(REST)) == (0, "")


@given(any_hours())
def test_the_tables_undo_each_other(hours: WorkHours) -> None:
    passed, clocks = worked_before(hours), clock_after(hours)
    assert (len(passed), len(clocks), passed[DAY]) == (DAY + 1, hours.minutes + 1, hours.minutes)
    assert all(passed[clock] == n for n, clock in enumerate(clocks))
    is_worked = [any(start <= m < end for start, end in hours.segments) for m in range(DAY)]
    assert [after - before for before, after in pairwise(passed)] == is_worked


@pytest.mark.parametrize(
    ("clock", "kept"),
    [
        ("00:00", "07:30"),
        ("07:29", "07:30"),
        ("07:30", "07:30"),
        ("09:30", "09:30"),
        ("11:30", "11:30"),
        ("11:31", "13:00"),
        ("13:00", "13:00"),
        ("17:00", "17:00"),
        ("17:01", "17:00"),
        ("23:59", "17:00"),
    ],
)
def test_a_kept_clock_time_lies_within_the_hours(clock: str, kept: str) -> None:
    assert show_clock(OFFICE.keep(parse_clock(clock))) == kept


@given(any_hours(), st.integers(0, DAY - 1), st.integers(0, DAY - 1))
def test_a_later_clock_time_is_never_kept_earlier(hours: WorkHours, one: int, other: int) -> None:
    assert hours.keep(min(one, other)) <= hours.keep(max(one, other)) <= hours.closing
    assert hours.keep(one) >= hours.opening
