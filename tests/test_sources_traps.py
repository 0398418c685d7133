"""The traps of real exports, one by one: what the other reader tests do not already spring."""

import struct
from datetime import date
from typing import Any

import pytest
from exports import CODE, CORE, core, delimited, profile, read, workbook, xls, xlsx
from worlds import moment

from latewatch.domain.dossier import Status
from latewatch.errors import SourceError
from latewatch.sources.mapping.proposal import propose

NBSP, ZWSP, SOFT = "\u00a0", "\u200b", "\u00ad"

SAME_STATUS = {
    "a no-break space": f"Đang{NBSP}xử lý",
    "two spaces": "Đang  xử lý",
    "spaces around": f" {NBSP}Đang xử lý\t",
    "a line break": "Đang xử\nlý",
    "a zero-width space": f"Đang{ZWSP} xử lý",
    "a soft hyphen": f"Đang xử{SOFT} lý",
    "capitals": "ĐANG XỬ LÝ",
    "full width": "Đａｎｇ xử lý",
    "no accents": "Dang xu ly",
    "an end mark": "Đang xử lý.",
}


@pytest.mark.parametrize("word", SAME_STATUS.values(), ids=SAME_STATUS)
def test_a_status_is_known_however_it_is_typed(word: str) -> None:
    reading = read(xlsx([CORE, core(status=word)]))
    assert [each.facts["status"] for each in reading.reported] == [Status.PROCESSING]


SAME_CODE = {
    "spaces around": f"  {CODE}{NBSP}",
    "a zero-width space within": CODE.replace("-", f"-{ZWSP}", 1),
    "a byte-order mark": f"\ufeff{CODE}",
}


@pytest.mark.parametrize("code", SAME_CODE.values(), ids=SAME_CODE)
def test_a_code_is_the_same_whatever_travels_with_it(code: str) -> None:
    assert [each.code for each in read(xlsx([CORE, core(code)])).reported] == [CODE]


HEADERS_OF_TEXT = {
    "the line with which a program tells the delimiter": b"sep=;\r\n"
    + delimited([CORE, core()], ";", "utf-8"),
    "a heading of two lines": delimited([["Mã\nhồ sơ", *CORE[1:]], core()]),
    "quotes around everything": "\r\n".join(
        ",".join(f'"{cell}"' for cell in row) for row in (CORE, core(), ())
    ).encode(),
    "old Macintosh line ends": delimited([CORE, core()], ",", "utf-8", "\r"),
    "Unix line ends": delimited([CORE, core()], ",", "utf-8", "\n"),
    "delimiters after the last cell": delimited([[*CORE, "", ""], [*core(), "", ""]], ";"),
    "blank lines between": delimited([CORE, [], core(), [], []]),
    "a byte-order mark and tabs": delimited([CORE, core()], "\t", "utf-8-sig"),
}


@pytest.mark.parametrize("content", HEADERS_OF_TEXT.values(), ids=HEADERS_OF_TEXT)
def test_a_text_file_is_read_however_a_program_wrote_it(content: bytes) -> None:
    reading = read(content, "thu.csv")
    assert ([each.code for each in reading.reported], reading.rejected) == ([CODE], [])


@pytest.mark.parametrize("cut", ["c4", "e1bb", "eda0", "f09f98"])
def test_a_last_letter_that_is_cut_costs_no_line_before_it(cut: str) -> None:
    reading = read(delimited([CORE, core()], encoding="utf-8") + bytes.fromhex(cut), "thu.csv")
    assert ([each.code for each in reading.reported], reading.rejected) == ([CODE], [])


NUMBERS = {
    "a code of a procedure that lost its zero": ("Mã TTHC", 1.00408, "procedure_code", None, "1.00408"),
    "a code of a procedure that is text": ("Mã TTHC", "1.004080", "procedure_code", "1.004080", ""),
    "a code of a procedure that is whole": ("Mã TTHC", 2000815.0, "procedure_code", "2000815", ""),
    "a mobile number that lost its zero": ("Số điện thoại", 900000001.0, "phone", "0900000001", ""),
    "a landline that lost its zero": ("Số điện thoại", 2363000001.0, "phone", "02363000001", ""),
    "days as a number": ("Số ngày giải quyết", 5.0, "time_limit", None, ""),
}


@pytest.mark.parametrize(("heading", "cell", "field", "value", "said"), NUMBERS.values(), ids=NUMBERS)
def test_a_number_that_lost_its_zeros_does_not_pass_silently(
    heading: str, cell: Any, field: str, value: Any, said: str
) -> None:
    reading = read(xlsx([[*CORE, heading], [*core(), cell]]))
    facts = reading.reported[0].facts
    if value is not None:
        assert facts[field] == value
    if said:
        assert field not in facts  # left out: what is known of it stays
        assert (
            f"cột “{heading}”: “{said}” là số hoặc ngày, bảng tính có thể đã bỏ mất chữ số"
            in reading.warnings[0]
        )
    else:
        assert reading.warnings == []


