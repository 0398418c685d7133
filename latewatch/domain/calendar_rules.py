"""What an entry of a calendar may say, and what an office's edits may make of it. Pure."""

from collections.abc import Collection, Iterator

from latewatch.domain.edits import Edits, edited, entry_name
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import (
    KIND_LABELS,
    NATIONAL,
    PROVINCE,
    UNIT,
    WEEKDAY_WORDS,
    Calendars,
    layer_label,
    layers_below,
    stack,
    week_of,
)
from latewatch.domain.names import fold
from latewatch.domain.worktime import WEEKDAYS, DayEntry, DayKind
from latewatch.errors import CalendarError

INSTEAD_OF_WORK = (DayKind.IN_LIEU, DayKind.SWAPPED_OFF)


def check_edits(before: Edits, after: Edits, files: Calendars, units: Collection[str]) -> Calendars:
    """Return the calendars that `after` makes of the files; `units` are the codes the office knows.

    What `before` already said is not judged again, so that one bad entry never bars the way to another's
    cure. Raises CalendarError naming the entry that cannot be.
    """
    calendars = edited(files, after)
    for name in _touched(before, after):
        check_layer(name, units)
    for name, entry in _new_entries(before, after):
        problem = _problem(name, entry, calendars, _shipped(files, after, name, entry))
        if problem:
            raise CalendarError(entry_name(name, entry.day), problem)
    for name in {NATIONAL, PROVINCE, *after.layers}:
        _check_calendar(name, calendars)
    return calendars


def _touched(before: Edits, after: Edits) -> Iterator[str]:
    return (name for name, layer in after.layers.items() if layer != before.layers.get(name))


def check_layer(name: str, units: Collection[str]) -> None:
    """Refuse a layer that is neither the nation's nor the province's nor a known unit's."""
    if name in (NATIONAL, PROVINCE):
        return
    if not name.startswith(UNIT):
        raise CalendarError(f"tầng {name}", "không có; viết national, province hoặc unit:MÃ-ĐƠN-VỊ")
    if name.removeprefix(UNIT) not in units:
        known = ", ".join(sorted(units)) or "chưa khai đơn vị nào"
        raise CalendarError(f"tầng {name}", f"không có đơn vị này trong [[units]]; các mã: {known}")


def _new_entries(before: Edits, after: Edits) -> Iterator[tuple[str, DayEntry]]:
    for name, layer in after.layers.items():
        known = set(before.layer(name).entries)
        yield from ((name, entry) for entry in layer.entries if entry not in known)


def _problem(name: str, entry: DayEntry, calendars: Calendars, shipped: DayEntry | None) -> str:
    """Say why `entry` cannot stand in the layer `name` of the calendars it is part of."""
    if entry.day.year not in calendars.years:
        first, last = calendars.years[0], calendars.years[-1]
        return f"ngoài các năm đã có lịch ({first} đến {last}); nhập lịch năm {entry.day.year} trước"
    below = [calendars.layers[each] for each in layers_below(name)[:-1] if each in calendars.layers]
    lower = next(
        (each for layer in reversed(below) for each in layer.entries if each.day == entry.day), shipped
    )
    week = week_of([*below, calendars.layers[name]], entry.day).hours
    return shape_problem(entry) or place_problem(entry, week, lower)


def _shipped(files: Calendars, after: Edits, name: str, entry: DayEntry) -> DayEntry | None:
    """Return what the files say of the date of a national `entry`: it would hold without that one."""
    if name != NATIONAL or entry.day.year in after.years or NATIONAL not in files.layers:
        return None
    return next((each for each in files.layers[NATIONAL].entries if each.day == entry.day), None)


def shape_problem(entry: DayEntry) -> str:
    """Say what an entry lacks or has too much of, wherever it stands; empty where it is whole."""
    label = f"“{entry.kind}” ({KIND_LABELS[entry.kind]})"
    if not entry.title.strip():
        return "cần tên (--title)"
    if not entry.source.strip():
        return "cần văn bản nguồn (--source)"
    if not entry.is_worked and (entry.hours is not None or entry.like is not None):
        return f"là {label} nên không có giờ làm việc"
    if entry.hours is not None and not entry.hours.segments:
        return f"là {label} mà không có giờ làm việc nào"
    if entry.kind is DayKind.SHORTENED and entry.hours is None and entry.like is None:
        return f"là {label} nên cần giờ làm việc của ngày đó, ví dụ 07:30-11:30"
    return ""


def place_problem(entry: DayEntry, week: tuple[WorkHours, ...], lower: DayEntry | None) -> str:
    """Say why an entry cannot stand on its date; only a holiday may fall on any day.

    `week` holds the hours of Monday to Sunday where it stands, `lower` is what would hold for its date
    without it.
    """
    is_usual = bool(week[entry.day.weekday()].segments)
    is_worked = lower.is_worked if lower else is_usual
    if entry.like is not None and not week[entry.like].segments:
        return f"theo giờ {WEEKDAYS[entry.like]}, mà {WEEKDAYS[entry.like]} không có giờ làm việc"
    if entry.kind is DayKind.SWAPPED_WORKED:
        if lower and lower.kind is DayKind.HOLIDAY:
            return f"là ngày lễ ({lower.title}), không thể là ngày làm bù"
        if is_usual:
            return f"là “{entry.kind}” (làm bù) nhưng vốn là ngày làm việc"
    if entry.kind in INSTEAD_OF_WORK and not is_usual:
        return f"là “{entry.kind}” (nghỉ bù, nghỉ hoán đổi) nhưng vốn là ngày nghỉ hằng tuần"
    if entry.kind is DayKind.SHORTENED and not is_worked:
        return f"là “{entry.kind}” (rút ngắn) nhưng vốn là ngày nghỉ; hãy dùng “{DayKind.DAY_WORKED}”"
    return ""


def _check_calendar(name: str, calendars: Calendars) -> None:
    layers = [calendars.layers[each] for each in layers_below(name) if each in calendars.layers]
    about = f"tầng {layer_label(name)}"
    starts = [None, *(each.since for layer in layers for each in layer.week if each.since)]
    if not all(any(hours.segments for hours in week_of(layers, start).hours) for start in starts):
        raise CalendarError(about, "không thứ nào trong tuần có giờ làm việc; hạn sẽ không bao giờ đến")
    try:
        stack(calendars.years, layers, calendars.notes)
    except ValueError as e:
        raise CalendarError(about, str(e)) from e


_WEEKDAYS = {word: place for place, word in enumerate(WEEKDAY_WORDS)}
_WEEKDAYS |= {fold(name): place for place, name in enumerate(WEEKDAYS)}
_WEEKDAYS |= {f"t{place + 2}": place for place in range(6)} | {"cn": 6}


def weekday_of(text: str) -> int:
    """Read `sat`, `thứ Bảy` or `T7`; Monday is 0. Raises ValueError."""
    place = _WEEKDAYS.get(fold(text))
    if place is None:
        raise ValueError(f"“{text}” không phải thứ trong tuần; viết {', '.join(WEEKDAY_WORDS)}")
    return place


def hours_from(text: str, entry: str) -> WorkHours:
    """Read the worked segments of a day. Raises CalendarError naming `entry`, the date or weekday."""
    try:
        return WorkHours.parse(text)
    except ValueError as e:
        raise CalendarError(entry, str(e)) from e
