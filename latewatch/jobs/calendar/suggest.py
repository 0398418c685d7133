"""What the library `holidays` says of a year otherwise than the calendar: to be confirmed, never taken over.

It is computed, not announced, and is known to miss swaps: of 2026 it lacks 2 January and 10 January
(CV 12729/VPCP-KGVX).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from importlib.metadata import version

from latewatch.domain.layers import KIND_LABELS, NATIONAL
from latewatch.domain.worktime import WorkCalendar
from latewatch.jobs.office import Office


class Difference(StrEnum):
    """Which of the two knows a day."""

    LIBRARY_OFF = "library: off"
    LIBRARY_WORKED = "library: worked"
    CALENDAR_OFF = "calendar: off"
    CALENDAR_WORKED = "calendar: worked"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A day on which library and calendar differ; `moves` tells whether taking it over moves due dates."""

    day: date
    difference: Difference
    title: str
    moves: bool


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The differences of a year, and whose they are."""

    year: int
    library: str
    is_known: bool  # the calendar has this year at all
    found: list[Suggestion]


def suggest(office: Office, year: int) -> Suggestions:
    """Compare the nation's calendar of `year` with the library."""
    import holidays  # noqa: PLC0415  a fifth of a second, for this command alone

    library = holidays.country_holidays("VN", years=year, language="vi")
    days_off = {day: title for day, title in library.items() if day.year == year}
    worked = {day for day in library.weekend_workdays if day.year == year}
    calendar = office.calendars.named(NATIONAL)
    is_known = year in office.calendars.years
    found = [*_of_library(days_off, worked, calendar), *_of_calendar(days_off, worked, calendar, year)]
    return Suggestions(
        year, f"holidays {version('holidays')}", is_known, sorted(found, key=lambda each: each.day)
    )


def _of_library(days_off: dict[date, str], worked: set[date], calendar: WorkCalendar) -> Iterator[Suggestion]:
    for day, title in days_off.items():
        entry = calendar.entries.get(day)
        if entry is None or entry.is_worked:
            yield Suggestion(day, Difference.LIBRARY_OFF, title, _is_worked(day, calendar))
    for day in worked:
        if not _is_worked(day, calendar):
            yield Suggestion(day, Difference.LIBRARY_WORKED, "làm bù", moves=True)


def _of_calendar(
    days_off: dict[date, str], worked: set[date], calendar: WorkCalendar, year: int
) -> Iterator[Suggestion]:
    for entry in calendar.entries.values():
        if entry.day.year != year or entry.day in (worked if entry.is_worked else days_off):
            continue
        difference = Difference.CALENDAR_WORKED if entry.is_worked else Difference.CALENDAR_OFF
        title = f"{KIND_LABELS[entry.kind]}: {entry.title} ({entry.source})"
        yield Suggestion(entry.day, difference, title, moves=True)


def _is_worked(day: date, calendar: WorkCalendar) -> bool:
    """Tell whether the day is worked; in a year nobody entered yet, as its weekday is."""
    if calendar.first <= day <= calendar.last:
        return calendar.is_working_day(day)
    return bool(calendar.week_on(day).hours[day.weekday()].segments)
