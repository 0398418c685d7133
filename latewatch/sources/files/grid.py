"""A file → sheets of cells, read anew each time they are asked for. Knows formats, nothing of dossiers."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from latewatch.errors import SourceError
from latewatch.sources.files.delimited import Content, open_delimited, opened
from latewatch.sources.files.package import MEGABYTE, ErrorCells, check_size, inspect_sheets

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta
Cells: TypeAlias = Sequence[Cell]

HEAD = 60  # rows in which a header may be looked for
SMALL = 20 * MEGABYTE  # of a workbook's XML: below it, looking at it first costs nothing
_PASSWORD = "tệp có mật khẩu; hãy bỏ mật khẩu khi lưu rồi đặt lại vào thư mục"  # noqa: S105  a message


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet from its cell A1. `merged` are ranges (top, left, bottom, right) from 0, ends included.

    `head` are its first rows, `rows` gives all of them, anew each time: a large sheet is never held whole.
    Hidden rows are rows: a filter hides what the source still reports. `length` is about how many there are,
    0 where nobody knows before they are read.
    """

    name: str
    head: Sequence[Cells]
    rows: Callable[[], Iterator[Cells]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    is_cut: bool = False  # a text file whose last line has no end
    length: int = 0


def sheets(name: str, content: Content, max_megabytes: int) -> Iterator[Sheet]:
    """Yield the sheets of the file `name`. Raises SourceError where it is not a table that can be read."""
    with opened(content) as file:
        start, size = file.read(8), file.seek(0, io.SEEK_END)
    if not size:
        raise SourceError(name, "tệp rỗng (0 byte); hãy xuất lại từ hệ thống một cửa")
    if size > max_megabytes * MEGABYTE:
        raise SourceError(
            name, f"tệp lớn hơn {max_megabytes} MB; chia nhỏ, hoặc tăng max_megabytes của nguồn"
        )
    if start.startswith(b"PK\x03\x04"):
        yield from _package(name, content, size, max_megabytes)
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        yield from _old_workbook(name, content)
    else:
        table = open_delimited(name, content)
        yield Sheet("", list(islice(table.rows(), HEAD)), table.rows, is_cut=table.is_cut)


def _package(name: str, content: Content, size: int, max_megabytes: int) -> Iterator[Sheet]:
    """Read a workbook while a second look at its XML, which the reader does not take, goes on beside it."""
    inflated = check_size(name, content, size, max_megabytes)
    thread = ThreadPoolExecutor(1)
    errors = thread.submit(inspect_sheets, name, content)
    thread.shutdown(wait=False)  # ends with its work: where rows are looked at, this process may fork
    try:
        if inflated < SMALL:
            errors.result()
        yield from _workbook(name, content, errors)
    finally:
        wait([errors])


def _old_workbook(name: str, content: Content) -> Iterator[Sheet]:
    with opened(content) as file:
        is_locked = "EncryptedPackage".encode("utf-16-le") in file.read()
    if is_locked:
        raise SourceError(name, _PASSWORD)
    nothing: Future[ErrorCells] = Future()
    nothing.set_result({})
    yield from _workbook(name, content, nothing)


def _workbook(name: str, content: Content, errors: "Future[ErrorCells]") -> Iterator[Sheet]:
    with _reading(name):
        source = content if isinstance(content, Path) else io.BytesIO(content)
        workbook = CalamineWorkbook.from_object(source)
        names = workbook.sheet_names
    for sheet_name in names:
        with _reading(name):
            sheet = workbook.get_sheet_by_name(sheet_name)
            merged = [(*top_left, *bottom_right) for top_left, bottom_right in sheet.merged_cell_ranges or ()]
        table = _Table(name, sheet, errors.result().get(sheet_name, {}))
        head, length = list(islice(table.rows(), HEAD)), sheet.total_height
        yield Sheet(sheet_name, head, table.rows, merged, length=length)


@contextmanager
def _reading(name: str) -> Iterator[None]:
    """Turn what the reader of workbooks says into what to do."""
    try:
        yield
    except PasswordError as e:
        raise SourceError(name, _PASSWORD) from e
    except CalamineError as e:
        raise SourceError(name, "không đọc được như bảng tính Excel; hãy mở và lưu lại dạng .xlsx") from e
    except (Exception, KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as e:
        # A panic of the Rust reader is none of Python's ordinary exceptions, and no more than a bad file.
        if type(e).__name__ != "PanicException":
            raise
        raise SourceError(name, "tệp Excel hỏng, không đọc được; hãy mở và lưu lại dạng .xlsx") from None


@dataclass(frozen=True, slots=True)
class _Table:
    """One sheet of a workbook; the cells that hold an error are laid over it."""

    file: str
    sheet: CalamineSheet
    errors: Mapping[tuple[int, int], str]

    def rows(self) -> Iterator[Cells]:
        start = self.sheet.start
        lead: list[Cell] = [""] * (start[1] if start else 0)
        by_row: dict[int, dict[int, str]] = {}
        for (at, column), error in self.errors.items():
            by_row.setdefault(at, {})[column] = error
        with _reading(self.file):
            if not lead and not by_row:
                yield from self.sheet.iter_rows()
                return
            for index, cells in enumerate(self.sheet.iter_rows()):
                row = [*lead, *cells]  # the reader leaves out the empty columns on the left
                _overlay(row, by_row.get(index, {}))
                yield row


def _overlay(row: list[Cell], errors: Mapping[int, str]) -> None:
    for column, error in errors.items():
        if column < len(row):
            row[column] = error
