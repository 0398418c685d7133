"""A spreadsheet, read part by part: reported and rejected rows out. A bad row never stops the file."""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import islice

from latewatch.domain.reading import Reading
from latewatch.domain.record import Rejected, Reported
from latewatch.errors import SourceError
from latewatch.sources.files.contradictions import set_contradictions_aside
from latewatch.sources.files.delimited import Content
from latewatch.sources.files.dossier_rows import DossierReader
from latewatch.sources.files.event_rows import EventReader, Spoilt, Told
from latewatch.sources.files.events import join_events
from latewatch.sources.files.grid import Cells, Sheet, sheets
from latewatch.sources.files.header import Header, NoTable, find_header
from latewatch.sources.files.plain_rows import Page, PlainReader
from latewatch.sources.files.rows import Doubt, Row, RowReader
from latewatch.sources.files.scan import KEPT_CELLS, Scan, scan
from latewatch.sources.profiles.profile import Profile, Reads

MANY_WARNINGS = 20  # of one sheet: more say nothing new
PART = 2_000  # rows handed on together


def read_spreadsheet(name: str, content: Content, profile: Profile, max_megabytes: int) -> Reading:
    """Read a file whole. Raises SourceError."""
    reading = Reading()
    for part in read_parts(name, sheets(name, content, max_megabytes), profile):
        reading.add(part)
    return reading


def read_parts(
    name: str,
    found: Iterable[Sheet],
    profile: Profile,
    stored: Callable[[], AbstractSet[str]] = frozenset,
) -> Iterator[Reading]:
    """Yield what every sheet `found` in the file `name` says that has a header.

    Raises SourceError where none has, before the first part. The first part says what is true of the file as
    a whole. Rows whose fingerprints `stored` gives are not read: their codes are handed on.
    """
    opening = Reading()
    known = stored()
    tables = list(_tables(name, found, profile, opening, known))
    if profile.reads is Reads.EVENTS:
        _read_events(name, tables, profile, opening)
        yield opening
    else:
        yield from _read_dossiers(name, tables, profile, opening, known)


@dataclass(frozen=True, slots=True)
class _Table:
    """A sheet whose header is known, after the first look through it."""

    sheet: Sheet
    header: Header
    scan: Scan

    def page(self, rows: Sequence[tuple[int, Cells]]) -> Page:
        """Return rows, told by their numbers from the header's end, with their fingerprints."""
        numbers, cells = zip(*rows, strict=True)
        digests = self.scan.digests_of(numbers, cells)
        return Page([self.header.data_row + at for at in numbers], cells, digests)


def _tables(
    name: str, found: Iterable[Sheet], profile: Profile, opening: Reading, known: AbstractSet[str]
) -> Iterator[_Table]:
    """Yield the sheets with a header; in the end say which could not be read. Raises SourceError."""
    others: list[NoTable] = []
    has_any, room = False, KEPT_CELLS
    for sheet in found:
        try:
            header = find_header(name, sheet, profile)
        except NoTable as e:
            others.append(e)
            continue
        if header is None:
            continue
        has_any = True
        opening.fields |= frozenset(header.columns)
        opening.warnings += header.warnings
        table = _Table(sheet, header, scan(sheet, header, profile, known, room))
        room = table.scan.looked.room
        yield table
    if not has_any:
        raise others[0] if others else _no_header(name, profile)
    opening.warnings += [f"{other}; trang tính này không được đọc" for other in others]


def _no_header(name: str, profile: Profile) -> SourceError:
    wanted = "”, “".join(profile.names[field] for field in profile.required)
    return SourceError(
        name,
        f"không thấy dòng tiêu đề nào có các cột “{wanted}”; nếu các cột mang tên khác, "
        "hãy ghi tên đó vào khóa headings của nguồn, hoặc xem đề xuất của lệnh latewatch mapping suggest",
    )


