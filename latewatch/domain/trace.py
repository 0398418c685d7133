"""The days from receipt to due date, each counted or not and why: the explanation of a `Run`. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from latewatch.domain.deadline import MIDNIGHT, Run, Span
from latewatch.domain.dossier import Suspension
from latewatch.domain.limit import LimitUnit
from latewatch.domain.suspension import Effect, shown
from latewatch.domain.worktime import WorkCalendar

ONE_DAY = timedelta(days=1)
_VOIDED = "đã tính, không còn giá trị vì sau đó phải tính lại từ đầu"


class Mark(StrEnum):
    """What a day is to the limit."""

    ZERO = "zero"  # the day of receipt, day zero
    COUNTED = "counted"
    REST = "rest"  # a day of rest that the limit does not count
    SUSPENDED = "suspended"
    RESTARTED = "restarted"  # day zero of a limit that begins anew
    RESUMED = "resumed"  # day zero of what is left after a pause
    VOID = "void"  # counted once, and lost to a restart
    ROLLED = "rolled"  # after the last day, up to the next working day


@dataclass(frozen=True, slots=True)
class Step:
    """One day of a trace: whether the limit counts it, and why.

    `number` is its place among the counted days; `minutes` are those a limit of hours counts of it.
    """

    day: date
    counted: bool
    why: str
    mark: Mark = Mark.REST
    number: int = 0
    minutes: int = 0


def trace(ran: Run, calendar: WorkCalendar) -> Iterator[Step]:
    """Yield every day once, from receipt to the due date, or to the interruption that still lasts."""
    steps: dict[date, Step] = {}
    before: Span | None = None
    for span in ran.spans:
        for step in _span_steps(span, before, calendar):
            earlier = steps.get(step.day)
            steps[step.day] = _joined(earlier, step) if earlier else step
        before = span
    number = 0
    for step in steps.values():
        number += step.counted
        yield replace(step, number=number if step.counted else 0)


def _joined(one: Step, other: Step) -> Step:
    """Join what two spans say of the day that ends one and begins the other."""
    chief = one if one.counted and not other.counted else other
    return replace(chief, why=f"{one.why}; {other.why}", minutes=one.minutes + other.minutes)


def _span_steps(span: Span, before: Span | None, calendar: WorkCalendar) -> Iterator[Step]:
    if span.left.unit is LimitUnit.MINUTES:
        yield from _hour_steps(span, before, calendar)
    else:
        yield _anchor_step(span, before, calendar)
        yield from _day_steps(span, calendar)
    if span.by:
        yield from _suspended_steps(span.by, calendar)


def _anchor_step(span: Span, before: Span | None, calendar: WorkCalendar) -> Step:
    """Return day zero: the day of an event is not counted (BLDS 2015, Điều 147.3)."""
    day = span.anchor.date()
    why = calendar.why(day)
    if before is None or before.by is None:
        return Step(day, False, f"{why}: ngày tiếp nhận, không tính (BLDS 2015 Đ147)", Mark.ZERO)
    taken_up, mark = _taken_up(before)
    return Step(day, False, f"{why}: {taken_up}, ngày này không tính (BLDS 2015 Đ147)", mark)


def _taken_up(before: Span) -> tuple[str, Mark]:
    assert before.by is not None  # noqa: S101  only what was interrupted is taken up again
    seen = " (theo lần lấy dữ liệu)" if before.by.is_observed else ""
    if before.effect is Effect.RESTART:
        return f"hết {shown(before.by)}{seen}: tính lại từ đầu (NĐ 118/2025 Đ19.5)", Mark.RESTARTED
    return f"hết {shown(before.by)}{seen}: tính tiếp phần còn lại", Mark.RESUMED


def _day_steps(span: Span, calendar: WorkCalendar) -> Iterator[Step]:
    last = span.left.last_day(span.anchor.date(), calendar)
    for day in _days(span.anchor.date() + ONE_DAY, span.until.date()):
        yield _day_step(day, span, last, calendar)


def _day_step(day: date, span: Span, last: date, calendar: WorkCalendar) -> Step:
    why = calendar.why(day)
    by_working_days = span.left.unit is LimitUnit.WORKING_DAYS
    is_within = day <= last and bool(span.left.amount)
    if is_within and (not by_working_days or calendar.is_working_day(day)):
        if span.is_void:
            return Step(
                day, False, f"{why}: tính trước khi phải tính lại từ đầu, không còn giá trị", Mark.VOID
            )
        if day == last and not calendar.is_working_day(day):
            why = f"{why}: lùi sang ngày làm việc tiếp theo (BLDS 2015 Đ148.5)"
        return Step(day, True, why, Mark.COUNTED)
    if by_working_days or calendar.is_working_day(day):
        return Step(day, False, why, Mark.ROLLED if calendar.is_working_day(day) else Mark.REST)
    return Step(day, False, f"{why}: lùi sang ngày làm việc tiếp theo (BLDS 2015 Đ148.5)", Mark.ROLLED)


def _suspended_steps(by: Suspension, calendar: WorkCalendar) -> Iterator[Step]:
    """Yield the days that stand still: after that of the request, before that on which it is met."""
    if by.ended_at is None:
        day = by.started_at.date()
        yield Step(day, False, f"{shown(by)}: thời hạn dừng từ ngày này", Mark.SUSPENDED)
        return
    for day in _days(by.started_at.date() + ONE_DAY, by.ended_at.date() - ONE_DAY):
        yield Step(day, False, f"{calendar.why(day)}: {shown(by)}", Mark.SUSPENDED)


def _hour_steps(span: Span, before: Span | None, calendar: WorkCalendar) -> Iterator[Step]:
    for day in _days(span.anchor.date(), span.until.date()):
        start = datetime.combine(day, MIDNIGHT, span.anchor.tzinfo)
        end = min(span.until, start + ONE_DAY - timedelta(minutes=1))
        minutes = calendar.count_minutes(max(span.anchor, start), end)
        yield _hour_step(day, span, before, minutes, calendar)


def _hour_step(day: date, span: Span, before: Span | None, minutes: int, calendar: WorkCalendar) -> Step:
    why = calendar.why(day)
    hours = calendar.hours_on(day)
    if hours.segments:
        why = f"{why}, giờ làm việc {str(hours).replace(',', ', ')}"
    if day == span.anchor.date():
        since = f"{span.anchor:%H:%M}"
        why = f"{why}: {_taken_up(before)[0]}, từ {since}" if before else f"{why}: tiếp nhận lúc {since}"
    if minutes <= 0:
        return Step(day, False, why, Mark.ZERO if day == span.anchor.date() else Mark.REST)
    if span.is_void:
        return Step(day, False, f"{why}: {_VOIDED}", Mark.VOID)
    return Step(day, True, why, Mark.COUNTED, minutes=minutes)


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
