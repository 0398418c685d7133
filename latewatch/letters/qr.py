"""The QR code of a letter: where its dossier is looked up, and the letter's check code. Drawn as vectors."""

import re
from typing import Any
from urllib.parse import quote

import segno

URL = "latewatch:qr"  # what a template names as the source of the picture
_MASK = 2  # any mask is read as well; to weigh all eight takes longer than to draw the letter's head


def lookup_text(lookup_url: str, code: str, check_code: str) -> str:
    """Return what the QR code says: an address; without `lookup_url`, the two codes.

    In the address `{code}` becomes the dossier's code and `{hash}` the check code. Without `{hash}` the check
    code follows as a fragment, which no browser sends; an address that has a fragment is left as it is.
    """
    if not lookup_url:
        return f"{code} {check_code}".strip()
    address = lookup_url.replace("{code}", quote(code, safe="")).replace("{hash}", check_code)
    if not check_code or "#" in address or "{hash}" in lookup_url:
        return address
    return f"{address}#{check_code}"


class QrPicture:
    """A QR code as WeasyPrint draws pictures: it asks for the size, and hands over the page to draw on."""

    def __init__(self, text: str) -> None:
        self._code = segno.make_qr(text, error="m", boost_error=False, mask=_MASK)
        self.side = len(self._code.matrix)

    def get_intrinsic_size(self, _resolution: float, _font_size: float) -> tuple[float, float, float]:
        return self.side, self.side, 1

    def draw(self, page: Any, width: float, height: float, _style: object) -> None:
        """Fill the dark modules, each run of a row as one rectangle."""
        with page.stacked():
            page.transform(width / self.side, 0, 0, height / self.side, 0, 0)
            page.set_color_rgb(0, 0, 0)
            for top, row in enumerate(self._code.matrix):
                for run in re.finditer(rb"\x01+", bytes(row)):
                    page.rectangle(run.start(), top, run.end() - run.start(), 1)
            page.fill()
