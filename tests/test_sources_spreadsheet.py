"""Rows → what is reported, repeated and rejected: nothing lost, nothing guessed."""

import unicodedata
from datetime import date, datetime
from typing import Any

import pytest
from exports import CODE, CORE, PRESET_A, below, core, delimited, profile, read, sheet_of, workbook, xlsx
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import moment

from latewatch.domain.dossier import Channel, Status
from latewatch.domain.limit import LimitUnit, TimeLimit
from latewatch.errors import SourceError
from latewatch.sources.files.header import find_header
from latewatch.sources.files.spreadsheet import read_spreadsheet

STATUS_WORDS = {
    "Mới tiếp nhận": Status.RECEIVED,
    "Đang giải quyết": Status.PROCESSING,
    "Đang xử lý": Status.PROCESSING,
    "Tạm dừng": Status.SUSPENDED,
    "Yêu cầu bổ sung": Status.SUPPLEMENT,
    "Đã hoàn thành": Status.DONE,
    "Đã xử lý xong": Status.DONE,
    "Đã trả kết quả": Status.RETURNED,
    "Quá hạn": Status.PROCESSING,
    "Rút hồ sơ": Status.WITHDRAWN,
    "Dừng xử lý": Status.STOPPED,
    "Hủy": Status.STOPPED,
    "Không được tiếp nhận": Status.NOT_ACCEPTED,
}


@pytest.mark.parametrize(("word", "status"), STATUS_WORDS.items(), ids=STATUS_WORDS)
@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC"])
def test_every_status_word_is_known(word: str, status: Status, form: Any) -> None:
    reading = read(xlsx([CORE, core(status=unicodedata.normalize(form, word))]))
    assert reading.reported[0].facts["status"] is status
    assert reading.reported[0].facts["status_text"] == word  # as the source says it


def test_all_facts_of_preset_a() -> None:
    row = below(
        PRESET_A,
        Tên_thủ_tục_hành_chính="Đăng ký khai sinh",
        Tên_lĩnh_vực="Hộ tịch",
        Phòng_ban="Phòng Mẫu",
        Ngày_tiếp_nhận=datetime(2026, 11, 2, 8, 30),  # noqa: DTZ001
        Ngày_hẹn_trả="9/11/2026 17:00",
        Ngày_kết_thúc_xử_lý=date(2026, 11, 6),
        Chủ_hồ_sơ="Nguyễn Văn Ví Dụ",
        Số_điện_thoại=900000001.0,
        Số_ngày_giải_quyết=5.0,
        Cán_bộ_xử_lý_hiện_tại="Cán bộ Mẫu",
        Trạng_thái_hồ_sơ="Đã trả kết quả",
    )
    row[PRESET_A.index("Cơ quan/đơn vị")] = "Ủy ban nhân dân xã Ví Dụ"
    reported = read(xlsx([PRESET_A, row])).reported[0]
    assert reported.code == CODE
    assert reported.facts == {
        "procedure": "Đăng ký khai sinh",
        "field": "Hộ tịch",
        "department": "Phòng Mẫu",
        "received_at": moment("2026-11-02T08:30"),
        "promised_at": moment("2026-11-09T17:00"),
        "processed_at": moment("2026-11-06"),
        "resolving_unit": "Ủy ban nhân dân xã Ví Dụ",
        "applicant": "Nguyễn Văn Ví Dụ",
        "phone": "0900000001",
        "officer": "Cán bộ Mẫu",
        "status": Status.RETURNED,
        "status_text": "Đã trả kết quả",
        "time_limit": TimeLimit(5, LimitUnit.WORKING_DAYS),
        "step": "",
    }
    assert reported.raw["Ngày tiếp nhận"] == "02/11/2026 08:30:00"
    assert (reported.place.file, reported.place.sheet, reported.place.row) == ("thu.xlsx", "Hồ sơ", 2)


