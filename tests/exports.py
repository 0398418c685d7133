"""Small builders of export files, as bytes: XLSX, the old XLS, CSV; and the two known rows of headings."""

import io
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msoffcrypto
import xlsxwriter
from msoffcrypto.format.ooxml import OOXMLFile

from latewatch.config import Source
from latewatch.domain.reading import Reading
from latewatch.sources.files.grid import Sheet
from latewatch.sources.files.spreadsheet import read_spreadsheet
from latewatch.sources.profiles.profile import Profile, load_profile

PRESET_A = (
    "Số hồ sơ",
    "Tên thủ tục hành chính",
    "Tên lĩnh vực",
    "Phòng ban",
    "Ngày tiếp nhận",
    "Ngày hẹn trả",
    "Ngày kết thúc xử lý",
    "Cơ quan/đơn vị",
    "Chủ hồ sơ",
    "Số điện thoại",
    "Cán bộ xử lý hiện tại",
    "Trạng thái hồ sơ",
    "Hạn xử lý",
    "Số ngày giải quyết",
    "Bước xử lý hiện tại",
    "Cập nhật nguồn",
)
PRESET_B = (
    "STT",
    "Đơn vị tiếp nhận",
    "Lĩnh vực",
    "Tên thủ tục hành chính",
    "Mã hồ sơ",
    "Trạng thái",
    "Địa chỉ",
    "Người nộp",
    "Chủ hồ sơ",
    "Ngày nộp hồ sơ",
    "Ngày nhận",
    "Ngày hẹn trả",
    "Ngày kết thúc xử lý",
    "Đơn vị/ cá nhân giải quyết",
)
CORE = ("Mã hồ sơ", "Trạng thái", "Ngày tiếp nhận", "Ngày hẹn trả")
CODE = "H00.01-261102-0001"

Rows = Iterable[Sequence[Any]]


def profile(**settings: Any) -> Profile:
    return load_profile(Source(name="thử", folder=Path("exports"), **settings))


def read(content: bytes, name: str = "thu.xlsx", max_megabytes: int = 100, **settings: Any) -> Reading:
    return read_spreadsheet(name, content, profile(**settings), max_megabytes)


def sheet_of(
    name: str, rows: Sequence[Sequence[Any]], merged: Sequence[tuple[int, int, int, int]] = ()
) -> Sheet:
    return Sheet(name, rows, lambda: iter(rows), merged)


def core(
    code: Any = CODE,
    status: Any = "Đang xử lý",
    received: Any = "02/11/2026",
    promised: Any = "09/11/2026",
    *more: Any,
) -> list[Any]:
    """A row below the headings CORE."""
    return [code, status, received, promised, *more]


def below(headings: Sequence[str], **cells: Any) -> list[Any]:
    """A row below `headings`, good but for `cells` (by heading, `_` for a space)."""
    good = {
        "Số hồ sơ": CODE,
        "Mã hồ sơ": CODE,
        "Trạng thái hồ sơ": "Đang xử lý",
        "Trạng thái": "Đang xử lý",
        "Ngày tiếp nhận": "02/11/2026",
        "Ngày nhận": "02/11/2026",
    }
    given = {name.replace("_", " "): cell for name, cell in cells.items()}
    return [given.get(heading, good.get(heading, "")) for heading in headings]


def xlsx(rows: Rows, **options: Any) -> bytes:
    """One sheet called `Hồ sơ`; `options` as of `workbook`."""
    return workbook({"Hồ sơ": rows}, **options)


def workbook(
    sheets: Mapping[str, Rows],
    *,
    merge: Sequence[str] = (),
    hide: Sequence[int] = (),
    paint: Callable[[Any, Any], None] | None = None,
    **options: Any,
) -> bytes:
    """Sheets of rows from A1; None is no cell, dates are real ones. `merge` takes ranges such as `A1:C1`."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, **options})
    formats = {date: book.add_format({"num_format": "dd/mm/yyyy"})}
    formats[datetime] = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        texts = {}
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(row, column, cell)
                    texts[row, column] = cell
                elif cell is not None:
                    sheet.write(row, column, cell, formats.get(type(cell)))
        for area in merge:
            first, _, _ = area.partition(":")
            place = xlsxwriter.utility.xl_cell_to_rowcol(first)
            sheet.merge_range(area, texts.get(place, ""))
        for row in hide:
            sheet.set_row(row, None, None, {"hidden": True})
        if paint:
            paint(book, sheet)
    book.close()
    return buffer.getvalue()


def delimited(rows: Rows, delimiter: str = ",", encoding: str = "utf-8-sig", end: str = "\r\n") -> bytes:
    """Lines of cells, quoted where a cell needs it."""
    lines = [delimiter.join(_quoted(str(cell), delimiter) for cell in row) + end for row in rows]
    return "".join(lines).encode(encoding)


def _quoted(cell: str, delimiter: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if {delimiter, '"', "\n"} & set(cell) else cell


def encrypted(content: bytes) -> bytes:
    assert msoffcrypto.OfficeFile(io.BytesIO(content)).is_encrypted() is False
    buffer = io.BytesIO()
    OOXMLFile(io.BytesIO(content)).encrypt("mat-khau", buffer)
    return buffer.getvalue()


def xls(rows: Rows, *, since_1904: bool = False) -> bytes:
    """One sheet in the old binary format (BIFF8 in a compound file): texts, numbers and real dates."""
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    head += _record(0x0042, struct.pack("<H", 1200)) + _record(0x0022, struct.pack("<H", since_1904))
    for number_format in (0, 14):  # cell formats: general, day
        head += _record(0x00E0, struct.pack("<HHH14x", 0, number_format, 0))
    name = "Hồ sơ".encode("utf-16-le")
    sheet_at = len(head) + 4 + 8 + len(name) + 4
    head += _record(0x0085, struct.pack("<IHBB", sheet_at, 0, len(name) // 2, 1) + name) + _record(
        0x000A, b""
    )
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            body += _biff_cell(row, column, cell, date(1904, 1, 1) if since_1904 else date(1899, 12, 30))
    return _compound(head + body + _record(0x000A, b""))


def _biff_cell(row: int, column: int, cell: Any, epoch: date) -> bytes:
    if isinstance(cell, str):
        text = cell.encode("utf-16-le")
        return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text) // 2, 1) + text)
    is_date = isinstance(cell, date)
    number = (cell - epoch).days if is_date else cell
    return _record(0x0203, struct.pack("<HHHd", row, column, int(is_date), number))


def _record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def _compound(stream: bytes) -> bytes:
    """Wrap a stream as `Workbook` into a compound file: header, one FAT sector, directory, the stream."""
    end, free, special, sector = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 512
    stream = stream.ljust(max(4096, -(-len(stream) // sector) * sector), b"\0")
    count = len(stream) // sector
    assert count <= 126, "one FAT sector is enough for a test"
    links = [special, end, *range(3, count + 2), end]
    fat = struct.pack("<128I", *links, *[free] * (128 - len(links)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6xIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0)
    header += struct.pack("<IIIII", 4096, end, 0, end, 0) + struct.pack("<109I", 0, *[free] * 108)
    directory = _entry("Root Entry", 5, end, 0, child=1) + _entry("Workbook", 2, 2, len(stream))
    return header + fat + directory.ljust(sector, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    none = 0xFFFFFFFF
    return text.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xIQ", len(text), kind, 1, none, none, child, start, size
    )
