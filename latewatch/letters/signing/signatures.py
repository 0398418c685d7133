"""One signature of a returned document: does it belong to the bytes, to a trusted person, to a time?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from asn1crypto import x509
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from latewatch.clock import VIETNAM
from latewatch.letters.signing.certificates import may_sign, name_of
from latewatch.letters.signing.chains import Chain, chain_of
from latewatch.letters.signing.flaws import Flaw, FlawKind
from latewatch.letters.signing.stamps import Stamp, stamp_of
from latewatch.letters.signing.trust import Trust

STRONG_DIGESTS = {"sha224", "sha256", "sha384", "sha512", "sha3_256", "sha3_384", "sha3_512", "shake256"}
LEAST_RSA_BITS = 2048
TOLERANCE = timedelta(minutes=15)  # by which the signer's clock may be ahead of ours


@dataclass(frozen=True, slots=True)
class Judged:
    """A signature with its certificate's chain, its time stamp, and what is wrong."""

    embedded: EmbeddedPdfSignature
    chain: Chain
    stamp: Stamp | None
    signed_at: datetime | None
    flaws: tuple[Flaw, ...]


def judged(embedded: EmbeddedPdfSignature, trust: Trust, known_at: datetime) -> Judged:
    """Judge one signature. `known_at` is when the document is known to have been there."""
    flaws = [*_integrity(embedded), *_strength(embedded)]
    stamp, problem = stamp_of(embedded.signer_info, trust, known_at)
    flaws += [problem] if problem else []
    signed_at = _claimed(embedded)
    chain: Chain = ()
    for moment in _moments(signed_at, stamp, known_at):
        found = chain_of(embedded.signer_cert, embedded.other_embedded_certs, trust, moment)
        if isinstance(found, Flaw):
            flaws.append(found)
            break
        chain = found
    flaws += _use(embedded.signer_cert)
    if signed_at and signed_at > known_at + TOLERANCE:
        flaws.append(_later(signed_at, known_at))
    return Judged(embedded, chain, stamp, signed_at, tuple(flaws))


def _moments(signed_at: datetime | None, stamp: Stamp | None, known_at: datetime) -> list[datetime]:
    """Return when the certificate must hold: when stamped; without a stamp, when it is said and now."""
    if stamp is not None:
        return [stamp.at]
    return [known_at] if signed_at is None or signed_at > known_at else [signed_at, known_at]


def _later(signed_at: datetime, known_at: datetime) -> Flaw:
    return Flaw(
        FlawKind.WRONG_TIME,
        f"chữ ký ghi lúc ký {signed_at:%H:%M %d/%m/%Y}, muộn hơn lúc nhận ({known_at:%H:%M %d/%m/%Y}); sửa "
        "đồng hồ của máy đã ký rồi ký lại",
    )


def _claimed(embedded: EmbeddedPdfSignature) -> datetime | None:
    said = embedded.self_reported_timestamp
    if said is None:
        return None
    return (said if said.tzinfo else said.replace(tzinfo=VIETNAM)).astimezone(VIETNAM)


def _integrity(embedded: EmbeddedPdfSignature) -> Iterator[Flaw]:
    called = f"chữ ký “{name_of(embedded.signer_cert.subject)}”"
    if embedded.evaluate_signature_coverage() < SignatureCoverageLevel.ENTIRE_REVISION:
        yield Flaw(
            FlawKind.NOT_COVERED,
            f"{called} không phủ hết phần tài liệu trước nó; ký lại bằng chương trình khác",
        )
    if not _holds(embedded):
        yield Flaw(FlawKind.BROKEN, f"{called} không khớp nội dung: tệp bị sửa sau khi ký, hoặc chữ ký giả")


def _holds(embedded: EmbeddedPdfSignature) -> bool:
    try:
        intact, valid = validate_sig_integrity(
            embedded.signer_info, embedded.signer_cert, "data", embedded.compute_digest()
        )
    except (SignatureValidationError, ValueError, NotImplementedError):
        return False
    return intact and valid


def _strength(embedded: EmbeddedPdfSignature) -> Iterator[Flaw]:
    digest = embedded.md_algorithm
    if digest not in STRONG_DIGESTS or "sha1" in algorithm_of(embedded):
        yield Flaw(
            FlawKind.WEAK,
            f"chữ ký dùng thuật toán băm {digest.upper()} quá yếu; chọn SHA-256 trong chương trình ký",
        )
    key = embedded.signer_cert.public_key
    if key.algorithm in ("rsa", "rsassa_pss") and key.bit_size < LEAST_RSA_BITS:
        yield Flaw(FlawKind.WEAK, f"khóa RSA {key.bit_size} bit quá ngắn, cần ít nhất {LEAST_RSA_BITS}")


def algorithm_of(embedded: EmbeddedPdfSignature) -> str:
    return str(embedded.signer_info["signature_algorithm"]["algorithm"].native)


def _use(certificate: x509.Certificate) -> list[Flaw]:
    if may_sign(certificate):
        return []
    called = f"chứng thư của “{name_of(certificate.subject)}”"
    text = "không dùng để ký: thiếu digitalSignature, nonRepudiation"
    return [Flaw(FlawKind.WRONG_USE, f"{called} {text}")]
