"""Made-up certificate authorities, time stamp servers and pictures, for the tests of signatures."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from asn1crypto import keys as asn1_keys
from asn1crypto import tsp
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image, ImageDraw
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

BEGINS = datetime(2025, 1, 1, tzinfo=UTC)
ENDS = datetime(2028, 1, 1, tzinfo=UTC)
PASSWORD = "mật-khẩu-Ví-Dụ"
PEM = serialization.Encoding.PEM


@cache
def key(number: int, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key a number: making them takes longer than all else here."""
    return rsa.generate_private_key(65537, bits)


@dataclass(frozen=True)
class Party:
    """A certificate with its key, and the chain above it."""

    certificate: x509.Certificate
    private: rsa.RSAPrivateKey
    above: tuple[x509.Certificate, ...] = ()

    def pkcs12(self, file: Path, password: str = PASSWORD) -> Path:
        sealed = serialization.BestAvailableEncryption(password.encode())
        file.write_bytes(
            pkcs12.serialize_key_and_certificates(
                b"mau", self.private, self.certificate, list(self.above), sealed
            )
        )
        return file

    @property
    def asn1(self) -> asn1.Certificate:
        return asn1.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER))

    @property
    def asn1_key(self) -> asn1_keys.PrivateKeyInfo:
        return asn1_keys.PrivateKeyInfo.load(
            self.private.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


@dataclass
class Authority:
    """A root with an issuing authority below it, as the public authorities are built."""

    called: str = "Chứng thực Ví Dụ"
    numbers: tuple[int, int] = (1, 2)
    given: int = field(default=100)

    def __post_init__(self) -> None:
        self.root = _made(f"{self.called} - gốc", key(self.numbers[0]), None, is_authority=True)
        self.issuer = _made(self.called, key(self.numbers[1]), self.root, is_authority=True)

    def issue(
        self,
        subject: str,
        number: int = 10,
        *,
        begins: datetime = BEGINS,
        ends: datetime = ENDS,
        uses: str = "sign",
        bits: int = 2048,
    ) -> Party:
        """Issue a certificate; `uses` is sign, encipher, or stamp for a time stamp server."""
        self.given += 1
        private = key(number, bits)
        return _made(
            subject,
            private,
            self.issuer,
            begins=begins,
            ends=ends,
            uses=uses,
            serial=self.given,
        )

    def issue_weakly(self, subject: str, number: int = 10) -> Party:
        """Issue a certificate signed with SHA-1, which no library does any more."""
        party = self.issue(subject, number)
        weak = asn1.SignedDigestAlgorithm({"algorithm": "sha1_rsa"})
        certificate = party.asn1
        certificate["tbs_certificate"]["signature"] = certificate["signature_algorithm"] = weak
        signed = certificate["tbs_certificate"].dump(force=True)
        certificate["signature_value"] = self.issuer.private.sign(signed, PKCS1v15(), hashes.SHA1())  # noqa: S303
        return replace(party, certificate=x509.load_der_x509_certificate(certificate.dump(force=True)))

    def trusted(self, folder: Path) -> Path:
        """Write root and issuer as an office keeps them."""
        folder.mkdir(exist_ok=True)
        (folder / "goc.pem").write_bytes(self.root.certificate.public_bytes(PEM))
        (folder / "cap.cer").write_bytes(self.issuer.certificate.public_bytes(serialization.Encoding.DER))
        return folder

    def revoke(self, folder: Path, *gone: tuple[Party, datetime], until: datetime = ENDS) -> Path:
        """Write the issuer's list of revoked certificates."""
        return _list(self.issuer, folder / "thu-hoi.crl", gone, until)

    def revoke_of_root(self, folder: Path, *gone: tuple[Party, datetime], until: datetime = ENDS) -> Path:
        """Write the root's list: of issuers that were revoked."""
        return _list(self.root, folder / "thu-hoi-goc.crl", gone, until)


def _list(by: Party, file: Path, gone: Sequence[tuple[Party, datetime]], until: datetime) -> Path:
    file.parent.mkdir(exist_ok=True)
    book = x509.CertificateRevocationListBuilder().issuer_name(by.certificate.subject)
    book = book.last_update(BEGINS).next_update(until)
    for party, since in gone:
        entry = x509.RevokedCertificateBuilder().serial_number(party.certificate.serial_number)
        book = book.add_revoked_certificate(entry.revocation_date(since).build())
    made = book.sign(by.private, hashes.SHA256())
    file.write_bytes(made.public_bytes(serialization.Encoding.DER))
    return file.parent


def self_made(subject: str, number: int = 10) -> Party:
    """A certificate nobody vouches for."""
    return _made(subject, key(number), None)


def _made(
    subject: str,
    private: rsa.RSAPrivateKey,
    by: Party | None,
    *,
    begins: datetime = BEGINS,
    ends: datetime = ENDS,
    uses: str = "sign",
    serial: int | None = None,
    is_authority: bool = False,
) -> Party:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "UBND xã Ví Dụ"),
            x509.NameAttribute(NameOID.COMMON_NAME, subject),
            x509.NameAttribute(NameOID.USER_ID, "CCCD:000000000000"),
        ]
    )
    issuer = by.certificate.subject if by else name
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(private.public_key())
    )
    builder = builder.serial_number(serial or x509.random_serial_number())
    builder = builder.not_valid_before(begins).not_valid_after(ends)
    builder = builder.add_extension(x509.BasicConstraints(is_authority, None), critical=True)
    builder = builder.add_extension(_usage(uses, is_authority), critical=True)
    if uses == "stamp":
        builder = builder.add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True
        )
    certificate = builder.sign(by.private if by else private, hashes.SHA256())
    above = (by.certificate, *by.above) if by else ()
    return Party(certificate, private, above)


