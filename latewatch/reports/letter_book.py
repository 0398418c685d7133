"""The letter register as a workbook: one sheet a register and year, in the eight columns of the book.

Layout: sổ đăng ký văn bản đi, Nghị định 30/2020/NĐ-CP, Phụ lục IV. Every cell is text and stays text.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from latewatch.reports.workbook import build, data_text, height, style

HEADINGS = (
    "Số, ký hiệu văn bản",
    "Ngày tháng văn bản",
    "Tên loại và trích yếu nội dung văn bản",
    "Người ký",
    "Nơi nhận văn bản",
    "Đơn vị, người nhận bản lưu",
    "Số lượng bản",
    "Ghi chú",
)
WIDTHS = (14.0, 12.0, 42.0, 20.0, 30.0, 24.0, 8.0, 28.0)
TOP = 5  # the row of the headings
A4 = 9
LONGEST_SHEET_NAME = 31
LONGEST_TEXT = 32_767  # characters of one cell


@dataclass(frozen=True, slots=True)
class BookSheet:
    """One register's year as it is printed: `lines` have a cell for each heading."""

    register: str
    year: int
    title: str
    notes: Sequence[str]
    lines: Sequence[Sequence[str]]


def letter_book(sheets: Sequence[BookSheet], *, office_name: str, period: str, created: datetime) -> bytes:
    """Return the workbook; without an entry it has one empty sheet."""

    def draw(book: Workbook) -> None:
        for number, sheet in enumerate(sheets, start=1):
            _draw(book, book.add_worksheet(_sheet_name(sheet, number)), sheet, office_name, period)
        if not sheets:
            book.add_worksheet("Sổ trống").write_string(0, 0, f"Không có văn bản nào được cấp số {period}.")

    return build(draw, title=f"Sổ đăng ký văn bản đi, {period}", created=created)


def _sheet_name(sheet: BookSheet, number: int) -> str:
    """Return a name the format takes; the number keeps two registers apart that look alike."""
    plain = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", "-", f"{number}. {sheet.register}")
    return f"{plain[: LONGEST_SHEET_NAME - 5]} {sheet.year}"


def _draw(book: Workbook, page: Worksheet, sheet: BookSheet, office_name: str, period: str) -> None:
    _set_up(page)
    last = len(HEADINGS) - 1
    page.merge_range(0, 0, 0, 3, office_name, data_text(book, bold=True))
    title = style(book, bold=True, font_size=14, align="center")
    page.merge_range(1, 0, 1, last, "SỔ ĐĂNG KÝ VĂN BẢN ĐI", title)
    centre = data_text(book, align="center")
    page.merge_range(2, 0, 2, last, sheet.title, centre)
    page.merge_range(3, 0, 3, last, f"({period})", centre)
    heading = style(book, bold=True, align="center", border=1, bg_color="#EDEDED")
    number = style(book, italic=True, align="center", border=1, font_size=9)
    for column, text in enumerate(HEADINGS):
        page.write_string(TOP, column, text, heading)
        page.write_string(TOP + 1, column, f"({column + 1})", number)
    page.set_row(TOP, 2.6 * 14)
    after = _lines(book, page, sheet)
    for row, note in enumerate(sheet.notes, start=after + 1):
        page.merge_range(row, 0, row, last, note, data_text(book, italic=True))
    page.print_area(0, 0, after + len(sheet.notes), last)


def _set_up(page: Worksheet) -> None:
    page.set_landscape()
    page.set_paper(A4)
    page.set_margins(left=0.5, right=0.4, top=0.5, bottom=0.5)
    page.fit_to_pages(1, 0)
    page.repeat_rows(TOP, TOP + 1)
    page.freeze_panes(TOP + 2, 1)
    page.set_footer('&C&"Times New Roman"&9Trang &P/&N')
    page.hide_gridlines(2)
    for column, width in enumerate(WIDTHS):
        page.set_column(column, column, width)


def _lines(book: Workbook, page: Worksheet, sheet: BookSheet) -> int:
    """Write the entries; return the row after them."""
    text = data_text(book, border=1, indent=1)
    centred = data_text(book, border=1, align="center")
    for row, line in enumerate(sheet.lines, start=TOP + 2):
        for column, cell in enumerate(line):
            shape = centred if column in (0, 1, 6) else text
            page.write_string(row, column, cell[:LONGEST_TEXT], shape)
        heights = (height(cell, width) for cell, width in zip(line, WIDTHS, strict=True))
        page.set_row(row, min(max(heights), 400.0))
    return TOP + 2 + len(sheet.lines)
