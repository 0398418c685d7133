"""From receipt and limit to the due date: calendar-day limits, the trace, and which date decides."""

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import CALENDAR, moment

from latewatch.clock import at_midnight
from latewatch.domain.deadline import Basis, Deadline, Decider, Facts, decide
from latewatch.domain.expiry import ClockRules, Ends, due_moment, end_of_day
from latewatch.domain.limit import LONGEST, LimitUnit, TimeLimit
from latewatch.domain.running import run
from latewatch.domain.trace import Step, trace
from latewatch.errors import CalendarGap

early_days = st.dates(date(2021, 1, 1), date(2027, 6, 30))
time_limits = st.builds(
    TimeLimit, st.integers(1, 60), st.sampled_from([LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS])
)


def due_date(received: date, limit: TimeLimit) -> date:
    return due_moment(at_midnight(received), limit, CALENDAR).date()


def due(received: str, limit: str) -> str:
    return due_date(date.fromisoformat(received), TimeLimit.parse(limit)).isoformat()


def steps_of(received: date, limit: TimeLimit) -> list[Step]:
    return list(trace(run(at_midnight(received), limit, CALENDAR), CALENDAR))


# Time limits as they are written


@pytest.mark.parametrize(
    ("text", "amount", "unit", "label"),
    [
        ("5d", 5, LimitUnit.WORKING_DAYS, "05 ngày làm việc"),
        ("15 d", 15, LimitUnit.WORKING_DAYS, "15 ngày làm việc"),
        (" 7CD ", 7, LimitUnit.CALENDAR_DAYS, "07 ngày"),
        ("0", 0, LimitUnit.AT_ONCE, "giải quyết ngay"),
        ("day", 0, LimitUnit.WITHIN_DAY, "trong ngày"),
        ("8h", 8, LimitUnit.HOURS, "08 giờ làm việc"),
        ("30m", 30, LimitUnit.MINUTES, "30 phút làm việc"),
        ("2w", 2, LimitUnit.WEEKS, "02 tuần"),
        ("1 MO", 1, LimitUnit.MONTHS, "01 tháng"),
        ("120cd", 120, LimitUnit.CALENDAR_DAYS, "120 ngày"),
    ],
)
def test_a_limit_is_read_and_written(text: str, amount: int, unit: LimitUnit, label: str) -> None:
    limit = TimeLimit.parse(text)
    assert (limit.amount, limit.unit, limit.label) == (amount, unit, label)
    assert TimeLimit.parse(str(limit)) == limit


@pytest.mark.parametrize(
    "text", ["", "5", "d", "5.5d", "5 ngày?", "5 ngày", "5dd", "5d 3d", "00", "0.5h", "1y", "day 2"]
)
def test_what_is_not_a_limit_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match=rf"“{re.escape(text)}” không phải thời hạn; hãy viết 5d"):
        TimeLimit.parse(text)


@pytest.mark.parametrize("text", ["0d", "0cd", "0h", "0m", "0w", "0mo", "-1d", "-5h"])
def test_a_limit_of_nothing_is_refused_with_what_to_write(text: str) -> None:
    with pytest.raises(ValueError, match="không thể có; nếu giải quyết ngay hãy ghi 0, nếu trong ngày"):
        TimeLimit.parse(text)


@pytest.mark.parametrize(("unit", "longest"), LONGEST.items(), ids=LONGEST)
def test_a_limit_of_decades_is_a_slip_of_the_pen(unit: LimitUnit, longest: int) -> None:
    assert TimeLimit.parse(f"{longest}{unit}").amount == longest
    for amount in (longest + 1, 10_000):
        with pytest.raises(ValueError, match=f"dài quá {longest}"):
            TimeLimit.parse(f"{amount}{unit}")


# Due dates


