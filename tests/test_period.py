"""Reporting periods: each span by each cut-off, with the edges of the year."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from latewatch.domain.period import MONTHS, Cutoff, Period, Span, between, named_period, period_of, span_of


@pytest.mark.parametrize(
    ("span", "month", "first", "last", "title"),
    [
        # Nghị định 09/2019/NĐ-CP, Điều 12: from the 15th of the month before to the 14th
        pytest.param(Span.MONTH, 1, "2025-12-15", "2026-01-14", "Tháng 1 năm 2026", id="January begins in the year before"),
        pytest.param(Span.MONTH, 2, "2026-01-15", "2026-02-14", "Tháng 2 năm 2026", id="February"),
        pytest.param(Span.MONTH, 3, "2026-02-15", "2026-03-14", "Tháng 3 năm 2026", id="March"),
        pytest.param(Span.MONTH, 11, "2026-10-15", "2026-11-14", "Tháng 11 năm 2026", id="November"),
        pytest.param(Span.MONTH, 12, "2026-11-15", "2026-12-14", "Tháng 12 năm 2026", id="December ends on the 14th"),
        pytest.param(Span.QUARTER, 1, "2025-12-15", "2026-03-14", "Quý I năm 2026", id="quarter I"),
        pytest.param(Span.QUARTER, 5, "2026-03-15", "2026-06-14", "Quý II năm 2026", id="quarter II"),
        pytest.param(Span.QUARTER, 9, "2026-06-15", "2026-09-14", "Quý III năm 2026", id="quarter III"),
        pytest.param(Span.QUARTER, 12, "2026-09-15", "2026-12-14", "Quý IV năm 2026", id="quarter IV"),
        pytest.param(Span.HALF, 6, "2025-12-15", "2026-06-14", "06 tháng đầu năm 2026", id="first half"),
        pytest.param(Span.HALF, 7, "2026-06-15", "2026-12-14", "06 tháng cuối năm 2026", id="second half"),
        pytest.param(Span.YEAR, 7, "2025-12-15", "2026-12-14", "Năm 2026", id="year"),
    ],
)  # fmt: skip
def test_with_the_15_14_cut_off(span: Span, month: int, first: str, last: str, title: str) -> None:
    period = period_of(2026, month, span, Cutoff.FIFTEENTH)
    assert period == Period(date.fromisoformat(first), date.fromisoformat(last), title)


@pytest.mark.parametrize(
    ("span", "month", "first", "last"),
    [
        pytest.param(Span.MONTH, 1, "2026-01-01", "2026-01-31", id="January"),
        pytest.param(Span.MONTH, 2, "2026-02-01", "2026-02-28", id="February"),
        pytest.param(Span.MONTH, 4, "2026-04-01", "2026-04-30", id="a month of 30 days"),
        pytest.param(Span.MONTH, 12, "2026-12-01", "2026-12-31", id="December"),
        pytest.param(Span.QUARTER, 3, "2026-01-01", "2026-03-31", id="quarter I"),
        pytest.param(Span.QUARTER, 10, "2026-10-01", "2026-12-31", id="quarter IV"),
        pytest.param(Span.HALF, 1, "2026-01-01", "2026-06-30", id="first half"),
        pytest.param(Span.HALF, 12, "2026-07-01", "2026-12-31", id="second half"),
        pytest.param(Span.YEAR, 12, "2026-01-01", "2026-12-31", id="year"),
    ],
)
def test_by_the_calendar(span: Span, month: int, first: str, last: str) -> None:
    period = period_of(2026, month, span, Cutoff.CALENDAR)
    assert (period.first, period.last) == (date.fromisoformat(first), date.fromisoformat(last))


def test_february_of_a_leap_year_ends_on_the_29th() -> None:
    assert period_of(2024, 2, Span.MONTH, Cutoff.CALENDAR).last == date(2024, 2, 29)


@pytest.mark.parametrize("cutoff", Cutoff)
@pytest.mark.parametrize("span", Span)
def test_periods_follow_each_other_without_gap_or_overlap(span: Span, cutoff: Cutoff) -> None:
    months = range(1, 13, MONTHS[span])
    periods = [period_of(year, month, span, cutoff) for year in range(2021, 2028) for month in months]
    for before, after in pairwise(periods):
        assert before.last + timedelta(days=1) == after.first


@pytest.mark.parametrize("cutoff", Cutoff)
@pytest.mark.parametrize("span", Span)
def test_every_month_of_a_span_names_the_same_period(span: Span, cutoff: Cutoff) -> None:
    length = MONTHS[span]
    for start in range(1, 13, length):
        assert len({period_of(2026, start + n, span, cutoff) for n in range(length)}) == 1


@pytest.mark.parametrize("cutoff", Cutoff)
def test_a_year_is_its_months(cutoff: Cutoff) -> None:
    months = [period_of(2026, month, Span.MONTH, cutoff) for month in range(1, 13)]
    for span in (Span.QUARTER, Span.HALF, Span.YEAR):
        for start in range(0, 12, MONTHS[span]):
            period = period_of(2026, start + 1, span, cutoff)
            assert (period.first, period.last) == (months[start].first, months[start + MONTHS[span] - 1].last)


@pytest.mark.parametrize(
    ("day", "inside"),
    [("2026-10-14", False), ("2026-10-15", True), ("2026-11-14", True), ("2026-11-15", False)],
)
def test_both_ends_belong_to_a_period(day: str, inside: bool) -> None:
    assert (date.fromisoformat(day) in period_of(2026, 11, Span.MONTH, Cutoff.FIFTEENTH)) is inside


def test_no_date_is_in_no_period() -> None:
    assert None not in period_of(2026, 11, Span.MONTH, Cutoff.FIFTEENTH)


@pytest.mark.parametrize("cutoff", Cutoff)
@pytest.mark.parametrize("span", Span)
@pytest.mark.parametrize("month", [0, 13, -1])
def test_a_month_that_is_none_is_refused(month: int, span: Span, cutoff: Cutoff) -> None:
    with pytest.raises(ValueError, match="month"):
        period_of(2026, month, span, cutoff)


def test_the_spans_are_those_of_the_command_line() -> None:
    assert [str(span) for span in Span] == ["month", "quarter", "half", "year"]


@pytest.mark.parametrize(
    ("name", "span", "month"),
    [
        ("2026-10", Span.MONTH, 10),
        ("2026-1", Span.MONTH, 1),
        ("2026-Q4", Span.QUARTER, 10),
        ("2026-q1", Span.QUARTER, 3),
        ("2026-H1", Span.HALF, 6),
        ("2026-h2", Span.HALF, 7),
        (" 2026 ", Span.YEAR, 1),
    ],
)
@pytest.mark.parametrize("cutoff", Cutoff)
def test_a_period_by_its_name(name: str, span: Span, month: int, cutoff: Cutoff) -> None:
    assert named_period(name, cutoff) == period_of(2026, month, span, cutoff)
    assert span_of(name) is span


@pytest.mark.parametrize(
    "name", ["", "2026-13", "2026-0", "2026-Q5", "2026-H3", "26-10", "10/2026", "2026-", "2026-10-01"]
)
def test_a_name_that_is_none_is_refused_with_examples(name: str) -> None:
    with pytest.raises(ValueError, match="2026-Q4"):
        named_period(name, Cutoff.FIFTEENTH)


def test_any_two_days_are_a_period() -> None:
    day = date(2026, 11, 12)
    assert between(day, day) == Period(day, day, "Theo ngày chọn")
    with pytest.raises(ValueError, match="12/11/2026 đến ngày 11/11/2026 là ngược"):
        between(day, day - timedelta(days=1))
