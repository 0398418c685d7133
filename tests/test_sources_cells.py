"""One cell → one value: every form of date, limit and number that exports were seen to use."""

import math
import unicodedata
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from worlds import moment

from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.sources.files.cells import (
    MonthFirst,
    key_of,
    limit_of,
    moment_of,
    phone_of,
    text_of,
)

DAYS, CALENDAR = LimitUnit.WORKING_DAYS, LimitUnit.CALENDAR_DAYS


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("02/11/2026", "2026-11-02", id="dd/MM/yyyy"),
        pytest.param("2/9/2026", "2026-09-02", id="without leading zeros"),
        pytest.param("02/11/2026 08:30", "2026-11-02T08:30", id="with hours and minutes"),
        pytest.param("02/11/2026 08:30:15", "2026-11-02T08:30:15", id="with seconds"),
        pytest.param("2/11/2026 8:05", "2026-11-02T08:05", id="a time without a leading zero"),
        pytest.param("02/11/2026 08h30", "2026-11-02T08:30", id="a time with h"),
        pytest.param("02-11-2026", "2026-11-02", id="dd-MM-yyyy"),
        pytest.param("02.11.2026", "2026-11-02", id="dd.MM.yyyy"),
        pytest.param("02 / 11 / 2026", "2026-11-02", id="spaces around the slashes"),
        pytest.param("2026-11-02", "2026-11-02", id="yyyy-MM-dd"),
        pytest.param("2026-11-02 08:30:15", "2026-11-02T08:30:15", id="ISO with a space"),
        pytest.param("2026-11-02T08:30:15", "2026-11-02T08:30:15", id="ISO with T"),
        pytest.param("2026-11-02T08:30:15.947", "2026-11-02T08:30:15", id="a fraction is dropped"),
        pytest.param("2026-11-02T01:30:15Z", "2026-11-02T08:30:15", id="UTC"),
        pytest.param("2026-11-02T08:30:15+07:00", "2026-11-02T08:30:15", id="offset with a colon"),
        pytest.param("2026-11-02T08:30:15.000+0700", "2026-11-02T08:30:15", id="offset without a colon"),
        pytest.param("2026-11-02T20:30:00Z", "2026-11-03T03:30", id="UTC evening is the next day here"),
        pytest.param("20261102083015", "2026-11-02T08:30:15", id="yyyyMMddHHmmss"),
        pytest.param("20261102", "2026-11-02", id="yyyyMMdd"),
        pytest.param(20261102083015.0, "2026-11-02T08:30:15", id="yyyyMMddHHmmss as a number"),
        pytest.param(46328, "2026-11-02", id="Excel's day count"),
        pytest.param(46328.354166666664, "2026-11-02T08:30", id="Excel's day count with a time"),
        pytest.param(date(2026, 11, 2), "2026-11-02", id="a real Excel date"),
        pytest.param(datetime(2026, 11, 2, 8, 30), "2026-11-02T08:30", id="a real Excel moment"),  # noqa: DTZ001
        pytest.param(
            datetime(2026, 11, 2, 8, 29, 59, 999_999),  # noqa: DTZ001
            "2026-11-02T08:30",
            id="Excel's rounding does not cost a minute",
        ),
        pytest.param("  02/11/2026\u00a0 08:30 ", "2026-11-02T08:30", id="no-break and double spaces"),
        pytest.param("０２/１１/２０２６", "2026-11-02", id="full-width digits"),
        pytest.param("02/11/2026\u200b", "2026-11-02", id="a zero-width space"),
        pytest.param("29/02/2024", "2024-02-29", id="a leap day"),
        pytest.param("", None, id="empty"),
        pytest.param(" \u00a0\t", None, id="only spaces"),
    ],
)
def test_a_date_cell_is_read(cell: object, expected: str | None) -> None:
    assert moment_of(cell) == moment(expected)  # type: ignore[arg-type]  # any cell