@pytest.mark.parametrize(
    ("received", "limit", "due_on"),
    [
        # Bộ luật Dân sự 2015, Điều 147.2-3: the first day is not counted
        pytest.param("2026-11-02", "1cd", "2026-11-03", id="day zero"),
        pytest.param("2026-11-02", "0", "2026-11-02", id="the same day"),
        pytest.param("2026-11-14", "2cd", "2026-11-16", id="received on a Saturday, the weekend counts"),
        pytest.param("2026-02-18", "6cd", "2026-02-24", id="received in Tết, the holiday counts"),
        # Điều 148.5: the last day is a day of rest
        pytest.param("2026-11-06", "7cd", "2026-11-13", id="ends on a Friday"),
        pytest.param("2026-11-07", "7cd", "2026-11-16", id="ends on a Saturday"),
        pytest.param("2026-11-08", "7cd", "2026-11-16", id="ends on a Sunday"),
        pytest.param("2026-11-09", "7cd", "2026-11-16", id="ends on the Monday itself"),
        pytest.param("2026-11-17", "7cd", "2026-11-25", id="ends on 24/11"),
        pytest.param("2026-04-20", "6cd", "2026-04-28", id="ends on Giỗ Tổ, a Sunday made up on Monday"),
        pytest.param("2026-04-20", "10cd", "2026-05-04", id="30/4, 1/5 and the weekend in a chain"),
        pytest.param("2026-08-22", "7cd", "2026-09-03", id="weekend, swapped Monday and Quốc khánh in a chain"),
        pytest.param("2026-02-06", "7cd", "2026-02-13", id="the day before the Tết chain"),
        pytest.param("2026-02-07", "7cd", "2026-02-23", id="the first day of the Tết chain"),
        pytest.param("2026-02-15", "7cd", "2026-02-23", id="the last day of the Tết chain"),
        pytest.param("2026-02-16", "7cd", "2026-02-23", id="the day after the Tết chain"),
        pytest.param("2021-02-05", "7cd", "2021-02-17", id="Tết 2021 with days in lieu"),
        pytest.param("2026-08-15", "7cd", "2026-08-22", id="a worked Saturday is no day of rest"),
        # working days never end on a day of rest
        pytest.param("2026-02-13", "5d", "2026-02-27", id="five working days across Tết"),
        pytest.param("2026-02-13", "5cd", "2026-02-23", id="five calendar days across Tết"),
        pytest.param("2026-11-12", "0", "2026-11-12", id="within the day"),
        pytest.param("2026-11-14", "0", "2026-11-16", id="within the day, received on a Saturday"),
    ],
)  # fmt: skip
def test_the_due_date(received: str, limit: str, due_on: str) -> None:
    assert due(received, limit) == due_on


def test_a_limit_ends_with_the_last_second_of_its_day() -> None:
    """Bộ luật Dân sự 2015, Điều 148.1 and 148.6: at twenty-four hours."""
    midnight = moment("2026-02-27")
    assert midnight is not None
    assert end_of_day(date(2026, 2, 27), midnight.tzinfo).isoformat() == "2026-02-27T23:59:59+07:00"


@settings(deadline=None)
@given(early_days, early_days, time_limits)
def test_later_receipt_is_never_due_earlier(one: date, other: date, limit: TimeLimit) -> None:
    earlier, later = sorted((one, other))
    assert due_date(earlier, limit) <= due_date(later, limit)


@settings(deadline=None)
@given(early_days, st.integers(1, 60))
def test_calendar_days_end_on_the_first_working_day_from_the_last_day(received: date, amount: int) -> None:
    day = received + timedelta(days=amount)
    while not CALENDAR.is_working_day(day):
        day += timedelta(days=1)
    assert due_date(received, TimeLimit(amount, LimitUnit.CALENDAR_DAYS)) == day


@pytest.mark.parametrize("limit", ["1d", "1cd", "60d", "60cd"])
def test_a_limit_that_leaves_the_known_years_is_a_gap(limit: str) -> None:
    with pytest.raises(CalendarGap, match=r"năm 2028.*thêm tệp 2028\.toml"):
        due("2027-12-31", limit)
    with pytest.raises(CalendarGap, match=r"năm 2019.*thêm tệp 2019\.toml"):
        due("2019-03-04", limit)


# The trace


@settings(deadline=None)
@given(early_days, time_limits)
def test_the_trace_counts_as_many_days_as_the_limit_and_ends_on_the_due_date(
    received: date, limit: TimeLimit
) -> None:
    steps = steps_of(received, limit)
    assert sum(step.counted for step in steps) == limit.amount
    assert steps[-1].day == due_date(received, limit)
    assert [step.day for step in steps] == [received + timedelta(days=n) for n in range(len(steps))]
    assert all(step.why for step in steps)


def test_the_trace_across_tet_says_why() -> None:
    steps = {f"{s.day:%d/%m}": (s.counted, s.why) for s in steps_of(date(2026, 2, 13), TimeLimit(5))}
    assert steps["13/02"] == (False, "thứ Sáu: ngày tiếp nhận, không tính (BLDS 2015 Đ147)")
    assert steps["14/02"] == (False, "thứ Bảy, nghỉ hằng tuần")
    assert steps["16/02"] == (False, "Nghỉ Tết Nguyên đán Bính Ngọ (TB 9441/TB-BNV)")
    assert steps["23/02"] == (True, "thứ Hai")
    assert list(steps)[-1] == "27/02"


