"""Calendar entries from a file: a whole year as TOML, or a table of days as CSV or XLSX."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TypeVar

from latewatch.calendars.load import read_year
from latewatch.domain.calendar_rules import weekday_of
from latewatch.domain.hours import WorkHours
from latewatch.domain.layers import KIND_LABELS, NATIONAL, PROVINCE, UNIT, layer_label
from latewatch.domain.names import fold
from latewatch.domain.worktime import Confirmation, DayEntry, DayKind
from latewatch.errors import Place, RecordError, SourceError
from latewatch.jobs.calendar.change import Change
from latewatch.sources.files.cells import moment_of, text_of
from latewatch.sources.files.grid import Cell, Sheet, sheets

COLUMNS = ("Ngày", "Loại", "Tên", "Nguồn", "Trạng thái", "Giờ", "Tầng")
DAY, KIND, TITLE, SOURCE, STATUS, HOURS, LAYER = COLUMNS
NEEDED = (DAY, KIND, TITLE, SOURCE)
MEGABYTES = 10

_KINDS = {fold(kind.value): kind for kind in DayKind} | {
    fold(text): kind for kind, text in KIND_LABELS.items()
}
_STATUSES = {fold(each.value): each for each in Confirmation}
_LAYERS = {fold(text): name for name in (NATIONAL, PROVINCE) for text in (name, layer_label(name))}

Word = TypeVar("Word", DayKind, Confirmation)
Located = tuple[str, DayEntry]
Cells = Mapping[str, Cell]


def import_file(file: Path) -> Change:
    """Return the change a file makes: a TOML year replaces its year, the rows of a table add days.

    Raises ConfigError naming the key, SourceError and RecordError naming the row.
    """
    if file.suffix.lower() == ".toml":
        year = read_year(file)
        return lambda edits: edits.replace_year(year.year, year.entries, year.notes)
    entries = list(_entries(file))
    return lambda edits: edits.set_days(entries)


def _entries(file: Path) -> Iterator[Located]:
    try:
        content = file.read_bytes()
    except OSError as e:
        raise SourceError(str(file), f"không đọc được tệp ({e.strerror})") from e
    found = False
    for sheet in sheets(file.name, content, MEGABYTES):
        header = next((i for i, row in enumerate(sheet.head) if _is_header(row)), None)
        if header is not None:
            found = True
            yield from _sheet_entries(file.name, sheet, header)
    if not found:
        raise SourceError(file.name, f"không thấy dòng tiêu đề có các cột “{'”, “'.join(NEEDED)}”")


def _is_header(row: Sequence[Cell]) -> bool:
    return {fold(each) for each in NEEDED} <= {fold(text_of(cell)) for cell in row}


def _sheet_entries(file: str, sheet: Sheet, header: int) -> Iterator[Located]:
    names = {fold(each): each for each in COLUMNS}
    places = {
        names[key]: place
        for place, cell in enumerate(sheet.head[header])
        if (key := fold(text_of(cell))) in names
    }
    seen: dict[tuple[str, object], int] = {}
    for index, row in enumerate(islice(sheet.rows(), header + 1, None), start=header + 2):
        cells = {name: row[place] for name, place in places.items() if place < len(row)}
        if not any(text_of(cell) for cell in cells.values()):
            continue
        place = Place(file, sheet.name, index)
        layer, entry = _entry(place, cells)
        before = seen.setdefault((layer, entry.day), index)
        if before != index:
            raise RecordError(
                place, DAY, f"ngày {entry.day:%d/%m/%Y} đã có ở dòng {before}; mỗi tầng mỗi ngày một mục"
            )
        yield layer, entry


def _entry(place: Place, cells: Cells) -> Located:
    """Read one row. Raises RecordError naming the column."""
    text = {name: text_of(cells.get(name, "")) for name in COLUMNS}
    for name in NEEDED:
        if not text[name]:
            raise RecordError(place, name, "không được để trống")
    hours, like = _hours(place, text[HOURS])
    entry = DayEntry(
        day=_day(place, cells[DAY]),
        kind=_word(place, KIND, text[KIND], _KINDS),
        title=text[TITLE],
        source=text[SOURCE],
        status=_word(place, STATUS, text[STATUS] or Confirmation.CONFIRMED.value, _STATUSES),
        hours=hours,
        like=like,
    )
    return _layer(text[LAYER]), entry


def _day(place: Place, cell: Cell) -> date:
    try:
        moment = moment_of(cell)
    except ValueError as e:
        raise RecordError(place, DAY, str(e)) from e
    assert moment  # noqa: S101  the cell is not empty
    return moment.date()


def _word(place: Place, column: str, text: str, known: Mapping[str, Word]) -> Word:
    found = known.get(fold(text))
    if found is None:
        choices = ", ".join(f"“{each}”" for each in dict.fromkeys(map(str, known.values())))
        raise RecordError(place, column, f"“{text}” không có; chọn trong: {choices}")
    return found


def _hours(place: Place, text: str) -> tuple[WorkHours | None, int | None]:
    """Read hours of their own, or the weekday whose hours are worked."""
    if not text:
        return None, None
    try:
        return (WorkHours.parse(text), None) if ":" in text else (None, weekday_of(text))
    except ValueError as e:
        raise RecordError(place, HOURS, str(e)) from e


def _layer(text: str) -> str:
    """Return the layer a cell names; one nobody knows is refused with the change as a whole."""
    if not text:
        return NATIONAL
    unit = text.partition(":")[2].strip() if text.lower().startswith(UNIT) else ""
    return UNIT + unit if unit else _LAYERS.get(fold(text), text)
