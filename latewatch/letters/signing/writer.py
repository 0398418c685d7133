"""Writes a signature behind a letter without touching what the letter says of itself."""

import re

from pyhanko.pdf_utils.generic import StreamObject, pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

_CLAIM = re.compile(rb'\s+pdfuaid:part="\d"')


class LetterWriter(IncrementalPdfFileWriter):
    """Leaves title, dates and XMP alone: as pyHanko writes them they are no PDF/A, and hold its clock."""

    def _update_meta(self) -> None:
        pass


def drop_claim_of_tags(writer: LetterWriter) -> None:
    """Take back the claim of PDF/UA, not the tags: the place of a signature is no part of them."""
    if "/Metadata" not in writer.root:
        return
    said = writer.root["/Metadata"].data
    without = _CLAIM.sub(b"", said)
    if without == said:
        return
    kind = {pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")}
    writer.root[pdf_name("/Metadata")] = writer.add_object(StreamObject(kind, stream_data=without))
    writer.update_root()  # type: ignore[no-untyped-call]
