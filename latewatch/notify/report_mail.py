"""Frozen reports as an e-mail to their addressees: five figures in words, the forms beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage

from latewatch.notify.composing import add_bodies, attach, file_name, new_message
from latewatch.notify.digest_view import plain

TO_ADDRESSEE = "report_to, địa chỉ thứ {place}"  # how an address of the configuration is called
SUBTYPES = {"xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet", "pdf": "pdf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """What the template of the e-mail may ask. `figures` are words and value, the main ones of the period."""

    reporter: str
    title: str
    first: date
    last: date
    frozen_at: datetime
    figures: tuple[tuple[str, str], ...]
    rule: str
    replaces: bool
    files: tuple[str, ...]

    @property
    def subject(self) -> str:
        again = " (bản thay thế)" if self.replaces else ""
        return f"[Một cửa] Báo cáo {self.title}{again}: {plain(self.reporter)}"

    @property
    def heading(self) -> str:
        return f"Tình hình giải quyết thủ tục hành chính, {self.title}"

    @property
    def unit(self) -> str:
        return plain(self.reporter)

    @property
    def opening(self) -> str:
        return (
            f"Số liệu từ ngày {self.first:%d/%m/%Y} đến ngày {self.last:%d/%m/%Y}, chốt lúc "
            f"{self.frozen_at:%H:%M ngày %d/%m/%Y}."
        )

    @property
    def warning(self) -> str:
        return "Báo cáo này thay báo cáo cùng kỳ đã gửi trước đây." if self.replaces else ""

    @property
    def counted(self) -> str:
        return f"Cách đếm: {self.rule}; ghi đầy đủ dưới bảng trong tệp kèm theo."

    @property
    def enclosed(self) -> str:
        return f"Tệp kèm theo: {', '.join(self.files)}."

    @property
    def closing(self) -> str:
        return "Thư tự động của latewatch; thư và tệp kèm theo không có thông tin cá nhân của người nộp."


def report_message(
    view: ReportView,
    *,
    sender: str,
    to: Sequence[str],
    at: datetime,
    message_id: str,
    files: Sequence[tuple[str, bytes]],
) -> EmailMessage:
    """Compose the message with its files. The same arguments give the same bytes.

    Raises DeliveryError, not passing, where an address is none.
    """
    message = new_message(
        sender=sender, to=to, called=TO_ADDRESSEE, subject=view.subject, at=at, message_id=message_id
    )
    add_bodies(message, "report", view=view, subject=view.subject)
    for place, (given, content) in enumerate(files):
        subtype, name = SUBTYPES[given.rpartition(".")[2]], file_name(given, "bao-cao")
        if place == 0:
            attach(message, content, subtype, name)
        else:
            message.add_attachment(content, maintype="application", subtype=subtype, filename=name)
    return message