def test_an_absent_column_is_absent_and_an_empty_cell_is_empty() -> None:
    without = read(xlsx([CORE[:3], core()[:3]])).reported[0].facts
    empty = (
        read(xlsx([[*CORE, "Chủ hồ sơ"], core("H1", "Đang xử lý", "02/11/2026", "", "")])).reported[0].facts
    )
    assert "promised_at" not in without
    assert "applicant" not in without
    assert (empty["promised_at"], empty["applicant"]) == (None, "")


def test_real_dates_stand_beside_text_dates_in_one_column() -> None:
    rows = [
        CORE,
        core("H1", received=date(2026, 11, 2)),
        core("H2"),
        core("H3", received="2026-11-02 00:00:00"),
    ]
    reading = read(xlsx(rows))
    assert {row.facts["received_at"] for row in reading.reported} == {moment("2026-11-02")}


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        pytest.param(
            {"received": "31/02/2026"}, "Ngày tiếp nhận", "“31/02/2026” là ngày giờ không có", id="31/02"
        ),
        pytest.param({"received": "02/11/26"}, "Ngày tiếp nhận", "bốn chữ số", id="two-digit year"),
        pytest.param({"promised": "11/25/2026"}, "Ngày hẹn trả", "tháng trước ngày", id="MM/dd"),
        pytest.param(
            {"promised": "30/10/2026"}, "Ngày hẹn trả", "trước ngày tiếp nhận 02/11", id="due before receipt"
        ),
        pytest.param({"received": ""}, "Ngày tiếp nhận", "thiếu ngày tiếp nhận", id="no receipt"),
        pytest.param({"code": ""}, "Mã hồ sơ", "thiếu mã hồ sơ", id="no code"),
        pytest.param({"code": " \u00a0\u200b"}, "Mã hồ sơ", "thiếu mã hồ sơ", id="a code of blanks"),
        pytest.param({"code": "x" * 101}, "Mã hồ sơ", "dài quá 100", id="a code too long"),
        pytest.param({"code": 20261102000000077.0}, "Mã hồ sơ", "làm tròn", id="a code Excel has rounded"),
        pytest.param({"status": ""}, "Trạng thái", "ô trạng thái trống", id="no status"),
        pytest.param(
            {"status": "Chờ ký số"}, "Trạng thái", "từ lạ “Chờ ký số”; hãy khai", id="unknown status"
        ),
    ],
)
def test_a_doubtful_row_is_set_aside_and_the_run_goes_on(
    cells: dict[str, Any], column: str, words: str
) -> None:
    reading = read(xlsx([CORE, core("H0"), core(**cells), core("H2")]))
    assert [row.code for row in reading.reported] == ["H0", "H2"]
    (rejected,) = reading.rejected
    assert (rejected.place.file, rejected.place.sheet, rejected.place.row) == ("thu.xlsx", "Hồ sơ", 3)
    assert rejected.column == column
    assert words in rejected.reason
    assert "hãy" in rejected.reason or "cần dạng" in rejected.reason  # the cure
    assert len(rejected.raw) >= 3
    assert reading.read == 3


@pytest.mark.parametrize("limit", ["1.234,5", "năm", "1.000"])
def test_an_unreadable_limit_decides_the_due_date_and_sets_the_row_aside(limit: str) -> None:
    reading = read(xlsx([[*CORE, "Số ngày giải quyết"], core(CODE, "Đang xử lý", "02/11/2026", "", limit)]))
    assert [each.column for each in reading.rejected] == ["Số ngày giải quyết"]


ODD = {
    "an unknown channel": ("Hình thức nộp", "Nộp qua bồ câu", "channel", "channel_words"),
    "a day of return that is not": ("Ngày trả kết quả", "31/02/2026", "returned_at", "không có thật"),
    "a day of handing in that is not": ("Ngày nộp hồ sơ", "hôm kia", "submitted_at", "không phải ngày"),
}


