"""The days from receipt to due date, each counted or not and why: the explanation of a `Run`. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from latewatch.domain.dossier import Cause, Suspension
from latewatch.domain.expiry import ClockRules, over_after
from latewatch.domain.hours import DAY, minute_of_day, show_clock, worked_before
from latewatch.domain.limit import ALONE, LABELS, LimitUnit
from latewatch.domain.running import Run, Span
from latewatch.domain.suspension import MIDNIGHT, Effect, named, shown
from latewatch.domain.worktime import WorkCalendar

ONE_DAY = timedelta(days=1)
_VOIDED = "đã tính nhưng không còn giá trị, vì phải tính lại từ đầu"
_IS_ZERO = "ngày này không tính (BLDS 2015 Đ147)"
_NEXT = "ngày làm việc tiếp theo"
_ROLLS = f"lùi sang {_NEXT} (BLDS 2015 Đ148.5)"


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
        for step in _span_steps(span, before, calendar, ran.rules):
            earlier = steps.get(step.day)
            steps[step.day] = _joined(earlier, step) if earlier else step
        before = span
    number = 0
    for step in steps.values():
        number += step.counted
        yield replace(step, number=number if step.counted else 0)


def _joined(one: Step, other: Step) -> Step:
    """Join what two spans say of the day that ends one and begins the other."""
    is_remark = other.mark is Mark.REST
    is_weightier = one.mark is Mark.RESTARTED and other.mark is Mark.RESUMED
    chief = one if is_remark or is_weightier or (one.counted and not other.counted) else other
    day, _, reason = other.why.partition(": ")
    said = reason if one.why.startswith(day) else other.why
    if chief.counted:
        said = said.replace(_IS_ZERO, "ngày này đã được tính")
    joint = "; " if ": " in one.why else ": "
    return replace(chief, why=f"{one.why}{joint}{said}", minutes=one.minutes + other.minutes)


def _span_steps(span: Span, before: Span | None, calendar: WorkCalendar, rules: ClockRules) -> Iterator[Step]:
    if span.left.unit is LimitUnit.MINUTES:
        yield from _hour_steps(span, before, calendar)
    else:
        yield _anchor_step(span, before, calendar, rules)
        yield from _day_steps(span, calendar)
    if span.by:
        yield from _suspended_steps(span.by, calendar)


def _anchor_step(span: Span, before: Span | None, calendar: WorkCalendar, rules: ClockRules) -> Step:
    """Return day zero: the day of an event is not counted (BLDS 2015, Điều 147.3)."""
    day = span.anchor.date()
    why = calendar.why(day)
    told, mark = ("ngày tiếp nhận", Mark.ZERO) if before is None else _taken_up(before)
    if span.left.unit in ALONE:
        return Step(day, False, f"{why}: {told}, {_alone(span, calendar, rules)}", mark)
    if not span.left.amount and not span.by:
        until = "ngay trong ngày này" if span.until.date() == day else f"vào {_NEXT}"
        return Step(day, False, f"{why}: {told}, đã dừng vào ngày cuối nên hết hạn {until}", mark)
    zero = "không tính (BLDS 2015 Đ147)" if before is None else _IS_ZERO
    return Step(day, False, f"{why}: {told}, {zero}", mark)


def _alone(span: Span, calendar: WorkCalendar, rules: ClockRules) -> str:
    """Say on which day what has no amount is to be done, and why not on that of the receipt."""
    unit, day = span.left.unit, span.anchor.date()
    over = over_after(day, unit, calendar, rules)
    minute = minute_of_day(span.anchor)
    if over is None:
        return f"vào ngày nghỉ nên chuyển sang {_NEXT}"
    if minute <= over:
        return "trả kết quả trong ngày" if unit is LimitUnit.WITHIN_DAY else LABELS[unit]
    if minute > calendar.hours_on(day).closing:
        return f"lúc {span.anchor:%H:%M} đã hết giờ làm việc nên chuyển sang {_NEXT}"
    return f"lúc {span.anchor:%H:%M} đã qua giờ chốt {show_clock(over)} nên chuyển sang {_NEXT}"


def _taken_up(before: Span) -> tuple[str, Mark]:
    assert before.by is not None  # noqa: S101  only what was interrupted is taken up again
    if before.effect is Effect.RESTART:
        by_law = before.by.cause is Cause.SUPPLEMENT and not before.by.called
        article = " (NĐ 118/2025 Đ19.5)" if by_law else ""
        return f"hết {_seen(before.by)}: tính lại từ đầu{article}", Mark.RESTARTED
    return f"hết {_seen(before.by)}: tính tiếp phần còn lại", Mark.RESUMED


def _seen(by: Suspension) -> str:
    return f"{shown(by)} (theo lần lấy dữ liệu)" if by.is_observed else shown(by)


def _day_steps(span: Span, calendar: WorkCalendar) -> Iterator[Step]:
    last = span.left.last_day(span.anchor.date(), calendar)
    for day in _days(span.anchor.date() + ONE_DAY, span.until.date()):
        yield _day_step(day, span, last, calendar)


def _day_step(day: date, span: Span, last: date, calendar: WorkCalendar) -> Step:
    why = calendar.why(day)
    by_working_days = span.left.unit is LimitUnit.WORKING_DAYS
    if day <= last and (not by_working_days or calendar.is_working_day(day)):
        if span.is_void:
            return Step(day, False, f"{why}: {_VOIDED}", Mark.VOID)
        if day == last and not calendar.is_working_day(day):
            why = f"{why}: {_ROLLS}"
        return Step(day, True, why, Mark.COUNTED)
    return _uncounted(day, span, why, is_worked=calendar.is_working_day(day))


def _uncounted(day: date, span: Span, why: str, *, is_worked: bool) -> Step:
    """Return a day after the last one, or one of rest that the limit does not count."""
    if is_worked:
        return Step(day, False, f"{why}: {_NEXT}", Mark.ROLLED)
    if span.left.unit is LimitUnit.WORKING_DAYS or span.left.unit in ALONE:
        return Step(day, False, why, Mark.REST)
    return Step(day, False, f"{why}: {_ROLLS}", Mark.ROLLED)


def _suspended_steps(by: Suspension, calendar: WorkCalendar) -> Iterator[Step]:
    """Yield the days that stand still: after that of the request, before that on which it is met."""
    first = by.started_at.date()
    why = calendar.why(first)
    if by.ended_at is None:
        yield Step(first, False, f"{why}: {_seen(by)}, thời hạn dừng từ ngày này", Mark.SUSPENDED)
        return
    if by.ended_at.date() > first:
        yield Step(first, False, f"{why}: {named(by)} từ ngày này", Mark.REST)
    for day in _days(first + ONE_DAY, by.ended_at.date() - ONE_DAY):
        yield Step(day, False, f"{calendar.why(day)}: {_seen(by)}", Mark.SUSPENDED)


def _hour_steps(span: Span, before: Span | None, calendar: WorkCalendar) -> Iterator[Step]:
    for day in _days(span.anchor.date(), span.until.date()):
        yield _hour_step(day, span, before, _minutes_on(day, span, calendar), calendar)


def _minutes_on(day: date, span: Span, calendar: WorkCalendar) -> int:
    """Return the minutes worked on `day` within `span`."""
    first = minute_of_day(span.anchor) if day == span.anchor.date() else 0
    last = minute_of_day(span.until) if day == span.until.date() else DAY
    passed = worked_before(calendar.hours_on(day))
    return max(0, passed[last] - passed[first])


def _hour_step(day: date, span: Span, before: Span | None, minutes: int, calendar: WorkCalendar) -> Step:
    why = calendar.why(day)
    hours = calendar.hours_on(day)
    if hours.segments:
        why = f"{why}, giờ làm việc {str(hours).replace(',', ', ')}"
    if day == span.anchor.date():
        why = f"{why}: {_since(span.anchor, before)}"
    if minutes == 0 and day == span.anchor.date():
        outside = "" if span.by else ", ngoài giờ làm việc nên tính từ giờ làm việc tiếp theo"
        return Step(day, False, f"{why}{outside}", _taken_up(before)[1] if before else Mark.ZERO)
    if minutes == 0:
        return Step(day, False, why)
    if span.is_void:
        joint = "; " if ": " in why else ": "
        return Step(day, False, f"{why}{joint}{_VOIDED}", Mark.VOID)
    return Step(day, True, why, Mark.COUNTED, minutes=minutes)


def _since(anchor: datetime, before: Span | None) -> str:
    """Say from which moment minutes are counted; 00:00 is a date whose clock time nobody gave."""
    is_known = anchor.time() != MIDNIGHT
    if before:
        return f"{_taken_up(before)[0]}, từ {anchor:%H:%M}" if is_known else f"{_taken_up(before)[0]}"
    if is_known:
        return f"tiếp nhận lúc {anchor:%H:%M}"
    return "ngày tiếp nhận, không rõ giờ nên tính từ đầu ngày"


def _days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)
