"""Time stamps (RFC 3161): when a signature was there already, as somebody the office trusts says."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from asn1crypto import cms, tsp, x509
from pyhanko.sign.general import extract_signer_info, find_cms_attribute_iter
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import extract_certs_for_validation, validate_sig_integrity

from latewatch.clock import VIETNAM
from latewatch.letters.signing.chains import Chain, chain_of
from latewatch.letters.signing.flaws import Flaw, FlawKind
from latewatch.letters.signing.trust import Trust

USE = "time_stamping"
_CONTENT = "tst_info"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp: when, and whose certificate says so."""

    at: datetime
    chain: Chain

    @property
    def by(self) -> x509.Certificate:
        return self.chain[-1]


def stamp_of(signer: cms.SignerInfo, trust: Trust, known_at: datetime) -> tuple[Stamp | None, Flaw | None]:
    """Return the time stamp of a signature where it has one that is trusted, or what is wrong with it."""
    try:
        tokens = list(find_cms_attribute_iter(signer["unsigned_attrs"], "signature_time_stamp_token"))
        if not tokens:
            return None, None
        return judged_stamp(tokens[0]["content"], signer["signature"].native, trust, known_at)
    except (SignatureValidationError, ValueError, KeyError, TypeError, AttributeError):
        return None, Flaw(FlawKind.BAD_STAMP, "dấu thời gian hỏng")


def judged_stamp(
    data: cms.SignedData, stamped: bytes, trust: Trust, known_at: datetime
) -> tuple[Stamp | None, Flaw | None]:
    info: Any = data["encap_content_info"]["content"].parsed
    if not isinstance(info, tsp.TSTInfo):
        raise TypeError
    found = extract_certs_for_validation(data)
    if not _fits(data, info, found.signer_cert, stamped):
        return None, Flaw(FlawKind.BAD_STAMP, "dấu thời gian không thuộc về chữ ký này")
    at = info["gen_time"].native.astimezone(VIETNAM)
    chain = chain_of(found.signer_cert, found.other_certs, trust, min(at, known_at), USE)
    if isinstance(chain, Flaw):
        return None, Flaw(FlawKind.BAD_STAMP, f"dấu thời gian không được tin: {chain.text}")
    return Stamp(at, chain), None


def _fits(data: cms.SignedData, info: tsp.TSTInfo, by: x509.Certificate, stamped: bytes) -> bool:
    """Tell whether the stamp is sound, and is that of the bytes `stamped`."""
    imprint = info["message_imprint"]
    wanted = hashlib.new(imprint["hash_algorithm"]["algorithm"].native, stamped).digest()
    signer = extract_signer_info(data)
    content = bytes(data["encap_content_info"]["content"])
    own = hashlib.new(signer["digest_algorithm"]["algorithm"].native, content).digest()
    intact, valid = validate_sig_integrity(signer, by, _CONTENT, own)
    return bool(imprint["hashed_message"].native == wanted and intact and valid)
