"""Letters that came back: what a mail server, or a person, says later of an e-mail that left."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from latewatch.domain.letters.life import check_author
from latewatch.domain.letters.sending import CHANNEL_LABELS, DeliveryState, LetterChannel, Outcome
from latewatch.domain.names import tidy
from latewatch.errors import LetterError, StoreError
from latewatch.jobs.letters.moving import Selection, chosen
from latewatch.jobs.letters.outbox import give_up
from latewatch.jobs.office import Office
from latewatch.notify.bounces import LONGEST, Notification, Verdict, read_notification
from latewatch.store.letters.outbox import (
    Ending,
    StoredDelivery,
    change,
    delivery_on,
    delivery_with,
    note_once,
)

LEFT = (DeliveryState.SENT, DeliveryState.DOUBTFUL, DeliveryState.SENDING)  # what can come back
_NOTED = {Verdict.DELAYED: Outcome.DELAYED, Verdict.DELIVERED: Outcome.DELIVERED}


@dataclass(frozen=True, slots=True)
class Returned:
    """What a file told. `code` is empty where it speaks of nothing that was sent from here."""

    file: str
    verdict: Verdict
    code: str = ""
    channel: LetterChannel | None = None
    told: str = ""


def read_bounces(office: Office, places: Iterable[Path], now: datetime) -> list[Returned]:
    """Read each file, and each file of each folder; note what it says of letters that left from here.

    Reading one twice changes nothing more. Raises StoreError where a place cannot be read.
    """
    return [_taken(office, file, now) for place in places for file in _files(place)]


def _files(place: Path) -> list[Path]:
    try:
        if place.is_dir():
            return sorted(
                each for each in place.iterdir() if each.is_file() and not each.name.startswith(".")
            )
    except OSError as e:
        raise StoreError(f"{place}: không đọc được thư mục ({e.strerror}); kiểm tra quyền đọc.") from e
    return [place]


def _taken(office: Office, file: Path, now: datetime) -> Returned:
    try:
        with file.open("rb") as opened:
            notification = read_notification(opened.read(LONGEST))
    except OSError as e:
        raise StoreError(f"{file}: không đọc được thư ({e.strerror}); kiểm tra đường dẫn, quyền đọc.") from e
    if notification.verdict is Verdict.NONE:
        return Returned(file.name, Verdict.NONE, told="không phải thông báo của máy chủ thư, bỏ qua")
    with office.store.writing() as connection:
        return _noted(connection, file.name, notification, now)


def _noted(connection: Connection, file: str, notification: Notification, now: datetime) -> Returned:
    rows = (delivery_with(connection, each) for each in notification.message_ids)
    row = next(filter(None, rows), None)
    if row is None:
        return Returned(file, notification.verdict, told="thư này không do latewatch gửi, bỏ qua")
    code = f"mã {notification.status}" if notification.status else "không ghi mã"
    return Returned(
        file, notification.verdict, row.code, row.channel, _note(connection, row, notification, code, now)
    )


def _note(
    connection: Connection, row: StoredDelivery, notification: Notification, code: str, now: datetime
) -> str:
    if notification.verdict is Verdict.BOUNCED:
        answer = f"máy chủ thư trả lại ({code})"
        return _bounced(connection, row, answer, now)
    if notification.verdict is Verdict.UNCLEAR:
        return "không rõ thư đã tới chưa: hãy đọc thư, nếu bị trả lại thì ghi bằng --code và --why"
    outcome = _NOTED[notification.verdict]
    note_once(connection, row.id, now, outcome, code)
    is_delayed = outcome is Outcome.DELAYED
    return "máy chủ thư còn đang chuyển, chỉ ghi nhận" if is_delayed else "máy chủ thư báo đã vào hộp thư"


def _bounced(connection: Connection, row: StoredDelivery, answer: str, now: datetime) -> str:
    ending = Ending(state=DeliveryState.FAILED, outcome=Outcome.BOUNCED, answer=answer, problem=answer)
    if not change(connection, row.id, LEFT, ending, now):
        return "đã ghi nhận trước đó"
    if give_up(connection, row, ending, now):
        return f"{answer}; văn bản vào danh sách in"
    if row.channel is LetterChannel.EMAIL:
        return f"{answer}; văn bản đã có ở danh sách in"
    return f"{answer}; {CHANNEL_LABELS[row.channel]}: hãy báo bằng cách khác"


def note_bounce(office: Office, code: str, now: datetime, *, by: str, why: str) -> Returned:
    """Note that the e-mail of a dossier's letter did not arrive, as a person knows. Raises LetterError."""
    check_author(by)
    if not why.strip():
        raise LetterError("Ghi thư bị trả lại phải nêu vì sao (--why), ví dụ: người nộp báo sai địa chỉ.")
    with office.store.writing() as connection:
        (each,) = chosen(connection, office, Selection(code=code))
        row = delivery_on(connection, each.letter.id, LetterChannel.EMAIL)
        if row is None or row.state not in LEFT:
            raise LetterError(f"Văn bản xin lỗi của hồ sơ {each.letter.code} chưa được gửi bằng thư điện tử.")
        told = _bounced(connection, row, f"{tidy(by)}: {tidy(why)}", now)
    return Returned("", Verdict.BOUNCED, row.code, row.channel, told)
