"""Rows that were set aside as a workbook: the reason beside each, ready to be corrected and read again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from latewatch.reports.workbook import data_text, options, style

MOST_ROWS = 1_000_000  # of one sheet; the format ends soon after
LONGEST_TEXT = 32_767  # characters of one cell, likewise
BLAME = "#FFD966"
WIDTHS = (60.0, 22.0, 14.0)  # of the columns that say what is wrong
WIDTH = 18.0


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row as it is to be corrected: `notes` say what is wrong, `blamed` are the cells that are."""

    notes: tuple[str, ...]
    texts: tuple[str, ...]
    blamed: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class RejectedSheet:
    """The rows of one sheet below their own headings; `notes` are the headings of what is wrong with them."""

    name: str
    notes: tuple[str, ...]
    headings: tuple[str, ...]
    rows: Sequence[RejectedRow]


def rejected_workbook(sheets: Sequence[RejectedSheet], created: datetime) -> bytes:
    """Return the workbook. Every cell is text, filled or not, and stays so when a person writes into it."""
    buffer = BytesIO()
    with Workbook(buffer, options(in_memory=False, constant_memory=True)) as book:
        at = created.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": "Dòng bị gác lại", "created": at})
        shapes = _Shapes(book)
        for sheet in sheets:
            for part, start in enumerate(range(0, len(sheet.rows), MOST_ROWS), start=1):
                name = sheet.name if part == 1 else f"{sheet.name[:26]} ({part})"
                _draw(book.add_worksheet(name), sheet, sheet.rows[start : start + MOST_ROWS], shapes)
    return buffer.getvalue()


class _Shapes:
    """The formats of the cells, made once a workbook."""

    def __init__(self, book: Workbook) -> None:
        self.heading = style(book, bold=True, border=1, bg_color="#EDEDED")
        self.note = data_text(book, font_color="#7F6000")
        self.text = book.add_format({"num_format": "@", "quote_prefix": True})
        self.blamed = book.add_format({"num_format": "@", "quote_prefix": True, "bg_color": BLAME})


def _draw(page: Worksheet, sheet: RejectedSheet, rows: Sequence[RejectedRow], shapes: _Shapes) -> None:
    headings = (*sheet.notes, *sheet.headings)
    page.freeze_panes(1, len(sheet.notes))
    page.set_column(0, len(headings) - 1, WIDTH)
    for column, width in enumerate(WIDTHS[: len(sheet.notes)]):
        page.set_column(column, column, width)
    for column, heading in enumerate(headings):
        page.write_string(0, column, heading, shapes.heading)
    for at, row in enumerate(rows, start=1):
        _write_row(page, at, row, len(sheet.headings), shapes)


def _write_row(page: Worksheet, at: int, row: RejectedRow, width: int, shapes: _Shapes) -> None:
    for column, text in enumerate(row.notes):
        _write(page, at, column, text, shapes.note)
    for column in range(width):
        text = row.texts[column] if column < len(row.texts) else ""
        shape = shapes.blamed if column in row.blamed else shapes.text
        _write(page, at, len(row.notes) + column, text, shape)


def _write(page: Worksheet, row: int, column: int, text: str, shape: Format) -> None:
    if text:
        page.write_string(row, column, text[:LONGEST_TEXT], shape)
    else:
        page.write_blank(row, column, None, shape)
