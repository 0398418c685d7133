"""`latewatch calendar`: the office's calendar, looked at, questioned and changed."""

from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import calendar_year, terminal
from latewatch.cli.calendar_edit import Layer, Year, confirm_command, import_command, parse_year, set_command
from latewatch.cli.check import SIGN
from latewatch.cli.options import DEFAULT_CONFIG, At, Config, Json, instant
from latewatch.domain.layers import PROVINCE
from latewatch.jobs.calendar.change import calendar_history
from latewatch.jobs.calendar.check import check_calendar
from latewatch.jobs.calendar.show import show_year
from latewatch.jobs.calendar.suggest import Difference, Suggestions, suggest
from latewatch.jobs.check import Level

calendar = typer.Typer(help="Lịch làm việc.", no_args_is_help=True)


@calendar.callback()
def _calendar() -> None:
    """Lịch làm việc: xem, kiểm tra, sửa theo bản. Sửa thì xem trước, thêm --commit mới ghi."""


@calendar.command("show")
def show_command(
    year: Annotated[
        int | None, typer.Argument(parser=parse_year, metavar="NĂM", help="Mặc định là năm nay.")
    ] = None,
    layer: Layer = PROVINCE,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """In lịch một năm: từng tháng, giờ làm việc, các ngày khác lệ thường kèm văn bản nguồn."""
    wanted = year or instant(at).year
    with open_office(config) as office:
        shown = show_year(office, wanted, layer)
    if as_json:
        terminal.show_json(calendar_year.document(shown))
    else:
        calendar_year.show(shown)


@calendar.command()
def history(config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Liệt kê các bản lịch cơ quan đã ghi, mới nhất trước: ai, lúc nào, vì sao, sửa gì."""
    with open_office(config) as office:
        found = calendar_history(office)
    if as_json:
        terminal.show_json(found)
        return
    if not found:
        terminal.say(calendar_year.made_line(None))
    for each in found:
        terminal.say(calendar_year.made_line(each))
        for line in each.differences:
            terminal.say(f"  {line}")


@calendar.command("check")
def check_command(at: At = None, config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """Kiểm tra lịch 12 tháng tới, nguồn, trạng thái, các tầng. Mã thoát 1 khi có việc hỏng."""
    with open_office(config) as office:
        findings = check_calendar(office, instant(at))
    if as_json:
        terminal.show_json(findings)
    else:
        terminal.show_findings((SIGN[each.level], f"{each.about}: {each.text}") for each in findings)
    if any(each.level is Level.BAD for each in findings):
        raise typer.Exit(1)


DIFFERENCES = {
    Difference.LIBRARY_OFF: "thư viện ghi nghỉ, lịch không có",
    Difference.LIBRARY_WORKED: "thư viện ghi làm bù, lịch không có",
    Difference.CALENDAR_OFF: "lịch có, thư viện không ghi nghỉ",
    Difference.CALENDAR_WORKED: "lịch có, thư viện không ghi làm việc",
}


@calendar.command("suggest")
def suggest_command(year: Year, config: Config = DEFAULT_CONFIG, as_json: Json = False) -> None:
    """So lịch một năm với thư viện holidays: chỗ khác nhau để tra văn bản, không bao giờ tự đưa vào lịch."""
    with open_office(config) as office:
        found = suggest(office, year)
    if as_json:
        terminal.show_json(found)
        return
    _show_suggestions(found)
    terminal.say(
        "Thư viện tự tính, không phải văn bản, và được biết là thiếu ngày hoán đổi (năm 2026 thiếu 02/01 và "
        "10/01). Chỉ đưa vào lịch ngày có văn bản: latewatch calendar set hoặc import."
    )


def _show_suggestions(found: Suggestions) -> None:
    state = "" if found.is_known else " (lịch chưa có năm này)"
    title = f"Năm {found.year}, lịch cả nước{state} so với thư viện {found.library}"
    if not found.found:
        terminal.say(f"{title}: không khác ngày nào.")
        return
    rows = [
        (f"{each.day:%d/%m/%Y}", DIFFERENCES[each.difference], each.title, "có" if each.moves else "không")
        for each in found.found
    ]
    headings = ("Ngày", "Khác nhau", "Tên", "Đổi hạn")
    terminal.show_table(f"{title}: {len(rows)} chỗ khác", headings, rows, wraps=(2,))


calendar.command("set")(set_command)
calendar.command("import")(import_command)
calendar.command("confirm")(confirm_command)
