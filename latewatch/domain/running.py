"""How a limit runs through its interruptions. Pure.

A limit runs from an anchor: the receipt, or the moment it was taken up again. `run` follows it from span to
span; `domain/trace.py` walks the same spans day by day to explain them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from latewatch.domain.dossier import Suspension
from latewatch.domain.expiry import (
    USUAL,
    ClockRules,
    Ends,
    due_date,
    due_moment,
    end_of_first_day,
    ending,
    ends_of,
    raw_end,
)
from latewatch.domain.limit import ALONE, BY_CLOCK, LimitUnit, TimeLimit
from latewatch.domain.suspension import Effect, precedes
from latewatch.domain.worktime import WorkCalendar


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
            return end_of_first_day(anchor, self.unit, calendar, rules)
        ends = ends_of(self.unit, begun, rules)
        if self.amount:
            day = due_date(anchor.date(), TimeLimit(self.amount, self.unit), calendar)
            return ending(day, begun, calendar, ends)
        if ends is Ends.CLOCK:
            ends = Ends.WORKING_TIME
        due = ending(calendar.add(anchor, 0), begun, calendar, ends)
        return due if due >= anchor else ending(calendar.add(anchor, 1), begun, calendar, ends)

    def last_day(self, anchor: date, calendar: WorkCalendar) -> date:
        """Return the last day it counts, which may be one of rest where it counts calendar days."""
        if not self.amount:
            return anchor
        if self.unit is LimitUnit.WORKING_DAYS:
            return calendar.add(anchor, self.amount)
        return raw_end(anchor, TimeLimit(self.amount, self.unit))

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
