"""Drawing letters, measured: one, many on one process and on two, a thousand up to the file for print.

The baseline of the first two is WeasyPrint alone: the same filled HTML and options, fonts and style sheet
read once; no template, no QR code to make, nothing added to the file.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from resource import getpagesize
from time import sleep

from measure import MEGABYTES, Result, best_of
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from latewatch.config import Letters
from latewatch.domain.letters.fingerprint import canonical
from latewatch.domain.letters.letter import Letter, LetterForm, Letterhead
from latewatch.letters.archive import layout_options, writing_options
from latewatch.letters.content import to_content
from latewatch.letters.many import drawn_apart
from latewatch.letters.qr import URL, QrPicture
from latewatch.letters.render import LetterPrinter
from latewatch.shipped import shipped

IN_BULK = 40
APART = 300
THOUSAND = 1_000
PROCESSES = 2
NOW = datetime(2026, 11, 12, 1, tzinfo=UTC)
NOTE = "WeasyPrint alone on the same HTML, PDF/A-3b and tagged, fonts and style read once"


def draw_one() -> Result:
    """One letter with a printer that drew others before."""
    printer, alone, (letter,) = LetterPrinter(), Alone(), letters(1)
    sheet = alone.sheet(printer, letter)
    return Result(
        "letter, warm",
        1,
        best_of(lambda: alone.pdf(*sheet), 30),
        best_of(lambda: printer.pdf(letter), 30),
        NOTE,
    )


def draw_many() -> Result:
    """Letters one after the other on one process."""
    printer, alone, wanted = LetterPrinter(), Alone(), list(letters(IN_BULK))
    sheets = [alone.sheet(printer, letter) for letter in wanted]
    return Result(
        "letters",
        IN_BULK,
        best_of(lambda: [alone.pdf(*sheet) for sheet in sheets]),
        best_of(lambda: [printer.pdf(letter) for letter in wanted]),
        f"likewise, {IN_BULK} letters",
    )


def draw_on_two() -> Result:
    """Letters on two processes, against one process that is started likewise."""
    return Result(
        "letters, 2 proc.",
        APART,
        best_of(lambda: draw_apart(1), 1),
        best_of(lambda: draw_apart(PROCESSES), 1),
        "the same letters on one process; start-up included",
    )


def draw_apart(processes: int) -> int:
    with closing(drawn_apart(Letters(), letters(APART), processes)) as pdfs:
        return sum(isinstance(pdf, bytes) for pdf in pdfs)


class Alone:
    """WeasyPrint as a program would use it that prints ready HTML."""

    def __init__(self) -> None:
        self._fonts = FontConfiguration()
        self._style = CSS(str(shipped("templates", "letters", "letter.css")), font_config=self._fonts)

    def sheet(self, printer: LetterPrinter, letter: Letter) -> tuple[str, QrPicture, bytes]:
        """Return what is to be printed of a letter: made before it is measured. Draws it once, to be warm."""
        html, said = printer.html(letter)
        sheet = html, QrPicture(said), canonical(to_content(letter))
        self.pdf(*sheet)
        return sheet

    def pdf(self, html: str, picture: QrPicture, data: bytes) -> bytes:
        options = layout_options() | writing_options(data, NOW.date(), None)
        del options["finisher"]
        return bytes(
            HTML(string=html).write_pdf(
                font_config=self._fonts, stylesheets=[self._style], cache={URL: picture}, **options
            )
        )


def letters(count: int) -> Iterator[Letter]:
    """Ordinary letters, no two the same."""
    head = Letterhead(
        governing_body="UBND tỉnh Mẫu",
        issuing_body="Sở Xây dựng",
        place="Mẫu",
        signer_title="Giám đốc",
        signer_name="Nguyễn Văn Ví Dụ",
        desk_name="Trung tâm Phục vụ hành chính công",
    )
    letter = Letter(
        head=head,
        form=LetterForm.EXTENSION,
        title="",
        dated=date(2026, 11, 12),
        code="",
        applicant="",
        address="Thôn Mẫu, xã Ví Dụ",
        phone="0900000123",
        received_at=NOW,
        procedure="Cấp giấy phép xây dựng",
        field="Xây dựng",
        promised_on=date(2026, 11, 13),
        new_date=date(2026, 11, 20),
        reason="chờ ý kiến của cơ quan phối hợp",
    )
    for number in range(1, count + 1):
        name = f"Nguyễn Văn Ví Dụ {number}"
        yield replace(letter, code=f"H99-261102-{number:04}", number=number, applicant=name)


CONFIG = """
[office]
name = "Cơ quan đo"
issuing_body = "Sở Xây dựng"
place = "Mẫu"
[letters]
reason = "chờ ý kiến của cơ quan phối hợp"
[[units]]
code = "SXD"
name = "Sở Xây dựng"
[[sources]]
name = "a"
folder = "in"
settle_seconds = 0.0
"""
WORK = """
import sys
from pathlib import Path
from sqlalchemy import select
from latewatch.app import open_office
from latewatch.clock import parse_instant
from latewatch.domain.letters.life import LetterState
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.printing import print_letters
from latewatch.jobs.letters.numbering import number_letters
from latewatch.jobs.letters.review import review_letters
from latewatch.store import schema
from latewatch.store.letters.drafts import Draft, insert_drafts
from latewatch.jobs.poll import poll
from latewatch.jobs.assess import assess
now = parse_instant("2026-11-12T08:00")
with open_office(Path(sys.argv[1])) as office:
    {steps}
