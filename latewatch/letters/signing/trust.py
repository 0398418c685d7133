"""Whom the office trusts: certificates of issuers, and their lists of what they revoked; both are folders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from asn1crypto import pem, x509
from cryptography import x509 as pyca

from latewatch.errors import LetterError
from latewatch.letters.signing.certificates import name_of

RevokedList = pyca.CertificateRevocationList


@dataclass(frozen=True, slots=True)
class Trust:
    """Certificates that are trusted by themselves, those between, and the lists of revoked ones."""

    roots: Sequence[x509.Certificate]
    between: Sequence[x509.Certificate] = ()
    revoked: Sequence[RevokedList] = ()

    @property
    def is_empty(self) -> bool:
        return not self.roots


NOBODY = Trust(roots=())


@dataclass(frozen=True, slots=True)
class Revoked:
    """When a certificate was taken back."""

    certificate: x509.Certificate
    since: datetime


def read_trust(trusted: Path | None, revoked: Path | None, more: Path | None = None) -> Trust:
    """Read the folders; `more` is one more file of certificates. Raises LetterError naming the file."""
    certificates = [each for file in _files(trusted, "trusted") for each in _certificates(file)]
    certificates += _certificates(more) if more else []
    names = {each.subject.hashable for each in certificates}
    roots = [each for each in certificates if _is_top(each, names)]
    between = [each for each in certificates if not _is_top(each, names)]
    lists = [_list(file) for file in _files(revoked, "revoked")]
    _refuse_unknown(lists, certificates)
    return Trust(roots, between, lists)


def _is_top(certificate: x509.Certificate, names: set[str]) -> bool:
    """Tell whether nothing in the folder vouches for it: an office may keep the issuer without its root."""
    is_own = certificate.subject.hashable == certificate.issuer.hashable
    return is_own or certificate.issuer.hashable not in names


def _files(folder: Path | None, key: str) -> list[Path]:
    if folder is None:
        return []
    if not folder.is_dir():
        raise LetterError(f"signing.{key}: không có thư mục {folder}.")
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))


def _certificates(file: Path) -> list[x509.Certificate]:
    try:
        content = file.read_bytes()
        if not pem.detect(content):
            return [_strict(content)]
        blocks = pem.unarmor(content, multiple=True)
        return [_strict(der) for kind, _, der in blocks if kind == "CERTIFICATE"]
    except (OSError, ValueError) as e:
        raise LetterError(f"{file}: không đọc được chứng thư (PEM, DER); bỏ tệp này khỏi thư mục.") from e


def _strict(der: bytes) -> x509.Certificate:
    certificate = x509.Certificate.load(der, strict=True)
    _ = certificate.subject.hashable, certificate.issuer.hashable, certificate.not_valid_after
    return certificate


def _list(file: Path) -> RevokedList:
    try:
        content = file.read_bytes()
        return pyca.load_pem_x509_crl(content) if pem.detect(content) else pyca.load_der_x509_crl(content)
    except (OSError, ValueError) as e:
        raise LetterError(f"{file}: không đọc được danh sách thu hồi (CRL); tải lại từ nơi cấp.") from e


def lists_for(chain: Sequence[x509.Certificate], trust: Trust) -> list[RevokedList]:
    """Return the lists that issuers in `chain`, the root first, keep of what they took back."""
    return [
        each
        for issuer, certificate in pairwise(chain)
        for each in trust.revoked
        if _is_of(each, certificate.issuer) and _is_signed_by(each, issuer)
    ]


def revoked_in(chain: Sequence[x509.Certificate], trust: Trust, moment: datetime) -> Revoked | None:
    """Return the first of `chain` that a list had taken back at `moment`, however old the list is."""
    lists = lists_for(chain, trust)
    for certificate in chain[1:]:
        for each in lists:
            entry = each.get_revoked_certificate_by_serial_number(certificate.serial_number)
            if _is_of(each, certificate.issuer) and entry is not None and entry.revocation_date_utc <= moment:
                return Revoked(certificate, entry.revocation_date_utc)
    return None


def _is_of(each: RevokedList, issuer: x509.Name) -> bool:
    named: x509.Name = x509.Name.load(each.issuer.public_bytes())
    return bool(named.hashable == issuer.hashable)


def _is_signed_by(each: RevokedList, issuer: x509.Certificate) -> bool:
    key = pyca.load_der_x509_certificate(issuer.dump()).public_key()
    try:
        return each.is_signature_valid(key)  # type: ignore[arg-type]  # a key that signs no lists raises
    except TypeError:
        return False


def _refuse_unknown(lists: Sequence[RevokedList], known: Sequence[x509.Certificate]) -> None:
    """Refuse a list that none of the known issuers signed: forged, or it would be left unread."""
    for each in lists:
        if not any(_is_signed_by(each, issuer) for issuer in known):
            named = name_of(x509.Name.load(each.issuer.public_bytes()))
            raise LetterError(
                f"signing.revoked: danh sách thu hồi mang tên “{named}” không do chứng thư nào trong "
                "signing.trusted ký; thêm chứng thư của nơi cấp đó, hoặc tải lại danh sách."
            )