def test_the_trace_of_calendar_days_says_what_moved_its_end() -> None:
    steps = [
        (f"{s.day:%d/%m}", s.counted, s.why)
        for s in steps_of(date(2026, 11, 12), TimeLimit(2, LimitUnit.CALENDAR_DAYS))
    ]
    assert steps == [
        ("12/11", False, "thứ Năm: ngày tiếp nhận, không tính (BLDS 2015 Đ147)"),
        ("13/11", True, "thứ Sáu"),
        ("14/11", True, "thứ Bảy, nghỉ hằng tuần: lùi sang ngày làm việc tiếp theo (BLDS 2015 Đ148.5)"),
        ("15/11", False, "Chủ nhật, nghỉ hằng tuần: lùi sang ngày làm việc tiếp theo (BLDS 2015 Đ148.5)"),
        ("16/11", False, "thứ Hai: ngày làm việc tiếp theo"),
    ]


# Which date decides


def decided(
    *,
    received: str | None = "2026-11-02T09:30",
    promised: str | None = "2026-11-10",
    limit: str | None = "5d",
    decider: Decider = Decider.COMPUTED,
) -> Deadline:
    facts = Facts(
        received_at=moment(received),
        promised_at=moment(promised),
        limit=TimeLimit.parse(limit) if limit else None,
        limit_from="hồ sơ",
    )
    return decide(facts, decider, CALENDAR)


@pytest.mark.parametrize(
    ("facts", "basis", "due_on", "problem"),
    [
        # computed where it can be
        pytest.param({}, Basis.COMPUTED, "2026-11-09", "", id="computed before promised"),
        pytest.param({"promised": None}, Basis.COMPUTED, "2026-11-09", "", id="no promise"),
        pytest.param({"limit": None}, Basis.PROMISED, "2026-11-10", "không rõ thời hạn giải quyết", id="no limit"),
        pytest.param({"received": None}, Basis.PROMISED, "2026-11-10", "không rõ ngày tiếp nhận", id="no receipt"),
        # the promise by choice
        pytest.param({"decider": Decider.PROMISED}, Basis.PROMISED, "2026-11-10", "", id="promised by setting"),
        pytest.param({"decider": Decider.PROMISED, "promised": None}, Basis.COMPUTED, "2026-11-09", "", id="promised by setting, none given"),
        # nothing
        pytest.param({"limit": None, "promised": None}, Basis.NONE, None, "không rõ thời hạn giải quyết", id="neither"),
        pytest.param({"received": None, "promised": None}, Basis.NONE, None, "không rõ ngày tiếp nhận", id="a limit and nothing to start from"),
    ],
)  # fmt: skip
def test_which_date_decides(facts: dict[str, str], basis: Basis, due_on: str | None, problem: str) -> None:
    deadline = decided(**facts)  # type: ignore[arg-type]
    assert (deadline.basis, deadline.problem) == (basis, problem)
    assert str(deadline.due_on) == str(due_on)


def test_the_other_date_stands_beside_the_one_that_decides() -> None:
    deadline = decided()
    assert (deadline.computed_on, deadline.promised_on) == (date(2026, 11, 9), date(2026, 11, 10))
    assert (str(deadline.limit), deadline.limit_from) == ("5d", "hồ sơ")
    assert deadline.calendar_version == CALENDAR.version


def test_without_a_limit_no_calendar_and_no_origin_is_claimed() -> None:
    deadline = decided(limit=None)
    assert (deadline.limit, deadline.limit_from, deadline.calendar_version) == (None, "", "")


@pytest.mark.parametrize(
    "received", ["2026-11-02", "2026-11-02T07:30", "2026-11-02T16:59", "2026-11-02T23:59"]
)
def test_the_clock_time_of_receipt_does_not_move_a_limit_of_days(received: str) -> None:
    assert decided(received=received).due_at == moment("2026-11-09T23:59:59")


def test_a_promised_clock_time_gives_way_to_the_end_of_its_day() -> None:
    assert decided(promised="2026-11-10T09:30", limit=None).due_at == moment("2026-11-10T23:59:59")


# Weeks and months: the corresponding day (BLDS 2015, Điều 148.2-3), rolled over rest (Điều 148.5)


