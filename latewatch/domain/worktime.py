"""Which days are worked, and counting along them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate

from latewatch.errors import CalendarGap

SATURDAY = 5
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


class DayKind(StrEnum):
    """Why a date differs from its weekday."""

    HOLIDAY = "holiday"  # ngày lễ, tết: Bộ luật Lao động 2019, Điều 112.1
    IN_LIEU = "in lieu"  # nghỉ bù: Bộ luật Lao động 2019, Điều 111.3
    SWAPPED_OFF = "swapped off"  # ngày nghỉ hoán đổi
    SWAPPED_WORKED = "swapped worked"  # ngày làm bù


class Confirmation(StrEnum):
    """How sure a calendar entry is."""

    CONFIRMED = "đã xác nhận"
    EXPECTED = "dự kiến"
    PENDING = "chờ xác nhận"


@dataclass(frozen=True, slots=True)
class DayEntry:
    """One date that is not what its weekday says, and the document that says so."""

    day: date
    kind: DayKind
    title: str
    source: str
    status: Confirmation = Confirmation.CONFIRMED

    @property
    def is_worked(self) -> bool:
        return self.kind is DayKind.SWAPPED_WORKED


@dataclass(frozen=True, slots=True)
class CalendarNote:
    """A remark on a year that changes no day, such as a swap that is proposed and not decided."""

    year: int
    about: str
    source: str
    status: Confirmation = Confirmation.PENDING


class WorkCalendar:
    """The worked days of whole years `first_year` to `last_year`; Saturday and Sunday are the weekly rest.

    Two tables make every question one look-up: how many days were worked before each date, and the
    worked days in order. `version` names the data, and is kept with each due date computed from it.
    """

    def __init__(
        self,
        years: Iterable[int],
        entries: Iterable[DayEntry],
        version: str,
        notes: tuple[CalendarNote, ...] = (),
    ) -> None:
        known = sorted(set(years))
        if not known or known != list(range(known[0], known[-1] + 1)):
            raise ValueError(f"a calendar needs an unbroken run of years, not {known}")
        self.version = version
        self.notes = notes
        self.first = date(known[0], 1, 1)
        self.last = date(known[-1], 12, 31)
        self.entries: Mapping[date, DayEntry] = {entry.day: entry for entry in entries}
        self._origin = self.first.toordinal()
        worked = [self._works(date.fromordinal(n)) for n in range(self._origin, self.last.toordinal() + 1)]
        self._worked = worked
        self._before = [0, *accumulate(worked)]
        self._days = [self._origin + index for index, works in enumerate(worked) if works]

    def _works(self, day: date) -> bool:
        entry = self.entries.get(day)
        return entry.is_worked if entry else day.weekday() < SATURDAY

    def _index(self, day: date) -> int:
        index = day.toordinal() - self._origin
        if not 0 <= index < len(self._worked):
            raise CalendarGap(day, self.first, self.last)
        return index

    def is_working_day(self, day: date) -> bool:
        return self._worked[self._index(day)]

    def add(self, start: date, days: int) -> date:
        """Return the `days`-th working day after `start`; with 0, `start` or the next working day.

        Raises CalendarGap where the calendar does not reach.
        """
        index = self._index(start)
        nth = self._before[index + 1] + days - 1 if days > 0 else self._before[index]
        return self._nth(nth)

    def back(self, start: date, days: int) -> date:
        """Return the `days`-th working day before `start`; with 0, `start` or the last working day before."""
        return self._nth(self._before[self._index(start) + (days == 0)] - max(days, 1))

    def _nth(self, nth: int) -> date:
        if nth >= len(self._days):
            raise CalendarGap(self.last + timedelta(days=1), self.first, self.last)
        if nth < 0:
            raise CalendarGap(self.first - timedelta(days=1), self.first, self.last)
        return date.fromordinal(self._days[nth])

    def count(self, start: date, end: date) -> int:
        """Return how many working days lie after `start` and up to `end`; negative when `end` is earlier."""
        return self._before[self._index(end) + 1] - self._before[self._index(start) + 1]

    def why(self, day: date) -> str:
        """Say in Vietnamese why `day` is or is not worked, with the source of an exception."""
        entry = self.entries.get(day)
        if entry:
            doubt = "" if entry.status is Confirmation.CONFIRMED else f", {entry.status}"
            return f"{entry.title} ({entry.source}{doubt})"
        return (
            WEEKDAYS[day.weekday()]
            if self.is_working_day(day)
            else f"{WEEKDAYS[day.weekday()]}, nghỉ hằng tuần"
        )

    @cached_property
    def unconfirmed_years(self) -> tuple[int, ...]:
        """Years whose announcement has not been confirmed: usable, with a warning."""
        return tuple(
            sorted({day.year for day, entry in self.entries.items() if entry.status is Confirmation.EXPECTED})
        )

    def pending(self, year: int) -> list[DayEntry]:
        """Return the entries of `year` that still wait for their document."""
        return [e for e in self.entries.values() if e.day.year == year and e.status is Confirmation.PENDING]
