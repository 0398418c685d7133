"""A letter as it was drawn, and where on it the signature belongs: the room the template leaves for it."""

import io
from dataclasses import dataclass
from typing import Any

ROOM = "signing-room"  # the id, in a template, of the box between position and name
PIECE = "/latewatch"  # whose data it is in the PDF: an entry of the page's /PieceInfo


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle of a page, counted from 0, in PDF points (1/72 inch) from the page's lower left corner."""

    page: int
    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Drawn:
    """A letter's PDF. `signature` is None where the template has no box with the id `signing-room`."""

    pdf: bytes
    pages: int
    signature: Place | None


def signature_place(pdf: bytes) -> Place | None:
    """Return the room for the signature of a letter that was drawn before, as its PDF notes it."""
    import pikepdf  # noqa: PLC0415  only who signs pays for it

    with pikepdf.open(io.BytesIO(pdf)) as document:
        for number, page in enumerate(document.pages):
            rectangle = _noted(page.obj)
            if rectangle:
                return Place(number, *rectangle)
    return None


def _noted(page: Any) -> list[float]:
    try:
        return [float(side) for side in page["/PieceInfo"][PIECE]["/Private"]["/SigningRoom"]]
    except KeyError:
        return []
