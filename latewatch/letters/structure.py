"""The tags of a PDF while it is written: what assistive technology reads, and what it is to pass over."""

from collections.abc import Iterator
from typing import Any
from zlib import adler32

from pydyf import PDF, Array, Dictionary, Stream

_BEGIN, _END, _CR = b"stream\n", b"\nendstream", 0x0D
_POINTS = 0.75  # WeasyPrint lays out in CSS pixels


class Objects:
    """The objects of a PDF that is about to be closed."""

    def __init__(self, pdf: PDF) -> None:
        self.pdf = pdf
        self.pages: list[Dictionary] = [self.at(reference) for reference in pdf.page_references]

    def at(self, reference: Any) -> Any:
        """Return the object a reference such as `12 0 R` names."""
        text = reference.decode() if isinstance(reference, bytes) else str(reference)
        return self.pdf.objects[int(text.split()[0])]

    def of_tag(self, tag: str) -> Iterator[Dictionary]:
        return (each for each in self.pdf.objects if isinstance(each, dict) and each.get("S") == tag)


def place_pictures(objects: Objects) -> None:
    """State where pictures lie in the page's own units, from its lower left corner."""
    for figure in objects.of_tag("/Figure"):
        height = objects.at(figure["Pg"])["MediaBox"][3]
        left, top, right, bottom = (side * _POINTS for side in figure["A"]["BBox"])
        figure["A"]["BBox"] = Array([left, height - bottom, right, height - top])


def scope_headings(objects: Objects) -> None:
    """State what a table's heading is of: of its row where the row holds other cells, else of its column."""
    for heading in objects.of_tag("/TH"):
        cells = [objects.at(cell)["S"] for cell in objects.at(heading["P"])["K"]]
        heading["A"]["Scope"] = "/Row" if "/TD" in cells else "/Column"


def unmark_margins(objects: Objects) -> None:
    """Make artifacts of page numbers: WeasyPrint marks them as content and leaves them out of the tree."""
    tree = objects.at(objects.pdf.catalog["StructTreeRoot"])
    read = _below(objects, tree["K"])
    marks = objects.at(tree["ParentTree"])["Nums"]
    for number, page in enumerate(objects.pages):
        owners = marks[2 * number + 1]
        passed = {mark for mark, owner in enumerate(owners) if objects.at(owner).number not in read}
        _unmark(objects.at(page["Contents"]), passed)
        for mark in passed:
            owners[mark] = "null"


def keep_ends_apart(objects: Objects) -> None:
    """Write plainly what would end in CR when compressed: with the LF after it, it reads as a line's end.

    A checker then finds a byte too few (ISO 19005-3, 6.1.7.1); it happens to one letter in a hundred.
    """
    for stream in objects.pdf.objects:
        if isinstance(stream, Stream) and stream.compress:
            written = Stream(stream.stream).data
            content = written[written.index(_BEGIN) + len(_BEGIN) : -len(_END)]
            stream.stream = [content]
            stream.compress = adler32(content) & 0xFF != _CR  # the last byte of what zlib makes of it


def _below(objects: Objects, children: list[Any]) -> set[int]:
    """Return the numbers of all elements below `children`; numbers among them are marks, no elements."""
    found: set[int] = set()
    for child in children:
        if not isinstance(child, int):
            element = objects.at(child)
            found |= {element.number} | _below(objects, element.get("K", []))
    return found


def _unmark(content: Stream, passed: set[int]) -> None:
    for index, operand in enumerate(content.stream):
        if isinstance(operand, dict) and operand.get("MCID") in passed:
            content.stream[index - 1] = "/Artifact"
            content.stream[index] = Dictionary({"Type": "/Pagination"})
