"""Frozen reports leave for their addressees on the set day, once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import Connection

from latewatch.clock import at_midnight
from latewatch.disk import file_stem
from latewatch.domain.reporting import sending_day
from latewatch.domain.tally.columns import NOTHING
from latewatch.domain.tally.rates import ratio
from latewatch.errors import DeliveryError, StoreError
from latewatch.jobs.office import Office
from latewatch.jobs.reports.stored import Content, content_of, scope_of
from latewatch.notify.delivery import Delivery
from latewatch.notify.report_mail import ReportView, report_message
from latewatch.notify.smtp_answers import PartialDeliveryError
from latewatch.store.reports.deliveries import (
    DOUBTFUL,
    SENDING,
    SENT,
    WAITING,
    Sending,
    StoredSending,
    claim,
    mark,
    sendings,
    unfinished,
)
from latewatch.store.reports.frozen import Frozen, ended_since, in_force, part

LOOK_BACK = timedelta(days=75)  # after the end of a period; a report frozen later is nobody's news


@dataclass(frozen=True, slots=True)
class Parcel:
    """The reports of one unit, or of the office, of one period, and whom they go to."""

    sending: Sending
    to: tuple[str, ...]
    leaves_at: datetime
    reports: tuple[Frozen, ...]

    @property
    def called(self) -> str:
        unit = self.sending.unit or "cả cơ quan"
        return f"{self.reports[0].title}, {unit}"


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a parcel: sent, waiting for another try, doubtful, or it had left before."""

    parcel: Parcel
    state: str
    is_new: bool
    delivered_to: str = ""
    problem: str = ""


def parcels(office: Office, connection: Connection, now: datetime) -> list[Parcel]:
    """Return what is to leave, or has left: the reports in force of the last periods that go to somebody."""
    groups: dict[tuple[object, ...], list[Frozen]] = {}
    for each in in_force(connection, ended_since((now - LOOK_BACK).date())):
        groups.setdefault((each.unit, each.first, each.last), []).append(each)
    return [parcel for each in groups.values() if (parcel := _parcel(office, each)).to]


def _parcel(office: Office, reports: list[Frozen]) -> Parcel:
    first, settings = reports[0], office.settings
    by_unit = {unit.code: unit.report_to for unit in settings.units}
    to = by_unit.get(first.unit, ()) if first.unit else settings.reports.report_to
    day = sending_day(scope_of(office, first).period, settings.reports.send_day, office.calendar)
    at = settings.reports.send_at
    edition = max(each.number for each in reports)
    sending = Sending(first.unit, first.first, first.last, edition)
    return Parcel(sending, to, at_midnight(day).replace(hour=at.hour, minute=at.minute), tuple(reports))


def send_reports(office: Office, now: datetime, delivery: Delivery) -> list[Sent]:
    """Send what is due. A failed message is tried again later; one that may have left is not sent again.

    A run that is killed while sending leaves its message claimed: `latewatch check` tells of it.
    """
    with office.store.reading() as connection:
        known = {each.sending: each for each in sendings(connection)}
        due = [each for each in parcels(office, connection, now) if each.leaves_at <= now]
        free = [each for each in due if _may_leave(each, known)]
        composed = {each: _composed(office, connection, each, known) for each in free}
    return [
        _send(office, each, composed[each], now, delivery) if each in composed else _before(each, known)
        for each in due
    ]


def _may_leave(parcel: Parcel, known: dict[Sending, StoredSending]) -> bool:
    stored = known.get(parcel.sending)
    return stored is None or stored.state == WAITING


def _before(parcel: Parcel, known: dict[Sending, StoredSending]) -> Sent:
    stored = known[parcel.sending]
    return Sent(parcel, stored.state, is_new=False, delivered_to=stored.delivered_to, problem=stored.problem)


def _send(
    office: Office, parcel: Parcel, message: EmailMessage | DeliveryError, now: datetime, delivery: Delivery
) -> Sent:
    with office.store.writing() as connection:
        if not claim(connection, parcel.sending, now):
            return Sent(parcel, WAITING, is_new=False)
    state, where, problem = _delivered(message, _name(parcel), delivery)
    again = now + timedelta(minutes=office.settings.sending.retry_minutes) if state == WAITING else None
    with office.store.writing() as connection:
        mark(connection, parcel.sending, state, where, problem, again)
    return Sent(parcel, state, is_new=True, delivered_to=where, problem=problem)


