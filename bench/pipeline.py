"""The way of a dossier, measured: reading its sheet, taking it in, once and again, printing its letter."""

import io
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import xlsxwriter
from measure import Result, best_of
from python_calamine import CalamineWorkbook

from latewatch.app import open_office
from latewatch.config import Source
from latewatch.domain.letter import Letter, LetterForm, Letterhead
from latewatch.jobs.assess import assess
from latewatch.jobs.office import Office
from latewatch.jobs.poll import poll
from latewatch.letters.render import LetterPrinter
from latewatch.sources.profile import load_profile
from latewatch.sources.spreadsheet import read_spreadsheet

ROWS = 20_000
LETTERS = 20
NOW = datetime(2026, 11, 12, 1, tzinfo=UTC)
HEADINGS = (
    *("Số hồ sơ", "Tên thủ tục hành chính", "Tên lĩnh vực", "Phòng ban", "Ngày tiếp nhận", "Ngày hẹn trả"),
    *("Ngày kết thúc xử lý", "Cơ quan/đơn vị", "Chủ hồ sơ", "Số điện thoại", "Cán bộ xử lý hiện tại"),
    *("Trạng thái hồ sơ", "Hạn xử lý", "Số ngày giải quyết", "Bước xử lý hiện tại", "Cập nhật nguồn"),
)
CONFIG = """
[office]
name = "Cơ quan đo"
[[sources]]
name = "a"
folder = "in"
settle_seconds = 0.0
"""


def read_rows() -> Result:
    """Read an export: bare cells against dossiers with their dates, words and doubts."""
    content = _export()
    profile = load_profile(Source(name="a", folder=Path("in")))
    assert read_spreadsheet("a.xlsx", content, profile, 100).read == ROWS
    return Result(
        "read xlsx",
        ROWS,
        best_of(lambda: _cells(content)),
        best_of(lambda: read_spreadsheet("a.xlsx", content, profile, 100)),
        "baseline: the same cells by calamine alone",
    )


def take_in() -> Result:
    """Poll and assess a first export, against putting its cells into a bare table."""
    content = _export()
    cells = _cells(content)
    with _office(content) as office:
        ours = _poll_seconds(office, NOW)
    note = "baseline: the read cells into one SQLite table, committed; ours reads, keeps versions, assesses"
    return Result("first poll", ROWS, best_of(lambda: _bare_insert(cells)), ours, note)


def take_in_again() -> Result:
    """Poll the next export, of which one row in a hundred changed, against the first poll."""
    with _office(_export()) as office:
        first = _poll_seconds(office, NOW)
        folder = office.settings.sources[0].folder
        assert folder is not None
        (folder / "b.xlsx").write_bytes(_export(finished=ROWS // 100))
        again = _poll_seconds(office, NOW + timedelta(hours=1))
    return Result("next poll, 1 %", ROWS, first, again, "baseline: the first poll")


def print_letters() -> Result:
    """Print letters with one printer, against a new printer for each."""
    letter = _letter()
    printer = LetterPrinter()
    printer.pdf(letter)
    return Result(
        "letters",
        LETTERS,
        best_of(lambda: [LetterPrinter().pdf(letter) for _ in range(LETTERS)], 1),
        best_of(lambda: [printer.pdf(letter) for _ in range(LETTERS)], 1),
        "baseline: fonts, style and templates read for each letter",
    )


def _export(finished: int = 0) -> bytes:
    """Return an export of ROWS dossiers as XLSX; the first `finished` have a result."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True, "strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADINGS)
        for number in range(ROWS):
            sheet.write_row(number + 1, 0, _row(number, number < finished))
    return buffer.getvalue()


def _row(number: int, is_finished: bool) -> tuple[str | int, ...]:
    received = date(2026, 6, 1) + timedelta(days=number % 150)
    return (
        *(f"H99-{number:07d}", f"Thủ tục {number % 60}", f"Lĩnh vực {number % 12}", f"Phòng {number % 9}"),
        *(f"{received:%d/%m/%Y} 08:30", f"{received + timedelta(days=10):%d/%m/%Y}"),
        f"{received + timedelta(days=5):%d/%m/%Y} 15:00" if is_finished else "",
        *("Cơ quan đo", f"Nguyễn Văn Ví Dụ {number}", "0900000123", "Cán bộ Mẫu"),
        *("Đã xử lý xong" if is_finished else "Đang xử lý", "", 5, "Thẩm định", "12/11/2026"),
    )


def _cells(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def _bare_insert(rows: list[list[Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "bare.db")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"CREATE TABLE t ({', '.join(f'c{n}' for n in range(len(HEADINGS)))})")
        marks = ", ".join("?" * len(HEADINGS))
        connection.executemany(f"INSERT INTO t VALUES ({marks})", rows)  # noqa: S608  question marks only
        connection.commit()
        connection.close()


@contextmanager
def _office(content: bytes) -> Iterator[Office]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "in").mkdir()
        (folder / "in" / "a.xlsx").write_bytes(content)
        (folder / "config.toml").write_text(CONFIG, encoding="utf-8")
        with open_office(folder / "config.toml") as office:
            yield office


def _poll_seconds(office: Office, now: datetime) -> float:
    start = perf_counter()
    poll(office, office.settings.sources[0], now)
    assess(office, now)
    return perf_counter() - start


def _letter() -> Letter:
    head = Letterhead(
        governing_body="UBND tỉnh Mẫu", issuing_body="Sở Xây dựng", place="Mẫu", signer_title="Giám đốc"
    )
    return Letter(
        head=head,
        form=LetterForm.EXTENSION,
        title="",
        dated=date(2026, 11, 12),
        code="H99-261102-0007",
        applicant="Nguyễn Văn Ví Dụ",
        address="Thôn Mẫu, xã Ví Dụ",
        phone="0900000123",
        received_at=NOW,
        procedure="Cấp giấy phép xây dựng",
        field="Xây dựng",
        promised_on=date(2026, 11, 13),
        new_date=date(2026, 11, 20),
        reason="chờ ý kiến của cơ quan phối hợp",
    )
