"""A table of figures: header of several levels, column numbers, rows, total. Sums are live formulas."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from latewatch.domain.tally.counts import Counts
from latewatch.reports.workbook import TWO_PLACES, WHOLE, data_text, height, style

LABEL_COLUMNS = 2  # STT and the label


@dataclass(frozen=True, slots=True)
class Column:
    """One column of figures.

    `headings` go from the top down; where they end early the lowest is merged down. `formula` names other
    columns as `{c4}`: it computes the cell, and is printed in the row of column numbers as `(4)` unless
    `printed` says it better. Without a formula the total sums the rows.
    """

    number: str
    headings: tuple[str, ...]
    figure: Callable[[Counts], float | str]
    formula: str = ""
    printed: str = ""
    width: float = 9.0
    places: int = 0


@dataclass(frozen=True, slots=True)
class Span:
    """A heading and the cells it covers, counted from the table's first header cell."""

    text: str
    top: int
    left: int
    bottom: int
    right: int


def header_spans(columns: list[tuple[str, ...]]) -> Iterator[Span]:
    """Yield the headings: neighbours alike from the top down share a cell, the lowest reaches the bottom."""
    depth = max(len(headings) for headings in columns)
    for level in range(depth):
        numbered = enumerate(columns)
        for above, group in groupby(numbered, key=lambda pair: pair[1][: level + 1]):
            places = [index for index, _ in group]
            if len(above) == level + 1:
                alone = all(len(columns[index]) == level + 1 for index in places)
                yield Span(above[-1], level, places[0], depth - 1 if alone else level, places[-1])


def column_number(column: Column, printed: Mapping[str, str]) -> str:
    """Return `(3)=(4)+(5)…` with line breaks before an operator, so that no number is cut in two."""
    formula = column.printed or column.formula.format_map(printed)
    lines = [f"({column.number})" + ("=" if formula else "")]
    for term in re.split(r"(?=[+÷×])", formula) if formula else []:
        if len(lines[-1]) + len(term) <= column.width * 1.25:
            lines[-1] += term
        else:
            lines.append(term)
    return "\n".join(lines)


class _Shapes:
    """The formats of the rows, made once a table."""

    def __init__(self, book: Workbook) -> None:
        self.number = style(book, align="center", border=1)
        self.label = data_text(book, border=1, indent=1)
        self._figures = {
            (places, bold): style(book, border=1, text_wrap=False, bold=bold, num_format=shape, **side)
            for places, shape, side in (
                (0, WHOLE, {"align": "right", "indent": 1}),
                (2, TWO_PLACES, {"align": "center"}),
            )
            for bold in (False, True)
        }

    def figure(self, column: Column, *, bold: bool = False) -> Format:
        return self._figures[column.places, bold]


@dataclass(slots=True)
class Table:
    """Draws one table from `top` on; rows count from 0 as the writer does."""

    book: Workbook
    sheet: Worksheet
    top: int
    label: str
    columns: tuple[Column, ...]
    label_width: float
    shapes: _Shapes = field(init=False)

    def __post_init__(self) -> None:
        self.shapes = _Shapes(self.book)

    @property
    def depth(self) -> int:
        return max(len(column.headings) for column in self.columns)

    @property
    def first_row(self) -> int:
        """The row of the first label: below the header and the row of column numbers."""
        return self.top + self.depth + 1

    def draw(self, rows: Mapping[str, Counts], total: Counts) -> int:
        """Draw everything; return the row after the total."""
        self._header()
        self._numbers()
        for index, (label, counts) in enumerate(rows.items()):
            self._row(self.first_row + index, index + 1, label, counts)
        bottom = self.first_row + len(rows)
        if not rows:
            self._nothing(bottom)
            bottom += 1
        self._total(bottom, total, len(rows))
        return bottom + 1

    def _header(self) -> None:
        bold = style(self.book, bold=True, align="center", border=1, bg_color="#EDEDED")
        headings = [("STT",), (self.label,), *(column.headings for column in self.columns)]
        for span in header_spans(headings):
            top, bottom = self.top + span.top, self.top + span.bottom
            if (top, span.left) == (bottom, span.right):
                self.sheet.write_string(top, span.left, span.text, bold)
            else:
                self.sheet.merge_range(top, span.left, bottom, span.right, span.text, bold)

    def _numbers(self) -> None:
        italic = style(self.book, italic=True, align="center", border=1, font_size=9)
        printed = {f"c{column.number}": f"({column.number})" for column in self.columns}
        texts = ["(1)", "(2)", *(column_number(column, printed) for column in self.columns)]
        for index, text in enumerate(texts):
            self.sheet.write_string(self.first_row - 1, index, text, italic)
        lines = 1 + max(text.count("\n") for text in texts)
        self.sheet.set_row(self.first_row - 1, 12.0 * lines + 4)

    def _row(self, row: int, number: int, label: str, counts: Counts) -> None:
        self.sheet.write_number(row, 0, number, self.shapes.number)
        self.sheet.write_string(row, 1, label, self.shapes.label)
        self.sheet.set_row(row, height(label, self.label_width))
        for index, column in enumerate(self.columns):
            self._figure(
                row, LABEL_COLUMNS + index, column, column.figure(counts), self.shapes.figure(column)
            )

    def _figure(self, row: int, at: int, column: Column, value: float | str, shape: Format) -> None:
        if column.formula:
            cells = {
                f"c{other.number}": xl_rowcol_to_cell(row, LABEL_COLUMNS + index)
                for index, other in enumerate(self.columns)
            }
            self.sheet.write_formula(row, at, "=" + column.formula.format_map(cells), shape, value)
        else:
            self.sheet.write(row, at, value, shape)

    def _total(self, row: int, total: Counts, count: int) -> None:
        bold = style(self.book, bold=True, align="center", border=1)
        self.sheet.merge_range(row, 0, row, LABEL_COLUMNS - 1, "TỔNG CỘNG", bold)
        for index, column in enumerate(self.columns):
            at, shape, value = (
                LABEL_COLUMNS + index,
                self.shapes.figure(column, bold=True),
                column.figure(total),
            )
            if column.formula or not count:
                self._figure(row, at, column, value, shape)
            else:
                cells = xl_range(self.first_row, at, row - 1, at)
                self.sheet.write_formula(row, at, f"=SUM({cells})", shape, value)

    def _nothing(self, row: int) -> None:
        last = LABEL_COLUMNS + len(self.columns) - 1
        plain = style(self.book, italic=True, align="center", border=1)
        self.sheet.merge_range(row, 0, row, last, "Không có hồ sơ nào được tính trong kỳ này.", plain)
