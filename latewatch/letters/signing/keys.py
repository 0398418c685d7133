"""Keys that sign: from a PKCS#12 file or a PKCS#11 token. Passwords and PINs never leave these functions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import keys, pkcs12, x509
from cryptography import x509 as pyca
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from pyhanko.sign.signers import Signer as Signing
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from latewatch.errors import LetterError


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
        if bundle.key is not None and bundle.cert is not None:
            private = bundle.key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            others = [_certificate(each.certificate) for each in bundle.additional_certs]
            return _key(_certificate(bundle.cert.certificate), keys.PrivateKeyInfo.load(private), others)
        problem = "thiếu chứng thư hoặc thiếu khóa riêng; xuất lại tệp kèm khóa riêng"
    raise LetterError(f"{where}: {file.name} {problem}.")  # outside `except`: no cause carries the password


def _certificate(certificate: pyca.Certificate) -> x509.Certificate:
    return x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _key(certificate: x509.Certificate, private: keys.PrivateKeyInfo, others: list[x509.Certificate]) -> Key:
    store = SimpleCertificateStore()
    store.register_multiple(others)
    return Key(certificate, SimpleSigner(certificate, private, store))
