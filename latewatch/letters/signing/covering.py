"""Whether pictures of signatures lie on what the letter says: they belong between position and name."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from latewatch.domain.letters.letter import Letterhead
from latewatch.letters.signing.changes import is_signature
from latewatch.letters.signing.flaws import Flaw, FlawKind
from latewatch.letters.signing.lines import Box, runs_of
from latewatch.letters.signing.place import MM, place_of

_SLIP = 2 * MM  # by which a picture placed by hand may touch a line
_UNSEEN = 0b10 | 0b100000  # annotation flags Hidden and NoView


def over_text(returned: bytes, handed_out: bytes, head: Letterhead) -> Iterator[Flaw]:
    """Name each page where a signature's picture lies on the letter's body, above the signer's position."""
    with pikepdf.open(BytesIO(handed_out)) as old, pikepdf.open(BytesIO(returned)) as new:
        body = _body(old, head)
        for box in _pictures(new):
            if any(box.overlaps(words) for words in body):
                yield Flaw(
                    FlawKind.OVER_TEXT,
                    f"hình chữ ký đè lên nội dung trang {box.page + 1}; đặt lại vào giữa chức vụ và họ tên",
                )


def _body(pdf: pikepdf.Pdf, head: Letterhead) -> list[Box]:
    place = place_of(pdf, head)
    if place is None:  # of an office's own form without these words
        return []
    page, top = place.room.page, place.top
    boxes = (run.box for run in runs_of(pdf) if run.text.strip())
    return [box for box in boxes if box.page < page or (box.page == page and box.y1 >= top)]


def _pictures(pdf: pikepdf.Pdf) -> Iterator[Box]:
    for number, page in enumerate(pdf.pages):
        for annotation in page.obj.get("/Annots", []):
            if is_signature(annotation) and not int(annotation.get("/F", 0)) & _UNSEEN:
                yield _box(annotation, number)


def _box(annotation: Any, number: int) -> Box:
    x1, y1, x2, y2 = (float(corner) for corner in annotation.Rect)
    left, right, low, high = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    return Box(
        number, left + _SLIP, low + _SLIP, max(right - _SLIP, left + _SLIP), max(high - _SLIP, low + _SLIP)
    )
