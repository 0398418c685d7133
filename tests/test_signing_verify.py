"""What comes back signed: honest documents are taken, every other is refused with its own reason."""

import os
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from authorities import Authority, Party, self_made
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import PageObject
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.fields import SigSeedSubFilter as Form
from pyhanko.sign.signers import PdfTimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from signed_letters import (
    AUTHORITY,
    NOW,
    PERSON,
    SEAL,
    Elsewhere,
    drawn,
    letter,
    signed_by,
    trust_in,
)

from latewatch.letters.signing import reading
from latewatch.letters.signing.flaws import FlawKind
from latewatch.letters.signing.report import DocumentReport, Level
from latewatch.letters.signing.trust import Trust, read_trust
from latewatch.letters.signing.verify import verified


@pytest.fixture(scope="module")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Trust:
    return trust_in(tmp_path_factory.mktemp("tin"))


def look(returned: bytes, trust: Trust, at: datetime = NOW) -> DocumentReport:
    return verified(returned, drawn(), letter().head, trust, at)


def kinds(report: DocumentReport) -> set[FlawKind]:
    return {flaw.kind for flaw in report.flaws}


def words(report: DocumentReport) -> str:
    return "; ".join(flaw.text for flaw in report.flaws)


# Honest documents


def test_person_and_seal_signed_here(trust: Trust) -> None:
    report = look(signed_by(PERSON, SEAL), trust)
    assert report.flaws == ()
    assert report.is_accepted
    person, seal = report.signatures
    assert (person.subject, seal.subject) == (
        "Nguyễn Văn Ví Dụ, UBND xã Ví Dụ",
        "Phòng Kinh tế xã Ví Dụ, UBND xã Ví Dụ",
    )
    assert person.issuer.startswith("Chứng thực Ví Dụ")
    assert (person.page, person.signed_at, person.digest) == (1, NOW, "sha256")
    assert (person.level, person.form) == (Level.BASIC, "ETSI.CAdES.detached")


def test_what_a_certificate_says_of_identity_numbers_stays_out_of_the_report(trust: Trust) -> None:
    assert "000000000000" not in repr(look(signed_by(PERSON, SEAL), trust))


@pytest.mark.parametrize(
    "how",
    [
        pytest.param(Elsewhere(), id="unseen, PKCS#7"),
        pytest.param(Elsewhere(form=Form.PADES), id="PAdES"),
        pytest.param(Elsewhere(box=(330, 240, 480, 300), digest="sha512"), id="in the room, SHA-512"),
    ],
)
def test_signed_by_a_program_of_others(how: Elsewhere, trust: Trust) -> None:
    report = look(how.sign(PERSON, drawn()), trust)
    assert report.flaws == ()
    assert [each.field for each in report.signatures] == ["Signature1"]


def test_two_programs_sign_one_after_the_other(trust: Trust) -> None:
    once = Elsewhere(box=(330, 240, 480, 300)).sign(PERSON, drawn())
    twice = Elsewhere(name="ConDau", box=(280, 230, 380, 310)).sign(SEAL, once)
    report = look(twice, trust)
    assert report.flaws == ()
    assert [each.field for each in report.signatures] == ["Signature1", "ConDau"]


def test_a_seal_added_later_to_what_was_signed_here(trust: Trust) -> None:
    report = look(Elsewhere(name="ConDau").sign(SEAL, signed_by(PERSON)), trust)
    assert report.flaws == ()
    assert len(report.signatures) == 2


def test_a_program_may_note_itself_in_the_document_information(trust: Trust) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(drawn()))
    writer.set_info(writer.add_object(_info(writer, {"/Producer": "Chương trình ký Ví Dụ"})))
    assert look(Elsewhere().sign(PERSON, _written(writer)), trust).flaws == ()


def test_the_issuer_may_be_known_by_its_root_alone(tmp_path: Path) -> None:
    trusted = AUTHORITY.trusted(tmp_path / "tin")
    (trusted / "cap.cer").unlink()
    assert look(signed_by(PERSON, SEAL), read_trust(trusted, None)).is_accepted


def test_the_issuer_may_be_trusted_without_its_root(tmp_path: Path) -> None:
    trusted = AUTHORITY.trusted(tmp_path / "tin")
    (trusted / "goc.pem").unlink()
    assert look(signed_by(PERSON, SEAL), read_trust(trusted, None)).is_accepted


