"""A spreadsheet export, read: bytes in, reported and rejected rows out. A bad row never stops the file."""

from collections.abc import Iterator, Sequence

from latewatch.domain.record import Reading, Rejected, Reported
from latewatch.errors import SourceError
from latewatch.progress import Progress, silent
from latewatch.sources.contradictions import set_contradictions_aside
from latewatch.sources.grid import sheets
from latewatch.sources.header import NoTable, find_header
from latewatch.sources.profile import REQUIRED, Profile
from latewatch.sources.rows import Doubt, RowReader

MANY_WARNINGS = 20  # of one sheet: more say nothing new


def read_spreadsheet(
    name: str, content: bytes, profile: Profile, max_megabytes: int, progress: Progress = silent
) -> Reading:
    """Read every sheet of `content` that has a header. Raises SourceError where none has."""
    reading = Reading()
    rows: list[Reported] = []
    others: list[NoTable] = []
    code_headings: dict[str, str] = {}
    for sheet in sheets(name, content, max_megabytes):
        try:
            header = find_header(name, sheet, profile)
        except NoTable as e:
            others.append(e)
            continue
        if header is None:
            continue
        reader = RowReader(name, sheet, header, profile)
        reading.fields |= frozenset(header.columns)
        code_headings[sheet.name] = reader.heading("code")
        rows += _sheet_rows(reader, reading, progress)
        reading.warnings += [*header.warnings, *_cut(reader.warnings())]
    if not code_headings:
        raise others[0] if others else _no_header(name, profile)
    reading.warnings += [f"{other}; trang tính này không được đọc" for other in others]
    set_contradictions_aside(rows, code_headings, reading)
    return reading


def _no_header(name: str, profile: Profile) -> SourceError:
    wanted = "”, “".join(profile.names[field] for field in REQUIRED)
    return SourceError(
        name,
        f"không thấy dòng tiêu đề nào có các cột “{wanted}”; nếu các cột mang tên khác, "
        "hãy ghi tên đó vào khóa headings của nguồn",
    )


def _sheet_rows(reader: RowReader, reading: Reading, progress: Progress) -> Iterator[Reported]:
    """Yield what the rows of a sheet report; those that cannot be taken go to `reading.rejected`."""
    data_rows = range(reader.header.data_row, len(reader.sheet.rows))
    for index in progress(data_rows, f"Đọc {reader.file}"):
        if reader.is_blank(index):
            continue
        row = reader.row(index)
        if reader.is_no_record(row):
            continue
        try:
            yield reader.report(row)
        except Doubt as doubt:
            rejected = Rejected(reader.place(index), doubt.column, str(doubt), reader.raw(row))
            reading.rejected.append(rejected)


def _cut(warnings: Sequence[str]) -> list[str]:
    left = len(warnings) - MANY_WARNINGS
    return [*warnings[:MANY_WARNINGS], *([f"… và {left} cảnh báo khác cùng trang tính"] if left > 0 else [])]
