"""Where a dossier stands at an instant, and whether an apology is owed for it. Pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from latewatch.domain.deadline import Deadline
from latewatch.domain.dossier import Dossier, Status
from latewatch.domain.letters.life import LetterState
from latewatch.domain.worktime import WorkCalendar


class Standing(StrEnum):
    """Finished: early, on time, late. Running: within, due soon, overdue. The others stand apart."""

    EARLY = "early"
    ON_TIME = "on-time"
    LATE = "late"
    WITHIN = "within"
    DUE_SOON = "due-soon"
    OVERDUE = "overdue"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    REFUSED = "refused"
    SUSPENDED = "suspended"
    LAPSED = "lapsed"  # the supplement did not come in time: the desk closes it (NĐ 118/2025, Điều 19.5)
    WAITING = "waiting"  # handed in, not yet accepted: no limit runs
    NO_DUE_DATE = "no-due-date"  # neither limit nor promise is known
    NO_FINISH_DATE = "no-finish-date"  # the source says finished but not when


LABELS = {
    Standing.EARLY: "trước hạn",
    Standing.ON_TIME: "đúng hạn",
    Standing.LATE: "quá hạn (đã giải quyết)",
    Standing.WITHIN: "trong hạn",
    Standing.DUE_SOON: "sắp đến hạn",
    Standing.OVERDUE: "quá hạn",
    Standing.WITHDRAWN: "rút hồ sơ",
    Standing.STOPPED: "dừng xử lý",
    Standing.REFUSED: "từ chối",
    Standing.SUSPENDED: "tạm dừng, chờ bổ sung",
    Standing.LAPSED: "quá hạn bổ sung, chờ đóng",
    Standing.WAITING: "chờ tiếp nhận",
    Standing.NO_DUE_DATE: "không rõ hạn",
    Standing.NO_FINISH_DATE: "đã xong, không rõ ngày",
}

_APART = {
    Status.WITHDRAWN: Standing.WITHDRAWN,
    Status.STOPPED: Standing.STOPPED,
    Status.REFUSED: Standing.REFUSED,
    Status.NOT_ACCEPTED: Standing.REFUSED,
    Status.SUPPLEMENT: Standing.SUSPENDED,
    Status.SUSPENDED: Standing.SUSPENDED,
    Status.WAITING: Standing.WAITING,
}
_DONE = (Status.DONE, Status.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A dossier with what was decided about it: what alerts, letters and tallies read.

    `unit` is the name of the resolving unit as the office knows it, `calendar` the one it works by.
    `draft_on` is the date of an apology that nobody has yet, `letter_on` the day one was sent: only that is
    an apology to the person. `revised_on` is the new date it names; it never replaces the due date.
    `recalled_on` is the day one was sent that was cancelled afterwards: the new appointment is used up.
    `recalled_to` is the new date that one named, `recalled_from` the promise it repeats, where known.
    `letter_state` is how far the letter has come that is not cancelled. `letter_lead` is how many working
    days before the due day an apology is drafted. `source` is the one that reported the dossier last.
    """

    dossier: Dossier
    deadline: Deadline
    unit: str
    calendar: WorkCalendar
    desk: str = ""
    draft_on: date | None = None
    letter_on: date | None = None
    revised_on: date | None = None
    recalled_on: date | None = None
    recalled_to: date | None = None
    recalled_from: date | None = None
    letter_state: LetterState | None = None
    letter_lead: int = 1
    source: str = ""

    @property
    def due_on(self) -> date | None:
        return self.deadline.due_on


def standing_at(case: Case, at: datetime, due_soon_days: int) -> Standing:
    """Return where `case` stands at the instant `at`; a finish after `at` has not happened yet.

    `due_soon_days` counts working days ahead: 0 is due today only. Raises CalendarGap.
    """
    status = case.dossier.status
    finished_at = case.dossier.finished_at
    apart = _APART.get(status)
    if apart is Standing.SUSPENDED:
        apart = _lapsed(case.deadline, at) or (None if case.deadline.runs_on else apart)
    if apart:
        return apart
    if finished_at and finished_at <= at:
        return finish_standing(case.deadline, finished_at)
    if finished_at is None and status in _DONE:
        return Standing.NO_FINISH_DATE
    if case.deadline.waiting_since:
        return _lapsed(case.deadline, at) or Standing.SUSPENDED
    return running_standing(case.deadline, at, case.calendar, due_soon_days)


def _lapsed(deadline: Deadline, at: datetime) -> Standing | None:
    return Standing.LAPSED if deadline.lapses_on and at.date() > deadline.lapses_on else None


def finish_standing(deadline: Deadline, finished_at: datetime) -> Standing:
    """Return early when finished before the due day, on time on it, late after its limit."""
    if deadline.due_at is None or deadline.due_on is None:
        return Standing.NO_DUE_DATE
    if finished_at > deadline.due_at:
        return Standing.LATE
    return Standing.EARLY if finished_at.date() < deadline.due_on else Standing.ON_TIME


def running_standing(
    deadline: Deadline, at: datetime, calendar: WorkCalendar, due_soon_days: int
) -> Standing:
    """Return where an unfinished dossier stands at `at`."""
    if deadline.due_at is None or deadline.due_on is None:
        return Standing.NO_DUE_DATE
    if at > deadline.due_at:
        return Standing.OVERDUE
    known = min(deadline.due_on, calendar.last)  # beyond the known years, rather too early than too late
    if calendar.count(at.date(), known) <= due_soon_days:
        return Standing.DUE_SOON
    return Standing.WITHIN


def working_days_late(case: Case, at: datetime) -> int:
    """Return the working days after the due day up to the finish, or up to `at` while unfinished.

    Never negative. 0 with a standing of late means: late by days of rest, or by hours, only. From a due day
    before the calendar's first year, the count begins with that year: at least so many. Raises CalendarGap.
    """
    if case.due_on is None:
        return 0
    finished_at = case.dossier.finished_at
    until = finished_at if finished_at and finished_at <= at else at
    start = max(case.due_on, case.calendar.first)
    return max(0, case.calendar.count(start, max(start, until.date())))


def last_letter_day(due_on: date, calendar: WorkCalendar) -> date:
    """Return the last working day on which the apology is still in time.

    It must go out at latest one day before the day of expiry (Nghị định 118/2025/NĐ-CP, Điều 19.6).
    """
    return calendar.back(due_on, 1)


def is_expected_late(case: Case, at: datetime) -> bool:
    """Tell whether `case` is unfinished, not yet overdue, and due within the lead of its procedure."""
    return standing_at(case, at, case.letter_lead) is Standing.DUE_SOON


def is_last_call(case: Case, at: datetime) -> bool:
    """Tell whether the apology of what is expected late must go out today, or should have gone before.

    What is drafted days ahead need not go before the last day on which it is in time (Điều 19.6).
    """
    return is_expected_late(case, at) and standing_at(case, at, 1) is Standing.DUE_SOON


def owes_letter(case: Case, at: datetime) -> bool:
    """Tell whether an apology is owed and not even drafted: expected late, or overdue (Điều 19.6)."""
    if case.letter_on or case.draft_on or case.recalled_on:
        return False
    return standing_at(case, at, case.letter_lead) in (Standing.DUE_SOON, Standing.OVERDUE)