@pytest.mark.parametrize(
    ("cell", "why"),
    [
        pytest.param("02/11/26", "hai chữ số", id="a two-digit year"),
        pytest.param("2-11-26", "hai chữ số", id="a two-digit year with dashes"),
        pytest.param("11/25/2026", "tháng trước ngày", id="MM/dd"),
        pytest.param("2026-25-11", "tháng trước ngày", id="yyyy-dd-MM"),
        pytest.param("31/02/2026", "không có thật", id="31/02"),
        pytest.param("29/02/2026", "không có thật", id="29/02 of a common year"),
        pytest.param("00/11/2026", "không có thật", id="day zero"),
        pytest.param("02/11/2026 24:30", "không có thật", id="hour 24"),
        pytest.param("02/11/2026 08:61", "không có thật", id="minute 61"),
        pytest.param("02/11/2026 2:30 PM", "không phải ngày", id="a 12-hour clock"),
        pytest.param("hôm nay", "không phải ngày", id="a word"),
        pytest.param("02/11", "không phải ngày", id="no year"),
        pytest.param("#N/A", "không phải ngày", id="an error of Excel"),
        pytest.param(7, "không phải ngày", id="a small number"),
        pytest.param(True, "không phải ngày", id="a boolean"),
        pytest.param(time(8, 30), "không phải ngày", id="a clock time alone"),
        pytest.param(timedelta(days=46328), "không phải ngày", id="a duration"),
        pytest.param(math.inf, "không phải ngày", id="infinity"),
        pytest.param(math.nan, "không phải ngày", id="not a number"),
        pytest.param("02/11/1926", "ngoài khoảng", id="a century ago"),
        pytest.param("0001-01-01T00:00:00+14:00", "ngoài khoảng", id="before the calendar begins"),
        pytest.param("9999-12-31T23:59:59-14:00", "ngoài khoảng", id="after the calendar ends"),
        pytest.param(date(1900, 1, 1), "ngoài khoảng", id="Excel's first day"),
    ],
)
def test_a_doubtful_date_is_refused_with_its_reason(cell: object, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        moment_of(cell)  # type: ignore[arg-type]  # any cell


def test_month_before_day_is_told_apart_from_a_day_that_is_not() -> None:
    with pytest.raises(MonthFirst):
        moment_of("11/25/2026")
    with pytest.raises(ValueError, match="không có thật") as other:
        moment_of("31/11/2026")
    assert not isinstance(other.value, MonthFirst)


@pytest.mark.parametrize(
    ("cell", "limit"),
    [
        pytest.param("5", TimeLimit(5, DAYS), id="a bare number"),
        pytest.param(5.0, TimeLimit(5, DAYS), id="a float of Excel"),
        pytest.param("5,0", TimeLimit(5, DAYS), id="a decimal comma"),
        pytest.param("05 ngày làm việc", TimeLimit(5, DAYS), id="working days in words"),
        pytest.param("5 (ngày làm việc)", TimeLimit(5, DAYS), id="words in parentheses"),
        pytest.param("15 NGÀY", TimeLimit(15, DAYS), id="ngày is the setting's"),
        pytest.param("15 ngày theo lịch", TimeLimit(15, CALENDAR), id="calendar days in words"),
        pytest.param("7cd", TimeLimit(7, CALENDAR), id="cd"),
        pytest.param("7d", TimeLimit(7, DAYS), id="d"),
        pytest.param("0", TimeLimit(0, LimitUnit.AT_ONCE), id="at once"),
        pytest.param(unicodedata.normalize("NFD", "5 ngày làm việc"), TimeLimit(5, DAYS), id="NFD"),
        pytest.param("0 ngày", TimeLimit(0, LimitUnit.AT_ONCE), id="no days at all"),
        pytest.param("Giải quyết ngay", TimeLimit(0, LimitUnit.AT_ONCE), id="at once in words"),
        pytest.param("Trong ngày làm việc", TimeLimit(0, LimitUnit.WITHIN_DAY), id="within the day in words"),
        pytest.param("8 giờ làm việc", TimeLimit(8, LimitUnit.HOURS), id="hours in words"),
        pytest.param("8h", TimeLimit(8, LimitUnit.HOURS), id="h"),
        pytest.param("30 phút", TimeLimit(30, LimitUnit.MINUTES), id="minutes in words"),
        pytest.param("2 tuần", TimeLimit(2, LimitUnit.WEEKS), id="weeks in words"),
        pytest.param("01 tháng", TimeLimit(1, LimitUnit.MONTHS), id="months in words"),
        pytest.param("", None, id="empty"),
    ],
)
def test_a_time_limit_is_read(cell: object, limit: TimeLimit | None) -> None:
    assert limit_of(cell, DAYS) == limit  # type: ignore[arg-type]  # any cell


def test_what_a_bare_number_counts_is_the_settings() -> None:
    assert limit_of("15 ngày", CALENDAR) == TimeLimit(15, CALENDAR)
    assert limit_of("15 ngày làm việc", CALENDAR) == TimeLimit(15, DAYS)


@pytest.mark.parametrize(
    "cell",
    [
        pytest.param("1.234,5", id="thousands and a fraction"),
        pytest.param("1.000", id="a thousand is not one"),
        pytest.param("5,5", id="half a day"),
        pytest.param("-3", id="negative"),
        pytest.param("năm ngày", id="words"),
        pytest.param("5 ngày?", id="a question"),
        pytest.param("1,5 giờ", id="an hour and a half"),
        pytest.param("10000", id="27 years"),
        pytest.param("02/11/2026", id="a date"),
        pytest.param(True, id="a boolean"),
    ],
)
def test_a_doubtful_limit_is_refused(cell: object) -> None:
    with pytest.raises(ValueError, match=r"không phải thời hạn giải quyết; cần dạng|dài quá|không thể có"):
        limit_of(cell, DAYS)  # type: ignore[arg-type]  # any cell


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        pytest.param(1234567.0, "1234567", id="a code as a float"),
        pytest.param(2.5, "2.5", id="a fraction stays"),
        pytest.param(True, "TRUE", id="a boolean as Excel shows it"),
        pytest.param(date(2026, 11, 2), "02/11/2026", id="a date"),
        pytest.param(datetime(2026, 11, 2, 8, 30), "02/11/2026 08:30:00", id="a moment"),  # noqa: DTZ001
        pytest.param(datetime(2026, 11, 2), "02/11/2026", id="a moment at midnight"),  # noqa: DTZ001
        pytest.param(unicodedata.normalize("NFD", "Hộ tịch"), "Hộ tịch", id="NFD is composed"),
        pytest.param(" Hộ  tịch\u00a0", "Hộ tịch", id="spaces"),
        pytest.param("H00\u200b.01\ufeff", "H00.01", id="characters nobody sees"),
    ],
)
def test_a_cell_is_text_as_a_person_sees_it(cell: object, text: str) -> None:
    assert text_of(cell) == text  # type: ignore[arg-type]  # any cell


