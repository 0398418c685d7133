"""From receipt and time limit to the due date, and the trace that explains it. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Self

from latewatch.domain.worktime import WorkCalendar

END_OF_DAY = time(23, 59, 59)


class LimitUnit(StrEnum):
    """What a time limit counts, by its suffix in `5d` and `7cd`."""

    WORKING_DAYS = "d"
    CALENDAR_DAYS = "cd"


@dataclass(frozen=True, slots=True)
class TimeLimit:
    """A time limit (thời hạn giải quyết): an amount of working or calendar days."""

    amount: int
    unit: LimitUnit = LimitUnit.WORKING_DAYS

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `5d` (working days) or `7cd` (calendar days). Raises ValueError."""
        match = re.fullmatch(r"(\d{1,4})\s*(d|cd)", text.strip().lower())
        if not match:
            raise ValueError(
                f"“{text}” không phải thời hạn; hãy viết 5d (ngày làm việc) hoặc 7cd (ngày theo lịch)"
            )
        return cls(int(match[1]), LimitUnit(match[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def label(self) -> str:
        """The limit as a person reads it."""
        words = "ngày làm việc" if self.unit is LimitUnit.WORKING_DAYS else "ngày"
        return f"{self.amount:02d} {words}"


@dataclass(frozen=True, slots=True)
class Step:
    """One day of a trace: whether the limit counts it, and why."""

    day: date
    counted: bool
    why: str


def due_date(received: date, limit: TimeLimit, calendar: WorkCalendar) -> date:
    """Return the last day of `limit` for a dossier received on `received`.

    The day of receipt is not counted (Bộ luật Dân sự 2015, Điều 147.2-3). A limit of calendar days that
    ends on a day of rest ends with the next working day (Điều 148.5). A limit of 0 ends on the day of
    receipt, or on the next working day. Raises CalendarGap where the calendar does not reach.
    """
    if limit.unit is LimitUnit.WORKING_DAYS:
        return calendar.add(received, limit.amount)
    return calendar.add(received + timedelta(days=limit.amount), 0)


def end_of_day(day: date, zone: tzinfo | None) -> datetime:
    """Return the last second of `day`: limits end at 24:00 of their last day (BLDS 2015 Đ148.1, 148.6)."""
    return datetime.combine(day, END_OF_DAY, zone)


def trace(received: date, limit: TimeLimit, calendar: WorkCalendar) -> Iterator[Step]:
    """Yield every day from receipt to the due date with the reason it was counted or skipped."""
    due = due_date(received, limit, calendar)
    yield Step(received, False, f"{calendar.why(received)}: ngày tiếp nhận, không tính (BLDS 2015 Đ147)")
    for offset in range(1, (due - received).days + 1):
        day = received + timedelta(days=offset)
        yield _step(day, offset, limit, calendar)


def _step(day: date, offset: int, limit: TimeLimit, calendar: WorkCalendar) -> Step:
    works = calendar.is_working_day(day)
    if limit.unit is LimitUnit.WORKING_DAYS:
        return Step(day, works and limit.amount > 0, calendar.why(day))
    if offset < limit.amount:
        return Step(day, True, calendar.why(day))
    if works:
        return Step(day, offset == limit.amount, calendar.why(day))
    counted = offset == limit.amount
    return Step(day, counted, f"{calendar.why(day)}: lùi sang ngày làm việc tiếp theo (BLDS 2015 Đ148.5)")


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
    """What was decided for one dossier. `due_at` decides; the other date stands beside it."""

    due_at: datetime | None
    basis: Basis
    computed_on: date | None = None
    promised_on: date | None = None
    limit: TimeLimit | None = None
    limit_from: str = ""  # "hồ sơ", "bảng thủ tục" or nothing
    problem: str = ""  # why no date could be computed
    calendar_version: str = ""

    @property
    def due_on(self) -> date | None:
        return self.due_at.date() if self.due_at else None


def decide(
    *,
    received_at: datetime | None,
    promised_at: datetime | None,
    limit: TimeLimit | None,
    limit_from: str,
    decider: Decider,
    calendar: WorkCalendar,
) -> Deadline:
    """Join the computed and the promised date into the one that decides.

    `computed` decides where a limit and a receipt are known, else the promise; with neither, nothing does,
    and the dossier says so. Day limits end with the day. Raises CalendarGap.
    """
    promised_on = promised_at.date() if promised_at else None
    computed_on = due_date(received_at.date(), limit, calendar) if received_at and limit else None
    if computed_on and (decider is Decider.COMPUTED or promised_on is None):
        basis, due_on = Basis.COMPUTED, computed_on
    elif promised_on:
        basis, due_on = Basis.PROMISED, promised_on
    else:
        basis, due_on = Basis.NONE, None
    anchor = received_at or promised_at
    return Deadline(
        due_at=end_of_day(due_on, anchor.tzinfo) if due_on and anchor else None,
        basis=basis,
        computed_on=computed_on,
        promised_on=promised_on,
        limit=limit,
        limit_from=limit_from if limit else "",
        problem=_missing(received_at, limit),
        calendar_version=calendar.version if computed_on else "",
    )


def _missing(received_at: datetime | None, limit: TimeLimit | None) -> str:
    if limit is None:
        return "không rõ thời hạn giải quyết"
    return "" if received_at else "không rõ ngày tiếp nhận"
