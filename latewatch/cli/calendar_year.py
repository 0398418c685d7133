"""How a year of the calendar is printed: twelve months with marks, then every entry with its source."""

import calendar as months
from collections.abc import Iterator
from datetime import date

from latewatch.cli import terminal
from latewatch.domain.edit_differences import hours_label
from latewatch.domain.layers import KIND_LABELS, WEEKDAY_WORDS, layer_label
from latewatch.domain.worktime import SATURDAY, WEEKDAYS, DayKind
from latewatch.jobs.calendar.change import HistoryEntry
from latewatch.jobs.calendar.check import weeks_label
from latewatch.jobs.calendar.show import ShownDay, ShownYear

ACROSS = 3  # months beside each other: a terminal of 80 columns holds them
HEAD = "T2 T3 T4 T5 T6 T7 CN "
MARKS = {
    DayKind.HOLIDAY: "L",
    DayKind.IN_LIEU: "B",
    DayKind.SWAPPED_OFF: "H",
    DayKind.SWAPPED_WORKED: "+",
    DayKind.DAY_OFF: "N",
    DayKind.DAY_WORKED: "+",
}
HALF, REST = "½", "."
LEGEND = (
    "L ngày lễ · B nghỉ bù · H nghỉ hoán đổi · N ngày nghỉ khác · + ngày nghỉ mà làm việc · "
    "½ không làm cả ngày · . nghỉ hằng tuần"
)


def show(shown: ShownYear) -> None:
    """Print the year for a person."""
    terminal.say(f"Lịch làm việc năm {shown.year}, {layer_label(shown.layer)} – {shown.version}")
    terminal.say(f"Giờ làm việc: {weeks_label(shown.calendar, *_span(shown.year))}")
    terminal.say(made_line(shown.made))
    terminal.say()
    for line in grid(shown):
        terminal.say(line.rstrip())
    terminal.say(LEGEND)
    rows = [_cells(each) for each in shown.days if each.entry]
    headings = ("Ngày", "Thứ", "Loại", "Tên", "Giờ", "Nguồn", "Trạng thái", "Tầng")
    terminal.show_table("", headings, rows, wraps=(3, 5))


def made_line(made: HistoryEntry | None) -> str:
    if made is None:
        return "Bản 0: theo tệp lịch, cơ quan chưa sửa gì."
    return f"Bản {made.number}: {made.author}, {made.made_at:%H:%M %d/%m/%Y}, {made.reason}"


def grid(shown: ShownYear) -> Iterator[str]:
    """Yield the lines of the months, `ACROSS` beside each other."""
    for first in range(1, 13, ACROSS):
        blocks = [list(_month(shown, month)) for month in range(first, first + ACROSS)]
        height = max(map(len, blocks))
        for row in range(height):
            cells = (block[row] if row < len(block) else "" for block in blocks)
            yield "  ".join(f"{cell:<{len(HEAD)}}" for cell in cells)
        yield ""


def _month(shown: ShownYear, month: int) -> Iterator[str]:
    yield f"{f'Tháng {month}':^{len(HEAD)}}"
    yield HEAD
    days = {each.day.day: each for each in shown.days if each.day.month == month}
    for week in months.Calendar().monthdayscalendar(shown.year, month):
        yield "".join(f"{number:>2}{mark(days[number])}" if number else "   " for number in week)


def mark(day: ShownDay) -> str:
    """Return the sign behind a date: why it is no usual day of its week."""
    if day.is_half:
        return HALF
    if day.entry:
        return MARKS.get(day.entry.kind, " ")
    if day.is_worked:
        return "+" if day.day.weekday() >= SATURDAY else " "
    return REST


def _cells(day: ShownDay) -> tuple[str, ...]:
    assert day.entry  # noqa: S101  asked for those with one
    return (
        f"{day.day:%d/%m/%Y}",
        WEEKDAYS[day.day.weekday()],
        KIND_LABELS[day.entry.kind],
        day.entry.title,
        hours_label(day.hours),
        day.entry.source,
        day.entry.status,
        layer_label(day.layer),
    )


def _span(year: int) -> tuple[date, date]:
    return date(year, 1, 1), date(year, 12, 31)


def document(shown: ShownYear) -> dict[str, object]:
    """Return the year as JSON shows it."""
    week = shown.calendar.week_on(date(shown.year, 12, 31)).hours
    return {
        "year": shown.year,
        "layer": shown.layer,
        "calendar": shown.version,
        "version": shown.made.number if shown.made else 0,
        "author": shown.made.author if shown.made else None,
        "made_at": shown.made.made_at if shown.made else None,
        "reason": shown.made.reason if shown.made else None,
        "week": {word: str(week[place]) for place, word in enumerate(WEEKDAY_WORDS)},
        "days": [_day_document(each) for each in shown.days],
    }


def _day_document(day: ShownDay) -> dict[str, object]:
    found: dict[str, object] = {"date": day.day, "worked": day.is_worked, "hours": str(day.hours)}
    if day.entry:
        entry = day.entry
        found |= {
            "kind": entry.kind,
            "title": entry.title,
            "source": entry.source,
            "status": entry.status,
            "layer": day.layer,
        }
    return found
