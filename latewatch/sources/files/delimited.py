"""A text file → rows of cells, read anew each time: its encoding, its delimiter, its stray quotes."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias

from latewatch.errors import SourceError

Content: TypeAlias = Path | bytes
DELIMITERS = ",;\t|"
SNIFFED_ROWS = 50
SNIFFED_BYTES = 1 << 16
PAGE = 1 << 20
LONGEST_LETTER = 4  # bytes of one character in any of the encodings
_MARKUP = re.compile(r"\s*(<[!?a-z]|mime-version:)", re.IGNORECASE)
_CUT = "latewatch-cut"


def _drop_cut(error: UnicodeError) -> tuple[str, int]:
    """Drop a last character that is cut in its middle: the line it stands in is known to be cut."""
    if isinstance(error, UnicodeDecodeError) and len(error.object) - error.start < LONGEST_LETTER:
        return "", len(error.object)
    raise error


codecs.register_error(_CUT, _drop_cut)


@dataclass(frozen=True, slots=True)
class TextTable:
    """A text file as a table. `is_cut`: its last line has no end."""

    content: Content
    encoding: str
    delimiter: str
    is_cut: bool
    is_strict: bool

    def rows(self) -> Iterator[list[str]]:
        """Yield the rows; a quote that is never closed spoils its own line, not all that follow it."""
        with _text(self.content, self.encoding) as lines:
            if self.is_strict:
                yield from csv.reader(lines, delimiter=self.delimiter, strict=True)
            else:
                for line in lines:
                    yield _cells(line.rstrip("\r\n"), self.delimiter)


def open_delimited(name: str, content: Content) -> TextTable:
    """Find out how to read a text file. Raises SourceError where it is no table."""
    with opened(content) as file:
        head = file.read(SNIFFED_BYTES)
        encoding = _encoding(name, head, file)
        is_cut = _lacks_end(file, encoding)
    with _text(content, encoding) as lines:
        text = lines.read(SNIFFED_BYTES)
    if _MARKUP.match(text):
        raise SourceError(
            name, "là trang HTML/XML, không phải bảng tính; hãy mở bằng Excel và lưu lại dạng .xlsx"
        )
    delimiter = max(DELIMITERS, key=lambda each: _fitness(text, each))
    table = TextTable(content, encoding, delimiter, is_cut, is_strict=True)
    return table if _is_clean(table) else TextTable(content, encoding, delimiter, is_cut, is_strict=False)


def opened(content: Content) -> BinaryIO:
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _text(content: Content, encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(opened(content), encoding, errors=_CUT, newline="")


def _is_clean(table: TextTable) -> bool:
    """Tell whether every quote of the file is closed where it should be."""
    try:
        for _ in table.rows():
            pass
    except csv.Error:
        return False
    return True


def _lacks_end(file: BinaryIO, encoding: str) -> bool:
    """Tell whether the last line of a file has no end."""
    width = 2 if encoding.startswith("utf-16") else 1
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - size % width - width))
    return file.read(width).strip(b"\0") not in (b"\n", b"\r") or size % width != 0


def _cells(line: str, delimiter: str) -> list[str]:
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


def _encoding(name: str, head: bytes, file: BinaryIO) -> str:
    """Tell the encoding by byte-order mark, else by zero bytes as UTF-16, else UTF-8, else Windows-1258."""
    for encoding in _encodings(head):
        file.seek(0)
        if _decodes(file, encoding):
            return encoding
    if b"\0" in head:
        raise SourceError(
            name, "không phải bảng tính (.xlsx, .xls) cũng không phải CSV; hãy xuất lại dạng .xlsx"
        )
    raise SourceError(name, "không đọc được bảng mã chữ; hãy lưu lại dạng .xlsx hoặc CSV UTF-8")


def _decodes(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    is_wide = encoding.startswith("utf-16")
    try:
        while page := file.read(PAGE):
            decoder.decode(page)
            if not is_wide and b"\0" in page:
                return False
    except UnicodeDecodeError:
        return False
    return True


def _encodings(head: bytes) -> tuple[str, ...]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    if b"\0" not in head:
        return ("utf-8-sig", "cp1258")
    zeros = head[:4000:2].count(0), head[1:4000:2].count(0)
    if zeros[0] == zeros[1]:
        return ()
    return ("utf-16-be",) if zeros[0] > zeros[1] else ("utf-16-le",)