def _stamped(pdf: bytes) -> bytes:
    """Add a time stamp of the whole document, as archives do."""
    server = AUTHORITY.issue("Dấu thời gian Ví Dụ", 12, uses="stamp")
    stamper, output = DummyTimeStamper(server.asn1, server.asn1_key, fixed_dt=NOW), BytesIO()
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    PdfTimeStamper(stamper).timestamp_pdf(writer, "sha256", validation_context=None, output=output)
    return output.getvalue()


def test_a_time_stamp_of_the_whole_document_may_follow(trust: Trust) -> None:
    report = look(_stamped(signed_by(PERSON, SEAL)), trust)
    assert report.flaws == ()
    assert len(report.signatures) == 2


def test_a_time_stamp_alone_is_no_signature(trust: Trust) -> None:
    assert kinds(look(_stamped(drawn()), trust)) == {FlawKind.UNSIGNED}


# Tampered with


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    output = BytesIO()
    writer.write(output)
    return output.getvalue()


def _info(writer: IncrementalPdfFileWriter, said: dict[str, str]) -> generic.DictionaryObject:
    info = generic.DictionaryObject(dict(writer.trailer["/Info"].items()))
    info.update({pdf_name(key): generic.pdf_string(text) for key, text in said.items()})
    return info


def _page(writer: IncrementalPdfFileWriter) -> generic.DictionaryObject:
    reference, _ = writer.find_page_for_modification(0)
    writer.mark_update(reference)
    return reference.get_object()


def new_text(pdf: bytes) -> bytes:
    """Exchange the page's content for another."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    content = generic.StreamObject(stream_data=b"0 0 m 100 100 l S")
    _page(writer)[pdf_name("/Contents")] = writer.add_object(content)
    return _written(writer)


def text_in_place(pdf: bytes) -> bytes:
    """Give the object of the page's content other bytes: the page itself stays."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    reference, _ = writer.find_page_for_modification(0)
    content = reference.get_object().raw_get("/Contents").get_object()
    content._data, content._encoded_data = b"0 0 m 100 100 l S", None
    content.pop("/Filter", None)
    writer.mark_update(content.container_ref)
    return _written(writer)


def overlay(pdf: bytes, kind: str = "/FreeText") -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    box = generic.ArrayObject(map(generic.FloatObject, (100, 380, 500, 420)))
    note = {
        "/Type": pdf_name("/Annot"),
        "/Subtype": pdf_name(kind),
        "/Rect": box,
        "/Contents": generic.pdf_string("Khác"),
    }
    reference = writer.add_object(
        generic.DictionaryObject({pdf_name(key): value for key, value in note.items()})
    )
    page = _page(writer)
    page[pdf_name("/Annots")] = generic.ArrayObject([*page.get("/Annots", ()), reference])
    return _written(writer)


