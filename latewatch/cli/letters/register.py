"""`latewatch letters register`: the book of what was numbered; where its numbers begin; whether they hold."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.options import DEFAULT_CONFIG, At, By, Config, DryRun, Json, Why, instant, parse_day
from latewatch.disk import write_whole
from latewatch.jobs.letters.keeping import begin_register, check_registers
from latewatch.jobs.letters.register import Book, books, period_words, register_workbook

register = typer.Typer(help="Sổ đăng ký văn bản đi.", invoke_without_command=True)
letters.add_typer(register, name="register")

From = Annotated[
    date | None, typer.Option("--from", parser=parse_day, metavar="NGÀY", help="Từ ngày này; cần --to.")
]
To = Annotated[
    date | None, typer.Option("--to", parser=parse_day, metavar="NGÀY", help="Đến hết ngày này; cần --from.")
]
Name = Annotated[str, typer.Option("--register", metavar="SỔ", help="Mã, tên đơn vị có sổ, hoặc co-quan.")]


@register.callback()
def book_command(
    context: typer.Context,
    year: Annotated[int | None, typer.Option(min=2000, max=9998, help="Năm; mặc định năm nay.")] = None,
    first: From = None,
    last: To = None,
    name: Name = "",
    xlsx: Annotated[
        Path | None, typer.Option(metavar="TỆP", help="Ghi sổ ra XLSX, có tên người nhận.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="In cả tên người nhận.")] = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """In sổ đăng ký văn bản đi của một năm hoặc một khoảng ngày; số đã hủy ở lại sổ kèm lý do."""
    if context.invoked_subcommand:
        return
    now = instant(at)
    span = _span(year, first, last, now.date())
    with open_office(config) as office:
        found = books(office, *span, name, full=full)
        if xlsx:
            write_whole(xlsx, register_workbook(office, *span, name, created=now), setting="--xlsx")
    if as_json:
        terminal.show_json(found)
    elif xlsx:
        number = sum(len(each.entries) for each in found)
        terminal.say(f"{xlsx}: {number} văn bản, có tên người nhận; giữ tệp như giữ chính văn bản.")
    else:
        _show(found, span)


Span = tuple[date, date]


def _span(year: int | None, first: date | None, last: date | None, today: date) -> Span:
    if (first is None) != (last is None) or (year and first):
        raise typer.BadParameter("chọn một năm, hoặc cả --from và --to", param_hint="--year, --from, --to")
    if first is None or last is None:
        return date(year or today.year, 1, 1), date(year or today.year, 12, 31)
    if last < first:
        raise typer.BadParameter("ngày cuối trước ngày đầu", param_hint="--to")
    return first, last


def _show(found: list[Book], span: Span) -> None:
    headings = ("Số, ký hiệu", "Ngày", "Trích yếu", "Người ký", "Nơi nhận", "Lưu", "Bản", "Ghi chú")
    if not found:
        terminal.say(f"Không có văn bản nào được cấp số {period_words(*span)}.")
    for book in found:
        rows = [entry.cells for entry in book.entries]
        terminal.show_table(book.title, headings, rows, wraps=(2, 3, 4, 5, 7))
        if book.note:
            terminal.say(book.note)


@register.command("start")
def start_command(
    by: By,
    why: Why,
    name: Name,
    year: Annotated[int, typer.Option(help="Năm của sổ.")],
    first: Annotated[int, typer.Option(help="Số đầu tiên latewatch cấp.")],
    dry_run: DryRun = False,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Đặt số bắt đầu của một sổ khi dùng giữa năm; chỉ khi sổ năm ấy chưa cấp số nào."""
    with open_office(config) as office:
        start = begin_register(office, name, year, first, instant(at), by, why, dry_run=dry_run)
    if as_json:
        terminal.show_json(start)
    else:
        trial = "Chạy thử, chưa ghi gì. " if dry_run else ""
        terminal.say(f"{trial}Sổ {start.register} năm {start.year} bắt đầu từ số {start.first}.")


@register.command("check")
def check_command(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Kiểm tra các sổ: mỗi số từ đầu đến cuối có đúng một lần, ngày không lùi. Mã thoát 1 khi sai."""
    with open_office(config) as office:
        problems = check_registers(office)
    if as_json:
        terminal.show_json(problems)
    elif not problems:
        terminal.say("Các sổ văn bản đi đủ số, không trùng, ngày không lùi.")
    else:
        for problem in problems:
            terminal.fail(problem)
    if problems:
        raise typer.Exit(1)
