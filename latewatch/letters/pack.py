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


def packed(letters: Callable[[], Iterable[bytes]], top: Top, *, title: str, guess: int = 1) -> Packed:
    """Return `letters` (PDFs) in their order, below the list; one of them at a time is held beside the file.

    They are asked for twice: to be counted, and to be put together. `guess` is how many pages the list has,
    probably: one guessed right is drawn once. The same letters give the same bytes. Raises LetterError where
    one of them is no PDF that can be read.
    """
    counts = [_pages(letter, number) for number, letter in enumerate(letters(), 1)]
    listed, above = _listed(counts, top, guess + guess % 2)
    with pikepdf.new() as whole:
        _add(whole, listed, above, "Danh sách in")
        for number, (letter, count) in enumerate(zip(letters(), counts, strict=True), 1):
            _add(whole, letter, count, _called(number))
        return Packed(_saved(whole, title), len(whole.pages), _spans(counts, above))


def _called(number: int) -> str:
    return f"Văn bản thứ {number} trong danh sách in"


def _pages(letter: bytes, number: int) -> int:
    with _opened(letter, _called(number)) as document:
        return len(document.pages)


def _spans(counts: Sequence[int], above: int) -> tuple[Span, ...]:
    spans = []
    used = above
    for count in counts:
        first = used + used % 2 + 1
        used = first + count - 1
        spans.append(Span(first, used))
    return tuple(spans)


def _listed(counts: Sequence[int], top: Top, above: int) -> tuple[bytes, int]:
    """Draw the list until it is as long as it says it is; return it and the pages of its sheets."""
    is_guess = True
    while True:
        listed = top(_spans(counts, above))
        with _opened(listed, "Danh sách in") as document:
            pages = len(document.pages)
        pages += pages % 2
        if pages == above or (pages < above and not is_guess):
            return listed, above
        above, is_guess = pages, False


def _add(whole: pikepdf.Pdf, pdf: bytes, least: int, called: str) -> None:
    """Add a document from the next front on, with blank pages until it has as many as `least`."""
    if len(whole.pages) % 2:
        _add_blank(whole)
    end = len(whole.pages) + least
    with _opened(pdf, called) as document:
        _flatten(document)
        _take_pages(whole, document)
    while len(whole.pages) < end:
        _add_blank(whole)


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


def _take_pages(whole: pikepdf.Pdf, document: pikepdf.Pdf) -> None:
    """Append the pages of `document` with all they show, so that it need not stay in memory."""
    start = _next_number(whole)
    whole.pages.extend(document.pages)
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
