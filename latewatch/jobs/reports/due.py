"""The reporting calendar of the office: what is due when, what of it is frozen and sent; reminders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from latewatch.domain.reporting import Filing, FilingLevel, filings, last_day, to_tell, working_days_left
from latewatch.jobs.office import Office
from latewatch.store.reports.deliveries import SENT, sendings
from latewatch.store.reports.frozen import Frozen, ended_on, in_force

_SENT = "đã gửi người nhận"


@dataclass(frozen=True, slots=True)
class Due:
    """One report of the calendar: its last day, and how far it has come."""

    filing: Filing
    due_on: date
    days_left: int | None
    frozen: Frozen | None
    is_sent: bool

    def state_on(self, day: date) -> str:
        """Say how far it has come; of what is not frozen also whether there is still time."""
        if self.frozen is not None:
            return self.state
        if day <= self.filing.period.last:
            return "chưa hết kỳ"
        return f"{self.state} (đã qua hạn nộp)" if day > self.due_on else self.state

    @property
    def state(self) -> str:
        if self.frozen is None:
            return "chưa chốt"
        sent = f", {_SENT}" if self.is_sent else ""
        which = f"số {self.frozen.number}, bản {self.frozen.version}"
        return f"đã chốt {self.frozen.made_at:%d/%m/%Y} ({which}){sent}"


def level_of(office: Office) -> FilingLevel:
    return FilingLevel(office.settings.reports.level)


def reporting_calendar(office: Office, connection: Connection, year: int, now: datetime) -> list[Due]:
    """Return every report of `year` the office files, in the order of their dates."""
    moves = office.settings.reports.move_to_working_day
    return [
        _due(office, connection, each, last_day(each, office.calendar, moves=moves), now)
        for each in filings(year, level_of(office))
    ]


def _due(office: Office, connection: Connection, filing: Filing, due_on: date, now: datetime) -> Due:
    period = filing.period
    reports = [
        each
        for each in in_force(connection, ended_on(period.last))
        if (each.form, each.unit, each.first) == (filing.form, "", period.first)
    ]
    mine = ("", period.first, period.last)
    left_for = [each.sending for each in sendings(connection) if each.state == SENT]
    sent = mine in [(each.unit, each.first, each.last) for each in left_for]
    left = working_days_left(now.date(), due_on, office.calendar)
    return Due(filing, due_on, left, reports[-1] if reports else None, sent)


def reminders(office: Office, connection: Connection, now: datetime) -> Iterator[str]:
    """Yield a line for each report that is due soon, or was due and is not frozen."""
    settings = office.settings.reports
    told = to_tell(
        now.date(),
        level_of(office),
        office.calendar,
        days=settings.remind_working_days,
        moves=settings.move_to_working_day,
    )
    for filing, due_on in told:
        due = _due(office, connection, filing, due_on, now)
        if due.frozen is None or now.date() <= due_on:
            yield reminder(due, now)


def reminder(due: Due, now: datetime) -> str:
    """Say what is due, until when, how far it is, and what to do."""
    filing = due.filing
    when = f"chậm nhất {due.due_on:%d/%m/%Y}"
    if now.date() > due.due_on:
        when += ", đã quá"
    elif due.days_left is not None:
        when += f", còn {due.days_left} ngày làm việc"
    what = f"Báo cáo {filing.period.title}, biểu {filing.form} ({when}): {due.state}"
    if due.frozen is None:
        return f"{what}; chốt: latewatch tally freeze {filing.option} --cutoff 15-14 --by TÊN"
    return f"{what}; nộp trên Hệ thống báo cáo kiểm soát thủ tục hành chính"
