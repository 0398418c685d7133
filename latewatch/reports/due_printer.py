"""The sheet “Phiếu giải trình thời hạn giải quyết” as PDF, on one page: the same sheet, the same bytes."""

from dataclasses import dataclass, fields, replace
from math import ceil
from pathlib import Path
from typing import Any

from latewatch.domain.letters.letter import Letterhead
from latewatch.errors import SheetError
from latewatch.paper.folders import Templates
from latewatch.paper.printer import TemplatePrinter
from latewatch.paper.wording import clean_text
from latewatch.reports.due_sheet import (
    STAGE_HEADINGS,
    WHAT_IF,
    DueSheet,
    calendar_line,
    conclusion_of,
    exceptions_of,
    facts_of,
    interruptions_of,
    stage_rows,
)
from latewatch.reports.weeks import Week, legend_of, weeks_of
from latewatch.shipped import shipped

TITLE = "Phiếu giải trình thời hạn giải quyết"
TEMPLATE, STYLE = "giai-trinh.html", "giai-trinh.css"


@dataclass(frozen=True, slots=True)
class Layout:
    """How tightly the calendar is set: side by side in `columns`, and in rows of a `size` the style knows.

    `most` weeks fit well; `joins` draws weeks that are alike as one, `exceptions` cuts their list.
    """

    columns: int
    size: str
    most: int
    joins: bool = False
    exceptions: int = 99


LAYOUTS = (
    Layout(1, "large", 6),
    Layout(2, "large", 12),
    Layout(2, "medium", 18),
    Layout(3, "medium", 36),
    Layout(3, "small", 48),
    Layout(4, "small", 64),
    Layout(4, "tiny", 72),
    Layout(3, "medium", 999, joins=True),
    Layout(3, "small", 999, joins=True),
    Layout(4, "tiny", 999, joins=True),
    Layout(4, "tiny", 999, joins=True, exceptions=20),
    Layout(4, "tiny", 999, joins=True, exceptions=6),
)
"""From the roomiest to the tightest: the first that keeps the sheet on one page is taken."""


class DueSheetPrinter:
    """Prints sheets. A file of the office's own folder wins over the shipped one of the same name."""

    def __init__(self, office_templates: Path | None = None) -> None:
        if office_templates is not None and not office_templates.is_dir():
            raise SheetError(f"{office_templates}: không có thư mục mẫu này; xem [letters] templates.")
        folders = (office_templates, shipped("templates", "reports"))
        self._printer = TemplatePrinter(Templates.of("mẫu phiếu", SheetError, *folders), STYLE)

    def pdf(self, sheet: DueSheet) -> bytes:
        """Return the sheet as PDF. Raises SheetError naming the template and what is wrong with it."""
        html = ""
        for layout in _fitting(sheet):
            html = self._printer.html(TEMPLATE, **_content(sheet, layout))
            if len(self._printer.laid_out(TEMPLATE, html).pages) == 1:
                break
        return self._printer.pdf(TEMPLATE, html)


def _fitting(sheet: DueSheet) -> list[Layout]:
    weeks = len(weeks_of(sheet.account, sheet.steps, joins=False))
    return [layout for layout in LAYOUTS if weeks <= layout.most]


def _content(sheet: DueSheet, layout: Layout) -> dict[str, Any]:
    steps, account = sheet.steps, sheet.account
    exceptions = exceptions_of(sheet)
    more = len(exceptions) - layout.exceptions
    return {
        "title": TITLE,
        "subject": f"Hồ sơ mã số {clean_text(sheet.code)}" if sheet.code else WHAT_IF,
        "head": _cleaned(sheet.head),
        "dated": sheet.made_at.date(),
        "facts": facts_of(sheet),
        "size": layout.size,
        "columns": _columns(weeks_of(account, steps, joins=layout.joins), layout.columns),
        "legend": legend_of(account, steps),
        "exceptions": exceptions[: layout.exceptions],
        "more": max(0, more),
        "interruptions": interruptions_of(sheet),
        "stage_headings": STAGE_HEADINGS,
        "stages": stage_rows(sheet),
        "conclusion": conclusion_of(sheet),
        "calendar": calendar_line(sheet),
        "doubts": [clean_text(each) for each in sheet.doubts],
    }


def _columns(weeks: list[Week], count: int) -> list[list[Week]]:
    """Deal the weeks into columns of equal height, read from top to bottom."""
    height = max(1, ceil(len(weeks) / count))
    return [weeks[start : start + height] for start in range(0, len(weeks), height)]


def _cleaned(head: Letterhead) -> Letterhead:
    return replace(head, **{field.name: clean_text(getattr(head, field.name)) for field in fields(head)})
