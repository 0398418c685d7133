"""Check: what of the configuration, the calendar, the data and the outside world needs a person."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection

from latewatch.calendars.load import warnings as calendar_warnings
from latewatch.config import Source
from latewatch.domain.alarm import NOTES, Alarm
from latewatch.domain.catalogue import disagreement
from latewatch.domain.deadline import NO_LIMIT
from latewatch.domain.integrity.finding import KIND_LABELS, SEVERITY_LABELS
from latewatch.domain.standing import owes_letter
from latewatch.errors import DeliveryError, SourceError
from latewatch.jobs.assess import DECIDES, Deadlines
from latewatch.jobs.feed import SourceFeed, look_at_feeds, oldest_data
from latewatch.jobs.findings import open_signs
from latewatch.jobs.interruptions import impossible_interruptions, lapsed_dossiers
from latewatch.jobs.letters.keeping import broken_registers
from latewatch.jobs.letters.outbox_list import outbox_troubles
from latewatch.jobs.letters.settling import needless_letters
from latewatch.jobs.office import Office
from latewatch.jobs.procedures import differences
from latewatch.jobs.reports.again import sending_troubles
from latewatch.jobs.reports.comparing import compare_frozen, otherwise_lines
from latewatch.jobs.reports.due import reminders
from latewatch.notify.delivery import SmtpServer
from latewatch.sources.filing import FAILED, lying_in
from latewatch.sources.folder import export_files
from latewatch.sources.profiles.profile import System
from latewatch.store.cases import assessed, unfinished_at
from latewatch.store.digests import unfinished_digests
from latewatch.store.feeds import (
    Feed,
    Undecided,
    corrected,
    failures,
    newest_batches,
    rejections,
    reported_units,
    without_due_date,
)

MONTHS_AHEAD = timedelta(days=365)
_CURE = "chưa tính được hạn, hãy sửa ở hệ thống một cửa rồi xuất lại"


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
    compare_frozen(office, now)
    findings = [*calendar_findings(office, now)]
    with office.store.reading() as connection:
        feeds = look_at_feeds(office, connection, now)
        for feed in feeds:
            findings += _source(office, connection, feed)
        findings.append(_freshness(feeds))
        findings += _units(office, connection)
        findings += _lapsed(office, connection, now)
        impossible = impossible_interruptions(connection)
        findings += _warned("tạm dừng", (f"{code}: {problem}; {_CURE}" for code, problem in impossible))
        findings += _limits(office, connection, {problem for _, problem in impossible})
        findings += _signs(connection)
        findings += _warned("văn bản xin lỗi", _letters(office, connection, now))
        findings += _digests(office, connection)
        broken = broken_registers(office, connection)
        findings += (Finding(Level.BAD, "sổ văn bản đi", problem) for problem in broken)
        findings += _warned("gửi văn bản xin lỗi", outbox_troubles(connection))
        findings += _warned("báo cáo định kỳ", reminders(office, connection, now))
        findings += _warned("gửi báo cáo", sending_troubles(connection))
        findings += _warned("số liệu đã chốt", otherwise_lines(connection))
    return [*findings, *_fonts(office), *_mail(smtp)]


def calendar_findings(office: Office, now: datetime) -> Iterator[Finding]:
    """Yield what is missing or not certain of the next twelve months, and the calendar in force."""
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


def _source(office: Office, connection: Connection, feed: SourceFeed) -> Iterator[Finding]:
    source = feed.source
    about = f"nguồn {source.name}"
    problems = [text for each in failures(connection, source.name) if (text := _failure(source, each))]
    for problem in dict.fromkeys([*_folder_problem(source), *problems]):
        yield Finding(Level.BAD, about, problem)
    batches = newest_batches(connection, source.name)
    if not batches:
        yield Finding(Level.WARNING, about, "chưa lấy được tệp nào; chạy latewatch poll")
    for batch in batches:
        yield Finding(Level.OK, about, f"{batch.origin}, lấy lúc {batch.taken_at:%H:%M %d/%m/%Y}")
        for warning in batch.warnings:
            yield Finding(Level.WARNING, about, warning)
    yield from _warned(about, _corrections(office, connection, batches))
    yield from (_alarm(about, each) for each in feed.alarms)
    yield from _warned(about, [each.told for each in rejections(connection, source.name)])


def _alarm(about: str, alarm: Alarm) -> Finding:
    """An alarm that holds back what the digest says is bad; what is only new is no fault."""
    level = Level.OK if alarm.kind in NOTES else Level.BAD if alarm.holds_back else Level.WARNING
    return Finding(level, about, alarm.shown)


def _failure(source: Source, failure: Feed) -> str:
    """Say what failed; nothing where it was a file that somebody took away since."""
    if source.folder is None or failure.origin == source.name:
        return failure.problem
    if failure.origin in lying_in(source.folder, FAILED):
        return f"{failure.problem}; tệp đã chuyển vào {source.folder / FAILED}, sửa xong thì xóa tệp ở đó"
    return failure.problem if (source.folder / failure.origin).exists() else ""


def _corrections(office: Office, connection: Connection, batches: Iterable[Feed]) -> Iterator[str]:
    """Say how to have the rejected rows in a file, to be corrected; an interface's are corrected there."""
    for batch in batches:
        is_table = office.profiles[batch.source].system is System.FILES
        if batch.rejected and is_table and batch.id not in corrected(connection, batch.source):
            yield (
                f"{batch.origin}: {batch.rejected} dòng bị gác lại; lấy ra tệp để sửa rồi nhập lại: "
                f"latewatch import rejected {batch.id}"
            )


def _warned(about: str, texts: Iterable[str]) -> Iterator[Finding]:
    return (Finding(Level.WARNING, about, text) for text in texts)