@pytest.mark.parametrize(
    ("received", "limit", "due_on"),
    [
        pytest.param("2026-03-02", "1w", "2026-03-09", id="Monday to Monday"),
        pytest.param("2026-03-04", "2w", "2026-03-18", id="Wednesday to Wednesday"),
        pytest.param("2026-03-07", "1w", "2026-03-16", id="Saturday to Saturday, rolled"),
        pytest.param("2026-02-09", "1w", "2026-02-23", id="a week that ends in Tết"),
        pytest.param("2026-08-15", "1w", "2026-08-22", id="a worked Saturday is no day of rest"),
        pytest.param("2026-03-02", "1mo", "2026-04-02", id="the corresponding day"),
        pytest.param("2026-01-31", "1mo", "2026-03-02", id="31/01: 28/02, a Saturday, rolled"),
        pytest.param("2025-01-31", "1mo", "2025-02-28", id="31/01: 28/02, a Friday"),
        pytest.param("2024-01-31", "1mo", "2024-02-29", id="31/01 in a leap year: 29/02"),
        pytest.param("2024-01-30", "1mo", "2024-02-29", id="30/01 in a leap year: 29/02 too"),
        pytest.param("2024-02-29", "1mo", "2024-03-29", id="29/02: 29/03, not the month's last"),
        pytest.param("2024-02-29", "12mo", "2025-02-28", id="a year from 29/02"),
        pytest.param("2026-03-31", "1mo", "2026-05-04", id="31/03: 30/04, a holiday, rolled over 1/5"),
        pytest.param("2026-05-31", "1mo", "2026-06-30", id="31/05: 30/06"),
        pytest.param("2026-11-30", "3mo", "2027-03-01", id="30/11 over the new year: 28/02, rolled"),
        pytest.param("2026-12-31", "2mo", "2027-03-01", id="31/12 over the new year"),
        pytest.param("2025-12-01", "1mo", "2026-01-05", id="to 1/1, over a swapped day"),
        pytest.param("2021-06-15", "36mo", "2024-06-17", id="three years, rolled"),
    ],
)
def test_weeks_and_months_end_on_the_corresponding_day(received: str, limit: str, due_on: str) -> None:
    assert due(received, limit) == due_on


# Clock times of receipt


def at(text: str) -> datetime:
    instant = moment(text)
    assert instant is not None
    return instant


def due_by(received: str, limit: str, **rules: object) -> str:
    """The due moment as a date where it is the end of that day, else with its clock time."""
    due_at = due_moment(at(received), TimeLimit.parse(limit), CALENDAR, ClockRules(**rules))  # type: ignore[arg-type]
    return f"{due_at:%Y-%m-%d}" if due_at.second else f"{due_at:%Y-%m-%dT%H:%M}"


@pytest.mark.parametrize(
    ("received", "limit", "cutoff", "due_on"),
    [
        # trong ngày: the cut-off is 15:00 unless the procedure says otherwise
        pytest.param("2026-03-02T14:59", "day", 900, "2026-03-02", id="a minute before the cut-off"),
        pytest.param("2026-03-02T15:00", "day", 900, "2026-03-02", id="at the cut-off"),
        pytest.param("2026-03-02T15:00:59", "day", 900, "2026-03-02", id="receipts are printed to the minute"),
        pytest.param("2026-03-02T15:01", "day", 900, "2026-03-03", id="a minute after it"),
        pytest.param("2026-03-02T10:01", "day", 600, "2026-03-03", id="after a cut-off of the procedure"),
        pytest.param("2026-03-02T16:30", "day", 1000, "2026-03-02", id="before a later one"),
        pytest.param("2026-03-02T17:01", "day", 1200, "2026-03-03", id="after closing, whatever the cut-off"),
        pytest.param("2026-03-02T06:00", "day", 900, "2026-03-02", id="before opening"),
        pytest.param("2026-03-02", "day", 900, "2026-03-02", id="without clock time: that day"),
        pytest.param("2026-03-06T15:01", "day", 900, "2026-03-09", id="Friday after the cut-off"),
        pytest.param("2026-03-07T09:00", "day", 900, "2026-03-09", id="on a Saturday"),
        pytest.param("2026-02-17T09:00", "day", 900, "2026-02-23", id="in Tết"),
        pytest.param("2026-08-22T09:00", "day", 900, "2026-08-22", id="on a worked Saturday"),
        # giải quyết ngay: no cut-off, only the day's hours
        pytest.param("2026-03-02T15:01", "0", 900, "2026-03-02", id="at once knows no cut-off"),
        pytest.param("2026-03-02T17:00", "0", 900, "2026-03-02", id="at closing"),
        pytest.param("2026-03-02T17:01", "0", 900, "2026-03-03", id="after closing"),
        pytest.param("2026-03-07T09:00", "0", 900, "2026-03-09", id="at once, on a Saturday"),
    ],
)  # fmt: skip
def test_within_the_day_and_at_once(received: str, limit: str, cutoff: int, due_on: str) -> None:
    assert due_by(received, limit, cutoff=cutoff) == due_on


