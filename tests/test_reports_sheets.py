"""The workbooks as a person opens them: layout, live formulas, cached figures, text that stays text.

openpyxl shows the formulas, python-calamine the values a program shows before it recalculates.
"""

import io
import subprocess
import sys
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook
from worlds import case, doubt, moment

from latewatch.clock import VIETNAM
from latewatch.domain.digest import ROWS_PER_BLOCK, Block, Counts, Digest, DigestRow, Held
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.period import Cutoff, Span, period_of
from latewatch.domain.standing import Case
from latewatch.domain.tally.columns import values_of
from latewatch.domain.tally.layout import Layout
from latewatch.domain.tally.official_forms import FORM_07A
from latewatch.domain.tally.own_forms import UNITS
from latewatch.domain.tally.rule import CountingRule, described
from latewatch.domain.tally.table import Tally, tally
from latewatch.errors import StoreError
from latewatch.reports.digests import COLUMNS, LAPSED_COLUMNS
from latewatch.reports.sheets import digest_workbook, write_form
from latewatch.reports.table import Span as Heading
from latewatch.reports.table import header_spans

OFFICE = "UBND xã Ví Dụ"
OCTOBER = period_of(2026, 10, Span.MONTH, Cutoff.FIFTEENTH)
NOW = datetime(2026, 11, 12, 8, 0, tzinfo=VIETNAM)

CASES = [
    case("1", received="2026-09-01", due="2026-09-20", finished="2026-09-18", field="Hộ tịch"),
    case("2", received="2026-09-20", due="2026-09-25", finished="2026-09-25", field="Hộ tịch"),
    case("3", received="2026-09-21", due="2026-09-25", finished="2026-09-29", field="Hộ tịch", letter="2026-09-24"),
    case("4", received="2026-09-22", due="2026-09-25", finished="2026-09-28", field="Đất đai", unit="Phòng Kinh tế"),
    case("5", received="2026-10-10", due="2026-10-30", field="Đất đai", channel=Channel.ONLINE_FULL),
    case("6", received="2026-09-02", due="2026-09-30", field="Đất đai", letter="2026-09-28"),
    case("7", received="2026-09-23", due="2026-09-30", field="Đất đai", channel=Channel.POSTAL, unit="Phòng Kinh tế"),
    case("8", Status.WITHDRAWN, received="2026-09-24", due="2026-10-01", finished="2026-09-30", field="Đất đai"),
]  # fmt: skip


def october(cases: list[Case], by: str = "field") -> Tally:
    label = (lambda each: each.dossier.field) if by == "field" else (lambda each: each.unit)
    return tally(cases, OCTOBER, label=label, rule=CountingRule(), now=NOW)


class Sheet:
    """One written sheet: its formulas and format by openpyxl, its cached values by calamine."""

    def __init__(self, path: Path) -> None:
        self.page: Worksheet = openpyxl.load_workbook(path).active
        self.values = (
            CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
        )

    def text(self) -> str:
        return "\n".join(str(cell) for row in self.values for cell in row if cell != "")

    def row_of(self, first: str, column: int = 0) -> int:
        """The row (from 0) whose cell in `column` is `first`."""
        return next(index for index, row in enumerate(self.values) if row[column] == first)

    def figures(self, label: str) -> list[float]:
        row = self.values[self.row_of(label, 0 if label == "TỔNG CỘNG" else 1)]
        return row[2:]

    def formula(self, label: str, number: str, layout: Layout = FORM_07A) -> str:
        """The content of the cell in the row `label` under the column `number`."""
        row = self.row_of(label, 0 if label == "TỔNG CỘNG" else 1)
        at = 2 + [column.number for column in layout.columns].index(number)
        return str(self.page.cell(row + 1, at + 1).value)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture(scope="module")
def form(folder: Path) -> Sheet:
    write_form(FORM_07A, october(CASES), office_name=OFFICE, path=folder / "07a.xlsx")
    return Sheet(folder / "07a.xlsx")


@pytest.fixture(scope="module")
def units(folder: Path) -> Sheet:
    write_form(UNITS, october(CASES, "unit"), office_name=OFFICE, path=folder / "units.xlsx")
    return Sheet(folder / "units.xlsx")


# Title block and page


