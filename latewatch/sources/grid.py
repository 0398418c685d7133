"""Bytes of an export → sheets of cells. Knows file formats and nothing of dossiers."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from latewatch.errors import SourceError
from latewatch.sources.delimited import read_delimited
from latewatch.sources.package import MEGABYTE, ErrorCells, inspect_package

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta

_PASSWORD = "tệp có mật khẩu; hãy bỏ mật khẩu khi lưu rồi đặt lại vào thư mục"  # noqa: S105  a message


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet from its cell A1. `merged` are ranges (top, left, bottom, right) from 0, ends included.

    Hidden rows are rows: a filter hides what the source still reports.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    merged: Sequence[tuple[int, int, int, int]] = ()
    is_cut: bool = False  # a text file whose last line has no end


def sheets(name: str, content: bytes, max_megabytes: int) -> Iterator[Sheet]:
    """Yield the sheets of the file `name`. Raises SourceError where it is not a table that can be read."""
    if not content:
        raise SourceError(name, "tệp rỗng (0 byte); hãy xuất lại từ hệ thống một cửa")
    if len(content) > max_megabytes * MEGABYTE:
        raise SourceError(
            name, f"tệp lớn hơn {max_megabytes} MB; chia nhỏ, hoặc tăng max_megabytes của nguồn"
        )
    if content.startswith(b"PK\x03\x04"):
        yield from _workbook(name, content, inspect_package(name, content, max_megabytes))
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise SourceError(name, _PASSWORD)
        yield from _workbook(name, content, {})
    else:
        rows, is_cut = read_delimited(name, content)
        yield Sheet("", rows, is_cut=is_cut)


def _workbook(name: str, content: bytes, errors: ErrorCells) -> Iterator[Sheet]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet_name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(sheet_name)
            merged = [(*top_left, *bottom_right) for top_left, bottom_right in sheet.merged_cell_ranges or ()]
            rows = sheet.to_python(skip_empty_area=False)
            for (row, column), error in errors.get(sheet_name, {}).items():
                _set(rows, row, column, error)
            yield Sheet(sheet_name, rows, merged)
    except PasswordError as e:
        raise SourceError(name, _PASSWORD) from e
    except CalamineError as e:
        raise SourceError(name, "không đọc được như bảng tính Excel; hãy mở và lưu lại dạng .xlsx") from e
    except BaseException as e:
        # A panic of the Rust reader is none of Python's ordinary exceptions, and no more than a bad file.
        if type(e).__name__ != "PanicException":
            raise
        raise SourceError(name, "tệp Excel hỏng, không đọc được; hãy mở và lưu lại dạng .xlsx") from None


def _set(rows: list[list[Cell]], row: int, column: int, value: str) -> None:
    if row < len(rows) and column < len(rows[row]):
        rows[row][column] = value
