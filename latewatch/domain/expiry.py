"""When a limit that nothing interrupts expires: from the receipt to the moment of its last day. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from latewatch.domain.dossier import Cause
from latewatch.domain.hours import DAY, END_OF_DAY
from latewatch.domain.limit import ALONE, BY_CLOCK, LimitUnit, TimeLimit
from latewatch.domain.suspension import MIDNIGHT, Effect
from latewatch.domain.worktime import WorkCalendar


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
    return calendar.add(raw_end(received, limit), 0)


def raw_end(received: date, limit: TimeLimit) -> date:
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
        return end_of_first_day(anchor, unit, calendar, rules)
    ends = ends_of(unit, anchor, rules)
    return ending(due_date(anchor.date(), limit, calendar), anchor, calendar, ends)


def ends_of(unit: LimitUnit, begun: datetime, rules: ClockRules) -> Ends:
    """Return how a limit of days that began at `begun` ends: without a clock time (00:00) none is kept."""
    keeps = unit is LimitUnit.WORKING_DAYS and begun.time() != MIDNIGHT
    return Ends.DAY if rules.ends is Ends.CLOCK and not keeps else rules.ends


def end_of_first_day(
    anchor: datetime, unit: LimitUnit, calendar: WorkCalendar, rules: ClockRules
) -> datetime:
    """Return the end of the day of `anchor`, or of the next working day where that one is over.

    For “trong ngày” it is over after the cut-off (practice in chứng thực, hộ tịch), else with its hours.
    """
    over = over_after(anchor.date(), unit, calendar, rules)
    is_over = over is None or _minute(anchor) > over
    day = calendar.add(anchor, 1) if is_over else anchor.date()
    return ending(day, anchor, calendar, Ends.DAY if rules.ends is Ends.DAY else Ends.WORKING_TIME)


def over_after(day: date, unit: LimitUnit, calendar: WorkCalendar, rules: ClockRules) -> int | None:
    """Return the last minute at which what is received on `day` is due that day; None for a day of rest."""
    hours = calendar.hours_on(day)
    if not hours.segments:
        return None
    return min(hours.closing, rules.cutoff) if unit is LimitUnit.WITHIN_DAY else hours.closing


def ending(day: date, begun: datetime, calendar: WorkCalendar, ends: Ends) -> datetime:
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
