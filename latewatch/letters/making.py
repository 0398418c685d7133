"""The printer an office's settings ask for. Loading what it draws with takes longer than most commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latewatch.config import Letters

if TYPE_CHECKING:
    from latewatch.letters.render import LetterPrinter


def letter_printer(settings: Letters) -> LetterPrinter:
    """Return a new printer. Another process makes its own from the same settings."""
    from latewatch.letters.render import LetterPrinter  # noqa: PLC0415  only who prints pays for it

    return LetterPrinter(
        settings.templates,
        paper=settings.paper,
        window_envelope=settings.window_envelope,
        lookup_url=settings.lookup_url,
    )
