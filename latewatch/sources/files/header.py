"""Which rows of a sheet are its header, and which column holds which field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from latewatch.domain.names import tidy
from latewatch.errors import SourceError
from latewatch.sources.files.cells import key_of, text_of
from latewatch.sources.files.grid import Cell, Sheet

SEARCHED_ROWS = 40
DEEPEST_HEADER = 3
Heading = tuple[str, ...]  # the texts of one column, from top to bottom
LONGEST_NUMBER = 4  # characters of the number of a column, with its brackets
_NUMBERED = re.compile(r"[(\[]?\d{1,2}[)\]]?(\s*=.*)?|[A-Z]")


class Headings(Protocol):
    """Which headings mean which field; a profile is such a table.

    `field_of` goes from the key of a heading to its field, `names` from a field to the heading a message
    names. `setting` is where an office puts its own headings; empty where it cannot.
    """

    @property
    def field_of(self) -> Mapping[str, str]: ...
    @property
    def names(self) -> Mapping[str, str]: ...
    @property
    def required(self) -> tuple[str, ...]: ...
    @property
    def deciding(self) -> tuple[str, ...]: ...
    @property
    def setting(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a sheet: `columns` maps fields to column indices; data begins at row index `data_row`."""

    columns: Mapping[str, int]
    headings: Mapping[int, str]  # column index → heading, of every column that has one
    data_row: int
    width: int  # cells in the header's longest row, blank ones too
    warnings: tuple[str, ...] = ()


class NoTable(SourceError):  # noqa: N818  what the sheet is: the file may have others
    """A sheet with a heading or two that lacks a required column: an error where no other sheet has them."""


def find_header(file: str, sheet: Sheet, profile: Headings) -> Header | None:
    """Return the header of `sheet`, or None where nothing in it looks like one.

    The header is the band of one to three rows whose headings name most fields; the smallest such band wins.
    Raises SourceError where two columns could hold one deciding field, its kind NoTable where a required one
    is missing.
    """
    bands = [
        (top, bottom)
        for top in range(min(SEARCHED_ROWS, len(sheet.head)))
        for bottom in range(top, min(top + DEEPEST_HEADER, len(sheet.head)))
    ]
    read = {band: texts_of(sheet, *band) for band in bands}
    best = max(bands, key=lambda band: (_fields_named(read[band], profile), band[0] - band[1]), default=None)
    if best is None or _fields_named(read[best], profile) < 2:
        return None
    headings = read[best]
    columns, warnings = _columns(file, sheet.name, headings, profile)
    return Header(
        columns=columns,
        headings={column: _shown(heading) for column, heading in headings.items()},
        data_row=_skip_numbers(sheet, _end_of_merged(sheet, *best) + 1),
        width=max(len(row) for row in sheet.head[best[0] : best[1] + 1]),
        warnings=warnings,
    )


def texts_of(sheet: Sheet, top: int, bottom: int) -> dict[int, Heading]:
    """Return each column's texts in the band, a merged heading repeated over the columns it spans."""
    band: list[dict[int, str]] = []
    for index in range(top, bottom + 1):
        texts = {c: text for c, cell in enumerate(sheet.head[index]) if (text := _text(cell))}
        for range_top, left, _, right in sheet.merged:
            if range_top == index and left in texts:
                texts.update(dict.fromkeys(range(left, min(right + 1, len(sheet.head[index]))), texts[left]))
        band.append(texts)
    columns = sorted({column for texts in band for column in texts})
    return {column: tuple(texts[column] for texts in band if column in texts) for column in columns}


def _text(cell: Cell) -> str:
    return text_of(cell) if isinstance(cell, str) else ""


def _fields_named(headings: Mapping[int, Heading], profile: Headings) -> int:
    return len({field for heading in headings.values() if (field := _field(heading, profile))})


def _field(heading: Heading, profile: Headings) -> str | None:
    """Return the field a column's texts name: joined, else the lowest, else the highest."""
    for text in (" ".join(heading), heading[-1], heading[0]):
        field = profile.field_of.get(key_of(text))
        if field:
            return field
    return None


def _shown(heading: Heading) -> str:
    return tidy(" ".join(dict.fromkeys(heading)))


def _columns(
    file: str, sheet: str, headings: Mapping[int, Heading], profile: Headings
) -> tuple[dict[str, int], tuple[str, ...]]:
    where = f"{file}, trang tính “{sheet}”" if sheet else file
    columns: dict[str, int] = {}
    warnings = []
    for index, heading in headings.items():
        field = _field(heading, profile)
        if field is None:
            continue
        if field not in columns:
            columns[field] = index
            continue
        first, second = _shown(headings[columns[field]]), _shown(heading)
        both = f"cột “{first}” và cột “{second}”"
        if field in profile.deciding:
            raise SourceError(
                where,
                f"{both} đều có thể là “{profile.names[field]}”; {_choice(field, first, second, profile)}",
            )
        warnings.append(f"{where}: {both} trùng nghĩa; lấy cột đầu")
    missing = [profile.names[field] for field in profile.required if field not in columns]
    if missing:
        raise NoTable(
            where,
            f"thiếu cột {', '.join(f'“{name}”' for name in missing)}; các cột có: "
            f"{', '.join(f'“{_shown(heading)}”' for heading in headings.values())}. Nếu cột mang tên khác, "
            + (f"hãy ghi tên đó vào {profile.setting}" if profile.setting else "hãy đổi tên cột"),
        )
    return columns, tuple(warnings)


def _choice(field: str, first: str, second: str, profile: Headings) -> str:
    """Say how to choose between two columns: a setting cannot where both are named alike."""
    if key_of(first) == key_of(second):
        return "hai cột cùng tên: hãy xóa hoặc đổi tên một cột"
    if not profile.setting:
        return "hãy xóa hoặc đổi tên một cột"
    return f'hãy chọn một bằng khóa headings = {{ {field} = "{first}" }} của nguồn trong tệp cấu hình'


def _end_of_merged(sheet: Sheet, top: int, bottom: int) -> int:
    """Return the last row of the header: merged heading cells may reach below the band.

    One that reaches deeper than any header does is a merged column of data.
    """
    ends = (end for start, _, end, _ in sheet.merged if top <= start <= bottom)
    return max([bottom, *(end for end in ends if end < top + DEEPEST_HEADER)])


def _skip_numbers(sheet: Sheet, index: int) -> int:
    """Return the row after a line of column numbers such as (1) (2) (3)."""
    is_line = index < len(sheet.head) and are_numbers([text_of(cell) for cell in sheet.head[index]])
    return index + 1 if is_line else index


def are_numbers(texts: Sequence[str]) -> bool:
    """Tell whether a row numbers the columns and holds nothing else."""
    filled = [text for text in texts if text]
    return len(filled) > 2 and all(map(is_column_number, filled))


def is_column_number(text: str) -> bool:
    """Tell whether a cell numbers its column: `(3)`, `3`, `(3)=(4)+(5)`, `C`."""
    is_short = len(text) <= LONGEST_NUMBER or "=" in text
    return is_short and _NUMBERED.fullmatch(text) is not None
