"""The page around a table of figures: title and period above it, rates, notes and signatures below.

A4 landscape, one page wide, the header repeated on every page. Layout: Thông tư 09/2026/TT-BTP, Biểu 07a.
"""

from dataclasses import dataclass
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from latewatch.domain.hours import END_OF_DAY
from latewatch.domain.tally.rates import show_rate
from latewatch.domain.tally.table import Tally
from latewatch.reports.table import LABEL_COLUMNS, Column, Table
from latewatch.reports.workbook import LINE, data_text, height, style

HEADER_ROW = 6
A4 = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands on the sheet apart from the figures."""

    sheet: str
    number: str
    title: str
    label: str
    label_width: float
    columns: tuple[Column, ...]
    receiver: str = ""
    notes: tuple[str, ...] = ()


def draw(book: Workbook, page: Page, tally: Tally, office_name: str) -> None:
    """Draw `tally` on a new sheet of `book`."""
    sheet = book.add_worksheet(page.sheet)
    table = Table(book, sheet, HEADER_ROW, page.label, page.columns, page.label_width)
    _set_up(sheet, page, table)
    _Head(book, sheet, page).draw(tally, office_name)
    after = table.draw(tally.rows, tally.total)
    last = _Foot(book, sheet, page).draw(after + 1, tally)
    sheet.print_area(0, 0, last, _last_column(page))


def _last_column(page: Page) -> int:
    return LABEL_COLUMNS + len(page.columns) - 1


def _set_up(sheet: Worksheet, page: Page, table: Table) -> None:
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(left=0.5, right=0.4, top=0.45, bottom=0.5)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.repeat_rows(table.top, table.first_row - 1)
    sheet.freeze_panes(table.first_row, LABEL_COLUMNS)
    sheet.set_footer('&C&"Times New Roman"&9Trang &P/&N')
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 5)
    sheet.set_column(1, 1, page.label_width)
    for index, column in enumerate(page.columns, start=LABEL_COLUMNS):
        sheet.set_column(index, index, column.width)
    for level, lines in enumerate((2, 2, 3)):
        sheet.set_row(table.top + level, lines * LINE)


@dataclass(slots=True)
class _Head:
    """Three blocks side by side: form number, title with period, who reports to whom."""

    book: Workbook
    sheet: Worksheet
    page: Page

    def draw(self, tally: Tally, office_name: str) -> None:
        period = tally.period
        last = _last_column(self.page)
        left, right = 2, last - max(4, last // 4)
        title = style(self.book, bold=True, font_size=12, align="center")
        centre = style(self.book, bold=True, align="center")
        italic = style(self.book, italic=True, align="center")
        self.sheet.merge_range(0, 0, 0, 1, self.page.number, style(self.book, bold=True))
        self.sheet.merge_range(0, left, 1, right, self.page.title, title)
        self.sheet.merge_range(2, left, 2, right, f"Kỳ báo cáo: {period.title}", centre)
        dates = f"(Từ ngày {period.first:%d/%m/%Y} đến ngày {period.last:%d/%m/%Y})"
        self.sheet.merge_range(3, left, 3, right, dates, italic)
        reporter = f"Đơn vị báo cáo:\n{office_name}"
        self.sheet.merge_range(0, right + 1, 1, last, reporter, data_text(self.book))
        if self.page.receiver:
            receiver = f"Đơn vị nhận báo cáo:\n{self.page.receiver}"
            self.sheet.merge_range(2, right + 1, 3, last, receiver, style(self.book))
        unit = style(self.book, italic=True, align="right", text_wrap=False)
        self.sheet.merge_range(5, right + 1, 5, last, "Đơn vị tính: Số hồ sơ TTHC", unit)
        for row, lines in enumerate((1.6, 1.6, 1.2, 1.2, 0.3, 1.2)):
            self.sheet.set_row(row, lines * LINE)


@dataclass(slots=True)
class _Foot:
    """Rates with their formulas, notes, and the place for signatures."""

    book: Workbook
    sheet: Worksheet
    page: Page

    def draw(self, row: int, tally: Tally) -> int:
        """Draw from `row` on; return the last row used."""
        row = self._line(row, "Tỷ lệ đúng hạn (mỗi tỷ lệ có cách tính riêng, ghi ngay bên cạnh):", bold=True)
        for rate in tally.rates:
            row = self._line(row, f"- {rate.name}: {rate.formula} = {show_rate(rate)}")
        row = self._line(row, "Ghi chú:", bold=True)
        for note in (_as_of(tally.as_of), *self.page.notes, *tally.notes):
            row = self._line(row, f"- {note}")
        return self._signatures(row + 1)

    def _line(self, row: int, text: str, *, bold: bool = False) -> int:
        width = 5 + self.page.label_width + sum(column.width for column in self.page.columns)
        last = _last_column(self.page)
        self.sheet.merge_range(row, 0, row, last, text, style(self.book, bold=bold))
        self.sheet.set_row(row, height(text, width))
        return row + 1

    def _signatures(self, row: int) -> int:
        last = _last_column(self.page)
        middle = last // 2
        bold = style(self.book, bold=True, align="center")
        italic = style(self.book, italic=True, align="center")
        place = "…………, ngày …… tháng …… năm ……"
        self.sheet.merge_range(row, middle + 1, row, last, place, italic)
        for left, right, title, hint in (
            (0, middle, "NGƯỜI LẬP BIỂU", "(Ký, ghi rõ họ tên)"),
            (middle + 1, last, "THỦ TRƯỞNG ĐƠN VỊ", "(Ký, ghi rõ họ tên, đóng dấu)"),
        ):
            self.sheet.merge_range(row + 1, left, row + 1, right, title, bold)
            self.sheet.merge_range(row + 2, left, row + 2, right, hint, italic)
        return row + 6


def _as_of(instant: datetime) -> str:
    if instant.time() == END_OF_DAY:
        return f"Số liệu tính đến hết ngày {instant:%d/%m/%Y}."
    return f"Số liệu tính đến {instant:%H:%M ngày %d/%m/%Y}."