def _read_dossiers(
    name: str,
    tables: Sequence[_Table],
    profile: Profile,
    opening: Reading,
    known: Container[str],
) -> Iterator[Reading]:
    codes = Counter(code for table in tables for code in table.scan.codes if code)
    several = {code for code, number in codes.items() if number > 1}
    wanted = [_wanted(table.scan, several, known) for table in tables]
    opening.ahead = sum(-(-len(rows) // PART) + 1 for rows in wanted) + 1
    opening.same = _same(tables, wanted)
    yield opening
    held: list[Reported] = []
    headings: dict[str, str] = {}
    for table, rows in zip(tables, wanted, strict=True):
        reader = DossierReader(name, table.sheet, table.header, profile, table.scan)
        headings[table.sheet.name] = reader.heading("code")
        yield from _parts(reader, table, rows, several, held)
    closing = Reading()
    set_contradictions_aside(held, headings, closing)
    yield closing


def _wanted(found: Scan, several: Container[str], stored: Container[str]) -> list[int]:
    """Return the rows to be read: all but those of which the store knows every word."""
    if not (found.is_plain and found.looked.digests):
        return list(range(len(found.codes)))
    pairs = enumerate(zip(found.looked.digests, found.codes, strict=True))
    return [at for at, (digest, code) in pairs if digest not in stored or code in several]


def _same(tables: Sequence[_Table], wanted: Sequence[Sequence[int]]) -> list[str]:
    """Return the codes of the rows that need no reading."""
    same: list[str] = []
    for table, rows in zip(tables, wanted, strict=True):
        codes, unread = table.scan.codes, set(rows)
        same += codes if not unread else [code for at, code in enumerate(codes) if at not in unread]
    return same


def _parts(
    reader: DossierReader, table: _Table, wanted: Sequence[int], several: Container[str], held: list[Reported]
) -> Iterator[Reading]:
    """Yield the rows of a sheet in parts; whose code is on several rows is `held` till all are read."""
    plainly = PlainReader(reader, several)
    picked = _picked(table, wanted)
    while rows := list(islice(picked, PART)):
        part = Reading()
        part.plain, others = plainly.read(table.page(rows))
        for each in _read_alone(reader, others):
            if isinstance(each, Rejected):
                part.rejected.append(each)
            else:
                (held if each.code in several else part.reported).append(each)
        yield part
    yield Reading(warnings=_cut(reader.warnings()), unknown=reader.unknown)


def _read_alone(reader: DossierReader, page: Page) -> Iterator[Reported | Rejected]:
    """Yield what the records among the rows of `page` report, or why they cannot be taken."""
    for index, cells, digest in zip(page.indices, page.rows, page.digests, strict=True):
        row = reader.row(index, cells)
        if row.is_blank or reader.is_no_record(row):
            continue
        try:
            yield reader.report(row, digest)
        except Doubt as doubt:
            yield _rejected(reader, row, doubt)


def _picked(table: _Table, wanted: Sequence[int]) -> Iterator[tuple[int, Cells]]:
    """Yield the `wanted` data rows with their numbers from the header's end."""
    kept = table.scan.looked.kept
    if kept is not None and len(kept) == len(wanted):  # they are the same: what is kept is always wanted
        while kept:
            yield kept.popleft()  # of a large sheet, to forget all in the end would take a while
        return
    if not wanted:
        return
    remaining = iter(wanted)
    following = next(remaining)
    for at, cells in enumerate(islice(table.sheet.rows(), table.header.data_row, None)):
        if at == following:
            yield at, cells
            following = next(remaining, -1)
            if following < 0:
                return


def _read_events(name: str, tables: Sequence[_Table], profile: Profile, reading: Reading) -> None:
    rows: list[Told] = []
    spoilt: list[Spoilt] = []
    for table in tables:
        reader = EventReader(name, table.sheet, table.header, profile, table.scan)
        for at, cells in enumerate(islice(table.sheet.rows(), table.header.data_row, None)):
            row = reader.row(table.header.data_row + at, cells)
            if row.is_blank or reader.is_no_record(row):
                continue
            try:
                told = reader.read(row)
            except Doubt as doubt:
                reading.rejected.append(_rejected(reader, row, doubt))
                continue
            if told:
                rows.append(told)
        spoilt += reader.spoilt
        reading.warnings += reader.notes()
    join_events(rows, spoilt, reading)


def _rejected(reader: RowReader, row: Row, doubt: Doubt) -> Rejected:
    code = reader.text(row, "code")
    return Rejected(reader.place(row.at), doubt.column, str(doubt), reader.raw(row), code)


def _cut(warnings: Sequence[str]) -> list[str]:
    left = len(warnings) - MANY_WARNINGS
    return [*warnings[:MANY_WARNINGS], *([f"… và {left} cảnh báo khác cùng trang tính"] if left > 0 else [])]