def test_the_title_block_says_form_period_and_who_reports(form: Sheet) -> None:
    assert form.page["A1"].value == "Biểu số 07a/BTP/KSTT"
    assert "TẠI CƠ QUAN, ĐƠN VỊ\nTRỰC TIẾP GIẢI QUYẾT" in form.page["C1"].value
    assert form.page["C3"].value == "Kỳ báo cáo: Tháng 10 năm 2026"
    assert form.page["C4"].value == "(Từ ngày 15/09/2026 đến ngày 14/10/2026)"
    assert f"Đơn vị báo cáo:\n{OFFICE}" in form.text()
    assert "Đơn vị nhận báo cáo:\nUBND cấp tỉnh; bộ, cơ quan ngang bộ" in form.text()
    assert "Đơn vị tính: Số hồ sơ TTHC" in form.text()


def test_below_the_table_stand_rates_with_formulas_notes_and_signatures(form: Sheet) -> None:
    for rate in october(CASES).rates:
        assert f"- {rate.name}: {rate.formula} = " in form.text()
    for line in described(CountingRule()):
        assert f"- {line}" in form.text()
    assert "Cách đếm “TT09-2026”" in form.text()
    assert "- Số liệu tính đến hết ngày 14/10/2026." in form.text()
    assert "NGƯỜI LẬP BIỂU" in form.text()
    assert "THỦ TRƯỞNG ĐƠN VỊ" in form.text()


def test_the_table_per_unit_is_not_passed_off_as_an_official_form(units: Sheet) -> None:
    assert units.page["A1"].value == "Bảng nội bộ"
    assert "Đơn vị nhận báo cáo" not in units.text()
    assert "Văn bản xin lỗi không làm hồ sơ hết quá hạn." in units.text()


@pytest.mark.parametrize("name", ["form", "units"])
def test_the_page_prints_on_a4_across_one_page_wide_with_its_header_repeated(
    name: str, request: pytest.FixtureRequest
) -> None:
    page = request.getfixturevalue(name).page
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)
    assert page.sheet_properties.pageSetUpPr.fitToPage
    assert (
        page.page_setup.fitToHeight == 0
    )  # as many pages long as it takes; one page wide is Excel's default
    assert page.page_setup.fitToWidth in (None, 1)
    assert page.print_title_rows == "$7:$10"
    assert page.freeze_panes == "C11"
    assert {cell.font.name for row in page.iter_rows() for cell in row if cell.value} == {"Times New Roman"}


# The header


def test_the_header_of_form_07a_is_the_official_one(form: Sheet) -> None:
    merged = {str(area) for area in form.page.merged_cells.ranges}
    for area, text in {
        "A7:A9": "STT",
        "B7:B9": "Lĩnh vực giải quyết",
        "C7:H7": "Số lượng hồ sơ tiếp nhận",
        "C8:C9": "Tổng số",
        "D8:G8": "Trong kỳ",
        "H8:H9": "Từ kỳ trước",
        "I7:L7": "Số lượng hồ sơ đã giải quyết",
        "I8:I9": "Tổng số",
        "J8:J9": "Trước hạn",
        "K8:K9": "Đúng hạn",
        "L8:L9": "Quá hạn",
        "M7:O7": "Số lượng hồ sơ đang giải quyết",
        "M8:M9": "Tổng số",
        "N8:N9": "Trong hạn",
        "O8:O9": "Quá hạn",
    }.items():
        assert (area in merged, form.page[area.partition(":")[0]].value) == (True, text)
    lowest = [form.page.cell(9, column).value for column in range(4, 8)]
    assert lowest == ["Trực tuyến toàn trình", "Trực tuyến một phần", "Qua dịch vụ bưu chính", "Trực tiếp"]


def test_the_row_of_column_numbers_shows_how_sums_are_made(form: Sheet) -> None:
    texts = [str(cell).replace("\n", "") for cell in form.values[9]]
    assert texts == [
        "(1)", "(2)", "(3)=(4)+(5)+(6)+(7)+(8)", "(4)", "(5)", "(6)", "(7)", "(8)",
        "(9)=(10)+(11)+(12)", "(10)", "(11)", "(12)", "(13)=(14)+(15)", "(14)", "(15)",
    ]  # fmt: skip


def test_the_table_per_unit_splits_late_by_apology(units: Sheet) -> None:
    texts = [str(cell).replace("\n", "") for cell in units.values[9]]
    assert texts[8:] == [
        "(9)=(10)+(11)+(12)", "(10)", "(11)", "(12)=(12a)+(12b)", "(12a)", "(12b)",
        "(13)=(14)+(15)", "(14)", "(15)=(15a)+(15b)", "(15a)", "(15b)",
        "(16)", "(17)", "(18)", "(19)", "(20)", "(21)", "(22)=((10)+(11))÷(9)×100",
    ]  # fmt: skip
    assert units.values[8][11:14] == ["Tổng số", "đã có thư xin lỗi", "chưa có thư xin lỗi"]
    assert units.values[8][16:19] == ["Tổng số", "đã có thư xin lỗi", "chưa có thư xin lỗi"]