@pytest.mark.parametrize(("heading", "cell", "field", "words"), ODD.values(), ids=ODD)
def test_a_row_is_not_lost_for_a_cell_that_decides_nothing(
    heading: str, cell: str, field: str, words: str
) -> None:
    odd = core("H1", "Đang xử lý", "02/11/2026", "", cell)
    reading = read(xlsx([[*CORE, heading], odd, ["H2", *odd[1:]], core("H3")]))
    told = {row.code: row.facts for row in reading.reported}
    assert sorted(told) == ["H1", "H2", "H3"]
    assert field not in told["H1"]  # left out: what was known stays
    assert told["H3"][field] is None
    (warning,) = reading.warnings
    assert f"dòng 2 và 1 dòng khác, cột “{heading}”" in warning
    assert words in warning


def test_a_rejected_row_leaves_no_warning_that_it_was_taken() -> None:
    rows = [["Hình thức nộp", *CORE], ["bồ câu", *core(received="31/02/2026")]]
    reading = read(xlsx(rows))
    assert (len(reading.rejected), reading.warnings) == (1, [])


def test_many_odd_words_make_a_few_warnings() -> None:
    rows = [core(f"H{n}", "Đang xử lý", "02/11/2026", "", f"lạ {n}") for n in range(50)]
    reading = read(xlsx([[*CORE, "Hình thức nộp"], *rows]))
    assert len(reading.warnings) == 21
    assert "30 cảnh báo khác" in reading.warnings[-1]


def test_channel_words_and_a_blank_channel() -> None:
    words = ["Trực tuyến toàn trình", "Trực tuyến một phần", "Bưu chính", "Trực tiếp", ""]
    rows = [core(f"H{n}", "Đang xử lý", "02/11/2026", "", word) for n, word in enumerate(words)]
    reading = read(xlsx([[*CORE, "Hình thức nộp"], *rows]))
    channels = [Channel.ONLINE_FULL, Channel.ONLINE_PARTIAL, Channel.POSTAL, Channel.DIRECT, None]
    assert [row.facts["channel"] for row in reading.reported] == channels


def test_words_of_the_office_are_laid_over_the_shipped_ones() -> None:
    own = {"Chờ ký số": "processing", "Quá hạn": "suspended"}
    reading = read(xlsx([CORE, core("H1", "CHỜ KÝ SỐ"), core("H2", "Quá hạn")]), status_words=own)
    assert [row.facts["status"] for row in reading.reported] == [Status.PROCESSING, Status.SUSPENDED]


@pytest.mark.parametrize(
    "word", ["Mới đăng ký", "Không được tiếp nhận", "Yêu cầu bổ sung", "Rút hồ sơ", "Hủy"]
)
def test_what_was_never_accepted_needs_no_receipt(word: str) -> None:
    reading = read(xlsx([CORE, core(status=word, received="", promised="")]))
    assert reading.reported[0].facts["received_at"] is None


def test_a_promise_on_the_day_of_receipt_is_no_contradiction() -> None:
    rows = [CORE, core(received="02/11/2026 08:30", promised="02/11/2026")]
    assert len(read(xlsx(rows)).reported) == 1


NO_RECORDS = {
    "a blank row": [],
    "a row of blanks": [" ", "\u00a0", "", ""],
    "the heading of a group": [None, "Lĩnh vực Hộ tịch"],
    "the heading of a group in the column of codes": ["II. Lĩnh vực Đất đai"],
    "a number and the heading of a group": ["I", None, None, None, None, "Lĩnh vực Hộ tịch"],
    "a total": [None, None, None, None, "Tổng cộng", 12],
    "a total in the column of codes": ["Tổng cộng:", None, None, None, 12, 3, 4],
    "a total with its number": ["TỔNG SỐ HỒ SƠ: 12", None, None, None, 1, 2],
    "a signature": [None, None, None, None, "NGƯỜI LẬP BIỂU", "GIÁM ĐỐC"],
}


@pytest.mark.parametrize("row", NO_RECORDS.values(), ids=NO_RECORDS)
def test_what_is_provably_no_record_is_passed_over(row: list[Any]) -> None:
    if row and row[0] == "I":  # the code is not the first column there
        headings, good = ["STT", *CORE], ["1", *core()]
    else:
        headings, good = [*CORE, "Chủ hồ sơ", "Địa chỉ"], core()
    reading = read(xlsx([headings, row, good]))
    assert (len(reading.reported), reading.rejected) == (1, [])


