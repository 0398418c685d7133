"""A spreadsheet export, read: bytes in, reported and rejected rows out. A bad row never stops the file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from latewatch.domain.deadline import TimeLimit
from latewatch.domain.dossier import Status
from latewatch.domain.names import fold
from latewatch.domain.record import Reading, Rejected, Reported
from latewatch.errors import Place, SourceError
from latewatch.sources.cells import limit_of, moment_of, phone_of, text_of
from latewatch.sources.grid import Cell, Sheet, sheets
from latewatch.sources.header import Header, find_header, has_total
from latewatch.sources.profile import DATE_FIELDS, Profile

NOT_YET_RECEIVED = (Status.WAITING, Status.NOT_ACCEPTED)
LONGEST_CODE = 100


def read_spreadsheet(name: str, content: bytes, profile: Profile, max_megabytes: int) -> Reading:
    """Read every sheet of `content` that has a header. Raises SourceError where none has."""
    reading = Reading()
    found = False
    rows: list[Reported] = []
    for sheet in sheets(name, content, max_megabytes):
        header = find_header(name, sheet, profile)
        if header is None:
            continue
        found = True
        reading.fields |= frozenset(header.columns)
        reading.warnings += header.warnings
        rows += _sheet_rows(_Reader(name, sheet, header, profile), reading)
    if not found:
        wanted = "”, “".join(profile.names[field] for field in ("code", "received_at", "status"))
        raise SourceError(name, f"không thấy dòng tiêu đề nào có các cột “{wanted}”")
    _set_contradictions_aside(rows, reading)
    return reading


@dataclass(frozen=True, slots=True)
class _Reader:
    """What reading the rows of one sheet needs to know."""

    file: str
    sheet: Sheet
    header: Header
    profile: Profile

    def cell(self, row: int, field: str) -> Cell:
        column = self.header.columns.get(field)
        cells = self.sheet.rows[row]
        return cells[column] if column is not None and column < len(cells) else ""

    def raw(self, row: int) -> dict[str, str]:
        """Return the row as heading → text; of two headings alike both stay."""
        raw: dict[str, str] = {}
        for index, cell in enumerate(self.sheet.rows[row]):
            text = text_of(cell)
            heading = self.header.headings.get(index, f"cột {index + 1}")
            if text:
                raw[heading if heading not in raw else f"{heading} [{index + 1}]"] = text
        return raw

    def place(self, row: int) -> Place:
        return Place(self.file, self.sheet.name, row + 1)

    def heading(self, field: str) -> str:
        column = self.header.columns.get(field)
        return self.header.headings.get(column, "") if column is not None else self.profile.names[field]


def _sheet_rows(reader: _Reader, reading: Reading) -> Iterator[Reported]:
    last = len(reader.sheet.rows) - 1
    for row in range(reader.header.data_row, last + 1):
        if _is_no_record(reader, row):
            continue
        try:
            if row == last and reader.sheet.is_cut:
                _refuse_cut_row(reader, row)
            yield _report(reader, row)
        except _Doubt as doubt:
            column, reason = doubt.column, str(doubt)
            reading.rejected.append(Rejected(reader.place(row), column, reason, reader.raw(row)))


class _Doubt(ValueError):  # noqa: N818  not an error of the program: a row that cannot be taken
    """What is wrong with one cell of a row."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column


def _is_no_record(reader: _Reader, row: int) -> bool:
    """Tell whether a row is empty, a total, or a heading of a group: a single text and no code."""
    if text_of(reader.cell(row, "code")) and not has_total(reader.sheet.rows[row][:2]):
        return False
    filled = [cell for cell in reader.sheet.rows[row] if text_of(cell)]
    return len(filled) <= 1 or has_total(filled)


def _refuse_cut_row(reader: _Reader, row: int) -> None:
    """Refuse the last row of a text file that ends in the middle of a line."""
    wanted, got = max(reader.header.headings) + 1, len(reader.sheet.rows[row])
    if got < wanted:
        raise _Doubt("", f"dòng cuối bị cắt: chỉ có {got} trên {wanted} ô")


def _report(reader: _Reader, row: int) -> Reported:
    code = text_of(reader.cell(row, "code"))
    if not code:
        raise _Doubt(reader.heading("code"), "thiếu mã hồ sơ")
    if len(code) > LONGEST_CODE:
        raise _Doubt(reader.heading("code"), f"mã hồ sơ dài quá {LONGEST_CODE} ký tự")
    facts = {field: _value(reader, row, field) for field in reader.header.columns if field != "code"}
    _check_order(reader, facts)
    return Reported(code, facts, reader.raw(row), reader.place(row))


def _value(reader: _Reader, row: int, field: str) -> Any:
    cell = reader.cell(row, field)
    try:
        if field in DATE_FIELDS:
            return moment_of(cell)
        if field == "time_limit":
            return _limit(cell, reader.profile)
        if field == "phone":
            return phone_of(cell)
        if field in ("status", "channel"):
            return _word(cell, field, reader.profile)
    except ValueError as e:
        raise _Doubt(reader.heading(field), str(e)) from e
    return text_of(cell)


def _limit(cell: Cell, profile: Profile) -> TimeLimit | None:
    return limit_of(cell, profile.limit_unit)


def _word(cell: Cell, field: str, profile: Profile) -> Any:
    """Look a word up. An unknown one is set aside, never guessed; a blank channel is simply not known."""
    word = text_of(cell)
    table: Mapping[str, Any] = profile.status_of if field == "status" else profile.channel_of
    if fold(word) in table:
        return table[fold(word)]
    if not word and field == "channel":
        return None
    if not word:
        raise ValueError("ô trạng thái trống")
    raise ValueError(f"từ lạ “{word}”; hãy khai nghĩa của nó trong {field}_words của nguồn rồi chạy lại poll")


def _check_order(reader: _Reader, facts: dict[str, Any]) -> None:
    """Refuse a row without a receipt, and one that promises a result before the receipt."""
    received, promised = facts["received_at"], facts.get("promised_at")
    if received is None and facts["status"] not in NOT_YET_RECEIVED:
        raise _Doubt(reader.heading("received_at"), "thiếu ngày tiếp nhận")
    if received and promised and promised.date() < received.date():
        raise _Doubt(
            reader.heading("promised_at"),
            f"ngày hẹn trả {promised:%d/%m/%Y} trước ngày tiếp nhận {received:%d/%m/%Y}",
        )


def _set_contradictions_aside(rows: list[Reported], reading: Reading) -> None:
    """Keep one of rows that say the same of a code; set all aside where they contradict each other."""
    by_code: dict[str, list[Reported]] = {}
    for row in rows:
        by_code.setdefault(row.code, []).append(row)
    for code, same in by_code.items():
        if all(row.facts == same[0].facts for row in same):
            reading.reported.append(same[0])
            reading.repeated += len(same) - 1
            continue
        places = ", ".join(f"{row.place.sheet} {row.place.row}".strip() for row in same)
        for row in same:
            reason = (
                f"mã hồ sơ {code} có ở nhiều dòng ({places}) với nội dung khác nhau; chưa rõ dòng nào đúng"
            )
            reading.rejected.append(Rejected(row.place, "Mã hồ sơ", reason, row.raw))