def test_headings_alike_share_a_cell_only_side_by_side_and_under_the_same_heading() -> None:
    columns = [("A", "x"), ("A", "y"), ("B", "y"), ("C",), ("A", "x")]
    assert list(header_spans(columns)) == [
        Heading("A", 0, 0, 0, 1),
        Heading("B", 0, 2, 0, 2),
        Heading("C", 0, 3, 1, 3),
        Heading("A", 0, 4, 0, 4),
        Heading("x", 1, 0, 1, 0),
        Heading("y", 1, 1, 1, 1),
        Heading("y", 1, 2, 1, 2),
        Heading("x", 1, 4, 1, 4),
    ]


# Figures


def test_cached_figures_are_the_tally_s_own(form: Sheet) -> None:
    result = october(CASES)
    for label, counts in [*result.rows.items(), ("TỔNG CỘNG", result.total)]:
        assert form.figures(label) == list(counts.columns().values())
    assert form.figures("TỔNG CỘNG") == [7, 1, 0, 1, 3, 2, 4, 1, 1, 2, 3, 1, 2]


def test_cached_figures_per_unit_are_the_tally_s_own(units: Sheet) -> None:
    result = october(CASES, "unit")
    for label, counts in [*result.rows.items(), ("TỔNG CỘNG", result.total)]:
        figures = units.figures(label)
        values = values_of(UNITS.columns, counts).values()
        assert figures == ["không có dữ liệu" if each is None else float(each) for each in values]
    assert units.figures("TỔNG CỘNG")[9:12] == [2, 1, 1]
    assert units.figures("TỔNG CỘNG")[-7] == 1  # withdrawn stands apart


def test_sums_are_live_formulas_in_every_row(form: Sheet) -> None:
    row = form.row_of("Hộ tịch", 1) + 1
    assert form.formula("Hộ tịch", "3") == f"=D{row}+E{row}+F{row}+G{row}+H{row}"
    assert form.formula("Hộ tịch", "9") == f"=J{row}+K{row}+L{row}"
    assert form.formula("Hộ tịch", "13") == f"=N{row}+O{row}"


def test_the_total_sums_the_rows_and_its_sum_columns_are_made_as_in_a_row(form: Sheet) -> None:
    row = form.row_of("TỔNG CỘNG") + 1
    first = 11
    assert form.formula("TỔNG CỘNG", "4") == f"=SUM(D{first}:D{row - 1})"
    assert form.formula("TỔNG CỘNG", "15") == f"=SUM(O{first}:O{row - 1})"
    assert form.formula("TỔNG CỘNG", "13") == f"=N{row}+O{row}"


def test_a_unit_s_rate_is_a_formula_that_divides_by_nothing_never(units: Sheet, folder: Path) -> None:
    row = units.row_of("Phòng Kinh tế", 1) + 1
    assert units.formula("Phòng Kinh tế", "22", UNITS) == (
        f'=IF(I{row}=0,"không có dữ liệu",ROUND((J{row}+K{row})/I{row}*100,2))'
    )
    assert units.figures("Phòng Kinh tế")[-1] == 0.0
    write_form(UNITS, october([CASES[4]], "unit"), office_name=OFFICE, path=folder / "open.xlsx")
    assert Sheet(folder / "open.xlsx").figures("TỔNG CỘNG")[-1] == "không có dữ liệu"


def test_rows_are_numbered_from_one(form: Sheet) -> None:
    assert [row[0] for row in form.values[10:12]] == [1.0, 2.0]


def test_large_figures_are_shown_with_points(form: Sheet) -> None:
    assert form.page["D11"].number_format == "[$-42A]#,##0"


def test_a_period_without_dossiers_says_so(folder: Path) -> None:
    write_form(FORM_07A, october([]), office_name=OFFICE, path=folder / "empty.xlsx")
    sheet = Sheet(folder / "empty.xlsx")
    assert "Không có hồ sơ nào được tính trong kỳ này." in sheet.text()
    assert sheet.figures("TỔNG CỘNG") == [0] * 13
    assert "= không có dữ liệu" in sheet.text()
    assert "SUM" not in "".join(str(cell.value) for row in sheet.page.iter_rows() for cell in row)


# Text from a source


