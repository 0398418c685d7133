"""One year of a calendar as a person reads it: what is worked when, each entry with its layer and source."""

from dataclasses import dataclass
from datetime import date, timedelta

from latewatch.domain.calendar_rules import check_layer
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import PROVINCE, Calendars, layers_below
from latewatch.domain.worktime import DayEntry, WorkCalendar
from latewatch.errors import CalendarError
from latewatch.jobs.calendar.change import HistoryEntry, calendar_history
from latewatch.jobs.office import Office


@dataclass(frozen=True, slots=True)
class ShownDay:
    """One day: its hours, and the entry that makes it what its weekday is not."""

    day: date
    hours: WorkHours
    entry: DayEntry | None
    layer: str  # of the entry; empty without one
    is_half: bool  # worked, and less than usual

    @property
    def is_worked(self) -> bool:
        return bool(self.hours.segments)


@dataclass(frozen=True, slots=True)
class ShownYear:
    """A year of the calendar `layer`; `version` names its content, `made` the office's edit in force."""

    year: int
    layer: str
    version: str
    made: HistoryEntry | None
    calendar: WorkCalendar
    days: list[ShownDay]


def show_year(office: Office, year: int, layer: str = PROVINCE) -> ShownYear:
    """Return `year` as `layer` works it. Raises CalendarError where there is none."""
    calendars = office.calendars
    if layer not in calendars.layers:
        check_layer(layer, [unit.code for unit in office.roster.units])
    _check_year(year, calendars)
    calendar = calendars.named(layer)
    origin = {
        entry.day: name
        for name in layers_below(layer)
        if name in calendars.layers
        for entry in calendars.layers[name].entries
    }
    new_year = date(year, 1, 1)
    span = (date(year + 1, 1, 1) - new_year).days
    days = [_day(new_year + timedelta(days=n), calendar, origin) for n in range(span)]
    made = next(iter(calendar_history(office)), None)
    return ShownYear(year, layer, calendar.version, made, calendar, days)


def _check_year(year: int, calendars: Calendars) -> None:
    if year not in calendars.years:
        first, last = calendars.years[0], calendars.years[-1]
        raise CalendarError(
            f"năm {year}",
            f"chưa có lịch (có từ {first} đến {last}); nhập tệp {year}.toml bằng latewatch calendar import",
        )


def _day(day: date, calendar: WorkCalendar, origin: dict[date, str]) -> ShownDay:
    hours, usual = calendar.hours_on(day), max(each.minutes for each in calendar.week_on(day).hours)
    is_half = bool(hours.segments) and hours.minutes < usual
    return ShownDay(day, hours, calendar.entries.get(day), origin.get(day, ""), is_half)
