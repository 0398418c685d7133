"""Which days and hours are worked, and counting along them. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property
from itertools import accumulate

from latewatch.domain.hours import DAY, END_OF_DAY, REST, WorkHours, clock_after, minute_of_day, worked_before
from latewatch.errors import CalendarGap

FRIDAY, SATURDAY = 4, 5
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


class DayKind(StrEnum):
    """Why a date differs from its weekday."""

    HOLIDAY = "holiday"  # ngày lễ, tết: Bộ luật Lao động 2019, Điều 112.1
    IN_LIEU = "in lieu"  # nghỉ bù: Bộ luật Lao động 2019, Điều 111.3
    SWAPPED_OFF = "swapped off"  # ngày nghỉ hoán đổi
    SWAPPED_WORKED = "swapped worked"  # ngày làm bù
    DAY_OFF = "day off"  # ngày nghỉ khác của tỉnh, của đơn vị
    DAY_WORKED = "day worked"  # ngày nghỉ hằng tuần mà đơn vị làm việc
    SHORTENED = "shortened"  # ngày làm việc rút ngắn, nửa ngày


WORKED_KINDS = (DayKind.SWAPPED_WORKED, DayKind.DAY_WORKED, DayKind.SHORTENED)


class Confirmation(StrEnum):
    """How sure a calendar entry is."""

    CONFIRMED = "đã xác nhận"
    EXPECTED = "dự kiến"
    PENDING = "chờ xác nhận"


@dataclass(frozen=True, slots=True)
class DayEntry:
    """One date that is not what its weekday says, and the document that says so.

    A worked one has `hours` of its own, or those of the weekday `like` (Monday is 0). With neither it has
    those of its own weekday, but those of Friday where that is one of rest, or where it makes up for a
    weekday: that is a whole day also for who works on Saturday mornings. Hours asked for must not be none.
    """

    day: date
    kind: DayKind
    title: str
    source: str
    status: Confirmation = Confirmation.CONFIRMED
    hours: WorkHours | None = None
    like: int | None = None

    @property
    def is_worked(self) -> bool:
        return self.kind in WORKED_KINDS


@dataclass(frozen=True, slots=True)
class CalendarNote:
    """A remark on a year that changes no day, such as a swap that is proposed and not decided."""

    year: int
    about: str
    source: str
    status: Confirmation = Confirmation.PENDING


OFFICE_HOURS = WorkHours.parse("07:30-11:30,13:00-17:00")
"""8 hours a day (Bộ luật Lao động 2019, Điều 105.1); the clock times are the province's to set."""

_TIMES = (*(time(*divmod(minute, 60)) for minute in range(DAY)), END_OF_DAY)  # by minute of the day

STANDARD_WEEK = (*(OFFICE_HOURS,) * SATURDAY, REST, REST)
"""Saturday and Sunday are the weekly rest of the civil service."""


@dataclass(frozen=True, slots=True)
class Week:
    """The hours of Monday to Sunday from the date `since` on, or always, and the documents that set them."""

    hours: tuple[WorkHours, ...] = STANDARD_WEEK
    since: date | None = None
    sources: tuple[str, ...] = ("",) * 7


