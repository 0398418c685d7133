"""A message of reports that may have left is sent once more: only a person may say so, never the program."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection

from latewatch.domain.names import tidy
from latewatch.errors import TallyError
from latewatch.jobs.office import Office
from latewatch.jobs.reports.parcels import Parcel, parcel_of
from latewatch.jobs.reports.sending import Sent, send_parcels
from latewatch.jobs.reports.stored import called, report_numbered
from latewatch.notify.delivery import Delivery
from latewatch.store.reports.deliveries import (
    DOUBTFUL,
    SENDING,
    SENT,
    WAITING,
    StoredSending,
    release,
    sendings,
    unfinished,
)

UNDERWAY = timedelta(minutes=10)  # a message claimed so lately may be leaving just now


def send_again(office: Office, number: int, now: datetime, delivery: Delivery, by: str) -> Sent:
    """Send the message that holds report `number` again, whose delivery is in doubt, or was refused to some.

    It keeps its Message-ID: a mail program that has it already can tell. Raises TallyError.
    """
    if not tidy(by):
        raise TallyError("Gửi lại một báo cáo có thể đã đến nơi phải do một người quyết định; thêm --by TÊN.")
    with office.store.writing() as connection:
        parcel = _parcel(office, connection, number)
        known = next((each for each in sendings(connection) if each.sending == parcel.sending), None)
        refusal = _refusal(known, now)
        if refusal or known is None or not release(connection, known, tidy(by)):
            raise TallyError(f"{parcel.called}: {refusal or 'vừa được gửi ở nơi khác'}.")
    (sent,) = send_parcels(office, [parcel], now, delivery)
    return sent


def _parcel(office: Office, connection: Connection, number: int) -> Parcel:
    report = report_numbered(connection, number)
    parcel = parcel_of(office, connection, report)
    if report not in parcel.reports:
        raise TallyError(
            f"Báo cáo {called(report)} đã có bản thay thế; gửi lại bản đang dùng: số {parcel.sending.edition}"
        )
    if not parcel.to:
        raise TallyError(
            f"{parcel.called}: không có người nhận; ghi report_to của đơn vị hoặc của [reports]."
        )
    return parcel


def _refusal(known: StoredSending | None, now: datetime) -> str:
    if known is None or known.state == WAITING:
        return "chưa gửi lần nào được, đến giờ sẽ tự gửi; xem: latewatch reports send --dry-run"
    if known.state == SENT and not known.problem:
        return f"đã gửi lúc {known.claimed_at:%H:%M %d/%m/%Y}; cần tệp: latewatch tally frozen export"
    if known.state == SENDING and now - known.claimed_at < UNDERWAY:
        return f"đang gửi từ {known.claimed_at:%H:%M}; chờ {UNDERWAY.seconds // 60} phút rồi xem lại"
    return ""


def sending_troubles(connection: Connection) -> Iterator[str]:
    """Say which reports have not left, or not to all, and of which nobody knows whether they did."""
    for each in unfinished(sendings(connection)):
        sending = each.sending
        what = f"{sending.unit or 'cả cơ quan'}, kỳ {sending.first:%d/%m/%Y}–{sending.last:%d/%m/%Y}"
        again = f"latewatch reports send --again {sending.edition} --by TÊN"
        by_hand = f" ({each.again_by} đã cho gửi lại)" if each.again_by else ""
        if each.state == SENT:
            yield f"{what}: đã gửi, nhưng {each.problem}; sửa địa chỉ rồi gửi lại cho tất cả: {again}"
        elif each.state in (SENDING, DOUBTFUL):
            yield (
                f"{what}: đang gửi, hoặc bị ngắt khi đang gửi lúc {each.claimed_at:%H:%M %d/%m/%Y}{by_hand}; "
                f"không tự gửi lại: hỏi người nhận, nếu chưa có thư thì gửi lại: {again}"
            )
        else:
            yield f"{what}: chưa gửi được, sẽ thử lại: {each.problem}"
