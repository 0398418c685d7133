"""Calendar entries from a file: a year as TOML, days as a table; a row that cannot be read is named."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from latewatch.calendars.load import load_calendars
from latewatch.domain.calendar_rules import check_edits
from latewatch.domain.edits import Edits
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import NATIONAL, PROVINCE
from latewatch.domain.worktime import Confirmation, DayKind
from latewatch.errors import ConfigError, LatewatchError
from latewatch.jobs.calendar.imports import import_file

HEAD = "Ngày,Loại,Tên,Nguồn,Trạng thái,Giờ,Tầng\n"
YEAR = """
year = 2028
status = "dự kiến"
sources = ["TB 0000/TB-VD"]
days = [
  { day = 2028-01-03, kind = "in lieu", title = "Nghỉ bù", source = "TB 0000/TB-VD" },
  { day = 2028-01-08, kind = "day worked", title = "Trực", source = "TB 0000/TB-VD", hours = "07:30-11:30" },
  { day = 2028-01-15, kind = "day worked", title = "Trực", source = "TB 0000/TB-VD", like = "fri" },
]
notes = [{ about = "đề xuất", source = "báo", status = "chờ xác nhận" }]
"""


def table(folder: Path, *rows: str, head: str = HEAD) -> Edits:
    file = folder / "lich.csv"
    file.write_text(head + "\n".join(rows), encoding="utf-8")
    return import_file(file)(Edits())


def test_a_year_replaces_its_year(tmp_path: Path) -> None:
    file = tmp_path / "lich-moi.toml"
    file.write_text(YEAR, encoding="utf-8")
    edits = import_file(file)(Edits())
    calendar = check_edits(Edits(), edits, load_calendars(), []).office
    assert calendar.last == date(2028, 12, 31)
    assert str(calendar.hours_on(date(2028, 1, 8))) == "07:30-11:30"
    assert calendar.hours_on(date(2028, 1, 15)).minutes == 480
    assert [note.about for note in calendar.notes if note.year == 2028] == ["đề xuất"]
    assert calendar.unconfirmed_years == (2027, 2028)


@pytest.mark.parametrize(
    ("old", "new", "key", "problem"),
    [
        pytest.param('hours = "07:30-11:30"', 'hours = "25:00-26:00"', "days[1].hours", "ngày 08/01/2028: “25:00”", id="25:00"),
        pytest.param('hours = "07:30-11:30"', 'hours = "11:00-07:00"', "days[1].hours", "ngày 08/01/2028: .*ngược", id="reversed"),
        pytest.param('hours = "07:30-11:30"', 'hours = ","', "days[1].day", "ngày 08/01/2028 .*không có giờ", id="no hours"),
        pytest.param('like = "fri"', 'like = "sao"', "days[2].like", "giá trị 'sao' không có", id="an unknown weekday"),
        pytest.param("2028-01-08", "2028-01-03", "days[1].day", "ngày 03/01/2028 có hai lần", id="a date twice"),
        pytest.param('2028-01-08, kind = "day worked"', '2028-01-08, kind = "shortened"', "days[1].day", "ngày 08/01/2028 .*vốn là ngày nghỉ", id="shortened on a Saturday"),
        pytest.param(', source = "TB 0000/TB-VD", like', ', like', "days[2].source", "thiếu khóa bắt buộc", id="no source"),
    ],
)  # fmt: skip
def test_a_year_that_cannot_be_meant_names_its_entry(
    tmp_path: Path, old: str, new: str, key: str, problem: str
) -> None:
    file = tmp_path / "2028.toml"
    assert old in YEAR
    file.write_text(YEAR.replace(old, new), encoding="utf-8")
    with pytest.raises(ConfigError, match=problem) as caught:
        import_file(file)
    assert caught.value.key == key


def test_rows_become_days_of_their_layers(tmp_path: Path) -> None:
    edits = table(
        tmp_path,
        "24/12/2026,ngày nghỉ khác,Nghỉ bão,CV 1/VD,,,tỉnh",
        "2026-12-26,day worked,Trực,CV 2/VD,dự kiến,07:30-11:30,unit:PKT".replace(
            "07:30-11:30", '"07:30-11:30"'
        ),
        "27/12/2026,Ngày làm thêm,Trực,CV 2/VD,,thứ Sáu,unit:PKT",
        ",,,,,,",
        "31/12/2026,Rút ngắn,Tất niên,CV 3/VD,đã xác nhận,07:30-11:30,".replace("Rút ngắn", "shortened"),
    )
    off, saturday, sunday = (
        edits.layer(PROVINCE).entries[0],
        *edits.layer("unit:PKT").entries,
    )
    assert (off.kind, off.status, off.source) == (DayKind.DAY_OFF, Confirmation.CONFIRMED, "CV 1/VD")
    assert (saturday.hours, saturday.status) == (WorkHours.parse("07:30-11:30"), Confirmation.EXPECTED)
    assert sunday.like == 4
    assert [each.day for each in edits.layer(NATIONAL).entries] == [date(2026, 12, 31)]


def test_a_workbook_is_read_alike(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for cells in (
        ["Lịch nghỉ của tỉnh"],
        ["Tên", "Ngày", "Nguồn", "Loại"],
        ["Nghỉ bão", date(2026, 12, 24), "CV 1/VD", "Day off"],
    ):
        book.active.append(cells)
    book.save(tmp_path / "lich.xlsx")
    (entry,) = import_file(tmp_path / "lich.xlsx")(Edits()).layer(NATIONAL).entries
    assert (entry.day, entry.kind, entry.title) == (date(2026, 12, 24), DayKind.DAY_OFF, "Nghỉ bão")


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        pytest.param(["32/12/2026,day off,x,y,,,"], r"lich\.csv, dòng 2, cột “Ngày”: “32/12/2026”", id="no such date"),
        pytest.param([",day off,x,y,,,"], "dòng 2, cột “Ngày”: không được để trống", id="no date"),
        pytest.param(["24/12/2026,day off,x,,,,"], "dòng 2, cột “Nguồn”: không được để trống", id="no source"),
        pytest.param(["24/12/2026,day off,,y,,,"], "dòng 2, cột “Tên”: không được để trống", id="no title"),
        pytest.param(["24/12/2026,nghỉ mát,x,y,,,"], "dòng 2, cột “Loại”: “nghỉ mát” không có; chọn trong: “holiday”", id="an unknown kind"),
        pytest.param(["24/12/2026,day off,x,y,chắc,,"], "dòng 2, cột “Trạng thái”: “chắc” không có", id="an unknown status"),
        pytest.param(["26/12/2026,day worked,x,y,,25:00-26:00,"], "dòng 2, cột “Giờ”: “25:00”", id="25:00"),
        pytest.param(["26/12/2026,day worked,x,y,,11:00-07:00,"], "dòng 2, cột “Giờ”: .*ngược", id="reversed"),
        pytest.param(["26/12/2026,day worked,x,y,,sao,"], "dòng 2, cột “Giờ”: “sao” không phải thứ", id="an unknown weekday"),
        pytest.param(["24/12/2026,day off,x,y,,,", "24/12/2026,holiday,x,y,,,"], "dòng 3, cột “Ngày”: ngày 24/12/2026 đã có ở dòng 2", id="a date twice"),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, rows: list[str], problem: str) -> None:
    with pytest.raises(LatewatchError, match=problem):
        table(tmp_path, *rows)


def test_one_date_in_two_layers_is_no_contradiction(tmp_path: Path) -> None:
    edits = table(tmp_path, "24/12/2026,day off,x,y,,,tỉnh", "24/12/2026,day worked,x,y,,,unit:PKT")
    assert sorted(edits.layers) == [PROVINCE, "unit:PKT"]


def test_a_file_without_headings_is_named(tmp_path: Path) -> None:
    with pytest.raises(LatewatchError, match=r"lich\.csv: không thấy dòng tiêu đề có các cột “Ngày”, “Loại”"):
        table(tmp_path, "24/12/2026,day off,x,y", head="")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LatewatchError, match=r"mat\.csv: không đọc được tệp"):
        import_file(tmp_path / "mat.csv")
