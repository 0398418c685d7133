"""Bytes of a text file → rows of cells: its encoding, its delimiter, and what a stray quote may spoil."""

import codecs
import csv
import io
import re
from collections import Counter

from latewatch.errors import SourceError

DELIMITERS = ",;\t|"
SNIFFED_ROWS = 50
_MARKUP = re.compile(r"\s*(<[!?a-z]|mime-version:)", re.IGNORECASE)


def read_delimited(name: str, content: bytes) -> tuple[list[list[str]], bool]:
    """Return the rows, and whether the last line has no end. Raises SourceError where this is no table."""
    text = _decode(name, content)
    if _MARKUP.match(text):
        raise SourceError(
            name, "là trang HTML/XML, không phải bảng tính; hãy mở bằng Excel và lưu lại dạng .xlsx"
        )
    delimiter = max(DELIMITERS, key=lambda each: _fitness(text, each))
    return _rows(text, delimiter), not text.endswith(("\n", "\r"))


def _rows(text: str, delimiter: str) -> list[list[str]]:
    """Split into rows; a quote that is never closed spoils its own line, not all that follow it."""
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return [_cells(line, delimiter) for line in io.StringIO(text, newline=None)]


def _cells(line: str, delimiter: str) -> list[str]:
    line = line.rstrip("\n")
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return line.split(delimiter)


def _fitness(text: str, delimiter: str) -> int:
    """Return how many cells lie in rows of one width when the first rows are split at `delimiter`."""
    lines = io.StringIO("\n".join(text.split("\n", SNIFFED_ROWS)[:SNIFFED_ROWS]), newline="")
    try:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return 0
    return max((width * rows for width, rows in widths.items() if width > 1), default=0)


def _decode(name: str, content: bytes) -> str:
    """Decode by byte-order mark, else by its zero bytes as UTF-16, else as UTF-8, else as Windows-1258.

    A last character that is cut in its middle is dropped: the line it stands in is known to be cut.
    """
    for encoding in _encodings(content):
        try:
            return codecs.getincrementaldecoder(encoding)().decode(content, final=False)
        except UnicodeDecodeError:
            continue
    if b"\0" in content:
        raise SourceError(
            name, "không phải bảng tính (.xlsx, .xls) cũng không phải CSV; hãy xuất lại dạng .xlsx"
        )
    raise SourceError(name, "không đọc được bảng mã chữ; hãy lưu lại dạng .xlsx hoặc CSV UTF-8")


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" not in content:
        return ("utf-8-sig", "cp1258")
    zeros = content[:4000:2].count(0), content[1:4000:2].count(0)
    if zeros[0] == zeros[1]:
        return ()
    return ("utf-16-be",) if zeros[0] > zeros[1] else ("utf-16-le",)
