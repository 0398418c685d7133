"""A unit's file for print: its letters, and on top the list to tick and sign when they are handed over."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import date
from math import ceil

from latewatch.config import Letters
from latewatch.errors import LetterError
from latewatch.letters.pack import packed
from latewatch.letters.print_parts import ListedLetter, Packed, Span
from latewatch.paper.folders import Templates
from latewatch.paper.limits import TABLE
from latewatch.paper.printer import TemplatePrinter
from latewatch.paper.wording import clean_text
from latewatch.shipped import shipped

TEMPLATE, STYLE = "danh-sach-in.html", "danh-sach-in.css"
LINES = 36  # of an ordinary page of the list


class ListPrinter:
    """Prints lists. A file of the office's own folder wins over the shipped one of the same name."""

    def __init__(self, settings: Letters) -> None:
        self._paper = settings.paper
        folders = (settings.templates, shipped("templates", "letters"))
        templates = Templates.of("mẫu thư", LetterError, *folders)
        self._printer = TemplatePrinter(templates, STYLE, limits=TABLE)

    def pdf(
        self, unit: str, letters: Sequence[ListedLetter], spans: Sequence[Span], *, day: date, by: str
    ) -> bytes:
        """Return the list of what `unit` hands over. Raises LetterError naming the template and its fault."""
        html = self._printer.html(
            TEMPLATE,
            unit=clean_text(unit),
            day=day,
            by=clean_text(by),
            paper=self._paper,
            sheets=(spans[-1].last + 1) // 2,
            letters=[asdict(each) | asdict(span) for each, span in zip(letters, spans, strict=True)],
        )
        return self._printer.pdf(TEMPLATE, html)


def print_file(  # noqa: PLR0917  what makes a file
    settings: Letters,
    unit: str,
    letters: Sequence[ListedLetter],
    documents: Callable[[], Iterable[bytes]],
    day: date,
    by: str,
) -> Packed:
    """Return the letters of `unit` below their list; `documents` gives their PDFs. Raises LetterError."""
    printer = ListPrinter(settings)

    def listed(spans: Sequence[Span]) -> bytes:
        return printer.pdf(unit, letters, spans, day=day, by=by)

    title = f"Văn bản xin lỗi, {clean_text(unit)}, {day:%d/%m/%Y}"
    return packed(documents, listed, title=title, guess=ceil(len(letters) / LINES))