@pytest.mark.parametrize(
    "text", ["=1+1", "+84 đường", "-Đất đai", "@SUM(A1)", "0123", "https://example.com", "=cmd|' /C x'!A0"]
)
def test_text_from_a_source_stays_text(folder: Path, text: str) -> None:
    path = folder / "injection.xlsx"
    one = [case("1", received="2026-09-20", due="2026-09-25", field=text)]
    write_form(FORM_07A, october(one), office_name=text, path=path)
    sheet = Sheet(path)
    cell = sheet.page.cell(11, 2)
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert cell.quotePrefix
    assert sheet.values[10][1] == text


def test_a_long_name_has_the_height_it_needs(folder: Path) -> None:
    path = folder / "long.xlsx"
    name = "Thành lập và hoạt động của doanh nghiệp, hộ kinh doanh, hợp tác xã " * 3
    write_form(FORM_07A, october([case(field=name, received="2026-09-20")]), office_name=OFFICE, path=path)
    page = Sheet(path).page
    assert page.row_dimensions[11].height > 4 * 14
    assert page.cell(11, 2).alignment.wrap_text


# Files


def test_the_same_figures_give_the_same_file(folder: Path) -> None:
    for name in ("one", "two"):
        write_form(FORM_07A, october(CASES), office_name=OFFICE, path=folder / f"{name}.xlsx")
    assert (folder / "one.xlsx").read_bytes() == (folder / "two.xlsx").read_bytes()


def test_missing_folders_are_made(tmp_path: Path) -> None:
    write_form(
        FORM_07A, october([]), office_name=OFFICE, path=tmp_path / "năm 2026" / "tháng 10" / "07a.xlsx"
    )
    assert (tmp_path / "năm 2026" / "tháng 10" / "07a.xlsx").is_file()


