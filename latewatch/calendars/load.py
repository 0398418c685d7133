"""Calendar years from TOML, checked and joined into one WorkCalendar. Reads files, decides nothing."""

import re
from collections.abc import Container, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from latewatch.domain.calendar_rules import place_problem, shape_problem
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import NATIONAL, WEEKDAY_WORDS, Calendars, Layer, version_of
from latewatch.domain.worktime import (
    CalendarNote,
    Confirmation,
    DayEntry,
    DayKind,
    Week,
    WorkCalendar,
)
from latewatch.errors import ConfigError
from latewatch.typed import checked, read_toml

SHIPPED = Path(__file__).parent / "data"

Text = Annotated[str, Meta(min_length=1)]


class _Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of a year's file: frozen, and every key in it is known."""


class _Day(_Table, frozen=True):
    day: date
    kind: DayKind
    title: Text
    source: Text
    status: Confirmation | None = None
    hours: Text | None = None
    like: Text | None = None


class _Note(_Table, frozen=True):
    about: Text
    source: Text
    status: Confirmation = Confirmation.PENDING


class _Year(_Table, frozen=True):
    """A file."""

    year: int
    status: Confirmation
    sources: Annotated[list[Text], Meta(min_length=1)]
    days: Annotated[list[_Day], Meta(min_length=1)]
    notes: list[_Note] = []


class YearRead(Struct, frozen=True):
    """What a file says of its year."""

    year: int
    entries: list[DayEntry]
    notes: tuple[CalendarNote, ...]


def load_calendar(folder: Path | None = None) -> WorkCalendar:
    """Return the nation's calendar as the files have it. Raises ConfigError."""
    return load_calendars(folder).office


def load_calendars(folder: Path | None = None, layers: Iterable[Layer] = ()) -> Calendars:
    """Return the shipped years; a `YYYY.toml` in the office's `folder` adds a year or replaces it whole.

    `layers` are the office's own edits, laid over them. Raises ConfigError naming file, key and what to do.
    """
    years = _read_folder(SHIPPED)
    if folder is not None:
        years |= _read_folder(folder)
    known = range(min(years), max(years) + 1)
    missing = next((year for year in known if year not in years), None)
    if missing is not None:
        raise ConfigError(
            folder or SHIPPED,
            f"{missing}.toml",
            f"thiếu năm {missing}: lịch phải liền từ {known[0]} đến {known[-1]}",
        )
    entries = [entry for year in known for entry in years[year].entries]
    notes = tuple(note for year in known for note in years[year].notes)
    version = version_of(known, entries, [Week()])
    return Calendars(known, [Layer(NATIONAL, entries=tuple(entries)), *layers], notes, version)


def warnings(calendar: WorkCalendar, years: Container[int] | None = None) -> list[str]:
    """Return a line for everything not yet certain in `years` (all, where None), in order of years."""
    known = range(calendar.first.year, calendar.last.year + 1)
    return [line for year in known if years is None or year in years for line in _doubts(calendar, year)]


def _doubts(calendar: WorkCalendar, year: int) -> Iterable[str]:
    if year in calendar.unconfirmed_years:
        yield (
            f"Lịch nghỉ năm {year} mới là dự kiến. Khi có thông báo chính thức, hãy xác nhận bằng lệnh "
            f"latewatch calendar confirm {year}."
        )
    for entry in calendar.pending(year):
        yield f"Ngày {entry.day:%d/%m/%Y} {entry.status}: {entry.title} ({entry.source})."
    for note in calendar.notes:
        if note.year == year and note.status is not Confirmation.CONFIRMED:
            yield f"Lịch năm {year}, {note.status}: {note.about} ({note.source})."


def _read_folder(folder: Path) -> dict[int, YearRead]:
    if not folder.is_dir():
        raise ConfigError(folder, "calendar.folder", "không có thư mục này")
    return {
        int(_checked_name(file)): read_year(file, is_named=True) for file in sorted(folder.glob("*.toml"))
    }


def _checked_name(file: Path) -> str:
    if not re.fullmatch(r"(19|20)\d\d", file.stem):
        raise ConfigError(file, "", "tệp lịch phải mang tên của năm, ví dụ 2028.toml")
    return file.stem


def read_year(file: Path, *, is_named: bool = False) -> YearRead:
    """Return what a year's file says; `is_named` asks for the year in its name. Raises ConfigError."""
    year = checked(file, read_toml(file, composed=True), _Year)
    if is_named and str(year.year) != file.stem:
        raise ConfigError(file, "year", f"{year.year} khác tên tệp {file.name}")
    entries = _entries(file, year)
    _check_status(file, year.status, entries)
    notes = tuple(CalendarNote(year.year, n.about, n.source, n.status) for n in year.notes)
    return YearRead(year.year, entries, notes)


def _entries(file: Path, year: _Year) -> list[DayEntry]:
    seen: dict[date, DayEntry] = {}
    for index, item in enumerate(year.days):
        entry = _entry(file, f"days[{index}]", item, year.status)
        problem = _problem(entry, year.year, seen)
        if problem:
            raise ConfigError(file, f"days[{index}].day", f"ngày {entry.day:%d/%m/%Y} {problem}")
        seen[entry.day] = entry
    return list(seen.values())


def _entry(file: Path, key: str, item: _Day, status: Confirmation) -> DayEntry:
    try:
        hours = WorkHours.parse(item.hours) if item.hours is not None else None
    except ValueError as e:
        raise ConfigError(file, f"{key}.hours", f"ngày {item.day:%d/%m/%Y}: {e}") from e
    if item.like is not None and item.like not in WEEKDAY_WORDS:
        choices = ", ".join(WEEKDAY_WORDS)
        raise ConfigError(file, f"{key}.like", f"giá trị '{item.like}' không có; chọn trong: {choices}")
    like = WEEKDAY_WORDS.index(item.like) if item.like is not None else None
    return DayEntry(item.day, item.kind, item.title, item.source, item.status or status, hours, like)


def _problem(entry: DayEntry, year: int, seen: Mapping[date, DayEntry]) -> str:
    """Say what cannot be meant."""
    if entry.day.year != year:
        return f"không thuộc năm {year}"
    if entry.day in seen:
        twice = {entry.kind, seen[entry.day].kind}
        return f"có hai lần: {', '.join(f'“{kind}”' for kind in sorted(twice))}"
    return shape_problem(entry) or place_problem(entry, Week().hours, None)


def _check_status(file: Path, status: Confirmation, entries: Iterable[DayEntry]) -> None:
    """Refuse a year that claims to be confirmed while a day is only expected, and the reverse."""
    kinds = {entry.status for entry in entries}
    if status is Confirmation.CONFIRMED and Confirmation.EXPECTED in kinds:
        raise ConfigError(file, "status", f"“{status}” nhưng có ngày mới là “{Confirmation.EXPECTED}”")
    if status is not Confirmation.CONFIRMED and kinds == {Confirmation.CONFIRMED}:
        raise ConfigError(file, "status", f"“{status}” nhưng mọi ngày đều “{Confirmation.CONFIRMED}”")
