"""Where the header of a sheet is, and which column holds which field."""

import unicodedata

import pytest
from exports import CORE, PRESET_A, PRESET_B, below, core, delimited, profile, read, sheet_of, workbook, xlsx

from latewatch.errors import SourceError
from latewatch.sources.files.header import find_header

A_FIELDS = {
    "Số hồ sơ": "code",
    "Tên thủ tục hành chính": "procedure",
    "Tên lĩnh vực": "field",
    "Phòng ban": "department",
    "Ngày tiếp nhận": "received_at",
    "Ngày hẹn trả": "promised_at",
    "Ngày kết thúc xử lý": "processed_at",
    "Cơ quan/đơn vị": "resolving_unit",
    "Chủ hồ sơ": "applicant",
    "Số điện thoại": "phone",
    "Cán bộ xử lý hiện tại": "officer",
    "Trạng thái hồ sơ": "status",
    "Hạn xử lý": None,
    "Số ngày giải quyết": "time_limit",
    "Bước xử lý hiện tại": "step",
    "Cập nhật nguồn": None,
}
B_FIELDS = {
    "STT": None,
    "Đơn vị tiếp nhận": "receiving_unit",
    "Lĩnh vực": "field",
    "Tên thủ tục hành chính": "procedure",
    "Mã hồ sơ": "code",
    "Trạng thái": "status",
    "Địa chỉ": "address",
    "Người nộp": None,
    "Chủ hồ sơ": "applicant",
    "Ngày nộp hồ sơ": "submitted_at",
    "Ngày nhận": "received_at",
    "Ngày hẹn trả": "promised_at",
    "Ngày kết thúc xử lý": "processed_at",
    "Đơn vị/ cá nhân giải quyết": "resolving_unit",
}
ALIASES = {
    "Mã hồ sơ": "code",
    "Số hồ sơ": "code",
    "Số biên nhận": "code",
    "Tên TTHC": "procedure",
    "Thủ tục": "procedure",
    "Tên thủ tục hành chính": "procedure",
    "Ngày nhận": "received_at",
    "Ngày tiếp nhận": "received_at",
    "Ngày hoàn tất": "processed_at",
    "Người xử lý": "officer",
    "Họ tên": "applicant",
    "Hạn trả": "promised_at",
    "Ngày hẹn trả KQ": "promised_at",
    "Trạng thái": "status",
}


def columns(headings: list[str] | tuple[str, ...]) -> dict[str, int]:
    header = find_header("thu.xlsx", sheet_of("Hồ sơ", [list(headings)]), profile())
    assert header is not None
    return dict(header.columns)


@pytest.mark.parametrize(("preset", "fields"), [(PRESET_A, A_FIELDS), (PRESET_B, B_FIELDS)], ids=["A", "B"])
def test_every_heading_of_a_known_export_is_read(
    preset: tuple[str, ...], fields: dict[str, str | None]
) -> None:
    assert tuple(fields) == preset
    named = {field: index for index, field in enumerate(fields.values()) if field}
    assert columns(preset) == named


def test_the_variant_of_preset_a_with_a_short_status_heading() -> None:
    short = ["Trạng thái" if heading == "Trạng thái hồ sơ" else heading for heading in PRESET_A]
    assert columns(short) == columns(PRESET_A)


@pytest.mark.parametrize(("alias", "field"), ALIASES.items(), ids=ALIASES)
def test_every_alias_is_known(alias: str, field: str) -> None:
    others = [name for name in CORE if ALIASES.get(name, "promised_at") != field]
    others = [name for name in others if not (field == "promised_at" and name == "Ngày hẹn trả")]
    assert columns([*others, alias])[field] == len(others)


