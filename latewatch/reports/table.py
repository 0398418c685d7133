"""A table of figures: headings, column numbers, sections, rows, total. Sums are live formulas."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from latewatch.domain.tally.columns import NOTHING, Column, Share, formula_of, values_of
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.layout import By, Layout, Section
from latewatch.domain.tally.table import TOTAL, Tally
from latewatch.reports.form_words import NO_ROWS
from latewatch.reports.workbook import TWO_PLACES, WHOLE, data_text, height, style

LABEL_COLUMNS = 2  # STT and the label
_WIDTHS = {By.PROCEDURE: 52.0}
LABEL_WIDTH = 34.0


MANY = 16  # columns; more are drawn narrower, so that print stays readable


def width_of(layout: Layout, column: Column | Share) -> float:
    """Return how wide a column is drawn, in characters."""
    is_narrow = len(layout.columns) > MANY
    if isinstance(column, Share):
        return 12.0 if is_narrow else 15.0
    if len(column.headings) == 1:
        return 13.5
    if column.sums:
        return 8.5 if is_narrow else 11.0
    if is_narrow:
        return 7.5
    return 10.5 if len(column.headings[-1]) > 10 else 9.0


def label_width(layout: Layout) -> float:
    """Return how wide the labels are drawn, in characters."""
    if len(layout.columns) > MANY:
        return 28.0
    return _WIDTHS.get(layout.by, LABEL_WIDTH)


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


def number_terms(column: Column | Share) -> list[str]:
    """Return `(3)=`, `(4)`, `+(5)` …: what the row of column numbers may break between, and not within."""
    formula = formula_of(column)
    first = f"({column.number})" + ("=" if formula else "")
    return [first, *(re.split(r"(?=[+÷×])", formula) if formula else [])]


def column_number(column: Column | Share, width: float) -> str:
    """Return `(3)=(4)+(5)…` with line breaks before an operator, so that no number is cut in two."""
    first, *terms = number_terms(column)
    lines = [first]
    for term in terms:
        if len(lines[-1]) + len(term) <= width * 1.25:
            lines[-1] += term
        else:
            lines.append(term)
    return "\n".join(lines)


class _Shapes:
    """The formats of the rows, made once a table."""

    def __init__(self, book: Workbook) -> None:
        self.number = style(book, align="center", border=1)
        self.label = data_text(book, border=1, indent=1)
        self.section = style(book, bold=True, border=1)
        self.numeral = style(book, bold=True, align="center", border=1)
        self.nothing = style(book, italic=True, align="center", border=1)
        self._figures = {
            (is_share, bold): style(book, border=1, text_wrap=False, bold=bold, num_format=shape, **side)
            for is_share, shape, side in (
                (False, WHOLE, {"align": "right", "indent": 1}),
                (True, TWO_PLACES, {"align": "center"}),
            )
            for bold in (False, True)
        }

    def figure(self, column: Column | Share, *, bold: bool = False) -> Format:
        return self._figures[isinstance(column, Share), bold]


@dataclass(slots=True)
class Table:
    """Draws one table from `top` on; rows count from 0 as the writer does."""

    book: Workbook
    sheet: Worksheet
    top: int
    layout: Layout
    shapes: _Shapes = field(init=False)

    def __post_init__(self) -> None:
        self.shapes = _Shapes(self.book)

    @property
    def columns(self) -> Sequence[Column | Share]:
        return self.layout.columns

    @property
    def depth(self) -> int:
        return max(len(column.headings) for column in self.columns)

    @property
    def first_row(self) -> int:
        """The row of the first label: below the header and the row of column numbers."""
        return self.top + self.depth + 1

    @property
    def last_column(self) -> int:
        return LABEL_COLUMNS + len(self.columns) - 1

    def draw(self, tally: Tally) -> int:
        """Draw everything; return the row after the total."""
        self._header()
        self._numbers()
        row, spans = self.first_row, []
        for section, rows in self.layout.parts(tally.rows):
            if section:
                self._section(row, section)
                row += 1
            if rows:
                spans.append((row, row + len(rows) - 1))
            row = self._rows(row, rows)
        self._total(row, tally.total, spans)
        return row + 1

    def _header(self) -> None:
        bold = style(self.book, bold=True, align="center", border=1, bg_color="#EDEDED")
        headings = [("STT",), (self.layout.by.value,), *(column.headings for column in self.columns)]
        for span in header_spans(headings):
            top, bottom = self.top + span.top, self.top + span.bottom
            if (top, span.left) == (bottom, span.right):
                self.sheet.write_string(top, span.left, span.text, bold)
            else:
                self.sheet.merge_range(top, span.left, bottom, span.right, span.text, bold)

    def _numbers(self) -> None:
        italic = style(self.book, italic=True, align="center", border=1, font_size=9)
        texts = ["(1)", "(2)", *(column_number(each, width_of(self.layout, each)) for each in self.columns)]
        for index, text in enumerate(texts):
            self.sheet.write_string(self.first_row - 1, index, text, italic)
        lines = 1 + max(text.count("\n") for text in texts)
        self.sheet.set_row(self.first_row - 1, 12.0 * lines + 4)

    def _section(self, row: int, section: Section) -> None:
        self.sheet.write_string(row, 0, f"{section.numeral}.", self.shapes.numeral)
        self.sheet.merge_range(row, 1, row, self.last_column, section.title, self.shapes.section)

    def _rows(self, row: int, rows: Mapping[str, Counts]) -> int:
        for number, (label, counts) in enumerate(rows.items(), start=1):
            self._row(row, number, label, counts)
            row += 1
        if not rows:
            self.sheet.merge_range(row, 0, row, self.last_column, NO_ROWS, self.shapes.nothing)
            row += 1
        return row

    def _row(self, row: int, number: int, label: str, counts: Counts) -> None:
        self.sheet.write_number(row, 0, number, self.shapes.number)
        self.sheet.write_string(row, 1, label, self.shapes.label)
        self.sheet.set_row(row, height(label, label_width(self.layout)))
        values = values_of(self.columns, counts)
        for index, column in enumerate(self.columns):
            at, shape = LABEL_COLUMNS + index, self.shapes.figure(column)
            value = _shown(values[column.number])
            formula = self._formula(row, column)
            if formula:
                self.sheet.write_formula(row, at, formula, shape, value)
            else:
                self.sheet.write(row, at, value, shape)

    def _formula(self, row: int, column: Column | Share) -> str:
        """Return how a cell is made of others of its row; nothing for a figure."""

        def cell(number: str) -> str:
            places = [each.number for each in self.columns]
            return str(xl_rowcol_to_cell(row, LABEL_COLUMNS + places.index(number)))

        if isinstance(column, Share):
            parts, whole = "+".join(map(cell, column.parts)), cell(column.whole)
            return f'=IF({whole}=0,"{NOTHING}",ROUND(({parts})/{whole}*100,2))'
        return f"={'+'.join(map(cell, column.sums))}" if column.sums else ""

    def _total(self, row: int, total: Counts, spans: Sequence[tuple[int, int]]) -> None:
        bold = style(self.book, bold=True, align="center", border=1)
        self.sheet.merge_range(row, 0, row, LABEL_COLUMNS - 1, TOTAL, bold)
        values = values_of(self.columns, total)
        for index, column in enumerate(self.columns):
            at, shape = LABEL_COLUMNS + index, self.shapes.figure(column, bold=True)
            value = _shown(values[column.number])
            formula = self._formula(row, column)
            if not formula and spans:
                formula = f"=SUM({','.join(xl_range(first, at, last, at) for first, last in spans)})"
            if formula:
                self.sheet.write_formula(row, at, formula, shape, value)
            else:
                self.sheet.write(row, at, value, shape)


def _shown(value: object) -> float | str:
    """Return what the cell shows before it is computed again."""
    return NOTHING if value is None else float(str(value))