def _usage(uses: str, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=uses in ("sign", "stamp") and not is_authority,
        content_commitment=uses == "sign" and not is_authority,
        key_encipherment=uses == "encipher",
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )


@contextmanager
def time_stamp_server(
    party: Party, at: datetime, status: int = 200, body: bytes | None = None
) -> Iterator[str]:
    """A time stamp server on loopback that says it is `at`; `body` replaces its honest answers."""
    stamper = DummyTimeStamper(
        party.asn1, party.asn1_key, certs_to_embed=[_asn1(each) for each in party.above], fixed_dt=at
    )

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamper.request_tsa_response(asked).dump() if body is None else body
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _asn1(certificate: x509.Certificate) -> asn1.Certificate:
    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def draw_signature(file: Path, dpi: int | None = 300, width_mm: float = 42, height_mm: float = 16) -> Path:
    """Draw a blue, looping line that nobody signs with."""
    scale = (dpi or 300) / 25.4
    image = Image.new("RGBA", (round(width_mm * scale), round(height_mm * scale)), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    wide, high = image.width - 1, image.height - 1
    points = [
        (0, high),
        (wide * 0.2, 0),
        (wide * 0.3, high),
        (wide * 0.5, 0),
        (wide * 0.55, high * 0.8),
        (wide, high * 0.3),
    ]
    pen.line(points, fill=(20, 60, 190, 255), width=max(3, round(0.7 * scale)), joint="curve")
    image.save(file, dpi=(dpi, dpi) if dpi else None)
    return file


def draw_seal(file: Path, dpi: int | None = 300, size_mm: float = 36) -> Path:
    """Draw a red, round seal with invented words."""
    scale = (dpi or 300) / 25.4
    size = round(size_mm * scale)
    image = Image.new("RGBA", (size, size), (0, 0, 0, 0))
    pen, red, line = ImageDraw.Draw(image), (210, 20, 30, 255), round(0.8 * scale)
    pen.ellipse((0, 0, size - 1, size - 1), outline=red, width=line)
    pen.ellipse((size * 0.22, size * 0.22, size * 0.78, size * 0.78), outline=red, width=line // 2)
    pen.regular_polygon((size / 2, size / 2, size * 0.14), 5, fill=red)
    image.save(file, dpi=(dpi, dpi) if dpi else None)
    return file