def _folder_problem(source: Source) -> Iterator[str]:
    if source.folder:
        try:
            export_files(source.folder)
        except SourceError as e:
            yield str(e)


def _freshness(feeds: Iterable[SourceFeed]) -> Finding:
    since = oldest_data(feeds)
    if since is None:
        return Finding(Level.WARNING, "dữ liệu", "chưa nguồn nào có dữ liệu; chạy latewatch poll")
    return Finding(Level.OK, "dữ liệu", f"cập nhật đến {since:%H:%M %d/%m/%Y}")


def _units(office: Office, connection: Connection) -> Iterator[Finding]:
    """Name the resolving units the office has not declared: their letters carry the office's letterhead."""
    if not office.roster.units:
        return
    strangers = [
        f"“{unit or department or '(trống)'}” ({number} hồ sơ) chưa khai trong [[units]]; "
        "thêm đơn vị, hoặc thêm tên vào aliases"
        for unit, department, number in reported_units(connection)
        if not office.roster.find(unit) and not office.roster.find(department)
    ]
    yield from _warned("đơn vị", strangers)


def _limits(office: Office, connection: Connection, told: Collection[str]) -> Iterator[Finding]:
    """Name the procedures whose dossiers have no due date, and where the catalogue says other limits.

    Problems that were `told` dossier by dossier are not told again.
    """
    unknown = [
        f"{_named(each)}: {each.dossiers} hồ sơ không tính được hạn: {each.problem}{_cure(office, each)}"
        for each in without_due_date(connection)
        if each.problem not in told
    ]
    yield from _warned("thời hạn", unknown)
    decides = DECIDES[office.settings.clock.limit_from]
    disagreements = [
        f"{each.procedure.label}: {each.dossiers} {disagreement(each.reported, each.procedure)}; "
        f"đang tính theo {decides}; xem: latewatch procedures differences"
        for each in differences(office, connection)
    ]
    yield from _warned("danh mục", disagreements)


def _named(each: Undecided) -> str:
    return " ".join(filter(None, (each.procedure_code, each.procedure))) or "(không ghi thủ tục)"


def _cure(office: Office, each: Undecided) -> str:
    if each.problem != NO_LIMIT:
        return ""
    codes = ", ".join(office.catalogue.namesakes(each.procedure))
    if codes and not each.procedure_code:
        return f"; danh mục có nhiều mã cùng tên này ({codes}): hãy xuất cả cột mã thủ tục"
    return "; nhập danh mục bằng latewatch procedures import, hoặc khai trong [[procedures]]"


def _signs(connection: Connection) -> Iterator[Finding]:
    """Say how many signs of each kind nobody has explained, the gravest first."""
    for kind, counts in open_signs(connection):
        graded = ", ".join(f"{SEVERITY_LABELS[severity]} {number}" for severity, number in counts.items())
        text = f"{KIND_LABELS[kind]}: {sum(counts.values())} ({graded})"
        yield Finding(Level.WARNING, "dấu hiệu cần làm rõ", f"{text}; xem: latewatch findings --kind {kind}")


def _letters(office: Office, connection: Connection, now: datetime) -> Iterator[str]:
    """Say how many letters are owed and not drafted, and name those that nobody should send any more."""
    cases = Deadlines(office).cases(assessed(connection, unfinished_at(now)))
    owed = sum(owes_letter(case, now) for case in cases)
    if owed:
        yield f"{owed} hồ sơ phải có văn bản xin lỗi mà chưa soạn; chạy: latewatch letters draft"
    for each in needless_letters(connection, office, now):
        yield f"{each.told}; {each.cure}"


def _lapsed(office: Office, connection: Connection, now: datetime) -> Iterator[Finding]:
    """Name the dossiers the desk has to close (NĐ 118/2025/NĐ-CP, Điều 19.5)."""
    lapsed = lapsed_dossiers(office, connection, now)
    if lapsed:
        days = {each.after_days for each in lapsed}
        span = f"{days.pop()} ngày" if len(days) == 1 else "thời hạn bổ sung"
        text = f"{len(lapsed)} hồ sơ quá {span} không bổ sung: đóng hồ sơ (NĐ 118/2025 Đ19.5)"
        yield Finding(Level.WARNING, "chờ bổ sung", text)
    for each in lapsed:
        text = f"{each.code}: yêu cầu bổ sung {each.since:%d/%m/%Y}, hết hạn bổ sung {each.until:%d/%m/%Y}"
        yield Finding(Level.WARNING, "chờ bổ sung", text)


def _digests(office: Office, connection: Connection) -> Iterator[Finding]:
    desks = {desk.code for desk in office.roster.desks}
    for record in unfinished_digests(connection):
        about = f"bản tin {record.desk} {record.day:%d/%m/%Y}"
        if record.desk not in desks:
            continue
        if record.state == "sending":
            text = (
                f"đang gửi, hoặc bị ngắt khi đang gửi lúc {record.claimed_at:%H:%M}; không tự gửi lại: hỏi "
                "người nhận, nếu chưa có thư thì in bằng lệnh latewatch digest"
            )
            yield Finding(Level.WARNING, about, text)
        else:
            yield Finding(Level.BAD, about, record.problem)


def _fonts(office: Office) -> Iterator[Finding]:
    families = sorted(office.printer().font_families())
    if len(families) == 1:
        yield Finding(Level.OK, "thư xin lỗi", f"phông chữ {families[0]}")
    else:
        text = (
            f"chữ tiếng Việt phải ghép từ nhiều phông ({', '.join(families)}); hãy cài Times New Roman, "
            "hoặc Liberation Serif bản 2 (Debian: apt-get install fonts-liberation2)"
        )
        yield Finding(Level.BAD, "thư xin lỗi", text)


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
