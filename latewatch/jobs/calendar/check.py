"""What of the calendar needs a person: years to come, sources, what is not certain, units that are gone."""

from collections.abc import Iterator
from datetime import date, datetime

from latewatch.domain.edit_differences import hours_label
from latewatch.domain.layers import PROVINCE, UNIT, Layer, layer_label
from latewatch.domain.worktime import WEEKDAYS, Week, WorkCalendar
from latewatch.jobs.check import Finding, Level, calendar_findings
from latewatch.jobs.office import Office

ABOUT = "lịch làm việc"


def check_calendar(office: Office, now: datetime) -> list[Finding]:
    """Look at the calendar of the next twelve months, and at every layer."""
    layers = office.calendars.layers.values()
    return [
        *calendar_findings(office, now),
        *(finding for layer in layers for finding in _layer(layer, office)),
        *_hours(office, now.date()),
    ]


def _layer(layer: Layer, office: Office) -> Iterator[Finding]:
    about = f"tầng {layer_label(layer.name)}"
    known = {unit.code for unit in office.roster.units}
    if layer.name.startswith(UNIT) and layer.name.removeprefix(UNIT) not in known:
        text = "không còn đơn vị này trong [[units]]; tầng này không dùng cho hồ sơ nào"
        yield Finding(Level.BAD, about, text)
    for entry in layer.entries:
        if not entry.source.strip():
            yield Finding(Level.BAD, about, f"ngày {entry.day:%d/%m/%Y} không có văn bản nguồn")
    for own in layer.week:
        if not own.source.strip():
            text = f"giờ làm việc {WEEKDAYS[own.weekday]} không có văn bản nguồn; đặt lại, thêm --source"
            yield Finding(Level.WARNING, about, text)


def _hours(office: Office, today: date) -> Iterator[Finding]:
    units = [name for name in office.calendars.layers if name.startswith(UNIT)]
    for name in (PROVINCE, *sorted(units)):
        about = "giờ làm việc" if name == PROVINCE else f"giờ làm việc, {layer_label(name)}"
        calendar = office.calendars.named(name)
        yield Finding(Level.OK, about, weeks_label(calendar, today, calendar.last))


def weeks_label(calendar: WorkCalendar, first: date, last: date) -> str:
    """Say the hours of the week that holds on `first`, and of those that follow it up to `last`."""
    held = calendar.week_on(first)
    later = [week for week in calendar.weeks if week.since and first < week.since <= last]
    parts = [_week_label(held), *(f"từ ngày {week.since:%d/%m/%Y}: {_week_label(week)}" for week in later)]
    return " · ".join(parts)


def _week_label(week: Week) -> str:
    """Say the hours of a week, days of like hours together."""
    groups: list[tuple[str, list[int]]] = []
    for weekday, hours in enumerate(week.hours):
        label = hours_label(hours)
        if groups and groups[-1][0] == label:
            groups[-1][1].append(weekday)
        else:
            groups.append((label, [weekday]))
    return "; ".join(f"{_span(days)} {label}" for label, days in groups)


def _span(days: list[int]) -> str:
    first, last = WEEKDAYS[days[0]], WEEKDAYS[days[-1]]
    return first if len(days) == 1 else f"{first} đến {last}"
