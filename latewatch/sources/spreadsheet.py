"""A spreadsheet, read: bytes in, reported and rejected rows out. A bad row never stops the file."""

from collections.abc import Iterator, Sequence

from latewatch.domain.record import Reading, Rejected, Reported
from latewatch.errors import SourceError
from latewatch.progress import Progress, silent
from latewatch.sources.contradictions import set_contradictions_aside
from latewatch.sources.dossier_rows import DossierReader
from latewatch.sources.event_rows import EventReader, Spoilt, Told
from latewatch.sources.events import join_events
from latewatch.sources.grid import Sheet, sheets
from latewatch.sources.header import Header, NoTable, find_header
from latewatch.sources.profile import Profile, Reads
from latewatch.sources.rows import Doubt, Row, RowReader

MANY_WARNINGS = 20  # of one sheet: more say nothing new


def read_spreadsheet(
    name: str, content: bytes, profile: Profile, max_megabytes: int, progress: Progress = silent
) -> Reading:
    """Read every sheet of `content` that has a header. Raises SourceError where none has."""
    reading = Reading()
    tables = _tables(name, content, profile, max_megabytes, reading)
    if profile.reads is Reads.EVENTS:
        _read_events(name, tables, profile, reading, progress)
    else:
        _read_dossiers(name, tables, profile, reading, progress)
    return reading


def _tables(
    name: str, content: bytes, profile: Profile, max_megabytes: int, reading: Reading
) -> Iterator[tuple[Sheet, Header]]:
    """Yield the sheets with a header; in the end say which could not be read. Raises SourceError."""
    others: list[NoTable] = []
    has_any = False
    for sheet in sheets(name, content, max_megabytes):
        try:
            header = find_header(name, sheet, profile)
        except NoTable as e:
            others.append(e)
            continue
        if header is None:
            continue
        has_any = True
        reading.fields |= frozenset(header.columns)
        reading.warnings += header.warnings
        yield sheet, header
    if not has_any:
        raise others[0] if others else _no_header(name, profile)
    reading.warnings += [f"{other}; trang tính này không được đọc" for other in others]


def _no_header(name: str, profile: Profile) -> SourceError:
    wanted = "”, “".join(profile.names[field] for field in profile.required)
    return SourceError(
        name,
        f"không thấy dòng tiêu đề nào có các cột “{wanted}”; nếu các cột mang tên khác, "
        "hãy ghi tên đó vào khóa headings của nguồn",
    )


def _read_dossiers(
    name: str, tables: Iterator[tuple[Sheet, Header]], profile: Profile, reading: Reading, progress: Progress
) -> None:
    rows: list[Reported] = []
    code_headings: dict[str, str] = {}
    for sheet, header in tables:
        reader = DossierReader(name, sheet, header, profile)
        code_headings[sheet.name] = reader.heading("code")
        for row in _records(reader, progress):
            try:
                rows.append(reader.report(row))
            except Doubt as doubt:
                reading.rejected.append(_rejected(reader, row, doubt))
        reading.warnings += _cut(reader.warnings())
    set_contradictions_aside(rows, code_headings, reading)


def _read_events(
    name: str, tables: Iterator[tuple[Sheet, Header]], profile: Profile, reading: Reading, progress: Progress
) -> None:
    rows: list[Told] = []
    spoilt: list[Spoilt] = []
    for sheet, header in tables:
        reader = EventReader(name, sheet, header, profile)
        for row in _records(reader, progress):
            try:
                told = reader.read(row)
            except Doubt as doubt:
                reading.rejected.append(_rejected(reader, row, doubt))
                continue
            if told:
                rows.append(told)
        spoilt += reader.spoilt
    join_events(rows, spoilt, reading)


def _records(reader: RowReader, progress: Progress) -> Iterator[Row]:
    """Yield the rows of a sheet that may be records."""
    data_rows = range(reader.header.data_row, len(reader.sheet.rows))
    for index in progress(data_rows, f"Đọc {reader.file}"):
        if reader.is_blank(index):
            continue
        row = reader.row(index)
        if not reader.is_no_record(row):
            yield row


def _rejected(reader: RowReader, row: Row, doubt: Doubt) -> Rejected:
    return Rejected(reader.place(row.at), doubt.column, str(doubt), reader.raw(row))


def _cut(warnings: Sequence[str]) -> list[str]:
    left = len(warnings) - MANY_WARNINGS
    return [*warnings[:MANY_WARNINGS], *([f"… và {left} cảnh báo khác cùng trang tính"] if left > 0 else [])]
