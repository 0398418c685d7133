"""From a certificate up to one the office trusts, at a moment. Asks no network."""

import asyncio
from collections.abc import Iterable
from datetime import datetime

from asn1crypto import x509
from pyhanko_certvalidator import CertificateValidator, ValidationContext
from pyhanko_certvalidator.errors import (
    DisallowedAlgorithmError,
    ExpiredError,
    InvalidCertificateError,
    NotYetValidError,
    PathBuildingError,
    PathValidationError,
)

from latewatch.clock import VIETNAM
from latewatch.letters.signing.certificates import name_of
from latewatch.letters.signing.flaws import Flaw, FlawKind
from latewatch.letters.signing.trust import Trust, revoked_in

Chain = tuple[x509.Certificate, ...]  # the root first


def chain_of(
    certificate: x509.Certificate,
    embedded: Iterable[x509.Certificate],
    trust: Trust,
    moment: datetime,
    extended_use: str = "",
) -> Chain | Flaw:
    """Return how `certificate` hangs on a trusted one at `moment`, or why it does not."""
    context = ValidationContext(
        trust_roots=list(trust.roots), other_certs=list(trust.between), moment=moment, allow_fetching=False
    )
    validator = CertificateValidator(
        certificate, intermediate_certs=list(embedded), validation_context=context
    )
    uses = {extended_use} if extended_use else None
    try:
        path = asyncio.run(validator.async_validate_usage(set(), extended_key_usage=uses))
    except (PathBuildingError, PathValidationError, InvalidCertificateError) as e:
        return _stranger(certificate) if _vouches_for_itself(certificate) else _flaw(e, certificate, moment)
    chain = tuple(each for each in path if isinstance(each, x509.Certificate))
    taken_back = revoked_in(chain, trust, moment)
    if taken_back is None:
        return chain
    return Flaw(
        FlawKind.REVOKED,
        f"chứng thư của “{name_of(taken_back.certificate.subject)}” đã bị thu hồi từ "
        f"{taken_back.since.astimezone(VIETNAM):%H:%M %d/%m/%Y}, trước khi ký",
    )


def _flaw(error: Exception, certificate: x509.Certificate, moment: datetime) -> Flaw:
    called, signed = (
        f"chứng thư của “{name_of(certificate.subject)}”",
        f"{moment.astimezone(VIETNAM):%d/%m/%Y}",
    )
    above = f"{called}, hoặc của nơi cấp,"
    match error:
        case ExpiredError():
            ended = f"{error.expired_dt.astimezone(VIETNAM):%d/%m/%Y}"
            return Flaw(
                FlawKind.EXPIRED, f"{above} đã hết hạn ngày {ended}, trước lúc ký hoặc nhận ({signed})"
            )
        case NotYetValidError():
            begins = f"{error.valid_from.astimezone(VIETNAM):%d/%m/%Y}"
            return Flaw(
                FlawKind.NOT_YET_VALID, f"{above} đến {begins} mới có hiệu lực, sau lúc ký ({signed})"
            )
        case DisallowedAlgorithmError():
            return Flaw(FlawKind.WEAK, f"{above} ký bằng thuật toán yếu")
        case InvalidCertificateError():
            return Flaw(FlawKind.WRONG_USE, f"{called} không cấp cho việc này")
    return _stranger(certificate)


def _vouches_for_itself(certificate: x509.Certificate) -> bool:
    return bool(certificate.self_signed != "no")


def _stranger(certificate: x509.Certificate) -> Flaw:
    called = f"chứng thư của “{name_of(certificate.subject)}”"
    if _vouches_for_itself(certificate):
        return Flaw(FlawKind.SELF_SIGNED, f"{called} tự ký, không do nơi nào cấp; ký bằng chứng thư được cấp")
    return Flaw(
        FlawKind.UNKNOWN_ISSUER,
        f"{called} do nơi chưa được tin cấp: “{name_of(certificate.issuer)}”; đúng là nơi được tin thì thêm "
        "chứng thư của nơi đó vào signing.trusted",
    )
