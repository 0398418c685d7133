"""A table of figures as a system exports it: its header is found, its columns by number or by heading."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from latewatch.domain.names import fold, tidy
from latewatch.errors import Place, RecordError, SourceError
from latewatch.sources.files.cells import text_of
from latewatch.sources.files.grid import Cells, Sheet, sheets

DEEPEST = 3
_NUMBER = re.compile(r"\(?\s*(\d{1,2})\s*\)\s*(?:=.*)?|\((\d{1,2})\)")
_WHOLE = re.compile(r"\d{1,3}(?:[.,\s]\d{3})+|\d+(?:[.,]0+)?")
_NUMERAL = re.compile(r"[IVX]+")
_LABELS = ("linh vuc", "don vi", "thu tuc", "can bo", "co quan", "ten")

Headings = Mapping[str, tuple[str, ...]]
"""Column number → its headings in the form, from the top down."""


@dataclass(frozen=True, slots=True)
class _Head:
    """Where things stand in a sheet: columns by number, the column of names, the first row of figures."""

    columns: Mapping[str, int]
    label: int
    first_row: int


def read_figures(
    path: Path, headings: Headings, *, has_sections: bool, max_megabytes: int
) -> dict[str, dict[str, int]]:
    """Return what the table in `path` says: row → column number → figure. A blank figure is 0.

    Raises SourceError where no sheet holds such a table, RecordError for a figure that is none.
    """
    if not path.is_file():
        raise SourceError(
            str(path), "không có tệp này; ghi đường dẫn tệp XLSX hoặc CSV của biểu, hoặc opencps"
        )
    for sheet in sheets(path.name, path, max_megabytes):
        head = _head(sheet.head, headings)
        if head:
            return dict(_rows(path.name, sheet, head, has_sections=has_sections))
    raise SourceError(
        path.name,
        "không thấy dòng số cột “(3) (4) …” hay tiêu đề cột nào của biểu này; kiểm tra tệp và --form",
    )


def _head(rows: Sequence[Cells], headings: Headings) -> _Head | None:
    return _by_number(rows, headings) or _by_heading(rows, headings)


def _by_number(rows: Sequence[Cells], headings: Headings) -> _Head | None:
    """Find the row of column numbers: `(1) (2) (3)=(4)+(5) …`."""
    for at, row in enumerate(rows):
        found: dict[str, int] = {}
        for place, cell in enumerate(row):
            match = _NUMBER.fullmatch(tidy(text_of(cell)))
            if match:
                found.setdefault(match[1] or match[2], place)
        columns = {number: place for number, place in found.items() if number in headings}
        if len(columns) > 1:
            label = found.get("2", max(min(columns.values()) - 1, 0))
            return _Head(columns, label, at + 1)
    return None


def _by_heading(rows: Sequence[Cells], headings: Headings) -> _Head | None:
    """Find the band of header rows whose texts name most columns."""
    best: _Head | None = None
    for at in range(len(rows)):
        for depth in range(1, DEEPEST + 1):
            paths = _paths(rows[at : at + depth])
            columns = {
                number: place
                for number, texts in headings.items()
                if (place := _place(texts, paths)) is not None
            }
            label = next(
                (place for place, path in paths.items() if path and path[-1].startswith(_LABELS)), None
            )
            is_better = best is None or len(columns) > len(best.columns)
            if len(columns) > 1 and label is not None and is_better:
                best = _Head(columns, label, at + depth)
    return best


def _paths(band: Sequence[Cells]) -> dict[int, tuple[str, ...]]:
    """Return the folded texts above each column; a heading over several columns stands over all of them."""
    width = max((len(row) for row in band), default=0)
    levels = [
        [fold(text_of(row[place])) if place < len(row) else "" for place in range(width)] for row in band
    ]
    for below, level in pairwise(reversed(levels)):
        for place in range(1, width):
            if not level[place] and below[place]:
                level[place] = level[place - 1]
    columns = zip(*levels, strict=True) if levels else ()
    return {place: tuple(filter(None, texts)) for place, texts in enumerate(columns)}


def _place(texts: tuple[str, ...], paths: Mapping[int, tuple[str, ...]]) -> int | None:
    """Return the one column under these headings, or under the last of them where only one has it."""
    group, last = fold(texts[0]), fold(texts[-1])
    same = [place for place, path in paths.items() if path and path[-1] == last]
    under = [place for place in same if group in paths[place]]
    found = under if len(texts) > 1 and under else same
    return found[0] if len(found) == 1 else None


def _rows(
    file: str, sheet: Sheet, head: _Head, *, has_sections: bool
) -> Iterator[tuple[str, dict[str, int]]]:
    section = ""
    for at, row in enumerate(sheet.rows()):
        texts = [tidy(text_of(cell)) for cell in row]
        texts += [""] * (max(head.label, *head.columns.values()) + 1 - len(texts))
        if at < head.first_row:
            continue
        numeral = texts[0].strip(".") if has_sections else ""
        figures = [texts[place] for place in head.columns.values()]
        if _NUMERAL.fullmatch(numeral) and not any(map(_WHOLE.fullmatch, figures)):
            section = f"{numeral}. "
            continue
        label = texts[head.label] or next(filter(None, texts[: head.label]), "")
        if label and any(map(_WHOLE.fullmatch, figures)):
            place = Place(file, sheet.name, at + 1)
            is_total = fold(label).startswith("tong")
            yield (
                ("" if is_total else section) + label,
                {
                    number: _figure(texts[column], place, f"({number})")
                    for number, column in head.columns.items()
                },
            )


def _figure(text: str, place: Place, column: str) -> int:
    if text in ("", "-", "–"):
        return 0
    if not _WHOLE.fullmatch(text):
        raise RecordError(place, column, f"“{text[:20]}” không phải số hồ sơ")
    is_grouped = re.fullmatch(r"\d{1,3}(?:[.,\s]\d{3})+", text)
    return int(re.sub(r"[.,\s]", "", text) if is_grouped else re.split(r"[.,]", text)[0])
