"""The rows of a sheet, whatever they tell of: which are records, their code, their place."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, ClassVar, NamedTuple

from latewatch.domain.record import Cells
from latewatch.errors import Place
from latewatch.sources.files.cells import EXACT_DIGITS, LONGEST_CODE, key_of, moment_of, text_of, texts_of
from latewatch.sources.files.date_order import PLAIN, is_doubtful
from latewatch.sources.files.grid import Cell, Sheet
from latewatch.sources.files.header import Header, are_numbers, is_column_number
from latewatch.sources.files.scan import Scan
from latewatch.sources.profiles.profile import Profile

_DIGIT = re.compile(r"\d")
_TOTAL = re.compile(r"(tong cong|tong so|tong|cong)( ho so)?( ?[:(].*)?")


class Row(NamedTuple):
    """A row with the texts of its cells; `at` counts from 0."""

    at: int
    cells: Sequence[Cell]
    texts: Sequence[str]

    @property
    def is_blank(self) -> bool:
        return not any(self.texts)


class Doubt(ValueError):  # noqa: N818  not an error of the program: a row that cannot be taken
    """What is wrong with one cell of a row."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


class RowReader:
    """Reads the rows of one sheet. `SIGNS` are the fields that show a row to be a record."""

    SIGNS: ClassVar[Sequence[str]] = ()

    def __init__(self, file: str, sheet: Sheet, header: Header, profile: Profile, scan: Scan) -> None:
        self.file = file
        self.sheet = sheet
        self.header = header
        self.profile = profile
        self._signs = [header.columns[field] for field in self.SIGNS if field in header.columns]
        self.verdicts = scan.verdicts
        self.cut_at = header.data_row + len(scan.codes) - 1 if sheet.is_cut else -1
        self._names: tuple[str, ...] = ()
        aliases = (alias for alias, field in profile.field_of.items() if field == "code")
        self._has_digits = any(map(_DIGIT.search, aliases))

    @property
    def whole(self) -> Place:
        """The file and the sheet."""
        return Place(self.file, self.sheet.name)

    def place(self, index: int) -> Place:
        return Place(self.file, self.sheet.name, index + 1)

    def heading(self, field: str) -> str:
        return self.header.headings[self.header.columns[field]]

    def row(self, index: int, cells: Sequence[Cell]) -> Row:
        return Row(index, cells, texts_of(cells))

    def moment(self, field: str) -> Callable[[Cell], datetime | None]:
        """Return how the dates of a column are read, as all of it is. What it returns raises ValueError."""
        verdict = self.verdicts.get(field, PLAIN)
        if not verdict.doubt:
            return partial(moment_of, order=verdict.order)

        def read(cell: Cell) -> datetime | None:
            if is_doubtful(cell, verdict):
                raise ValueError(f"“{text_of(cell)}”: {verdict.doubt}")
            return moment_of(cell, verdict.order)

        return read

    def notes(self) -> list[str]:
        """Say how date columns were read where a person should know."""
        where = f"{self.file}, trang tính “{self.sheet.name}”" if self.sheet.name else self.file
        found = ((field, verdict.note) for field, verdict in self.verdicts.items() if verdict.note)
        return [f"{where}, cột “{self.heading(field)}”: {note}" for field, note in found]

    def raw(self, row: Row) -> Cells:
        """Return the row as heading → text; of two headings alike both stay."""
        return Cells(self.names(len(row.texts)), tuple(row.texts))

    def names(self, width: int) -> tuple[str, ...]:
        """Return a name for each column, at least for the first `width`."""
        if len(self._names) < width:
            self._names = self._names_of(width)
        return self._names

    def _names_of(self, width: int) -> tuple[str, ...]:
        """Return a name for each column; a line of a text file may have a million of them."""
        names: list[str] = []
        used: set[str] = set()
        for column in range(width):
            name = self.header.headings.get(column, f"cột {column + 1}")
            names.append(f"{name} [{column + 1}]" if name in used else name)
            used.add(names[-1])
        return tuple(names)

    def is_no_record(self, row: Row) -> bool:
        """Tell whether a row is provably none: blank, a total, a group's heading, a repeated header.

        A row with a code, or with a status or date and something beside it, is always one.
        """
        code = self.text(row, "code")
        has_sign = any(row.texts[column] for column in self._signs if column < len(row.texts))
        if code and has_sign and not self.may_be_heading(code):
            return is_column_number(code) and are_numbers(row.texts)
        filled = [text for text in row.texts if text]
        if len(filled) <= 1 and not code:
            return True
        if self.profile.field_of.get(key_of(code)) == "code":
            return True
        if has_sign:
            return is_column_number(code) and are_numbers(row.texts)
        if code and not _is_total(code):
            return len(filled) == 1 and " " in code
        return len(filled) <= 2 or any(map(_is_total, filled))

    def may_be_heading(self, code: str) -> bool:
        """Tell in no time of most codes that they are not the header once more: they have digits."""
        return self._has_digits or _DIGIT.search(code) is None

    def text(self, row: Row, field: str) -> str:
        column = self.header.columns[field]
        return row.texts[column] if column < len(row.texts) else ""

    def _check_width(self, row: Row) -> None:
        """Refuse a row of a text file whose cells need not stand below their headings."""
        got = len(row.texts)
        if row.at == self.cut_at:
            wanted = max(self.header.headings) + 1
            if got < wanted:
                raise Doubt(
                    "", f"dòng cuối bị cắt: chỉ có {got} trên {wanted} ô; hãy xuất hoặc sao chép lại tệp"
                )
        if got > self.header.width and any(row.texts[self.header.width :]):
            raise Doubt(
                "",
                f"dòng có {got} ô, nhiều hơn {self.header.width} ô của tiêu đề: có thể một ô chứa dấu phân "
                "cách mà không nằm trong ngoặc kép; hãy xuất lại dạng .xlsx",
            )

    def _code(self, row: Row) -> str:
        code = self.text(row, "code")
        problem = code_problem(row.cells[self.header.columns["code"]] if code else "", code)
        if problem:
            raise Doubt(self.heading("code"), problem)
        return code


def code_problem(cell: Cell, code: str) -> str:
    """Say why the text `code` of a cell is no code; nothing where it is one."""
    if not code:
        return "thiếu mã hồ sơ; hãy ghi mã rồi xuất lại"
    if len(code) > LONGEST_CODE:
        return f"mã hồ sơ dài quá {LONGEST_CODE} ký tự; hãy kiểm tra cột này"
    if isinstance(cell, float) and len(code) > EXACT_DIGITS:
        return (
            f"mã {code} là số dài quá {EXACT_DIGITS} chữ số nên bảng tính đã làm tròn; "
            "hãy xuất lại với cột mã ở dạng chữ"
        )
    return ""


def _is_total(text: str) -> bool:
    return _TOTAL.fullmatch(key_of(text)) is not None


def meaning(word: str, table: Mapping[str, Any], kind: str) -> Any:
    """Look a word up; an unknown one is never guessed. A blank channel is simply not known."""
    key = key_of(word)
    if key in table:
        return table[key]
    if not key and kind == "channel":
        return None
    if not key:
        raise ValueError(f"ô {_BLANK[kind]} trống; hãy ghi {_BLANK[kind]} rồi xuất lại")
    cure = f"hãy khai nghĩa của nó trong {kind}_words của nguồn rồi nhập lại dòng này"
    raise ValueError(f"từ lạ “{word}”; {cure}")


_BLANK = {"status": "trạng thái", "event": "loại"}
