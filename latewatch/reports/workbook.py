"""What every workbook shares: text stays text, Times New Roman, the same figures give the same bytes."""

import textwrap
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "default_format_properties": {"font_name": "Times New Roman", "font_size": 11},
}
# Written as the file format wants it; Vietnamese programs show 1.234 and 12,50.
WHOLE = "[$-42A]#,##0"
TWO_PLACES = "[$-42A]#,##0.00"
DATE = "dd/mm/yyyy"
LINE = 14.0  # points


def options(**other: bool) -> dict[str, Any]:
    """Return the options of a new workbook, for it alone: the writer changes them."""
    return deepcopy(OPTIONS) | other


def build(draw: Callable[[Workbook], None], *, title: str, created: datetime) -> bytes:
    """Return the workbook that `draw` fills. The same figures give the same bytes: no clock is read."""
    buffer = BytesIO()
    with Workbook(buffer, options()) as book:
        book.set_properties({"title": title, "created": created.astimezone(UTC).replace(tzinfo=None)})
        draw(book)
    return buffer.getvalue()


def style(book: Workbook, **properties: Any) -> Format:
    """Return a cell format; vertical middle and wrapping unless `properties` say otherwise."""
    return book.add_format({"valign": "vcenter", "text_wrap": True} | properties)


def data_text(book: Workbook, **properties: Any) -> Format:
    """Return the format of text from a source: it stays text even after a person edits the cell."""
    return style(book, quote_prefix=True, num_format="@", **properties)


def height(text: str, width: float) -> float:
    """Return the points a row needs for `text` in a column `width` wide; not every program fits rows."""
    lines = sum(len(textwrap.wrap(line, max(int(width) - 1, 8))) or 1 for line in text.split("\n"))
    return LINE * lines + 2
