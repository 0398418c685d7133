"""A document that came back signed, held against the one handed out: only signatures may be added."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from io import BytesIO

import pikepdf
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from latewatch.domain.letters.letter import Letterhead
from latewatch.letters.signing.certificates import name_of
from latewatch.letters.signing.changes import changes
from latewatch.letters.signing.covering import over_text
from latewatch.letters.signing.flaws import Flaw, FlawKind
from latewatch.letters.signing.reading import BROKEN, read_bounded
from latewatch.letters.signing.report import DocumentReport
from latewatch.letters.signing.revisions import is_picture_kept, only_proofs_since, only_signatures_since
from latewatch.letters.signing.signatures import Judged, judged
from latewatch.letters.signing.telling import notes_on, told
from latewatch.letters.signing.trust import Trust

_TAIL = 256  # bytes at the end of a file that say where everything stands: trailer and startxref
_FORMS = {"/ETSI.CAdES.detached", "/adbe.pkcs7.detached"}


def verified(
    returned: bytes, handed_out: bytes, head: Letterhead, trust: Trust, known_at: datetime
) -> DocumentReport:
    """Report on `returned`. `known_at` is when the file is known to have been there: now, or before."""
    reader = read_bounded(returned)
    if isinstance(reader, Flaw):
        return DocumentReport(flaws=(reader,))
    if not returned.startswith(handed_out):
        return _of_other_bytes(returned, handed_out, reader, trust, known_at)
    try:
        signatures = _signatures(reader, trust, known_at)
        flaws = [*_altered(returned, handed_out, reader), *_form_flaws(reader)]
        flaws += over_text(returned, handed_out, head)
        flaws += _later_additions(reader, signatures)
        flaws += _other_pictures(signatures)
    except (*BROKEN, RecursionError, pikepdf.PdfError) as e:
        return DocumentReport(flaws=(_unreadable(e),))
    return _report(signatures, flaws, trust, known_at)


def _report(
    signatures: Sequence[Judged], flaws: Sequence[Flaw], trust: Trust, known_at: datetime
) -> DocumentReport:
    all_flaws = [*flaws, *(flaw for each in signatures for flaw in each.flaws)]
    if not signatures and not flaws:
        all_flaws.append(Flaw(FlawKind.UNSIGNED, "chưa có chữ ký số nào; ký rồi gửi lại"))
    reports = tuple(told(each) for each in signatures)
    return DocumentReport(reports, tuple(dict.fromkeys(all_flaws)), notes_on(signatures, trust, known_at))


def _unreadable(error: Exception) -> Flaw:
    return Flaw(
        FlawKind.DAMAGED,
        f"không đọc được chữ ký trong tệp ({type(error).__name__}); ký lại bằng chương trình khác",
    )


def _of_other_bytes(
    returned: bytes, handed_out: bytes, reader: PdfFileReader, trust: Trust, known_at: datetime
) -> DocumentReport:
    """Tell bytes that were changed in their place from a file that a program wrote anew."""
    tail = slice(len(handed_out) - _TAIL, len(handed_out))
    if returned[tail] != handed_out[tail]:
        text = (
            "tệp đã bị chương trình khác ghi lại, không còn là tệp đã xuất; ký lại trên đúng tệp đã xuất, "
            "bằng chương trình ký thêm vào cuối tệp (incremental update), không “in” hay “lưu thành” PDF mới"
        )
        return DocumentReport(flaws=(Flaw(FlawKind.REBUILT, text),))
    count = sum(a != b for a, b in zip(returned, handed_out, strict=False))
    flaw = Flaw(FlawKind.ALTERED, f"{count} byte của văn bản đã xuất bị sửa tại chỗ")
    try:
        return _report(_signatures(reader, trust, known_at), [flaw], trust, known_at)
    except (*BROKEN, RecursionError):
        return DocumentReport(flaws=(flaw,))


def _signatures(reader: PdfFileReader, trust: Trust, known_at: datetime) -> list[Judged]:
    found = [
        EmbeddedPdfSignature(reader, field, name)
        for name, value, field in enumerate_sig_fields(reader, filled_status=True)
        if value.get_object().get("/SubFilter") in _FORMS
    ]
    found.sort(key=lambda each: each.signed_revision)
    return [judged(each, trust, known_at) for each in found]


def _form_flaws(reader: PdfFileReader) -> Iterator[Flaw]:
    for _, value, _ in enumerate_sig_fields(reader, filled_status=True):
        form = value.get_object().get("/SubFilter")
        if form not in _FORMS and form != "/ETSI.RFC3161":
            text = f"chữ ký dạng “{str(form).strip('/')}” không được nhận; chọn PAdES hoặc PKCS#7 detached"
            yield Flaw(FlawKind.WEAK, text)


def _altered(returned: bytes, handed_out: bytes, reader: PdfFileReader) -> list[Flaw]:
    """Hold each later revision against the document handed out: two programs look, and either may object."""
    base = PdfFileReader(BytesIO(handed_out)).xrefs.total_revisions
    found = changes(handed_out, returned)
    if not found and not only_signatures_since(reader, base - 1):
        found = ["đối tượng khác của tài liệu bị thêm hoặc sửa"]
    return [Flaw(FlawKind.ALTERED, text) for text in found]


def _later_additions(reader: PdfFileReader, signatures: Sequence[Judged]) -> Iterator[Flaw]:
    """What follows the last signature may only be its proofs: certificates, lists, document time stamps."""
    if not signatures:
        return
    last = signatures[-1].embedded
    is_last = last.signed_revision == reader.xrefs.total_revisions - 1
    if is_last:
        is_fine = last.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    else:
        is_fine = only_proofs_since(reader, last.signed_revision)
    if not is_fine:
        yield Flaw(FlawKind.ADDED_LATER, "có phần được thêm sau chữ ký cuối cùng mà không ai ký")


def _other_pictures(signatures: Sequence[Judged]) -> Iterator[Flaw]:
    for each in signatures:
        if not is_picture_kept(each.embedded):
            called = name_of(each.embedded.signer_cert.subject)
            yield Flaw(FlawKind.ALTERED, f"hình chữ ký của “{called}” bị đổi sau khi ký")
