"""Check: what of the configuration, the calendar, the data and the outside world needs a person."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from latewatch.calendars.load import warnings as calendar_warnings
from latewatch.config import Source
from latewatch.domain.feed import is_stale
from latewatch.errors import DeliveryError, Place, SourceError
from latewatch.jobs.office import Office
from latewatch.notify.delivery import SmtpServer
from latewatch.sources.folder import export_files
from latewatch.store.digests import unfinished_digests
from latewatch.store.feeds import (
    data_from,
    failures,
    newest_batches,
    rejections,
    reported_units,
    without_due_date,
)

LISTED = 20
MONTHS_AHEAD = timedelta(days=365)


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, what was found, and the cure where it is not well."""

    level: Level
    about: str
    text: str


def check_office(office: Office, now: datetime, smtp: SmtpServer | None) -> list[Finding]:
    """Look at everything once. Raises StoreError where the database cannot be read."""
    findings = [*_calendar(office, now)]
    with office.store.reading() as connection:
        for source in office.settings.sources:
            findings += _source(connection, source)
        findings += _freshness(office, connection, now)
        findings += _units(office, connection)
        findings += _limits(connection)
        findings += _digests(connection)
    return [*findings, *_mail(smtp)]


def _calendar(office: Office, now: datetime) -> Iterator[Finding]:
    calendar = office.calendar
    ahead = (now + MONTHS_AHEAD).date()
    if calendar.last < ahead:
        text = (
            f"lịch chỉ đến {calendar.last:%d/%m/%Y}; trước ngày đó hãy thêm tệp {calendar.last.year + 1}.toml"
        )
        yield Finding(Level.BAD if calendar.last < now.date() else Level.WARNING, "lịch làm việc", text)
    for text in calendar_warnings(calendar, range(now.year, ahead.year + 1)):
        yield Finding(Level.WARNING, "lịch làm việc", text)
    yield Finding(
        Level.OK, "lịch làm việc", f"{calendar.version}, {calendar.first:%d/%m/%Y}–{calendar.last:%d/%m/%Y}"
    )


def _source(connection: Connection, source: Source) -> Iterator[Finding]:
    about = f"nguồn {source.name}"
    if source.folder:
        try:
            export_files(source.folder)
        except SourceError as e:
            yield Finding(Level.BAD, about, str(e))
    for failure in failures(connection, source.name):
        yield Finding(Level.BAD, about, failure.problem)
    batches = newest_batches(connection, source.name)
    if not batches:
        yield Finding(Level.WARNING, about, "chưa lấy được tệp nào; chạy latewatch poll")
    for batch in batches:
        yield Finding(Level.OK, about, f"{batch.origin}, lấy lúc {batch.taken_at:%H:%M %d/%m/%Y}")
        for warning in batch.warnings:
            yield Finding(Level.WARNING, about, warning)
    rejected = rejections(connection, source.name)
    for row in rejected[:LISTED]:
        place = Place(row["file"], row["sheet"], row["row"])
        yield Finding(Level.WARNING, about, f"{place}, cột “{row['column']}”: {row['reason']}")
    if len(rejected) > LISTED:
        yield Finding(Level.WARNING, about, f"… và {len(rejected) - LISTED} dòng bị gác lại nữa")


def _freshness(office: Office, connection: Connection, now: datetime) -> Iterator[Finding]:
    since = data_from(connection, [source.name for source in office.settings.sources])
    hours = office.settings.mail.stale_after_hours
    if since is None:
        yield Finding(Level.WARNING, "dữ liệu", "chưa đủ dữ liệu của mọi nguồn")
    elif is_stale(since, now, hours, office.calendar):
        text = f"dữ liệu cũ nhất từ {since:%H:%M %d/%m/%Y}, quá {hours} giờ; kiểm tra việc xuất tệp"
        yield Finding(Level.BAD, "dữ liệu", text)
    else:
        yield Finding(Level.OK, "dữ liệu", f"cập nhật đến {since:%H:%M %d/%m/%Y}")


def _units(office: Office, connection: Connection) -> Iterator[Finding]:
    """Name the resolving units the office has not declared: their letters carry the office's letterhead."""
    if not office.roster.units:
        return
    for unit, department, number in reported_units(connection):
        if not office.roster.find(unit) and not office.roster.find(department):
            name = unit or department or "(trống)"
            text = (
                f"“{name}” ({number} hồ sơ) chưa khai trong [[units]]; thêm đơn vị, hoặc thêm tên vào aliases"
            )
            yield Finding(Level.WARNING, "đơn vị", text)


def _limits(connection: Connection) -> Iterator[Finding]:
    for procedure, problem, number in without_due_date(connection)[:LISTED]:
        name = procedure or "(không ghi thủ tục)"
        text = f"{name}: {number} hồ sơ không tính được hạn: {problem}"
        yield Finding(Level.WARNING, "thời hạn", text)


def _digests(connection: Connection) -> Iterator[Finding]:
    for record in unfinished_digests(connection):
        about = f"bản tin {record.desk} {record.day:%d/%m/%Y}"
        if record.state == "sending":
            yield Finding(Level.WARNING, about, "bị ngắt khi đang gửi; hỏi người nhận xem đã có thư chưa")
        else:
            yield Finding(Level.BAD, about, record.problem)


def _mail(smtp: SmtpServer | None) -> Iterator[Finding]:
    if smtp is None:
        yield Finding(Level.OK, "thư điện tử", "không đặt mail.host: bản tin ghi vào thư mục paths.outbox")
        return
    try:
        smtp.check()
    except DeliveryError as e:
        yield Finding(Level.BAD, "thư điện tử", str(e))
    else:
        yield Finding(Level.OK, "thư điện tử", f"kết nối được {smtp.where}")