"""
PREPARED = """
    poll(office, office.settings.sources[0], now)
    assess(office, now)
    day = now.date()
    facts = dict(form="tt03-2025", dated=day, due_on=day, new_date=day.replace(day=20), reason="thực địa")
    with office.store.writing() as connection:
        ids = connection.execute(select(schema.dossier.c.id)).scalars().all()
        insert_drafts(connection, [Draft(dossier_id=each, **facts) for each in ids], now)
    review_letters(office, Selection(), now, by="đo")
    number_letters(office, Selection(), now, by="đo")
"""
PRINTED = """
    selection = Selection(states=(LetterState.NUMBERED,))
    report = print_letters(office, selection, now, by="đo", out=Path(sys.argv[1]).parent / "giay")
    assert [len(file.letters) for file in report.files] == [{count}], report.refused
"""
DRAWN = """
from letters import Alone, letters
from latewatch.letters.render import LetterPrinter
alone, printer = Alone(), LetterPrinter()
for letter in letters({count}):
    alone.sheet(printer, letter)
"""


def memory_of_print() -> Result:
    """Peak memory of a thousand letters drawn, kept and put together: all processes at one time."""
    with tempfile.TemporaryDirectory() as name:
        config = Path(name) / "config.toml"
        config.write_text(CONFIG, encoding="utf-8")
        (Path(name) / "in").mkdir()
        rows = (
            f"H99-{n:04},Đang xử lý,02/11/2026,12/11/2026,Sở Xây dựng,Ví Dụ {n}\n" for n in range(THOUSAND)
        )
        headings = "Mã hồ sơ,Trạng thái,Ngày tiếp nhận,Ngày hẹn trả,Đơn vị giải quyết,Chủ hồ sơ\n"
        (Path(name) / "in" / "a.csv").write_text(headings + "".join(rows), encoding="utf-8")
        peak(WORK.format(steps=PREPARED), config)
        steps = PRINTED.format(count=THOUSAND)
        ours = peak(WORK.format(steps=steps), config)
        alone = peak(DRAWN.format(count=IN_BULK), config)
    note = f"peak memory; WeasyPrint alone on {IN_BULK} letters; 600 MB are allowed"
    return Result("memory letters", THOUSAND, alone, ours, note, unit=MEGABYTES)


def peak(work: str, config: Path) -> float:
    """Return the most megabytes that a process which does `work` and those it starts held at one time."""
    process = subprocess.Popen([sys.executable, "-c", work, str(config)], cwd=Path(__file__).parent)
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(resident, [process.pid, *started_by(process.pid)])))
        sleep(0.05)
    assert process.returncode == 0
    return most / 1024 / 1024


def started_by(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(each) for task in tasks for each in read(task).split()]


def resident(process: int) -> int:
    """Return the bytes of memory a process holds; 0 where it is gone."""
    pages = read(Path(f"/proc/{process}/statm")).split()
    return int(pages[1]) * getpagesize() if pages else 0


def read(path: Path) -> str:
    with suppress(OSError):
        return path.read_text()
    return ""
