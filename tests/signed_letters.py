"""Letters drawn, signed and tampered with, for the tests of signatures."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from asn1crypto import x509
from authorities import Authority, Party, draw_seal, draw_signature
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from latewatch.clock import VIETNAM
from latewatch.domain.letters.letter import Letter, LetterForm, Letterhead
from latewatch.letters.render import LetterPrinter
from latewatch.letters.signing.images import Picture, read_picture
from latewatch.letters.signing.keys import KeptKey, Key
from latewatch.letters.signing.place import signature_place
from latewatch.letters.signing.sign import Desk, Hand, signed
from latewatch.letters.signing.trust import NOBODY, Trust, read_trust

NOW = datetime(2026, 11, 12, 8, 0, tzinfo=VIETNAM)
AUTHORITY = Authority()
PERSON = AUTHORITY.issue("Nguyễn Văn Ví Dụ", 10)
SEAL = AUTHORITY.issue("Phòng Kinh tế xã Ví Dụ", 11)


def letter(
    deputy_title: str = "", form: LetterForm = LetterForm.EXTENSION, signer: str = "Nguyễn Văn Ví Dụ"
) -> Letter:
    head = Letterhead(
        governing_body="UBND xã Ví Dụ",
        issuing_body="Phòng Kinh tế",
        place="Ví Dụ",
        signer_title="Trưởng phòng",
        unit_name="Phòng Kinh tế",
        deputy_title=deputy_title,
        signer_name=signer,
        desk_name="Trung tâm Phục vụ hành chính công",
    )
    return Letter(
        head=head,
        form=form,
        title="",
        dated=date(2026, 11, 12),
        code="H99.01-261016-0003",
        applicant="Trần Thị Mẫu",
        address="Thôn Ví Dụ",
        phone="",
        received_at=datetime(2026, 10, 16, 8, 0, tzinfo=VIETNAM),
        procedure="Thủ tục Ví Dụ",
        field="Hộ tịch",
        promised_on=date(2026, 11, 13),
        new_date=date(2026, 11, 20),
        reason="quá tải",
        number=7,
    )


@cache
def printer(paper: str = "A4") -> LetterPrinter:
    return LetterPrinter(paper=paper)


@cache
def drawn(deputy_title: str = "", form: LetterForm = LetterForm.EXTENSION, paper: str = "A4") -> bytes:
    return printer(paper).pdf(letter(deputy_title, form))


@cache
def pictures() -> tuple[Picture, Picture]:
    with TemporaryDirectory() as folder:
        return (
            read_picture(draw_signature(Path(folder) / "ky.png"), "person", "thử"),
            read_picture(draw_seal(Path(folder) / "dau.png"), "seal", "thử"),
        )


def key_of(party: Party) -> Key:
    return Key(party.asn1, KeptKey(party.asn1, party.private, _chain_of(party)))


def simple_signer(party: Party) -> SimpleSigner:
    return SimpleSigner(party.asn1, party.asn1_key, _chain_of(party))


def _chain_of(party: Party) -> SimpleCertificateStore:
    store = SimpleCertificateStore()
    store.register_multiple([x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in party.above])
    return store


@cache
def signed_by(
    *parties: Party,
    pdf: bytes | None = None,
    at: datetime = NOW,
    stamper: TimeStamper | None = None,
    trust: Trust | None = None,
) -> bytes:
    """Sign as latewatch does: the first party is the person, the second the seal."""
    pdf = drawn() if pdf is None else pdf
    kinds = ("person", "seal")
    hands = [
        Hand(kind, key_of(party), picture)
        for kind, party, picture in zip(kinds, parties, pictures(), strict=False)
    ]
    desk = Desk(hands, stamper, trust or NOBODY)
    return signed(pdf, desk, signature_place(pdf, letter().head), at)


@dataclass(frozen=True)
class Elsewhere:
    """How a program of others signs: a field of its own, a place or none, plain PKCS#7."""

    name: str = "Signature1"
    box: tuple[float, float, float, float] | None = None
    digest: str = "sha256"
    form: SigSeedSubFilter = SigSeedSubFilter.ADOBE_PKCS7_DETACHED
    at: datetime = NOW
    stamper: TimeStamper | None = None

    def sign(self, party: Party, pdf: bytes) -> bytes:
        return asyncio.run(self._sign(party, pdf))

    async def _sign(self, party: Party, pdf: bytes) -> bytes:
        signer = PdfSigner(
            PdfSignatureMetadata(field_name=self.name, md_algorithm=self.digest, subfilter=self.form),
            signer=simple_signer(party),
            timestamper=self.stamper,
            new_field_spec=SigFieldSpec(self.name, on_page=0, box=self.box),
        )
        session = signer.init_signing_session(IncrementalPdfFileWriter(BytesIO(pdf)))
        session.system_time = self.at
        size = await session.estimate_signature_container_size(None)
        document = session.prepare_tbs_document(None, size)
        output = BytesIO()
        digest, _ = document.digest_tbs_document(output=output)
        await document.perform_signature(digest.document_digest, PdfCMSSignedAttributes(signing_time=self.at))
        return output.getvalue()


def trust_in(
    folder: Path, authority: Authority = AUTHORITY, revoked: Sequence[tuple[Party, datetime]] | None = None
) -> Trust:
    """Trust `authority`; with `revoked`, as its list says."""
    lists = None if revoked is None else authority.revoke(folder / "thu-hoi", *revoked)
    return read_trust(authority.trusted(folder / "tin"), lists)
