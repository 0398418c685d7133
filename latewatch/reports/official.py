"""The page around a table of figures: title and period above it, rates, notes and signatures below.

A4 landscape, one page wide, the header repeated on every page. Layout: Thông tư 09/2026/TT-BTP, Biểu 07a.
"""

from dataclasses import dataclass

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from latewatch.domain.tally.layout import Layout
from latewatch.domain.tally.table import Tally
from latewatch.reports.form_words import NOTES, RATES, dates_line, note_lines, rate_lines, rule_lines
from latewatch.reports.table import LABEL_COLUMNS, MANY, Table, label_width, width_of
from latewatch.reports.workbook import LINE, data_text, height, style

HEADER_ROW = 6
A4 = 9


def draw(book: Workbook, layout: Layout, tally: Tally, office_name: str) -> None:
    """Draw `tally` on a new sheet of `book`."""
    sheet = book.add_worksheet(layout.sheet)
    table = Table(book, sheet, HEADER_ROW, layout)
    _set_up(sheet, layout, table)
    _Head(book, sheet, layout).draw(tally, office_name)
    after = table.draw(tally)
    last = _Foot(book, sheet, layout).draw(after + 1, tally)
    sheet.print_area(0, 0, last, _last_column(layout))


def _last_column(layout: Layout) -> int:
    return LABEL_COLUMNS + len(layout.columns) - 1


def _set_up(sheet: Worksheet, layout: Layout, table: Table) -> None:
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
    sheet.set_column(1, 1, label_width(layout))
    for index, column in enumerate(layout.columns, start=LABEL_COLUMNS):
        sheet.set_column(index, index, width_of(layout, column))
    lowest = 4.0 if len(layout.columns) > MANY else 3.0  # a narrow column breaks its heading more often
    lines = (2.0, 2.0, lowest) if table.depth > 2 else (2.5, lowest)
    for level, count in enumerate(lines[: table.depth]):
        sheet.set_row(table.top + level, count * LINE)


@dataclass(slots=True)
class _Head:
    """Three blocks side by side: form number, title with period, who reports to whom."""

    book: Workbook
    sheet: Worksheet
    layout: Layout

    def draw(self, tally: Tally, office_name: str) -> None:
        period = tally.period
        last = _last_column(self.layout)
        left, right = 2, last - max(4, last // 4)
        title = style(self.book, bold=True, font_size=12, align="center")
        centre = style(self.book, bold=True, align="center")
        italic = style(self.book, italic=True, align="center")
        self.sheet.merge_range(0, 0, 0, 1, self.layout.number, style(self.book, bold=True))
        self.sheet.merge_range(0, left, 1, right, self.layout.title, title)
        self.sheet.merge_range(2, left, 2, right, f"Kỳ báo cáo: {period.title}", centre)
        self.sheet.merge_range(3, left, 3, right, dates_line(period), italic)
        reporter = f"Đơn vị báo cáo:\n{office_name}"
        self.sheet.merge_range(0, right + 1, 1, last, reporter, data_text(self.book))
        if self.layout.receiver:
            receiver = f"Đơn vị nhận báo cáo:\n{self.layout.receiver}"
            self.sheet.merge_range(2, right + 1, 3, last, receiver, style(self.book))
        unit = style(self.book, italic=True, align="right", text_wrap=False)
        self.sheet.merge_range(5, right + 1, 5, last, f"Đơn vị tính: {self.layout.counted}", unit)
        for row, lines in enumerate((1.6, 1.6, 1.2, 1.2, 0.3, 1.2)):
            self.sheet.set_row(row, lines * LINE)


@dataclass(slots=True)
class _Foot:
    """Rates with their formulas, notes, and the place for signatures."""

    book: Workbook
    sheet: Worksheet
    layout: Layout

    def draw(self, row: int, tally: Tally) -> int:
        """Draw from `row` on; return the last row used."""
        rates = rate_lines(tally)
        row = self._lines(row, RATES, rates) if rates else row
        named, *choices = rule_lines(tally.rule)
        row = self._lines(row, named, choices)
        row = self._lines(row, NOTES, note_lines(self.layout, tally))
        return self._signatures(row + 1)

    def _lines(self, row: int, heading: str, lines: list[str]) -> int:
        row = self._line(row, heading, bold=True)
        for line in lines:
            row = self._line(row, f"- {line}")
        return row

    def _line(self, row: int, text: str, *, bold: bool = False) -> int:
        width = (
            5 + label_width(self.layout) + sum(width_of(self.layout, each) for each in self.layout.columns)
        )
        last = _last_column(self.layout)
        self.sheet.merge_range(row, 0, row, last, text, style(self.book, bold=bold))
        self.sheet.set_row(row, height(text, width))
        return row + 1

    def _signatures(self, row: int) -> int:
        last = _last_column(self.layout)
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
