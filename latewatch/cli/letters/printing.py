"""`latewatch letters print`."""

from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.letters.selecting import Code, States, Unit
from latewatch.cli.options import DEFAULT_CONFIG, At, By, Config, DryRun, Json, instant
from latewatch.domain.letters.life import STATE_LABELS
from latewatch.jobs.assess import assess
from latewatch.jobs.letters.moving import Selection
from latewatch.jobs.letters.printing import (
    PrintedFile,
    PrintedLetter,
    PrintReport,
    note_handed_over,
    print_letters,
)

FOLDER = "in"


@letters.command("print")
def print_command(
    by: By,
    code: Code = "",
    unit: Unit = "",
    state: States = None,
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Danh sách in: văn bản chờ bản giấy. Mặc định khi không ghi gì.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="NƠI", help="Thư mục, hoặc tệp .pdf khi của một đơn vị; mặc định letters/in."),
    ] = None,
    handed_over: Annotated[
        bool, typer.Option("--handed-over", help="Bản đã in trước đó nay giao đi: chỉ ghi nhận, không in.")
    ] = False,
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """In văn bản: mỗi đơn vị một tệp PDF in hai mặt, danh sách ở trên. Văn bản đã ký thì thành đã gửi."""
    selection, now = _selected(code, unit, state, waiting=waiting), instant(at)
    if handed_over and out:
        raise typer.BadParameter("--handed-over không làm tệp nào; bỏ --out", param_hint="--out")
    with open_office(config) as office:
        assess(office, now)
        if handed_over:
            report = note_handed_over(office, selection, now, by=by, dry_run=dry_run)
        else:
            place = out or office.settings.paths.letters / FOLDER
            report = print_letters(
                office, selection, now, by=by, out=place, dry_run=dry_run, progress=terminal.progress
            )
    _show(report, as_json=as_json, dry_run=dry_run)


def _selected(code: str, unit: str, state: States, *, waiting: bool) -> Selection:
    if code and (unit or state or waiting):
        raise typer.BadParameter("đã có mã hồ sơ thì bỏ --unit, --state, --waiting", param_hint="MÃ-HỒ-SƠ")
    if state and waiting:
        raise typer.BadParameter("chọn --state hoặc --waiting", param_hint="--state, --waiting")
    return Selection(code, unit, tuple(state or ()))


def _show(report: PrintReport, *, as_json: bool, dry_run: bool) -> None:
    """Print what was printed. Exits with 1 where a letter was not, or is not to be handed over."""
    problems = [each for each in _letters(report) if each.problem]
    if as_json:
        terminal.show_json(report)
    else:
        _show_files(report.files, dry_run=dry_run)
        for each in problems:
            where = f" (trang {_pages(each)})" if each.pages else ""
            terminal.fail(f"{each.code}{where}: {each.problem}")
    if problems:
        raise typer.Exit(1)


def _letters(report: PrintReport) -> list[PrintedLetter]:
    return [*(each for file in report.files for each in file.letters), *report.refused]


def _show_files(files: list[PrintedFile], *, dry_run: bool) -> None:
    if not files:
        terminal.say("Không có văn bản nào chờ in.")
    for file in files:
        title = f"Chạy thử, chưa in gì: {file.unit}" if dry_run else file.unit
        rows = [
            (
                each.number,
                each.code,
                _pages(each),
                f"{STATE_LABELS[each.before]} → {STATE_LABELS[each.after]}",
            )
            for each in file.letters
            if not each.problem
        ]
        terminal.show_table(f"{title}, {len(rows)} văn bản", ("Số", "Mã hồ sơ", "Trang", "Bước"), rows)
        if file.path:
            terminal.say(f"{file.path}: {file.pages} trang, in hai mặt.")


def _pages(each: PrintedLetter) -> str:
    if each.pages is None:
        return ""
    first, last = each.pages.first, each.pages.last
    return str(first) if first == last else f"{first}-{last}"
