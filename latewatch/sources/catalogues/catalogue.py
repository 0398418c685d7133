"""A procedure catalogue as a spreadsheet → its entries, and every row that cannot be one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from latewatch.domain.amendment import Listed, Listing
from latewatch.domain.catalogue import Procedure
from latewatch.domain.limit import LimitUnit
from latewatch.errors import Place, RecordError, SourceError
from latewatch.sources.catalogues.cells import catalogue_headings, readers
from latewatch.sources.catalogues.json_records import read_catalogue_json
from latewatch.sources.files.cells import key_of, text_of
from latewatch.sources.files.grid import Cell, Sheet, sheets
from latewatch.sources.files.header import Header, NoTable, are_numbers, find_header

SHOWN_ROWS = 10


@dataclass(frozen=True, slots=True)
class Terms:
    """What the person who imports adds: the date of effect of entries without one, what bare days count."""

    valid_from: date | None = None
    unit: LimitUnit = LimitUnit.WORKING_DAYS
    max_megabytes: int = 100


USUAL = Terms()


def read_catalogue(name: str, content: bytes, terms: Terms = USUAL) -> Listing:
    """Read a spreadsheet or a JSON document. Raises SourceError where it is no catalogue."""
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"[", b"{"):
        return read_catalogue_json(name, content, terms.valid_from)
    listing = Listing()
    others: list[NoTable] = []
    is_found = False
    for sheet in sheets(name, content, terms.max_megabytes):
        try:
            header = find_header(name, sheet, catalogue_headings())
        except NoTable as e:
            others.append(e)
            continue
        if header is None:
            continue
        is_found = True
        _read_sheet(SheetReader(name, sheet, header, terms), listing)
    if not is_found:
        raise others[0] if others else _no_header(name)
    listing.warnings += [f"{other}; trang tính này không được đọc" for other in others]
    return listing


def _no_header(name: str) -> SourceError:
    names = catalogue_headings().names
    wanted = "”, “".join(names[field] for field in ("code", "name", "limit"))
    return SourceError(name, f"không thấy dòng tiêu đề nào có các cột “{wanted}”; hãy đặt tên cột như vậy")


def _read_sheet(reader: "SheetReader", listing: Listing) -> None:
    passed_over, without_limit = [], []
    for index in range(reader.header.data_row, len(reader.rows)):
        if reader.is_no_entry(index):
            if any(text_of(cell) for cell in reader.rows[index]) and not reader.is_heading(index):
                passed_over.append(index + 1)
            continue
        entry = reader.entry(index, listing.problems)
        if entry:
            listing.listed.append(entry)
            if entry.procedure.limit is None:
                without_limit.append(index + 1)
    where = str(reader.place(-1))  # a row of 0 is none
    listing.warnings += reader.header.warnings
    if passed_over:
        listing.warnings.append(f"{where}: bỏ qua dòng không có mã và thời hạn: {_listed(passed_over)}")
    if without_limit:
        listing.warnings.append(f"{where}: thủ tục không ghi thời hạn: {_listed(without_limit)}")


def _listed(rows: Sequence[int]) -> str:
    more = f" và {len(rows) - SHOWN_ROWS} dòng nữa" if len(rows) > SHOWN_ROWS else ""
    return f"dòng {', '.join(map(str, rows[:SHOWN_ROWS]))}{more}"


class SheetReader:
    """Reads the rows of one sheet; it needs a column of codes or names. Raises SourceError."""

    def __init__(self, file: str, sheet: Sheet, header: Header, terms: Terms) -> None:
        self._file, self._sheet, self._terms = file, sheet, terms
        self.header = header
        self.rows = _filled(sheet, header.data_row)
        self._read = readers(terms.unit)
        names = catalogue_headings().names
        self._key = next((name for name in ("code", "name") if name in header.columns), "")
        if not self._key:
            raise SourceError(str(self.place(-1)), f"thiếu cột “{names['code']}” hoặc “{names['name']}”")

    def place(self, index: int) -> Place:
        return Place(self._file, self._sheet.name, index + 1)

    def is_heading(self, index: int) -> bool:
        """Tell whether a row repeats the header, or numbers its columns."""
        is_repeated = catalogue_headings().field_of.get(key_of(self._text(index, self._key))) == self._key
        return is_repeated or are_numbers([text_of(cell) for cell in self.rows[index]])

    def is_no_entry(self, index: int) -> bool:
        """Tell whether a row is provably none: blank, a group's heading, a header again."""
        key = self._text(index, self._key)
        if not key:
            return not self._text(index, "limit")
        is_alone = sum(1 for cell in self.rows[index] if text_of(cell)) == 1
        return self.is_heading(index) or (is_alone and self._key == "code" and " " in key)

    def entry(self, index: int, problems: list[RecordError]) -> Listed | None:
        """Return the entry of a row; None where something in it cannot be, and `problems` says what."""
        doubts: list[tuple[str, str]] = []
        facts = {name: self._value(index, name, doubts) for name in self.header.columns}
        facts["valid_from"] = facts.get("valid_from") or self._terms.valid_from
        if not doubts:
            procedure = Procedure(**facts, source=self._file)
            reason = impossible(procedure)
            if not reason:
                return Listed(procedure, frozenset(self.header.columns), self.place(index))
            doubts.append(("valid_until", reason))
        problems += [self._problem(index, name, reason) for name, reason in doubts]
        return None

    def _value(self, index: int, name: str, doubts: list[tuple[str, str]]) -> Any:
        if name == self._key and not self._text(index, name):
            doubts.append((name, "ô trống; hãy ghi đủ, hoặc xóa dòng này"))
            return ""
        try:
            return self._read.get(name, text_of)(self._cell(index, name))
        except ValueError as e:
            doubts.append((name, str(e)))
            return None

    def _problem(self, index: int, name: str, reason: str) -> RecordError:
        label = self._text(index, self._key)
        shown = f"mã {label}" if self._key == "code" else f"“{label}”"
        column = self.header.columns.get(name)
        heading = self.header.headings[column] if column is not None else ""
        return RecordError(self.place(index), heading, f"{shown}: {reason}" if label else reason)

    def _text(self, index: int, name: str) -> str:
        return text_of(self._cell(index, name))

    def _cell(self, index: int, name: str) -> Cell:
        row, column = self.rows[index], self.header.columns[name]
        return row[column] if column < len(row) else ""


def _filled(sheet: Sheet, first: int) -> list[Sequence[Cell]]:
    """Return the rows with what is merged downwards below the header standing in each of its rows."""
    rows = [list(row) for row in sheet.rows()]
    for top, left, bottom, _ in sheet.merged:
        if top >= first and left < len(rows[top]):
            for row in rows[top + 1 : bottom + 1]:
                if left < len(row):
                    row[left] = rows[top][left]
    return [*rows]


def impossible(procedure: Procedure) -> str:
    """Say why the dates of an entry cannot be; empty where they can."""
    first, last = procedure.valid_from, procedure.valid_until
    if first and last and last < first:
        return f"hết hiệu lực {last:%d/%m/%Y} trước khi có hiệu lực {first:%d/%m/%Y}"
    return ""
