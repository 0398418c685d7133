"""The proposed new date: from the procedure's own history, why it is that day, and its bounds."""

from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import CALENDAR, moment

from latewatch.clock import at_midnight
from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.letters.dates import check_new_date
from latewatch.domain.letters.proposal import (
    HANDFUL,
    History,
    Pending,
    Rules,
    at_percent,
    days_taken,
    propose,
)
from latewatch.errors import CalendarGap

RULES = Rules(usual=5, most=20, cases=20, percent=80)
TODAY, DUE = date(2026, 11, 11), date(2026, 11, 12)
TEN_LONG = [10] * 30 + [11, 12, 13, 14, 15, 16, 17, 18, 19, 20]  # of 40, ten took longer than 10


def at(text: str) -> datetime:
    found = moment(text)
    assert found
    return found


def proposed(
    history: History, taken: int | None = 10, *, due: date = DUE, rules: Rules = RULES
) -> tuple[str, str]:
    made = propose(Pending(TODAY, due, taken, history), rules, CALENDAR)
    return made.new_date.isoformat(), made.why


class TestHistory:
    def test_four_of_five_of_those_that_took_longer_are_done_by_then(self) -> None:
        """Of those longer than 10 days, 80 % took at most 8 more: 8 working days after 11/11."""
        assert proposed(History(TEN_LONG)) == (
            "2026-11-23",
            "hồ sơ đã qua 10 ngày làm việc; trong 40 hồ sơ cùng thủ tục đã xong có 10 hồ sơ lâu hơn thế, 80 % số "
            "này xong trong 8 ngày làm việc tiếp theo",
        )

    def test_the_unit_decides_where_it_has_enough(self) -> None:
        unit = [10] * 15 + [11] * 5
        day, why = proposed(History(TEN_LONG, unit))
        assert day == "2026-11-13"
        assert "trong 20 hồ sơ cùng thủ tục, cùng đơn vị, đã xong có 5 hồ sơ lâu hơn thế" in why

    def test_and_not_where_it_has_too_few(self) -> None:
        assert proposed(History(TEN_LONG, [11] * 19)) == proposed(History(TEN_LONG))

    @pytest.mark.parametrize(
        ("taken", "day"),
        [
            pytest.param(0, "2026-11-30", id="just received: 80 % of all took 12 days"),
            pytest.param(15, "2026-11-17", id="15 days passed: four more for 80 % of five"),
        ],
    )
    def test_the_longer_it_takes_the_more_is_known(self, taken: int, day: str) -> None:
        assert proposed(History(TEN_LONG), taken)[0] == day

    @pytest.mark.parametrize("percent", [50, 80, 100])
    def test_the_percent_is_a_setting(self, percent: int) -> None:
        rules = Rules(usual=5, most=20, cases=20, percent=percent)
        expected = CALENDAR.add(TODAY, percent // 10)
        assert proposed(History(TEN_LONG), rules=rules)[0] == expected.isoformat()


class TestTheSetting:
    """Where the history does not tell, so many working days after today, or after the last promise."""

    @pytest.mark.parametrize(
        ("history", "taken", "why"),
        [
            pytest.param(History(), 10, "mới có 0 hồ sơ cùng thủ tục đã xong, chưa đủ 20 để so", id="no history"),
            pytest.param(History([11] * 19), 10, "mới có 19 hồ sơ cùng thủ tục đã xong, chưa đủ 20 để so", id="too short"),
            pytest.param(History([5] * 40), 10, "chỉ 0 trong 40 hồ sơ cùng thủ tục lâu hơn 10 ngày làm việc", id="nothing took so long"),
            pytest.param(History([5] * 40 + [11] * (HANDFUL - 1)), 10, "chỉ 4 trong 44 hồ sơ cùng thủ tục lâu hơn 10 ngày làm việc", id="fewer than a handful did"),
            pytest.param(History(TEN_LONG), None, "không rõ ngày tiếp nhận", id="nobody knows since when"),
        ],
    )  # fmt: skip
    def test_decides_and_says_so(self, history: History, taken: int | None, why: str) -> None:
        assert proposed(history, taken) == (
            "2026-11-19",
            f"5 ngày làm việc sau ngày 12/11/2026 (letters.new_date_working_days): {why}",
        )

    def test_from_today_once_it_is_overdue(self) -> None:
        day, why = proposed(History(), due=date(2026, 11, 2))
        assert (day, why.partition(":")[0]) == (
            "2026-11-18",
            "5 ngày làm việc sau hôm nay (letters.new_date_working_days)",
        )


class TestBounds:
    def test_never_more_than_the_office_allows(self) -> None:
        day, why = proposed(History([10] * 20 + [100] * 20))
        assert day == CALENDAR.add(DUE, 20).isoformat()
        assert why.endswith("xong trong 90 ngày làm việc tiếp theo; nhiều nhất 20 ngày làm việc "
                            "(letters.new_date_most_working_days)")  # fmt: skip

    def test_never_before_the_last_promise_is_over(self) -> None:
        day, why = proposed(History([10] * 20 + [11] * 20), due=date(2026, 11, 20))
        assert day == "2026-11-23"
        assert why.endswith("; ngày hẹn lại phải sau ngày 20/11/2026")

    def test_beyond_the_calendar_is_a_gap(self) -> None:
        late = Pending(date(2027, 12, 30), date(2027, 12, 31), 10, History(TEN_LONG))
        with pytest.raises(CalendarGap, match="2028"):
            propose(late, RULES, CALENDAR)

    @settings(deadline=None)
    @given(
        st.dates(date(2021, 1, 4), date(2027, 6, 1)),
        st.dates(date(2021, 1, 4), date(2027, 6, 1)),
        st.integers(0, 60),
        st.lists(st.integers(0, 400), max_size=60),
        st.integers(1, 30),
        st.integers(50, 100),
    )
    def test_whatever_the_history_the_date_is_valid(  # noqa: PLR0917  what a history may be
        self, today: date, due_on: date, taken: int, days: list[int], most: int, percent: int
    ) -> None:
        rules = Rules(usual=5, most=most, cases=10, percent=percent)
        made = propose(Pending(today, due_on, taken, History(days)), rules, CALENDAR)
        check_new_date(made.new_date, today, due_on, CALENDAR)
        assert made.new_date <= CALENDAR.add(max(today, due_on), max(most, 5))


@settings(deadline=None)
@given(st.lists(st.integers(1, 500), min_size=1), st.integers(1, 100))
def test_the_percentile_is_the_least_day_by_which_so_many_are_done(days: list[int], percent: int) -> None:
    found = at_percent(sorted(days), percent)
    assert sum(each <= found for each in days) * 100 >= percent * len(days)
    assert sum(each < found for each in days) * 100 < percent * len(days)


class TestDaysTaken:
    def supplement(self, start: str, end: str | None) -> Suspension:
        return Suspension(Cause.SUPPLEMENT, at(start), at(end) if end else None)

    @pytest.mark.parametrize(
        ("stops", "days"),
        [
            pytest.param([], 8, id="Monday to Thursday of next week"),
            pytest.param([("2026-11-04", "2026-11-06")], 6, id="two days of waiting"),
            pytest.param([("2026-11-04", "2026-11-04")], 8, id="answered on the same day"),
            pytest.param([("2026-11-10", None)], 6, id="still waiting"),
            pytest.param([("2026-11-06", "2026-11-09")], 7, id="over a weekend"),
            pytest.param([("2026-10-01", "2026-11-03")], 7, id="begun before the receipt"),
        ],
    )
    def test_interruptions_are_left_out(self, stops: list[tuple[str, str | None]], days: int) -> None:
        waits = [self.supplement(*each) for each in stops]
        assert days_taken(at("2026-11-02T09:00"), at("2026-11-12T10:00"), waits, CALENDAR) == days

    def test_from_before_the_calendar_at_least_so_many(self) -> None:
        first = at_midnight(CALENDAR.first)
        assert days_taken(at("2019-06-01"), at("2021-01-29"), [], CALENDAR) == days_taken(
            first, at("2021-01-29"), [], CALENDAR
        )
