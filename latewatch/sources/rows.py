"""One row of a sheet → what it reports of a dossier, or the doubt that keeps it out."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from latewatch.domain.dossier import Status
from latewatch.domain.record import Reported
from latewatch.errors import Place
from latewatch.sources.cells import (
    REMEMBERED,
    MonthFirst,
    cleaned,
    key_of,
    limit_of,
    moment_of,
    phone_of,
    text_of,
)
from latewatch.sources.grid import Cell, Sheet
from latewatch.sources.header import Header, are_numbers, is_column_number
from latewatch.sources.profile import DATE_FIELDS, DECIDING, Profile

# A dossier may be sent back, withdrawn or dropped before anybody accepts it (NĐ 118/2025, Điều 17.2, 21).
NEEDS_NO_RECEIPT = (
    Status.WAITING,
    Status.NOT_ACCEPTED,
    Status.SUPPLEMENT,
    Status.WITHDRAWN,
    Status.STOPPED,
)
LONGEST_CODE = 100
EXACT_DIGITS = 15  # of a number in a spreadsheet; those after it became zeros
_TOTAL = re.compile(r"(tong cong|tong so|tong|cong)( ho so)?( ?[:(].*)?")
_SIGNS_OF_A_RECORD = ("status", *DATE_FIELDS)


class Row(NamedTuple):
    """A row with the texts of its cells; `at` counts from 0."""

    at: int
    cells: Sequence[Cell]
    texts: Sequence[str]


class Doubt(ValueError):  # noqa: N818  not an error of the program: a row that cannot be taken
    """What is wrong with one cell of a row."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


