"""How large a sheet and its pictures may become: a slip in a template costs seconds, not the machine."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MOST_FILE_BYTES = 5_000_000
MOST_PIXELS = 20_000_000
"""A4 at 400 dpi; each takes four bytes of memory while it is drawn."""

_PROGRESS = logging.getLogger("weasyprint.progress")  # tells of each page before it is laid out


@dataclass(frozen=True, slots=True)
class Limits:
    """How large one sheet may become: loops' turns and characters while it is filled, then tags and pages.

    Laying out a tag takes about a millisecond.
    """

    turns: int = 20_000
    characters: int = 1_000_000
    tags: int = 10_000
    pages: int = 60


SHEET = Limits()
"""A hundred times an ordinary letter."""
TABLE = Limits(turns=500_000, characters=10_000_000, tags=150_000, pages=400)
"""A table with a row for each of some thousand procedures."""


class TooLargeError(Exception):
    """A sheet without end, or a picture that fills the memory."""


def read_limited(file: Path, kind: str) -> bytes:
    """Return a file's bytes. Raises TooLargeError, and OSError where it cannot be read."""
    with file.open("rb") as opened:
        content = opened.read(MOST_FILE_BYTES + 1)
    if len(content) > MOST_FILE_BYTES:
        raise TooLargeError(f"tệp lớn hơn {MOST_FILE_BYTES // 1_000_000} MB")
    if kind.startswith("image/") and kind != "image/svg+xml" and _pixels(file) > MOST_PIXELS:
        raise TooLargeError(f"ảnh có hơn {MOST_PIXELS // 1_000_000} triệu điểm")
    return content


def _pixels(file: Path) -> int:
    """Return how many pixels a picture says it has, without unpacking it; more than that it cannot become."""
    from PIL import Image  # noqa: PLC0415  only templates with pictures need it

    try:
        with Image.open(file) as picture:
            return picture.width * picture.height
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return MOST_PIXELS + 1
    except OSError:  # no picture: WeasyPrint leaves it out
        return 0


@contextmanager
def limited_pages(most: int) -> Iterator[None]:
    """Stop a layout that goes on and on. Raises TooLargeError from within WeasyPrint."""

    def stop_late(record: logging.LogRecord) -> bool:
        """Refuse to go on past the last page; say nothing of the others."""
        page = record.args[0] if isinstance(record.args, tuple) and record.args else 0
        if "Page" in str(record.msg) and isinstance(page, int) and page > most:
            raise TooLargeError(f"dài hơn {most} trang")
        return False

    level = _PROGRESS.level
    _PROGRESS.addFilter(stop_late)
    _PROGRESS.setLevel(logging.INFO)
    try:
        yield
    finally:
        _PROGRESS.setLevel(level)
        _PROGRESS.removeFilter(stop_late)
