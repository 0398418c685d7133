"""The demo's certificates and pictures: a made-up authority, a person and a seal it vouches for.

They are made anew each time, sign nothing outside the demo, and their password lies beside them.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, pi, sin
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.x509.oid import NameOID
from PIL import Image, ImageDraw

PASSWORD = "ví-dụ"  # noqa: S105  of made-up certificates
YEARS = timedelta(days=3 * 365)
DPI = 300
_MILLIMETRE = DPI / 25.4


@dataclass(frozen=True, slots=True)
class Certified:
    """A certificate with its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def write_certificates(secrets: Path, trusted: Path, at: datetime, person: str, body: str) -> None:
    """Write what `person` and the body `body` sign with into `secrets`, who vouches for it into `trusted`."""
    root = _made("Chứng thực Ví Dụ", at, None)
    secrets.mkdir(parents=True, exist_ok=True)
    trusted.mkdir(parents=True, exist_ok=True)
    (trusted / "chung-thuc-vi-du.pem").write_bytes(root.certificate.public_bytes(Encoding.PEM))
    (secrets / "mat-khau.txt").write_text(PASSWORD, encoding="utf-8")
    for name, subject in (("nguoi-ky", person), ("con-dau", body)):
        _write(secrets / f"{name}.p12", _made(subject, at, root), root)
    _draw_signature(secrets / "nguoi-ky.png")
    _draw_seal(secrets / "con-dau.png")


def _write(file: Path, made: Certified, root: Certified) -> None:
    sealed = BestAvailableEncryption(PASSWORD.encode())
    chain = [root.certificate]
    file.write_bytes(
        pkcs12.serialize_key_and_certificates(b"demo", made.key, made.certificate, chain, sealed)
    )


def _made(subject: str, at: datetime, by: Certified | None) -> Certified:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by.certificate.subject if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - YEARS)
        .not_valid_after(at + YEARS)
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
        .add_extension(_usage(is_authority=by is None), critical=True)
    )
    return Certified(builder.sign(by.key if by else key, hashes.SHA256()), key)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


def _draw_signature(file: Path) -> None:
    """Draw a blue, looping line that nobody signs with, 40 × 16 mm."""
    wide, high = round(40 * _MILLIMETRE), round(16 * _MILLIMETRE)
    image = Image.new("RGBA", (wide, high), (0, 0, 0, 0))
    steps = ((0.02, 0.9), (0.18, 0.1), (0.26, 0.85), (0.42, 0.2), (0.5, 0.75), (0.66, 0.35), (0.98, 0.5))
    points = [(wide * x, high * y) for x, y in steps]
    ImageDraw.Draw(image).line(points, (20, 60, 190, 255), round(0.7 * _MILLIMETRE), joint="curve")
    image.save(file, dpi=(DPI, DPI))


def _draw_seal(file: Path) -> None:
    """Draw a red, round seal of the real size, 36 mm, without words."""
    size, red = round(36 * _MILLIMETRE), (210, 20, 30, 255)
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    pen, line = ImageDraw.Draw(image), round(0.8 * _MILLIMETRE)
    pen.ellipse((0, 0, size - 1, size - 1), outline=red, width=line)
    pen.ellipse((size * 0.22, size * 0.22, size * 0.78, size * 0.78), outline=red, width=line // 2)
    _draw_star(pen, size / 2, size * 0.14, red)
    image.save(file, dpi=(DPI, DPI))


def _draw_star(pen: ImageDraw.ImageDraw, centre: float, radius: float, red: tuple[int, ...]) -> None:
    """Draw a star of five points, from its top on."""
    reach = [radius if n % 2 == 0 else radius * 0.4 for n in range(10)]
    corners = [
        (centre + far * sin(n * pi / 5), centre - far * cos(n * pi / 5)) for n, far in enumerate(reach)
    ]
    pen.polygon(corners, fill=red)
