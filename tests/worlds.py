"""Small builders of dossiers and cases, and the calendar the rule tables are read against."""

from dataclasses import replace
from datetime import date, datetime

from latewatch.calendars.load import load_calendar
from latewatch.clock import parse_instant
from latewatch.domain.alarm import Alarm, AlarmKind
from latewatch.domain.deadline import Basis, Deadline
from latewatch.domain.dossier import Cause, Channel, Dossier, Status, Suspension
from latewatch.domain.expiry import end_of_day
from latewatch.domain.letters.life import LetterState
from latewatch.domain.standing import Case

CALENDAR = load_calendar()


def moment(text: str | date | None) -> datetime | None:
    """Read `2026-11-12` or `2026-11-12T08:30` as Vietnam's time."""
    return parse_instant(str(text)) if text else None


def day(text: str | date | None) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def deadline(due: str | date | None) -> Deadline:
    """A deadline that ends with the day `due`, or none."""
    due_on, midnight = day(due), moment(due)
    if due_on is None or midnight is None:
        return Deadline(due_at=None, basis=Basis.NONE, problem="không rõ thời hạn giải quyết")
    return Deadline(due_at=end_of_day(due_on, midnight.tzinfo), basis=Basis.COMPUTED, computed_on=due_on)


def ending(case: Case, due: str) -> Case:
    """The case with a limit that ends at the moment `due`, as one in hours does."""
    due_at = moment(due)
    assert due_at
    return replace(case, deadline=replace(case.deadline, due_at=due_at, computed_on=due_at.date()))


def awaiting(code: str, since: str, until: str | None) -> Case:
    """A dossier of xã Ví Dụ that was sent back on the day `since`, to be completed until the day `until`."""
    asked_at = moment(since)
    assert asked_at
    dossier_ = replace(
        dossier(code, Status.SUPPLEMENT, received="2026-10-01"),
        suspensions=(Suspension(Cause.SUPPLEMENT, asked_at),),
    )
    waiting = Deadline(due_at=None, basis=Basis.COMPUTED, waiting_since=asked_at, lapses_on=day(until))
    return replace(case(code), dossier=dossier_, deadline=waiting)


def dossier(
    code: str = "H00.01-261102-0001",
    status: Status = Status.PROCESSING,
    *,
    received: str | date | None = "2026-11-02",
    finished: str | date | None = None,
    returned: str | date | None = None,
    channel: Channel | None = Channel.DIRECT,
    field: str = "Hộ tịch",
) -> Dossier:
    return Dossier(
        code=code,
        status=status,
        received_at=moment(received),
        processed_at=moment(finished),
        returned_at=moment(returned),
        channel=channel,
        field=field,
        procedure="Thủ tục Ví Dụ",
        applicant="Nguyễn Văn Ví Dụ",
    )


def case(
    code: str = "H00.01-261102-0001",
    status: Status | None = None,
    *,
    received: str | date | None = "2026-11-02",
    due: str | date | None = "2026-11-12",
    finished: str | date | None = None,
    returned: str | date | None = None,
    draft: str | date | None = None,
    letter: str | date | None = None,
    channel: Channel | None = Channel.DIRECT,
    field: str = "Hộ tịch",
    unit: str = "Ủy ban nhân dân xã Ví Dụ",
    source: str = "xuat-tep",
    state: LetterState | None = None,
    recalled: str | date | None = None,
    lead: int = 1,
) -> Case:
    """A dossier of xã Ví Dụ, due with the day `due`; done when it has a finish, in process when not."""
    return Case(
        dossier=dossier(
            code,
            status or (Status.DONE if finished else Status.PROCESSING),
            received=received,
            finished=finished,
            returned=returned,
            channel=channel,
            field=field,
        ),
        deadline=deadline(due),
        unit=unit,
        calendar=CALENDAR,
        desk="Bộ phận Một cửa xã Ví Dụ",
        draft_on=day(draft),
        letter_on=day(letter),
        recalled_on=day(recalled),
        letter_state=state or (LetterState.SENT if letter else LetterState.DRAFT if draft else None),
        letter_lead=lead,
        source=source,
    )


def doubt(since: str, kind: AlarmKind = AlarmKind.STALE, source: str = "xuat-tep") -> Alarm:
    """An alarm that holds back what is said of the dossiers of `source`; its last good data is of `since`."""
    return Alarm(
        source, kind, "quá 8 giờ làm việc", "chạy latewatch poll", holds_back=True, data_from=moment(since)
    )