def test_a_number_of_an_identity_card_is_in_the_raw_row_only() -> None:
    reading = read(xlsx([[*CORE, "Số CCCD"], [*core(), 1200000001.0]]))
    assert reading.reported[0].raw["Số CCCD"] == "1200000001"
    assert "1200000001" not in map(str, reading.reported[0].facts.values())


MIXED_DATES = [date(2026, 11, 2), "02/11/2026", "2/11/2026", "02-11-2026 08:30", "2026-11-02T08:30:15.000+07:00",
               "20261102083015", 46328, "2026-11-02 00:00:00", "02/11/2026 08:30:15"]  # fmt: skip


def test_every_way_to_write_a_date_in_one_column() -> None:
    rows = [core(f"H{n}", received=cell) for n, cell in enumerate(MIXED_DATES)]
    reading = read(xlsx([CORE, *rows]))
    assert reading.rejected == []
    assert {each.facts["received_at"].date() for each in reading.reported} == {date(2026, 11, 2)}


def test_a_two_digit_year_is_rejected_with_its_row_and_the_others_are_taken() -> None:
    reading = read(xlsx([CORE, core("H1"), core("H2", received="02/11/26")]))
    assert [each.code for each in reading.reported] == ["H1"]
    assert (reading.rejected[0].place.row, reading.rejected[0].column) == (3, "Ngày tiếp nhận")
    assert "hai chữ số" in reading.rejected[0].reason


def test_a_present_but_empty_cell_is_told_and_an_absent_column_is_not() -> None:
    empty = read(xlsx([CORE, core(promised="")])).reported[0].facts
    absent = read(xlsx([CORE[:3], core()[:3]])).reported[0].facts
    assert empty["promised_at"] is None
    assert "promised_at" not in absent


LOCKED = struct.pack("<HHHHH", 0x002F, 6, 0, 0x1234, 0x5678)  # FILEPASS: the stream behind it is scrambled


def test_an_old_workbook_with_a_password_is_refused_with_its_cure() -> None:
    content = bytearray(xls([CORE, core()]))
    at = content.index(struct.pack("<HH", 0x0042, 2))  # the record after the opening one
    locked = bytes(content[:at]) + LOCKED + bytes(content[at : len(content) - len(LOCKED)])
    with pytest.raises(SourceError, match=r"kin\.xls: .*(mật khẩu|lưu lại)"):
        read(locked, "kin.xls")


FALSE_FRIENDS = {
    "a table of HTML": b"<table><tr><td>M\xc3\xa3 h\xe1\xbb\x93 s\xc6\xa1</td></tr></table>",
    "XML of an older Excel": b"<?xml version='1.0'?>\n<?mso-application progid='Excel.Sheet'?><Workbook/>",
    "a page of a login": b"\n\n<!DOCTYPE html><html><body>\xc4\x90\xc4\x83ng nh\xe1\xba\xadp</body></html>",
}


@pytest.mark.parametrize("content", FALSE_FRIENDS.values(), ids=FALSE_FRIENDS)
@pytest.mark.parametrize("name", ["xuat.xls", "xuat.xlsx", "xuat.csv"])
def test_a_page_that_is_called_a_spreadsheet(content: bytes, name: str) -> None:
    with pytest.raises(SourceError, match=r"là trang HTML/XML, không phải bảng tính; hãy mở bằng Excel"):
        read(content, name)
    with pytest.raises(SourceError, match="là trang HTML/XML"):
        propose(name, content, 10)


def test_hidden_rows_several_sheets_and_a_blank_first_column_at_once() -> None:
    table = [["", *CORE], ["", *core("H1")], ["", *core("H2")]]
    other = [["", *row] for row in ([*CORE], core("H3"))]
    reading = read(workbook({"Một": table, "Hai": other}, hide=[1]))
    assert sorted(each.code for each in reading.reported) == ["H1", "H2", "H3"]


def test_the_profile_of_a_file_says_how_its_dates_are_written(tmp_path: Any) -> None:
    file = tmp_path / "rieng.toml"
    file.write_text('based_on = "desk-export"\ndate_order = "month first"\n', encoding="utf-8")
    reading = read(xlsx([CORE, core(received="11/02/2026", promised="11/09/2026")]), profile=str(file))
    assert reading.reported[0].facts["received_at"] == moment("2026-11-02")
    assert profile(profile=str(file)).date_order == "month first"
