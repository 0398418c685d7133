"""What a filled Word document gets at last: rules as long as the headings above ask, and smaller paper."""

from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Mm, Pt

RULE_STYLE = "Đường kẻ"  # of a paragraph with a line above; its text says in points how long that is
A5_SIZES = {28: 23, 26: 21, 24: 17, 22: 17, 18: 14}  # half points: of letters on A4, and on A5 beside them
A5_LENGTHS, A5_SPACES = 0.8, 0.6
A5_WIDTH = 118 / 160  # of the text


def draw_rules(document: Any) -> None:
    """Make each rule as long as its text says, centred in its cell or page, and take the text away."""
    width = _text_width(document)
    for paragraph in _paragraphs(document):
        if paragraph.style.name != RULE_STYLE:
            continue
        length = Pt(float(paragraph.text or 0))
        for run in paragraph.runs:
            run.text = ""
        aside = max(0, int(width * _share(paragraph) - length) // 2)
        paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = aside


def _text_width(document: Any) -> int:
    page = document.sections[0]
    return int(page.page_width - page.left_margin - page.right_margin)


def _share(paragraph: Any) -> float:
    """Return the part of the text's width that the paragraph has: its table cell's, in 1/50 per cent."""
    cell = next(paragraph._p.iterancestors(qn("w:tc")), None)
    width = None if cell is None else cell.find(f"{qn('w:tcPr')}/{qn('w:tcW')}")
    return 1.0 if width is None else int(width.get(qn("w:w"))) / 5000


def _paragraphs(document: Any) -> Iterator[Any]:
    yield from document.paragraphs
    for table in document.tables:
        for row in table.rows:
            for cell in row.cells:
                yield from cell.paragraphs


def describe_picture(document: Any, text: str) -> None:
    """Say what the one picture shows to who cannot see it, and set it flush with the text."""
    for inline in document.element.iter(qn("wp:inline")):
        for side in ("distT", "distB", "distL", "distR"):
            inline.set(side, "0")
        inline.find(qn("wp:docPr")).set("descr", text)


def size_on(paper: str, size: float) -> float:
    """Return the size in points that letters of this size on A4 have on `paper`."""
    return A5_SIZES.get(round(size * 2), size * 2 * A5_LENGTHS) / 2 if paper == "A5" else size


def make_a5(document: Any) -> None:
    """Turn a document of A4 into one of A5: paper, margins, letters and distances."""
    for section in document.sections:
        section.page_width, section.page_height = Mm(148), Mm(210)
        section.left_margin, section.right_margin = Mm(18), Mm(12)
        section.top_margin, section.bottom_margin = Mm(12), Mm(10)
        section.header_distance = Mm(6)
    for root in (document.element, document.styles.element):
        for name in ("w:sz", "w:szCs"):
            for element in root.iter(qn(name)):
                size = int(element.get(qn("w:val"))) / 2
                element.set(qn("w:val"), str(round(size_on("A5", size) * 2)))
        for element in root.iter(qn("w:ind")):
            _shorten(element, A5_LENGTHS, "left", "right", "firstLine")
        for element in root.iter(qn("w:tab")):
            _shorten(element, A5_WIDTH, "pos")
        for element in root.iter(qn("w:spacing")):
            _shorten(element, A5_SPACES, "before", "after")
            if element.get(qn("w:lineRule")) in ("exact", "atLeast"):
                _shorten(element, A5_LENGTHS, "line")


def _shorten(element: Any, by: float, *keys: str) -> None:
    for key in keys:
        length = element.get(qn(f"w:{key}"))
        if length is not None:
            element.set(qn(f"w:{key}"), str(round(float(length) * by)))