def one_more_page(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    content = writer.add_object(generic.StreamObject(stream_data=b"0 0 m 9 9 l S"))
    writer.insert_page(PageObject(contents=content, media_box=(0, 0, 595, 842)))
    return _written(writer)


def turned(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    _page(writer)[pdf_name("/Rotate")] = generic.NumberObject(180)
    return _written(writer)


def cropped(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    _page(writer)[pdf_name("/CropBox")] = generic.ArrayObject(map(generic.NumberObject, (0, 0, 595, 400)))
    return _written(writer)


def opens_with_a_script(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    script = {pdf_name("/S"): pdf_name("/JavaScript"), pdf_name("/JS"): generic.pdf_string("app.alert(1)")}
    writer.root[pdf_name("/OpenAction")] = generic.DictionaryObject(script)
    writer.update_root()
    return _written(writer)


def other_attachment(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    names = generic.DictionaryObject({pdf_name("/EmbeddedFiles"): generic.DictionaryObject()})
    writer.root[pdf_name("/Names")] = names
    writer.update_root()
    return _written(writer)


def field_to_fill(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    field = {"/FT": pdf_name("/Tx"), "/T": generic.pdf_string("Ngay"), "/V": generic.pdf_string("20/12/2026")}
    reference = writer.add_object(
        generic.DictionaryObject({pdf_name(key): value for key, value in field.items()})
    )
    fields = generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject([reference])})
    writer.root[pdf_name("/AcroForm")] = fields
    writer.update_root()
    return _written(writer)


def empty_signature(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    append_signature_field(writer, SigFieldSpec("ChoKy", box=(100, 100, 200, 150)))
    return _written(writer)


def other_title(pdf: bytes) -> bytes:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    writer.set_info(writer.add_object(_info(writer, {"/Title": "Văn bản khác"})))
    return _written(writer)


def other_font(pdf: bytes) -> bytes:
    """Give the glyphs of a font other shapes: the text is the same, and reads otherwise."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    fonts = _page(writer)["/Resources"]["/Font"]
    inner = next(iter(fonts.values())).get_object()["/DescendantFonts"][0]
    inner[pdf_name("/CIDToGIDMap")] = writer.add_object(generic.StreamObject(stream_data=b"\0\1" * 4000))
    writer.update_container(inner)
    return _written(writer)


def hidden_object(pdf: bytes) -> bytes:
    """Change the structure that screen readers read, which no page shows."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    tree = writer.root["/StructTreeRoot"]
    tree[pdf_name("/RoleMap")] = generic.DictionaryObject({pdf_name("/P"): pdf_name("/H1")})
    writer.update_container(tree)
    return _written(writer)


CHANGES: list[tuple[Callable[[bytes], bytes], str]] = [
    (new_text, "nội dung trang 1"),
    (text_in_place, "nội dung trang 1"),
    (overlay, "chú thích đè lên trang 1 (FreeText)"),
    (one_more_page, "số trang từ 1 thành 2"),
    (turned, "hướng"),
    (cropped, "khổ giấy"),
    (opens_with_a_script, "lệnh tự chạy"),
    (other_attachment, "tệp đính kèm"),
    (field_to_fill, "ô điền"),
    (empty_signature, "ô chữ ký bỏ trống"),
    (other_title, "tiêu đề"),
    (other_font, "phông chữ"),
    (hidden_object, "đối tượng khác"),
]


@pytest.mark.parametrize(("change", "said"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_changed_after_it_was_signed(change: Callable[[bytes], bytes], said: str, trust: Trust) -> None:
    report = look(change(signed_by(PERSON, SEAL)), trust)
    assert FlawKind.ALTERED in kinds(report)
    assert said in words(report)
    assert not report.is_accepted


@pytest.mark.parametrize(("change", "said"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
def test_changed_before_it_was_signed(change: Callable[[bytes], bytes], said: str, trust: Trust) -> None:
    """The signature itself is sound, and covers what was not handed out."""
    report = look(Elsewhere().sign(PERSON, change(drawn())), trust)
    assert FlawKind.ALTERED in kinds(report)
    assert said in words(report)


@pytest.mark.parametrize("change", [new_text, overlay, turned], ids=lambda change: change.__name__)
def test_changed_between_two_signatures(change: Callable[[bytes], bytes], trust: Trust) -> None:
    report = look(Elsewhere(name="ConDau").sign(SEAL, change(signed_by(PERSON))), trust)
    assert FlawKind.ALTERED in kinds(report)


def test_changed_and_changed_back(trust: Trust) -> None:
    """The last revision shows the honest page; what was signed in between does not."""
    pdf = signed_by(PERSON)
    writer = IncrementalPdfFileWriter(BytesIO(Elsewhere(name="ConDau").sign(SEAL, new_text(pdf))))
    with pikepdf.open(BytesIO(drawn())) as honest:
        back = generic.IndirectObject(*honest.pages[0].obj.Contents.objgen, writer)
    _page(writer)[pdf_name("/Contents")] = back
    report = look(_written(writer), trust)
    assert not report.is_accepted
    assert FlawKind.ALTERED in kinds(report)


def test_bytes_flipped_in_the_words(trust: Trust) -> None:
    pdf = bytearray(signed_by(PERSON, SEAL))
    pdf[pdf.index(b"stream") + 20] ^= 0xFF
    report = look(bytes(pdf), trust)
    assert kinds(report) == {FlawKind.ALTERED, FlawKind.BROKEN}
    assert "1 byte của văn bản đã xuất bị sửa tại chỗ" in words(report)


def test_bytes_flipped_in_the_signature(trust: Trust) -> None:
    pdf = bytearray(signed_by(PERSON))
    start = pdf.rindex(b"/Contents <")
    last = start + len(pdf[start : pdf.index(b">", start)].rstrip(b"0")) - 40  # within the signature itself
    pdf[last : last + 1] = b"1" if pdf[last : last + 1] == b"2" else b"2"
    report = look(bytes(pdf), trust)
    assert kinds(report) == {FlawKind.BROKEN}


@pytest.mark.parametrize(
    "options", [{}, {"linearize": True}, {"object_stream_mode": pikepdf.ObjectStreamMode.generate}]
)
@pytest.mark.parametrize("before", [drawn, lambda: signed_by(PERSON, SEAL)], ids=["unsigned", "signed"])
def test_saved_anew_by_another_program(
    before: Callable[[], bytes], options: dict[str, object], trust: Trust
) -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(before())) as pdf:
        pdf.save(output, **options)
    report = look(output.getvalue(), trust)
    assert kinds(report) == {FlawKind.REBUILT}
    assert "incremental update" in words(report)


def test_saved_anew_and_then_signed(trust: Trust) -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(drawn())) as pdf:
        pdf.save(output)
    assert kinds(look(Elsewhere().sign(PERSON, output.getvalue()), trust)) == {FlawKind.REBUILT}


def test_not_signed(trust: Trust) -> None:
    report = look(drawn(), trust)
    assert kinds(report) == {FlawKind.UNSIGNED}
    assert not report.is_accepted


@pytest.mark.parametrize("tail", [b"\n% more\n", b"9999 0 obj\n<< /Type /Page >>\nendobj\n", b"\0" * 3000])
def test_bytes_after_the_last_signature(tail: bytes, trust: Trust) -> None:
    report = look(signed_by(PERSON, SEAL) + tail, trust)
    assert kinds(report) & {FlawKind.ADDED_LATER, FlawKind.DAMAGED}
    assert not report.is_accepted


def test_a_last_line_repeated_after_the_last_signature(trust: Trust) -> None:
    pdf = signed_by(PERSON)
    end = pdf[pdf.rindex(b"startxref") :]
    assert FlawKind.ADDED_LATER in kinds(look(pdf + b"\n% more\n" + end, trust))


def test_a_signature_that_leaves_out_part_of_the_file(trust: Trust) -> None:
    """The range that is signed is made shorter, in the room the writer left for the numbers."""
    pdf = signed_by(PERSON)
    start = pdf.rindex(b"/ByteRange [") + len(b"/ByteRange [")
    end = pdf.index(b"]", start)
    numbers = [int(number) for number in pdf[start:end].split()]
    shorter = b"%d %d %d %d" % (numbers[0], numbers[1], numbers[2] + 10, numbers[3] - 10)
    changed = pdf[:start] + shorter.ljust(end - start) + pdf[end:]
    report = look(changed, trust)
    assert {FlawKind.NOT_COVERED, FlawKind.BROKEN} <= kinds(report)


def other_place(pdf: bytes) -> bytes:
    """Move a signature's picture over the dates."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    annotation = _page(writer)["/Annots"][-1]
    annotation[pdf_name("/Rect")] = generic.ArrayObject(map(generic.NumberObject, (80, 380, 540, 430)))
    writer.update_container(annotation)
    return _written(writer)


def other_picture(pdf: bytes) -> bytes:
    """Let a signature show another picture."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    annotation = _page(writer)["/Annots"][-1]
    shown = generic.StreamObject(
        dict(annotation["/AP"]["/N"].items()), stream_data=b"1 0 0 rg 0 0 99 99 re f"
    )
    annotation["/AP"][pdf_name("/N")] = writer.add_object(shown)
    writer.update_container(annotation)
    return _written(writer)


def other_picture_in_place(pdf: bytes) -> bytes:
    """Give the picture itself other bytes: field and annotation stay."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    shown = _page(writer)["/Annots"][-1]["/AP"]["/N"]
    shown._data, shown._encoded_data = b"1 0 0 rg 0 0 99 99 re f", None
    shown.pop("/Filter", None)
    writer.mark_update(shown.container_ref)
    return _written(writer)


@pytest.mark.parametrize("change", [other_place, other_picture, other_picture_in_place])
@pytest.mark.parametrize("is_sealed", [False, True], ids=["and left so", "and sealed by another"])
def test_shadows_over_a_signature(change: Callable[[bytes], bytes], is_sealed: bool, trust: Trust) -> None:
    """After the signature its picture is exchanged, or moved; the next one who signs does not see it."""
    changed = change(signed_by(PERSON))
    report = look(Elsewhere(name="ConDau").sign(SEAL, changed) if is_sealed else changed, trust)
    assert FlawKind.ALTERED in kinds(report)
    assert "hình chữ ký của “Nguyễn Văn Ví Dụ" in words(report)


def test_things_laid_down_for_later(trust: Trust) -> None:
    """Objects nothing leads to yet, behind the last signature."""
    writer = IncrementalPdfFileWriter(BytesIO(signed_by(PERSON)))
    writer.add_object(generic.StreamObject(stream_data=b"0 0 m 100 100 l S"))
    writer.update_root()
    assert kinds(look(_written(writer), trust)) == {FlawKind.ADDED_LATER}


def test_too_many_objects_are_not_read(trust: Trust) -> None:
    writer = IncrementalPdfFileWriter(BytesIO(signed_by(PERSON)))
    writer.add_object(generic.ArrayObject([generic.NumberObject(1)] * (reading.MOST_WORDS // 2)))
    writer.update_root()
    assert kinds(look(_written(writer), trust)) == {FlawKind.TOO_LARGE}


@pytest.mark.parametrize("box", [(80, 380, 540, 430), (300, 755, 545, 800)], ids=["the dates", "the head"])
def test_a_signature_placed_over_the_words(box: tuple[float, float, float, float], trust: Trust) -> None:
    report = look(Elsewhere(box=box).sign(PERSON, drawn()), trust)
    assert kinds(report) == {FlawKind.OVER_TEXT}
    assert "trang 1" in words(report)


def test_encrypted(trust: Trust) -> None:
    output = BytesIO()
    with pikepdf.open(BytesIO(drawn())) as pdf:
        pdf.save(output, encryption=pikepdf.Encryption(owner="chủ", user=""))
    assert kinds(look(output.getvalue(), trust)) == {FlawKind.ENCRYPTED}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\3\4",
        b"%PDF-1.7\n",
        b"%PDF-1.7\n" + os.urandom(50_000),
        drawn()[:-400],
        b"%PDF-1.7\n" + b"[" * 200_000,
    ],
    ids=["empty", "archive", "header", "noise", "cut", "nested"],
)
def test_damaged(content: bytes, trust: Trust) -> None:
    assert kinds(look(content, trust)) == {FlawKind.DAMAGED}


def test_a_file_that_is_no_letter_any_more_is_not_even_read(
    trust: Trust, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_BYTES", 30_000)
    assert kinds(look(drawn() + b"\0" * 30_000, trust)) == {FlawKind.TOO_LARGE}


def test_a_file_written_on_without_end(trust: Trust) -> None:
    pdf = drawn()
    for _ in range(reading.MOST_REVISIONS):
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        writer.update_root()
        pdf = _written(writer)
    assert "ghi thêm quá" in words(look(pdf, trust))


def test_a_stream_that_swells(trust: Trust) -> None:
    """Objects in a compressed stream of some kB that unpack to hundreds of MB."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    output = BytesIO()
    pdf.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    content = output.getvalue()
    start, end = content.index(b"stream\n") + 7, content.index(b"endstream")
    swollen = zlib.compress(zlib.decompress(content[start:end].rstrip(b"\n")) + b" " * 300_000_000)
    assert kinds(look(content[:start] + swollen + content[end:], trust)) == {FlawKind.DAMAGED}


# By whom


def test_by_an_unknown_authority(tmp_path: Path) -> None:
    other = Authority("Nơi cấp Lạ", (3, 4))
    report = look(signed_by(other.issue("Nguyễn Văn Ví Dụ")), trust_in(tmp_path))
    assert kinds(report) == {FlawKind.UNKNOWN_ISSUER}
    assert "Nơi cấp Lạ" in words(report)
    assert "signing.trusted" in words(report)


def test_by_an_authority_that_only_bears_the_same_name(tmp_path: Path) -> None:
    other = Authority(numbers=(3, 4))
    report = look(signed_by(other.issue("Nguyễn Văn Ví Dụ")), trust_in(tmp_path))
    assert not report.is_accepted
    assert kinds(report) <= {FlawKind.UNKNOWN_ISSUER, FlawKind.WEAK, FlawKind.WRONG_USE}


def test_by_oneself(trust: Trust) -> None:
    assert kinds(look(signed_by(self_made("Nguyễn Văn Ví Dụ")), trust)) == {FlawKind.SELF_SIGNED}


def test_nobody_is_trusted_by_default() -> None:
    assert kinds(look(signed_by(PERSON), Trust(roots=()))) == {FlawKind.UNKNOWN_ISSUER}


def _until(days: int) -> Party:
    return AUTHORITY.issue("Nguyễn Văn Ví Dụ", ends=(NOW + timedelta(days=days)).astimezone(UTC))


def test_by_an_expired_certificate(trust: Trust) -> None:
    report = look(signed_by(_until(-10)), trust)
    assert kinds(report) == {FlawKind.EXPIRED}
    assert "02/11/2026" in words(report)


def test_by_a_certificate_that_expired_since_without_a_time_stamp(trust: Trust) -> None:
    """Whoever has an expired key can write any time into a signature."""
    report = look(signed_by(_until(5)), trust, NOW + timedelta(days=6))
    assert kinds(report) == {FlawKind.EXPIRED}


def test_by_a_certificate_that_is_not_valid_yet(trust: Trust) -> None:
    coming = AUTHORITY.issue("Nguyễn Văn Ví Dụ", begins=(NOW + timedelta(days=3)).astimezone(UTC))
    report = look(signed_by(coming), trust)
    assert kinds(report) == {FlawKind.NOT_YET_VALID}
    assert "15/11/2026" in words(report)


def test_by_a_revoked_certificate(tmp_path: Path) -> None:
    since = datetime(2026, 11, 10, 3, 30, tzinfo=UTC)
    report = look(signed_by(PERSON, SEAL), trust_in(tmp_path, revoked=[(PERSON, since)]))
    assert kinds(report) == {FlawKind.REVOKED}
    assert "10:30 10/11/2026" in words(report)
    assert "Nguyễn Văn Ví Dụ" in words(report)


def test_a_list_that_is_out_of_date_still_holds(tmp_path: Path) -> None:
    lists = AUTHORITY.revoke(
        tmp_path / "thu-hoi",
        (PERSON, datetime(2026, 1, 1, tzinfo=UTC)),
        until=datetime(2026, 2, 1, tzinfo=UTC),
    )
    old = read_trust(AUTHORITY.trusted(tmp_path / "tin"), lists)
    assert kinds(look(signed_by(PERSON), old)) == {FlawKind.REVOKED}


def test_what_was_not_checked_is_said(tmp_path: Path, trust: Trust) -> None:
    assert "chưa kiểm tra thu hồi" in " ".join(look(signed_by(PERSON), trust).notes)
    lists = AUTHORITY.revoke(tmp_path / "thu-hoi", until=datetime(2026, 2, 1, tzinfo=UTC))
    old = read_trust(AUTHORITY.trusted(tmp_path / "tin"), lists)
    assert "đã cũ" in " ".join(look(signed_by(PERSON), old).notes)


def test_by_a_revoked_authority(tmp_path: Path) -> None:
    authority = Authority(numbers=(5, 6))
    person = authority.issue("Nguyễn Văn Ví Dụ")
    lists = authority.revoke_of_root(
        tmp_path / "thu-hoi", (authority.issuer, datetime(2026, 1, 1, tzinfo=UTC))
    )
    report = look(signed_by(person), read_trust(authority.trusted(tmp_path / "tin"), lists))
    assert kinds(report) == {FlawKind.REVOKED}
    assert "Chứng thực Ví Dụ" in words(report)


def test_by_a_certificate_for_something_else(trust: Trust) -> None:
    assert kinds(look(signed_by(AUTHORITY.issue("Máy chủ Ví Dụ", uses="encipher")), trust)) == {
        FlawKind.WRONG_USE
    }


def test_sha_1(trust: Trust) -> None:
    report = look(Elsewhere(digest="sha1").sign(PERSON, drawn()), trust)
    assert kinds(report) == {FlawKind.WEAK}
    assert "SHA1" in words(report)


def test_a_short_key(trust: Trust) -> None:
    weak = AUTHORITY.issue("Nguyễn Văn Ví Dụ", 20, bits=1024)
    assert kinds(look(signed_by(weak), trust)) == {FlawKind.WEAK}


def test_a_certificate_issued_with_a_weak_digest(trust: Trust) -> None:
    weak = AUTHORITY.issue_weakly("Nguyễn Văn Ví Dụ")
    assert kinds(look(signed_by(weak), trust)) == {FlawKind.WEAK}


def test_a_clock_that_is_ahead(trust: Trust) -> None:
    assert look(signed_by(PERSON, at=NOW + timedelta(minutes=10)), trust).is_accepted
    report = look(signed_by(PERSON, at=NOW + timedelta(days=1)), trust)
    assert kinds(report) == {FlawKind.WRONG_TIME}


def test_one_bad_signature_spoils_a_good_one(trust: Trust) -> None:
    report = look(signed_by(PERSON, self_made("Phòng Kinh tế xã Ví Dụ")), trust)
    assert kinds(report) == {FlawKind.SELF_SIGNED}
    assert len(report.signatures) == 2
    assert not report.is_accepted
