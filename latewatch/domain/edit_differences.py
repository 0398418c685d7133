"""What one state of an office's calendar edits says otherwise than another, line by line. Pure."""

from collections.abc import Iterator

from latewatch.domain.edits import Edits, entry_name, week_name
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import KIND_LABELS, WEEKDAY_WORDS, Layer, WeekdayHours
from latewatch.domain.worktime import Confirmation, DayEntry

REST_LABEL = "nghỉ"


def differences(before: Edits, after: Edits) -> list[str]:
    """Return a line for each difference: years first, then layer by layer weekdays and dates."""
    names = sorted(before.layers.keys() | after.layers.keys())
    return [
        *_years(before, after),
        *_confirmed(before, after),
        *(line for name in names for line in _layer(before.layer(name), after.layer(name))),
    ]


def _years(before: Edits, after: Edits) -> Iterator[str]:
    for year in sorted(after.years.keys() | before.years.keys()):
        if after.years.get(year) != before.years.get(year):
            yield f"năm {year}: nhập trọn năm, thay cho tệp lịch"


def _confirmed(before: Edits, after: Edits) -> Iterator[str]:
    for year in sorted(before.confirmed.keys() | after.confirmed.keys()):
        document = after.confirmed.get(year)
        if document != before.confirmed.get(year):
            yield f"năm {year}: " + (f"xác nhận theo {document}" if document else "bỏ xác nhận")


def _layer(before: Layer, after: Layer) -> Iterator[str]:
    old_week = {each.key: each for each in before.week}
    new_week = {each.key: each for each in after.week}
    for key in sorted(old_week.keys() | new_week.keys()):
        old, new = old_week.get(key), new_week.get(key)
        if old != new:
            yield _line(week_name(after.name, key[0]), _said(old), _said(new))
    old_days = {each.day: each for each in before.entries}
    new_days = {each.day: each for each in after.entries}
    for day in sorted(old_days.keys() | new_days.keys()):
        was, becomes = old_days.get(day), new_days.get(day)
        if was != becomes:
            yield _line(entry_name(after.name, day), _said(was), _said(becomes))


def _said(what: WeekdayHours | DayEntry | None) -> str:
    if what is None:
        return ""
    return weekday_label(what) if isinstance(what, WeekdayHours) else entry_label(what)


def _line(name: str, before: str, after: str) -> str:
    if not after:
        return f"{name}: bỏ “{before}”"
    return f"{name}: {after}" + (f" (trước: {before})" if before else "")


def weekday_label(own: WeekdayHours) -> str:
    """Say the hours of a weekday, from when on, and by which document."""
    since = f"từ ngày {own.since:%d/%m/%Y}" if own.since else ""
    return ", ".join(filter(None, (hours_label(own.hours), since, own.source)))


def hours_label(hours: WorkHours) -> str:
    return str(hours).replace(",", ", ") or REST_LABEL


def entry_label(entry: DayEntry) -> str:
    """Say in one line what an entry says."""
    hours = hours_label(entry.hours) if entry.hours else ""
    like = f"như {WEEKDAY_WORDS[entry.like]}" if entry.like is not None else ""
    doubt = "" if entry.status is Confirmation.CONFIRMED else str(entry.status)
    parts = (KIND_LABELS[entry.kind], hours, like, entry.title, entry.source, doubt)
    return ", ".join(part for part in parts if part)