def _delivered(message: EmailMessage | DeliveryError, name: str, delivery: Delivery) -> tuple[str, str, str]:
    """Hand the message over. Where only some recipients were taken it is sent: the others are a remark."""
    if isinstance(message, DeliveryError):
        return WAITING, "", str(message)
    try:
        return SENT, delivery.deliver(message, name), ""
    except PartialDeliveryError as e:
        return SENT, "", str(e)
    except DeliveryError as e:
        return (DOUBTFUL if e.doubtful else WAITING), "", str(e)
    except StoreError as e:
        return WAITING, "", str(e)


def _composed(
    office: Office, connection: Connection, parcel: Parcel, known: dict[Sending, StoredSending]
) -> EmailMessage | DeliveryError:
    """Compose before the claim: what cannot be composed has certainly not left."""
    files = list(_files(connection, parcel))
    sender = office.settings.mail.sender
    domain = sender.rpartition("@")[2] or "localhost"
    try:
        return report_message(
            _view(parcel, tuple(name for name, _ in files), replaces=_replaces(parcel, known)),
            sender=sender,
            to=parcel.to,
            at=parcel.reports[-1].made_at,
            message_id=f"<{file_stem(_name(parcel))}.latewatch@{domain}>",
            files=files,
        )
    except DeliveryError as e:  # an address in the configuration
        return e


def _replaces(parcel: Parcel, known: dict[Sending, StoredSending]) -> bool:
    """Tell whether an earlier edition has left, or may have."""
    mine = parcel.sending
    return any(
        (each.unit, each.first, each.last) == (mine.unit, mine.first, mine.last)
        and each.edition < mine.edition
        and stored.state != WAITING
        for each, stored in known.items()
    )


def _name(parcel: Parcel) -> str:
    sending = parcel.sending
    return (
        f"bao-cao-{sending.first:%Y%m%d}-{sending.last:%Y%m%d}-{sending.unit or 'co-quan'}-{sending.edition}"
    )


def _files(connection: Connection, parcel: Parcel) -> Iterator[tuple[str, bytes]]:
    for each in parcel.reports:
        stem = file_stem(f"bieu-{each.form}-{each.first:%Y%m%d}-{each.last:%Y%m%d}-{each.rule}")
        for kind in ("xlsx", "pdf"):
            yield f"{stem}.{kind}", part(connection, each.number, kind)


def _view(parcel: Parcel, files: tuple[str, ...], *, replaces: bool) -> ReportView:
    report = parcel.reports[0]
    content = content_of(report)
    return ReportView(
        reporter=content.reporter,
        title=report.title,
        first=report.first,
        last=report.last,
        frozen_at=report.made_at,
        figures=_figures(content),
        rule=f"{report.rule}, {content.rule['title']}",
        replaces=replaces,
        files=files,
    )


def _figures(content: Content) -> tuple[tuple[str, str], ...]:
    """Return the five main figures of a table that counts by standing."""

    def total(*names: str) -> int:
        return sum(content.total.get(name, 0) for name in names)

    kept, resolved = total("early", "on_time"), total("early", "on_time", "late")
    share = ratio(kept, resolved, 100)
    kept_share = f"{share} %".replace(".", ",") if share is not None else NOTHING
    received = total("online_full", "online_partial", "postal", "direct", "carried")
    return (
        ("Hồ sơ tiếp nhận, gồm cả kỳ trước chuyển sang", _shown(received)),
        ("Đã giải quyết", _shown(resolved)),
        ("Trước hạn và đúng hạn trên đã giải quyết", kept_share),
        ("Đã giải quyết quá hạn", _shown(total("late"))),
        ("Đang giải quyết, đã quá hạn", _shown(total("overdue"))),
    )


def _shown(value: int) -> str:
    return f"{value:,}".replace(",", ".")


def sending_troubles(connection: Connection) -> Iterator[str]:
    """Say which reports have not left, and of which nobody knows whether they did."""
    for each in unfinished(sendings(connection)):
        sending = each.sending
        what = f"{sending.unit or 'cả cơ quan'}, kỳ {sending.first:%d/%m/%Y}–{sending.last:%d/%m/%Y}"
        if each.state in (SENDING, DOUBTFUL):
            yield (
                f"{what}: đang gửi, hoặc bị ngắt khi đang gửi lúc {each.claimed_at:%H:%M %d/%m/%Y}; không tự "
                "gửi lại: hỏi người nhận, nếu chưa có thư thì lấy tệp bằng latewatch tally frozen export và "
                "gửi tay"
            )
        else:
            yield f"{what}: chưa gửi được, sẽ thử lại: {each.problem}"
