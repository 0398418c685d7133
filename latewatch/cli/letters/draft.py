"""`latewatch letters draft` and `issue`."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from latewatch.app import open_office
from latewatch.cli import terminal
from latewatch.cli.letters.group import letters
from latewatch.cli.options import DEFAULT_CONFIG, At, By, Config, Json, instant, parse_day
from latewatch.jobs.assess import assess
from latewatch.jobs.letters.draft import DraftedLetter, draft_letters
from latewatch.jobs.letters.issue import issue_letter


@letters.command()
def draft(
    out: Annotated[
        Path | None, typer.Option(metavar="THƯ-MỤC", help="Nơi ghi PDF; không ghi thì theo paths.letters.")
    ] = None,
    code: Annotated[str, typer.Option(metavar="MÃ-HỒ-SƠ", help="Chỉ hồ sơ này, dù chưa đến lúc.")] = "",
    reason: Annotated[str, typer.Option(metavar="LÝ-DO", help="Lý do ghi trong thư mới.")] = "",
    new_date: Annotated[
        date | None, typer.Option(parser=parse_day, metavar="NGÀY", help="Ngày hẹn lại; cần --code.")
    ] = None,
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Soạn dự thảo cho hồ sơ dự kiến quá hạn và hồ sơ quá hạn chưa có thư. Mỗi hồ sơ một thư."""
    if new_date and not code:
        raise typer.BadParameter("mỗi hồ sơ một ngày hẹn lại; hãy ghi thêm --code", param_hint="--new-date")
    now = instant(at)
    with open_office(config) as office:
        assess(office, now)
        made = draft_letters(
            office, now, out=out, code=code, reason=reason, new_date=new_date, progress=terminal.progress
        )
    if as_json:
        terminal.show_json(
            [{"code": m.code, "path": str(m.path), "new_date": m.new_date, "is_new": m.is_new} for m in made]
        )
    else:
        show(made)


def show(made: list[DraftedLetter]) -> None:
    rows = [(m.code, m.unit, f"{m.new_date:%d/%m/%Y}", "mới" if m.is_new else "đã có", m.path) for m in made]
    new = sum(m.is_new for m in made)
    terminal.show_table(
        f"Dự thảo văn bản xin lỗi: {new} mới, {len(made) - new} đã có",
        ("Mã hồ sơ", "Đơn vị", "Hẹn lại", "", "Tệp"),
        rows,
        wraps=(1, 4),
    )


@letters.command()
def issue(
    code: Annotated[str, typer.Argument(metavar="MÃ-HỒ-SƠ", help="Hồ sơ có văn bản đã ký và gửi.")],
    by: By,
    dated: Annotated[
        date | None,
        typer.Option(parser=parse_day, metavar="NGÀY", help="Ngày phát hành; mặc định hôm nay."),
    ] = None,
    number: Annotated[
        str, typer.Option(metavar="SỐ", help="Số, ký hiệu do hệ thống văn bản của cơ quan cấp.")
    ] = "",
    at: At = None,
    config: Config = DEFAULT_CONFIG,
    as_json: Json = False,
) -> None:
    """Ghi nhận văn bản đã cấp số, ký và gửi ngoài latewatch. Từ đó các bảng mới tính là “đã có thư”."""
    now = instant(at)
    with open_office(config) as office:
        letter = issue_letter(office, code, dated or now.date(), now, by=by, number=number)
    if as_json:
        terminal.show_json(letter)
        return
    terminal.say(f"Hồ sơ {letter.code}: văn bản xin lỗi phát hành ngày {letter.issued_on:%d/%m/%Y}.")
    if letter.is_late:
        terminal.warn("Gửi muộn: chậm nhất là 01 ngày trước ngày hết hạn (NĐ 118/2025/NĐ-CP, Điều 19.6).")
