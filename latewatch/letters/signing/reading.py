"""A PDF from outside, read within bounds: what is too large, encrypted or damaged goes no further."""

import re
from io import BytesIO

from pyhanko.pdf_utils.decode_limits import (
    DEFAULT_PURPOSE_LIMITS,
    DecodeLimits,
    DecodePurpose,
    StreamDecodeLimits,
)
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from latewatch.letters.signing.flaws import Flaw, FlawKind

MOST_BYTES = 10_000_000  # a letter has 100 kB; pictures and proofs of some signatures add a few MB at most
MOST_WORDS = 2_000_000  # bytes of objects, which are slow to read; pictures and proofs are none
MOST_REVISIONS = 20  # a signature makes one or two
MOST_OBJECTS = 20_000  # a letter has some 100

_STREAM = re.compile(rb">>\s*stream\r?\n.*?endstream", re.DOTALL)
_LIMITS = DecodeLimits(
    per_purpose={
        **DEFAULT_PURPOSE_LIMITS,
        DecodePurpose.OBJECT_STREAM: StreamDecodeLimits(max_output_size=MOST_WORDS),
    }
)

# What a damaged file does to a parser, of its own and of the ones it rests on.
BROKEN = (
    PdfError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    AssertionError,
    OverflowError,
)


def too_large() -> Flaw:
    return Flaw(FlawKind.TOO_LARGE, f"tệp lớn hơn {MOST_BYTES // 1_000_000} MB, không phải văn bản đã xuất")


def read_bounded(content: bytes) -> PdfFileReader | Flaw:
    """Return a reader that has seen every object, or why the file is not read."""
    if len(content) > MOST_BYTES:
        return too_large()
    if not content.startswith(b"%PDF-"):
        return Flaw(FlawKind.DAMAGED, "không phải tệp PDF")
    try:
        if len(_STREAM.sub(b"", content)) > MOST_WORDS:
            return Flaw(FlawKind.TOO_LARGE, "tệp chứa quá nhiều đối tượng, không phải văn bản đã xuất")
        reader = PdfFileReader(BytesIO(content), decode_limits=_LIMITS)
        if reader.encrypted:
            return Flaw(FlawKind.ENCRYPTED, "tệp bị đặt mật khẩu hoặc mã hóa; ký lại mà không mã hóa")
        return _walked(reader)
    except (*BROKEN, RecursionError) as e:
        return Flaw(
            FlawKind.DAMAGED, f"tệp PDF hỏng hoặc sai cấu trúc ({type(e).__name__}); gửi lại tệp đã ký"
        )


def _walked(reader: PdfFileReader) -> PdfFileReader | Flaw:
    if reader.xrefs.total_revisions > MOST_REVISIONS:
        return Flaw(FlawKind.DAMAGED, f"tệp được ghi thêm quá {MOST_REVISIONS} lần")
    seen = 0
    for revision in range(reader.xrefs.total_revisions):
        for reference in reader.xrefs.explicit_refs_in_revision(revision):
            seen += 1
            if seen > MOST_OBJECTS:
                return Flaw(FlawKind.DAMAGED, f"tệp có quá {MOST_OBJECTS} đối tượng")
            reader.get_object(reference, revision=revision)
    _ = reader.root["/Pages"]["/Count"]
    return reader
