"""Judged signatures as a report: names, times, level; and what could not be checked."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from latewatch.letters.signing.certificates import holder_of, name_of
from latewatch.letters.signing.proof import is_proven
from latewatch.letters.signing.report import Level, SignatureReport
from latewatch.letters.signing.signatures import Judged, algorithm_of
from latewatch.letters.signing.trust import Trust, lists_for


def told(signature: Judged) -> SignatureReport:
    embedded, stamp = signature.embedded, signature.stamp
    holder = holder_of(embedded.signer_cert)
    return SignatureReport(
        field=str(embedded.field_name),
        page=_page(signature),
        subject=holder.subject,
        issuer=holder.issuer,
        serial=holder.serial,
        valid_from=holder.valid_from,
        valid_until=holder.valid_until,
        signed_at=signature.signed_at,
        stamped_at=stamp.at if stamp else None,
        stamped_by=name_of(stamp.by.subject) if stamp else "",
        digest=embedded.md_algorithm,
        algorithm=algorithm_of(embedded),
        level=_level(signature),
        form=str(embedded.sig_object.get("/SubFilter", "")).strip("/"),
    )


def _page(signature: Judged) -> int | None:
    """Return the page, from 1, on which the signature is shown; None where it cannot be told."""
    reader, field = signature.embedded.reader, signature.embedded.sig_field
    widgets = [field.container_ref, *(each.get_object().container_ref for each in field.get("/Kids", ()))]
    for number in range(int(reader.root["/Pages"]["/Count"])):
        page = reader.find_page_for_modification(number)[0].get_object()
        if any(each.get_object().container_ref in widgets for each in page.get("/Annots", ())):
            return number + 1
    return None


def _level(signature: Judged) -> Level:
    if signature.stamp is None:
        return Level.BASIC
    chains = (signature.chain, signature.stamp.chain)
    return Level.LASTING if is_proven(chains, signature.embedded.reader) else Level.STAMPED


def notes_on(signatures: Sequence[Judged], trust: Trust, now: datetime) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for each in signatures for note in _notes(each, trust, now)))


def _notes(signature: Judged, trust: Trust, now: datetime) -> Iterator[str]:
    if signature.stamp is None:
        yield "không có dấu thời gian: giờ ký do máy của người ký ghi"
    if not signature.chain:
        return
    issuer = name_of(signature.chain[-1].issuer)
    lists = lists_for(signature.chain[-2:], trust)
    if not lists:
        yield f"chưa kiểm tra thu hồi: signing.revoked không có danh sách của “{issuer}”"
    for each in lists:
        if each.next_update_utc and each.next_update_utc < now:
            yield f"danh sách thu hồi của “{issuer}” đã cũ, hạn {each.next_update_utc:%d/%m/%Y}; tải bản mới"
