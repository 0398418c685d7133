"""Where one dossier is counted in the table of a period under a rule: the one place that decides it. Pure.

A table is the sum of its placings, and a cell is the dossiers placed in it.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from latewatch.domain.deadline import Basis, Decider
from latewatch.domain.dossier import Channel, Status
from latewatch.domain.expiry import end_of_day
from latewatch.domain.hours import END_OF_DAY
from latewatch.domain.period import Period
from latewatch.domain.standing import Case, Standing
from latewatch.domain.tally.rule import Against, CountingRule, Precision, Resolved, Treatment
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import CalendarGap

ANSWER_MINUTES = 8 * 60  # of working time: NĐ 118/2025/NĐ-CP, Điều 17.2c


class Left(StrEnum):
    """Why a dossier that was there in the period is in no column; each is said below the table."""

    NO_RECEIPT = "không rõ ngày tiếp nhận"
    NO_DUE_DATE = "không rõ thời hạn và ngày hẹn trả"
    NO_FINISH_DATE = "đã xong nhưng không có ngày kết thúc xử lý"
    BACKWARDS = "có ngày kết thúc xử lý trước ngày tiếp nhận"


@dataclass(frozen=True, slots=True)
class Placing:
    """The figures (names of `Counts`) one dossier adds 1 to, or why it could not be counted.

    `is_assumed` tells that its channel is not known, and the rule's was taken.
    """

    figures: tuple[str, ...] = ()
    left: Left | None = None
    is_assumed: bool = False


NOWHERE = Placing()
_APART = {
    Status.WITHDRAWN: "withdrawn",
    Status.STOPPED: "stopped",
    Status.REFUSED: "refused",
    Status.NOT_ACCEPTED: "not_accepted",
}
_RUNNING = (Status.RECEIVED, Status.PROCESSING)
_SUSPENDED = (Status.SUPPLEMENT, Status.SUSPENDED)
_NOT_COUNTED = {
    Standing.NO_FINISH_DATE: Left.NO_FINISH_DATE,
    Standing.NO_DUE_DATE: Left.NO_DUE_DATE,
}
_MAY_END = (None, Treatment.AS_RESOLVED, Treatment.AS_ON_TIME)
_ONLINE = (Channel.ONLINE_FULL, Channel.ONLINE_PARTIAL)


def place(case: Case, period: Period, as_of: datetime, rule: CountingRule) -> Placing:
    """Place `case` in the table of `period` as of the instant `as_of`, by `rule`."""
    return _Placer(case, period, as_of, rule).place()


class _Placer:
    def __init__(self, case: Case, period: Period, as_of: datetime, rule: CountingRule) -> None:
        self.case = case
        self.period = period
        self.as_of = as_of
        self.rule = rule
        self.status = status_of(case)
        self.treatment = rule.treatment(self.status)
        self.finished_at = finished_at(case, rule)
        self.due_at = due_at(case, rule, as_of)

    def place(self) -> Placing:
        if is_waiting(self.case, self.as_of):
            return Placing(self._waits())
        received_on = self.case.dossier.received_on
        if received_on is None:
            return self._never_received()
        if received_on > self.as_of.date():
            return NOWHERE
        if self.finished_at and self.finished_at.date() < received_on:
            return Placing(left=Left.BACKWARDS) if received_on >= self.period.first else NOWHERE
        beside, standing = (*self._apart(), *self._due()), self._standing()
        if standing is None or standing in _NOT_COUNTED:
            return Placing(beside, _NOT_COUNTED[standing] if standing else None)
        came, is_assumed = self._came(received_on)
        return Placing((came, *self._stands(standing), *beside), is_assumed=is_assumed)

    def _never_received(self) -> Placing:
        """Place what ended before it was accepted: nobody owes it a receipt where the rule leaves it out."""
        is_over = self.treatment is Treatment.LEFT_OUT and self.case.dossier.finished_at is not None
        return Placing(self._apart()) if is_over else Placing(left=Left.NO_RECEIPT)

    def _waits(self) -> tuple[str, ...]:
        due_at = answer_due(self.case)
        return ("waiting", "waiting_late") if due_at and self.as_of > due_at else ("waiting",)

    def _apart(self) -> tuple[str, ...]:
        """Name what stands apart in the period of its finish, or of its receipt where no finish is known."""
        name = _APART.get(self.status)
        moment = self.case.dossier.finished_at or self.case.dossier.received_at
        return (name,) if name and moment and moment.date() in self.period else ()

    def _standing(self) -> Standing | None:
        """Return where the dossier stands for this table, or None where it is none of the table's."""
        finished_at = self.finished_at if self.treatment in _MAY_END else None
        ended_at = finished_at if finished_at and finished_at <= self.as_of else None
        if self.treatment is Treatment.LEFT_OUT or (ended_at and ended_at.date() < self.period.first):
            return None
        if self.due_at is None:
            return self._without_due_date(ended_at, finished_at)
        if ended_at:
            return self._ended(ended_at, self.due_at)
        return self._running(self.due_at, finished_at)

    def _ended(self, ended_at: datetime, due_at: datetime) -> Standing:
        """Return early when finished before the due day, on time on it, late after its limit."""
        if ended_at.date() < due_at.date():
            return Standing.EARLY if self.treatment is not Treatment.AS_ON_TIME else Standing.ON_TIME
        is_late = ended_at > due_at and self.treatment is not Treatment.AS_ON_TIME
        return Standing.LATE if is_late else Standing.ON_TIME

    def _running(self, due_at: datetime, finished_at: datetime | None) -> Standing:
        """Return where what has not ended stands; `finished_at` is known where it ends later."""
        if self.treatment is Treatment.AS_WITHIN:
            return Standing.WITHIN
        if self._lacks_finish(finished_at):
            return Standing.NO_FINISH_DATE
        return Standing.OVERDUE if self.as_of > due_at else Standing.WITHIN

    def _without_due_date(self, ended_at: datetime | None, finished_at: datetime | None) -> Standing:
        if self.treatment is Treatment.AS_ON_TIME and finished_at:
            return Standing.ON_TIME if ended_at else Standing.WITHIN
        if self.case.deadline.waiting_since:
            return Standing.WITHIN
        if self.rule.unlimited is Treatment.LEFT_OUT:
            return Standing.NO_DUE_DATE
        if self._lacks_finish(finished_at):
            return Standing.NO_FINISH_DATE
        return Standing.ON_TIME if ended_at else Standing.WITHIN

    def _lacks_finish(self, finished_at: datetime | None) -> bool:
        return self.treatment in _MAY_END and not finished_at and self.status not in _RUNNING

    def _came(self, received_on: date) -> tuple[str, bool]:
        if received_on < self.period.first:
            return "carried", False
        channel = self.case.dossier.channel
        return (channel or self.rule.unknown_channel).name.lower(), channel is None

    def _stands(self, standing: Standing) -> tuple[str, ...]:
        name = standing.name.lower()
        has_letter = self.case.letter_on is not None and self.case.letter_on <= self.as_of.date()
        is_late = standing in (Standing.LATE, Standing.OVERDUE)
        return (name, f"{name}_with_letter") if is_late and has_letter else (name,)

    def _due(self) -> tuple[str, ...]:
        """Name what fell due in the period, and whether it was finished by then, in whatever period."""
        due_at = self.due_at
        if self.treatment not in _MAY_END or due_at is None or due_at > self.as_of:
            return ()
        if due_at.date() not in self.period:
            return ()
        is_kept = self.finished_at is not None and self.finished_at <= due_at
        return ("due_in_period", "due_and_on_time") if is_kept else ("due_in_period",)