SUSPECTS = {
    "a code and nothing else": ["H9"],
    "a code on a row that speaks of a total": ["H9", None, None, None, "Tổng cộng"],
    "a procedure that begins like a total": [None, "Đang xử lý", None, None, "Tổng số hóa tài liệu"],
    "a status and a name without a code": [None, "Đang xử lý", None, None, "x"],
    "a status and a date without a code": [None, "Đang xử lý", "02/11/2026"],
    "three texts without a code": [None, None, None, None, "x", "y", "z"],
    "a code with spaces and more": ["H 9", None, None, None, "x"],
}


@pytest.mark.parametrize("row", SUSPECTS.values(), ids=SUSPECTS)
def test_what_could_be_a_record_is_never_passed_over(row: list[Any]) -> None:
    reading = read(xlsx([[*CORE, "Chủ hồ sơ", "Địa chỉ", "Ghi chú"], row, core()]))
    assert (len(reading.reported), len(reading.rejected)) == (1, 1)


def test_a_dossier_of_a_procedure_called_total_is_read() -> None:
    rows = [["Tên TTHC", *CORE], ["Tổng số hóa tài liệu", *core()], ["Tổng cộng", *core("H2")]]
    assert len(read(xlsx(rows)).reported) == 2


def test_rows_with_trailing_blank_codes_are_set_aside_one_by_one() -> None:
    rows = [CORE, core("H1"), core(None), core("")]
    reading = read(xlsx(rows))
    assert [each.place.row for each in reading.rejected] == [3, 4]


def test_merged_data_cells_leave_the_rows_below_without_a_code() -> None:
    rows = [CORE, core("H1"), core(None, "Đã xử lý xong")]
    reading = read(xlsx(rows, merge=["A2:A3"]))
    assert [row.code for row in reading.reported] == ["H1"]
    assert [each.reason.split(";")[0] for each in reading.rejected] == ["thiếu mã hồ sơ"]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(core(), id="the same cells"),
        pytest.param(core(f" {CODE}\u00a0"), id="the code with spaces"),
        pytest.param(core(CODE, "ĐANG XỬ LÝ"), id="a status in capitals"),
        pytest.param(core(CODE, "Đang giải quyết"), id="another word for the same status"),
        pytest.param(core(CODE, "Đang xử lý", date(2026, 11, 2)), id="a real date for a text date"),
    ],
)
def test_one_code_on_two_rows_that_agree_is_one_record(other: list[Any]) -> None:
    reading = read(xlsx([CORE, core(), other]))
    assert (len(reading.reported), reading.repeated, reading.rejected) == (1, 1, [])
    assert reading.read == 2


def test_one_code_on_two_rows_that_differ_sets_both_aside() -> None:
    rows = [["Số biên nhận", *CORE[1:]], core("H1"), core("H2"), core("H1", "Rút hồ sơ")]
    reading = read(xlsx(rows))
    assert [row.code for row in reading.reported] == ["H2"]
    assert [(each.place.row, each.column) for each in reading.rejected] == [
        (2, "Số biên nhận"),
        (4, "Số biên nhận"),
    ]
    assert "(dòng 2, 4)" in reading.rejected[0].reason
    assert reading.read == 3


def test_one_code_on_two_sheets() -> None:
    more = [*CORE, "Chủ hồ sơ"]
    agree = {"Đang xử lý": [CORE, core()], "Tất cả": [more, [*core(), "Nguyễn Văn Ví Dụ"]]}
    reading = read(workbook(agree))
    assert (len(reading.reported), reading.repeated, reading.rejected) == (1, 1, [])
    assert reading.reported[0].facts["applicant"] == "Nguyễn Văn Ví Dụ"  # known from either sheet
    differ = {"Cũ": [CORE, core()], "Mới": [CORE, core(promised="10/11/2026")]}
    reading = read(workbook(differ))
    assert [each.place.sheet for each in reading.rejected] == ["Cũ", "Mới"]
    assert "dòng 2 trang tính “Cũ”, 2 trang tính “Mới”" in reading.rejected[0].reason


