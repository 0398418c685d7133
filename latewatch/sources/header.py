"""Which rows of a sheet are its header, and which column holds which field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from latewatch.domain.names import fold, tidy
from latewatch.errors import SourceError
from latewatch.sources.cells import text_of
from latewatch.sources.grid import Cell, Sheet
from latewatch.sources.profile import DECIDING, REQUIRED, Profile

SEARCHED_ROWS = 40
DEEPEST_HEADER = 3
Heading = tuple[str, ...]  # the texts of one column, from top to bottom
_NUMBERED = re.compile(r"\(?\d{1,2}\)?(\s*=.*)?|[A-Z]")


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a sheet: `columns` maps fields to column indices; data begins at row index `data_row`."""

    columns: Mapping[str, int]
    headings: Mapping[int, str]  # column index → heading, of every column that has one
    data_row: int
    warnings: tuple[str, ...] = ()


def find_header(file: str, sheet: Sheet, profile: Profile) -> Header | None:
    """Return the header of `sheet`, or None where nothing in it looks like one.

    The header is the band of one to three rows whose headings name most fields; the smallest such band wins.
    Raises SourceError where two columns could hold one deciding field, or a required one is missing.
    """
    best: dict[int, Heading] = {}
    best_band = (0, 0)
    found = 0
    for top in range(min(SEARCHED_ROWS, len(sheet.rows))):
        for bottom in range(top, min(top + DEEPEST_HEADER, len(sheet.rows))):
            headings = _headings(sheet, top, bottom)
            score = len({field for heading in headings.values() if (field := _field(heading, profile))})
            if score > found:
                best, best_band, found = headings, (top, bottom), score
    if found < 2:
        return None
    columns, warnings = _columns(file, sheet.name, best, profile)
    last = _end_of_merged(sheet, *best_band)
    return Header(columns, {c: _shown(h) for c, h in best.items()}, _skip_numbers(sheet, last + 1), warnings)


def _headings(sheet: Sheet, top: int, bottom: int) -> dict[int, Heading]:
    """Return each column's texts in the band, a merged heading repeated over the columns it spans."""
    band: list[dict[int, str]] = []
    for index in range(top, bottom + 1):
        texts = {c: text for c, cell in enumerate(sheet.rows[index]) if (text := _text(cell))}
        for range_top, left, _, right in sheet.merged:
            if range_top == index and left in texts:
                texts.update(dict.fromkeys(range(left, right + 1), texts[left]))
        band.append(texts)
    columns = sorted({column for texts in band for column in texts})
    return {column: tuple(texts[column] for texts in band if column in texts) for column in columns}


def _text(cell: Cell) -> str:
    return text_of(cell) if isinstance(cell, str) else ""


def _field(heading: Heading, profile: Profile) -> str | None:
    """Return the field a column's texts name: joined, else the lowest, else the highest."""
    for text in (" ".join(heading), heading[-1], heading[0]):
        field = profile.field_of.get(fold(text))
        if field:
            return field
    return None


def _shown(heading: Heading) -> str:
    return tidy(" ".join(dict.fromkeys(heading)))


def _columns(
    file: str, sheet: str, headings: Mapping[int, Heading], profile: Profile
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
        both = f"cột “{_shown(headings[columns[field]])}” và cột “{_shown(heading)}”"
        if field in DECIDING:
            raise SourceError(
                where,
                f"{both} đều có thể là “{profile.names[field]}”; hãy chọn một bằng khóa "
                f'headings = {{ {field} = "…" }} của nguồn trong tệp cấu hình',
            )
        warnings.append(f"{where}: {both} trùng nghĩa; lấy cột đầu")
    missing = [profile.names[field] for field in REQUIRED if field not in columns]
    if missing:
        raise SourceError(
            where,
            f"thiếu cột {', '.join(f'“{name}”' for name in missing)}; các cột có: "
            f"{', '.join(_shown(heading) for heading in headings.values())}. Nếu cột mang tên khác, "
            "hãy ghi tên đó vào khóa headings của nguồn",
        )
    return columns, tuple(warnings)


def _end_of_merged(sheet: Sheet, top: int, bottom: int) -> int:
    """Return the last row of the header: merged heading cells may reach below the band."""
    return max([bottom, *(end for start, _, end, _ in sheet.merged if top <= start <= bottom)])


def _skip_numbers(sheet: Sheet, index: int) -> int:
    """Return the row after a line of column numbers such as (1) (2) (3)."""
    if index >= len(sheet.rows):
        return index
    texts = [text for cell in sheet.rows[index] if (text := text_of(cell))]
    is_numbers = len(texts) > 2 and all(_NUMBERED.fullmatch(text) for text in texts)
    return index + 1 if is_numbers else index


def has_total(row: Sequence[Cell]) -> bool:
    """Tell whether a row without a code is a total, such as “Tổng cộng”."""
    return any(fold(_text(cell)).startswith(("tong cong", "tong so", "tong:", "cong:")) for cell in row)
