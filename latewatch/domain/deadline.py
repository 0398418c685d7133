"""From receipt, time limit and interruptions to the due date. Pure.

A limit runs from an anchor: the receipt, or the moment it was taken up again. `run` follows it from span to
span; `domain/trace.py` walks the same spans day by day to explain them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.hours import DAY, END_OF_DAY
from latewatch.domain.limit import ALONE, BY_CLOCK, LimitUnit, TimeLimit
from latewatch.domain.suspension import MIDNIGHT, Effect, lasts, precedes, problem_of
from latewatch.domain.worktime import WorkCalendar
from latewatch.errors import CalendarGap


class Ends(StrEnum):
    """When on its last day a limit of days ends. Limits of hours end at their own minute.

    A clock time is kept by working days only. Calendar days, weeks and months that would end on a day of
    rest end with the next working day (BLDS 2015, Điều 148.5): what was received later must not end on the
    same day before them, so all of these end at 24:00.
    """

    DAY = "day"  # 24:00: Bộ luật Dân sự 2015, Điều 148.1 và 148.6
    WORKING_TIME = "working time"  # hết giờ làm việc
    CLOCK = "clock"  # giữ giờ tiếp nhận: received 09:30, due 09:30


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRules:
    """How the limits of a procedure run. Each choice is a setting with its source beside it."""

    ends: Ends = Ends.DAY
    cutoff: int = 15 * 60  # minute of the day; received after it, “trong ngày” means the next working day
    supplement: Effect = Effect.RESTART  # NĐ 118/2025/NĐ-CP, Điều 19.5
    financial: Effect = Effect.PAUSE
    consultation: Effect = Effect.RUNS_ON
    other: Effect = Effect.PAUSE
    close_after_days: int = 15  # calendar days a supplement is awaited: NĐ 118/2025/NĐ-CP, Điều 19.5

    def effect(self, cause: Cause) -> Effect:
        effect: Effect = getattr(self, cause.value)
        return effect


USUAL = ClockRules()
NO_LIMIT = "không rõ thời hạn giải quyết"
_WORKING_DAYS, _DAY, _combine = LimitUnit.WORKING_DAYS, Ends.DAY, datetime.combine  # looked up once


def due_date(received: date, limit: TimeLimit, calendar: WorkCalendar) -> date:
    """Return the last day of a limit in days, weeks or months for a dossier received on `received`.

    The day of receipt is not counted (Bộ luật Dân sự 2015, Điều 147.2-3). Weeks and months end on the
    corresponding day, or the month's last (Điều 148.2-3). What ends on a day of rest ends with the next
    working day (Điều 148.5). Raises CalendarGap where the calendar does not reach.
    """
    if limit.unit is LimitUnit.WORKING_DAYS:
        return calendar.add(received, limit.amount)
    calendar.is_working_day(received)  # a gap where the days from here on cannot be explained
    return calendar.add(_raw_end(received, limit), 0)


def _raw_end(received: date, limit: TimeLimit) -> date:
    """Return the corresponding day, worked or not."""
    if limit.unit is LimitUnit.MONTHS:
        return _add_months(received, limit.amount)
    return received + timedelta(days=limit.amount * (7 if limit.unit is LimitUnit.WEEKS else 1))


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    after = (date(day.year + year, month + 1, 1) + timedelta(days=31)).replace(day=1)
    last = after - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def end_of_day(day: date, zone: tzinfo | None) -> datetime:
    """Return the last second of `day`: limits end at 24:00 of their last day (BLDS 2015 Đ148.1, 148.6)."""
    return datetime.combine(day, END_OF_DAY, zone)


def due_moment(
    anchor: datetime, limit: TimeLimit, calendar: WorkCalendar, rules: ClockRules = USUAL
) -> datetime:
    """Return when a limit that nothing interrupts ends; hours begin with the next worked moment.

    Raises CalendarGap.
    """
    unit = limit.unit
    if unit is _WORKING_DAYS and rules.ends is _DAY:  # by far the most
        return _combine(calendar.add(anchor, limit.amount), END_OF_DAY, anchor.tzinfo)
    if unit in BY_CLOCK:
        return calendar.add_minutes(anchor, limit.minutes)
    if unit in ALONE:
        return _end_of_first_day(anchor, unit, calendar, rules)
    ends = _ends_of(unit, anchor, rules)
    return _ending(due_date(anchor.date(), limit, calendar), anchor, calendar, ends)


def _ends_of(unit: LimitUnit, begun: datetime, rules: ClockRules) -> Ends:
    """Return how a limit of days that began at `begun` ends: without a clock time (00:00) none is kept."""
    keeps = unit is LimitUnit.WORKING_DAYS and begun.time() != MIDNIGHT
    return Ends.DAY if rules.ends is Ends.CLOCK and not keeps else rules.ends


def _end_of_first_day(
    anchor: datetime, unit: LimitUnit, calendar: WorkCalendar, rules: ClockRules
) -> datetime:
    """Return the end of the day of `anchor`, or of the next working day where that one is over.

    For “trong ngày” it is over after the cut-off (practice in chứng thực, hộ tịch), else with its hours.
    """
    over = over_after(anchor.date(), unit, calendar, rules)
    is_over = over is None or _minute(anchor) > over
    day = calendar.add(anchor, 1) if is_over else anchor.date()
    return _ending(day, anchor, calendar, Ends.DAY if rules.ends is Ends.DAY else Ends.WORKING_TIME)


def over_after(day: date, unit: LimitUnit, calendar: WorkCalendar, rules: ClockRules) -> int | None:
    """Return the last minute at which what is received on `day` is due that day; None for a day of rest."""
    hours = calendar.hours_on(day)
    if not hours.segments:
        return None
    return min(hours.closing, rules.cutoff) if unit is LimitUnit.WITHIN_DAY else hours.closing


def _ending(day: date, begun: datetime, calendar: WorkCalendar, ends: Ends) -> datetime:
    """Return the moment of its last day at which a limit that began at `begun` ends.

    A kept clock time of rest is moved: to the next worked moment of the due day, at latest to its closing.
    """
    if ends is Ends.DAY:
        return end_of_day(day, begun.tzinfo)
    hours = calendar.hours_on(day)
    keeps = ends is Ends.CLOCK and calendar.is_working_day(begun)
    minute = hours.keep(_minute(begun)) if keeps else hours.closing
    if minute == DAY:
        return end_of_day(day, begun.tzinfo)
    return datetime.combine(day, MIDNIGHT, begun.tzinfo) + timedelta(minutes=minute)


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a limit when it is taken up again: days may be 0, when it stood still on its last."""

    amount: int
    unit: LimitUnit

    @classmethod
    def of(cls, limit: TimeLimit) -> "Left":
        return (
            cls(limit.minutes, LimitUnit.MINUTES) if limit.unit in BY_CLOCK else cls(limit.amount, limit.unit)
        )

    def due(self, anchor: datetime, begun: datetime, calendar: WorkCalendar, rules: ClockRules) -> datetime:
        """Return when it ends, running from `anchor`; a clock time that is kept is that of `begun`.

        What stood still on its last day ends with the day on which it is taken up, or with the next working
        day where that one is over. Raises CalendarGap.
        """
        if self.unit is LimitUnit.MINUTES:
            return calendar.add_minutes(anchor, self.amount)
        if self.unit in ALONE:
            return _end_of_first_day(anchor, self.unit, calendar, rules)
        ends = _ends_of(self.unit, begun, rules)
        if self.amount:
            day = due_date(anchor.date(), TimeLimit(self.amount, self.unit), calendar)
            return _ending(day, begun, calendar, ends)
        if ends is Ends.CLOCK:
            ends = Ends.WORKING_TIME
        due = _ending(calendar.add(anchor, 0), begun, calendar, ends)
        return due if due >= anchor else _ending(calendar.add(anchor, 1), begun, calendar, ends)

    def last_day(self, anchor: date, calendar: WorkCalendar) -> date:
        """Return the last day it counts, which may be one of rest where it counts calendar days."""
        if not self.amount:
            return anchor
        if self.unit is LimitUnit.WORKING_DAYS:
            return calendar.add(anchor, self.amount)
        return _raw_end(anchor, TimeLimit(self.amount, self.unit))

    def at(self, stop: datetime, anchor: datetime, calendar: WorkCalendar) -> "Left":
        """Return what is left at `stop`, before the end. The day of the stop was worked on, and counts."""
        match self.unit:
            case LimitUnit.MINUTES:
                return Left(self.amount - calendar.count_minutes(anchor, stop), self.unit)
            case LimitUnit.WORKING_DAYS:
                return Left(max(0, self.amount - calendar.count(anchor.date(), stop.date())), self.unit)
            case LimitUnit.WITHIN_DAY | LimitUnit.AT_ONCE:
                return self
            case _:
                end = self.last_day(anchor.date(), calendar)
                return Left(max(0, (end - stop.date()).days), LimitUnit.CALENDAR_DAYS)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch in which the limit runs: from `anchor` to its end, or to the interruption `by`.

    `is_void` tells that this or a later interruption made the limit start anew: nothing of this span counts.
    """

    anchor: datetime
    left: Left
    until: datetime
    by: Suspension | None = None
    effect: Effect | None = None
    is_void: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """How a limit ran. `due_at` is None while `waiting` lasts: what is awaited decides when it runs on."""

    spans: tuple[Span, ...]
    due_at: datetime | None
    waiting: Suspension | None = None
    without_effect: tuple[Suspension, ...] = ()
    rules: ClockRules = USUAL


def run(
    received_at: datetime,
    limit: TimeLimit,
    calendar: WorkCalendar,
    rules: ClockRules = USUAL,
    suspensions: Sequence[Suspension] = (),
) -> Run:
    """Follow a limit from receipt to its end through its interruptions; `problem_of` finds no fault in them.

    One that begins when the limit has run out moves nothing, nor does one whose effect is to run on, nor one
    that was observed before the receipt. A restart begins the whole limit at the moment of full receipt,
    whose day is day zero (NĐ 118/2025, Điều 19.5; BLDS 2015, Điều 147). After a pause the rest runs on the
    same way, to the clock time the limit began at where that is kept. Raises CalendarGap.
    """
    begun = anchor = received_at
    left = Left.of(limit)
    due = due_moment(anchor, limit, calendar, rules)
    spans: list[Span] = []
    idle: list[Suspension] = []
    for each in sorted(suspensions, key=lambda s: s.started_at):
        effect = rules.effect(each.cause)
        if effect is Effect.RUNS_ON or each.started_at >= due or precedes(each, received_at):
            idle.append(each)
            continue
        is_restart = effect is Effect.RESTART
        spans.append(Span(anchor, left, each.started_at, each, effect))
        if is_restart:
            spans = [replace(span, is_void=True) for span in spans]
        if each.ended_at is None:
            return Run(tuple(spans), None, each, tuple(idle), rules)
        left = Left.of(limit) if is_restart else left.at(max(each.started_at, anchor), anchor, calendar)
        anchor = max(each.ended_at, each.started_at)  # an end at 00:00 is that day, without a clock time
        begun = each.ended_at if is_restart else begun
        due = left.due(anchor, begun, calendar, rules)
    return Run((*spans, Span(anchor, left, due)), due, None, tuple(idle), rules)


class Basis(StrEnum):
    """Which date decides whether a dossier is late."""

    COMPUTED = "computed"
    PROMISED = "promised"
    NONE = "none"


class Decider(StrEnum):
    """The setting behind `Basis`: compute where a limit is known, or always take the promise."""

    COMPUTED = "computed"
    PROMISED = "promised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What was decided for one dossier. `due_at` decides; the other date stands beside it.

    While something is awaited (`waiting_since`) a computed due date is none; a supplement that does not come
    lapses with the end of `lapses_on`, also where the limit had run out (NĐ 118/2025, Điều 19.5).
    """

    due_at: datetime | None
    basis: Basis
    computed_on: date | None = None
    promised_on: date | None = None
    limit: TimeLimit | None = None
    limit_from: str = ""  # "hồ sơ", "bảng thủ tục" or nothing
    problem: str = ""  # why no date could be computed
    calendar_version: str = ""
    waiting_since: datetime | None = None
    lapses_on: date | None = None
    runs_on: bool = False  # what lasts does not stop the limit, whatever the source's status says

    @property
    def due_on(self) -> date | None:
        return self.due_at.date() if self.due_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a due date is decided from."""

    received_at: datetime | None
    promised_at: datetime | None
    limit: TimeLimit | None
    limit_from: str = ""
    suspensions: tuple[Suspension, ...] = ()
    rules: ClockRules = field(default_factory=ClockRules)


def decide(facts: Facts, decider: Decider, calendar: WorkCalendar) -> Deadline:
    """Join the computed and the promised date into the one that decides.

    `computed` decides where a limit and a receipt are known, else the promise; with neither, nothing does,
    and the dossier says so. Raises CalendarGap.
    """
    received_at, limit, promised_at = facts.received_at, facts.limit, facts.promised_at
    problem = problem_in(facts)
    ran = None
    if received_at and limit and not problem:
        ran = run(received_at, limit, calendar, facts.rules, facts.suspensions)
    computed_at = ran.due_at if ran else None
    awaited = _awaited(facts)
    waiting = ran.waiting if ran else _stopping(awaited, facts.rules)
    if ran and (decider is Decider.COMPUTED or promised_at is None):
        basis, due_at = Basis.COMPUTED, computed_at
    elif promised_at:
        basis, due_at = Basis.PROMISED, end_of_day(promised_at.date(), promised_at.tzinfo)
    else:
        basis, due_at = Basis.NONE, None
    return Deadline(
        due_at=due_at,
        basis=basis,
        computed_on=computed_at.date() if computed_at else None,
        promised_on=promised_at.date() if promised_at else None,
        limit=limit,
        limit_from=facts.limit_from if limit else "",
        problem=problem,
        calendar_version=calendar.version if ran else "",
        waiting_since=waiting.started_at if waiting else None,
        lapses_on=_lapse(awaited, facts.rules, calendar),
        runs_on=_runs_on(awaited, waiting, facts.rules),
    )


def _awaited(facts: Facts) -> Suspension | None:
    """Return the interruption that lasts, whatever it does to the limit; none where they contradict it."""
    received_at = facts.received_at
    if received_at is None or problem_of(facts.suspensions, received_at):
        return None
    lasting = lasts(facts.suspensions)
    return lasting if lasting and not precedes(lasting, received_at) else None


def _stopping(awaited: Suspension | None, rules: ClockRules) -> Suspension | None:
    """Return what a dossier waits for where no limit is known, and so nobody can tell how it ran."""
    return awaited if awaited and rules.effect(awaited.cause) is not Effect.RUNS_ON else None


def _runs_on(awaited: Suspension | None, waiting: Suspension | None, rules: ClockRules) -> bool:
    """Tell whether the limit runs, or had run out before, although something lasts.

    What was only observed may have begun earlier than the poll that saw it, and accuses nobody.
    """
    if awaited is None or waiting is not None:
        return False
    return rules.effect(awaited.cause) is Effect.RUNS_ON or not awaited.is_observed


def _lapse(waiting: Suspension | None, rules: ClockRules, calendar: WorkCalendar) -> date | None:
    """Return the last of the 15 days after the notice in which a supplement may come (Điều 19.5).

    One of rest gives way to the next working day (BLDS 2015, Điều 148.5), as far as the calendar knows.
    """
    if waiting is None or waiting.cause is not Cause.SUPPLEMENT:
        return None
    last = waiting.started_at.date() + timedelta(days=rules.close_after_days)
    try:
        return calendar.add(last, 0)
    except CalendarGap:
        return last


def problem_in(facts: Facts) -> str:
    """Say why no due date can be computed from `facts`; empty where one can."""
    if facts.limit is None:
        return NO_LIMIT
    if facts.received_at is None:
        return "không rõ ngày tiếp nhận"
    return problem_of(facts.suspensions, facts.received_at) if facts.suspensions else ""