def test_one_code_on_very_many_rows_is_told_briefly() -> None:
    rows = [CORE, *(core("H1", promised=f"{n % 20 + 3:02d}/11/2026") for n in range(3000))]
    reading = read(delimited(rows), "thu.csv")
    assert len(reading.rejected) == 3000
    assert "và 2995 dòng nữa" in reading.rejected[0].reason
    assert len(reading.rejected[0].reason) < 250


def test_a_column_written_month_first_is_pointed_out() -> None:
    rows = [CORE, core("H1", promised="11/12/2026"), core("H2", promised="11/25/2026")]
    reading = read(xlsx(rows))
    assert len(reading.rejected) == 1
    assert "cột “Ngày hẹn trả”: 1 ô ghi tháng trước ngày" in reading.warnings[0]
    one_slip = [*rows, core("H3", promised="25/11/2026")]
    assert read(xlsx(one_slip)).warnings == []


def test_codes_and_phones_that_came_as_numbers() -> None:
    rows = [[*CORE, "Số điện thoại"], core(2611020001.0, "Đang xử lý", "02/11/2026", "", 912345678.0)]
    reported = read(xlsx(rows)).reported[0]
    assert (reported.code, reported.facts["phone"]) == ("2611020001", "0912345678")


def test_a_code_compares_composed() -> None:
    code = "Đ00.01-261102-0001"
    reading = read(xlsx([CORE, core(code), core(unicodedata.normalize("NFD", code) + "\u200b")]))
    assert (len(reading.reported), reading.repeated) == (1, 1)


TEXTS = st.sampled_from(
    [
        "",
        " ",
        "x",
        "H1",
        "H2",
        "Mã hồ sơ",
        "Tổng cộng",
        "(1)",
        "Đang xử lý",
        "lạ",
        "02/11/2026",
        "31/02/2026",
        "a b",
    ]
)
GRIDS = st.lists(st.lists(TEXTS, max_size=6), max_size=7)


@settings(max_examples=120, deadline=None)
@given(GRIDS)
def test_rows_are_conserved(grid: list[list[str]]) -> None:
    reading = read(delimited([CORE, *grid]), "thu.csv")
    accounted = {row.place.row for row in reading.reported} | {row.place.row for row in reading.rejected}
    codes = [row.code for row in reading.reported]
    assert len(codes) == len(set(codes))
    assert reading.read == len(reading.reported) + len(reading.rejected) + reading.repeated
    for number, row in enumerate(grid, start=2):
        cells = [cell.strip() for cell in [*row, *([""] * 4)]]
        if number in accounted or cells[0] in codes:
            continue
        has_record = (
            any(cells[1:4]) and sum(map(bool, cells)) > 1 and not all(cell in ("", "(1)") for cell in cells)
        )
        assert not has_record or cells[0] == "Mã hồ sơ", (number, row)
    taken = len(reading.reported) + reading.repeated
    assert taken == sum(1 for row in grid if _is_good(row)) or reading.rejected


def _is_good(row: list[str]) -> bool:
    return len(row) >= 3 and row[0] in ("x", "H1", "H2") and row[1:3] == ["Đang xử lý", "02/11/2026"]


CELLS = st.one_of(TEXTS, st.sampled_from(CORE), st.text(max_size=8), st.floats(), st.dates(), st.booleans())


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.lists(CELLS, max_size=6), max_size=8),
    st.lists(st.tuples(*[st.integers(0, 9)] * 4), max_size=3),
)
def test_any_grid_has_a_header_or_none(
    grid: list[list[Any]], merged: list[tuple[int, int, int, int]]
) -> None:
    try:
        header = find_header("x", sheet_of("y", grid, merged), profile())
    except SourceError as e:
        assert "hãy" in str(e)  # noqa: PT017
    else:
        assert header is None or set(header.columns.values()) <= set(header.headings)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode) | GRIDS.map(delimited))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        read_spreadsheet("x", content, profile(), 1)
    except SourceError as e:
        assert "hãy" in str(e) or "hỏng" in str(e) or "lưu lại" in str(e)  # noqa: PT017
