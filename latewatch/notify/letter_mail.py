"""The letter as an e-mail to the person, with the PDF; and the notice of it to the desk.

Neither names the person: what is personal stands in the letter alone. No link, and nothing to be paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage

from latewatch.disk import file_stem
from latewatch.domain.letters.letter import Letter
from latewatch.notify.composing import TO_DESK, add_bodies, attach, new_message
from latewatch.notify.digest_view import long_date, plain

TO_PERSON = "thư điện tử của người nộp"  # how their address is called: never by what it is


@dataclass(frozen=True, slots=True)
class LetterView:
    """What the template of the e-mail to the person may ask of a letter."""

    letter: Letter
    number: str
    is_signed: bool
    attachment: str

    @property
    def unit(self) -> str:
        return _unit(self.letter)

    @property
    def subject(self) -> str:
        return f"Văn bản xin lỗi và hẹn lại ngày trả kết quả hồ sơ {self.letter.code}"

    @property
    def heading(self) -> str:
        return "Xin lỗi và hẹn lại ngày trả kết quả"

    @property
    def salutation(self) -> str:
        return f"Kính gửi Ông/Bà (quý tổ chức) nộp hồ sơ {plain(self.letter.code)},"

    @property
    def apology(self) -> str:
        day = f"{self.letter.promised_on:%d/%m/%Y}"
        is_past = self.letter.is_overdue
        what = f"chưa được trả kết quả vào ngày hẹn {day}" if is_past else f"không kịp ngày hẹn trả {day}"
        return f"{self.unit} chân thành xin lỗi Ông/Bà vì hồ sơ trên {what}."

    @property
    def new_date(self) -> str:
        return long_date(self.letter.new_date)

    @property
    def enclosed(self) -> str:
        called = f"văn bản số {self.number} ngày {self.letter.dated:%d/%m/%Y}"
        if self.is_signed:
            return f"Lý do và nội dung đầy đủ: {called}, đã ký số, ở tệp kèm theo {self.attachment}."
        return (
            f"Lý do và nội dung đầy đủ: {called}. Bản giấy có chữ ký sẽ được gửi đến Ông/Bà; tệp kèm theo "
            f"{self.attachment} là bản để xem trước."
        )

    @property
    def contact(self) -> str:
        desk = plain(self.letter.head.desk_name) or "Bộ phận Một cửa nơi đã nộp hồ sơ"
        return f"Thư tự động, xin không trả lời thư này. Cần hỏi thêm, xin liên hệ {desk}."

    @property
    def caution(self) -> str:
        return "Thư này không yêu cầu nộp tiền, bấm vào liên kết hay cung cấp thông tin nào."


@dataclass(frozen=True, slots=True)
class DeskView:
    """What the template of the notice to the desk may ask of a letter."""

    letter: Letter
    number: str
    desk_name: str

    @property
    def unit(self) -> str:
        return _unit(self.letter)

    @property
    def desk(self) -> str:
        return plain(self.desk_name)

    @property
    def subject(self) -> str:
        return f"[Một cửa] Hẹn lại hồ sơ {self.letter.code}: {self.letter.new_date:%d/%m/%Y}"

    @property
    def heading(self) -> str:
        return "Thông báo hẹn lại ngày trả kết quả"

    @property
    def notice(self) -> str:
        state = "đã quá hạn giải quyết" if self.letter.is_overdue else "dự kiến quá hạn giải quyết"
        return (
            f"{self.unit} thông báo hồ sơ dưới đây {state}; văn bản xin lỗi người nộp đã được ký "
            "(Nghị định 118/2025/NĐ-CP, Điều 19 khoản 6)."
        )

    @property
    def facts(self) -> tuple[tuple[str, str], ...]:
        letter = self.letter
        return (
            ("Mã hồ sơ", plain(letter.code)),
            ("Thủ tục", plain(letter.procedure) or "(không ghi)"),
            ("Ngày hẹn trả ban đầu", f"{letter.promised_on:%d/%m/%Y}"),
            ("Ngày hẹn trả mới", long_date(letter.new_date)),
            ("Lý do", plain(letter.reason)),
            ("Văn bản", f"số {self.number} ngày {letter.dated:%d/%m/%Y}"),
        )

    @property
    def request(self) -> str:
        return (
            "Đề nghị quầy điều chỉnh ngày hẹn trả trên hệ thống một cửa và báo cho người nộp biết; việc hẹn "
            "lại không quá một lần."
        )


def _unit(letter: Letter) -> str:
    return plain(letter.head.unit_name or letter.head.issuing_body)


def attachment_name(letter: Letter) -> str:
    """Return the PDF's name: by the dossier's code, which is all of it that is not personal."""
    return f"van-ban-xin-loi-{file_stem(letter.code)}.pdf"


def letter_message(
    letter: Letter,
    number: str,
    pdf: bytes,
    at: datetime,
    *,
    is_signed: bool,
    sender: str,
    to: str,
    message_id: str,
) -> EmailMessage:
    """Compose the e-mail to the person. The same arguments give the same bytes.

    Raises DeliveryError, not passing, where `to` is no address.
    """
    view = LetterView(letter, number, is_signed, attachment_name(letter))
    message = new_message(
        sender=sender, to=[to], called=TO_PERSON, subject=view.subject, at=at, message_id=message_id
    )
    add_bodies(message, "letter", view=view, subject=view.subject)
    attach(message, pdf, "pdf", view.attachment)
    return message


def desk_notice(
    letter: Letter,
    number: str,
    at: datetime,
    *,
    desk_name: str,
    sender: str,
    to: Sequence[str],
    message_id: str,
) -> EmailMessage:
    """Compose the notice of the resolving unit to the desk. Raises DeliveryError likewise."""
    view = DeskView(letter, number, desk_name)
    message = new_message(
        sender=sender, to=to, called=TO_DESK, subject=view.subject, at=at, message_id=message_id
    )
    add_bodies(message, "desk-notice", view=view, subject=view.subject)
    return message
