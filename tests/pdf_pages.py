"""Pages of a PDF as they lie on the table: how large they are, what stands on them, where and in which font.

Places are points from the upper left corner. Texts are lines, as long as they are drawn in their order.
"""

from ctypes import byref, create_string_buffer
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pypdfium2
from pypdfium2 import raw

MM = 72 / 25.4


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom


class Page:
    """A page; what is asked of it is read when it is asked."""

    def __init__(self, page: pypdfium2.PdfPage) -> None:
        self._page = page
        self._text = page.get_textpage()
        self.width, self.height = page.get_size()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in whole points."""
        return round(self.width), round(self.height)

    @cached_property
    def text(self) -> str:
        """The text as one line."""
        return " ".join(self._characters.split())

    @cached_property
    def _characters(self) -> str:
        """The text, a character for each that has a place: spaces and line breaks that are only seen among them."""
        codes = (raw.FPDFText_GetUnicode(self._text, at) for at in range(self._text.count_chars()))
        return "".join("-" if code == HYPHEN_AT_THE_END else chr(code) for code in codes)

    @cached_property
    def boxes(self) -> list[Box]:
        """The places of all characters that are drawn."""
        return [self._box(at) for at, character in enumerate(self._characters) if not character.isspace()]

    @cached_property
    def rules(self) -> list[Box]:
        """The places of all that is drawn and no text: rules, frames and fillings."""
        drawn = self._page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH])
        return [self._seen_from_above(*each.get_bounds()) for each in drawn]

    @cached_property
    def fonts(self) -> set[tuple[str, bool]]:
        """The fonts that text is drawn with, and whether the file holds them."""
        texts = self._page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT])
        fonts = [each.get_font() for each in texts]
        return {(without_tag(each.get_base_name()), bool(each.is_embedded)) for each in fonts}

    def has_only_grey(self) -> bool:
        """Say whether nothing on it has a colour."""
        dots = self._page.render(scale=1).to_numpy()[..., :3]
        return bool((dots == dots[..., :1]).all())

    def text_in(self, zone: Box) -> str:
        """The characters of which some part lies in `zone`, as one line."""
        shown = (each if self._box(at).meets(zone) else " " for at, each in enumerate(self._characters))
        return " ".join("".join(shown).split())

    def line_with(self, words: str) -> "Line":
        """The place in which `words` stand in one piece, in one line; the first of several."""
        first = self._characters.find(words)
        assert first >= 0, f"no line holds “{words}” in one piece"
        return Line(self, range(first, first + len(words)))

    def only(self, words: str) -> "Line":
        """The same where they stand only once."""
        assert self._characters.count(words) == 1, words
        return self.line_with(words)

    def _box(self, at: int) -> Box:
        return self._seen_from_above(*self._text.get_charbox(at, loose=True))

    def _seen_from_above(self, left: float, bottom: float, right: float, top: float) -> Box:
        return Box(left, self.height - top, right, self.height - bottom)


HYPHEN_AT_THE_END = 0x02  # of a line: it may be no part of the word, a reader says


class Line:
    """Words of a page that stand in one line."""

    def __init__(self, page: Page, places: range) -> None:
        self._page = page
        self._places = [at for at in places if not page._characters[at].isspace()]
        self.boxes = [page._box(at) for at in self._places]
        lefts, tops, rights, bottoms = zip(*self.boxes, strict=True)
        self.box = Box(min(lefts), min(tops), max(rights), max(bottoms))
        self.width = self.box.right - self.box.left

    @property
    def sizes(self) -> set[float]:
        """How large its characters are, in points."""
        return {self._size(at) for at in self._places}

    @property
    def fonts(self) -> set[str]:
        return {self._font(at) for at in self._places}

    def _size(self, at: int) -> float:
        matrix = raw.FS_MATRIX()
        assert raw.FPDFText_GetMatrix(self._page._text, at, byref(matrix))
        return raw.FPDFText_GetFontSize(self._page._text, at) * matrix.d

    def _font(self, at: int) -> str:
        name = create_string_buffer(200)
        raw.FPDFText_GetFontInfo(self._page._text, at, name, len(name), None)
        return without_tag(name.value.decode())


def without_tag(font: str) -> str:
    """The name of a font without the letters that say which part of it a file holds."""
    return font.rpartition("+")[2]


def pages_of(pdf: bytes | Path) -> list[Page]:
    return [Page(page) for page in pypdfium2.PdfDocument(pdf)]


def text_of(pages: list[Page]) -> str:
    """The text of all pages as one line."""
    return " ".join(" ".join(page.text for page in pages).split())
