"""`latewatch demo`: a made-up office, from its exports to digest, letters and report."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import delivery, open_office
from latewatch.calendars.load import load_calendar
from latewatch.cli import terminal
from latewatch.cli.options import Json
from latewatch.demo import DEMO_NOW, write_world
from latewatch.demo.configuration import SECRETS, SIGNING_BODY, SIGNING_UNIT, TRUSTED
from latewatch.domain.letters.life import LetterState
from latewatch.domain.period import Span, period_of
from latewatch.domain.standing import Standing
from latewatch.domain.tally.comparison import Month
from latewatch.domain.tally.layout import Form
from latewatch.domain.tally.rates import show_rate
from latewatch.errors import ConfigError
from latewatch.jobs.assess import assess
from latewatch.jobs.digest import send_digests
from latewatch.jobs.integrity.find import find
from latewatch.jobs.late import late_list
from latewatch.jobs.leader import write_leader, write_pictures
from latewatch.jobs.letters.draft import draft_letters
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.numbering import number_letters
from latewatch.jobs.letters.printing import PrintedFile, print_letters
from latewatch.jobs.letters.review import review_letters
from latewatch.jobs.office import Office
from latewatch.jobs.overview import overview
from latewatch.jobs.poll import poll
from latewatch.jobs.report_files import write_pdf, write_sheet
from latewatch.jobs.tally import tally_period

MARK = ".latewatch-demo"


def demo(
    folder: Annotated[
        Path, typer.Option("--dir", metavar="THƯ-MỤC", help="Nơi dựng cơ quan mẫu; dựng lại từ đầu mỗi lần.")
    ] = Path("demo"),
    as_json: Json = False,
) -> None:
    """Dựng một cơ quan mẫu với 5.000 hồ sơ và chạy trọn công việc một ngày. Không cần mạng."""
    _clear(folder)
    write_world(folder, load_calendar())
    from latewatch.demo.certificates import write_certificates  # noqa: PLC0415  only the demo pays for it

    write_certificates(folder / SECRETS, folder / TRUSTED, DEMO_NOW, "Người ký Ví Dụ", SIGNING_BODY)
    with open_office(folder / "config.toml") as office:
        document = _work(office, folder)
    if as_json:
        terminal.show_json(document)
    else:
        _show(document, folder)


def _clear(folder: Path) -> None:
    """Empty the folder of an earlier demo; refuse one that holds anything else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / MARK).exists():
        raise ConfigError(str(folder), "--dir", "thư mục đã có dữ liệu khác; hãy chọn thư mục trống")
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).touch()


def _work(office: Office, folder: Path) -> dict[str, object]:
    """Run each job once, as of the demo's day, and return what came of it."""
    polls = [poll(office, source, DEMO_NOW, terminal.progress) for source in office.settings.sources]
    assess(office, DEMO_NOW)
    found = find(office, DEMO_NOW)
    letters = draft_letters(office, DEMO_NOW, progress=terminal.progress)
    digests = send_digests(office, DEMO_NOW, delivery(office.settings))
    sent = _send_out(office, folder / "ban-in")
    period = period_of(DEMO_NOW.year, 10, Span.MONTH, office.settings.counting.period)
    reports = {form: office.settings.paths.reports / f"{name}-2026-10.xlsx" for form, name in SHEETS.items()}
    tallies = {form: tally_period(office, period, form, DEMO_NOW) for form in SHEETS}
    for form, path in reports.items():
        write_sheet(office, tallies[form], form, path)
        write_pdf(office, tallies[form], form, path.with_suffix(".pdf"))
    return {
        "read": sum(each.intake.read for each in polls),
        "new": sum(each.intake.new for each in polls),
        "rejected": sum(each.intake.rejected for each in polls),
        "overdue": len(late_list(office, DEMO_NOW, Standing.OVERDUE)),
        "due_soon": len(late_list(office, DEMO_NOW, Standing.DUE_SOON)),
        "findings": found.new,
        "letters": len(letters),
        "letters_folder": str(office.settings.paths.letters),
        "letters_sent": len(sent.letters),
        "letters_printed": str(sent.path),
        "digests": [each.delivered_to for each in digests],
        "reports": [
            *(str(path.with_suffix(ending)) for path in reports.values() for ending in (".xlsx", ".pdf")),
            *_leaders_report(office),
        ],
        "rates": [f"{rate.name}: {show_rate(rate)}" for rate in tallies[Form.BY_FIELD].rates],
        "config": str(folder / "config.toml"),
        "at": DEMO_NOW,
    }


def _send_out(office: Office, out: Path) -> PrintedFile:
    """Take the letters of one unit from draft to signed paper, as its people would that morning."""
    from latewatch.jobs.letters.signing import sign_letters  # noqa: PLC0415  likewise

    of_unit, by = Selection(unit=SIGNING_UNIT), "Người trình diễn"
    review_letters(office, of_unit, DEMO_NOW, by=by)
    number_letters(office, of_unit, DEMO_NOW, by=by)
    sign_letters(office, of_unit, DEMO_NOW, by=by, progress=terminal.progress)
    signed = Selection(unit=SIGNING_UNIT, states=(LetterState.SIGNED,))
    (printed,) = print_letters(office, signed, DEMO_NOW, by=by, out=out).files
    return printed


def _leaders_report(office: Office) -> list[str]:
    """Write the month on two pages, and its pictures; return the report and the page of pictures."""
    found, folder = overview(office, Month(DEMO_NOW.year, 10), DEMO_NOW), office.settings.paths.reports
    report = folder / "bao-cao-thang-2026-10.pdf"
    write_leader(office, found, report)
    return [str(report), str(write_pictures(found, folder / "hinh-2026-10")[-1])]


SHEETS = {Form.BY_FIELD: "bieu-07a", Form.BY_UNIT: "theo-don-vi"}


def _show(document: dict[str, object], folder: Path) -> None:
    at = f"--at {DEMO_NOW:%Y-%m-%dT%H:%M}"
    terminal.say(f"Cơ quan mẫu lúc {DEMO_NOW:%H:%M ngày %d/%m/%Y}:")
    terminal.say(
        f"  {document['read']} dòng đã đọc, {document['new']} hồ sơ, {document['rejected']} dòng bị gác lại"
    )
    terminal.say(f"  {document['overdue']} hồ sơ quá hạn, {document['due_soon']} sắp đến hạn")
    terminal.say(f"  {document['letters']} dự thảo văn bản xin lỗi")
    terminal.say(f"  {document['letters_sent']} văn bản của {SIGNING_BODY} đã cấp số, ký số, in để gửi")
    terminal.say(f"  {document['findings']} dấu hiệu cần làm rõ")
    for rate in _lines(document["rates"]):
        terminal.say(f"  {rate}")
    terminal.say("Kết quả:")
    for path in _lines(document["digests"]):
        terminal.say(f"  bản tin   {path}")
    terminal.say(f"  dự thảo   {document['letters_folder']}")
    terminal.say(f"  đã ký     {document['letters_printed']}")
    for path in _lines(document["reports"]):
        terminal.say(f"  báo cáo   {path}")
    terminal.say("Thử tiếp:")
    for command in (
        f"late {at}",
        f"digest {at}",
        f"tally --month 2026-10 --form units {at}",
        f"letters list {at}",
        "letters register",
        "findings",
        f"check {at}",
    ):
        terminal.say(f"  {_program()} {command} --config {folder / 'config.toml'}")


def _program() -> str:
    """Return the program as it was called, so that the lines can be copied."""
    called = Path(sys.argv[0])
    return str(called) if called.name == "latewatch" else "latewatch"


def _lines(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []
