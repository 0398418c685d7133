"""The shipped calendar years, and what the office's own files may and may not say."""

import tomllib
import unicodedata
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest
from worlds import CALENDAR

from latewatch.calendars.load import SHIPPED, load_calendar, warnings
from latewatch.domain.worktime import Confirmation, DayKind
from latewatch.errors import ConfigError

FIXED = {(1, 1), (4, 30), (5, 1), (9, 2)}  # Bộ luật Lao động 2019, Điều 112.1a, c, d, đ

NEW_YEAR = """
year = 2028
status = "đã xác nhận"
sources = ["TB 0000/TB-VD"]
days = [
  { day = 2028-01-03, kind = "in lieu", title = "Nghỉ bù Tết Dương lịch", source = "TB 0000/TB-VD" },
]
"""


def office(folder: Path, text: str = NEW_YEAR, name: str = "2028.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def entries(kind: DayKind, year: int | None = None) -> list[date]:
    return [e.day for e in CALENDAR.entries.values() if e.kind is kind and year in (None, e.day.year)]


# The shipped years


def test_seven_years_are_shipped_one_file_each() -> None:
    assert sorted(file.name for file in SHIPPED.iterdir()) == [f"{year}.toml" for year in range(2021, 2028)]
    assert (CALENDAR.first, CALENDAR.last) == (date(2021, 1, 1), date(2027, 12, 31))


@pytest.mark.parametrize("year", range(2021, 2028))
def test_every_year_has_the_holidays_of_the_law(year: int) -> None:
    """Six fixed dates and days: 1/1, Tết 5, Giỗ Tổ 1, 30/4, 1/5, Quốc khánh 2; 24/11 from 2026 (NQ 28/2026/QH16)."""
    holidays = entries(DayKind.HOLIDAY, year)
    titles = Counter(CALENDAR.entries[day].title.split(" Nguyên đán")[0] for day in holidays)
    assert {(day.month, day.day) for day in holidays} >= FIXED
    assert (titles["Nghỉ Tết"], titles["Giỗ Tổ Hùng Vương"], titles["Quốc khánh 2/9"]) == (5, 1, 2)
    assert len(holidays) == 11 + (year >= 2026)


@pytest.mark.parametrize("year", range(2021, 2028))
def test_a_weekend_holiday_is_made_up_on_the_next_working_days(year: int) -> None:
    """Bộ luật Lao động 2019, Điều 111.3: as many days in lieu as holidays on a weekend, and right after them."""
    on_weekend = [day for day in entries(DayKind.HOLIDAY, year) if day.isoweekday() > 5]
    in_lieu = entries(DayKind.IN_LIEU, year)
    assert len(on_weekend) == len(in_lieu)
    for made_up in in_lieu:
        between, day = made_up - timedelta(days=1), made_up
        while day not in on_weekend:
            day -= timedelta(days=1)
        while between > day:
            assert not CALENDAR.is_working_day(between)
            between -= timedelta(days=1)


def test_each_swapped_day_off_names_its_worked_saturday_and_the_reverse() -> None:
    off, worked = entries(DayKind.SWAPPED_OFF), entries(DayKind.SWAPPED_WORKED)
    assert [f"{day:%d/%m/%Y}" for day in off] == ["29/04/2024", "02/05/2025", "02/01/2026", "31/08/2026"]
    assert [f"{day:%d/%m/%Y}" for day in sorted(worked)] == [
        "04/05/2024",
        "26/04/2025",
        "10/01/2026",
        "22/08/2026",
    ]
    for one, other in zip(off, sorted(worked), strict=True):
        assert CALENDAR.entries[one].title == f"Nghỉ hoán đổi, làm bù ngày {other:%d/%m/%Y}"
        assert CALENDAR.entries[other].title == f"Làm bù cho ngày nghỉ {one:%d/%m/%Y}"
        assert CALENDAR.entries[one].source == CALENDAR.entries[other].source


def test_every_entry_has_a_title_and_a_source_and_2027_alone_is_expected() -> None:
    for entry in CALENDAR.entries.values():
        expected = Confirmation.EXPECTED if entry.day.year == 2027 else Confirmation.CONFIRMED
        assert all((entry.title, entry.source, entry.status is expected)), entry
    assert CALENDAR.unconfirmed_years == (2027,)


def test_every_source_stands_in_the_head_of_its_file() -> None:
    for file in SHIPPED.iterdir():
        year = tomllib.loads(file.read_text(encoding="utf-8"))
        for entry in year["days"]:
            assert entry["source"].startswith(tuple(year["sources"])), entry
        for source in year["sources"]:
            assert any(entry["source"].startswith(source) for entry in year["days"]), source


def test_the_proposed_swap_around_24_11_2026_is_a_remark_and_moves_no_day() -> None:
    assert [(note.year, note.status) for note in CALENDAR.notes] == [(2026, Confirmation.PENDING)]
    assert not CALENDAR.is_working_day(date(2026, 11, 24))
    assert [CALENDAR.is_working_day(date(2026, 11, day)) for day in (21, 22, 23, 25, 28)] == [
        False,
        False,
        True,
        True,
        False,
    ]


# Warnings


@pytest.mark.parametrize(
    ("years", "starts"),
    [
        pytest.param(
            None, ["Lịch năm 2026, chờ xác nhận: hoán đổi", "Lịch nghỉ năm 2027 mới là dự kiến"], id="all"
        ),
        pytest.param(range(2026, 2027), ["Lịch năm 2026, chờ xác nhận: hoán đổi"], id="a note that waits"),
        pytest.param(range(2027, 2028), ["Lịch nghỉ năm 2027 mới là dự kiến"], id="an expected year"),
        pytest.param(range(2021, 2026), [], id="the past is certain"),
    ],
)
def test_warnings_name_what_is_not_certain(years: range | None, starts: list[str]) -> None:
    lines = warnings(CALENDAR, years)
    assert [line[: len(start)] for line, start in zip(lines, starts, strict=True)] == starts
    assert not any("\n" in line for line in lines)


def test_a_day_that_waits_for_its_document_is_named(tmp_path: Path) -> None:
    text = NEW_YEAR.replace('source = "TB 0000/TB-VD" }', 'source = "đề xuất", status = "chờ xác nhận" }')
    assert warnings(load_calendar(office(tmp_path, text)), {2028}) == [
        "Ngày 03/01/2028 chờ xác nhận: Nghỉ bù Tết Dương lịch (đề xuất)."
    ]


# The office's own files


def test_the_office_adds_a_year(tmp_path: Path) -> None:
    calendar = load_calendar(office(tmp_path))
    assert calendar.last == date(2028, 12, 31)
    assert calendar.add(date(2027, 12, 31), 1) == date(2028, 1, 4)
    assert calendar.why(date(2028, 1, 3)) == "Nghỉ bù Tết Dương lịch (TB 0000/TB-VD)"


def test_the_office_replaces_a_year_whole(tmp_path: Path) -> None:
    text = NEW_YEAR.replace("2028", "2027").replace("01-03", "01-04")
    calendar = load_calendar(office(tmp_path, text, "2027.toml"))
    assert calendar.unconfirmed_years == ()
    assert [day for day in calendar.entries if day.year == 2027] == [date(2027, 1, 4)]
    assert calendar.is_working_day(date(2027, 2, 4))


def test_a_day_takes_the_status_of_its_year(tmp_path: Path) -> None:
    calendar = load_calendar(office(tmp_path, NEW_YEAR.replace("đã xác nhận", "dự kiến")))
    assert calendar.entries[date(2028, 1, 3)].status is Confirmation.EXPECTED
    assert calendar.unconfirmed_years == (2027, 2028)


def test_an_empty_folder_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "đọc tôi.txt").write_text("ghi chú", encoding="utf-8")
    assert load_calendar(tmp_path).version == CALENDAR.version


def test_bom_and_decomposed_letters_are_read(tmp_path: Path) -> None:
    text = unicodedata.normalize("NFD", NEW_YEAR)
    (tmp_path / "2028.toml").write_text(text, encoding="utf-8-sig")
    assert load_calendar(tmp_path).version == load_calendar(office(tmp_path)).version


# The version names the content


SECOND = '{ day = 2028-01-25, kind = "holiday", title = "Tết", source = "TB 0000/TB-VD" },'


@pytest.mark.parametrize(
    ("text", "same"),
    [
        pytest.param(NEW_YEAR.replace("days = [", f"days = [\n{SECOND}"), True, id="order"),
        pytest.param("# ghi chú\n" + NEW_YEAR.replace("\n]", f"\n# Tết\n{SECOND}\n]"), True, id="comments"),
        pytest.param(NEW_YEAR, False, id="a day less"),
        pytest.param(
            NEW_YEAR.replace("\n]", f"\n{SECOND.replace('0000', '0001')}\n]"), False, id="another source"
        ),
        pytest.param(
            NEW_YEAR.replace("\n]", f"\n{SECOND.replace('01-25', '01-26')}\n]"), False, id="another day"
        ),
    ],
)
def test_the_version_changes_with_the_content_only(tmp_path: Path, text: str, same: bool) -> None:
    before = load_calendar(office(tmp_path, NEW_YEAR.replace("\n]", f"\n{SECOND}\n]"))).version
    after = load_calendar(office(tmp_path, text)).version
    assert before.startswith("VN-2021-2028-")
    assert (after == before) is same


