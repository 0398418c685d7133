"""Where the words of a letter stand on its pages, read back from a PDF that latewatch drew itself.

Reads what WeasyPrint writes: text with a matrix of its own, fonts of two-byte glyphs with their widths.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

_ASCENT, _DESCENT = 0.72, 0.21  # of the letters, in parts of the font size
_PAIR = re.compile(rb"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>")


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on page `page` (from 0), in points from its lower left corner."""

    page: int
    x1: float
    y1: float
    x2: float
    y2: float

    def overlaps(self, other: "Box") -> bool:
        apart = self.x2 <= other.x1 or other.x2 <= self.x1 or self.y2 <= other.y1 or other.y2 <= self.y1
        return self.page == other.page and not apart


@dataclass(frozen=True, slots=True)
class Run:
    """Words drawn at once."""

    text: str
    box: Box


@dataclass(frozen=True, slots=True)
class _Font:
    letters: dict[int, str]
    widths: dict[int, float]
    usual: float


@dataclass(slots=True)
class _State:
    """Where the pen is: the page's matrix, the text's, the font."""

    page: pikepdf.Matrix = field(default_factory=pikepdf.Matrix)
    text: pikepdf.Matrix = field(default_factory=pikepdf.Matrix)
    font: _Font | None = None
    size: float = 0.0


def runs_of(pdf: pikepdf.Pdf) -> list[Run]:
    """Return all words in the order they were drawn."""
    fonts: dict[Any, _Font] = {}
    return [run for number, page in enumerate(pdf.pages) for run in _page_runs(page, number, fonts)]


def _page_runs(page: pikepdf.Page, number: int, fonts: dict[Any, _Font]) -> Iterator[Run]:
    state, kept = _State(), []
    for step in pikepdf.parse_content_stream(page):
        operands, operator = step.operands, str(step.operator)
        match operator:
            case "q":
                kept.append((state.page, state.font, state.size))
            case "Q" if kept:
                state.page, state.font, state.size = kept.pop()
            case "cm":
                state.page = _matrix(operands) @ state.page
            case "BT":
                state.text = pikepdf.Matrix()
            case "Tm":
                state.text = _matrix(operands)
            case "Tf":
                state.font, state.size = _font(page, operands[0], fonts), float(operands[1])
            case "TJ" | "Tj" if state.font:
                parts = operands[0] if operator == "TJ" else operands
                yield _run(state, state.font, list(parts), number)


def _matrix(operands: Any) -> pikepdf.Matrix:
    return pikepdf.Matrix(*(float(number) for number in operands))


def _run(state: _State, font: _Font, parts: list[Any], number: int) -> Run:
    words, width = "", 0.0
    for part in parts:
        if not isinstance(part, pikepdf.String):
            width -= float(part)
            continue
        raw = bytes(part)
        for glyph in (int.from_bytes(raw[i : i + 2]) for i in range(0, len(raw), 2)):
            words += font.letters.get(glyph, "\ufffd")
            width += font.widths.get(glyph, font.usual)
    whole = state.text @ state.page
    reach = width * state.size / 1000
    corners = [whole.transform((x, y * state.size)) for x in (0.0, reach) for y in (-_DESCENT, _ASCENT)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return Run(words, Box(number, min(xs), min(ys), max(xs), max(ys)))


def _font(page: pikepdf.Page, name: Any, fonts: dict[Any, _Font]) -> _Font:
    font = page.Resources.Font[name]
    known = font.objgen if font.is_indirect else (page.obj.objgen, str(name))
    if known not in fonts:
        fonts[known] = _read_font(font)
    return fonts[known]


def _read_font(font: Any) -> _Font:
    inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
    letters = {}
    if "/ToUnicode" in font:
        for glyph, text in _PAIR.findall(font.ToUnicode.read_bytes()):
            letters[int(glyph, 16)] = bytes.fromhex(text.decode()).decode("utf-16-be", errors="replace")
    return _Font(letters, _widths(list(inner.get("/W", []))), float(inner.get("/DW", 1000)))


def _widths(entries: list[Any]) -> dict[int, float]:
    """Read the widths of glyphs: `first [w w …]`, or `first last w`."""
    widths: dict[int, float] = {}
    while entries:
        first, second = int(entries.pop(0)), entries.pop(0)
        if isinstance(second, pikepdf.Array):
            widths |= {first + i: float(width) for i, width in enumerate(list(second))}
        else:
            widths |= dict.fromkeys(range(first, int(second) + 1), float(entries.pop(0)))
    return widths
