"""Small offices in a folder: a configuration and the exports a test writes, opened as the commands open them."""

import csv
import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

import openpyxl
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from worlds import moment

from latewatch.app import delivery, open_office
from latewatch.clock import VIETNAM
from latewatch.domain.standing import Standing
from latewatch.jobs.assess import assess
from latewatch.jobs.digest import SentDigest, send_digests
from latewatch.jobs.late import late_list
from latewatch.jobs.letters.draft import DraftedLetter, draft_letters
from latewatch.jobs.office import Office
from latewatch.jobs.poll import PollResult, poll
from latewatch.store.database import open_store

NOW = datetime(2026, 11, 12, 8, 0, tzinfo=VIETNAM)  # a Thursday

OFFICE = """
[office]
name = "UBND xã Ví Dụ"
governing_body = "UBND tỉnh Mẫu"
issuing_body = "UBND xã Ví Dụ"
place = "Ví Dụ"
signer_title = "Chủ tịch"
signer_name = "Nguyễn Văn Ví Dụ"
"""

UNITS = """
[[units]]
code = "PKT"
name = "Phòng Kinh tế"
aliases = ["P. Kinh tế"]
signer_title = "Trưởng phòng"

[[units]]
code = "PVH"
name = "Phòng Văn hóa - Xã hội"
"""

DESKS = """
[[desks]]
code = "quay-1"
name = "Quầy số 1"
mail_to = ["quay-1@example.com"]
units = ["PKT"]

[[desks]]
code = "quay-2"
name = "Quầy số 2"
mail_to = ["quay-2@example.com"]
units = ["PVH"]
"""

SOURCE = """
[[sources]]
name = "xuat-tep"
folder = "in"
settle_seconds = 0.0
keep_files = true
"""

EVENTS = """
[[sources]]
name = "su-kien"
profile = "events"
folder = "in/c"
settle_seconds = 0.0
keep_files = true
"""
EVENT_HEADINGS = ("Mã hồ sơ", "Loại", "Từ", "Đến", "Đơn vị", "Thời hạn", "Hạn", "Nội dung")

HEADINGS = {
    "code": "Mã hồ sơ",
    "status": "Trạng thái",
    "received": "Ngày tiếp nhận",
    "promised": "Ngày hẹn trả",
    "finished": "Ngày kết thúc xử lý",
    "returned": "Ngày trả kết quả",
    "limit": "Thời hạn giải quyết",
    "procedure_code": "Mã TTHC",
    "procedure": "Thủ tục",
    "field": "Lĩnh vực",
    "channel": "Hình thức nộp",
    "unit": "Đơn vị giải quyết",
    "desk": "Đơn vị tiếp nhận",
    "applicant": "Chủ hồ sơ",
    "phone": "Số điện thoại",
}

Row = dict[str, str]


def row(code: str, received: str = "02/11/2026", status: str = "Đang xử lý", **facts: str) -> Row:
    """One row of an export, by the short names of `HEADINGS`; Phòng Kinh tế resolves it."""
    usual = {
        "procedure": "Thủ tục Ví Dụ",
        "field": "Hộ tịch",
        "unit": "Phòng Kinh tế",
        "channel": "Trực tiếp",
    }
    return {**usual, "code": code, "received": received, "status": status, **facts}


def done(code: str, finished: str, received: str = "02/11/2026", **facts: str) -> Row:
    return row(code, received, "Đã xử lý xong", finished=finished, **facts)


