"""The morning digest of each desk: composed from the cases, claimed once a day, then delivered."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage

from sqlalchemy import Connection

from latewatch.calendars.load import warnings as calendar_warnings
from latewatch.clock import at_midnight
from latewatch.disk import file_stem
from latewatch.domain import digest as rules
from latewatch.domain.alarm import NOTES, Alarm, AlarmKind, held_back
from latewatch.domain.integrity.finding import KIND_LABELS, OF_LETTERS, Severity
from latewatch.domain.names import DeskName
from latewatch.errors import DeliveryError, StoreError
from latewatch.jobs.assess import Deadlines
from latewatch.jobs.feed import alarms_of, look_at_feeds, oldest_data
from latewatch.jobs.letters.outbox_list import desk_troubles
from latewatch.jobs.letters.settling import needless_letters
from latewatch.jobs.office import Office
from latewatch.jobs.reports.comparing import compare_frozen, otherwise_lines
from latewatch.jobs.reports.due import reminders
from latewatch.jobs.verify import seal_words
from latewatch.notify.delivery import Delivery
from latewatch.notify.message import digest_message
from latewatch.notify.smtp_answers import PartialDeliveryError
from latewatch.reports.sheets import digest_workbook
from latewatch.store.cases import assessed, not_finished_before
from latewatch.store.digests import claim, digest_before, digest_of, mark, told_on
from latewatch.store.feeds import failures, newest_batches
from latewatch.store.findings import opened_since
from latewatch.store.verify import newest_seal


@dataclass(frozen=True, slots=True)
class SentDigest:
    """What became of one desk's digest. Its outcome is unknown when a run was killed while sending."""

    desk: str
    subject: str
    outcome: str
    delivered_to: str = ""
    problem: str = ""


SENT, SENT_BEFORE, UNKNOWN, FAILED = "sent", "sent-before", "unknown", "failed"


def compose_digests(office: Office, now: datetime) -> list[tuple[DeskName, rules.Digest]]:
    """Return each desk's digest as of `now`. Raises StoreError and CalendarGap."""
    counting = office.settings.counting
    yesterday = at_midnight(office.calendar.back(now.date(), 1))  # older results are in no block
    composed = []
    compare_frozen(office, now)
    with office.store.reading() as connection:
        feeds = look_at_feeds(office, connection, now)
        alarms = alarms_of(feeds)
        warnings = (
            *_feed_warnings(office, connection, alarms),
            *_calendar_warnings(office, now),
            *reminders(office, connection, now),
        )
        cases = list(Deadlines(office).cases(assessed(connection, not_finished_before(yesterday))))
        needless = [(each.case, each.why) for each in needless_letters(connection, office, now)]
        seal = newest_seal(connection)
        for desk in office.roster.desks:
            before = digest_before(connection, desk.code, now.date())
            told_at = before.claimed_at if before else yesterday
            digest = rules.compose(
                [case for case in cases if case.desk == desk.code],
                desk=desk.name,
                at=now,
                calendar=office.calendar,
                due_soon_days=counting.due_soon_working_days,
                before=before.counts if before else None,
                before_on=before.day if before else None,
                data_from=oldest_data(feeds),
                told_on=told_on(connection, desk.code, now.date(), office.dossier_sources),
                alarms=alarms,
                warnings=(
                    *warnings,
                    *_new_findings(office, connection, desk, told_at),
                    *(f"Số liệu đã chốt: {each}" for each in otherwise_lines(connection, told_at)),
                    *desk_troubles(office, connection, desk),
                ),
                seal=seal_words(seal) if seal else "",
                needless=[(case, why) for case, why in needless if case.desk == desk.code],
            )
            composed.append((desk, digest))
    return composed


def send_digests(office: Office, now: datetime, delivery: Delivery) -> list[SentDigest]:
    """Send each desk its digest of the day, once however often this runs; a failed one is tried again.

    Whether a message left is not known when a run was killed while sending it: it is not sent again, and
    `latewatch check` says so.
    """
    return [_send(office, desk, digest, delivery) for desk, digest in compose_digests(office, now)]