def test_a_folder_in_the_way_is_named_with_what_chooses_the_place(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"đã có thư mục mang tên này.*--xlsx hoặc paths\.reports") as caught:
        write_form(FORM_07A, october([]), office_name=OFFICE, path=tmp_path)
    assert str(tmp_path) in str(caught.value)


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from test_reports_sheets import OFFICE, october
from latewatch.domain.tally.official_forms import FORM_07A
from latewatch.reports.sheets import write_form
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # a write beyond the limit fails, like one to a full disk
resource.setrlimit(resource.RLIMIT_FSIZE, (1024, 1024))
write_form(FORM_07A, october([]), office_name=OFFICE, path=Path(sys.argv[1]))
"""


def test_a_full_disk_leaves_the_earlier_report_whole_and_no_half_one(tmp_path: Path) -> None:
    report = tmp_path / "07a.xlsx"
    report.write_bytes(b"the earlier report")
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(report)], cwd=here, capture_output=True, text=True, check=False
    )
    assert "StoreError" in done.stderr
    assert "đĩa đầy" in done.stderr
    assert report.read_bytes() == b"the earlier report"
    assert list(tmp_path.iterdir()) == [report]


# The sheets beside a digest


def row(number: int, *, code: str = "", draft: date | None = None, letter: date | None = None) -> DigestRow:
    return DigestRow(
        code=code or f"H00.01-261102-{number:04}",
        unit="Phòng Kinh tế",
        procedure="Thủ tục Ví Dụ",
        due_on=date(2026, 11, 11),
        working_days_late=number,
        draft_on=draft,
        letter_on=letter,
    )


def digest(*blocks: Block, data_from: str | None = "2026-11-12T07:00", held: int | None = None) -> Digest:
    stale = doubt("2026-11-09T07:00")
    return Digest(
        desk="Quầy số 1",
        at=NOW,
        counts=Counts(0, 0, 0, 0),
        before=None,
        before_on=None,
        blocks=blocks,
        data_from=moment(data_from),
        held=() if held is None else (Held(stale, held, 0),),
        alarms=() if held is None else (stale,),
    )


def opened(content: bytes) -> tuple[openpyxl.Workbook, CalamineWorkbook]:
    return openpyxl.load_workbook(io.BytesIO(content)), CalamineWorkbook.from_filelike(io.BytesIO(content))


MANY = tuple(row(number) for number in range(1, ROWS_PER_BLOCK + 15))


def test_a_digest_s_workbook_holds_one_sheet_a_block_with_every_row() -> None:
    blocks = (Block("newly-late", "Trễ mới", (row(1),)), Block("worst", "Trễ lâu nhất", MANY))
    book, values = opened(digest_workbook(digest(*blocks)))
    assert book.sheetnames == ["Trễ mới", "Đang trễ"]
    rows = values.get_sheet_by_index(1).to_python(skip_empty_area=False)[5:]
    assert [each[1] for each in rows] == [each.code for each in MANY]
    assert [each[0] for each in rows] == list(range(1, len(MANY) + 1))
    assert book["Đang trễ"]["A1"].value == f"Trễ lâu nhất: {len(MANY)} hồ sơ"


@pytest.mark.parametrize(
    ("letter", "says"),
    [
        ({}, "chưa"),
        ({"draft": date(2026, 11, 11)}, "dự thảo"),
        ({"letter": date(2026, 11, 11)}, "đã gửi"),
    ],
    ids=str,
)
def test_a_digest_s_row_holds_codes_and_dates_and_no_names(letter: dict[str, date], says: str) -> None:
    book, values = opened(digest_workbook(digest(Block("worst", "Trễ lâu nhất", (row(3, **letter),)))))
    rows = values.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[4] == [heading for heading, _ in COLUMNS]
    assert rows[5] == [1, "H00.01-261102-0003", "Phòng Kinh tế", "Thủ tục Ví Dụ", date(2026, 11, 11), 3, says]
    assert not {"Chủ hồ sơ", "Họ tên", "Số điện thoại", "Địa chỉ"} & {heading for heading, _ in COLUMNS}
    page = book.active
    assert page["E6"].number_format == "dd/mm/yyyy"
    assert page.auto_filter.ref == "A5:G6"
    assert (page.print_title_rows, page.freeze_panes) == ("$5:$5", "C6")
    assert (page.page_setup.orientation, int(page.page_setup.paperSize)) == ("landscape", 9)


def test_a_code_that_looks_like_a_formula_stays_a_code() -> None:
    book, _ = opened(digest_workbook(digest(Block("worst", "Trễ lâu nhất", (row(1, code="=HYPERLINK(1)"),)))))
    assert (book.active["B6"].value, book.active["B6"].data_type) == ("=HYPERLINK(1)", "s")


@pytest.mark.parametrize(
    ("data_from", "held", "age", "rows"),
    [
        pytest.param("2026-11-12T07:00", None, "Dữ liệu đến 07:00 ngày 12/11/2026.", "Không có hồ sơ nào.", id="fresh"),
        pytest.param("2026-11-09T07:00", 0, "DỮ LIỆU CŨ. Dữ liệu đến 07:00 ngày 09/11/2026. Danh sách có thể thiếu.", "Không có hồ sơ nào.", id="stale"),
        pytest.param("2026-11-09T07:00", 7, "DỮ LIỆU CŨ. Dữ liệu đến 07:00 ngày 09/11/2026. Danh sách có thể thiếu. Tạm chưa báo 7 hồ sơ.", "Không có hồ sơ nào.", id="stale, some held back"),
        pytest.param(None, None, "CHƯA CÓ DỮ LIỆU: danh sách trống không có nghĩa là không có hồ sơ trễ.", "Chưa có dữ liệu.", id="none"),
    ],
)  # fmt: skip
def test_an_empty_sheet_says_how_far_it_can_be_believed(
    data_from: str | None, held: int | None, age: str, rows: str
) -> None:
    empty = digest(Block("worst", "Trễ lâu nhất", ()), data_from=data_from, held=held)
    book, _ = opened(digest_workbook(empty))
    assert book.active["A3"].value == age
    assert book.active["A6"].value == rows


def test_a_block_of_an_unknown_key_gets_a_name_excel_takes() -> None:
    book, _ = opened(
        digest_workbook(digest(Block("later", "Sắp đến hạn [2/3 ngày]: rất dài, dài quá mức", ())))
    )
    assert book.sheetnames == ["Sắp đến hạn -2-3 ngày-- rất dài"]


def test_what_waits_to_be_closed_has_columns_of_its_own() -> None:
    waits = replace(row(1), since=date(2026, 10, 26), due_on=date(2026, 11, 10))
    book, values = opened(
        digest_workbook(digest(Block("lapsed", "Quá hạn bổ sung, chờ đóng hồ sơ", (waits,))))
    )
    assert book.sheetnames == ["Quá hạn bổ sung"]
    rows = values.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[4] == [heading for heading, _ in LAPSED_COLUMNS]
    assert rows[5][4:] == [date(2026, 11, 10), date(2026, 10, 26)]
    assert book.active.auto_filter.ref == "A5:F6"


def test_a_limit_in_hours_keeps_its_clock_time() -> None:
    book, values = opened(
        digest_workbook(digest(Block("worst", "Trễ", (replace(row(1), due_at=moment("2026-11-11T09:30")),))))
    )
    assert values.get_sheet_by_index(0).to_python()[-1][4] == datetime(2026, 11, 11, 9, 30)  # noqa: DTZ001
    assert book.active["E6"].number_format == "hh:mm dd/mm/yyyy"
