"""What lets signatures be verified when their certificates have expired: issuers, lists of revoked ones."""

from collections.abc import Iterable
from datetime import datetime
from io import BytesIO

from asn1crypto import crl
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.pdf_embedded import collect_embedded_signatures

from latewatch.letters.signing.chains import Chain
from latewatch.letters.signing.signatures import judged
from latewatch.letters.signing.trust import RevokedList, Trust, lists_for
from latewatch.letters.signing.writer import LetterWriter

MOST_BYTES = 1_000_000  # of one list: it goes into every letter, and letters go by e-mail


def with_proof(pdf: bytes, trust: Trust, now: datetime) -> bytes:
    """Add the chains of signatures and time stamps, and the lists that speak of them, where there are any."""
    chains = _chains(pdf, trust, now)
    lists = [each for each in _lists(chains, trust) if len(each) <= MOST_BYTES]
    if not lists:
        return pdf
    certificates = {each.dump(): each for chain in chains for each in chain}
    known = [crl.CertificateList.load(each) for each in lists]
    writer, output = LetterWriter(BytesIO(pdf)), BytesIO()
    DocumentSecurityStore.supply_dss_in_writer(writer, None, certs=list(certificates.values()), crls=known)
    writer.write(output)  # type: ignore[no-untyped-call]
    return output.getvalue()


def _chains(pdf: bytes, trust: Trust, now: datetime) -> list[Chain]:
    signatures = [
        judged(each, trust, now) for each in collect_embedded_signatures(PdfFileReader(BytesIO(pdf)))
    ]
    stamped = [each.stamp.chain for each in signatures if each.stamp]
    return [*(each.chain for each in signatures), *stamped]


def _lists(chains: Iterable[Chain], trust: Trust) -> list[bytes]:
    found: list[RevokedList] = [each for chain in chains for each in lists_for(chain, trust)]
    return list(dict.fromkeys(each.public_bytes(Encoding.DER) for each in found))


def is_proven(chains: Iterable[Chain], pdf: PdfFileReader) -> bool:
    """Tell whether the document itself holds a list of every issuer in `chains`."""
    if "/DSS" not in pdf.root or "/CRLs" not in pdf.root["/DSS"]:
        return False
    kept = [crl.CertificateList.load(each.get_object().data) for each in pdf.root["/DSS"]["/CRLs"]]
    by = {each.issuer.hashable for each in kept}
    below = [certificate for chain in chains for certificate in chain[1:]]
    return bool(below) and all(each.issuer.hashable in by for each in below)