@dataclass
class Desk:
    """An office in `folder`. `files` counts what was exported: each file is a minute newer than the last."""

    folder: Path
    files: int = 0
    columns: tuple[str, ...] = field(default=tuple(HEADINGS))

    def configure(self, *tables: str) -> None:
        """Write config.toml from whole TOML tables; the office's own comes first."""
        (self.folder / "config.toml").write_text("".join([OFFICE, *tables]), encoding="utf-8")

    def export(
        self,
        name: str,
        rows: Sequence[Row],
        *,
        columns: Sequence[str] | None = None,
        extra: dict[str, str] | None = None,
        into: str = "in",
    ) -> Path:
        """Write `rows` as CSV or XLSX, by the ending of `name`. `extra` are columns nobody maps."""
        path = self.folder / into / name
        path.parent.mkdir(exist_ok=True)
        used = columns or self.columns
        table = [[HEADINGS[column] for column in used] + list(extra or {})]
        table += [[each.get(column, "") for column in used] + list((extra or {}).values()) for each in rows]
        if path.suffix == ".xlsx":
            _write_xlsx(path, table)
        else:
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(table)
        self.stamp(path)
        return path

    def tell(
        self, name: str, *rows: Sequence[object], headings: Sequence[str] = EVENT_HEADINGS, into: str = "in/c"
    ) -> Path:
        """Write a list of events as CSV for the source of `EVENTS`; short rows end in blanks."""
        path = self.folder / into / name
        path.parent.mkdir(exist_ok=True)
        width = len(headings)
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([headings, *([*row, *[""] * (width - len(row))] for row in rows)])
        self.stamp(path)
        return path

    def stamp(self, path: Path) -> None:
        """Give a file the next minute as the time of its last change: folders are read in that order."""
        self.files += 1
        os.utime(path, (NOW.timestamp() + 60 * self.files,) * 2)

    @contextmanager
    def open(self) -> Iterator[Office]:
        with open_office(self.folder / "config.toml") as office:
            yield office

    def poll(self, at: datetime | str = NOW) -> PollResult:
        """Poll every source as a run at `at` does, assess, and return what the last source gave."""
        with self.open() as office:
            results = [poll(office, source, _instant(at)) for source in office.settings.sources]
            assess(office, _instant(at))
        return results[-1]

    def assess(self, at: datetime | str = NOW) -> int:
        with self.open() as office:
            return assess(office, _instant(at))

    def draft(self, at: datetime | str = NOW, **options: object) -> list[DraftedLetter]:
        with self.open() as office:
            assess(office, _instant(at))
            return draft_letters(office, _instant(at), **options)

    def send(self, at: datetime | str = NOW) -> list[SentDigest]:
        with self.open() as office:
            assess(office, _instant(at))
            return send_digests(office, _instant(at), delivery(office.settings))

    def late(
        self, standing: Standing = Standing.OVERDUE, at: datetime | str = NOW, unit: str = ""
    ) -> list[str]:
        """Return the codes that stand so."""
        with self.open() as office:
            return [each.code for each in late_list(office, _instant(at), standing, unit)]


def desk_in(folder: Path, *tables: str) -> Desk:
    """Return an office with one folder source, two units and whatever `tables` add. Nothing is stored yet."""
    desk = Desk(folder)
    (folder / "in").mkdir(parents=True)
    new_database(folder / "latewatch.db")
    desk.configure(SOURCE, UNITS, *tables)
    return desk


def new_database(path: Path) -> Path:
    """Write a database of the newest schema: to copy one takes less time than to migrate one."""
    path.write_bytes(_database())
    return path


@cache
def _database() -> bytes:
    with TemporaryDirectory(prefix="lw-new-") as folder:
        path = Path(folder) / "latewatch.db"
        open_store(path).close()
        return path.read_bytes()


def _instant(at: datetime | str) -> datetime:
    instant = moment(at) if isinstance(at, str) else at
    assert instant is not None
    return instant


def _write_xlsx(path: Path, table: list[list[str]]) -> None:
    book = openpyxl.Workbook()
    for cells in table:
        book.active.append(cells)
    book.save(path)


def mail_at(port: int) -> str:
    """The configuration of a mail server without TLS on this machine."""
    return f'[mail]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "mot-cua@example.com"\n'


class Inbox:
    """A mail server on loopback: recipients and Message-ID of what it took, and whom it refuses."""

    def __init__(self) -> None:
        self.messages: list[tuple[list[str], str]] = []
        self.refused: set[str] = set()
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port: int = free.getsockname()[1]
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, server_hostname="localhost")

    def __enter__(self) -> Self:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802  aiosmtpd names it so
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append((envelope.rcpt_tos, message["Message-ID"]))
        return "250 OK"
