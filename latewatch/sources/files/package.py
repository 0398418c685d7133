"""An XLSX file as the archive it is: what must hold before its sheets may be read, and its error cells."""

import html
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias

from latewatch.errors import SourceError
from latewatch.sources.files.delimited import Content, opened

MEGABYTE = 1024 * 1024
INFLATION = 10  # how many times max_megabytes a file may unpack to
DENSITY = 100  # how many times its own size: text deflates about tenfold, a bomb a thousandfold
UNSUSPICIOUS = 50 * MEGABYTE  # unpacked; below it density does not matter
PAGE = 4 * MEGABYTE
LONGEST_CELL = 2_000  # bytes of XML that may lie across two pages
LARGEST_AREA = 25_000_000  # cells from A1 to the last one: the reader holds each, empty ones too, in 32 bytes

ErrorCells: TypeAlias = Mapping[str, Mapping[tuple[int, int], str]]

_BROKEN = "tệp Excel bị cắt cụt hoặc hỏng; hãy sao chép hoặc xuất lại"
_SHEET_FILE = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ROW = re.compile(rb'<row [^>]*?\br="(\d{1,7})"')
_WIDE_COLUMN = re.compile(rb' r="([A-Z]{2,3})\d')
_ERROR_CELL = re.compile(rb'<c (?=[^>]*\bt="e")[^>]*\br="([A-Z]{1,3})(\d{1,7})"[^>]*>.*?<v>([^<]*)</v>', re.S)


def check_size(name: str, content: Content, size: int, max_megabytes: int) -> int:
    """Refuse an archive that is cut, no workbook, or says it unpacks to too much; return how much it says.

    Raises SourceError.
    """
    with _archive(name, content) as archive:
        members = archive.infolist()
    if not any(member.filename.lower().startswith("xl/") for member in members):
        raise SourceError(
            name, "là tệp nén nhưng không phải bảng tính Excel; hãy giải nén hoặc lưu dạng .xlsx"
        )
    inflated = sum(member.file_size for member in members)
    is_bomb = inflated > max(size * DENSITY, UNSUSPICIOUS)
    if is_bomb or inflated > max_megabytes * MEGABYTE * INFLATION:
        raise SourceError(
            name,
            f"giải nén ra {inflated // MEGABYTE} MB, quá mức cho phép; hãy chia nhỏ, "
            "hoặc tăng max_megabytes của nguồn nếu tin tệp này",
        )
    return inflated


def inspect_sheets(name: str, content: Content) -> ErrorCells:
    """Return the cells that hold an error such as #N/A, by sheet, row and column from 0.

    The reader takes them for empty. Every member is unpacked, so that one that is damaged, or unpacks to
    more than it says, fails its checksum here. Raises SourceError, also for a sheet that is too wide or long.
    """
    errors: dict[str, dict[tuple[int, int], str]] = {}
    with _archive(name, content) as archive:
        for member in archive.infolist():
            is_sheet = _SHEET_FILE.fullmatch(member.filename) is not None
            found = _inspect(name, archive, member, is_sheet)
            if found:
                errors[_sheet_name(archive, member.filename)] = found
    return errors


@contextmanager
def _archive(name: str, content: Content) -> Iterator[zipfile.ZipFile]:
    """Open the archive; say what to do where it cannot be read to its end."""
    try:
        with opened(content) as file, zipfile.ZipFile(file) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, KeyError) as e:
        raise SourceError(name, _BROKEN) from e
    except (RuntimeError, NotImplementedError) as e:  # a member with a password, an unknown method
        raise SourceError(name, "tệp nén kiểu lạ hoặc có mật khẩu; hãy mở và lưu lại dạng .xlsx") from e


def _inspect(
    name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, is_sheet: bool
) -> dict[tuple[int, int], str]:
    """Unpack a member page by page: a sheet of a hundred thousand rows has a hundred megabytes of XML."""
    errors: dict[tuple[int, int], str] = {}
    rows, columns, left = 0, 25, b""
    with archive.open(member) as file:
        while page := file.read(PAGE):
            if not is_sheet:
                continue
            xml = left + page
            rows = max(rows, _last_row(xml))
            columns = max([columns, *map(_column, set(_WIDE_COLUMN.findall(xml)))])
            _check_area(name, rows, columns + 1)
            if b't="e"' in xml:
                errors.update(_errors(xml))
            left = xml[-LONGEST_CELL:]
    return errors


def _last_row(xml: bytes) -> int:
    """Return the number of the last row that begins here: in a sheet they ascend."""
    match = _ROW.match(xml, max(xml.rfind(b"<row "), 0))
    return int(match[1]) if match else 0


def _errors(xml: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    for letters, row, text in _ERROR_CELL.findall(xml):
        yield (int(row) - 1, _column(letters)), html.unescape(text.decode(errors="replace"))


def _check_area(name: str, rows: int, columns: int) -> None:
    """Refuse a sheet whose last cell lies so far out that the table up to it fills the memory.

    One slip at cell XFD1048576 is enough, and the reader would end the whole process.
    """
    if rows * columns > LARGEST_AREA:
        raise SourceError(
            name,
            f"có ô ở quá xa (đến dòng {rows}, cột thứ {columns}); hãy xóa các ô thừa bên dưới và bên phải "
            "bảng rồi lưu lại",
        )


def _column(letters: bytes) -> int:
    """Return the index from 0 of the column A, B, … XFD."""
    index = 0
    for letter in letters:
        index = index * 26 + letter - ord("A") + 1
    return index - 1


def _sheet_name(archive: zipfile.ZipFile, member: str) -> str:
    """Return the name of the sheet kept in `member`, as the workbook's own lists give it."""
    book = archive.read("xl/workbook.xml").decode(errors="replace")
    links = archive.read("xl/_rels/workbook.xml.rels").decode(errors="replace")
    ids = {
        _attribute(link, "Id")
        for link in re.findall(r"<Relationship [^>]*>", links)
        if posixpath.join("/xl", _attribute(link, "Target")) == f"/{member}"
    }
    named = (each for each in re.findall(r"<(?:\w+:)?sheet [^>]*>", book) if _attribute(each, "r:id") in ids)
    return next((_attribute(each, "name") for each in named), "")


def _attribute(tag: str, name: str) -> str:
    match = re.search(rf'\s{name}="([^"]*)"', tag)
    return html.unescape(match[1]) if match else ""