WRITTEN = {
    "NFD": lambda text: unicodedata.normalize("NFD", text),
    "NFKD": lambda text: unicodedata.normalize("NFKD", text),
    "capitals": str.upper,
    "double spaces": lambda text: text.replace(" ", "  "),
    "no-break spaces": lambda text: text.replace(" ", "\u00a0"),
    "line breaks": lambda text: text.replace(" ", "\n"),
    "spaces around": lambda text: f"  {text}\t",
    "a required mark": lambda text: f"{text} (*)",
    "without accents": lambda text: (
        "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
        .replace("đ", "d")
        .replace("Đ", "D")
    ),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("preset", [PRESET_A, PRESET_B], ids=["A", "B"])
def test_headings_are_known_however_they_are_typed(preset: tuple[str, ...], write: object) -> None:
    assert columns([write(heading) for heading in preset]) == columns(preset)  # type: ignore[operator]


BANNER = [
    ["ỦY BAN NHÂN DÂN TỈNH MẪU"],
    ["DANH SÁCH HỒ SƠ", None, None, "Kỳ: 11/2026"],
    [],
    ["Từ ngày 15/10/2026 đến ngày 14/11/2026"],
]


def test_banner_and_title_rows_stand_above_the_header() -> None:
    reading = read(xlsx([*BANNER, CORE, core()], merge=["A2:C2"]))
    assert reading.reported[0].place.row == 6
    assert list(reading.reported[0].raw) == list(CORE)  # no title in a heading


def test_a_title_just_above_the_header_is_no_part_of_it() -> None:
    reading = read(xlsx([["DANH SÁCH HỒ SƠ"], CORE, core(received="31/02/2026")], merge=["A1:D1"]))
    assert reading.rejected[0].column == "Ngày tiếp nhận"


def test_a_blank_first_column_moves_nothing() -> None:
    reading = read(xlsx([[None, *CORE], [None, *core()]]))
    assert reading.reported[0].raw == dict(zip(CORE, core(), strict=True))


TWO_ROWS = [
    ["STT", "Mã hồ sơ", "Ngày", None, None, "Trạng thái"],
    [None, None, "tiếp nhận", "hẹn trả", "kết thúc xử lý", None],
]
MERGED = ["A1:A2", "B1:B2", "C1:E1", "F1:F2"]
NUMBERS = ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"]
RECORD = ["1", "H1", "02/11/2026", "09/11/2026", "06/11/2026", "Đã xử lý xong"]


@pytest.mark.parametrize(
    "numbers",
    [
        pytest.param([NUMBERS], id="column numbers in parentheses"),
        pytest.param([[1, 2, 3, 4, 5, 6]], id="column numbers as numbers"),
        pytest.param([["A", "B", 1, 2, "3=1+2", "C"]], id="letters and sums"),
        pytest.param([], id="no column numbers"),
    ],
)
def test_a_header_merged_over_two_rows(numbers: list[list[object]]) -> None:
    reading = read(xlsx([*TWO_ROWS, *numbers, RECORD], merge=MERGED))
    assert (len(reading.reported), reading.rejected) == (1, [])
    assert reading.fields == {"code", "received_at", "promised_at", "processed_at", "status"}


def test_a_header_merged_over_three_rows() -> None:
    rows = [
        ["Thông tin hồ sơ", None, None, None, None, None],
        ["STT", "Mã hồ sơ", "Ngày", None, None, "Trạng thái"],
        [None, None, "tiếp nhận", "hẹn trả", "kết thúc xử lý", None],
        NUMBERS,
        RECORD,
    ]
    reading = read(xlsx(rows, merge=["A1:F1", "A2:A3", "B2:B3", "C2:E2", "F2:F3"]))
    assert [row.code for row in reading.reported] == ["H1"]
    assert reading.reported[0].raw["Ngày hẹn trả"] == "09/11/2026"


def test_a_two_row_header_of_a_text_file_has_no_merged_cells() -> None:
    rows = [
        ["Mã hồ sơ", "Trạng thái", "Thời gian", ""],
        ["", "", "Ngày tiếp nhận", "Ngày hẹn trả"],
        core(),
    ]
    assert len(read(delimited(rows), "thu.csv").reported) == 1


def test_a_data_column_merged_down_from_the_header_hides_no_rows() -> None:
    rows = [[*CORE, "Ghi chú"], *(core(f"H{n}") for n in range(8))]
    assert len(read(xlsx(rows, merge=["E1:E9"])).reported) == 8


def test_several_sheets_are_read_and_others_left_alone() -> None:
    sheets = {
        "Hướng dẫn": [["Cột", "Ý nghĩa"], ["Mã hồ sơ", "mã"]],
        "Tổng hợp": [["Lĩnh vực", "Đơn vị giải quyết", "Số lượng"], ["Hộ tịch", "xã Ví Dụ", 3]],
        "Đang xử lý": [CORE, core("H1")],
        "Đã trả": [CORE, core("H2", "Đã trả kết quả")],
    }
    reading = read(workbook(sheets))
    assert [(row.code, row.place.sheet) for row in reading.reported] == [
        ("H1", "Đang xử lý"),
        ("H2", "Đã trả"),
    ]
    assert ["Tổng hợp" in warning and "không được đọc" in warning for warning in reading.warnings] == [True]


@pytest.mark.parametrize(
    ("headings", "words"),
    [
        pytest.param(
            ["Cột 1", "Cột 2"], ["“Mã hồ sơ”", "“Trạng thái hồ sơ”", "khóa headings"], id="no heading"
        ),
        pytest.param(
            ["Mã hồ sơ", "Ngày nhận", "Tình hình"],
            ["trang tính “Hồ sơ”", "thiếu cột “Trạng thái hồ sơ”", "“Tình hình”", "khóa headings"],
            id="a required one is missing",
        ),
        pytest.param(
            ["Mã hồ sơ", "Số biên nhận", "Trạng thái", "Ngày nhận"],
            ["“Mã hồ sơ” và cột “Số biên nhận”", 'headings = { code = "Mã hồ sơ" }'],
            id="two columns could be the code",
        ),
        pytest.param(
            ["Mã hồ sơ", "Trạng thái", "Ngày nhận", "Ngày hẹn trả", "Hạn trả"],
            ["đều có thể là “Ngày hẹn trả”", "promised_at"],
            id="two columns could be the promise",
        ),
        pytest.param(
            ["Mã hồ sơ", "Trạng thái", "Ngày nhận", "Mã hồ sơ"],
            ["hai cột cùng tên: hãy xóa hoặc đổi tên một cột"],
            id="the code twice",
        ),
    ],
)
def test_a_header_that_is_not_clear_is_refused_with_its_cure(headings: list[str], words: list[str]) -> None:
    with pytest.raises(SourceError) as refused:
        read(xlsx([headings, ["x"] * len(headings)]))
    assert str(refused.value).startswith("thu.xlsx")
    assert [word for word in words if word not in str(refused.value)] == []


def test_the_cure_for_two_codes_works() -> None:
    rows = [["Mã hồ sơ", "Số biên nhận", "Trạng thái", "Ngày nhận"], ["H1", "B1", "Đang xử lý", "02/11/2026"]]
    assert read(xlsx(rows), headings={"code": "Số biên nhận"}).reported[0].code == "B1"


def test_a_doubled_heading_that_decides_nothing_is_a_warning_and_both_stay_in_the_raw_row() -> None:
    rows = [[*CORE, "Địa chỉ", "Địa chỉ"], core("H1", "Đang xử lý", "02/11/2026", "", "thôn Mẫu", "xã Ví Dụ")]
    reading = read(xlsx(rows))
    assert reading.reported[0].facts["address"] == "thôn Mẫu"
    assert (reading.reported[0].raw["Địa chỉ"], reading.reported[0].raw["Địa chỉ [6]"]) == (
        "thôn Mẫu",
        "xã Ví Dụ",
    )
    assert "trùng nghĩa; lấy cột đầu" in reading.warnings[0]


def test_a_header_repeated_on_every_printed_page_is_no_record() -> None:
    rows = [*TWO_ROWS, NUMBERS, RECORD, TWO_ROWS[0], NUMBERS, ["2", "H2", *RECORD[2:]]]
    reading = read(xlsx(rows, merge=MERGED))
    assert [row.code for row in reading.reported] == ["H1", "H2"]
    assert reading.rejected == []


def test_a_header_below_the_fortieth_row_is_not_looked_for() -> None:
    with pytest.raises(SourceError, match="không thấy dòng tiêu đề"):
        read(xlsx([*([["x"]] * 42), CORE, core()]))


def test_a_profile_column_of_the_office_is_found() -> None:
    rows = [["Mã", "Tình hình", "Nhận"], ["H1", "Đang xử lý", "02/11/2026"]]
    own = {"code": "Mã", "status": "TÌNH HÌNH", "received_at": "Nhận"}
    assert read(xlsx(rows), headings=own).reported[0].code == "H1"


def test_presets_read_end_to_end() -> None:
    for preset in (PRESET_A, PRESET_B):
        reading = read(xlsx([preset, below(preset)]))
        assert (len(reading.reported), reading.rejected, reading.warnings) == (1, [], [])
