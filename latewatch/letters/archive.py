"""The letter's file as it is kept: PDF/A-3b (ISO 19005-3), tagged for PDF/UA-1, its data attached as JSON.

WeasyPrint writes most of it. Added before the file is closed: one XMP packet that claims both standards, page
numbers as artifacts, pictures placed in the page's own units, and where the signature belongs.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from pydyf import PDF, Array, Dictionary, String
from weasyprint import Attachment
from weasyprint.css import ColorProfile
from weasyprint.document import Document
from weasyprint.urls import URLFetcher

from latewatch.letters.drawn import PIECE, ROOM, Place
from latewatch.letters.metadata import xmp_packet
from latewatch.letters.structure import (
    Objects,
    keep_ends_apart,
    place_pictures,
    scope_headings,
    unmark_margins,
)

_COLOURS = "srgb-profile"
ARCHIVE: dict[str, Any] = {"pdf_variant": "pdf/a-3b", "pdf_tags": True, "output_intent": _COLOURS}
"""For the layout and for writing alike."""
DATA_FILE = "thu-xin-loi.json"
_POINTS = 0.75  # WeasyPrint lays out in CSS pixels
_FETCHER = URLFetcher(allowed_protocols=())  # an attachment given as text asks it nothing, and wants one


def layout_options() -> dict[str, Any]:
    """Return how WeasyPrint is to lay out a letter that will be written with `writing_options`."""
    return ARCHIVE | {"color_profiles": {_COLOURS: _profile()}}


class _Profile(ColorProfile):  # type: ignore[misc]  # WeasyPrint ships no types
    """A profile written as its file has it: what is made of it anew differs once somebody read its name."""

    content = b""


@cache
def _profile() -> ColorProfile:
    """Return the sRGB profile that WeasyPrint ships, read once: by itself it leaves the file open."""
    content = (files("weasyprint.pdf") / "sRGB2014.icc").read_bytes()
    profile = _Profile(BytesIO(content), "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))
    profile.content = content
    return profile


SPELLINGS = 4
"""How often a letter can be written otherwise: its date is midnight, with or without hours, minutes …"""


def is_clear(pdf: bytes) -> bool:
    """Say that no stream ends in CR, as if it belonged to the end of line after it (ISO 19005-3, 6.1.7.1)."""
    return b"\r\nendstream" not in pdf


def writing_options(data: bytes, dated: date, place: Place | None, spelling: int = 0) -> dict[str, Any]:
    """Return how WeasyPrint is to write a letter with `data` attached, as if at midnight of its date."""
    midnight = datetime.combine(dated, time())
    attached = Attachment(
        string=data.decode(),
        name=DATA_FILE,
        description="Dữ liệu của văn bản xin lỗi",
        created=midnight,
        modified=midnight,
        relationship="Data",
        url_fetcher=_FETCHER,
    )
    return ARCHIVE | {"attachments": [attached], "finisher": _Finisher(dated, place, spelling)}


def place_on(pages: Document) -> Place | None:
    """Return where the template leaves room for the signature, as it was laid out."""
    for number, page in enumerate(pages.pages):
        if ROOM in page.anchors:
            left, top, right, bottom = (side * _POINTS for side in page.anchors[ROOM])
            height = page.height * _POINTS
            return Place(number, *(round(side, 2) for side in (left, height - bottom, right, height - top)))
    return None


@dataclass(frozen=True, slots=True)
class _Finisher:
    """Completes the file before it is closed."""

    dated: date
    place: Place | None
    spelling: int

    def __call__(self, pages: Document, pdf: PDF) -> None:
        objects = Objects(pdf)
        packet = objects.at(pdf.catalog["Metadata"])
        packet.stream = [xmp_packet(pages.metadata, pdf.info["Producer"].string, self.dated.isoformat())]
        packet.compress = False  # ISO 19005: readers that know no PDF find it as plain text
        pdf.info["CreationDate"] = String(f"D:{self.dated:%Y%m%d}{'00' * self.spelling}")
        pdf.catalog["Names"].pop("Dests", None)  # the room's id is nothing to jump to
        pdf.catalog["AF"] = Array(dict.fromkeys(pdf.catalog["AF"]))  # WeasyPrint names each twice
        place_pictures(objects)
        scope_headings(objects)
        if len(pages.pages) > 1:
            unmark_margins(objects)
        keep_ends_apart(objects)
        if self.place:
            self._note(objects.pages[self.place.page], self.place)

    def _note(self, page: Dictionary, place: Place) -> None:
        """Note the room for the signature on its page, so that who signs need not look for it."""
        when = String(f"D:{self.dated:%Y%m%d}")
        room = Array([place.left, place.bottom, place.right, place.top])
        private = Dictionary({"LastModified": when, "Private": Dictionary({"SigningRoom": room})})
        page["LastModified"] = when
        page["PieceInfo"] = Dictionary({PIECE.strip("/"): private})
