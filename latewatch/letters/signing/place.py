"""The room for the signature: between the signer's position and name (NĐ 30/2020/NĐ-CP, Phụ lục I)."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from math import inf

import pikepdf

from latewatch.domain.letters.letter import Letterhead
from latewatch.errors import LetterError
from latewatch.letters.drawn import signature_place as noted_place
from latewatch.letters.signing.lines import Box, Run, runs_of

MM = 72 / 25.4
_ROOM = 23 * MM  # below the position where no name is printed, as `letter.css` leaves it
_MARGIN = 10 * MM  # no picture comes nearer to the paper's edge


@dataclass(frozen=True, slots=True)
class Place:
    """The room between position and name; `top` is where the position's lines begin, in points from below."""

    room: Box
    top: float = inf


def signature_place(pdf: bytes, head: Letterhead) -> Place:
    """Return where the signature belongs on a letter drawn with `head`. Raises LetterError."""
    noted = noted_place(pdf)
    with pikepdf.open(BytesIO(pdf)) as opened:
        place = place_of(opened, head)
    if noted is not None:
        room = Box(noted.page, noted.left, noted.bottom, noted.right, noted.top)
        return Place(room, place.top if place else inf)
    if place is not None:
        return place
    raise LetterError(
        "không tìm thấy chỗ ký trong văn bản: mẫu của cơ quan phải in chức vụ rồi họ tên người ký, để trống "
        "ở giữa."
    )


def place_of(pdf: pikepdf.Pdf, head: Letterhead) -> Place | None:
    """Return where the signature belongs; None where position and name are not printed as latewatch does."""
    runs = runs_of(pdf)
    title = _last(runs, _position(head), len(runs))
    if title is None:
        return None
    above = [runs[i].box for i in title]
    name = _name(runs, head, title[-1])
    top, page = min(box.y1 for box in above), above[-1].page
    bottom = max(box.y2 for box in name) if name else top - _ROOM
    if bottom >= top or (name and name[0].page != page):
        return None
    middle = sum(box.x1 + box.x2 for box in above) / len(above) / 2
    edge = float(pdf.pages[page].mediabox[2]) - _MARGIN
    half = min(edge - middle, middle - _MARGIN)
    return Place(Box(page, middle - half, bottom, middle + half, top), max(box.y2 for box in above))


def _position(head: Letterhead) -> str:
    if head.deputy_title:
        return f"KT. {head.signer_title}{head.deputy_title}".upper()
    return head.signer_title.upper()


def _name(runs: Sequence[Run], head: Letterhead, after: int) -> list[Box]:
    found = _last(runs[after + 1 :], head.signer_name, len(runs) - after - 1) if head.signer_name else None
    return [runs[after + 1 + i].box for i in found] if found else []


def _last(runs: Sequence[Run], words: str, end: int) -> range | None:
    """Return the last runs before `end` that say `words` together, broken into whatever lines."""
    wanted = _letters(words)
    texts = [_letters(run.text) for run in runs[:end]]
    for first in range(end - 1, -1, -1):
        said = ""
        for last in range(first, end):
            said += texts[last]
            if said == wanted and wanted:
                return range(first, last + 1)
            if not wanted.startswith(said):
                break
    return None


def _letters(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split())
