"""Which facts of a letter its page must show, and whether it does."""

import unicodedata

from latewatch.domain.letters.fingerprint import check_code
from latewatch.domain.letters.letter import Letter
from latewatch.letters.content import to_content
from latewatch.paper.wording import long_date, short_date


def missing_facts(letter: Letter, text: str) -> list[str]:
    """Name what the letter knows and its text does not show, whatever the case and the line breaks."""
    shown = _letters(text)
    return [name for name, said in _facts(letter).items() if _letters(said) not in shown]


def _facts(letter: Letter) -> dict[str, str]:
    head = letter.head
    deputy = f"KT. {head.signer_title} {head.deputy_title}" if head.deputy_title else head.signer_title
    received = short_date(letter.received_at.date()) if letter.received_at else ""
    number = f"{letter.number:02}/{head.symbol}" if letter.number is not None else head.symbol
    return {
        "cơ quan ban hành (head.issuing_body)": head.issuing_body,
        "số, ký hiệu (letter.number, head.symbol)": number,
        "ngày ký (letter.dated)": long_date(letter.dated),
        "mã hồ sơ (letter.code)": letter.code,
        "người nhận (letter.applicant)": letter.applicant,
        "địa chỉ (letter.address)": letter.address,
        "thủ tục (letter.procedure)": letter.procedure,
        "ngày tiếp nhận (letter.received_at)": received,
        "ngày hẹn ban đầu (letter.promised_on)": short_date(letter.promised_on),
        "ngày hẹn lại (letter.new_date)": short_date(letter.new_date),
        "lý do (letter.reason)": letter.reason,
        "chức vụ người ký (head.signer_title, head.deputy_title)": deputy,
        "họ tên người ký (head.signer_name)": head.signer_name,
        "mã kiểm tra (check_code)": "" if letter.number is None else check_code(to_content(letter)),
    }


def _letters(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).casefold().split())
