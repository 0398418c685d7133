"""Bytes of an export → sheets of cells. Knows file formats and nothing of dossiers."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from latewatch.errors import SourceError

Cell: TypeAlias = int | float | str | bool | time | date | datetime | timedelta
MEGABYTE = 1024 * 1024
INFLATION = 30  # how many times its own size an XLSX may unpack to; text deflates about tenfold
DELIMITERS = ",;\t|"
SNIFFED_ROWS = 50


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet from its cell A1. `merged` are ranges (top, left, bottom, right) from 0, ends included."""

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
        _check_archive(name, content, max_megabytes)
        yield from _workbook(name, content)
    elif content.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise SourceError(name, "tệp có mật khẩu; hãy bỏ mật khẩu khi lưu rồi đặt lại vào thư mục")
        yield from _workbook(name, content)
    else:
        yield _text(name, content)


def _check_archive(name: str, content: bytes, max_megabytes: int) -> None:
    """Refuse a truncated file, and one that would unpack to more than a spreadsheet does."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as e:
        raise SourceError(name, "tệp Excel bị cắt cụt hoặc hỏng; hãy sao chép hoặc xuất lại") from e
    if not any(member.filename.startswith("xl/") for member in members):
        raise SourceError(name, "là tệp nén nhưng không phải bảng tính Excel (.xlsx)")
    inflated = sum(member.file_size for member in members)
    if inflated > max_megabytes * MEGABYTE * INFLATION:
        raise SourceError(name, f"giải nén ra {inflated // MEGABYTE} MB, quá mức cho phép; tệp bị từ chối")


def _workbook(name: str, content: bytes) -> Iterator[Sheet]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet_name in workbook.sheet_names:
            sheet = workbook.get_sheet_by_name(sheet_name)
            merged = [(*top_left, *bottom_right) for top_left, bottom_right in sheet.merged_cell_ranges or ()]
            yield Sheet(sheet_name, sheet.to_python(skip_empty_area=False), merged)
    except PasswordError as e:
        raise SourceError(name, "tệp có mật khẩu; hãy bỏ mật khẩu khi lưu rồi đặt lại vào thư mục") from e
    except CalamineError as e:
        raise SourceError(
            name, f"không đọc được như bảng tính Excel ({e}); hãy mở và lưu lại dạng .xlsx"
        ) from e


def _text(name: str, content: bytes) -> Sheet:
    text = _decode(name, content)
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<table", "<?xml")):
        raise SourceError(
            name, "là trang HTML/XML, không phải bảng tính; hãy mở bằng Excel và lưu lại dạng .xlsx"
        )
    delimiter = max(DELIMITERS, key=lambda each: _width(text, each))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as e:
        raise SourceError(name, f"không đọc được như CSV ({e})") from e
    return Sheet("", rows, is_cut=not text.endswith(("\n", "\r")))


def _width(text: str, delimiter: str) -> int:
    """Return how many cells the first rows have when split at `delimiter`."""
    lines = io.StringIO("\n".join(text.splitlines()[:SNIFFED_ROWS]), newline="")
    try:
        return sum(len(row) for row in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0


def _decode(name: str, content: bytes) -> str:
    """Decode by byte-order mark, else as UTF-8, else as Windows-1258."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    elif b"\0" in content:
        raise SourceError(name, "không phải bảng tính (.xlsx, .xls) cũng không phải CSV")
    else:
        encodings = ["utf-8-sig", "cp1258"]
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SourceError(name, "không đọc được bảng mã chữ; hãy lưu lại dạng .xlsx hoặc CSV UTF-8")
