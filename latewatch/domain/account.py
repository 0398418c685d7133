"""What is told of one due date: its facts and days, what interrupted it, how far away it is. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from latewatch.domain.deadline import Deadline, Facts
from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.limit import BY_CLOCK
from latewatch.domain.running import Run
from latewatch.domain.stages import StageVerdict
from latewatch.domain.suspension import Effect, precedes, problem_of
from latewatch.domain.trace import Step, trace
from latewatch.domain.worktime import DayEntry, WorkCalendar
from latewatch.errors import CalendarGap

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A due date with all that led to it. `ran` is None, and there are no days, where none can be computed.

    `causes` are those whose rules are worth telling. `letter_on` is the date of an apology that was issued,
    `revised_on` the new date it names: that one stands beside the due date and never replaces it (NĐ
    118/2025, Điều 19.6).
    """

    facts: Facts
    deadline: Deadline
    calendar: WorkCalendar
    ran: Run | None
    stages: tuple[StageVerdict, ...] = ()
    finished_at: datetime | None = None
    letter_on: date | None = None
    revised_on: date | None = None
    causes: tuple[Cause, ...] = tuple(Cause)

    @property
    def is_by_clock(self) -> bool:
        limit = self.facts.limit
        return limit is not None and limit.unit in BY_CLOCK

    @property
    def difference(self) -> int | None:
        """The working days from the computed date to the promised one; None where one is missing."""
        computed_on, promised_on = self.deadline.computed_on, self.deadline.promised_on
        if computed_on is None or promised_on is None:
            return None
        try:
            return self.calendar.count(computed_on, promised_on)
        except CalendarGap:  # the promise lies beyond the known years
            return None


def steps_of(account: Account) -> list[Step]:
    return list(trace(account.ran, account.calendar)) if account.ran else []


@dataclass(frozen=True, slots=True)
class Interruption:
    """A suspension and what it did: the working days on which the limit stood still, of hours the minutes."""

    of: Suspension
    effect: Effect
    moved: bool
    remark: str
    working_days: int = 0
    working_minutes: int | None = None


def interruptions(account: Account) -> list[Interruption]:
    """Return what interrupted the limit or might have, in order of time; none where they cannot be."""
    facts = account.facts
    if facts.received_at is None or problem_of(facts.suspensions, facts.received_at):
        return []
    ordered = sorted(facts.suspensions, key=lambda each: each.started_at)
    if account.ran is None:
        return [_untold(each, facts.rules.effect(each.cause)) for each in ordered]
    return [_interruption(each, account, account.ran) for each in ordered]


def _untold(each: Suspension, effect: Effect) -> Interruption:
    return Interruption(each, effect, moved=False, remark="chưa tính được hạn nên chưa biết ảnh hưởng")


def _interruption(each: Suspension, account: Account, ran: Run) -> Interruption:
    effect = account.facts.rules.effect(each.cause)
    if effect is Effect.RUNS_ON:
        return Interruption(each, effect, moved=False, remark="không làm dừng thời hạn")
    if account.facts.received_at and precedes(each, account.facts.received_at):
        return Interruption(each, effect, moved=False, remark="từ trước khi tiếp nhận, thời hạn chưa chạy")
    if each in ran.without_effect:
        return Interruption(each, effect, moved=False, remark="bắt đầu khi đã hết hạn, hạn không đổi")
    if each.ended_at is None:
        return Interruption(each, effect, moved=True, remark="thời hạn đang dừng")
    days = max(0, account.calendar.count(each.started_at.date(), each.ended_at.date()))
    minutes = account.calendar.count_minutes(each.started_at, each.ended_at) if account.is_by_clock else None
    is_finish = each.ended_at == account.finished_at
    remark = "kết thúc cùng lúc giải quyết xong hồ sơ" if is_finish else ""
    return Interruption(each, effect, moved=True, remark=remark, working_days=days, working_minutes=minutes)


@dataclass(frozen=True, slots=True)
class Exceptional:
    """Days in a row that are not what their weekday says, by one document."""

    first: date
    last: date
    entry: DayEntry


def exceptional_days(steps: Iterable[Step], calendar: WorkCalendar) -> list[Exceptional]:
    """Return the entries of the calendar that fall among the days of a trace, runs of one entry joined."""
    found: list[Exceptional] = []
    for step in steps:
        entry = calendar.entries.get(step.day)
        if entry is None:
            continue
        before = found[-1] if found else None
        if before and before.last + ONE_DAY == step.day and _is_same(before.entry, entry):
            found[-1] = Exceptional(before.first, step.day, before.entry)
        else:
            found.append(Exceptional(step.day, step.day, entry))
    return found


def _is_same(one: DayEntry, other: DayEntry) -> bool:
    def content(entry: DayEntry) -> tuple[object, ...]:
        return entry.kind, entry.title, entry.source, entry.status, entry.hours, entry.like

    return content(one) == content(other)


@dataclass(frozen=True, slots=True)
class Distance:
    """How a date stands against a finish, or an instant: late or not, and by how many working days."""

    due_at: datetime
    is_late: bool
    working_days: int


def distance(due_at: datetime | None, until: datetime, calendar: WorkCalendar) -> Distance | None:
    """Measure from `until` to `due_at`; None where there is none, or one lies outside the known years."""
    if due_at is None:
        return None
    is_late = until > due_at
    try:
        days = calendar.count(until.date(), due_at.date())
    except CalendarGap:
        return None
    return Distance(due_at, is_late, max(0, -days if is_late else days))


def stages_on(day: date, stages: Sequence[StageVerdict]) -> list[str]:
    """Return the units that held a dossier of several on `day`, in order; on a day of transfer both."""
    return [
        each.stage.unit
        for each in stages
        if each.stage.started_at.date() <= day
        and (each.stage.finished_at is None or day <= each.stage.finished_at.date())
    ]
