"""Pages of a PDF as they lie on the table: how large they are, what stands on them, where and in which font.

Places are points from the upper left corner. Texts are lines, as long as they are drawn in their order.
"""

from collections.abc import Sequence
from ctypes import byref, create_string_buffer
from functools import cached_property
from itertools import pairwise
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
    def words(self) -> "Words":
        """All of it."""
        return Words(self, range(len(self._characters)))

    @property
    def boxes(self) -> list[Box]:
        """The places of all characters that are drawn."""
        return self.words.boxes

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

    def words_in(self, zone: Box) -> "Words":
        """What lies in `zone`, be it with some part only."""
        return Words(self, [at for at, _ in enumerate(self._characters) if self._box(at).meets(zone)])

    def line_with(self, words: str) -> "Words":
        """The first place where `words` stand in one line."""
        first = self._characters.find(words)
        assert first >= 0, f"no line holds “{words}” in one piece"
        return Words(self, range(first, first + len(words)))

    def only(self, words: str) -> "Words":
        """The same where they stand only once."""
        assert self._characters.count(words) == 1, words
        return self.line_with(words)

    def _box(self, at: int) -> Box:
        return self._seen_from_above(*self._text.get_charbox(at, loose=True))

    def _seen_from_above(self, left: float, bottom: float, right: float, top: float) -> Box:
        return Box(left, self.height - top, right, self.height - bottom)


HYPHEN_AT_THE_END = 0x02  # of a line: it may be no part of the word, a reader says


class Words:
    """Some of the characters of a page."""

    def __init__(self, page: Page, places: Sequence[int]) -> None:
        self._page = page
        self._places = places
        self._drawn = [at for at in places if not page._characters[at].isspace()]

    @property
    def text(self) -> str:
        """They as one line; where others stand between them, they are not joined."""
        pieces = (
            self._page._characters[at] if at - before == 1 else f" {self._page._characters[at]}"
            for before, at in pairwise([-1, *self._places])
        )
        return " ".join("".join(pieces).split())

    @cached_property
    def boxes(self) -> list[Box]:
        return [self._page._box(at) for at in self._drawn]

    @property
    def box(self) -> Box:
        """The place of all of them together."""
        lefts, tops, rights, bottoms = zip(*self.boxes, strict=True)
        return Box(min(lefts), min(tops), max(rights), max(bottoms))

    @property
    def width(self) -> float:
        return self.box.right - self.box.left

    @property
    def sizes(self) -> set[float]:
        """How large they are, in points."""
        return {self._size(at) for at in self._drawn}

    @property
    def fonts(self) -> set[str]:
        return {self._font(at) for at in self._drawn}

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