def test_the_shipped_version_has_its_form() -> None:
    start, _, digest = CALENDAR.version.rpartition("-")
    assert start == "VN-2021-2027"
    assert len(digest) == 8
    assert load_calendar().version == CALENDAR.version


# Files that are refused


def with_day(line: str) -> str:
    return NEW_YEAR.replace("\n]", f"\n  {line}\n]")


@pytest.mark.parametrize(
    ("text", "key", "problem"),
    [
        # keys
        pytest.param(NEW_YEAR + "nam = 1", "nam", "khóa lạ; các khóa có ở đây: year, status, sources", id="unknown key"),
        pytest.param(with_day('{ day = 2028-02-01, kind = "holiday", title = "x", source = "y", ngay = 1 }'), "days[1].ngay", "khóa lạ", id="unknown key of a day"),
        pytest.param(NEW_YEAR.replace("year = 2028", ""), "year", "thiếu khóa bắt buộc", id="no year"),
        pytest.param(with_day('{ day = 2028-02-01, kind = "holiday", title = "x" }'), "days[1].source", "thiếu khóa bắt buộc", id="a day without a source"),
        pytest.param(with_day('{ day = 2028-02-01, kind = "holiday", title = "x", source = "" }'), "days[1].source", "không được để trống", id="an empty source"),
        pytest.param('year = 2028\nstatus = "đã xác nhận"\nsources = ["x"]\ndays = []', "days", "không được để trống", id="no days"),
        pytest.param(NEW_YEAR + 'notes = [{ about = "x" }]', "notes[0].source", "thiếu khóa bắt buộc", id="a note without a source"),
        # kinds
        pytest.param(NEW_YEAR.replace("= 2028\n", '= "2028"\n'), "year", "cần số nguyên", id="year as text"),
        pytest.param(with_day('"2028-02-01"'), "days[1]", "cần bảng { … }", id="a day without its table"),
        pytest.param(with_day('{ day = 1, kind = "holiday", title = "x", source = "y" }'), "days[1].day", "cần ngày, ví dụ 2028-01-03", id="a number for a date"),
        pytest.param(with_day('{ day = 2028-02-01, kind = "nghỉ", title = "x", source = "y" }'), "days[1].kind", "giá trị 'nghỉ' không có; chọn trong: “holiday”, “in lieu”", id="unknown kind"),
        pytest.param(NEW_YEAR.replace("đã xác nhận", "chắc chắn"), "status", "chọn trong: “đã xác nhận”, “dự kiến”", id="unknown status"),
        pytest.param("year = = 2028", "", "không phải TOML hợp lệ", id="not TOML"),
        pytest.param(with_day('{ day = 2028-02-31, kind = "holiday", title = "x", source = "y" }'), "", "không phải TOML hợp lệ", id="31 February"),
        # what cannot be meant
        pytest.param(NEW_YEAR.replace("year = 2028", "year = 2029"), "year", "2029 khác tên tệp 2028.toml", id="another year than the name"),
        pytest.param(with_day('{ day = 2029-01-01, kind = "holiday", title = "x", source = "y" }'), "days[1].day", "ngày 01/01/2029 không thuộc năm 2028", id="a date of another year"),
        pytest.param(with_day('{ day = 2028-01-03, kind = "holiday", title = "x", source = "y" }'), "days[1].day", "ngày 03/01/2028 có hai lần", id="a date twice"),
        pytest.param(with_day('{ day = 2028-01-04, kind = "swapped worked", title = "x", source = "y" }'), "days[1].day", "vốn là ngày làm việc", id="worked on a weekday"),
        pytest.param(with_day('{ day = 2028-01-08, kind = "swapped off", title = "x", source = "y" }'), "days[1].day", "vốn là ngày nghỉ hằng tuần", id="swapped off on a Saturday"),
        pytest.param(with_day('{ day = 2028-01-09, kind = "in lieu", title = "x", source = "y" }'), "days[1].day", "vốn là ngày nghỉ hằng tuần", id="in lieu on a Sunday"),
        pytest.param(with_day('{ day = 2028-02-01, kind = "holiday", title = "x", source = "y", status = "dự kiến" }'), "status", "có ngày mới là “dự kiến”", id="a confirmed year with an expected day"),
        pytest.param(NEW_YEAR.replace("đã xác nhận", "dự kiến").replace("VD\" }", "VD\", status = \"đã xác nhận\" }"), "status", "mọi ngày đều “đã xác nhận”", id="an expected year of confirmed days"),
    ],
)  # fmt: skip
def test_a_refused_file_names_file_key_and_problem(tmp_path: Path, text: str, key: str, problem: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_calendar(office(tmp_path, text))
    assert caught.value.file == tmp_path / "2028.toml"
    assert caught.value.key == key
    assert problem in caught.value.problem


@pytest.mark.parametrize(
    ("kind", "day"),
    [
        ("holiday", "2028-01-01"),
        ("holiday", "2028-01-25"),
        ("swapped worked", "2028-01-15"),
        ("swapped off", "2028-01-28"),
    ],
)
def test_what_may_fall_where(tmp_path: Path, kind: str, day: str) -> None:
    calendar = load_calendar(
        office(tmp_path, with_day(f'{{ day = {day}, kind = "{kind}", title = "x", source = "y" }}'))
    )
    assert calendar.is_working_day(date.fromisoformat(day)) is (kind == "swapped worked")


def test_a_gap_in_the_run_of_years_names_the_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"2028\.toml: thiếu năm 2028: lịch phải liền từ 2021 đến 2029"):
        load_calendar(
            office(tmp_path, NEW_YEAR.replace("2028", "2029").replace("01-03", "01-02"), "2029.toml")
        )


def test_a_file_by_another_name_is_refused_and_not_passed_over(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"nam-2028\.toml: tệp lịch phải mang tên của năm, ví dụ 2028\.toml"
    ):
        load_calendar(office(tmp_path, name="nam-2028.toml"))


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"lich: calendar\.folder: không có thư mục này"):
        load_calendar(tmp_path / "lich")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "2028.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match=r"2028\.toml: không đọc được"):
        load_calendar(tmp_path)
