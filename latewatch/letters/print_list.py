"""The list on top of a file for print: which letters, where they lie, room to tick and sign when handed over.

It names no receiver: a name stands on the letter only.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from latewatch.config import Letters
from latewatch.errors import LetterError
from latewatch.letters.pack import Span
from latewatch.paper.folders import Templates
from latewatch.paper.printer import TemplatePrinter
from latewatch.paper.wording import clean_text
from latewatch.shipped import shipped

TEMPLATE, STYLE = "danh-sach-in.html", "danh-sach-in.css"


class SignedHow(StrEnum):
    """What the copy that is handed over carries."""

    HERE = "ký số"
    ON_PAPER = "ký tay"  # the sheet signed with ink is the letter; this print is its copy
    NOT_YET = "chờ ký"


@dataclass(frozen=True, slots=True)
class ListedLetter:
    """One line of the list."""

    number: str
    code: str
    new_date: date
    signature: SignedHow


class ListPrinter:
    """Prints lists. A file of the office's own folder wins over the shipped one of the same name."""

    def __init__(self, settings: Letters) -> None:
        self._paper = settings.paper
        folders = (settings.templates, shipped("templates", "letters"))
        self._printer = TemplatePrinter(Templates.of("mẫu thư", LetterError, *folders), STYLE)

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
