"""Keys that sign: from a PKCS#12 file or a PKCS#11 token. Passwords and PINs never leave these functions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import pkcs12, x509
from cryptography import x509 as pyca
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from pyhanko.sign.signers import Signer as Signing
from pyhanko_certvalidator.registry import SimpleCertificateStore
from pyhanko_certvalidator.util import get_pyca_cryptography_hash

from latewatch.errors import LetterError

Private = RSAPrivateKey | EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class Key:
    """A certificate with what signs in its name."""

    certificate: x509.Certificate
    signing: Signing


@contextmanager
def key_from_file(file: Path, password: str, where: str) -> Iterator[Key]:
    """Open a PKCS#12 file. Raises LetterError, which tells a wrong password from a wrong file."""
    content = _read(file, where)
    try:
        pkcs12.Pfx.load(content, strict=True)
    except ValueError as e:
        raise LetterError(f"{where}: {file.name} không phải tệp chứng thư PKCS#12 (.p12, .pfx).") from e
    yield _opened(file, content, password, where)


def _read(file: Path, where: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as e:
        raise LetterError(f"{where}: không đọc được tệp chứng thư {file}: {e.strerror}.") from e


def _opened(file: Path, content: bytes, password: str, where: str) -> Key:
    try:
        bundle = load_pkcs12(content, password.encode())
    except UnsupportedAlgorithm:
        problem = "được mã hóa theo cách quá cũ; xuất lại tệp với AES-256"
    except ValueError:
        problem = "không mở được: sai mật khẩu (password_file, password_env), hoặc tệp hỏng"
    else:
        if bundle.cert is not None and isinstance(bundle.key, RSAPrivateKey | EllipticCurvePrivateKey):
            others = [_certificate(each.certificate) for each in bundle.additional_certs]
            return _key(_certificate(bundle.cert.certificate), bundle.key, others)
        problem = "thiếu chứng thư hoặc khóa riêng (RSA, ECDSA); xuất lại tệp kèm khóa riêng"
    raise LetterError(f"{where}: {file.name} {problem}.")  # outside `except`: no cause carries the password


def _certificate(certificate: pyca.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _key(certificate: x509.Certificate, private: Private, others: list[x509.Certificate]) -> Key:
    store = SimpleCertificateStore()
    store.register_multiple(others)
    return Key(certificate, KeptKey(certificate, private, store))


class KeptKey(Signing):
    """Signs with a key that was read once: pyHanko's own signer reads and checks it for every signature."""

    def __init__(
        self, certificate: x509.Certificate, private: Private, store: SimpleCertificateStore
    ) -> None:
        super().__init__(signing_cert=certificate, cert_registry=store)
        self._private = private

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        digest = get_pyca_cryptography_hash(digest_algorithm)
        if dry_run:  # only its length counts
            return bytes(self._private.key_size // 8 if isinstance(self._private, RSAPrivateKey) else 150)
        if isinstance(self._private, RSAPrivateKey):
            return self._private.sign(data, PKCS1v15(), digest)
        return self._private.sign(data, ECDSA(digest))
