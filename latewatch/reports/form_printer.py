"""A table of figures as PDF, in the layout of its form: A4 landscape, its header on every page."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby
from pathlib import Path
from typing import Any

from latewatch.domain.tally.columns import NOTHING, Column, Share, values_of
from latewatch.domain.tally.counts import Counts
from latewatch.domain.tally.layout import Layout
from latewatch.domain.tally.table import TOTAL, Tally
from latewatch.errors import SheetError
from latewatch.paper.folders import Templates
from latewatch.paper.limits import TABLE
from latewatch.paper.printer import TemplatePrinter
from latewatch.paper.wording import clean_text
from latewatch.reports.form_words import (
    NO_ROWS,
    NOTES,
    RATES,
    dates_line,
    note_lines,
    rate_lines,
    rule_lines,
)
from latewatch.reports.table import MANY, Span, header_spans, label_width, number_terms, width_of
from latewatch.shipped import shipped

TEMPLATE, STYLE = "bieu.html", "bieu.css"
_STT_WIDTH = 6.0


class FormPrinter:
    """Prints forms. A file of the office's own folder wins over the shipped one of the same name."""

    def __init__(self, office_templates: Path | None = None) -> None:
        if office_templates is not None and not office_templates.is_dir():
            raise SheetError(f"{office_templates}: không có thư mục mẫu này; xem [letters] templates.")
        folders = (office_templates, shipped("templates", "reports"))
        templates = Templates.of("mẫu biểu", SheetError, *folders)
        self._printer = TemplatePrinter(templates, STYLE, limits=TABLE)

    def pdf(self, layout: Layout, tally: Tally, *, office_name: str) -> bytes:
        """Return the form as PDF; the same figures give the same bytes. Raises SheetError."""
        html = self._printer.html(TEMPLATE, **_content(layout, tally, office_name))
        return self._printer.pdf(TEMPLATE, html)


def _content(layout: Layout, tally: Tally, office_name: str) -> dict[str, Any]:
    named, *choices = rule_lines(tally.rule)
    return {
        "number": layout.number,
        "title": layout.title,
        "period": tally.period.title,
        "dates": dates_line(tally.period),
        "reporter": clean_text(office_name),
        "receiver": layout.receiver,
        "counted": layout.counted,
        "dated": tally.as_of.date(),
        "widths": _widths(layout),
        "size": _size(layout),
        "header": _header(layout),
        "numbers": [["(1)"], ["(2)"], *(number_terms(each) for each in layout.columns)],
        "parts": _parts(layout, tally),
        "span": len(layout.columns) + 2,
        "nothing": NO_ROWS,
        "total_label": TOTAL,
        "total": _cells(layout.columns, tally.total),
        "rates": rate_lines(tally),
        "rates_heading": RATES,
        "rule": named,
        "choices": choices,
        "notes_heading": NOTES,
        "notes": [clean_text(each) for each in note_lines(layout, tally)],
    }


def _widths(layout: Layout) -> list[str]:
    widths = [_STT_WIDTH, label_width(layout), *(width_of(layout, each) for each in layout.columns)]
    return [f"{100 * width / sum(widths):.2f}%" for width in widths]


def _size(layout: Layout) -> str:
    """Return how large the table is set: many columns are set small."""
    return "small" if len(layout.columns) > MANY else "large"


def _header(layout: Layout) -> list[list[dict[str, Any]]]:
    """Return the header row by row: each heading with the columns and rows it covers."""
    headings = [("STT",), (layout.by.value,), *(each.headings for each in layout.columns)]
    spans = sorted(header_spans(headings), key=lambda span: (span.top, span.left))
    return [[_heading(span) for span in row] for _, row in groupby(spans, key=lambda span: span.top)]


def _heading(span: Span) -> dict[str, Any]:
    return {
        "text": span.text,
        "columns": span.right - span.left + 1,
        "rows": span.bottom - span.top + 1,
    }


def _parts(layout: Layout, tally: Tally) -> list[dict[str, Any]]:
    return [
        {
            "numeral": section.numeral if section else "",
            "title": section.title if section else "",
            "rows": [
                {"label": clean_text(label), "cells": _cells(layout.columns, row)}
                for label, row in rows.items()
            ],
        }
        for section, rows in layout.parts(tally.rows)
    ]


def _cells(columns: Sequence[Column | Share], row: Counts) -> list[str]:
    return [_shown(value) for value in values_of(columns, row).values()]


def _shown(value: int | Decimal | None) -> str:
    """Write a figure as a Vietnamese reader does: `1.234`, `97,64`."""
    if value is None:
        return NOTHING
    if isinstance(value, Decimal):
        return f"{value}".replace(".", ",")
    return f"{value:,}".replace(",", ".")
