"""Bytes → sheets: formats, encodings, delimiters, and the files that are no table."""

import io
import os
import random
import unicodedata
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from exports import CORE, PRESET_A, below, core, delimited, encrypted, read, workbook, xls, xlsx
from worlds import moment

from latewatch.errors import SourceError
from latewatch.sources.files.grid import sheets

TABLE = [CORE, core()]
GOOD = xlsx(TABLE)


def refusal(content: bytes, name: str = "thu.xlsx", max_megabytes: int = 100) -> str:
    with pytest.raises(SourceError) as refused:
        read(content, name, max_megabytes)
    assert str(refused.value).startswith(f"{name}: ") or str(refused.value).startswith(f"{name}, ")
    assert not refused.value.passing
    return str(refused.value)


def repacked(content: bytes, change: dict[str, bytes], **options: Any) -> bytes:
    """The same archive with some members replaced."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", **options) as new:
        for name in old.namelist():
            new.writestr(name, change.get(name, old.read(name)))
    return buffer.getvalue()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=["comma", "semicolon", "tab", "bar"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
def test_a_text_file_is_read_whatever_its_encoding_and_delimiter(encoding: str, delimiter: str) -> None:
    rows = [
        [*CORE, "Địa chỉ"],
        core(CODE, "Đang xử lý", "02/11/2026", "09/11/2026", "Số 1, thôn Mẫu; xã Ví Dụ"),
    ]
    if encoding == "cp1258":  # it has no letter with two marks: they are written one after the other
        rows = [[_for_1258(cell) for cell in row] for row in rows]
    reading = read(delimited(rows, delimiter, encoding), "thu.csv")
    assert [row.code for row in reading.reported] == [CODE]
    assert reading.reported[0].facts["address"] == "Số 1, thôn Mẫu; xã Ví Dụ"
    assert reading.reported[0].raw["Trạng thái"] == "Đang xử lý"


CODE = "H00.01-261102-0001"


def _for_1258(text: str) -> str:
    composed = unicodedata.normalize("NFC", text)
    return "".join(c if _fits(c) else _taken_apart(c) for c in composed)


def _fits(text: str) -> bool:
    try:
        text.encode("cp1258")
    except UnicodeEncodeError:
        return False
    return True


def _taken_apart(letter: str) -> str:
    base, *marks = unicodedata.normalize("NFD", letter)
    tone = next(mark for mark in marks if mark in "\u0300\u0301\u0303\u0309\u0323")
    rest = "".join(mark for mark in marks if mark != tone)
    return unicodedata.normalize("NFC", base + rest) + tone


def test_free_text_full_of_commas_does_not_hide_the_semicolons() -> None:
    address = "Số 1, ngõ 2, thôn 3, xã Ví Dụ, tỉnh Mẫu"
    rows = [[*CORE, "Địa chỉ"], *(core(f"H{n}", "Đang xử lý", "02/11/2026", "", address) for n in range(9))]
    text = "\n".join(";".join(row) for row in rows) + "\n"  # nothing quoted
    assert len(read(text.encode(), "thu.csv").reported) == 9


def test_a_line_break_within_quotes_is_no_new_row() -> None:
    rows = [[*CORE, "Chủ hồ sơ"], core("H1", "Đang xử lý", "02/11/2026", "", "Nguyễn Văn\nVí Dụ"), core("H2")]
    reading = read(delimited(rows), "thu.csv")
    assert [(row.code, row.place.row) for row in reading.reported] == [("H1", 2), ("H2", 3)]
    assert reading.reported[0].facts["applicant"] == "Nguyễn Văn Ví Dụ"


def test_a_quote_that_is_never_closed_spoils_its_own_line_only() -> None:
    lines = [
        "Mã hồ sơ,Chủ hồ sơ,Trạng thái,Ngày tiếp nhận",
        "H1,Nguyễn Văn Ví Dụ,Đang xử lý,02/11/2026",
        'H2,"Trần Thị Mẫu,Đang xử lý,02/11/2026',
        "H3,Lê Văn Ví Dụ,Đang xử lý,02/11/2026",
        'H4,"Phạm ""Mẫu"" Ví Dụ",Đang xử lý,02/11/2026',
    ]
    reading = read("\n".join([*lines, ""]).encode(), "thu.csv")
    assert [row.code for row in reading.reported] == ["H1", "H2", "H3", "H4"]
    assert reading.reported[3].facts["applicant"] == 'Phạm "Mẫu" Ví Dụ'


def test_a_delimiter_outside_quotes_does_not_shift_facts() -> None:
    lines = [
        "Mã hồ sơ,Trạng thái,Ngày tiếp nhận,Chủ hồ sơ,Địa chỉ",
        "H1,Đang xử lý,02/11/2026,Nguyễn Văn Ví Dụ,Số 1, thôn Mẫu",
        "H2,Đang xử lý,02/11/2026,Trần Thị Mẫu,thôn Mẫu",
    ]
    reading = read("\n".join([*lines, ""]).encode(), "thu.csv")
    assert [row.code for row in reading.reported] == ["H2"]
    assert reading.rejected[0].place.row == 2
    assert "nhiều hơn 5 ô của tiêu đề" in reading.rejected[0].reason


@pytest.mark.parametrize(
    ("last_line", "rejected"),
    [
        pytest.param("H2,Đang xử lý,02/11/2026,09/11/2026", 0, id="whole, only its end is missing"),
        pytest.param("H2,Đang xử lý,02/1", 1, id="cut within a row"),
        pytest.param("H2,Đang xử lý,02/11/2026,09/11/20", 1, id="cut within the last date"),
        pytest.param("H2", 1, id="cut after the code"),
    ],
)
def test_a_cut_last_line_is_set_aside(last_line: str, rejected: int) -> None:
    text = "Mã hồ sơ,Trạng thái,Ngày tiếp nhận,Ngày hẹn trả\nH1,Đang xử lý,02/11/2026,09/11/2026\n"
    reading = read((text + last_line).encode(), "thu.csv")
    assert len(reading.rejected) == rejected
    assert len(reading.reported) == 2 - rejected
    assert all(each.place.row == 3 for each in reading.rejected)


def test_a_file_cut_within_a_letter_keeps_its_whole_lines() -> None:
    content = delimited([CORE, core("H1"), core("H2", "Đã xử lý")], encoding="utf-8")
    cut = content[: content.rindex("ử".encode()) + 1]  # one byte of three
    reading = read(cut, "thu.csv")
    assert [row.code for row in reading.reported] == ["H1"]
    assert "bị cắt" in reading.rejected[0].reason


def test_a_short_row_of_a_text_file_erases_nothing() -> None:
    text = "Mã hồ sơ,Trạng thái,Ngày tiếp nhận,Ngày hẹn trả,Chủ hồ sơ\nH1,Đang xử lý,02/11/2026\nH2,,,,\n"
    reading = read(text.encode(), "thu.csv")
    assert set(reading.reported[0].facts) == {"status", "status_text", "received_at"}


@pytest.mark.parametrize("since_1904", [False, True], ids=["1900", "1904"])
def test_the_old_binary_format_is_read(since_1904: bool) -> None:
    rows = [CORE, core("H1", received=date(2026, 11, 2)), core(1234567)]
    reading = read(xls(rows, since_1904=since_1904), "cu.xls")
    assert [row.code for row in reading.reported] == ["H1", "1234567"]
    assert reading.reported[0].facts["received_at"] == moment("2026-11-02")


def test_a_workbook_that_counts_from_1904_has_the_same_dates() -> None:
    rows = [CORE, core(received=date(2026, 11, 2), promised=datetime(2026, 11, 9, 16, 30))]  # noqa: DTZ001
    facts = read(xlsx(rows, date_1904=True)).reported[0].facts
    assert (facts["received_at"], facts["promised_at"]) == (moment("2026-11-02"), moment("2026-11-09T16:30"))


def test_hidden_rows_are_read_a_filter_hides_what_is_reported() -> None:
    assert len(read(xlsx([CORE, core("H1"), core("H2")], hide=[2])).reported) == 2


def test_formulas_count_with_their_values_and_booleans_as_shown() -> None:
    def paint(_book: Any, sheet: Any) -> None:
        sheet.write_formula("A2", '="H"&1', None, "H1")
        sheet.write_formula("C2", "=DATE(2026,11,2)", None, 46328)
        sheet.write_boolean("E2", True)

    reading = read(xlsx([[*CORE, "Chủ hồ sơ"], [None, "Đang xử lý", None, ""]], paint=paint))
    assert reading.reported[0].code == "H1"
    assert reading.reported[0].facts["received_at"] == moment("2026-11-02")
    assert reading.reported[0].facts["applicant"] == "TRUE"


def test_an_error_of_a_formula_is_not_taken_for_an_empty_cell() -> None:
    def paint(_book: Any, sheet: Any) -> None:
        sheet.write_formula("D2", "=NA()", None, "#N/A")

    reading = read(workbook({"Bìa & mục lục": [["x"]], "Hồ sơ": [CORE, core("H1"), core("H2")]}, paint=paint))
    assert [row.code for row in reading.reported] == ["H2"]
    assert (reading.rejected[0].place.sheet, reading.rejected[0].column) == ("Hồ sơ", "Ngày hẹn trả")
    assert "#N/A" in reading.rejected[0].reason


def test_a_chart_sheet_and_an_empty_sheet_do_no_harm() -> None:
    def paint(book: Any, sheet: Any) -> None:
        if sheet.get_name() == "Trống":
            chart = book.add_chart({"type": "column"})
            chart.add_series({"values": "='Hồ sơ'!$A$1:$A$2"})
            book.add_chartsheet("Biểu đồ").set_chart(chart)

    assert len(read(workbook({"Trống": [], "Hồ sơ": TABLE}, paint=paint)).reported) == 1


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        pytest.param(b"", "rong.xlsx", "tệp rỗng (0 byte); hãy xuất lại", id="empty"),
        pytest.param(b"\xef\xbb\xbf", "rong.csv", "không thấy dòng tiêu đề", id="only a byte-order mark"),
        pytest.param(
            GOOD[: len(GOOD) // 2], "cut.xlsx", "bị cắt cụt hoặc hỏng; hãy sao chép", id="truncated"
        ),
        pytest.param(GOOD[:-10], "cut.xlsx", "bị cắt cụt hoặc hỏng", id="truncated by ten bytes"),
        pytest.param(encrypted(GOOD), "kin.xlsx", "có mật khẩu; hãy bỏ mật khẩu", id="password"),
        pytest.param(
            b"<html><body><table><tr><td>x</td></tr></table></body></html>",
            "gia.xls",
            "HTML/XML, không phải bảng tính; hãy mở bằng Excel",
            id="HTML as .xls",
        ),
        pytest.param(b"\r\n <!-- x --><table>", "gia.xls", "HTML/XML", id="HTML behind a comment"),
        pytest.param("<?xml version='1.0'?>".encode("utf-16"), "gia.xls", "HTML/XML", id="XML in UTF-16"),
        pytest.param(b"MIME-Version: 1.0\nx", "gia.xls", "HTML/XML", id="a web archive"),
        pytest.param(b"%PDF-1.7\n\0\0\1", "scan.xlsx", "không phải bảng tính", id="a PDF"),
        pytest.param(
            b"\xd0\xcf\x11\xe0" + bytes(600), "cu.xls", "không đọc được như bảng tính", id="not an XLS"
        ),
        pytest.param(b"xin ch\xc3\xa0o\n", "loi.csv", "không thấy dòng tiêu đề", id="a text"),
        pytest.param(
            b"\xff\xfea\xd8a\xd8", "loi.csv", "không đọc được bảng mã|không phải", id="broken UTF-16"
        ),
        pytest.param(
            b"\x8a\x8d\n", "loi.csv", "không đọc được bảng mã chữ; hãy lưu lại", id="no encoding fits"
        ),
        pytest.param(xlsx([]), "trong.xlsx", "không thấy dòng tiêu đề", id="a sheet without rows"),
        pytest.param(
            repacked(GOOD, {"xl/workbook.xml": b"<workbook"}), "x.xlsx", "hãy mở và lưu lại", id="bad XML"
        ),
        pytest.param(
            repacked(GOOD, {"xl/worksheets/sheet1.xml": b'<worksheet><sheetData><row r="1"><c t="e" r="A1'}),
            "x.xlsx",
            "",
            id="bad XML in a sheet",
        ),
    ],
)
def test_what_is_no_table_is_refused_with_its_cure(content: bytes, name: str, words: str) -> None:
    said = refusal(content, name)
    assert any(word in said for word in words.split("|"))


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("ho-so.csv", "Mã hồ sơ")
    assert "không phải bảng tính Excel" in refusal(buffer.getvalue(), "nen.xlsx")


def test_a_bomb_is_refused_by_its_declared_size() -> None:
    bomb = repacked(GOOD, {"xl/sharedStrings.xml": bytes(60 * 1024 * 1024)}, compression=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    assert "giải nén ra 60 MB" in refusal(bomb)
    assert "giải nén ra 60 MB" in refusal(bomb, max_megabytes=5)


def test_a_bomb_that_declares_less_is_refused_by_its_checksum() -> None:
    bomb = bytearray(
        repacked(GOOD, {"xl/sharedStrings.xml": bytes(60 * 1024 * 1024)}, compression=zipfile.ZIP_DEFLATED)
    )
    entry = bomb.rindex(b"xl/sharedStrings.xml") - 46
    assert bomb[entry : entry + 4] == b"PK\x01\x02"
    bomb[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    assert "hỏng" in refusal(bytes(bomb))


def test_a_damaged_member_is_refused() -> None:
    stored = bytearray(repacked(GOOD, {}, compression=zipfile.ZIP_STORED))
    at = stored.index("Đang xử lý".encode())
    stored[at] ^= 1
    assert "hỏng" in refusal(bytes(stored))


@pytest.mark.parametrize("stray", ["XFD1048576", "A1048576:AZ1", "XFD20001"])
def test_a_stray_cell_far_out_does_not_fill_the_memory(stray: str) -> None:
    def paint(_book: Any, sheet: Any) -> None:
        for cell in stray.split(":"):
            sheet.write(cell, "x")

    assert "có ô ở quá xa" in refusal(xlsx(TABLE, paint=paint))


def test_a_stray_cell_in_the_last_row_alone_is_borne() -> None:
    def paint(_book: Any, sheet: Any) -> None:
        sheet.write("F200000", "x")

    reading = read(xlsx(TABLE, paint=paint))
    assert (len(reading.reported), reading.rejected) == (1, [])


def test_a_file_over_the_limit_is_refused_before_it_is_parsed() -> None:
    assert "lớn hơn 1 MB; chia nhỏ, hoặc tăng max_megabytes" in refusal(
        b"x" * (1024 * 1024 + 1), max_megabytes=1
    )


def test_row_numbers_are_those_a_spreadsheet_program_shows() -> None:
    rows = [[], ["", "BÁO CÁO"], [], ["", *CORE], ["", *core("H1")], ["", *core("")]]
    reading = read(xlsx(rows))
    assert reading.reported[0].place.row == 5
    assert reading.rejected[0].place.row == 6


@pytest.mark.parametrize("seed", range(4))
def test_random_bytes_are_refused_or_harmless(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311  a test, not a secret
    for head in (b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf"):
        for size in (1, 7, 600, 5000):
            _bear(head + rng.randbytes(size))


@pytest.mark.parametrize("original", [GOOD, xls(TABLE), delimited(TABLE)], ids=["xlsx", "xls", "csv"])
def test_damaged_files_are_refused_or_harmless(original: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    rng = random.Random(7)  # noqa: S311  a test, not a secret
    for _ in range(150):
        content = bytearray(original)
        for _ in range(rng.randint(1, 6)):
            content[rng.randrange(len(content))] = rng.randrange(256)
        _bear(bytes(content[: rng.choice([len(content), rng.randrange(len(content))])]))
    capfd.readouterr()  # a panic of the reader writes there


def test_damaged_xml_is_refused_or_harmless() -> None:
    rng = random.Random(11)  # noqa: S311  a test, not a secret
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for _ in range(100):
        name = rng.choice(sorted(members))
        xml = bytearray(members[name])
        for _ in range(rng.randint(1, 4)):
            at = rng.randrange(len(xml))
            xml[at : at + rng.randrange(20)] = os.urandom(rng.randrange(3))
        _bear(repacked(GOOD, {name: bytes(xml)}))


def _bear(content: bytes) -> None:
    try:
        for sheet in sheets("x", content, 1):
            assert isinstance(sheet.name, str)
    except SourceError:
        pass


def test_a_wide_preset_survives_a_round_trip_through_each_format() -> None:
    row = below(PRESET_A, Chủ_hồ_sơ="Nguyễn Văn Ví Dụ")
    files = {
        "a.xlsx": xlsx([PRESET_A, row]),
        "a.xls": xls([PRESET_A, row]),
        "a.csv": delimited([PRESET_A, row]),
    }
    facts = [read(content, name).reported[0].facts for name, content in files.items()]
    assert facts[0] == facts[1] == facts[2]
