"""What stands on laid out pages, and what of it is outside the margins or cut off."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from weasyprint.document import Document
from weasyprint.formatting_structure import boxes

_SLACK = 1.5  # CSS pixels, 0.4 mm: a letter's side may bulge that far


@dataclass(frozen=True, slots=True)
class Line:
    """A piece of text and the edges it must keep to, in CSS pixels: left, top, right, bottom."""

    text: str
    edges: tuple[float, float, float, float]
    margins: tuple[float, float, float, float]
    window: tuple[float, float, float, float] | None

    @property
    def is_outside(self) -> bool:
        return not _within(self.edges, self.margins)

    @property
    def is_cut(self) -> bool:
        return self.window is not None and not _within(self.edges, self.window)


def lines_on(pages: Document) -> Iterator[Line]:
    """Yield every visible piece of text of the pages but what stands in their margins."""
    for page in pages.pages:
        box = page._page_box  # WeasyPrint tells of boxes in no other way
        yield from _lines(box, _inner(box), None)


def _lines(box: Any, margins: tuple[float, float, float, float], window: Any) -> Iterator[Line]:
    for child in box.all_children():
        if isinstance(child, boxes.MarginBox):
            continue
        if isinstance(child, boxes.TextBox):
            if child.style["visibility"] == "visible" and child.text.strip():
                yield Line(child.text, _outer(child), margins, window)
        else:
            is_cutting = child.style["overflow"] != "visible" and hasattr(child, "width")
            yield from _lines(child, margins, _inner(child) if is_cutting else window)


def _inner(box: Any) -> tuple[float, float, float, float]:
    left, top = box.content_box_x(), box.content_box_y()
    return left, top, left + box.width, top + box.height


def _outer(text: Any) -> tuple[float, float, float, float]:
    left, top = text.position_x, text.position_y
    return left, top, left + text.width, top + text.height


def _within(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    left, top, right, bottom = (end - start for start, end in zip(outer, inner, strict=True))
    return left >= -_SLACK and top >= -_SLACK and right <= _SLACK and bottom <= _SLACK