@pytest.mark.parametrize(
    ("cell", "phone"),
    [
        pytest.param("0900000001", "0900000001", id="text"),
        pytest.param(900000001.0, "0900000001", id="a float lost the zero"),
        pytest.param(900000001, "0900000001", id="an int too"),
        pytest.param(2363000001.0, "02363000001", id="a landline"),
        pytest.param(84900000001.0, "84900000001", id="with the country code"),
        pytest.param(12345.0, "12345", id="a short number is as it is"),
        pytest.param("900000001", "900000001", id="text is as it is"),
        pytest.param(True, "TRUE", id="a boolean"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_telephone_number_keeps_its_zero(cell: object, phone: str) -> None:
    assert phone_of(cell) == phone  # type: ignore[arg-type]  # any cell


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("Đơn vị / cá nhân giải quyết", "Đơn vị/ cá nhân giải quyết", id="spaces at a slash"),
        pytest.param("MÃ HỒ SƠ", "Mã hồ sơ", id="capitals"),
        pytest.param("Mã hồ sơ (*)", "Mã hồ sơ", id="a mark of a required field"),
        pytest.param("Mã hồ sơ:", "Mã hồ sơ", id="a colon"),
        pytest.param("Hủy", "Huỷ", id="two ways to set the tone mark"),
        pytest.param(unicodedata.normalize("NFKD", "Ｔrạng thái"), "Trạng thái", id="NFKD, full width"),
    ],
)
def test_headings_and_words_compare_by_key(one: str, other: str) -> None:
    assert key_of(one) == key_of(other)


CELLS = st.one_of(
    st.text(),
    st.text("0123456789/-.: TZ+,đ"),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.timedeltas(),
)


@settings(max_examples=150, deadline=None)
@given(CELLS)
@example("١/٢/٢٠٢٦")
@example(1e308)
@example("²/1/2026")
def test_any_cell_is_read_or_refused(cell: object) -> None:
    text_of(cell)  # type: ignore[arg-type]  # any cell
    phone_of(cell)  # type: ignore[arg-type]  # any cell
    for read in (moment_of, lambda each: limit_of(each, DAYS)):
        try:
            read(cell)
        except ValueError as e:
            assert "hãy" in str(e) or "cần" in str(e) or "chưa tính được" in str(e)  # noqa: PT017


@given(st.dates(date(1990, 1, 1), date(2099, 12, 31)), st.times())
def test_every_way_to_write_a_moment_means_the_same(day: date, clock: time) -> None:
    moment_ = datetime.combine(day, clock.replace(microsecond=0))
    forms = [moment_, f"{moment_:%d/%m/%Y %H:%M:%S}", moment_.isoformat(), f"{moment_:%Y%m%d%H%M%S}"]
    assert len({moment_of(each) for each in forms}) == 1