class RowReader:
    """Reads the rows of one sheet, and remembers what is odd in cells that decide nothing."""

    def __init__(self, file: str, sheet: Sheet, header: Header, profile: Profile) -> None:
        self.file = file
        self.sheet = sheet
        self.header = header
        self.profile = profile
        readers = self._readers()
        columns = [(field, column) for field, column in header.columns.items() if field != "code"]
        self._plain = [(field, column) for field, column in columns if field not in readers]
        self._read = [(field, column, readers[field]) for field, column in columns if field in readers]
        self._signs = [header.columns[field] for field in _SIGNS_OF_A_RECORD if field in header.columns]
        self._cut_at = len(sheet.rows) - 1 if sheet.is_cut else -1
        self._names: list[str] = []
        self._odd: dict[tuple[str, str], list[int]] = {}  # column and reason → row numbers
        self._month_first: dict[str, int] = {}

    def place(self, index: int) -> Place:
        return Place(self.file, self.sheet.name, index + 1)

    def heading(self, field: str) -> str:
        return self.header.headings[self.header.columns[field]]

    def is_blank(self, index: int) -> bool:
        cells = self.sheet.rows[index]
        return cells.count("") == len(cells)

    def row(self, index: int) -> Row:
        cells = self.sheet.rows[index]
        return Row(
            index, cells, [cleaned(cell) if isinstance(cell, str) else text_of(cell) for cell in cells]
        )

    def raw(self, row: Row) -> dict[str, str]:
        """Return the row as heading → text; of two headings alike both stay."""
        while len(self._names) < len(row.texts):
            self._names.append(self._unused_name(len(self._names)))
        return {name: text for name, text in zip(self._names, row.texts, strict=False) if text}

    def _unused_name(self, column: int) -> str:
        name = self.header.headings.get(column, f"cột {column + 1}")
        return f"{name} [{column + 1}]" if name in self._names else name

    def is_no_record(self, row: Row) -> bool:
        """Tell whether a row is provably none: blank, a total, a group's heading, a repeated header.

        A row with a code, or with a status or date and something beside it, is always one.
        """
        code = self._text(row, "code")
        filled = [text for text in row.texts if text]
        if len(filled) <= 1 and not code:
            return True
        if self.profile.field_of.get(key_of(code)) == "code":
            return True
        if any(row.texts[column] for column in self._signs if column < len(row.texts)):
            return is_column_number(code) and are_numbers(row.texts)
        if code and not _is_total(code):
            return len(filled) == 1 and " " in code
        return len(filled) <= 2 or any(map(_is_total, filled))

    def report(self, row: Row) -> Reported:
        """Return what `row` reports: only the columns it reaches. Raises Doubt."""
        self._check_width(row)
        code = self._code(row)
        cells, texts, width = row.cells, row.texts, len(row.texts)
        facts: dict[str, Any] = {field: texts[column] for field, column in self._plain if column < width}
        odd = []
        for field, column, read in self._read:
            if column < width:
                try:
                    facts[field] = read(cells[column])
                except ValueError as e:
                    odd.append((self._left_out(field, e), str(e)))
        if "status" in facts:
            facts["status_text"] = self._text(row, "status")
        self._check_order(facts)
        for each in odd:
            self._odd.setdefault(each, []).append(row.at + 1)
        return Reported(code, facts, self.raw(row), self.place(row.at))

    def _text(self, row: Row, field: str) -> str:
        column = self.header.columns[field]
        return row.texts[column] if column < len(row.texts) else ""

    def _check_width(self, row: Row) -> None:
        """Refuse a row of a text file whose cells need not stand below their headings."""
        got = len(row.texts)
        if row.at == self._cut_at:
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
        code, column = self._text(row, "code"), self.heading("code")
        if not code:
            raise Doubt(column, "thiếu mã hồ sơ; hãy ghi mã rồi xuất lại")
        if len(code) > LONGEST_CODE:
            raise Doubt(column, f"mã hồ sơ dài quá {LONGEST_CODE} ký tự; hãy kiểm tra cột này")
        cell = row.cells[self.header.columns["code"]]
        if isinstance(cell, float) and len(code) > EXACT_DIGITS:
            raise Doubt(
                column,
                f"mã {code} là số dài quá {EXACT_DIGITS} chữ số nên bảng tính đã làm tròn; "
                "hãy xuất lại với cột mã ở dạng chữ",
            )
        return code

    def _readers(self) -> dict[str, Callable[[Cell], Any]]:
        """Return how the cells of a field are read, for the fields that are more than text."""
        few = lru_cache(REMEMBERED, typed=True)  # these columns have few distinct cells
        profile = self.profile
        return {
            **dict.fromkeys(DATE_FIELDS, moment_of),
            "time_limit": few(lambda cell: limit_of(cell, profile.limit_unit)),
            "phone": phone_of,
            "status": few(lambda cell: _meaning(text_of(cell), profile.status_of, "status")),
            "channel": few(lambda cell: _meaning(text_of(cell), profile.channel_of, "channel")),
        }

    def _left_out(self, field: str, error: ValueError) -> str:
        """Return the column of an unreadable cell that decides nothing, to be left out of the facts.

        The dossier is not lost for it, what was known of the field stays, and a warning says so. Raises Doubt
        where the field decides.
        """
        if isinstance(error, MonthFirst):
            self._month_first[field] = self._month_first.get(field, 0) + 1
        if field in DECIDING:
            raise Doubt(self.heading(field), str(error)) from error
        return self.heading(field)

    def _check_order(self, facts: Mapping[str, Any]) -> None:
        """Refuse a row without a receipt, and one that promises a result before the receipt."""
        if "status" not in facts:
            raise Doubt(self.heading("status"), "dòng bị ngắt, không có ô trạng thái; hãy xuất lại tệp")
        received, promised = facts.get("received_at"), facts.get("promised_at")
        if received is None and facts["status"] not in NEEDS_NO_RECEIPT:
            raise Doubt(self.heading("received_at"), "thiếu ngày tiếp nhận; hãy ghi ngày rồi xuất lại")
        if received and promised and promised < received and promised.date() < received.date():
            raise Doubt(
                self.heading("promised_at"),
                f"ngày hẹn trả {promised:%d/%m/%Y} trước ngày tiếp nhận {received:%d/%m/%Y}; "
                "hãy sửa ngày sai ở nơi xuất tệp",
            )

    def warnings(self) -> list[str]:
        """Return what a person should know of the sheet although its rows were taken."""
        where = f"{self.file}, trang tính “{self.sheet.name}”" if self.sheet.name else self.file
        odd = [
            f"{where}, dòng {rows[0]}{f' và {len(rows) - 1} dòng khác' if len(rows) > 1 else ''}, "
            f"cột “{column}”: {reason}; hồ sơ vẫn được nhận, ô này bị bỏ qua"
            for (column, reason), rows in self._odd.items()
        ]
        swapped = [
            f"{where}, cột “{self.heading(field)}”: {number} ô ghi tháng trước ngày và không ô nào có ngày "
            "lớn hơn 12: các ngày khác của cột có thể bị đảo ngày với tháng; hãy kiểm tra cách xuất ngày"
            for field, number in self._month_first.items()
            if not self._has_day_above_12(field)
        ]
        return swapped + odd

    def _has_day_above_12(self, field: str) -> bool:
        """Tell whether a date of the column proves that its days come before its months."""
        column = self.header.columns[field]
        for cells in self.sheet.rows[self.header.data_row :]:
            with suppress(ValueError):
                moment = moment_of(cells[column]) if column < len(cells) else None
                if moment and moment.day > 12:
                    return True
        return False


def _is_total(text: str) -> bool:
    return _TOTAL.fullmatch(key_of(text)) is not None


def _meaning(word: str, table: Mapping[str, Any], kind: str) -> Any:
    """Look a word up; an unknown one is never guessed. A blank channel is simply not known."""
    key = key_of(word)
    if key in table:
        return table[key]
    if not key and kind == "channel":
        return None
    if not key:
        raise ValueError("ô trạng thái trống; hãy ghi trạng thái rồi xuất lại")
    raise ValueError(f"từ lạ “{word}”; hãy khai nghĩa của nó trong {kind}_words của nguồn rồi chạy lại poll")
