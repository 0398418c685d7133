"""Calendars stacked on each other: the nation's, the province's, a unit's own. Pure.

A date's entry beats its weekday's hours; of two entries for one date, and of two hours for one weekday, the
upper layer's decides.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from latewatch.domain.hours import WorkHours
from latewatch.domain.worktime import STANDARD_WEEK, CalendarNote, DayEntry, DayKind, Week, WorkCalendar

NATIONAL, PROVINCE, UNIT = "national", "province", "unit:"
WEEKDAY_WORDS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
KIND_LABELS = {
    DayKind.HOLIDAY: "ngày lễ",
    DayKind.IN_LIEU: "nghỉ bù",
    DayKind.SWAPPED_OFF: "nghỉ hoán đổi",
    DayKind.SWAPPED_WORKED: "làm bù",
    DayKind.DAY_OFF: "ngày nghỉ khác",
    DayKind.DAY_WORKED: "ngày làm thêm",
    DayKind.SHORTENED: "ngày làm việc rút ngắn",
}


@dataclass(frozen=True, slots=True)
class WeekdayHours:
    """The hours of a weekday (Monday is 0): from `since` on, or always where no date is given."""

    weekday: int
    hours: WorkHours
    since: date | None = None
    source: str = ""

    @property
    def key(self) -> tuple[int, date]:
        """One layer says one thing of a weekday from a date on."""
        return self.weekday, self.since or date.min


@dataclass(frozen=True, slots=True)
class Layer:
    """What one level says: hours of weekdays, and dates that are not what their weekday says."""

    name: str
    week: tuple[WeekdayHours, ...] = ()
    entries: tuple[DayEntry, ...] = ()

    @property
    def is_blank(self) -> bool:
        return not self.week and not self.entries


def layers_below(name: str) -> tuple[str, ...]:
    """Return the names of the layers a calendar is stacked from, the lowest first."""
    if name == NATIONAL:
        return (NATIONAL,)
    return (NATIONAL, PROVINCE) if name == PROVINCE else (NATIONAL, PROVINCE, name)


def layer_label(name: str) -> str:
    """Name a layer as people do."""
    known = {NATIONAL: "cả nước", PROVINCE: "tỉnh"}
    return known.get(name) or f"đơn vị {name.removeprefix(UNIT)}"


class Calendars:
    """The calendars of an office: one for itself, and one for each unit that has a layer of its own."""

    def __init__(
        self,
        years: Sequence[int],
        layers: Iterable[Layer],
        notes: tuple[CalendarNote, ...] = (),
        base_version: str = "",
    ) -> None:
        self.years = tuple(years)
        self.base_version = base_version  # of what the files say, before an office's own edits
        self.notes = notes
        self.layers = {layer.name: layer for layer in layers if not layer.is_blank}
        self._named: dict[str, WorkCalendar] = {}

    @property
    def office(self) -> WorkCalendar:
        return self.named(PROVINCE)

    def of_unit(self, code: str) -> WorkCalendar:
        """Return the calendar of the unit `code`; units without a layer share the office's."""
        return self.named(UNIT + code)

    def topmost(self, name: str) -> str:
        """Return the name of the uppermost layer that the calendar `name` really has."""
        return next((each for each in reversed(layers_below(name)) if each in self.layers), NATIONAL)

    def named(self, name: str) -> WorkCalendar:
        """Return the calendar `national`, `province` or `unit:CODE`. Raises ValueError where it cannot be."""
        known = [each for each in layers_below(name) if each in self.layers]
        key = known[-1] if known else NATIONAL
        if key not in self._named:
            self._named[key] = stack(self.years, [self.layers[each] for each in known], self.notes)
        return self._named[key]


def stack(
    years: Sequence[int], layers: Iterable[Layer], notes: tuple[CalendarNote, ...] = ()
) -> WorkCalendar:
    """Return the calendar of `layers`, the lowest first. Raises ValueError where nothing could be worked."""
    layers = list(layers)
    starts = sorted({each.since for layer in layers for each in layer.week if each.since})
    weeks = [week_of(layers, start) for start in (None, *starts)]
    entries = {entry.day: entry for layer in layers for entry in layer.entries}
    ordered = sorted(entries.values(), key=lambda entry: entry.day)
    return WorkCalendar(years, ordered, version_of(years, ordered, weeks), notes, weeks=weeks)


def week_of(layers: Iterable[Layer], since: date | None) -> Week:
    """Return the week that the stacked `layers` work from `since` on; None is before any of their dates."""
    hours, sources = list(STANDARD_WEEK), [""] * 7
    for layer in layers:
        for each in sorted(layer.week, key=lambda own: own.key):
            if each.since is None or (since and each.since <= since):
                hours[each.weekday], sources[each.weekday] = each.hours, each.source
    return Week(tuple(hours), since, tuple(sources))


def differing_days(one: WorkCalendar, other: WorkCalendar) -> list[date]:
    """Return the days whose worked segments differ, those only one calendar knows among them, in order."""
    if one is other:
        return []
    first, last = min(one.first, other.first), max(one.last, other.last)
    days = map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
    return [day for day in days if _hours_in(one, day) != _hours_in(other, day)]


def _hours_in(calendar: WorkCalendar, day: date) -> WorkHours | None:
    return calendar.hours_on(day) if calendar.first <= day <= calendar.last else None


def version_of(years: Sequence[int], entries: Iterable[DayEntry], weeks: Iterable[Week]) -> str:
    """Name the content: the same for any order of entries, remark or layout of the files."""
    lines = [f"{e.day}|{e.kind}|{e.title}|{e.source}|{e.status}|{e.hours or ''}|{e.like}" for e in entries]
    hours = ["|".join([str(week.since), *map(str, week.hours), *week.sources]) for week in weeks]
    content = "\n".join([*map(str, years), *sorted(lines), *hours])
    return f"VN-{min(years)}-{max(years)}-{hashlib.sha256(content.encode()).hexdigest()[:8]}"