@pytest.mark.parametrize(
    ("received", "limit", "due_at"),
    [
        pytest.param("2026-03-02T09:30", "8h", "2026-03-03T09:30", id="within working time"),
        pytest.param("2026-03-02T05:00", "8h", "2026-03-02T17:00", id="before opening"),
        pytest.param("2026-03-02T12:00", "1h", "2026-03-02T14:00", id="in the lunch break"),
        pytest.param("2026-03-02T17:00", "1h", "2026-03-03T08:30", id="at closing"),
        pytest.param("2026-03-02T22:00", "30m", "2026-03-03T08:00", id="in the evening"),
        pytest.param("2026-03-07T09:00", "8h", "2026-03-09T17:00", id="on a Saturday"),
        pytest.param("2026-04-30T09:00", "8h", "2026-05-04T17:00", id="on a holiday"),
        pytest.param("2026-08-21T17:00", "4h", "2026-08-22T11:30", id="before a worked Saturday"),
        pytest.param("2026-03-02", "8h", "2026-03-02T17:00", id="without clock time: from the opening"),
        pytest.param("2026-03-02T07:30", "40h", "2026-03-06T17:00", id="a week of hours"),
    ],
)
@pytest.mark.parametrize("ends", list(Ends))
def test_hours_begin_with_the_next_worked_moment_and_end_at_their_minute(
    received: str, limit: str, due_at: str, ends: Ends
) -> None:
    """BLDS 2015, Điều 147.1; that working hours count is practice. How days end is nothing to them."""
    assert due_by(received, limit, ends=ends) == due_at


@pytest.mark.parametrize(
    ("received", "limit", "ends"),
    [
        pytest.param("2026-03-02T09:30", "5d", ["2026-03-09", "2026-03-09T17:00", "2026-03-09T09:30"], id="in working time"),
        pytest.param("2026-03-02T06:00", "5d", ["2026-03-09", "2026-03-09T17:00", "2026-03-09T07:30"], id="before opening: the opening"),
        pytest.param("2026-03-02T12:00", "5d", ["2026-03-09", "2026-03-09T17:00", "2026-03-09T13:00"], id="in the lunch break: its end"),
        pytest.param("2026-03-02T19:00", "5d", ["2026-03-09", "2026-03-09T17:00", "2026-03-09T17:00"], id="after closing: the closing"),
        pytest.param("2026-03-07T09:30", "5d", ["2026-03-13", "2026-03-13T17:00", "2026-03-13T17:00"], id="on a Saturday: the closing"),
        pytest.param("2026-03-02", "5d", ["2026-03-09", "2026-03-09T17:00", "2026-03-09"], id="no clock time to keep"),
        pytest.param("2026-03-02T09:30", "7cd", ["2026-03-09", "2026-03-09T17:00", "2026-03-09"], id="calendar days keep none"),
        pytest.param("2026-03-02T09:30", "1w", ["2026-03-09", "2026-03-09T17:00", "2026-03-09"], id="nor do weeks"),
        pytest.param("2026-03-02T09:30", "1mo", ["2026-04-02", "2026-04-02T17:00", "2026-04-02"], id="nor months"),
        pytest.param("2026-03-02T09:30", "day", ["2026-03-02", "2026-03-02T17:00", "2026-03-02T17:00"], id="within the day"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("which", range(3), ids=["day", "working time", "clock"])
def test_when_on_its_last_day_a_limit_ends(which: int, received: str, limit: str, ends: list[str]) -> None:
    assert due_by(received, limit, ends=list(Ends)[which]) == ends[which]


def test_what_is_received_outside_the_known_years_is_a_gap_for_every_limit() -> None:
    for limit in ("1d", "30cd", "4w", "1mo", "8h", "day", "0"):
        with pytest.raises(CalendarGap, match="năm 2020"):
            due_by("2020-12-20T09:00", limit)
