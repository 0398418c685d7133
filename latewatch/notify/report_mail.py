"""Frozen reports as an e-mail to their addressees: five figures, pictures with their tables, the forms."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.message import EmailMessage
from hashlib import sha256

from latewatch.notify.composing import add_bodies, attach, file_name, new_message, show
from latewatch.notify.digest_view import plain

TO_ADDRESSEE = "report_to, địa chỉ thứ {place}"  # how an address of the configuration is called
MOST_ROWS = 60
SUBTYPES = {"xlsx": "vnd.openxmlformats-officedocument.spreadsheetml.sheet", "pdf": "pdf"}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailPicture:
    """A picture (PNG) in the text of the e-mail, what it shows in words, and the table it is made of."""

    name: str
    title: str
    alt: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    png: bytes

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(plain(cell) for cell in row) for row in self.rows[:MOST_ROWS])

    def pairs(self, row: tuple[str, ...]) -> str:
        """Return a row behind its first cell in words: `đã giải quyết 40; đúng hạn 38`."""
        cells = zip(self.headings[1:], row[1:], strict=True)
        return "; ".join(f"{heading.lower()} {cell}" for heading, cell in cells if cell)

    @property
    def more(self) -> int:
        """How many rows the e-mail leaves out: some programs cut what is longer than 100 kB."""
        return max(0, len(self.rows) - MOST_ROWS)


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
    pictures: tuple[MailPicture, ...] = ()

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
    mark = sha256(message_id.encode()).hexdigest()[:16]
    numbers = {each.name: f"{each.name}.{mark}@latewatch" for each in view.pictures}
    add_bodies(message, "report", view=view, subject=view.subject, cids=numbers)
    show(message, {numbers[each.name]: each.png for each in view.pictures})
    for place, (given, content) in enumerate(files):
        subtype, name = SUBTYPES[given.rpartition(".")[2]], file_name(given, "bao-cao")
        if place == 0:
            attach(message, content, subtype, name)
        else:
            message.add_attachment(content, maintype="application", subtype=subtype, filename=name)
    return message