def is_waiting(case: Case, at: datetime) -> bool:
    """Tell whether it had been handed in by the day of `at`, and was neither accepted nor turned away."""
    dossier, handed_in = case.dossier, handed_in_at(case)
    if handed_in is None or handed_in.date() > at.date():
        return False
    if dossier.status is Status.WAITING:
        return True
    answered_at = dossier.received_at or dossier.finished_at
    return answered_at is not None and answered_at.date() > at.date()


def handed_in_at(case: Case) -> datetime | None:
    """Return when it was handed in; the receipt of what was not accepted yet is no more than that."""
    dossier = case.dossier
    waits = dossier.status is Status.WAITING
    return dossier.submitted_at or (dossier.received_at if waits else None)


def answer_due(case: Case) -> datetime | None:
    """Return by when the desk must accept what came online, or ask for what it lacks; None for the others."""
    handed_in = handed_in_at(case)
    if handed_in is None or case.dossier.channel not in _ONLINE:
        return None
    return answer_by(handed_in, case.calendar)


def answer_by(handed_in: datetime, calendar: WorkCalendar) -> datetime | None:
    """Return by when the desk must answer what was handed in online.

    Within 8 working hours of its hand-in (NĐ 118/2025/NĐ-CP, Điều 17.2c); where no clock time is known, after
    that day. None where the calendar does not reach.
    """
    if handed_in.time() == time.min:
        handed_in = datetime.combine(handed_in, END_OF_DAY, handed_in.tzinfo)
    try:
        return calendar.add_minutes(handed_in, ANSWER_MINUTES)
    except CalendarGap:
        return None


def status_of(case: Case) -> Status:
    """Return the status, corrected by what is known of interruptions.

    Suspended is what awaits something, whatever the source's word; in process what only its word suspends
    while the limit runs on.
    """
    status = case.dossier.status
    if status in _SUSPENDED and case.deadline.runs_on:
        return Status.PROCESSING
    return Status.SUSPENDED if case.deadline.waiting_since and status in _RUNNING else status


def finished_at(case: Case, rule: CountingRule) -> datetime | None:
    """Return when the dossier was resolved, as `rule` understands it."""
    dossier = case.dossier
    return dossier.finished_at if rule.resolved is Resolved.PROCESSED else dossier.returned_at


def due_at(case: Case, rule: CountingRule, as_of: datetime) -> datetime | None:
    """Return the moment with which `rule` counts the dossier as late.

    Where the rule asks for the date that did not decide, that date's day counts to its end. A new date of an
    apology counts from the day it was sent, and only for a rule that says so.
    """
    due = original_due(case, rule, as_of)
    if due is None:
        return None
    letter_on, revised_on = case.letter_on, case.revised_on
    if rule.against is Against.REVISED and letter_on and letter_on <= as_of.date() and revised_on:
        due = max(due, end_of_day(revised_on, due.tzinfo))
    return end_of_day(due.date(), due.tzinfo) if rule.precision is Precision.DAY else due


def original_due(case: Case, rule: CountingRule, as_of: datetime) -> datetime | None:
    """Return when the dossier was due by `rule` before any apology named a new date."""
    deadline, wanted = case.deadline, rule.due
    if wanted is None or deadline.basis is Basis(wanted.value):
        return deadline.due_at
    if wanted is Decider.COMPUTED and deadline.waiting_since:
        return None  # it runs on when what is awaited has come
    day = deadline.promised_on if wanted is Decider.PROMISED else deadline.computed_on
    return end_of_day(day, as_of.tzinfo) if day else deadline.due_at