class WorkCalendar:
    """The worked days and hours of whole years `first_year` to `last_year`.

    Tables make every question one look-up: how many days, and how many minutes, were worked before each
    date, and the worked days in order. `version` names the data, and is kept with each due date computed
    from it. `week` holds the hours of Monday to Sunday; where they change with time, `weeks` do, the first
    of them from ever on. Raises ValueError where nothing could ever be worked: a limit would have no end.
    """

    def __init__(
        self,
        years: Iterable[int],
        entries: Iterable[DayEntry],
        version: str,
        notes: tuple[CalendarNote, ...] = (),
        *,
        week: Sequence[WorkHours] = STANDARD_WEEK,
        weeks: Sequence[Week] = (),
    ) -> None:
        known = sorted(set(years))
        if not known or known != list(range(known[0], known[-1] + 1)):
            raise ValueError(f"a calendar needs an unbroken run of years, not {known}")
        self.version = version
        self.notes = notes
        self.first = date(known[0], 1, 1)
        self.last = date(known[-1], 12, 31)
        self.entries: Mapping[date, DayEntry] = {entry.day: entry for entry in entries}
        self.weeks = tuple(weeks) or (Week(tuple(week)),)
        self._starts = [each.since for each in self.weeks if each.since]
        self._origin = self.first.toordinal()
        self._hours = [
            self._resolve(date.fromordinal(n)) for n in range(self._origin, self.last.toordinal() + 1)
        ]
        self._days = len(self._hours)
        self._minutes = [0, *accumulate(hours.minutes for hours in self._hours)]
        self._before = [0, *accumulate(hours is not REST for hours in self._hours)]
        self._worked = [
            date.fromordinal(self._origin + n) for n, hours in enumerate(self._hours) if hours is not REST
        ]
        self._passed = [worked_before(hours) for hours in self._hours]
        self._clocks = [clock_after(hours) for hours in self._hours]
        self._refuse_idle(known)

    def _resolve(self, day: date) -> WorkHours:
        """Return the hours of `day`: its entry's, else its weekday's; REST itself where nothing is worked."""
        entry = self.entries.get(day)
        week = self.week_on(day).hours
        usual = week[day.weekday()]
        if entry is None:
            return usual if usual.segments else REST
        if not entry.is_worked:
            return REST
        if entry.hours is not None:
            hours = entry.hours
        elif entry.like is not None:
            hours = week[entry.like]
        else:
            is_whole = entry.kind is DayKind.SWAPPED_WORKED or not usual.segments
            hours = week[FRIDAY] if is_whole and week[FRIDAY].segments else usual
        if not hours.segments:
            like = f", như {WEEKDAYS[entry.like]}," if entry.like is not None else ""
            raise ValueError(f"ngày {day:%d/%m/%Y} là “{entry.kind}”{like} mà không có giờ làm việc nào")
        return hours

    def _refuse_idle(self, years: Iterable[int]) -> None:
        for year in years:
            span = self._index(date(year, 1, 1)), self._index(date(year, 12, 31)) + 1
            if self._before[span[1]] == self._before[span[0]]:
                raise ValueError(f"năm {year} không có ngày làm việc nào; hãy đặt giờ làm việc trong tuần")

    def _index(self, day: date) -> int:
        index = day.toordinal() - self._origin
        if not 0 <= index < len(self._hours):
            raise CalendarGap(day, self.first, self.last)
        return index

    def week_on(self, day: date) -> Week:
        """Return the week that holds on `day`, in years the calendar does not know too."""
        return self.weeks[bisect_right(self._starts, day)]

    def is_working_day(self, day: date) -> bool:
        return self._hours[self._index(day)] is not REST

    def hours_on(self, day: date) -> WorkHours:
        """Return the worked segments of `day`; those of REST are none."""
        return self._hours[self._index(day)]

    def add(self, start: date, days: int) -> date:
        """Return the `days`-th working day after `start`; with 0, `start` or the next working day.

        Raises CalendarGap where the calendar does not reach.
        """
        index = start.toordinal() - self._origin
        if not 0 <= index < self._days:
            raise CalendarGap(start, self.first, self.last)
        nth = self._before[index + 1] + days - 1 if days > 0 else self._before[index]
        try:  # without another call: this runs for every dossier
            return self._worked[nth]
        except IndexError:
            return self._nth(nth)

    def back(self, start: date, days: int) -> date:
        """Return the `days`-th working day before `start`; with 0, `start` or the last working day before."""
        return self._nth(self._before[self._index(start) + (days == 0)] - max(days, 1))

    def _nth(self, nth: int) -> date:
        if nth >= len(self._worked):
            raise CalendarGap(self.last + timedelta(days=1), self.first, self.last)
        if nth < 0:
            raise CalendarGap(self.first - timedelta(days=1), self.first, self.last)
        return self._worked[nth]

    def count(self, start: date, end: date) -> int:
        """Return how many working days lie after `start` and up to `end`; negative when `end` is earlier."""
        return self._before[self._index(end) + 1] - self._before[self._index(start) + 1]

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """Return the moment at which `minutes` (1 or more) of working time after `start` have passed.

        Outside working time it begins with the next worked moment; seconds of `start` are dropped. The end
        of a segment is reached before the next one opens; 24:00 is the last second of its day. Raises
        CalendarGap.
        """
        index = start.toordinal() - self._origin
        if not 0 <= index < self._days:
            raise CalendarGap(start, self.first, self.last)
        wanted = self._minutes[index] + self._passed[index][start.hour * 60 + start.minute] + minutes
        at = bisect_left(self._minutes, wanted, index + 1) - 1
        if at >= self._days:
            raise CalendarGap(self.last + timedelta(days=1), self.first, self.last)
        clock = _TIMES[self._clocks[at][wanted - self._minutes[at]]]
        return datetime.combine(date.fromordinal(self._origin + at), clock, start.tzinfo)

    def count_minutes(self, start: datetime, end: datetime) -> int:
        """Return the minutes worked from `start` to `end`; negative when `end` is earlier."""
        return self._position(end) - self._position(start)

    def _position(self, at: datetime) -> int:
        index = self._index(at)
        return self._minutes[index] + self._passed[index][minute_of_day(at)]

    def why(self, day: date) -> str:
        """Say in Vietnamese why `day` is or is not worked, with the source of an exception."""
        entry = self.entries.get(day)
        weekday = WEEKDAYS[day.weekday()]
        if entry:
            doubt = "" if entry.status is Confirmation.CONFIRMED else f", {entry.status}"
            return f"{entry.title} ({entry.source}{doubt})"
        document = self.week_on(day).sources[day.weekday()]
        said = f" ({document})" if document else ""
        if not self.is_working_day(day):
            return f"{weekday}, nghỉ hằng tuần{said}"
        return f"{weekday}{said}"

    @cached_property
    def unconfirmed_years(self) -> tuple[int, ...]:
        """Years whose announcement has not been confirmed: usable, with a warning."""
        return tuple(
            sorted({day.year for day, entry in self.entries.items() if entry.status is Confirmation.EXPECTED})
        )

    def pending(self, year: int) -> list[DayEntry]:
        """Return the entries of `year` that still wait for their document."""
        return [e for e in self.entries.values() if e.day.year == year and e.status is Confirmation.PENDING]
