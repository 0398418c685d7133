"""What a certificate says of its holder, and whether it may sign a letter."""

from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509

from latewatch.clock import VIETNAM
from latewatch.errors import LetterError

SIGNING_USES = {"digital_signature", "non_repudiation"}
_NAMED_BY = ("common_name", "organizational_unit_name", "organization_name")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose certificate it is and who issued it. Identity numbers and addresses in it stay out of here."""

    subject: str
    issuer: str
    serial: str
    valid_from: datetime
    valid_until: datetime


def holder_of(certificate: x509.Certificate) -> Holder:
    return Holder(
        subject=name_of(certificate.subject),
        issuer=name_of(certificate.issuer),
        serial=f"{certificate.serial_number:X}",
        valid_from=certificate.not_valid_before.astimezone(VIETNAM),
        valid_until=certificate.not_valid_after.astimezone(VIETNAM),
    )


def name_of(name: x509.Name) -> str:
    """Return common name, unit and organisation, each once."""
    parts: list[str] = []
    for key in _NAMED_BY:
        value = name.native.get(key, [])
        parts += [value] if isinstance(value, str) else value
    return ", ".join(dict.fromkeys(" ".join(part.split()) for part in parts)) or "không ghi tên"


def may_sign(certificate: x509.Certificate) -> bool:
    """Tell whether its key usage, where it states one, has digitalSignature or nonRepudiation."""
    usage = certificate.key_usage_value
    return usage is None or bool(SIGNING_USES & set(usage.native))


def refuse_unusable(certificate: x509.Certificate, now: datetime, where: str) -> None:
    """Refuse to sign with what every reader would reject. Raises LetterError; `where` names the setting."""
    holder = holder_of(certificate)
    called = f"{where}: chứng thư của “{holder.subject}”"
    if now < holder.valid_from:
        raise LetterError(
            f"{called} đến {holder.valid_from:%H:%M %d/%m/%Y} mới có hiệu lực; kiểm tra đồng hồ của máy, "
            "hoặc chờ đến lúc đó."
        )
    if now > holder.valid_until:
        raise LetterError(
            f"{called} đã hết hạn ngày {holder.valid_until:%d/%m/%Y}; thay bằng chứng thư còn hạn."
        )
    if not may_sign(certificate):
        raise LetterError(
            f"{called} không dùng để ký văn bản được: mục đích sử dụng khóa thiếu digitalSignature và "
            "nonRepudiation; xin cấp chứng thư ký số."
        )