def _feed_warnings(office: Office, connection: Connection, alarms: Sequence[Alarm]) -> Iterator[str]:
    """Say what of the newest data is missing, so that nobody takes it for whole."""
    for alarm in alarms:
        if not alarm.holds_back and alarm.kind not in NOTES:
            yield f"Nguồn “{alarm.source}”: {alarm.told}"
    told = {(alarm.source, alarm.origin) for alarm in alarms if alarm.kind is AlarmKind.REJECTED}
    for source in office.profiles:
        for failure in failures(connection, source):
            yield f"Nguồn “{source}” không đọc được: {failure.problem}"
        batches = newest_batches(connection, source)
        if not batches:
            has_dossiers = source in office.dossier_sources
            missing = "hồ sơ của nguồn này không có" if has_dossiers else "sự kiện của nguồn này chưa tính"
            yield f"Nguồn “{source}” chưa có dữ liệu: {missing} trong bản tin"
        for feed in batches:
            yield from feed.warnings
            if feed.rejected and (source, feed.origin) not in told:
                yield f"{feed.origin}: {feed.rejected} dòng bị gác lại; xem bằng lệnh latewatch check"


def _new_findings(office: Office, connection: Connection, desk: DeskName, since: datetime) -> Iterator[str]:
    """Say how many signs of this desk its digest before did not tell, those about letters by kind."""
    found = opened_since(connection, since)
    own = [each for each in found if office.roster.desk_of(each.units).code == desk.code]
    letters = Counter(each.kind for each in own if each.kind in OF_LETTERS)
    signs = [each for each in own if each.kind not in OF_LETTERS]
    grave = sum(each.severity is Severity.HIGH for each in signs)
    if letters:
        counts = "; ".join(f"{KIND_LABELS[kind]}: {letters[kind]}" for kind in OF_LETTERS if letters[kind])
        yield f"Văn bản xin lỗi, mới thấy: {counts}; xem bằng lệnh latewatch findings"
    if signs:
        high = f" (mức cao: {grave})" if grave else ""
        yield f"Dấu hiệu cần làm rõ: {len(signs)} mới{high}; xem bằng lệnh latewatch findings"


def _calendar_warnings(office: Office, now: datetime) -> list[str]:
    ahead = now + timedelta(days=60)
    return calendar_warnings(office.calendar, range(now.year, ahead.year + 1))


def _send(office: Office, desk: DeskName, digest: rules.Digest, delivery: Delivery) -> SentDigest:
    day = digest.at.date()
    message = _composed(office, desk, digest)
    with office.store.writing() as connection:
        if not claim(connection, desk.code, day, digest.counts, digest.at, held=held_back(digest.alarms)):
            earlier = digest_of(connection, desk.code, day)
            outcome = SENT_BEFORE if earlier and earlier.state == "sent" else UNKNOWN
            return SentDigest(desk.name, digest.subject, outcome, earlier.delivered_to if earlier else "")
    delivered_to, outcome, problem = _deliver(message, _name(desk, digest), delivery)
    with office.store.writing() as connection:
        mark(
            connection,
            desk.code,
            day,
            is_sent=outcome == SENT,
            delivered_to=delivered_to,
            problem=problem,
        )
    return SentDigest(desk.name, digest.subject, outcome, delivered_to, problem)


def _composed(office: Office, desk: DeskName, digest: rules.Digest) -> EmailMessage | DeliveryError:
    """Compose before the claim: what cannot be composed has certainly not left."""
    try:
        return message_of(office, desk, digest)
    except DeliveryError as e:  # an address in the configuration
        return e


def _deliver(message: EmailMessage | DeliveryError, name: str, delivery: Delivery) -> tuple[str, str, str]:
    """Hand the message over. Where only some recipients were taken it is sent: the others are a remark."""
    if isinstance(message, DeliveryError):
        return "", FAILED, str(message)
    try:
        return delivery.deliver(message, name), SENT, ""
    except PartialDeliveryError as e:
        return "", SENT, str(e)
    except (DeliveryError, StoreError) as e:
        return "", FAILED, str(e)


def _name(desk: DeskName, digest: rules.Digest) -> str:
    return f"{digest.at:%Y-%m-%d}-{desk.code}"


def message_of(office: Office, desk: DeskName, digest: rules.Digest) -> EmailMessage:
    """Compose the message. The same desk and day give the same Message-ID, so that doubles can be seen."""
    name = _name(desk, digest)
    to = next((each.mail_to for each in office.settings.desks if each.code == desk.code), ())
    domain = office.settings.mail.sender.rpartition("@")[2] or "localhost"
    return digest_message(
        digest,
        sender=office.settings.mail.sender,
        to=to,
        message_id=f"<{file_stem(name)}.latewatch@{domain}>",
        attachment=(f"ho-so-{name}.xlsx", digest_workbook(digest)),
    )
