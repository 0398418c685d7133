"""The explanation of a due date: every day once, in order, counted or not, and why in a supervisor's words."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import CALENDAR, moment

from latewatch.clock import VIETNAM
from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.expiry import ClockRules, Ends
from latewatch.domain.hours import WorkHours
from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.domain.running import run
from latewatch.domain.suspension import Effect
from latewatch.domain.trace import Mark, Step, trace
from latewatch.domain.worktime import WorkCalendar


def at(text: str) -> datetime:
    instant = moment(text)
    assert instant is not None
    return instant


def stop(start: str, end: str | None = None, cause: Cause = Cause.SUPPLEMENT) -> Suspension:
    return Suspension(cause, at(start), moment(end))


def steps(
    received: str,
    limit: str,
    *stops: Suspension,
    effect: Effect = Effect.RESTART,
    calendar: WorkCalendar = CALENDAR,
    cutoff: int = 900,
) -> list[Step]:
    rules = ClockRules(supplement=effect, financial=effect, other=effect, cutoff=cutoff)
    return list(trace(run(at(received), TimeLimit.parse(limit), calendar, rules, stops), calendar))


def told(found: Sequence[Step]) -> list[str]:
    """The steps as a supervisor reads them: the day, its number or its mark, and why."""
    return [f"{s.day:%d/%m} {s.number or s.mark}: {s.why}" for s in found]


# Days


def test_a_limit_of_working_days_across_a_weekend_and_a_holiday() -> None:
    assert told(steps("2026-04-24T09:30", "2d")) == [
        "24/04 zero: thứ Sáu: ngày tiếp nhận, không tính (BLDS 2015 Đ147)",
        "25/04 rest: thứ Bảy, nghỉ hằng tuần",
        "26/04 rest: Giỗ Tổ Hùng Vương (BLLĐ 2019 Đ112.1e)",
        "27/04 rest: Nghỉ bù Giỗ Tổ Hùng Vương (CV 3383/BNV-CVL)",
        "28/04 1: thứ Ba",
        "29/04 2: thứ Tư",
    ]


def test_calendar_days_count_rest_too_and_roll_at_the_end() -> None:
    assert told(steps("2026-03-05", "2cd")) == [
        "05/03 zero: thứ Năm: ngày tiếp nhận, không tính (BLDS 2015 Đ147)",
        "06/03 1: thứ Sáu",
        "07/03 2: thứ Bảy, nghỉ hằng tuần: lùi sang ngày làm việc tiếp theo (BLDS 2015 Đ148.5)",
        "08/03 rolled: Chủ nhật, nghỉ hằng tuần: lùi sang ngày làm việc tiếp theo (BLDS 2015 Đ148.5)",
        "09/03 rolled: thứ Hai: ngày làm việc tiếp theo",
    ]


def test_a_restart_makes_void_what_was_counted() -> None:
    assert told(steps("2026-02-26T09:30", "1d", stop("2026-02-27T10:00", "2026-03-02T09:00"))) == [
        "26/02 zero: thứ Năm: ngày tiếp nhận, không tính (BLDS 2015 Đ147)",
        "27/02 void: thứ Sáu: đã tính nhưng không còn giá trị, vì phải tính lại từ đầu; yêu cầu bổ sung từ ngày này",
        "28/02 suspended: thứ Bảy, nghỉ hằng tuần: yêu cầu bổ sung 10:00 27/02/2026–09:00 02/03/2026",
        "01/03 suspended: Chủ nhật, nghỉ hằng tuần: yêu cầu bổ sung 10:00 27/02/2026–09:00 02/03/2026",
        "02/03 restarted: thứ Hai: hết yêu cầu bổ sung 10:00 27/02/2026–09:00 02/03/2026: "
        "tính lại từ đầu (NĐ 118/2025 Đ19.5), ngày này không tính (BLDS 2015 Đ147)",
        "03/03 1: thứ Ba",
    ]


def test_a_pause_keeps_what_was_counted() -> None:
    found = steps(
        "2026-03-02", "3d", stop("2026-03-03T10:00", "2026-03-05", Cause.FINANCIAL), effect=Effect.PAUSE
    )
    assert told(found) == [
        "02/03 zero: thứ Hai: ngày tiếp nhận, không tính (BLDS 2015 Đ147)",
        "03/03 1: thứ Ba: chờ nghĩa vụ tài chính từ ngày này",
        "04/03 suspended: thứ Tư: chờ nghĩa vụ tài chính 10:00 03/03/2026–05/03/2026",
        "05/03 resumed: thứ Năm: hết chờ nghĩa vụ tài chính 10:00 03/03/2026–05/03/2026: "
        "tính tiếp phần còn lại, ngày này không tính (BLDS 2015 Đ147)",
        "06/03 2: thứ Sáu",
        "07/03 rest: thứ Bảy, nghỉ hằng tuần",
        "08/03 rest: Chủ nhật, nghỉ hằng tuần",
        "09/03 3: thứ Hai",
    ]


@pytest.mark.parametrize(
    ("cause", "quotes"), [(Cause.SUPPLEMENT, True), (Cause.FINANCIAL, False), (Cause.OTHER, False)]
)
def test_the_article_on_supplements_is_quoted_for_supplements_only(cause: Cause, quotes: bool) -> None:
    (restarted,) = (
        s
        for s in steps("2026-03-02", "2d", stop("2026-03-03", "2026-03-05", cause))
        if s.mark is Mark.RESTARTED
    )
    assert ("NĐ 118/2025 Đ19.5" in restarted.why) is quotes


def test_a_pause_within_one_day_takes_nothing_from_it() -> None:
    found = steps("2026-03-02", "2d", stop("2026-03-03T10:00", "2026-03-03T11:00"), effect=Effect.PAUSE)
    assert told(found)[1] == (
        "03/03 1: thứ Ba: hết yêu cầu bổ sung 10:00 03/03/2026–11:00 03/03/2026: "
        "tính tiếp phần còn lại, ngày này đã được tính"
    )


@pytest.mark.parametrize(
    ("resumed", "last", "said"),
    [
        ("2026-03-06T09:00", "06/03 resumed", "đã dừng vào ngày cuối nên hết hạn ngay trong ngày này"),
        ("2026-03-07T09:00", "09/03 rolled", "đã dừng vào ngày cuối nên hết hạn vào ngày làm việc tiếp theo"),
    ],
)
def test_what_stood_still_on_its_last_day_says_where_it_ends(resumed: str, last: str, said: str) -> None:
    found = steps("2026-03-02", "2d", stop("2026-03-04T10:00", resumed), effect=Effect.PAUSE)
    assert sum(step.counted for step in found) == 2
    assert told(found)[-1].startswith(last)
    assert any(step.why.endswith(said) for step in found)


def test_while_something_is_awaited_the_trace_ends_where_it_began() -> None:
    assert told(steps("2026-03-02", "5d", stop("2026-03-04T10:00"), effect=Effect.PAUSE)) == [
        "02/03 zero: thứ Hai: ngày tiếp nhận, không tính (BLDS 2015 Đ147)",
        "03/03 1: thứ Ba",
        "04/03 2: thứ Tư: yêu cầu bổ sung 10:00 04/03/2026–chưa xong, thời hạn dừng từ ngày này",
    ]


def test_what_only_polls_saw_says_so() -> None:
    seen = Suspension(Cause.OTHER, at("2026-03-03T08:00"), at("2026-03-05T08:00"), is_observed=True)
    found = steps("2026-03-02", "3d", seen, effect=Effect.PAUSE)
    assert all("theo lần lấy dữ liệu" in s.why for s in found if s.mark in (Mark.SUSPENDED, Mark.RESUMED))


# Within the day, at once


@pytest.mark.parametrize(
    ("received", "limit", "days"),
    [
        pytest.param("2026-03-02T14:59", "day", ["02/03 zero: thứ Hai: ngày tiếp nhận, trả kết quả trong ngày"], id="before the cut-off"),
        pytest.param("2026-03-02T17:00", "0", ["02/03 zero: thứ Hai: ngày tiếp nhận, giải quyết ngay"], id="at once"),
        pytest.param("2026-03-02T15:01", "day", [
            "02/03 zero: thứ Hai: ngày tiếp nhận, lúc 15:01 đã qua giờ chốt 15:00 nên chuyển sang ngày làm việc tiếp theo",
            "03/03 rolled: thứ Ba: ngày làm việc tiếp theo",
        ], id="after the cut-off"),
        pytest.param("2026-03-02T17:30", "0", [
            "02/03 zero: thứ Hai: ngày tiếp nhận, lúc 17:30 đã hết giờ làm việc nên chuyển sang ngày làm việc tiếp theo",
            "03/03 rolled: thứ Ba: ngày làm việc tiếp theo",
        ], id="after closing"),
        pytest.param("2026-03-07T09:00", "day", [
            "07/03 zero: thứ Bảy, nghỉ hằng tuần: ngày tiếp nhận, vào ngày nghỉ nên chuyển sang ngày làm việc tiếp theo",
            "08/03 rest: Chủ nhật, nghỉ hằng tuần",
            "09/03 rolled: thứ Hai: ngày làm việc tiếp theo",
        ], id="on a Saturday"),
    ],
)  # fmt: skip
def test_a_limit_within_the_day_says_which_day_and_why(received: str, limit: str, days: list[str]) -> None:
    assert told(steps(received, limit)) == days


def test_a_cut_off_of_the_procedure_is_the_one_that_is_named() -> None:
    assert "đã qua giờ chốt 10:00" in steps("2026-03-02T10:01", "day", cutoff=600)[0].why


# Hours


def minutes(found: Sequence[Step]) -> list[tuple[str, int]]:
    return [(f"{s.day:%d/%m}", s.minutes) for s in found]


def test_hours_show_the_working_hours_and_the_minutes_of_each_day() -> None:
    found = steps("2026-03-06T16:30", "8h")
    assert told(found) == [
        "06/03 1: thứ Sáu, giờ làm việc 07:30-11:30, 13:00-17:00: tiếp nhận lúc 16:30",
        "07/03 rest: thứ Bảy, nghỉ hằng tuần",
        "08/03 rest: Chủ nhật, nghỉ hằng tuần",
        "09/03 2: thứ Hai, giờ làm việc 07:30-11:30, 13:00-17:00",
    ]
    assert minutes(found) == [("06/03", 30), ("07/03", 0), ("08/03", 0), ("09/03", 450)]


@pytest.mark.parametrize(
    ("received", "why"),
    [
        (
            "2026-03-07T09:00",
            "thứ Bảy, nghỉ hằng tuần: tiếp nhận lúc 09:00, ngoài giờ làm việc nên tính từ giờ làm việc tiếp theo",
        ),
        (
            "2026-03-06T17:00",
            "thứ Sáu, giờ làm việc 07:30-11:30, 13:00-17:00: tiếp nhận lúc 17:00, "
            "ngoài giờ làm việc nên tính từ giờ làm việc tiếp theo",
        ),
        (
            "2026-03-06",
            "thứ Sáu, giờ làm việc 07:30-11:30, 13:00-17:00: ngày tiếp nhận, không rõ giờ nên tính từ đầu ngày",
        ),
    ],
)
def test_a_receipt_outside_working_time_says_from_when_hours_count(received: str, why: str) -> None:
    assert steps(received, "1h")[0].why == why


def test_a_day_with_a_pause_in_it_counts_both_its_parts() -> None:
    found = steps("2026-03-02T07:30", "4h", stop("2026-03-02T08:00", "2026-03-02T10:00"), effect=Effect.PAUSE)
    assert minutes(found) == [("02/03", 240)]
    assert "hết yêu cầu bổ sung" in found[0].why


def test_a_day_worked_until_midnight_has_all_its_minutes() -> None:
    nights = WorkCalendar(
        [2026], (), "thử", week=(WorkHours.parse("00:00-06:00,18:00-24:00"),) * 5 + (WorkHours(),) * 2
    )
    found = steps("2026-03-02T17:00", "720m", calendar=nights)
    assert minutes(found) == [("02/03", 360), ("03/03", 360)]
    assert minutes(steps("2026-03-02T17:00", "6h", calendar=nights)) == [("02/03", 360)]


# Everything that can be: each day once, in order, to the due day, as much as the limit has


@st.composite
def interruptions(draw: st.DrawFn, received_at: datetime) -> tuple[Suspension, ...]:
    """Up to three, one after the other; now and then a moment without clock time."""
    found, clock = [], received_at
    for _ in range(draw(st.integers(0, 3))):
        clock += timedelta(minutes=draw(st.integers(0, 8 * 1440)))
        started_at = clock
        clock += timedelta(minutes=draw(st.integers(0, 12 * 1440)))
        found.append(Suspension(draw(st.sampled_from(Cause)), started_at, clock))
    return tuple(found)


moments = st.datetimes(datetime(2021, 1, 4), datetime(2027, 3, 1), timezones=st.just(VIETNAM)).map(  # noqa: DTZ001
    lambda at: at.replace(second=0, microsecond=0)
)
rules = st.builds(
    ClockRules,
    ends=st.sampled_from(Ends),
    supplement=st.sampled_from(Effect),
    financial=st.sampled_from(Effect),
    other=st.sampled_from(Effect),
)


@settings(deadline=None)
@given(
    st.data(),
    moments,
    rules,
    st.sampled_from(["1d", "12d", "1cd", "20cd", "3w", "1h", "30h", "777m", "day", "0"]),
)
def test_the_trace_counts_exactly_the_limit(
    data: st.DataObject, received_at: datetime, rules: ClockRules, text: str
) -> None:
    limit = TimeLimit.parse(text)
    ran = run(received_at, limit, CALENDAR, rules, data.draw(interruptions(received_at)))
    found = list(trace(ran, CALENDAR))
    first = received_at.date()
    assert [step.day for step in found] == [first + timedelta(n) for n in range(len(found))]
    assert ran.due_at is not None
    assert found[-1].day == ran.due_at.date()
    assert all(step.why and "None" not in step.why for step in found)
    counted = [step for step in found if step.counted]
    assert [step.number for step in counted] == list(range(1, len(counted) + 1))
    if limit.unit in (LimitUnit.HOURS, LimitUnit.MINUTES):
        assert sum(step.minutes for step in found) == limit.minutes
    else:
        assert len(counted) == limit.amount * (7 if limit.unit is LimitUnit.WEEKS else 1)


def test_a_month_counts_the_days_to_its_corresponding_day() -> None:
    assert sum(step.counted for step in steps("2026-01-31", "1mo")) == 28
    assert date(2026, 3, 2) == steps("2026-01-31", "1mo")[-1].day
