"""Letters put together into one file for a printer that prints on both sides of the paper.

Whatever its number of pages, each letter begins on the front of a sheet, and so does the list on top. The
file is for paper: what is seen on a page is kept, signatures included; tags, attachments, links are not.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import pikepdf

from latewatch.errors import LetterError
from latewatch.letters.print_parts import Packed, Span

_ONLY_ON_SCREEN = ("/Annots", "/StructParents", "/Tabs", "/PieceInfo", "/AF", "/AA")


Top = Callable[[Sequence[Span]], bytes]
"""Draws the list on top, given where each letter will lie."""


def packed(letters: Iterable[bytes], top: Top, *, title: str, guess: int = 1) -> Packed:
    """Return `letters` (PDFs) in their order, below the list; one of them at a time is held beside the file.

    `guess` is how many pages the list has, probably: one guessed right is drawn once. The same letters give
    the same bytes. Raises LetterError where one of them is no PDF that can be read.
    """
    with pikepdf.new() as whole:
        spans = [_add(whole, letter, number) for number, letter in enumerate(letters, 1)]
        above = _put_on_top(whole, spans, top, guess + guess % 2)
        below = tuple(span.below(above) for span in spans)
        return Packed(_saved(whole, title), len(whole.pages), below)


def _add(whole: pikepdf.Pdf, letter: bytes, number: int) -> Span:
    """Add a letter from the next front on; tell where it lies, below nothing."""
    _end_on_a_back(whole)
    before = len(whole.pages)
    with _opened(letter, f"Văn bản thứ {number} trong danh sách in") as document:
        _flatten(document)
        _take_pages(whole, document, before)
    return Span(before + 1, len(whole.pages))


def _opened(pdf: bytes, called: str) -> pikepdf.Pdf:
    try:
        return pikepdf.open(io.BytesIO(pdf))
    except pikepdf.PdfError as e:
        raise LetterError(f"{called}: không mở được như PDF.") from e


def _flatten(document: pikepdf.Pdf) -> None:
    """Make signatures and seals part of their page, and drop what paper does not show."""
    document.flatten_annotations("print")
    for page in document.pages:
        for name in _ONLY_ON_SCREEN:
            if name in page.obj:
                del page.obj[name]


def _take_pages(whole: pikepdf.Pdf, document: pikepdf.Pdf, index: int) -> None:
    """Insert the pages of `document` with all they show, so that it need not stay in memory."""
    start = _next_number(whole)
    for offset, page in enumerate(document.pages):
        whole.pages.insert(index + offset, page)
    for number in range(start, _next_number(whole)):
        content = whole.get_object(number, 0)
        if isinstance(content, pikepdf.Stream):
            how: dict[str, Any] = {
                "filter": content.get("/Filter"),
                "decode_parms": content.get("/DecodeParms"),
            }
            content.write(content.read_raw_bytes(), **how)


def _next_number(whole: pikepdf.Pdf) -> int:
    """Return the number of the file's next object; the one made to learn it is never written."""
    return whole.make_indirect(pikepdf.Dictionary()).objgen[0] + 1


def _put_on_top(whole: pikepdf.Pdf, spans: Sequence[Span], top: Top, above: int) -> int:
    """Put the list before the letters; return its pages. It is drawn until it is as long as it says it is."""
    is_guess = True
    while True:
        with _opened(top([span.below(above) for span in spans]), "Danh sách in") as document:
            _end_on_a_back(document)
            pages = len(document.pages)
            if pages == above or (pages < above and not is_guess):
                for _ in range(above - pages):
                    _add_blank(document)
                _take_pages(whole, document, 0)
                return above
        above, is_guess = pages, False


def _end_on_a_back(document: pikepdf.Pdf) -> None:
    """Leave the back of the last sheet blank where nothing is on it."""
    if len(document.pages) % 2:
        _add_blank(document)


def _add_blank(document: pikepdf.Pdf) -> None:
    """Add a blank page, of the size of the one before."""
    left, bottom, right, top = map(float, document.pages[-1].mediabox)
    document.add_blank_page(page_size=(right - left, top - bottom))


def _saved(whole: pikepdf.Pdf, title: str) -> bytes:
    whole.Root.Lang = pikepdf.String("vi")
    whole.Root.ViewerPreferences = pikepdf.Dictionary(Duplex=pikepdf.Name.DuplexFlipLongEdge)
    whole.docinfo["/Title"] = title
    out = io.BytesIO()
    whole.save(out, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()
